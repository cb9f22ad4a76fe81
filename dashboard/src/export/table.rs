//! Rows of typed cells under names.

use jiff::Timestamp;
use jiff::civil::Date;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    /// In snake_case. Whoever reads a table relies on them.
    pub columns: Vec<&'static str>,
    /// Each with a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// What isn't known is `Nothing`, never zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    Nothing,
    Text(String),
    Integer(i64),
    Flag(bool),
    Day(Date),
    Instant(Timestamp),
    List(Vec<String>),
}

/// The name of a column, and what it says of what a row is about.
pub type Column<R> = (&'static str, fn(&R) -> Cell);

impl Table {
    pub fn new<R>(rows: impl IntoIterator<Item = R>, columns: &[Column<R>]) -> Table {
        let cells = |row: R| columns.iter().map(|(_, cell)| cell(&row)).collect();
        Table {
            columns: columns.iter().map(|(name, _)| *name).collect(),
            rows: rows.into_iter().map(cells).collect(),
        }
    }
}

macro_rules! cell_of {
    ($($type:ty => $cell:expr),+ $(,)?) => {
        $(impl From<$type> for Cell {
            fn from(value: $type) -> Cell {
                $cell(value)
            }
        })+
    };
}

cell_of!(
    String => Cell::Text,
    i64 => Cell::Integer,
    bool => Cell::Flag,
    Date => Cell::Day,
    Timestamp => Cell::Instant,
    Vec<String> => Cell::List,
);

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Nothing, Into::into)
    }
}
