//! CSV by RFC 4180. Spreadsheets take some texts for formulas: those begin with an apostrophe here,
//! which says that they are text.

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};

use super::table::{Cell, Table};

/// Some rows, below the names of the columns where they are the first.
#[expect(
    clippy::expect_used,
    reason = "nothing fails that is written to memory, and all rows are as long"
)]
pub fn rows(table: &Table, rows: &[Vec<Cell>], are_first: bool) -> Vec<u8> {
    let mut builder = WriterBuilder::new();
    let mut writer: Writer<Vec<u8>> = builder.terminator(Terminator::CRLF).from_writer(Vec::new());
    if are_first {
        writer.write_record(&table.columns).expect("in memory");
    }
    for row in rows {
        let fields = row.iter().map(|cell| field(cell).into_owned());
        writer.write_record(fields).expect("in memory");
    }
    writer.into_inner().expect("in memory")
}

pub fn field(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Nothing => "".into(),
        Cell::Text(text) => guarded(text.into()),
        Cell::Integer(number) => number.to_string().into(),
        Cell::Flag(flag) => flag.to_string().into(),
        Cell::Day(day) => day.to_string().into(),
        Cell::Instant(at) => at.to_string().into(),
        Cell::List(texts) => guarded(texts.join(";").into()),
    }
}

/// By what OWASP's "CSV Injection" lists.
fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}").into(),
        false => text,
    }
}
