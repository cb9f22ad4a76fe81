//! What counters grew by over a period, and against the period that it is compared with.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use modstats_store::growth::{self, DayGrowth, Series};
use modstats_store::model::Member;
use modstats_store::time::day_of;
use serde::Serialize;

use super::due::Due;
use crate::data::History;
use crate::period::{Bounds, Compare, Compared, Days, Known, Period};

/// One counter of a sum, for as long as it counts.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    pub series: &'a Series,
    /// It counts up to that day.
    pub left: Option<Date>,
    /// It began with its release, and not amid its growth.
    pub from_zero: bool,
}

/// The growth of a sum over the days of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodGrowth {
    pub days: Days,
    /// Of the days that are known, the one that is going on included where it is in the period.
    pub value: i64,
    /// Every part that is known at the beginning is known up to the end. The day that is going on
    /// never is.
    pub complete: bool,
    /// Some of it is spread over a gap.
    pub gap: bool,
    /// A platform corrected a counter downwards.
    pub correction: bool,
    /// Where the period begins before that which is known: the first known day, and the day on
    /// which the period will be known whole.
    pub lacking: Option<Lacking>,
    /// Never, where nothing is to be compared.
    pub change: Due<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lacking {
    pub known_from: Date,
    pub whole_on: Option<Date>,
}

/// Growth over whole days against as many other ones; the same parts in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    pub days: Days,
    pub previous_days: Days,
    /// Without the day that is going on: it may be less than the period's growth.
    pub current: i64,
    pub previous: i64,
}

/// How much greater a growth is than another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Relative {
    /// From nothing.
    New,
    /// 0.25 is a quarter more.
    By(f64),
    /// Nothing then and nothing now, or a fall then: it is no measure.
    Unsaid,
}

impl Change {
    pub fn absolute(&self) -> i64 {
        self.current.saturating_sub(self.previous)
    }

    pub fn relative(&self) -> Relative {
        match (self.previous, self.current) {
            (0, current) if current > 0 => Relative::New,
            (previous, current) if previous > 0 => {
                Relative::By((current as f64 - previous as f64) / previous as f64)
            }
            _ => Relative::Unsaid,
        }
    }
}

impl<'a> Part<'a> {
    pub fn of_members(
        members: impl IntoIterator<Item = (&'a Member, &'a History)>,
    ) -> Vec<Part<'a>> {
        let part = |(member, history): (&Member, &'a History)| Part {
            series: &history.series,
            left: member.left_at.map(day_of),
            from_zero: history.from_zero,
        };
        members.into_iter().map(part).collect()
    }

    fn first_day(&self) -> Option<Date> {
        self.series.days.first().map(|day| day.day)
    }

    /// The first day of which its whole growth is known, or may be.
    fn first_whole(&self) -> Option<Date> {
        let first = self.series.days.first()?;
        match first.complete {
            true => Some(first.day),
            false => first.day.tomorrow().ok(),
        }
    }

    /// Since then it adds to every day up to this one, or to none. None, where it did from the
    /// beginning on.
    fn steady_from(&self, to: Date) -> Option<Date> {
        match self.left {
            Some(left) if left <= to => left.tomorrow().ok(),
            _ if self.from_zero => None,
            _ => self.first_whole(),
        }
    }

    /// What is known of it from its first whole day in `days` on is known up to their end.
    fn is_complete(&self, days: Days) -> bool {
        let Some(first) = self.first_whole() else {
            return true;
        };
        let from = first.max(days.from);
        self.left.is_some()
            || from > days.to
            || self
                .series
                .growth_between(from, days.to)
                .is_some_and(|it| it.complete)
    }
}

/// The first day of which anything is known wholly.
pub fn first_whole_day(parts: &[Part]) -> Option<Date> {
    parts.iter().filter_map(Part::first_whole).min()
}

impl PeriodGrowth {
    /// `now` and what a period since a version needs come with `known`; its `first` is what `all`
    /// begins with.
    pub fn of(parts: &[Part], period: &Period, compare: Compare, known: &Known) -> Due<Self> {
        let Some(bounds) = period.bounds(known) else {
            return Due::Never;
        };
        let due = |first: Date, compare| {
            let known = Known {
                first: Some(first),
                ..*known
            };
            period.known_from(&known, compare)
        };
        PeriodGrowth::within(parts, &bounds, compare, due)
    }

    /// Of the last day that is over, against the same weekday before.
    pub fn yesterday(parts: &[Part], now: Timestamp) -> Due<Self> {
        let day = day_of(now).saturating_sub(1.day());
        let period = Period::Custom(Days { from: day, to: day });
        let Some(bounds) = period.bounds(&Known::at(now)) else {
            return Due::Never;
        };
        // It moves on with the clock, a custom period doesn't.
        let due = |first: Date, compare| {
            let days = if compare == Compare::None { 1 } else { 8 };
            first.checked_add(days.days()).ok()
        };
        PeriodGrowth::within(parts, &bounds, Compare::Previous, due)
    }

    fn within(
        parts: &[Part],
        bounds: &Bounds,
        compare: Compare,
        due: impl Fn(Date, Compare) -> Option<Date>,
    ) -> Due<Self> {
        let days = bounds.days;
        let total = growth::total(parts.iter().map(|part| part.series));
        let whole_on = || due(first_whole_day(parts)?, Compare::None);
        let known: Vec<&DayGrowth> = total.iter().filter(|it| days.contains(it.day)).collect();
        let Some(first) = known.first() else {
            return Due::from_date(whole_on().filter(|day| *day > bounds.today));
        };
        let known_from = first.day;
        let change = match bounds.compared(compare) {
            None => Due::Never,
            Some(compared) => change(parts, &total, compared, |first| due(first, compare)),
        };
        Due::Known(PeriodGrowth {
            days,
            value: sum(known.iter().copied()),
            complete: parts.iter().all(|part| part.is_complete(days)),
            gap: known.iter().any(|day| day.gap),
            correction: known.iter().any(|day| day.correction),
            lacking: (first_whole_day(parts) > Some(days.from)).then(|| Lacking {
                known_from,
                whole_on: whole_on().filter(|day| *day > bounds.today),
            }),
            change,
        })
    }
}

/// Compares what the same parts grew by.
fn change(
    parts: &[Part],
    total: &[DayGrowth],
    compared: Compared,
    due: impl Fn(Date) -> Option<Date>,
) -> Due<Change> {
    let (days, previous) = (compared.days, compared.previous);
    let begun = |part: &&Part| part.first_day().is_some_and(|first| first <= days.to);
    let begun: Vec<&Part> = parts.iter().filter(begun).collect();
    // What began or ended on the way would be compared with nothing. A release grows from 0, and so
    // does the sum that it is in.
    let first = begun.iter().filter_map(|part| part.first_whole()).min();
    let steady = begun.iter().filter_map(|part| part.steady_from(days.to));
    match steady.chain(first).max() {
        None => Due::Never,
        Some(steady) if steady > previous.from => Due::from_date(due(steady)),
        Some(_) => {
            let within = |days: Days| sum(total.iter().filter(|it| days.contains(it.day)));
            Due::Known(Change {
                days,
                previous_days: previous,
                current: within(days),
                previous: within(previous),
            })
        }
    }
}

fn sum<'a>(days: impl Iterator<Item = &'a DayGrowth>) -> i64 {
    days.fold(0, |sum: i64, day| sum.saturating_add(day.growth))
}
