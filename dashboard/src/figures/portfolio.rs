//! Which of many mods want attention: those that move, and those that stand still.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use modstats_store::model::{Member, RunState, Source, SourceView};

use super::Total;
use super::due::Due;
use super::period::{Change, Part, PeriodGrowth, Relative};
use crate::data::{History, ModData, rank};
use crate::period::{Compare, Known, Period, Preset};

/// A change from fewer downloads a week than these says little.
const LEAST_TO_COMPARE: i64 = 20;
/// More of those that move are no news.
const MOST_MOVERS: usize = 10;
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

/// What is said of all mods together. A project counts once, however many of them name it.
#[derive(Clone, Debug)]
pub struct PortfolioFigures {
    pub total: Option<Total>,
    pub yesterday: Due<PeriodGrowth>,
    pub last_28_days: Due<PeriodGrowth>,
    /// The last 7 days of each mod against the 7 before, and which of them changed most.
    pub changes: Vec<Option<Change>>,
    pub movers: Movers,
    /// The mods of which a source stands still.
    pub stale: Vec<usize>,
}

impl PortfolioFigures {
    pub fn of(mods: &[ModData], now: Timestamp) -> PortfolioFigures {
        let known = Known::at(now);
        let growth = |parts: &[Part], preset| {
            let period = Period::Preset(preset);
            PeriodGrowth::of(parts, &period, Compare::Previous, &known)
        };
        let week = |data: &ModData| {
            let growth = growth(&Part::of_members(data.members()), Preset::Days7);
            growth.known().and_then(|it| it.change.known().copied())
        };
        let changes: Vec<Option<Change>> = mods.iter().map(week).collect();
        let members = distinct(mods);
        let parts = Part::of_members(members.iter().copied());
        let current = members.iter().map(|it| it.0);
        let current = current.filter(|it| it.left_at.is_none());
        let is_stale = |data: &ModData| !stale(&data.view.sources, now).is_empty();
        PortfolioFigures {
            total: Total::of(current.map(|it| &it.project), |it| Some(it.downloads)),
            yesterday: PeriodGrowth::yesterday(&parts, now),
            last_28_days: growth(&parts, Preset::Days28),
            movers: Movers::of(&changes, MOST_MOVERS),
            changes,
            stale: (0..mods.len()).filter(|it| is_stale(&mods[*it])).collect(),
        }
    }
}

/// Every project once: as a member that it still is, or else with the most of its history.
fn distinct(mods: &[ModData]) -> Vec<(&Member, &History)> {
    let mut members: BTreeMap<i32, (&Member, &History)> = BTreeMap::new();
    for (member, history) in mods.iter().flat_map(ModData::members) {
        let known = members
            .entry(member.project.id)
            .or_insert((member, history));
        if rank(member) > rank(known.0) {
            *known = (member, history);
        }
    }
    members.into_values().collect()
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
        match view.last_success_at {
            Some(since) => now.duration_since(since) > patience,
            // One that never succeeded is failing, unless its first run is still going on.
            None => view.last_run.state != RunState::Running,
        }
    };
    let stale = |view: &SourceView| Stale {
        source: view.source,
        last_success_at: view.last_success_at,
    };
    sources.iter().filter(is_stale).map(stale).collect()
}
