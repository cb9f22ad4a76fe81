//! JSON: a list of objects, a row each.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::table::{Cell, Table};

/// Some rows, each on a line of its own; the list begins with the first of all rows, and ends with
/// the last one.
#[expect(
    clippy::expect_used,
    reason = "nothing fails that is written to memory, and all keys are strings"
)]
pub fn rows(table: &Table, rows: &[Vec<Cell>], are_first: bool, are_last: bool) -> Vec<u8> {
    let mut text = Vec::new();
    if are_first {
        text.push(b'[');
    }
    for (index, cells) in rows.iter().enumerate() {
        let before: &[u8] = if are_first && index == 0 {
            b"\n"
        } else {
            b",\n"
        };
        text.extend_from_slice(before);
        let row = Row { table, cells };
        serde_json::to_writer(&mut text, &row).expect("in memory");
    }
    if are_last {
        text.extend_from_slice(b"\n]\n");
    }
    text
}

struct Row<'a> {
    table: &'a Table,
    cells: &'a [Cell],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len()))?;
        for (name, cell) in self.table.columns.iter().zip(self.cells) {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Nothing => serializer.serialize_none(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Integer(number) => serializer.serialize_i64(*number),
            Cell::Flag(flag) => serializer.serialize_bool(*flag),
            Cell::Day(day) => serializer.collect_str(day),
            Cell::Instant(at) => serializer.collect_str(at),
            Cell::List(texts) => serializer.collect_seq(texts),
        }
    }
}
