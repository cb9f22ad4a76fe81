//! History as a chart and its table show it: rows of runs, days, weeks or months, the lines of
//! counters, and what happened on the way.
//!
//! It is made of lanes, so that the same is told of a mod by platform, of one version or modpack, of
//! things that are compared, and of versions by what they are tagged with.

mod lane;
mod marks;
mod names;
mod over;
mod rows;

use std::collections::BTreeSet;

use jiff::Timestamp;
use modstats_store::time::day_of;

use crate::chart::{Ink, Line, Mark};
use crate::language::Words;
use crate::period::{Bounds, Compare, Days};
use crate::query::{Chart, Grouping};

pub use lane::{Lane, Lanes, Part, Relation};
pub use marks::Events;
pub use names::{name_of, platform_name, project_name, title, version_name};
pub use rows::{Cell, Row, When};

/// More runs than these are no picture: then a row is a day.
const MOST_RUNS: usize = 500;

#[derive(Clone, Debug)]
pub struct Timeline {
    /// What a row stands for.
    pub by: Grouping,
    /// From the first known day on.
    pub days: Days,
    /// What is drawn of them.
    pub window: (Timestamp, Timestamp),
    /// What the lanes are together.
    pub name: String,
    pub relation: Relation,
    /// Of the rows: the lanes, and before them their sum if they have one.
    pub columns: Vec<Column>,
    /// In order.
    pub rows: Vec<Row>,
    /// The counter of the sum, or of every lane.
    pub totals: Vec<Line>,
    /// The growth of every lane, where they don't add up.
    pub growths: Vec<Line>,
    pub marks: Vec<Mark>,
    /// What goes over either chart: comparison and trend.
    over: Vec<(Chart, Line)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// For programs: `all`, `modrinth`, `version:modrinth:AABBCCDD`.
    pub key: String,
    pub label: String,
    pub ink: Ink,
}

impl Timeline {
    /// None where nothing is known in the period. Where it goes by the clock, its runs are told of,
    /// as long as the lanes have runs in common; days are put together where they are too many. With what is compared, the lanes'
    /// histories begin where [`Bounds::first_needed`] says.
    pub fn new(
        lanes: &Lanes<'_>,
        bounds: &Bounds,
        by: Grouping,
        compare: Compare,
        events: Events<'_>,
        words: &Words,
    ) -> Option<Timeline> {
        let columns = lanes.columns();
        let oldest = columns.iter().filter_map(Lane::oldest).min()?;
        let newest = columns.iter().filter_map(Lane::newest).max()?;
        let from = bounds.drawn.from.max(day_of(oldest));
        if day_of(newest) < from || bounds.drawn.to < from {
            return None;
        }
        let days = Days {
            from,
            to: bounds.drawn.to,
        };
        let hours = bounds.hours.filter(|_| lanes.relation != Relation::Beside);
        let by = match (by, hours) {
            (Grouping::Day, Some(_)) => Grouping::Run,
            _ => by.fitting(days),
        };
        let (by, window) = match (by, hours.unwrap_or_else(|| days.midnights())) {
            (Grouping::Run, span) if rows::runs(lanes, span).len() <= MOST_RUNS => (by, span),
            (Grouping::Run, _) => (Grouping::Day, days.midnights()),
            _ => (by, days.midnights()),
        };
        let mut marks = marks::marks(lanes, events, words);
        marks.retain(|mark| window.0 <= mark.at && mark.at < window.1);
        let mut rows = match by {
            Grouping::Run => rows::by_run(lanes, &columns, window),
            Grouping::Day | Grouping::Week | Grouping::Month => rows::by_days(&columns, days, by),
        };
        rows::note(&mut rows, &marks);
        let drawn = match lanes.relation {
            Relation::Sum(_) => columns.get(..1).unwrap_or_default(),
            Relation::Beside => &columns,
        };
        let line = |lane: &Lane| total_line(lane, &rows, window, by);
        let mut timeline = Timeline {
            totals: drawn.iter().map(line).collect(),
            growths: match lanes.relation {
                Relation::Sum(_) => Vec::new(),
                Relation::Beside => growth_lines(&columns, &rows),
            },
            columns: columns
                .iter()
                .map(|lane| Column {
                    key: lane.key.clone(),
                    label: lane.label.clone(),
                    ink: lane.ink,
                })
                .collect(),
            name: lanes.name.clone(),
            relation: lanes.relation.clone(),
            over: Vec::new(),
            by,
            days,
            window,
            rows,
            marks,
        };
        if let Some(compared) = bounds.compared(compare) {
            timeline.add_comparison(lanes, compared);
        }
        Some(timeline)
    }

    /// Comparison and trend.
    pub fn over(&self, chart: Chart) -> impl Iterator<Item = &Line> {
        let of_chart = self.over.iter().filter(move |(of, _)| *of == chart);
        of_chart.map(|(_, line)| line)
    }

    /// The columns whose bars are stacked, and where they stand.
    pub fn stacked(&self) -> impl Iterator<Item = (usize, &Column)> {
        let sum = usize::from(self.columns.len() > 1);
        self.columns.iter().enumerate().skip(sum)
    }
}

/// The counter at the ends of rows, and at its readings where they aren't too many.
fn total_line(lane: &Lane, rows: &[Row], window: (Timestamp, Timestamp), by: Grouping) -> Line {
    let breaks = lane.breaks();
    let mut instants: BTreeSet<Timestamp> = rows
        .iter()
        .flat_map(|row| {
            let (from, to) = row.when.bounds();
            [from, to]
        })
        .collect();
    for part in &lane.parts {
        let readings = part.readings(by).iter().map(|reading| reading.at);
        match by {
            Grouping::Run | Grouping::Day => instants.extend(readings),
            Grouping::Week | Grouping::Month => {
                let ends = [part.first(), part.last()].into_iter().flatten();
                instants.extend(ends.map(|reading| reading.at));
                let breaks = part.history.breaks.iter();
                instants.extend(breaks.flat_map(|(from, to)| [*from, *to]));
            }
        }
    }
    let end = lane.newest().map_or(window.0, |it| it.min(window.1));
    let points = instants
        .into_iter()
        .filter(|at| window.0 <= *at && *at <= end)
        .filter_map(|at| Some((at, lane.total_at(at, by)?)));
    Line {
        ink: lane.ink,
        points: points.collect(),
        jitter: match by {
            Grouping::Run | Grouping::Day => lane.jitter(),
            Grouping::Week | Grouping::Month => Vec::new(),
        },
        breaks,
    }
}

/// The growth of each row in its middle. To what isn't whole a line hangs loosely.
fn growth_lines(columns: &[Lane], rows: &[Row]) -> Vec<Line> {
    let line = |(index, lane): (usize, &Lane)| {
        let mut line = Line {
            ink: lane.ink,
            points: Vec::new(),
            breaks: Vec::new(),
            jitter: Vec::new(),
        };
        for row in rows {
            let Some((cell, growth)) = row.cells.get(index).and_then(|it| Some((it, it.growth?)))
            else {
                continue;
            };
            let middle = row.when.middle();
            if cell.incomplete || row.cut {
                line.jitter.push((middle, row.when.bounds().1));
            }
            line.points.push((middle, growth));
        }
        line
    };
    columns.iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests;
