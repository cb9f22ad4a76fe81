//! The time zone in which clock times are shown. Days are UTC days in any zone.

use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use jiff::tz::{TimeZone, db};

/// A time zone by its IANA name, such as `Europe/Paris`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Default for Zone {
    fn default() -> Zone {
        Zone(TimeZone::UTC)
    }
}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl Zone {
    /// By its name, or the last part of it if no other has it, in any case: `paris`.
    pub fn find(text: &str) -> Option<Zone> {
        let text = text.trim().replace(' ', "_");
        if text.eq_ignore_ascii_case("utc") {
            return Some(Zone::default());
        }
        Zone::named(&text).or_else(|| {
            let city = |name: &str| {
                let last = name.rsplit('/').next().unwrap_or(name);
                last.eq_ignore_ascii_case(&text)
            };
            let mut found = db().available().filter(|name| city(name.as_str()));
            match (found.next(), found.next()) {
                (Some(one), None) => Zone::named(one.as_str()),
                _ => None,
            }
        })
    }

    /// By its full name.
    pub fn named(name: &str) -> Option<Zone> {
        let zone = db().get(name).ok()?;
        (!zone.is_unknown() && zone.iana_name().is_some()).then_some(Zone(zone))
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The wall clock at an instant, and the short name of what it goes by: `UTC`, `CET`, `UTC+07`.
    pub fn clock(&self, at: Timestamp) -> (jiff::civil::DateTime, String) {
        let zoned = at.to_zoned(self.0.clone());
        let short = zoned.strftime("%Z").to_string();
        let short = match short.strip_prefix(['+', '-']) {
            Some(offset) if short.starts_with('-') => format!("UTC\u{2212}{offset}"),
            Some(offset) => format!("UTC+{offset}"),
            None => short,
        };
        (zoned.datetime(), short)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn clock(zone: &str, at: &str) -> String {
        let (wall, short) = Zone::find(zone).unwrap().clock(at.parse().unwrap());
        format!("{wall} {short}")
    }

    #[test]
    fn a_zone_is_found_by_its_name_or_its_city() {
        for (text, name) in [
            ("UTC", "UTC"),
            ("europe/paris", "Europe/Paris"),
            (" Paris ", "Europe/Paris"),
            ("new york", "America/New_York"),
        ] {
            assert_eq!(Zone::find(text).unwrap().name(), name);
        }
        for text in ["", "Atlantis", "Etc/Unknown", "../../etc/passwd", "Europe/"] {
            assert_eq!(Zone::find(text), None, "{text}");
        }
    }

    #[test]
    fn clock_times_follow_their_zone_and_name_it() {
        assert_eq!(clock("UTC", "2026-11-22T03:12Z"), "2026-11-22T03:12:00 UTC");
        assert_eq!(
            clock("Paris", "2026-11-22T23:12Z"),
            "2026-11-23T00:12:00 CET"
        );
        // The hour that summer time repeats.
        assert_eq!(
            clock("Paris", "2026-10-25T00:30Z"),
            "2026-10-25T02:30:00 CEST"
        );
        assert_eq!(
            clock("Paris", "2026-10-25T01:30Z"),
            "2026-10-25T02:30:00 CET"
        );
        assert_eq!(
            clock("Sao_Paulo", "2026-11-22T03:12Z"),
            "2026-11-22T00:12:00 UTC\u{2212}03"
        );
        assert_eq!(
            clock("Bangkok", "2026-11-22T03:12Z"),
            "2026-11-22T10:12:00 UTC+07"
        );
    }
}
