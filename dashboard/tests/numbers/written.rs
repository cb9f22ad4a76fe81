//! How many rows a run writes: one for each thing that is kept of an answer.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::history::Year;
use super::packs::Seen;

pub struct Written {
    /// Parallel to the year's.
    pub runs: Vec<usize>,
    pub listings: Vec<usize>,
}

/// Of a project its description, its day, the sample, the newest counters and that it was listed;
/// of a version its description, its day and the newest counter; the tags of versions that are new;
/// and of those that are gone, with each listing, that they still are.
pub fn written(year: &Year) -> Written {
    let mut tagged: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut seen: BTreeMap<usize, BTreeMap<usize, Timestamp>> = BTreeMap::new();
    let mut newest_complete: BTreeMap<usize, Timestamp> = BTreeMap::new();
    let mut runs = Vec::new();
    for run in &year.runs {
        let mut rows = 0;
        for (project, place) in &run.answers {
            let answer = &year.projects[*project].answers[*place];
            let seen = seen.entry(*project).or_default();
            rows += 5 + 3 * answer.versions.len();
            for (version, _) in &answer.versions {
                if tagged.insert((*project, *version)) {
                    let it = &year.projects[*project].versions[*version];
                    rows += it.loaders.len() + it.game_versions.len();
                }
                let at = seen.entry(*version).or_insert(answer.at);
                *at = (*at).max(answer.at);
            }
            let newest = newest_complete.get(project).copied();
            let later = newest.filter(|newest| *newest > answer.at);
            let complete = answer.complete.then_some(answer.at);
            for listed_at in complete.into_iter().chain(later) {
                for at in seen.values_mut().filter(|at| **at < listed_at) {
                    *at = listed_at;
                    rows += 1;
                }
            }
            if answer.complete {
                newest_complete.insert(*project, newest.map_or(answer.at, |it| it.max(answer.at)));
            }
        }
        runs.push(rows);
    }
    Written {
        runs,
        listings: of_listings(year),
    }
}

/// Of the two projects and of each pack a description, of a pack its day, the sample and the newest
/// counter; that the projects were asked for; what was looked into; and what that changes.
fn of_listings(year: &Year) -> Vec<usize> {
    let mut open: BTreeMap<usize, usize> = BTreeMap::new();
    let rows = year.packs.listings.iter().map(|listing| {
        let mut rows = 4 + 4 * listing.packs.len();
        for place in 0..year.packs.packs.len() {
            let found = listing.packs.iter().find(|it| it.0 == place);
            rows += match found.map(|it| it.1) {
                Some(seen @ (Seen::Inside | Seen::Named)) => {
                    open.insert(place, 0);
                    1 + usize::from(seen == Seen::Inside)
                }
                Some(Seen::Without) => 1 + usize::from(open.remove(&place).is_some()),
                Some(Seen::Declared) => 0,
                None => match open.get_mut(&place) {
                    Some(missing) => {
                        *missing += 1;
                        if *missing > 1 {
                            open.remove(&place);
                        }
                        1
                    }
                    None => 0,
                },
            };
        }
        rows
    });
    rows.collect()
}
