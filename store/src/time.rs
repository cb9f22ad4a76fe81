//! jiff inside the house, chrono at the database's edge, microseconds in both.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The instant at PostgreSQL's resolution, so that both databases hold the same.
#[expect(clippy::expect_used, reason = "chrono's years contain jiff's")]
pub(crate) fn to_db(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.as_microsecond()).expect("an instant of jiff")
}

/// An instant that the store wrote; one out of jiff's years is brought to its end.
pub(crate) fn from_db(at: DateTime<Utc>) -> Timestamp {
    Timestamp::from_microsecond(at.timestamp_micros()).unwrap_or(Timestamp::MAX)
}

#[expect(clippy::expect_used, reason = "chrono's years contain jiff's")]
pub(crate) fn day_to_db(day: Date) -> NaiveDate {
    NaiveDate::from_ymd_opt(
        day.year().into(),
        day.month().unsigned_abs().into(),
        day.day().unsigned_abs().into(),
    )
    .expect("a day of jiff")
}

pub(crate) fn day_from_db(day: NaiveDate) -> Date {
    let part = |number: u32| i8::try_from(number).unwrap_or(1);
    i16::try_from(day.year())
        .ok()
        .and_then(|year| Date::new(year, part(day.month()), part(day.day())).ok())
        .unwrap_or(Date::MAX)
}

/// The UTC date of an instant.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The midnight (UTC) with which a day begins.
pub fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC)
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
