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

/// What is shown of a period.
pub struct Span {
    /// From the first that is known.
    pub days: Days,
    pub window: (Timestamp, Timestamp),
    pub by: Step,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Run,
    Day,
    Week,
    Month,
}

pub struct Row {
    /// Its first day or its instant, for programs.
    from: String,
    pub when: String,
    /// Parallel to the columns.
    pub cells: Vec<Cell>,
    stated: Option<String>,
    pub is_whole: bool,
    pub remarks: Vec<String>,
}

pub struct Cell {
    pub total: Option<i64>,
    pub grown: Option<i64>,
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

    /// What is shown of a period, by day, week, month or run as far as that is a picture.
    pub fn span(&self, period: &Period, by: &str) -> Span {
        let begun = self.curves().filter_map(|it| it.first()).map(|it| it.at);
        let days = Days {
            from: period.drawn.from.max(day_of(begun.min().unwrap())),
            ..period.drawn
        };
        let hours = period.hours.filter(|_| self.adds_up);
        let (window, by) = match by {
            "day" if hours.is_some() => (hours, Step::Run),
            "run" if days.count() <= MOST_DAYS_OF_RUNS => (hours, Step::Run),
            "month" => (None, Step::Month),
            "week" => (None, Step::Week),
            _ if days.count() > MOST_DAYS => (None, Step::Week),
            _ => (None, Step::Day),
        };
        Span {
            days,
            window: window.unwrap_or(days.midnights()),
            by,
        }
    }

    /// In the order of time.
    pub fn rows(&self, span: &Span) -> Vec<Row> {
        let by = match span.by {
            Step::Run => return self.rows_of_runs(span.window),
            Step::Day => "day",
            Step::Week => "week",
            Step::Month => "month",
        };
        let marks = self.marks(span.window);
        let row = |days: Days| {
            let curves = self.columns.iter().map(|it| &it.curves);
            let (from, to) = days.midnights();
            // What was before the first row or after the last one isn't there.
            let marks = marks.iter().filter(|it| from <= it.at && it.at < to);
            let is_whole = curves.clone().all(|it| is_whole(it, days));
            let is_gap = curves
                .clone()
                .any(|it| growth(it, days).is_some_and(|it| it.gap));
            Row {
                from: days.from.to_string(),
                when: said::long_days(days),
                cells: curves.map(|it| Cell::of_days(it, days)).collect(),
                stated: self.adds_up.then(|| self.stated(days)),
                is_whole,
                remarks: of_row(!is_whole, is_gap, marks),
            }
        };
        let days = span.days.rows(by, MOST_DAYS);
        days.into_iter().map(row).collect()
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
    fn rows_of_runs(&self, window: (Timestamp, Timestamp)) -> Vec<Row> {
        let readings = self.curves().flat_map(Curve::every_reading);
        let within = readings.filter(|it| window.0 <= it.at && it.at <= window.1);
        let runs: BTreeSet<Timestamp> = within.map(|it| it.at).collect();
        let runs: Vec<Timestamp> = runs.into_iter().collect();
        let marks = self.marks(window);
        let row = |(place, at): (usize, &Timestamp)| {
            let seen: Vec<Seen> = self
                .columns
                .iter()
                .map(|it| Seen::of(&it.curves, *at))
                .collect();
            let since = place.checked_sub(1).map(|it| runs[it]);
            let is_last = place + 1 == runs.len();
            let happened =
                |it: &&Mark| since.is_none_or(|since| since < it.at) && (it.at <= *at || is_last);
            let is_gap = seen.iter().any(|it| it.gap);
            Row {
                from: at.to_string(),
                when: said::instant(*at),
                cells: seen.into_iter().map(|it| it.cell).collect(),
                stated: None,
                is_whole: true,
                remarks: of_row(false, is_gap, marks.iter().filter(happened)),
            }
        };
        runs.iter().enumerate().map(row).collect()
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

impl Span {
    /// From the first instant at which a sum is known to the last one: by run that is the last run.
    pub fn ends(&self, curves: &[&Curve]) -> Option<[Reading; 2]> {
        let (from, to) = self.window;
        let newest = curves.iter().filter_map(|it| it.last()).map(|it| it.at);
        let to = newest.max()?.min(to);
        let end = (self.by != Step::Run).then_some(to);
        let readings = curves.iter().flat_map(|it| it.every_reading());
        let read = readings.map(|it| it.at);
        let within = read.filter(|at| from <= *at && *at <= to);
        let instants: BTreeSet<Timestamp> = within.chain([from]).chain(end).collect();
        let mut known = instants.into_iter().filter_map(|at| {
            let value = match self.by {
                Step::Run => total_of_runs(curves, at),
                Step::Day | Step::Week | Step::Month => total(curves, at),
            };
            value.map(|value| Reading { at, value })
        });
        let first = known.next()?;
        Some([first, known.next_back().unwrap_or(first)])
    }
}

impl Row {
    pub fn figure(&self) -> Figure {
        let told = |cell: &Cell| {
            let told = [cell.total.map(said::count), cell.grown.map(said::change)];
            told.map(|it| it.unwrap_or_else(|| "–".to_owned()))
                .join(" ")
        };
        let mut parts: Vec<String> = self.cells.iter().map(told).collect();
        parts.extend(self.stated.clone());
        parts.push(self.remarks.join("; "));
        (format!("row {}", self.from), parts.join(" | "))
    }
}

fn total(curves: &[&Curve], at: Timestamp) -> Option<i64> {
    let totals: Vec<i64> = curves.iter().filter_map(|it| it.total(at)).collect();
    let is_known = !totals.is_empty() && !curves.iter().any(|it| it.is_interrupted(at));
    is_known.then(|| totals.iter().sum())
}

impl Cell {
    fn of_days(curves: &[&Curve], days: Days) -> Cell {
        let newest = curves.iter().filter_map(|it| it.last()).map(|it| it.at);
        let (from, to) = days.midnights();
        // Where nobody is read any more, it is the total when somebody was.
        let end = newest
            .max()
            .filter(|newest| from <= *newest)
            .map(|it| it.min(to));
        Cell {
            total: end.and_then(|end| total(curves, end)),
            grown: growth(curves, days).map(|it| it.value),
        }
    }
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
    cell: Cell,
    gap: bool,
}

impl Seen {
    fn of(curves: &[&Curve], at: Timestamp) -> Seen {
        let (mut grown, mut gap) = (None, false);
        for curve in curves {
            let readings = curve.every_reading();
            let own = readings.iter().rposition(|it| it.at == at);
            let Some(own) = own.filter(|it| *it > 0) else {
                continue;
            };
            let (before, own) = (readings[own - 1], readings[own]);
            let mut pieces = curve.pieces().iter();
            if !pieces.any(|it| before.at < it.first().at && it.first().at <= at) {
                grown = Some(grown.unwrap_or(0) + own.value - before.value);
                gap |= curve.is_gap(before.at, at);
            }
        }
        let total = total_of_runs(curves, at);
        Seen {
            cell: Cell { total, grown },
            gap,
        }
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
