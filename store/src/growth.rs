//! What a counter's readings mean: growth by day, gaps, corrections.
//!
//! Growth comes from elapsed time, never from the number of rows. A day's growth lies between its
//! two UTC midnights; the counter at a midnight is interpolated between the last reading before it
//! and the first one after it. Midnights are shared by neighbouring days, so the days of a range
//! add up to the growth over the range.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::model::{DayReadings, Origin, Reading, VersionHistory};
use crate::time::{day_of, midnight};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A counter over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Every reading in order.
    pub points: Vec<Reading>,
    /// Between two readings that are too far apart to be drawn as one line.
    pub gaps: Vec<(Timestamp, Timestamp)>,
    pub corrections: Vec<Correction>,
    pub jitter: Vec<Jitter>,
    /// In order; without the days on which nothing can be said.
    pub days: Vec<DayGrowth>,
}

/// A fall that did not recover within a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    pub at: Timestamp,
    pub from: i64,
    pub to: i64,
}

/// A fall that recovered within a day: no growth goes by what was stated between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jitter {
    /// When it fell, and when it was made good.
    pub at: Timestamp,
    pub until: Timestamp,
    pub from: i64,
    /// The lowest that was stated.
    pub to: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayGrowth {
    pub day: Date,
    pub growth: i64,
    /// The readings reach over both midnights; otherwise the day counts between its readings only.
    pub complete: bool,
    /// The day had no reading, and its growth is a share of what grew over a gap.
    pub gap: bool,
    pub correction: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    pub value: i64,
    /// Every day of the range is known and complete.
    pub complete: bool,
}

/// Reads a counter's days.
///
/// `slow` are the schedules that were slower than daily: since when, and their interval; for them
/// a gap is more than two intervals. `from_zero` is the publish date of a version that appeared
/// after a complete listing without it: it started from 0 then. Any other first reading is a
/// baseline, as is the first one of another origin.
pub fn series(
    readings: &[DayReadings],
    slow: &[(Timestamp, SignedDuration)],
    from_zero: Option<Timestamp>,
) -> Series {
    read(readings, slow, from_zero, Falls::AreWrong)
}

/// The same of what goes down as it goes up: no fall of it is a correction, and none is jitter.
pub fn gauge(readings: &[DayReadings], slow: &[(Timestamp, SignedDuration)]) -> Series {
    read(readings, slow, None, Falls::AreMeant)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Falls {
    AreWrong,
    AreMeant,
}

fn read(
    readings: &[DayReadings],
    slow: &[(Timestamp, SignedDuration)],
    from_zero: Option<Timestamp>,
    falls: Falls,
) -> Series {
    let mut series = Series::default();
    let mut days: BTreeMap<Date, DayGrowth> = BTreeMap::new();
    for (index, segment) in segments(readings).into_iter().enumerate() {
        let start = from_zero.filter(|at| index == 0 && *at < segment[0].at);
        let points: Vec<Reading> = start
            .map(|at| Reading { at, value: 0 })
            .into_iter()
            .chain(segment)
            .collect();
        let gaps = gaps(&points, slow);
        let (corrections, (steady, jitter)) = match falls {
            Falls::AreWrong => (corrections(&points), without_jitter(&points)),
            Falls::AreMeant => (Vec::new(), (points.clone(), Vec::new())),
        };
        for day in growth_by_day(&steady, start.is_some(), &gaps, &corrections) {
            // A day on which the origin changes has the growth within each of them.
            days.entry(day.day)
                .and_modify(|known| *known = joined(known, &day))
                .or_insert(day);
        }
        series.points.extend(points);
        series.gaps.extend(gaps);
        series.corrections.extend(corrections);
        series.jitter.extend(jitter);
    }
    series.days = days.into_values().collect();
    series
}

/// The readings of a counter that growth goes by, without jitter, and its corrections.
pub fn steady(points: &[Reading]) -> (Vec<Reading>, Vec<Correction>) {
    (without_jitter(points).0, corrections(points))
}

/// The growth of a total: the sum of its members' growth, day by day.
pub fn total<'a>(members: impl IntoIterator<Item = &'a Series>) -> Vec<DayGrowth> {
    let mut days: BTreeMap<Date, DayGrowth> = BTreeMap::new();
    for day in members.into_iter().flat_map(|series| &series.days) {
        days.entry(day.day)
            .and_modify(|sum| *sum = joined(sum, day))
            .or_insert(*day);
    }
    days.into_values().collect()
}

/// The growth over the days `from..=to`; None where nothing is known of any of them.
pub fn between(days: &[DayGrowth], from: Date, to: Date) -> Option<Growth> {
    let known: Vec<&DayGrowth> = days
        .iter()
        .filter(|day| from <= day.day && day.day <= to)
        .collect();
    let length = from.until(to).map_or(0, |span| span.get_days()) + 1;
    (!known.is_empty()).then(|| Growth {
        value: known.iter().fold(0, |sum, day| sum + day.growth),
        complete: usize::try_from(length) == Ok(known.len())
            && known.iter().all(|day| day.complete),
    })
}

impl VersionHistory {
    /// Reads a version's days; see [`series`].
    pub fn series(&self, slow: &[(Timestamp, SignedDuration)]) -> Series {
        series(&self.readings, slow, self.from_zero)
    }
}

impl Series {
    pub fn growth_between(&self, from: Date, to: Date) -> Option<Growth> {
        between(&self.days, from, to)
    }

    /// The counter at an instant between its first and its last reading.
    pub fn value_at(&self, at: Timestamp) -> Option<i64> {
        value_at(&self.points, at)
    }
}

fn joined(one: &DayGrowth, other: &DayGrowth) -> DayGrowth {
    DayGrowth {
        day: one.day,
        growth: one.growth.saturating_add(other.growth),
        complete: one.complete && other.complete,
        gap: one.gap || other.gap,
        correction: one.correction || other.correction,
    }
}

/// The readings in order, cut where their origin changes: growth is never computed across it.
fn segments(readings: &[DayReadings]) -> Vec<Vec<Reading>> {
    let mut segments: Vec<(Origin, Vec<Reading>)> = Vec::new();
    for day in readings {
        if segments
            .last()
            .is_none_or(|(origin, _)| *origin != day.origin)
        {
            segments.push((day.origin, Vec::new()));
        }
        if let Some((_, points)) = segments.last_mut() {
            points.push(day.first);
            if day.last.at > day.first.at {
                points.push(day.last);
            }
        }
    }
    segments.into_iter().map(|(_, points)| points).collect()
}

/// Pairs of neighbouring readings with at least one whole UTC day between them, or, under a
/// schedule slower than daily, with more than two intervals between them.
fn gaps(points: &[Reading], slow: &[(Timestamp, SignedDuration)]) -> Vec<(Timestamp, Timestamp)> {
    let interval_at = |at: Timestamp| {
        slow.iter()
            .rev()
            .find(|(since, _)| *since <= at)
            .map(|(_, interval)| *interval)
    };
    points
        .windows(2)
        .map(|pair| (pair[0].at, pair[1].at))
        .filter(|(from, to)| {
            let whole_days = day_of(*from)
                .until(day_of(*to))
                .map_or(0, |span| span.get_days())
                - 1;
            let allowed = interval_at(*from).filter(|interval| *interval > DAY);
            whole_days >= 1 && allowed.is_none_or(|it| to.duration_since(*from) > it * 2)
        })
        .collect()
}

/// Falls, but for jitter.
fn corrections(points: &[Reading]) -> Vec<Correction> {
    let fall = |index: &usize| points[*index].value < points[index - 1].value;
    (1..points.len())
        .filter(|index| fall(index) && recovery(points, *index).is_none())
        .map(|index| Correction {
            at: points[index].at,
            from: points[index - 1].value,
            to: points[index].value,
        })
        .collect()
}

/// Where the fall at `index` is made good, if that is within a day: then it is jitter.
fn recovery(points: &[Reading], index: usize) -> Option<usize> {
    let before = points[index - 1].value;
    (index + 1..points.len())
        .take_while(|later| points[*later].at.duration_since(points[index].at) <= DAY)
        .find(|later| points[*later].value >= before)
}

/// The readings that growth goes by, and those stretches that it doesn't go by: jitter is drawn,
/// and no day grows or shrinks by it.
fn without_jitter(points: &[Reading]) -> (Vec<Reading>, Vec<Jitter>) {
    let mut steady = Vec::with_capacity(points.len());
    let mut jitter = Vec::new();
    let mut index = 0;
    while index < points.len() {
        let falls = index > 0 && points[index].value < points[index - 1].value;
        match falls.then(|| recovery(points, index)).flatten() {
            Some(recovered) => {
                let fallen = points[index..recovered].iter().map(|point| point.value);
                jitter.push(Jitter {
                    at: points[index].at,
                    until: points[recovered].at,
                    from: points[index - 1].value,
                    to: fallen.min().unwrap_or(points[index].value),
                });
                index = recovered;
            }
            None => {
                steady.push(points[index]);
                index += 1;
            }
        }
    }
    (steady, jitter)
}

fn growth_by_day(
    points: &[Reading],
    from_zero: bool,
    gaps: &[(Timestamp, Timestamp)],
    corrections: &[Correction],
) -> Vec<DayGrowth> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let mut days = Vec::new();
    let mut day = day_of(first.at);
    while day <= day_of(last.at) {
        let Ok(next) = day.tomorrow() else { break };
        let (start, end) = (midnight(day), midnight(next));
        let growth = value_at(points, end.min(last.at))
            .zip(value_at(points, start.max(first.at)))
            .map_or(0, |(to, from)| to.saturating_sub(from));
        days.push(DayGrowth {
            day,
            growth,
            complete: end <= last.at && (from_zero || first.at <= start || day > day_of(first.at)),
            gap: gaps.iter().any(|(from, to)| *from < start && end <= *to),
            correction: corrections.iter().any(|it| day_of(it.at) == day),
        });
        day = next;
    }
    days
}

/// Linear between the two readings around `at`, rounded down.
pub fn value_at(points: &[Reading], at: Timestamp) -> Option<i64> {
    let after = points.partition_point(|point| point.at < at);
    let next = points.get(after)?;
    if next.at == at {
        return Some(next.value);
    }
    let previous = points.get(after.checked_sub(1)?)?;
    let elapsed = i128::from(at.as_microsecond() - previous.at.as_microsecond());
    let span = i128::from(next.at.as_microsecond() - previous.at.as_microsecond());
    let change = i128::from(next.value) - i128::from(previous.value);
    let share = (change * elapsed).div_euclid(span);
    i64::try_from(i128::from(previous.value) + share).ok()
}
