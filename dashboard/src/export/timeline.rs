//! History as its table tells it: a row for each series of each stretch of time, the newest first.

use modstats_store::model::Metric;

use super::table::Table;
use crate::query::metric_name;
use crate::timeline::{Cell, Column, Row, Timeline};

/// `series` is what doesn't change with the reader: `all`, `modrinth`, `mod:default/my-mod`. A row
/// has whole days or is of one run; `events` are told once for all series of a row.
pub fn timeline(timeline: Option<&Timeline>, metric: Metric) -> Table {
    let rows = timeline.into_iter().flat_map(|timeline| {
        let rows = timeline.rows.iter().rev();
        rows.flat_map(|row| {
            let cells = timeline.columns.iter().zip(&row.cells).enumerate();
            cells.map(move |(index, (column, cell))| Line {
                metric,
                row,
                column,
                cell,
                tells_events: index == 0,
            })
        })
    });
    Table::new(
        rows,
        &[
            ("metric", |it| metric_name(it.metric).into()),
            ("series", |it| it.column.key.as_str().into()),
            ("name", |it| it.column.label.as_str().into()),
            ("from", |it| it.row.when.days().map(|it| it.from).into()),
            ("to", |it| it.row.when.days().map(|it| it.to).into()),
            ("run_at", |it| it.row.when.run_at().into()),
            ("total", |it| it.cell.total.into()),
            ("growth", |it| it.cell.growth.into()),
            ("complete", |it| it.cell.is_complete().into()),
            ("gap", |it| it.cell.gap.into()),
            ("stated", |it| it.cell.stated.map(|it| it.value).into()),
            ("stated_at", |it| it.cell.stated.map(|it| it.at).into()),
            ("events", |it| match it.tells_events {
                true => it.row.notes.clone().into(),
                false => Vec::new().into(),
            }),
        ],
    )
}

struct Line<'a> {
    metric: Metric,
    row: &'a Row,
    column: &'a Column,
    cell: &'a Cell,
    tells_events: bool,
}
