//! The table beside a chart: what there was at the end of each row, what it grew by, and what else
//! is to be said of it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::counted::growth;
use super::history::{Reading, day_of};
use super::periods::{Days, Period};
use super::remarks::{Mark, marks, of_row};
use super::said;
use super::told::Figure;
use super::truth::Curve;
use super::versions::Listed;

/// More than these are no picture.
const MOST_DAYS: i32 = 190;
const MOST_DAYS_OF_RUNS: i32 = 31;

/// A column of the table.
pub struct Column<'a> {
    pub name: &'a str,
    pub curves: Vec<&'a Curve>,
}

pub struct Table<'a> {
    pub columns: Vec<Column<'a>>,
    /// The first column is the sum of the others, if there are others.
    pub adds_up: bool,
    /// They are told of where they were released, and where they vanished.
    pub versions: Vec<&'a Listed<'a>>,
}

impl<'a> Table<'a> {
    /// The columns add up to one before them, if there are several.
    pub fn of_sum(mut columns: Vec<Column<'a>>, versions: &'a [Listed<'a>]) -> Table<'a> {
        if columns.len() > 1 {
            let curves = columns.iter().flat_map(|it| it.curves.clone()).collect();
            let name = "All";
            columns.insert(0, Column { name, curves });
        }
        Table {
            columns,
            adds_up: true,
            versions: versions.iter().collect(),
        }
    }

    pub fn rows(&self, period: &Period, by: &str) -> Vec<Figure> {
        let begun = self.curves().filter_map(|it| it.first()).map(|it| it.at);
        let drawn = Days {
            from: period.drawn.from.max(day_of(begun.min().unwrap())),
            ..period.drawn
        };
        let hours = period.hours.filter(|_| self.adds_up);
        let is_by_run = match by {
            "day" => hours.is_some(),
            "run" => drawn.count() <= MOST_DAYS_OF_RUNS,
            _ => false,
        };
        if is_by_run {
            return self.rows_of_runs(hours.unwrap_or(drawn.midnights()));
        }
        let by = if by == "run" { "day" } else { by };
        let days = drawn.rows(by, MOST_DAYS);
        let marks = self.marks(drawn.midnights());
        let row = |days: &Days| {
            let curves = self.columns.iter().map(|it| &it.curves);
            let mut told: Vec<String> = curves.clone().map(|it| cell(it, *days)).collect();
            if self.adds_up {
                told.push(self.stated(*days));
            }
            let (from, to) = days.midnights();
            // What was before the first row or after the last one isn't there.
            let marks = marks.iter().filter(|it| from <= it.at && it.at < to);
            let is_whole = curves.clone().all(|it| is_whole(it, *days));
            let is_gap = curves
                .clone()
                .any(|it| growth(it, *days).is_some_and(|it| it.gap));
            told.push(of_row(!is_whole, is_gap, marks));
            (format!("row {}", days.from), told.join(" | "))
        };
        days.iter().rev().map(row).collect()
    }

    fn curves(&self) -> impl Iterator<Item = &'a Curve> {
        self.columns.iter().flat_map(|it| it.curves.clone())
    }

    fn marks(&self, (from, to): (Timestamp, Timestamp)) -> Vec<Mark> {
        let own = &self.columns[self.first_own()..];
        let curves: Vec<&Curve> = own.iter().flat_map(|it| it.curves.clone()).collect();
        let mut marks = marks(&curves, &self.versions);
        marks.retain(|it| from <= it.at && it.at < to);
        marks
    }

    fn first_own(&self) -> usize {
        usize::from(self.adds_up && self.columns.len() > 1)
    }

    /// A row for each instant at which any counter was read.
    fn rows_of_runs(&self, window: (Timestamp, Timestamp)) -> Vec<Figure> {
        let readings = self.curves().flat_map(Curve::every_reading);
        let within = readings.filter(|it| window.0 <= it.at && it.at <= window.1);
        let runs: BTreeSet<Timestamp> = within.map(|it| it.at).collect();
        let runs: Vec<Timestamp> = runs.into_iter().collect();
        let marks = self.marks(window);
        let row = |(place, at): (usize, &Timestamp)| {
            let cells = self.columns.iter().map(|it| Seen::of(&it.curves, *at));
            let mut told: Vec<String> = cells.clone().map(|it| it.told()).collect();
            let since = place.checked_sub(1).map(|it| runs[it]);
            let is_last = place + 1 == runs.len();
            let happened =
                |it: &&Mark| since.is_none_or(|since| since < it.at) && (it.at <= *at || is_last);
            let is_gap = cells.clone().any(|it| it.gap);
            told.push(of_row(false, is_gap, marks.iter().filter(happened)));
            (format!("row {at}"), told.join(" | "))
        };
        runs.iter().enumerate().rev().map(row).collect()
    }

    /// What each column stated last: the sum of what its counters did, when the newest of them did.
    fn stated(&self, days: Days) -> String {
        let (from, to) = days.midnights();
        let last = |curve: &&Curve| {
            let is_counted = curve.left().is_none_or(|left| days.from <= left);
            let before = curve.readings().filter(|it| it.at < to).last();
            before.copied().filter(|_| is_counted)
        };
        let clock = |at: Timestamp| match days.from == days.to {
            true => said::clock(at),
            false => said::instant(at),
        };
        let own = &self.columns[self.first_own()..];
        let told = own.iter().filter_map(|column| {
            let readings = column.curves.iter().filter_map(last);
            let sum = readings.reduce(|one, other| Reading {
                at: one.at.max(other.at),
                value: one.value + other.value,
            });
            let sum = sum.filter(|it| from <= it.at)?;
            let value = format!("{} ({})", said::count(sum.value), clock(sum.at));
            Some(match own.len() {
                1 => value,
                _ => format!("{} {value}", column.name),
            })
        });
        told.collect::<Vec<_>>().join("; ")
    }
}

fn total(curves: &[&Curve], at: Timestamp) -> Option<i64> {
    let totals: Vec<i64> = curves.iter().filter_map(|it| it.total(at)).collect();
    let is_known = !totals.is_empty() && !curves.iter().any(|it| it.is_interrupted(at));
    is_known.then(|| totals.iter().sum())
}

fn told(total: Option<i64>, grown: Option<i64>) -> String {
    let told = [total.map(said::count), grown.map(said::change)];
    told.map(|it| it.unwrap_or_else(|| "–".to_owned()))
        .join(" ")
}

fn cell(curves: &[&Curve], days: Days) -> String {
    let newest = curves.iter().filter_map(|it| it.last()).map(|it| it.at);
    let (from, to) = days.midnights();
    // Where nobody is read any more, it is the total when somebody was.
    let end = newest
        .max()
        .filter(|newest| from <= *newest)
        .map(|it| it.min(to));
    let total = end.and_then(|end| total(curves, end));
    told(total, growth(curves, days).map(|it| it.value))
}

/// Where anything is known of some days, all is.
fn is_whole(curves: &[&Curve], days: Days) -> bool {
    let known = |day| curves.iter().filter_map(move |it| it.is_whole_on(day));
    let is_known = days.iter().any(|day| known(day).next().is_some());
    !is_known
        || days
            .iter()
            .all(|day| known(day).reduce(|one, other| one && other) == Some(true))
}

/// What a run saw: growth is that of the counters that it read, since each was read before.
struct Seen {
    total: Option<i64>,
    grown: Option<i64>,
    gap: bool,
}

impl Seen {
    fn of(curves: &[&Curve], at: Timestamp) -> Seen {
        let mut seen = Seen {
            total: total_of_runs(curves, at),
            grown: None,
            gap: false,
        };
        for curve in curves {
            let readings = curve.every_reading();
            let own = readings.iter().rposition(|it| it.at == at);
            let Some(own) = own.filter(|it| *it > 0) else {
                continue;
            };
            let (before, own) = (readings[own - 1], readings[own]);
            let mut pieces = curve.pieces().iter();
            if !pieces.any(|it| before.at < it.first().at && it.first().at <= at) {
                seen.grown = Some(seen.grown.unwrap_or(0) + own.value - before.value);
                seen.gap |= curve.is_gap(before.at, at);
            }
        }
        seen
    }

    fn told(&self) -> String {
        told(self.total, self.grown)
    }
}

/// By all that was ever answered.
fn total_of_runs(curves: &[&Curve], at: Timestamp) -> Option<i64> {
    if curves.iter().any(|it| it.is_interrupted(at)) {
        return None;
    }
    let of = |curve: &&Curve| {
        curve.total(at)?;
        Some(super::truth::between(&curve.every_reading(), at))
    };
    curves
        .iter()
        .filter_map(of)
        .reduce(|one, other| one + other)
}
