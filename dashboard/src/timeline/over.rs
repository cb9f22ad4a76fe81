//! What is drawn over a chart: the growth of another period, and where it all goes.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use modstats_store::growth::{self, DayGrowth};
use modstats_store::time::{day_of, midnight};

use super::lane::{Lane, Lanes, Part, Relation};
use super::{Timeline, When};
use crate::chart::{Ink, Line};
use crate::figures::buckets::{Bucket, buckets};
use crate::figures::due::Due;
use crate::figures::trend::Trend;
use crate::period::{Compared, Days};
use crate::query::{Chart, Grouping};

/// Points over the growth, and over the total.
type Both = [Vec<(Timestamp, i64)>; 2];

impl Timeline {
    /// What the same counters grew by in the other period, shifted onto this one; over the total,
    /// as if it had grown so from the beginning on. Runs have no instants in common with other
    /// ones, and lanes that don't add up have no sum.
    pub(super) fn add_comparison(&mut self, lanes: &Lanes, compared: Compared) {
        let is_alike = !changes(lanes, compared.previous.from, compared.days.to);
        if self.relation == Relation::Beside || self.by == Grouping::Run || !is_alike {
            return;
        }
        let daily = growth::total(lanes.parts().map(|part| &part.history.series));
        let start = sum(lanes).total_at(midnight(compared.days.from), self.by);
        let [growth, total] = shifted(&daily, compared, self.by, start);
        self.over.push((Chart::Growth, line(Ink::Compared, growth)));
        self.over.push((Chart::Total, line(Ink::Compared, total)));
    }

    /// Adds the straight line through the figure of a chart, and says how steep it is: of the daily
    /// growth, or of the total since the last change of what it is the sum of. Days that aren't
    /// complete have no part in it.
    pub fn add_trend(&mut self, lanes: &Lanes, chart: Chart) -> Due<Trend> {
        let sum = sum(lanes);
        let steady_from = lanes
            .parts()
            .flat_map(Part::jumps)
            .filter(|at| *at < self.window.1)
            .max();
        let values: Vec<(Date, i64)> = sum
            .growth_by_day()
            .into_iter()
            .filter(|day| self.days.contains(day.day) && day.complete)
            .filter_map(|day| match chart {
                Chart::Growth => Some((day.day, day.growth)),
                Chart::Total => {
                    let is_steady = steady_from.is_none_or(|from| day_of(from) < day.day);
                    let at = midnight(day.day.saturating_add(1.day()));
                    let total = sum.total_at(at, self.by).filter(|_| is_steady)?;
                    Some((day.day, total))
                }
            })
            .collect();
        let trend = Trend::of(&values);
        if let Due::Known(trend) = &trend {
            let points = match chart {
                Chart::Growth => self.trend_of_rows(trend),
                Chart::Total => [trend.days.from, trend.days.to]
                    .map(|day| {
                        let at = midnight(day.saturating_add(1.day()));
                        (at, trend.on(day).round() as i64)
                    })
                    .into(),
            };
            self.over.push((chart, line(Ink::Trend, points)));
        }
        trend
    }

    /// Of each row in its middle, as much as its days have together.
    fn trend_of_rows(&self, trend: &Trend) -> Vec<(Timestamp, i64)> {
        let days = buckets(trend.days, self.by);
        let point = |bucket: Bucket| {
            let sum: f64 = bucket.days.iter().map(|day| trend.on(day)).sum();
            let at = When::Days(bucket.days).middle();
            (at, sum.round() as i64)
        };
        days.into_iter().map(point).collect()
    }
}

/// Whether a counter begins or ends on the way.
fn changes(lanes: &Lanes, from: Date, to: Date) -> bool {
    let (from, to) = Days { from, to }.midnights();
    let mut jumps = lanes.parts().flat_map(Part::jumps);
    jumps.any(|at| from < at && at < to)
}

fn sum<'a>(lanes: &Lanes<'a>) -> Lane<'a> {
    Lane {
        key: String::new(),
        label: String::new(),
        ink: Ink::All,
        parts: lanes.parts().cloned().collect(),
    }
}

fn shifted(daily: &[DayGrowth], compared: Compared, by: Grouping, start: Option<i64>) -> Both {
    let (mut growth, mut total) = (Vec::new(), Vec::new());
    let mut sum = start;
    for bucket in buckets(compared.days, by) {
        let then = Bucket {
            days: bucket.days.back(compared.days_back),
            ..bucket
        };
        let Some(grown) = then.growth(daily) else {
            continue;
        };
        let (from, to) = bucket.days.midnights();
        growth.push((When::Days(bucket.days).middle(), grown.value));
        if let Some(sum) = &mut sum {
            if total.is_empty() {
                total.push((from, *sum));
            }
            *sum = sum.saturating_add(grown.value);
            total.push((to, *sum));
        }
    }
    [growth, total]
}

fn line(ink: Ink, points: Vec<(Timestamp, i64)>) -> Line {
    Line {
        ink,
        points,
        breaks: Vec::new(),
        jitter: Vec::new(),
    }
}
