//! Numbers and instants as the pages write them.

use std::fmt;

use askama::filters::HtmlSafe;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// An exact number: `1,234,567`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub i64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("\u{2212}")?;
        }
        let digits = self.0.unsigned_abs().to_string();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// An exact difference: `+1,234`, `−12`, `0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change(pub i64);

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > 0 {
            f.write_str("+")?;
        }
        Count(self.0).fmt(f)
    }
}

/// A number for axis ticks, where room is short: `950`, `12.3k`, `1.2M`.
pub fn compact(value: i64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000, "T"),
        (1_000_000_000, "B"),
        (1_000_000, "M"),
        (1_000, "k"),
    ];
    let size = value.unsigned_abs();
    let sign = if value < 0 { "\u{2212}" } else { "" };
    let Some((unit, letter)) = UNITS.into_iter().find(|(unit, _)| size >= *unit) else {
        return format!("{sign}{size}");
    };
    let (whole, tenth) = (size / unit, size % unit / (unit / 10));
    match tenth {
        0 => format!("{sign}{whole}{letter}"),
        _ => format!("{sign}{whole}.{tenth}{letter}"),
    }
}

/// An amount of data: `950 B`, `12.3 kB`, `1.2 MB`.
pub fn data_size(bytes: i64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1_000, "kB"),
    ];
    let size = bytes.max(0).unsigned_abs();
    match UNITS.into_iter().find(|(unit, _)| size >= *unit) {
        None => format!("{size} B"),
        Some((unit, name)) => format!("{}.{} {name}", size / unit, size % unit / (unit / 10)),
    }
}

/// The change from one period to the next: `+12.3 %`; `new` where the first period had nothing.
pub fn relative_change(before: i64, now: i64) -> String {
    if before <= 0 {
        return if now > 0 {
            "new".to_owned()
        } else {
            "no change".to_owned()
        };
    }
    let tenths = (i128::from(now) - i128::from(before)) * 1000 / i128::from(before);
    let sign = match tenths {
        0 => return "no change".to_owned(),
        1.. => "+",
        _ => "\u{2212}",
    };
    let tenths = tenths.unsigned_abs();
    format!("{sign}{}.{} %", tenths / 10, tenths % 10)
}

/// An instant: `2026-11-22 03:12 UTC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At(pub Timestamp);

impl At {
    /// The instant as an HTML `time` element.
    pub fn tag(self) -> TimeTag {
        TimeTag(self)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%d %H:%M UTC"))
    }
}

#[derive(Clone, Copy, Debug)]
pub struct TimeTag(At);

impl fmt::Display for TimeTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<time datetime="{}">{}</time>"#,
            self.0.0.strftime("%Y-%m-%dT%H:%M:%SZ"),
            self.0
        )
    }
}

// Digits and fixed words only.
impl HtmlSafe for TimeTag {}

/// The day (UTC) of an instant as an HTML `time` element, for what is dated rather than timed.
#[derive(Clone, Copy, Debug)]
pub struct DayTag(pub Timestamp);

impl fmt::Display for DayTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<time datetime="{}">{}</time>"#,
            self.0.strftime("%Y-%m-%dT%H:%M:%SZ"),
            self.0.strftime("%Y-%m-%d")
        )
    }
}

// Digits and fixed words only.
impl HtmlSafe for DayTag {}

/// A day for narrow places: `22 Nov`.
pub fn short_day(day: Date) -> String {
    day.strftime("%-d %b").to_string()
}

/// How long something took: `0.4 s`, `12 s`, `2 min 03 s`, `1 h 05 min`.
pub fn took(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64().max(0.0)),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three_at_every_length() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-1_234_567, "\u{2212}1,234,567"),
            (i64::MAX, "9,223,372,036,854,775,807"),
            (i64::MIN, "\u{2212}9,223,372,036,854,775,808"),
        ] {
            assert_eq!(Count(value).to_string(), text);
        }
        assert_eq!(Change(12).to_string(), "+12");
        assert_eq!(Change(0).to_string(), "0");
        assert_eq!(Change(-12).to_string(), "\u{2212}12");
    }

    #[test]
    fn compact_numbers_keep_one_decimal_and_never_round_up_a_unit() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1k"),
            (12_345, "12.3k"),
            (999_999, "999.9k"),
            (3_000_000_000, "3B"),
            (-2_500_000, "\u{2212}2.5M"),
        ] {
            assert_eq!(compact(value), text);
        }
    }

    #[test]
    fn amounts_of_data_keep_one_decimal() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (1_299_999, "1.2 MB"),
            (7_500_000_000, "7.5 GB"),
            (i64::MAX, "9223372.0 TB"),
        ] {
            assert_eq!(data_size(bytes), text);
        }
    }

    #[test]
    fn growth_from_nothing_is_new_and_not_infinite() {
        assert_eq!(relative_change(0, 10), "new");
        assert_eq!(relative_change(0, 0), "no change");
        assert_eq!(relative_change(1000, 1123), "+12.3 %");
        assert_eq!(relative_change(1000, 900), "\u{2212}10.0 %");
        assert_eq!(relative_change(1, i64::MAX), "+922337203685477580600.0 %");
    }

    #[test]
    fn instants_name_their_zone() {
        let at = At("2026-11-22T03:12:59.5Z".parse().unwrap());
        assert_eq!(at.to_string(), "2026-11-22 03:12 UTC");
        assert_eq!(
            at.tag().to_string(),
            r#"<time datetime="2026-11-22T03:12:59Z">2026-11-22 03:12 UTC</time>"#
        );
        assert_eq!(
            DayTag(at.0).to_string(),
            r#"<time datetime="2026-11-22T03:12:59Z">2026-11-22</time>"#
        );
    }

    #[test]
    fn durations_fit_their_size() {
        for (millis, text) in [
            (420, "0.4 s"),
            (12_900, "12 s"),
            (123_000, "2 min 03 s"),
            (3_900_000, "1 h 05 min"),
        ] {
            assert_eq!(took(SignedDuration::from_millis(millis)), text);
        }
        assert_eq!(took(SignedDuration::from_secs(-5)), "0.0 s");
    }
}
