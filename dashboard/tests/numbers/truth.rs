//! What the numbers are, computed from the plain answers by nothing but the rules: the design says
//! what a day, a correction, a gap and a total are.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::history::{Reading, day_of, midnight};

/// A fall that is made good within it was none.
const DAY: i64 = 24 * 60 * 60;

/// A counter over time.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Of one origin each, with the first and the last reading of each day.
    pieces: Vec<Vec<Reading>>,
    /// The last day on which it counts.
    pub left: Option<Date>,
    /// It began with nothing, which is whole.
    from_zero: bool,
}

/// What a counter, or several together, grew by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    pub value: i64,
    pub incomplete: bool,
    pub gap: bool,
    pub correction: bool,
}

impl Curve {
    /// What was collected goes before what was imported.
    pub fn new(imported: &[Reading], collected: &[Reading]) -> Curve {
        let mut days: BTreeMap<Date, (bool, Vec<Reading>)> = BTreeMap::new();
        for (is_collected, readings) in [(true, collected), (false, imported)] {
            for reading in readings {
                let day = days.entry(day_of(reading.at));
                let (of, day) = day.or_insert_with(|| (is_collected, Vec::new()));
                if *of == is_collected {
                    day.push(*reading);
                }
            }
        }
        let mut pieces: Vec<(bool, Vec<Reading>)> = Vec::new();
        for (origin, mut day) in days.into_values() {
            day.sort_by_key(|it| it.at);
            let ends = [day[0], day[day.len() - 1]];
            let ends = &ends[..day.len().min(2)];
            match pieces.last_mut() {
                Some((same, piece)) if *same == origin => piece.extend(ends),
                _ => pieces.push((origin, ends.to_vec())),
            }
        }
        Curve {
            pieces: pieces.into_iter().map(|(_, piece)| piece).collect(),
            ..Curve::default()
        }
    }

    /// Of what began with nothing.
    pub fn begun_at_zero(mut self, at: Timestamp) -> Curve {
        if let Some(first) = self.pieces.first_mut() {
            first.insert(0, Reading { at, value: 0 });
            self.from_zero = true;
        }
        self
    }

    /// It counts up to this day, where there is one.
    pub fn up_to(mut self, day: Option<Date>) -> Curve {
        let counts = |it: &Reading| day.is_none_or(|left| day_of(it.at) <= left);
        for piece in &mut self.pieces {
            piece.retain(counts);
        }
        self.pieces.retain(|piece| !piece.is_empty());
        Curve { left: day, ..self }
    }

    pub fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.pieces.iter().flatten()
    }

    pub fn first(&self) -> Option<Reading> {
        self.readings().next().copied()
    }

    pub fn last(&self) -> Option<Reading> {
        self.readings().last().copied()
    }

    /// What was stated, between two readings by the straight line; after the last one what it said.
    /// Nothing inside of a gap, and none at the end of the day on which it left.
    pub fn total(&self, at: Timestamp) -> Option<i64> {
        if self.left.is_some_and(|left| midnight(left + 1.day()) <= at) {
            return None;
        }
        let mut newest_first = self.pieces.iter().rev();
        let piece = newest_first.find(|piece| piece[0].at <= at)?;
        let is_last = self
            .pieces
            .last()
            .is_some_and(|last| std::ptr::eq(last, piece));
        let after = piece.partition_point(|it| it.at < at);
        match piece.get(after) {
            Some(after) if after.at == at => Some(after.value),
            Some(_) if is_gap(&piece[after - 1..=after]) => None,
            Some(_) => Some(between(piece, at)),
            None => is_last.then(|| between(piece, at)),
        }
    }

    /// Nothing is known between two origins, nor inside of a gap.
    pub fn is_interrupted(&self, at: Timestamp) -> bool {
        let readings: Vec<Reading> = self.readings().copied().collect();
        let is_counted = self.left.is_none_or(|left| at < midnight(left + 1.day()));
        is_counted && readings[0].at <= at && self.total(at).is_none()
    }

    /// None where nothing is known of the time.
    pub fn growth(&self, from: Timestamp, to: Timestamp) -> Option<Growth> {
        let mut grown: Option<Growth> = None;
        for piece in &self.pieces {
            let (steady, falls) = without_jitter(piece);
            let (first, last) = (steady[0].at, steady[steady.len() - 1].at);
            let (from, to) = (from.max(first), to.min(last));
            if from >= to {
                continue;
            }
            let value = between(&steady, to) - between(&steady, from);
            let is_within = |pair: &[Reading]| {
                let (before, after) = (day_of(pair[0].at), day_of(pair[1].at));
                midnight(before + 1.day()) < to && midnight(after) > from
            };
            let mut gaps = piece.windows(2).filter(|pair| is_gap(pair));
            let so_far = grown.unwrap_or(NOTHING);
            grown = Some(Growth {
                value: so_far.value + value,
                gap: so_far.gap || gaps.any(is_within),
                correction: so_far.correction || falls.iter().any(|at| from < *at && *at <= to),
                ..so_far
            });
        }
        grown.map(|grown| Growth {
            incomplete: self.left.is_none() && !self.is_whole(from, to),
            ..grown
        })
    }

    /// Whether all of the time is known, since it was first known at all.
    fn is_whole(&self, from: Timestamp, to: Timestamp) -> bool {
        let from = self.first_whole().map_or(to, |day| from.max(midnight(day)));
        let covers = |piece: &Vec<Reading>| piece[0].at <= from && to <= piece[piece.len() - 1].at;
        from >= to || self.pieces.iter().any(covers)
    }

    /// The first day that is known from its beginning on.
    pub fn first_whole(&self) -> Option<Date> {
        let begun = self.first()?.at;
        let day = day_of(begun);
        let is_whole = midnight(day) == begun || self.from_zero;
        Some(if is_whole { day } else { day + 1.day() })
    }

    /// Since when it has added to every day up to this one, or to none.
    pub fn steady_from(&self, to: Date) -> Option<Date> {
        let is_there = day_of(self.first()?.at) <= to;
        match self.left {
            Some(left) if left <= to => Some(left + 1.day()),
            _ => self.first_whole().filter(|_| is_there),
        }
    }
}

const NOTHING: Growth = Growth {
    value: 0,
    incomplete: false,
    gap: false,
    correction: false,
};

/// The growth of several is the sum of theirs.
pub fn together(growths: impl IntoIterator<Item = Option<Growth>>) -> Option<Growth> {
    growths.into_iter().flatten().reduce(|one, other| Growth {
        value: one.value + other.value,
        incomplete: one.incomplete || other.incomplete,
        gap: one.gap || other.gap,
        correction: one.correction || other.correction,
    })
}

/// Thousandths that make up a whole together: those that lose most by cutting are rounded up.
pub fn shares(values: &[i64]) -> Vec<i64> {
    let sum: i64 = values.iter().sum();
    let mut shares: Vec<i64> = values.iter().map(|it| it * 1_000 / sum).collect();
    let mut by_loss: Vec<usize> = (0..values.len()).collect();
    by_loss.sort_by_key(|place| std::cmp::Reverse(values[*place] * 1_000 % sum));
    let missing = usize::try_from(1_000 - shares.iter().sum::<i64>()).unwrap();
    for place in by_loss.into_iter().take(missing) {
        shares[place] += 1;
    }
    shares
}

/// Whether a whole day lies between two readings.
fn is_gap(pair: &[Reading]) -> bool {
    day_of(pair[0].at) + 1.day() < day_of(pair[1].at)
}

/// On the straight line between the two readings around an instant, rounded down.
pub fn between(readings: &[Reading], at: Timestamp) -> i64 {
    let after = readings.partition_point(|it| it.at <= at);
    let before = readings[after - 1];
    let Some(after) = readings.get(after) else {
        return before.value;
    };
    let elapsed = i128::from(at.as_second() - before.at.as_second());
    let whole = i128::from(after.at.as_second() - before.at.as_second());
    let rise = i128::from(after.value - before.value) * elapsed;
    before.value + i64::try_from(rise.div_euclid(whole)).unwrap()
}

/// The readings without those of a fall that was made good within a day, and when the others were
/// seen.
fn without_jitter(readings: &[Reading]) -> (Vec<Reading>, Vec<Timestamp>) {
    let (mut steady, mut falls): (Vec<Reading>, Vec<Timestamp>) = (Vec::new(), Vec::new());
    let mut rest = readings;
    while let Some((reading, after)) = rest.split_first() {
        rest = after;
        if let Some(before) = steady.last().filter(|it| reading.value < it.value) {
            let good = |it: &&Reading| it.value >= before.value;
            let made_good = after
                .iter()
                .find(good)
                .filter(|it| it.at.as_second() - reading.at.as_second() <= DAY);
            if let Some(good) = made_good {
                rest = &after[after.iter().position(|it| it == good).unwrap()..];
                continue;
            }
            falls.push(reading.at);
        }
        steady.push(*reading);
    }
    (steady, falls)
}
