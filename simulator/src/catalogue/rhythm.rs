//! When things happen to a project, and how its releases differ.

use jiff::{SignedDuration, Timestamp};

use crate::catalogue::hash::hash;
use crate::catalogue::{Channel, seed};

/// When something happens to a project: at 10:30 UTC, some days before the present.
pub(super) fn event(present: Timestamp, days: i64) -> Timestamp {
    before(present, days * 1440 - 630)
}

/// Some minutes before the present.
pub(super) fn before(present: Timestamp, minutes: i64) -> Timestamp {
    present - SignedDuration::from_mins(minutes)
}

/// When releases come out, oldest first: the younger, the closer together. The newest one comes
/// `newest` minutes before the present at the latest.
pub(super) fn release_times(
    present: Timestamp,
    slug: &str,
    age: i64,
    releases: usize,
    newest: i64,
) -> Vec<Timestamp> {
    let count = releases as i64;
    let time = |release: i64| {
        let back = count - 1 - release;
        let minutes = age * 1440 * (4 * back * count + 6 * back * back) / (10 * count * count);
        let chance = hash(&format!("{slug}/{release}"));
        // Less than half of the shortest time between two releases.
        let scatter = SignedDuration::from_millis((chance % 36_000_000) as i64);
        before(present, newest + minutes) - scatter
    };
    (0..count).map(time).collect()
}

/// The newest version of the game at a time, and the one before it if `two`; oldest first.
pub(super) fn game_versions(present: Timestamp, at: Timestamp, two: bool) -> Vec<&'static str> {
    let hours = present.duration_since(at).as_hours();
    let out = seed::GAME_VERSIONS
        .iter()
        .filter(|(_, age)| age * 24 > hours);
    let out: Vec<_> = out.map(|(name, _)| *name).collect();
    match out.as_slice() {
        [] => vec![seed::GAME_VERSIONS[0].0],
        [.., before, newest] if two => vec![before, newest],
        [.., newest] => vec![newest],
    }
}

pub(super) fn mod_number(release: usize, of: usize, loaders: &[&str]) -> String {
    let base = format!("{}.{}.{}", 1 + release / 25, release / 5 % 5, release % 5);
    // Authors learn only later that several files with one number confuse people.
    if release < of / 2 {
        base
    } else {
        format!("{base}+{}", loaders[0])
    }
}

pub(super) fn channel(release: usize, of: usize) -> Channel {
    match release % 11 {
        _ if release + 1 == of => Channel::Release,
        3 | 8 => Channel::Beta,
        6 => Channel::Alpha,
        _ => Channel::Release,
    }
}

pub(super) fn weight(slug: &str, release: usize, of: usize, nth_loader: usize) -> f64 {
    const LOADER: [f64; 3] = [0.55, 0.3, 0.15];
    let popularity = 1.0 + 1.5 * release as f64 / of as f64;
    let chance = hash(&format!("{slug}/{release}/{nth_loader}")) % 1000;
    popularity * LOADER[nth_loader] * (0.7 + 0.0006 * chance as f64)
}
