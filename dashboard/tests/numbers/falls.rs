//! Counters that fall.

use jiff::{SignedDuration, Timestamp};

use super::history::Reading;

/// A fall that is made good within it was none.
const DAY: SignedDuration = SignedDuration::from_hours(24);

#[derive(Clone, Copy, Debug)]
pub struct Fall {
    pub at: Timestamp,
    pub from: i64,
    /// The lowest before it was made good.
    pub to: i64,
    /// When it was made good: else the platform corrected the counter.
    pub until: Option<Timestamp>,
}

/// The readings without those of falls that were made good, and all falls.
pub fn without_jitter(readings: &[Reading]) -> (Vec<Reading>, Vec<Fall>) {
    let (mut steady, mut falls): (Vec<Reading>, Vec<Fall>) = (Vec::new(), Vec::new());
    let mut rest = readings;
    while let Some((reading, after)) = rest.split_first() {
        rest = after;
        if let Some(before) = steady.last().filter(|it| reading.value < it.value) {
            let good = after.iter().position(|it| it.value >= before.value);
            let good = good.filter(|it| after[*it].at.duration_since(reading.at) <= DAY);
            let fallen = |until: Option<usize>| {
                let low = after[..until.unwrap_or(0)].iter().map(|it| it.value);
                Fall {
                    at: reading.at,
                    from: before.value,
                    to: low.chain([reading.value]).min().unwrap(),
                    until: until.map(|it| after[it].at),
                }
            };
            falls.push(fallen(good));
            if let Some(good) = good {
                rest = &after[good..];
                continue;
            }
        }
        steady.push(*reading);
    }
    (steady, falls)
}
