//! A figure that may not exist yet.

use jiff::civil::Date;
use serde::Serialize;

/// What is known, or from when it will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due<T> {
    Known(T),
    /// Too little is known so far; this is the day (UTC) on which there will be enough, if the
    /// collections go on.
    From(Date),
    /// There is nothing to count from, or no such day to come.
    Never,
}

impl<T> Due<T> {
    pub fn from_date(date: Option<Date>) -> Due<T> {
        date.map_or(Due::Never, Due::From)
    }

    pub fn due_on(&self) -> Option<Date> {
        match self {
            Due::From(day) => Some(*day),
            Due::Known(_) | Due::Never => None,
        }
    }

    pub fn known(&self) -> Option<&T> {
        match self {
            Due::Known(value) => Some(value),
            Due::From(_) | Due::Never => None,
        }
    }
}
