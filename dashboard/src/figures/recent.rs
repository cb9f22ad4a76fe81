//! The last 24 hours, from what every run saw.

use jiff::{SignedDuration, Timestamp};
use modstats_store::growth::{steady, value_at};
use modstats_store::model::{Reading, Sample};
use modstats_store::time::day_of;

use super::due::Due;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What a sum of counters grew by from 24 hours ago up to its newest samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastDay {
    pub value: i64,
    /// 24 hours ago, or the oldest sample since.
    pub from: Timestamp,
    /// The oldest of the parts' newest samples.
    pub to: Timestamp,
    /// Every part has samples from before the 24 hours up to now, none of them missing.
    pub complete: bool,
    /// A counter fell, and did not recover.
    pub correction: bool,
}

/// Samples of one counter in order, since [`last_day_since`] and the last one before; and the distance
/// of two runs by the schedule in force.
#[derive(Clone, Copy, Debug)]
pub struct Sampled<'a> {
    pub samples: &'a [Sample],
    pub interval: SignedDuration,
}

/// From when on samples are needed: what falls takes up to a day to recover, and may have fallen before
/// the 24 hours.
pub fn last_day_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(DAY * 2).unwrap_or(now)
}

/// Of the downloads of all parts together. Parts that were never seen are left out.
pub fn last_day(parts: &[Sampled], now: Timestamp) -> Due<LastDay> {
    let start = now.saturating_sub(DAY).unwrap_or(now);
    let known: Vec<Due<LastDay>> = parts
        .iter()
        .filter(|part| !part.samples.is_empty())
        .map(|part| part.last_day(start, now))
        .collect();
    let sum = known
        .iter()
        .filter_map(Due::known)
        .copied()
        .reduce(|one, other| LastDay {
            value: one.value.saturating_add(other.value),
            from: one.from.max(other.from),
            to: one.to.min(other.to),
            complete: one.complete && other.complete,
            correction: one.correction || other.correction,
        });
    let due = known.iter().filter_map(|it| match it {
        Due::From(day) => Some(*day),
        Due::Known(_) | Due::Never => None,
    });
    match sum {
        Some(sum) => Due::Known(LastDay {
            complete: sum.complete && due.count() == 0,
            ..sum
        }),
        None => Due::from_date(due.min()),
    }
}

impl Sampled<'_> {
    /// A lone sample is a baseline: a day after it there will be a figure.
    fn last_day(&self, start: Timestamp, now: Timestamp) -> Due<LastDay> {
        let (Some(first), Some(last)) = (self.samples.first(), self.samples.last()) else {
            return Due::Never;
        };
        let readings = self.samples.iter().map(|sample| Reading {
            at: sample.at,
            value: sample.downloads,
        });
        let (readings, corrections) = steady(&readings.collect::<Vec<_>>());
        let from = start.max(first.at);
        let Some(value) = value_at(&readings, from).filter(|_| from < last.at) else {
            let known = first.at.max(start).saturating_add(DAY).unwrap_or(first.at);
            return Due::From(day_of(known));
        };
        // One run may be late, but not two.
        let patience = self.interval.saturating_mul(2);
        let within = |pair: &&[Sample]| pair[1].at > start;
        let pairs = || self.samples.windows(2).filter(within);
        let is_missing = pairs().any(|pair| pair[1].at.duration_since(pair[0].at) > patience)
            || now.duration_since(last.at) > patience;
        Due::Known(LastDay {
            value: last.downloads.saturating_sub(value),
            from,
            to: last.at,
            complete: first.at <= start && !is_missing,
            correction: corrections.iter().any(|it| it.at > start),
        })
    }
}
