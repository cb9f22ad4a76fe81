#![allow(clippy::unwrap_used)]
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::csv::field;
use super::table::{Cell, Table};
use super::*;
use crate::data::ModData;
use crate::period::Days;

fn written(table: &Table, format: Format) -> String {
    let pieces: Vec<_> = pieces(Arc::new(table.clone()), format).collect();
    String::from_utf8(pieces.concat()).unwrap()
}

fn read(csv: &str) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_reader(csv.as_bytes());
    let records = reader.records().map(Result::unwrap);
    records
        .map(|it| it.iter().map(str::to_owned).collect())
        .collect()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        "[=+\\-@\t\r\n',;\"a ]{0,6}",
        Just("\u{feff}=cmd|' /C calc'!A0".to_owned()),
    ]
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Nothing),
        text().prop_map(Cell::Text),
        any::<i64>().prop_map(Cell::Integer),
        any::<bool>().prop_map(Cell::Flag),
        Just(Cell::Day(date(2028, 2, 29))),
        (0..4_000_000_000_i64).prop_map(|it| Cell::Instant(Timestamp::from_second(it).unwrap())),
        vec(text(), 0..4).prop_map(Cell::List),
    ]
}

fn table() -> impl Strategy<Value = Table> {
    vec(vec(cell(), 3), 0..250).prop_map(|rows| Table {
        columns: vec!["one", "two", "three"],
        rows,
    })
}

fn typed(cell: &Cell) -> Value {
    match cell {
        Cell::Nothing => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Integer(number) => json!(number),
        Cell::Flag(flag) => json!(flag),
        Cell::Day(day) => json!(day.to_string()),
        Cell::Instant(at) => json!(at.to_string()),
        Cell::List(texts) => json!(texts),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_written_is_read_back_cell_by_cell(table in table()) {
        let mut rows = vec![vec!["one".to_owned(), "two".to_owned(), "three".to_owned()]];
        let fields = |row: &Vec<Cell>| row.iter().map(|it| field(it).into_owned()).collect();
        rows.extend(table.rows.iter().map(fields));
        prop_assert_eq!(read(&written(&table, Format::Csv)), rows);

        let typed: Vec<Value> = table.rows.iter().map(|row| {
            let fields = table.columns.iter().zip(row).map(|(name, it)| (name.to_string(), typed(it)));
            Value::Object(fields.collect())
        }).collect();
        let json: Value = serde_json::from_str(&written(&table, Format::Json)).unwrap();
        prop_assert_eq!(json, Value::Array(typed));
    }

    #[test]
    fn no_text_is_a_formula_and_none_is_lost(text in text()) {
        let guarded = field(&Cell::Text(text.clone())).into_owned();
        prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", guarded);
        let kept = guarded == text || guarded == format!("'{text}");
        prop_assert!(kept, "{:?}", guarded);
    }
}

#[test]
fn a_file_is_as_rfc_4180_has_it_and_numbers_stay_numbers() {
    let table = Table {
        columns: vec!["id", "growth", "name"],
        rows: vec![
            vec!["=1+1".into(), (-5).into(), "a, \"b\"\nc".into()],
            vec![
                "x".into(),
                Cell::Nothing,
                Cell::List(vec!["@a".into(), "b".into()]),
            ],
        ],
    };
    assert_eq!(
        written(&table, Format::Csv),
        "id,growth,name\r\n'=1+1,-5,\"a, \"\"b\"\"\nc\"\r\nx,,'@a;b\r\n"
    );
    let empty = Table {
        rows: Vec::new(),
        ..table
    };
    assert_eq!(written(&empty, Format::Csv), "id,growth,name\r\n");
    assert_eq!(written(&empty, Format::Json), "[\n]\n");
}

#[test]
fn a_long_table_goes_in_pieces() {
    let rows = (0..1_000).map(|number: i64| vec![number.into()]).collect();
    let table = Table {
        columns: vec!["number"],
        rows,
    };
    for format in Format::ALL {
        let pieces: Vec<_> = pieces(Arc::new(table.clone()), *format).collect();
        assert_eq!(pieces.len(), 10);
        assert!(pieces.iter().all(|it| it.len() < 5_000));
    }
}

#[test]
fn columns_have_names_that_programs_can_use() {
    let data = ModData::nothing("a", "b");
    let today = date(2026, 11, 22);
    for table in [
        mods(Vec::new()),
        versions(
            Vec::new(),
            &data,
            Days {
                from: today,
                to: today,
            },
        ),
        modpacks(Vec::new(), today),
        runs(Vec::new()),
    ] {
        let mut seen = std::collections::BTreeSet::new();
        for name in table.columns {
            let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
            assert!(name.chars().all(plain) && seen.insert(name), "{name}");
        }
    }
}

#[test]
fn a_name_breaks_out_of_no_header_and_of_no_folder() {
    let key = ModKey::new("../\"\r\nX: y", "é;b");
    let name = Exported::Modpacks(key, ModpacksQuery::default()).file_name(Format::Csv);
    assert_eq!(name, "______X__y-__b-modpacks.csv");
}
