//! How counters grow. Everything is made of additions, multiplications and divisions, which IEEE
//! rounds without losing order: counters are the same on every machine, and never fall by rounding.

use jiff::Timestamp;

use crate::catalogue::hash::mix;
use crate::clock::DAY;

/// Weight of a day, in millionths, from Thursday, the weekday of day 0, on: people play at weekends.
const WEEKDAYS: [i64; 7] = [
    920_000, 1_020_000, 1_220_000, 1_160_000, 900_000, 880_000, 900_000,
];
const WEEK: i64 = 7_000_000;
/// How far a day's weight is moved by chance at most; less than the lightest day.
const WOBBLE: u64 = 250_000;

/// Half of what a release's first wave brings comes within this many days.
const WAVE: f64 = 9.0;
/// What a release brings each day for ever, as a share of its first wave.
const TAIL: f64 = 0.0015;

/// A counter that falls by `amount` at an instant: for good, as a correction, or until it recovers.
#[derive(Clone, Debug, PartialEq)]
pub struct Dent {
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    pub amount: i64,
}

impl Dent {
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// What one release adds to its project's popularity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Release {
    pub published: Timestamp,
    pub weight: f64,
}

/// A counter that has a given value at the present.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curve {
    key: u64,
    /// The value at the present.
    total: f64,
    /// Progress at publication and weight.
    releases: Vec<(i64, f64)>,
    at_present: f64,
}

impl Curve {
    /// `releases` have at least one that is published before the present.
    pub fn new(key: u64, total: i64, releases: Vec<Release>, present: Timestamp) -> Curve {
        let start = |release: Release| (progress(key, release.published), release.weight);
        let mut curve = Curve {
            key,
            total: total as f64,
            releases: releases.into_iter().map(start).collect(),
            at_present: 1.0,
        };
        curve.at_present = curve.height(present);
        curve
    }

    pub fn value(&self, at: Timestamp) -> i64 {
        (self.height(at) / self.at_present * self.total) as i64
    }

    /// What one release alone has by then, `share` of what it adds to the whole.
    pub fn value_of(&self, release: Release, key: u64, share: f64, at: Timestamp) -> i64 {
        let height = release.weight * rise(progress(key, at) - progress(key, release.published));
        (height / self.at_present * (self.total * share)) as i64
    }

    fn height(&self, at: Timestamp) -> f64 {
        let now = progress(self.key, at);
        let heights = self.releases.iter().map(|(start, w)| w * rise(now - start));
        heights.sum()
    }
}

/// The first wave, which ends, and the tail, which doesn't.
fn rise(progress: i64) -> f64 {
    let days = progress.max(0) as f64 / 1e6;
    (1.0 - WAVE / (days + WAVE)) + TAIL * days
}

/// Time as players feel it, in millionths of a mean day: it runs faster at weekends and, differently
/// for each key, on some days. Strictly increasing from day to day.
fn progress(key: u64, at: Timestamp) -> i64 {
    let micros = at.as_microsecond();
    let (day, within) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let (start, end) = (midnight(key, day), midnight(key, day + 1));
    start + (end - start) * within / DAY
}

fn midnight(key: u64, day: i64) -> i64 {
    let days = &WEEKDAYS[..day.rem_euclid(7) as usize];
    let wobble = mix(key ^ mix(day as u64)) % WOBBLE;
    day.div_euclid(7) * WEEK + days.iter().sum::<i64>() + wobble as i64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn time_as_players_feel_it_never_stands_still() {
        assert_eq!(WEEKDAYS.iter().sum::<i64>(), WEEK);
        let start: Timestamp = "2025-12-01T00:00:00Z".parse().unwrap();
        let hours = (0..24 * 400).map(|hour| progress(7, start + SignedDuration::from_hours(hour)));
        assert!(hours.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn weekends_bring_more() {
        let monday: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let day = |n: i64| monday + SignedDuration::from_hours(24 * n);
        let grown = |weekday: i64| -> i64 {
            let weeks = (0..52).map(|week| 7 * week + weekday);
            weeks
                .map(|n| progress(1, day(n + 1)) - progress(1, day(n)))
                .sum()
        };
        assert!(
            grown(5) > grown(1) * 5 / 4,
            "Saturdays {}, Tuesdays {}",
            grown(5),
            grown(1)
        );
    }

    #[test]
    fn a_curve_has_its_total_at_the_present_and_a_release_starts_from_zero() {
        let present: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let release = Release {
            published: present - SignedDuration::from_hours(100),
            weight: 1.0,
        };
        let curve = Curve::new(3, 9_412_345_678, vec![release], present);
        assert_eq!(curve.value(present), 9_412_345_678);
        assert_eq!(curve.value(release.published), 0);
        assert_eq!(curve.value_of(release, 9, 0.95, release.published), 0);
    }
}
