//! Numbers, days and instants as a language writes them, by CLDR.

mod dates;
mod numbers;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use modstats_store::time::day_of;

pub use dates::Dates;
pub use numbers::Numbers;

use crate::language::{Argument, Markup, Words};

/// A true minus, as wide as a plus.
const MINUS: &str = "\u{2212}";

/// Numbers.
impl Words {
    /// An exact number: `1,234,567`, `1 234 567`.
    pub fn count(&self, value: i64) -> String {
        self.tongue.numbers.whole(value.into())
    }

    /// An exact difference: `+1,234`, `−12`, `0`.
    pub fn change(&self, value: i64) -> String {
        let sign = if value > 0 { "+" } else { "" };
        format!("{sign}{}", self.count(value))
    }

    /// A mean: with its tenths where it is small, `9.5`, else rounded, `1,234`.
    pub fn mean(&self, value: f64) -> String {
        let tenths = (value * 10.0).round() as i128;
        match tenths.unsigned_abs() < 100 {
            true => self.tongue.numbers.tenths(tenths),
            false => self.tongue.numbers.whole(value.round() as i128),
        }
    }

    /// A number where room is short, cut and never rounded up: `950`, `12.3k`, `12,3 k`.
    pub fn compact(&self, value: i64) -> String {
        const UNITS: [(u64, &str); 4] = [
            (1_000_000_000_000, "common-trillions"),
            (1_000_000_000, "common-billions"),
            (1_000_000, "common-millions"),
            (1_000, "common-thousands"),
        ];
        let size = value.unsigned_abs();
        let Some((unit, key)) = UNITS.into_iter().find(|(unit, _)| size >= *unit) else {
            return self.count(value);
        };
        let tenths = i128::from(size / (unit / 10));
        let number = match tenths % 10 {
            0 => self.tongue.numbers.whole(tenths / 10),
            _ => self.tongue.numbers.tenths(tenths),
        };
        let sign = if value < 0 { MINUS } else { "" };
        format!("{sign}{}", self.with(key, &[("number", number.into())]))
    }

    /// An amount of data: `950 B`, `12.3 kB`, `12,3 ko`.
    pub fn data_size(&self, bytes: i64) -> String {
        const UNITS: [(i64, &str); 4] = [
            (1_000_000_000_000, "common-terabytes"),
            (1_000_000_000, "common-gigabytes"),
            (1_000_000, "common-megabytes"),
            (1_000, "common-kilobytes"),
        ];
        let bytes = bytes.max(0);
        let (number, key) = match UNITS.into_iter().find(|(unit, _)| bytes >= *unit) {
            None => (self.count(bytes), "common-bytes"),
            Some((unit, key)) => (
                self.tongue.numbers.tenths((bytes / (unit / 10)).into()),
                key,
            ),
        };
        self.with(key, &[("number", number.into())])
    }

    /// The change from one period to the next: `+12.3%`; `new` where the first period had nothing.
    pub fn relative_change(&self, before: i64, now: i64) -> String {
        if before <= 0 {
            return self.text(match now > 0 {
                true => "common-new",
                false => "common-no-change",
            });
        }
        let tenths = (i128::from(now) - i128::from(before)) * 1000 / i128::from(before);
        match tenths {
            0 => self.text("common-no-change"),
            1.. => format!("+{}", self.percent(tenths)),
            _ => self.percent(tenths),
        }
    }

    /// Of a number of tenths of a percent: `12.3%`.
    pub fn percent(&self, tenths: i128) -> String {
        let number = self.tongue.numbers.tenths(tenths);
        self.with("common-percent", &[("number", number.into())])
    }

    /// How long something took: `0.4 s`, `12 s`, `2 min 03 s`, `1 h 05 min`.
    pub fn took(&self, duration: SignedDuration) -> String {
        let duration = duration.max(SignedDuration::ZERO);
        let seconds = duration.as_secs();
        let two_digits = |number: i64| Argument::from(format!("{number:02}"));
        match seconds {
            0..10 => {
                let tenths = duration.as_millis() / 100;
                let number = self.tongue.numbers.tenths(tenths);
                self.with("common-seconds", &[("seconds", number.into())])
            }
            10..60 => self.with("common-seconds", &[("seconds", seconds.into())]),
            60..3600 => self.with(
                "common-minutes",
                &[
                    ("minutes", (seconds / 60).into()),
                    ("seconds", two_digits(seconds % 60)),
                ],
            ),
            _ => self.with(
                "common-hours",
                &[
                    ("hours", (seconds / 3600).into()),
                    ("minutes", two_digits(seconds % 3600 / 60)),
                ],
            ),
        }
    }
}

/// Days and instants.
impl Words {
    /// `22 Nov 2026`
    pub fn day(&self, day: Date) -> String {
        self.tongue.dates.day(day)
    }

    /// For narrow places: `22 Nov`.
    pub fn short_day(&self, day: Date) -> String {
        self.tongue.dates.short_day(day)
    }

    /// `Nov`
    pub fn month(&self, day: Date) -> String {
        self.tongue.dates.month(day)
    }

    /// `Nov 2026`
    pub fn month_of_year(&self, day: Date) -> String {
        self.tongue.dates.month_of_year(day)
    }

    /// One day, or the first and the last of some: `16 Nov 2026 to 22 Nov 2026`.
    pub fn days(&self, from: Date, to: Date) -> String {
        match from == to {
            true => self.day(from),
            false => self.with(
                "common-days",
                &[("from", self.day(from).into()), ("to", self.day(to).into())],
            ),
        }
    }

    /// An instant in the reader's zone, which it names: `22 Nov 2026, 03:12 UTC`.
    pub fn instant(&self, at: Timestamp) -> String {
        let (wall, zone) = self.zone.clock(at);
        self.with(
            "common-instant",
            &[
                ("day", self.day(wall.date()).into()),
                ("time", wall.strftime("%H:%M").to_string().into()),
                ("zone", zone.into()),
            ],
        )
    }

    /// An instant where its day is told already: `03:12 UTC`; with its day where the reader's zone
    /// has another one.
    pub fn instant_on(&self, day: Date, at: Timestamp) -> String {
        let (wall, zone) = self.zone.clock(at);
        match wall.date() == day {
            true => format!("{} {zone}", wall.strftime("%H:%M")),
            false => self.instant(at),
        }
    }

    /// The instant as an HTML `time` element.
    pub fn at(&self, at: Timestamp) -> Markup {
        time_element(at, &self.instant(at))
    }

    /// The day (UTC) of an instant as an HTML `time` element, for what is dated rather than timed.
    pub fn on(&self, at: Timestamp) -> Markup {
        time_element(at, &self.day(day_of(at)))
    }
}

fn time_element(at: Timestamp, text: &str) -> Markup {
    Markup::trusted(format!(
        r#"<time datetime="{}">{}</time>"#,
        at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        Markup::escaped(text)
    ))
}

#[cfg(test)]
mod tests;
