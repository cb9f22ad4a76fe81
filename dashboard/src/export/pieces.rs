//! A table in pieces, each written when the one before has gone.

use std::sync::Arc;

use bytes::Bytes;

use super::table::Table;
use super::{Format, csv, json};

/// A piece is some ten kilobytes.
const ROWS: usize = 100;

pub fn pieces(table: Arc<Table>, format: Format) -> impl Iterator<Item = Bytes> + Send + Sync {
    let count = table.rows.len().div_ceil(ROWS).max(1);
    (0..count).map(move |piece| {
        let start = piece * ROWS;
        let end = table.rows.len().min(start + ROWS);
        let rows = &table.rows[start..end];
        let is_first = piece == 0;
        match format {
            Format::Csv => csv::rows(&table, rows, is_first),
            Format::Json => json::rows(&table, rows, is_first, piece + 1 == count),
        }
        .into()
    })
}
