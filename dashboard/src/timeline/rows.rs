//! What is known of stretches of time: of runs, or of days put together.

use std::collections::BTreeSet;

use jiff::Timestamp;
use modstats_store::model::Reading;

use super::lane::{Lane, Lanes, Part};
use crate::chart::Mark;
use crate::figures::buckets::{Bucket, buckets};
use crate::language::Words;
use crate::period::Days;
use crate::query::Grouping;

#[derive(Clone, Debug)]
pub struct Row {
    pub when: When,
    /// Parallel to the columns.
    pub cells: Vec<Cell>,
    /// Only some of the days of a week or month.
    pub cut: bool,
    /// What happened, besides.
    pub notes: Vec<String>,
}

/// The stretch of time that a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Days(Days),
    /// A run, and the one before it, or the beginning of the period.
    Run {
        since: Timestamp,
        at: Timestamp,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The counter at the end of the row, or when it was last read in it.
    pub total: Option<i64>,
    pub growth: Option<i64>,
    /// What was read last in the row.
    pub stated: Option<Reading>,
    /// The growth isn't whole yet, or never will be.
    pub incomplete: bool,
    /// Some of the growth is a share of what grew over a gap.
    pub gap: bool,
}

impl When {
    pub fn bounds(self) -> (Timestamp, Timestamp) {
        match self {
            When::Days(days) => days.midnights(),
            When::Run { since, at } => (since, at),
        }
    }

    pub fn days(self) -> Option<Days> {
        match self {
            When::Days(days) => Some(days),
            When::Run { .. } => None,
        }
    }

    /// The run that it is about.
    pub fn run_at(self) -> Option<Timestamp> {
        match self {
            When::Run { at, .. } => Some(at),
            When::Days(_) => None,
        }
    }

    pub fn middle(self) -> Timestamp {
        let (from, to) = self.bounds();
        let half = to.duration_since(from) / 2;
        from.saturating_add(half).unwrap_or(from)
    }

    /// `21 Nov 2026`, or the instant of a run.
    pub fn text(self, words: &Words) -> String {
        match self {
            When::Days(days) => words.days(days.from, days.to),
            When::Run { at, .. } => words.instant(at),
        }
    }

    fn is_before(self, at: Timestamp) -> bool {
        match self {
            When::Days(days) => days.midnights().1 <= at,
            When::Run { at: run, .. } => run < at,
        }
    }
}

impl Cell {
    /// None where there is no growth.
    pub fn is_complete(&self) -> Option<bool> {
        self.growth.map(|_| !self.incomplete)
    }
}

impl Row {
    pub fn incomplete(&self) -> bool {
        self.cells.iter().any(|cell| cell.incomplete)
    }

    pub fn gap(&self) -> bool {
        self.cells.iter().any(|cell| cell.gap)
    }
}

/// The rows of a period's days.
pub(super) fn by_days(columns: &[Lane], days: Days, by: Grouping) -> Vec<Row> {
    let daily: Vec<_> = columns.iter().map(Lane::growth_by_day).collect();
    let row = |bucket: Bucket| {
        let (from, to) = bucket.days.midnights();
        let cell = |(lane, daily): (&Lane, &Vec<_>)| {
            let growth = bucket.growth(daily);
            // A day that is going on counts up to its last reading.
            let end = lane.newest().map(|newest| newest.min(to));
            Cell {
                total: end
                    .filter(|end| *end >= from)
                    .and_then(|end| lane.total_at(end, by)),
                growth: growth.map(|it| it.value),
                stated: lane.stated(from, to),
                incomplete: growth.is_some_and(|it| !it.complete),
                gap: growth.is_some_and(|it| it.gap),
            }
        };
        Row {
            when: When::Days(bucket.days),
            cells: columns.iter().zip(&daily).map(cell).collect(),
            cut: bucket.cut,
            notes: Vec::new(),
        }
    };
    buckets(days, by).into_iter().map(row).collect()
}

/// The instants at which any counter was read.
pub(super) fn runs(lanes: &Lanes, (from, to): (Timestamp, Timestamp)) -> BTreeSet<Timestamp> {
    let readings = lanes.parts().flat_map(|it| it.history.every_reading());
    let within = readings.filter(|it| from <= it.at && it.at <= to);
    within.map(|it| it.at).collect()
}

/// A row for every run.
pub(super) fn by_run(lanes: &Lanes, columns: &[Lane], window: (Timestamp, Timestamp)) -> Vec<Row> {
    let (start, _) = window;
    let readings = lanes.parts().flat_map(|it| it.history.every_reading());
    let is_earlier = readings.map(|it| it.at).any(|at| at < start);
    let mut since = is_earlier.then_some(start);
    let row = |at: Timestamp| {
        let cells = columns.iter().map(|lane| cell_at(lane, at)).collect();
        let before = since.replace(at).unwrap_or(at);
        Row {
            when: When::Run { since: before, at },
            cells,
            cut: false,
            notes: Vec::new(),
        }
    };
    runs(lanes, window).into_iter().map(row).collect()
}

/// What a run saw: growth is that of the counters that it read, since each was read before.
fn cell_at(lane: &Lane, at: Timestamp) -> Cell {
    let mut cell = Cell {
        total: lane.total_at(at, Grouping::Run),
        ..Cell::default()
    };
    for part in &lane.parts {
        let readings = part.history.every_reading();
        let Ok(index) = readings.binary_search_by_key(&at, |reading| reading.at) else {
            continue;
        };
        let value = readings[index].value;
        let stated = cell.stated.map_or(0, |it| it.value);
        cell.stated = Some(Reading {
            at,
            value: stated.saturating_add(value),
        });
        let before = index.checked_sub(1).and_then(|it| readings.get(it));
        if let Some(before) = before.filter(|before| !is_other_origin(part, before.at, at)) {
            let growth = value.saturating_sub(before.value);
            cell.growth = Some(cell.growth.unwrap_or(0).saturating_add(growth));
            let mut gaps = part.history.series.gaps.iter();
            cell.gap |= gaps.any(|(from, to)| *from < at && before.at < *to);
        }
    }
    cell
}

/// Growth is never computed across a change of origin.
fn is_other_origin(part: &Part, before: Timestamp, at: Timestamp) -> bool {
    let mut origins = part.history.origins.iter();
    origins.any(|it| before < it.at && it.at <= at)
}

/// Writes what happened into the rows on which it did.
pub(super) fn note(rows: &mut [Row], marks: &[Mark]) {
    let last = rows.len().saturating_sub(1);
    for mark in marks {
        let place = rows.partition_point(|row| row.when.is_before(mark.at));
        if let Some(row) = rows.get_mut(place.min(last)) {
            row.notes.push(mark.text.clone());
        }
    }
}
