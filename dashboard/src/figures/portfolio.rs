//! Which of many mods want attention: those that move, and those that stand still.

use std::cmp::Reverse;

use jiff::Timestamp;
use modstats_store::model::{Source, SourceView};

use super::period::{Change, Relative};

/// A change from fewer downloads a week than these says little.
const LEAST_TO_COMPARE: i64 = 20;
/// So many intervals without new numbers, and a source stands still.
const STALE_INTERVALS: i32 = 3;

/// Of the last 7 days against the 7 before: the mods, by their places in what was given, whose
/// growth changed most, the greatest change first. Up or down is all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Movers {
    pub absolute: Vec<usize>,
    /// Without those that had almost nothing before.
    pub relative: Vec<usize>,
}

impl Movers {
    /// None stands for a mod of which too little is known.
    pub fn of(changes: &[Option<Change>], most: usize) -> Movers {
        let known = || {
            let known = changes.iter().enumerate();
            known.filter_map(|(index, change)| Some((index, (*change)?)))
        };
        let mut absolute: Vec<(usize, u64)> = known()
            .map(|(index, change)| (index, change.absolute().unsigned_abs()))
            .filter(|(_, size)| *size > 0)
            .collect();
        absolute.sort_by_key(|(index, size)| (Reverse(*size), *index));
        let mut relative: Vec<(usize, f64)> = known()
            .filter(|(_, change)| change.previous >= LEAST_TO_COMPARE)
            .filter_map(|(index, change)| match change.relative() {
                Relative::By(share) if share != 0.0 => Some((index, share.abs())),
                _ => None,
            })
            .collect();
        relative
            .sort_by(|(one, small), (other, great)| great.total_cmp(small).then(one.cmp(other)));
        let first = |ranked: Vec<usize>| ranked.into_iter().take(most).collect();
        Movers {
            absolute: first(absolute.into_iter().map(|(index, _)| index).collect()),
            relative: first(relative.into_iter().map(|(index, _)| index).collect()),
        }
    }
}

/// A source that has brought no numbers for three intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale {
    pub source: Source,
    /// None where it never brought any.
    pub last_success_at: Option<Timestamp>,
}

/// The sources of a mod that stand still, whether nobody asks or the answers fail.
pub fn stale(sources: &[SourceView], now: Timestamp) -> Vec<Stale> {
    let is_stale = |view: &&SourceView| {
        let patience = view.last_run.interval.saturating_mul(STALE_INTERVALS);
        // One that never succeeded has been failing since its last run at least.
        let since = view.last_success_at.unwrap_or(Timestamp::UNIX_EPOCH);
        now.duration_since(since) > patience
    };
    let stale = |view: &SourceView| Stale {
        source: view.source,
        last_success_at: view.last_success_at,
    };
    sources.iter().filter(is_stale).map(stale).collect()
}
