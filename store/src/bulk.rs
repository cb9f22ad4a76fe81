//! Many rows in few statements: arrays on PostgreSQL, rows of values on SQLite.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::sea_query::{ArrayType, Value};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement};

use crate::time::{day_to_db, to_db};

/// SQLite takes at most 32 766 parameters in one statement.
const SQLITE_PARAMETERS: usize = 32_766;
/// Bounds the memory of one statement.
const ROWS: usize = 10_000;

/// The type of a column, for the arrays that PostgreSQL unnests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Integer,
    Text,
    Instant,
    Day,
    Flag,
}

/// One value of one row.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Integer(i64),
    Text(String),
    Instant(Timestamp),
    Day(Date),
    Flag(bool),
    Null,
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Cell::Integer(value)
    }
}
impl From<i32> for Cell {
    fn from(value: i32) -> Self {
        Cell::Integer(value.into())
    }
}
/// An empty text says nothing, so it is stored as NULL. PostgreSQL's text can't hold NUL, which
/// JSON can bring.
impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        let text = value.replace('\0', "");
        if text.is_empty() {
            Cell::Null
        } else {
            Cell::Text(text)
        }
    }
}
impl From<&String> for Cell {
    fn from(value: &String) -> Self {
        value.as_str().into()
    }
}
impl From<Timestamp> for Cell {
    fn from(value: Timestamp) -> Self {
        Cell::Instant(value)
    }
}
impl From<Date> for Cell {
    fn from(value: Date) -> Self {
        Cell::Day(value)
    }
}
impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Cell::Flag(value)
    }
}
impl<T> From<Option<T>> for Cell
where
    Cell: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Cell::from)
    }
}

/// `INSERT INTO table (columns) … ON CONFLICT …` for any number of rows.
///
/// The rows are written in their order: sorted by key, two transactions can't wait for each other
/// in a circle within one table.
pub(crate) struct Upsert<'a> {
    pub table: &'a str,
    pub columns: &'a [(&'a str, Type)],
    /// What follows `ON CONFLICT`, like `(id) DO NOTHING`, with `RETURNING …` where wanted.
    pub on_conflict: &'a str,
}

impl Upsert<'_> {
    /// Returns how many rows were written.
    pub async fn execute(
        &self,
        db: &DatabaseTransaction,
        rows: Vec<Vec<Cell>>,
    ) -> Result<u64, DbErr> {
        let mut written = 0;
        for statement in self.statements(db.get_database_backend(), rows) {
            written += db.execute_raw(statement).await?.rows_affected();
        }
        Ok(written)
    }

    /// For statements with `RETURNING`.
    pub async fn query(
        &self,
        db: &DatabaseTransaction,
        rows: Vec<Vec<Cell>>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let mut results = Vec::with_capacity(rows.len());
        for statement in self.statements(db.get_database_backend(), rows) {
            results.extend(db.query_all_raw(statement).await?);
        }
        Ok(results)
    }

    fn statements(&self, backend: DbBackend, rows: Vec<Vec<Cell>>) -> Vec<Statement> {
        let postgres = backend == DbBackend::Postgres;
        let size = if postgres {
            ROWS
        } else {
            (SQLITE_PARAMETERS / self.columns.len()).min(ROWS)
        };
        let mut statements = Vec::new();
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some = rows.by_ref().take(size).collect();
            statements.push(if postgres {
                self.unnest(some)
            } else {
                self.values(some)
            });
        }
        statements
    }

    fn unnest(&self, rows: Vec<Vec<Cell>>) -> Statement {
        let nullable: Vec<bool> = (0..self.columns.len())
            .map(|column| rows.iter().any(|row| matches!(row[column], Cell::Null)))
            .collect();
        let mut columns: Vec<Vec<Value>> = self
            .columns
            .iter()
            .map(|_| Vec::with_capacity(rows.len()))
            .collect();
        for row in rows {
            for ((cell, column), nullable) in row.into_iter().zip(&mut columns).zip(&nullable) {
                column.push(if *nullable {
                    cell.into_text()
                } else {
                    cell.into_value()
                });
            }
        }
        let mut selected = String::new();
        let mut arrays = String::new();
        for (index, ((name, kind), nullable)) in self.columns.iter().zip(&nullable).enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let number = index + 1;
            let postgres = kind.postgres();
            // sea-orm's arrays hold no NULL: a column that needs one travels as text.
            let _ = if *nullable {
                write!(arrays, "{comma}${number}::text[]")
                    .and_then(|()| write!(selected, "{comma}NULLIF(r.{name}, '')::{postgres}"))
            } else {
                write!(arrays, "{comma}${number}::{postgres}[]")
                    .and_then(|()| write!(selected, "{comma}r.{name}"))
            };
        }
        let names = self.names();
        let values = columns.into_iter().zip(self.columns).zip(nullable).map(
            |((values, (_, kind)), nullable)| {
                let kind = if nullable {
                    ArrayType::String
                } else {
                    kind.array()
                };
                Value::Array(kind, Some(Box::new(values)))
            },
        );
        Statement::from_sql_and_values(
            DbBackend::Postgres,
            format!(
                "INSERT INTO {} ({names}) SELECT {selected} FROM UNNEST({arrays}) AS r({names}) ON CONFLICT {}",
                self.table, self.on_conflict
            ),
            values,
        )
    }

    fn values(&self, rows: Vec<Vec<Cell>>) -> Statement {
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        Statement::from_sql_and_values(
            DbBackend::Sqlite,
            format!(
                "INSERT INTO {} ({}) VALUES {} ON CONFLICT {}",
                self.table,
                self.names(),
                vec![row; rows.len()].join(", "),
                self.on_conflict
            ),
            rows.into_iter().flatten().map(Cell::into_value),
        )
    }

    fn names(&self) -> String {
        self.columns
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Type {
    fn postgres(self) -> &'static str {
        match self {
            Type::Integer => "bigint",
            Type::Text => "text",
            Type::Instant => "timestamptz",
            Type::Day => "date",
            Type::Flag => "boolean",
        }
    }

    fn array(self) -> ArrayType {
        match self {
            Type::Integer => ArrayType::BigInt,
            Type::Text => ArrayType::String,
            Type::Instant => ArrayType::ChronoDateTimeUtc,
            Type::Day => ArrayType::ChronoDate,
            Type::Flag => ArrayType::Bool,
        }
    }
}

impl Cell {
    fn into_value(self) -> Value {
        match self {
            Cell::Integer(value) => value.into(),
            Cell::Text(text) => text.into(),
            Cell::Instant(at) => to_db(at).into(),
            Cell::Day(day) => day_to_db(day).into(),
            Cell::Flag(flag) => flag.into(),
            Cell::Null => Value::String(None),
        }
    }

    /// The value as PostgreSQL reads it from text; an empty text stands for NULL.
    fn into_text(self) -> Value {
        Value::String(Some(match self {
            Cell::Integer(value) => value.to_string(),
            Cell::Text(text) => text,
            Cell::Instant(at) => to_db(at).to_rfc3339(),
            Cell::Day(day) => day.to_string(),
            Cell::Flag(flag) => flag.to_string(),
            Cell::Null => String::new(),
        }))
    }
}
