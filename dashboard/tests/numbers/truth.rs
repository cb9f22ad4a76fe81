//! What the numbers are, computed from the plain answers by nothing but the rules: the design says
//! what a day, a correction, a gap and a total are.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::falls::{Fall, without_jitter};
use super::history::{Reading, day_of, midnight};

/// A counter over time.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// As remarks call it.
    pub name: String,
    pieces: Vec<Piece>,
    /// Every answer, where more than the ends of days are kept.
    runs: Vec<Reading>,
    /// It counts up to then, and to the end of that day.
    pub until: Option<Timestamp>,
    /// It is no longer tracked.
    pub left_at: Option<Timestamp>,
    /// Its platform no longer shows it.
    pub vanished_at: Option<Timestamp>,
    /// It began with nothing, which is whole.
    pub from_zero: bool,
    /// How far apart its answers may be, where that is more than a day.
    patience: Option<SignedDuration>,
    is_gauge: bool,
}

/// The readings of one origin: the first and the last one of each day.
#[derive(Clone, Debug)]
pub struct Piece {
    pub is_collected: bool,
    pub readings: Vec<Reading>,
    /// Those that growth goes by.
    steady: Vec<Reading>,
    falls: Vec<Fall>,
    /// Before and after at least one whole day.
    holes: Vec<(Timestamp, Timestamp)>,
}

/// What a counter, or several together, grew by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    pub value: i64,
    pub incomplete: bool,
    pub gap: bool,
    pub correction: bool,
}

impl Piece {
    fn new(is_collected: bool, readings: Vec<Reading>, is_gauge: bool) -> Piece {
        let (steady, falls) = match is_gauge {
            true => (readings.clone(), Vec::new()),
            false => without_jitter(&readings),
        };
        let pairs = readings.windows(2).map(|pair| (pair[0].at, pair[1].at));
        let is_hole =
            |(before, after): &(Timestamp, Timestamp)| day_of(*before) + 1.day() < day_of(*after);
        Piece {
            is_collected,
            holes: pairs.filter(is_hole).collect(),
            readings,
            steady,
            falls,
        }
    }

    pub fn first(&self) -> Reading {
        self.readings[0]
    }

    fn last(&self) -> Reading {
        self.readings[self.readings.len() - 1]
    }
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
        let piece = |(origin, readings)| Piece::new(origin, readings, false);
        Curve {
            pieces: pieces.into_iter().map(piece).collect(),
            ..Curve::default()
        }
    }

    pub fn named(self, name: &str) -> Curve {
        let name = name.to_owned();
        Curve { name, ..self }
    }

    /// Of all of its answers, and not only of the ends of days.
    pub fn with_runs(mut self, answers: &[Reading]) -> Curve {
        let imported = self.pieces.iter().filter(|it| !it.is_collected);
        self.runs = imported.flat_map(|it| it.readings.clone()).collect();
        self.runs.extend(answers);
        self.runs.sort_by_key(|it| it.at);
        self
    }

    /// Of what comes and goes: that it is less corrects nothing, and is made good by nothing.
    pub fn gauge(mut self) -> Curve {
        self.is_gauge = true;
        self.settled(|_| true)
    }

    pub fn patient(self, interval: Option<SignedDuration>) -> Curve {
        let patience = interval.map(|it| it * 2);
        Curve { patience, ..self }
    }

    pub fn leaving(self, left_at: Option<Timestamp>) -> Curve {
        Curve { left_at, ..self }
    }

    /// Of what began with nothing.
    pub fn begun_at_zero(mut self, at: Timestamp) -> Curve {
        if let Some(first) = self.pieces.first_mut() {
            first.readings.insert(0, Reading { at, value: 0 });
            self.from_zero = true;
        }
        self.settled(|_| true)
    }

    pub fn up_to(mut self, until: Option<Timestamp>) -> Curve {
        self.until = until;
        let last = until.map(day_of);
        let counts = |it: &Reading| last.is_none_or(|last| day_of(it.at) <= last);
        self.runs.retain(counts);
        self.settled(counts)
    }

    fn settled(mut self, counts: impl Fn(&Reading) -> bool) -> Curve {
        let pieces = self.pieces.into_iter().map(|piece| {
            let readings: Vec<Reading> = piece.readings.into_iter().filter(&counts).collect();
            (piece.is_collected, readings)
        });
        let pieces = pieces.filter(|(_, readings)| !readings.is_empty());
        self.pieces = pieces
            .map(|(origin, readings)| Piece::new(origin, readings, self.is_gauge))
            .collect();
        self
    }

    pub fn left(&self) -> Option<Date> {
        self.until.map(day_of)
    }

    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub fn falls(&self) -> impl Iterator<Item = &Fall> {
        self.pieces.iter().flat_map(|it| &it.falls)
    }

    pub fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.pieces.iter().flat_map(|it| &it.readings)
    }

    /// As many as are kept.
    pub fn every_reading(&self) -> Vec<Reading> {
        match self.runs.is_empty() {
            true => self.readings().copied().collect(),
            false => self.runs.clone(),
        }
    }

    pub fn first(&self) -> Option<Reading> {
        self.pieces.first().map(Piece::first)
    }

    pub fn last(&self) -> Option<Reading> {
        self.pieces.last().map(Piece::last)
    }

    /// Whether a whole day lies between two readings, and more time than is allowed.
    pub fn is_gap(&self, before: Timestamp, after: Timestamp) -> bool {
        let allowed = self
            .patience
            .is_some_and(|it| after.duration_since(before) <= it);
        day_of(before) + 1.day() < day_of(after) && !allowed
    }

    /// What was stated, between two readings by the straight line; after the last one what it said.
    /// Nothing inside of a gap, and none at the end of the day on which it left.
    pub fn total(&self, at: Timestamp) -> Option<i64> {
        if self
            .left()
            .is_some_and(|left| midnight(left + 1.day()) <= at)
        {
            return None;
        }
        let place = self.pieces.iter().rposition(|it| it.first().at <= at)?;
        let readings = &self.pieces[place].readings;
        let after = readings.partition_point(|it| it.at < at);
        match readings.get(after) {
            Some(after) if after.at == at => Some(after.value),
            Some(next) if self.is_gap(readings[after - 1].at, next.at) => None,
            Some(_) => Some(between(readings, at)),
            None => (place + 1 == self.pieces.len()).then(|| between(readings, at)),
        }
    }

    /// Nothing is known between two origins, nor inside of a gap.
    pub fn is_interrupted(&self, at: Timestamp) -> bool {
        let is_counted = self.left().is_none_or(|left| at < midnight(left + 1.day()));
        let is_begun = self.first().is_some_and(|first| first.at <= at);
        is_counted && is_begun && self.total(at).is_none()
    }

    /// None where nothing is known of the time.
    pub fn growth(&self, from: Timestamp, to: Timestamp) -> Option<Growth> {
        let mut grown: Option<Growth> = None;
        for piece in &self.pieces {
            let steady = &piece.steady;
            let (first, last) = (steady[0].at, steady[steady.len() - 1].at);
            let (from, to) = (from.max(first), to.min(last));
            if from >= to {
                continue;
            }
            let value = between(steady, to) - between(steady, from);
            let is_within = |(before, after): &(Timestamp, Timestamp)| {
                let (first, last) = (day_of(*before) + 1.day(), day_of(*after));
                midnight(first) < to && midnight(last) > from && self.is_gap(*before, *after)
            };
            let gap = piece.holes.iter().any(is_within);
            let mut corrections = piece.falls.iter().filter(|it| it.until.is_none());
            let so_far = grown.map_or(0, |it| it.value);
            grown = Some(Growth {
                value: so_far + value,
                incomplete: false,
                gap: grown.is_some_and(|it| it.gap) || gap,
                correction: grown.is_some_and(|it| it.correction)
                    || corrections.any(|it| from < it.at && it.at <= to),
            });
        }
        grown.map(|grown| Growth {
            incomplete: self.is_lacking(from, to),
            ..grown
        })
    }

    /// Some of the time since it was first known isn't.
    pub fn is_lacking(&self, from: Timestamp, to: Timestamp) -> bool {
        let from = self.first_whole().map_or(to, |day| from.max(midnight(day)));
        let covers = |(place, piece): (usize, &Piece)| {
            let is_begun = piece.first().at <= from || (self.from_zero && place == 0);
            is_begun && to <= piece.last().at
        };
        self.until.is_none() && from < to && !self.pieces.iter().enumerate().any(covers)
    }

    /// Whether a day is known from its beginning to its end; None where it isn't known at all.
    pub fn is_whole_on(&self, day: Date) -> Option<bool> {
        let (from, to) = (midnight(day), midnight(day + 1.day()));
        let touches =
            |(_, piece): &(usize, &Piece)| piece.first().at < to && from <= piece.last().at;
        let touching = self.pieces.iter().enumerate().filter(touches);
        let is_whole = |(place, piece): (usize, &Piece)| {
            let began = piece.first().at <= from || (self.from_zero && place == 0);
            began && to <= piece.last().at
        };
        touching.map(is_whole).reduce(|one, other| one && other)
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
        match self.left() {
            Some(left) if left <= to => Some(left + 1.day()),
            _ => self.first_whole().filter(|_| is_there),
        }
    }
}

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
