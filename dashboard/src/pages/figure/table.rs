//! The table of the same data as a chart.

use super::CHART;
use crate::chart::{Ink, Svg, Swatch};
use crate::language::Words;
use crate::timeline::{Column, Relation, Row, Timeline, When};

#[derive(Clone, Debug)]
pub(in crate::pages) struct ColumnHead {
    pub label: String,
    pub accent: &'static str,
    /// Of one of several things that are compared.
    pub swatch: Option<Svg>,
}

#[derive(Clone, Debug)]
pub(in crate::pages) struct TableRow {
    /// Its first and its last day, or an instant alone.
    pub from: String,
    pub to: Option<String>,
    pub when: String,
    /// Total and growth.
    pub cells: Vec<(Option<String>, Option<String>)>,
    /// What was read last, and when.
    pub stated: Vec<String>,
    pub notes: Vec<String>,
}

impl ColumnHead {
    pub(super) fn new(column: &Column) -> ColumnHead {
        ColumnHead {
            label: column.label.clone(),
            accent: column.ink.class(),
            swatch: match column.ink {
                Ink::Item(_) => Some(Swatch::Line(column.ink).svg(CHART)),
                _ => None,
            },
        }
    }
}

impl TableRow {
    pub(super) fn new(timeline: &Timeline, row: &Row, words: &Words) -> TableRow {
        let (from, to) = match row.when {
            When::Days(days) => (days.from.to_string(), Some(days.to.to_string())),
            When::Run { at, .. } => (at.to_string(), None),
        };
        TableRow {
            from,
            to,
            when: row.when.text(words),
            cells: row
                .cells
                .iter()
                .map(|cell| {
                    let total = cell.total.map(|total| words.count(total));
                    (total, cell.growth.map(|growth| words.change(growth)))
                })
                .collect(),
            stated: stated(timeline, row, words),
            notes: remarks(row, words),
        }
    }
}

/// What was read last of each lane. Of a run that is what its row says anyway.
fn stated(timeline: &Timeline, row: &Row, words: &Words) -> Vec<String> {
    let is_alone = timeline.columns.len() == 1;
    let of_lane = |(index, column): (usize, &Column)| {
        let reading = row.cells.get(index)?.stated?;
        let value = words.count(reading.value);
        let value = match is_alone {
            true => value,
            false => words.with(
                "chart-stated",
                &[("name", (&column.label).into()), ("value", value.into())],
            ),
        };
        let at = match row.when {
            When::Days(days) if days.from == days.to => words.instant_on(days.from, reading.at),
            When::Days(_) | When::Run { .. } => words.instant(reading.at),
        };
        Some(words.with(
            "chart-stated-at",
            &[("what", value.into()), ("at", at.into())],
        ))
    };
    match (&timeline.relation, row.when) {
        (Relation::Beside, _) | (_, When::Run { .. }) => Vec::new(),
        (Relation::Sum(_), When::Days(_)) => timeline.stacked().filter_map(of_lane).collect(),
    }
}

pub(super) fn remarks(row: &Row, words: &Words) -> Vec<String> {
    let mut remarks = Vec::new();
    if row.incomplete() {
        remarks.push(words.text("chart-not-complete"));
    }
    if row.gap() {
        remarks.push(words.text("chart-spread-over-gap"));
    }
    remarks.extend(row.notes.iter().cloned());
    remarks
}
