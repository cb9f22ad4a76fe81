//! The figures of a history: what there is today, what it grew by, and how much of it is known.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use modstats_store::growth;
use modstats_store::time::day_of;

use super::due::Due;
use super::period::{Part, PeriodGrowth, first_whole_day};
use crate::period::{Compare, Days, Known, Period};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Of a sum of counters whose histories are known from the beginning on.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryFigures {
    pub total: Option<LastKnown>,
    pub growth: Due<PeriodGrowth>,
    pub mean: Due<Mean>,
    /// The first day with a reading.
    pub first_day: Option<Date>,
    /// How many days have one.
    pub days_known: usize,
}

/// The sum of the last known values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastKnown {
    pub value: i64,
    /// When the oldest of them was stated.
    pub at: Timestamp,
}

/// The growth of a period by the time in which it grew, however often it was looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    pub per_day: f64,
    pub from: Timestamp,
    pub to: Timestamp,
}

impl HistoryFigures {
    pub fn of(parts: &[Part], period: &Period, compare: Compare, known: &Known) -> HistoryFigures {
        let points = || parts.iter().flat_map(|part| &part.series.points);
        let days: BTreeSet<Date> = points().map(|point| day_of(point.at)).collect();
        HistoryFigures {
            total: LastKnown::of(parts),
            growth: PeriodGrowth::of(parts, period, compare, known),
            mean: match period.bounds(known) {
                Some(bounds) => Mean::of(parts, bounds.days),
                None => Due::Never,
            },
            first_day: days.first().copied(),
            days_known: days.len(),
        }
    }
}

impl LastKnown {
    /// What is no longer counted has no part in it.
    pub fn of(parts: &[Part]) -> Option<LastKnown> {
        let counted = parts.iter().filter(|part| part.left.is_none());
        let last = counted.filter_map(|part| part.series.points.last());
        last.map(|last| LastKnown {
            value: last.value,
            at: last.at,
        })
        .reduce(|one, other| LastKnown {
            value: one.value.saturating_add(other.value),
            at: one.at.min(other.at),
        })
    }
}

impl Mean {
    /// Over that time of some days of which anything is known. Less than a day is no measure.
    pub fn of(parts: &[Part], days: Days) -> Due<Mean> {
        let (start, end) = days.midnights();
        let points = || parts.iter().flat_map(|part| &part.series.points);
        let first = points().map(|it| it.at).min();
        let last = points().map(|it| it.at).max();
        let Some((first, last)) = first.zip(last) else {
            return Due::Never;
        };
        let (from, to) = (first.max(start), last.min(end));
        let elapsed = to.duration_since(from);
        if elapsed < DAY {
            let after_whole = first_whole_day(parts).and_then(|day| day.checked_add(1.day()).ok());
            return Due::from_date(after_whole.filter(|day| *day > day_of(last)));
        }
        let total = growth::total(parts.iter().map(|part| part.series));
        match growth::between(&total, days.from, days.to) {
            None => Due::Never,
            Some(growth) => Due::Known(Mean {
                per_day: growth.value as f64 / elapsed.div_duration_f64(DAY),
                from,
                to,
            }),
        }
    }
}
