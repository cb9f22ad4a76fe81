//! A counter's readings, and what they mean.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use modstats_store::growth::{self, Series};
use modstats_store::model::{DayReadings, Metric, Origin, Reading, VersionHistory};
use modstats_store::time::day_of;

/// A counter as far as it counts: of a member up to the day on which it left.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub readings: Vec<DayReadings>,
    pub series: Series,
    /// Stretches over which no line is drawn: gaps, and where numbers of another origin begin.
    pub breaks: Vec<(Timestamp, Timestamp)>,
    pub origins: Vec<NewOrigin>,
    /// It began at 0, and not with a baseline.
    pub from_zero: bool,
    /// Every reading that is kept, where the samples of runs were added to those of days.
    runs: Vec<Reading>,
}

/// Where numbers of another origin begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewOrigin {
    /// The last reading of the origin before.
    pub before: Timestamp,
    pub at: Timestamp,
    pub origin: Origin,
}

impl History {
    pub fn new(
        readings: Vec<DayReadings>,
        slow: &[(Timestamp, SignedDuration)],
        left_at: Option<Timestamp>,
    ) -> History {
        History::of_metric(Metric::Downloads, readings, slow, left_at)
    }

    pub fn of_metric(
        metric: Metric,
        mut readings: Vec<DayReadings>,
        slow: &[(Timestamp, SignedDuration)],
        left_at: Option<Timestamp>,
    ) -> History {
        counted_until(&mut readings, left_at);
        let series = match metric.is_gauge() {
            true => growth::gauge(&readings, slow),
            false => growth::series(&readings, slow, None),
        };
        History::of(readings, series)
    }

    pub fn of_version(
        mut version: VersionHistory,
        slow: &[(Timestamp, SignedDuration)],
        left_at: Option<Timestamp>,
    ) -> History {
        counted_until(&mut version.readings, left_at);
        let series = version.series(slow);
        History {
            from_zero: version.from_zero.is_some(),
            ..History::of(version.readings, series)
        }
    }

    fn of(readings: Vec<DayReadings>, series: Series) -> History {
        let origins: Vec<NewOrigin> = readings
            .windows(2)
            .filter(|pair| pair[0].origin != pair[1].origin)
            .map(|pair| NewOrigin {
                before: pair[0].last.at,
                at: pair[1].first.at,
                origin: pair[1].origin,
            })
            .collect();
        let changes = origins.iter().map(|it| (it.before, it.at));
        History {
            breaks: series.gaps.iter().copied().chain(changes).collect(),
            from_zero: false,
            runs: Vec::new(),
            readings,
            series,
            origins,
        }
    }

    /// With what each run saw besides: growth by day doesn't go by it.
    pub fn with_runs(mut self, samples: impl IntoIterator<Item = Reading>) -> History {
        let points = &self.series.points;
        let last_day = points.last().map(|last| day_of(last.at));
        let samples = samples
            .into_iter()
            .filter(|sample| last_day.is_some_and(|last| day_of(sample.at) <= last));
        let all: BTreeMap<Timestamp, i64> = samples
            .chain(points.iter().copied())
            .map(|reading| (reading.at, reading.value))
            .collect();
        let reading = |(at, value)| Reading { at, value };
        self.runs = all.into_iter().map(reading).collect();
        self
    }

    /// In order.
    pub fn every_reading(&self) -> &[Reading] {
        match self.runs.is_empty() {
            true => &self.series.points,
            false => &self.runs,
        }
    }
}

fn counted_until(readings: &mut Vec<DayReadings>, left_at: Option<Timestamp>) {
    if let Some(left) = left_at {
        readings.retain(|day| day.day <= day_of(left));
    }
}
