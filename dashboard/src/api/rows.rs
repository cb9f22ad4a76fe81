//! The rows of a timeline.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::timeline::{Cell, Column, Row, Timeline};

/// Whole UTC days, or a run.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineRow {
    from: Option<Date>,
    to: Option<Date>,
    run_at: Option<Timestamp>,
    series: Vec<TimelineCell>,
    /// Releases, gaps, corrections and the like, in English.
    events: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TimelineCell {
    /// `all`, `modrinth`, `mod:default/my-mod`
    series: String,
    name: String,
    /// At the end of the row, or when it was last known in it.
    total: Option<i64>,
    growth: Option<i64>,
    /// Whether the growth is whole; None where there is none.
    complete: Option<bool>,
    /// Some of it is spread over a gap without observations.
    gap: bool,
    /// What was observed last in the row.
    stated: Option<i64>,
    stated_at: Option<Timestamp>,
}

/// The newest first.
pub fn rows(timeline: Option<&Timeline>) -> Vec<TimelineRow> {
    let rows = timeline.into_iter().flat_map(|timeline| {
        let row = |row| TimelineRow::new(timeline, row);
        timeline.rows.iter().rev().map(row)
    });
    rows.collect()
}

impl TimelineRow {
    fn new(timeline: &Timeline, row: &Row) -> TimelineRow {
        let days = row.when.days();
        let cells = timeline.columns.iter().zip(&row.cells);
        TimelineRow {
            from: days.map(|it| it.from),
            to: days.map(|it| it.to),
            run_at: row.when.run_at(),
            series: cells
                .map(|(column, cell)| TimelineCell::new(column, cell))
                .collect(),
            events: row.notes.clone(),
        }
    }
}

impl TimelineCell {
    fn new(column: &Column, cell: &Cell) -> TimelineCell {
        TimelineCell {
            series: column.key.clone(),
            name: column.label.clone(),
            total: cell.total,
            growth: cell.growth,
            complete: cell.is_complete(),
            gap: cell.gap,
            stated: cell.stated.map(|it| it.value),
            stated_at: cell.stated.map(|it| it.at),
        }
    }
}
