//! What is known of modpacks: since when they contain a mod, and what was downloaded since.

use std::cmp::Reverse;

use jiff::{Timestamp, ToSpan};

use super::counted::{Member, today};
use super::history::{CREATE, Site, Year, day_of};
use super::packs::{self, Pack, Seen};
use super::said;
use super::told::{Figure, joined, site_name};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Current { since: Timestamp, known_since: bool },
    Lost { since: Timestamp, until: Timestamp },
    Once,
    Declared { since: Timestamp },
}

struct Known<'a> {
    pack: &'a Pack,
    state: State,
    downloads: i64,
    at: Timestamp,
    since_added: Option<i64>,
}

/// Those with most downloads first.
fn known(year: &Year) -> Vec<Known<'_>> {
    let places = 0..year.packs.packs.len();
    let mut known: Vec<Known<'_>> = places.map(|place| Known::new(year, place)).collect();
    known.sort_by_key(|it| Reverse(it.downloads));
    known
}

impl<'a> Known<'a> {
    fn new(year: &'a Year, place: usize) -> Known<'a> {
        let listings = &year.packs.listings;
        let (mut state, mut begun_with) = (State::Once, 0);
        let mut missing: Vec<Timestamp> = Vec::new();
        let (mut last, mut first) = (None, None);
        for listing in listings {
            let found = listing.packs.iter().find(|it| it.0 == place);
            if let Some((_, _, downloads)) = found {
                first = first.or(Some(*downloads));
                last = Some((listing.at, *downloads));
            }
            match (found.map(|it| it.1), state) {
                (Some(Seen::Inside | Seen::Named), State::Current { .. }) => missing.clear(),
                (Some(Seen::Inside | Seen::Named), _) => {
                    missing.clear();
                    begun_with = last.unwrap().1;
                    state = State::Current {
                        since: listing.at,
                        known_since: listing.at == listings[0].at,
                    };
                }
                (Some(Seen::Without), State::Current { since, .. }) => {
                    state = State::Lost {
                        since,
                        until: listing.at,
                    };
                }
                // Once is no loss.
                (None, State::Current { since, .. }) => {
                    missing.push(listing.at);
                    if missing.len() > 1 {
                        let until = missing[0];
                        state = State::Lost { since, until };
                    }
                }
                (Some(Seen::Declared), _) => {
                    let joined = year.mods[CREATE].members.iter();
                    let since = joined.map(|it| it.from).min().unwrap();
                    state = State::Declared { since };
                }
                _ => {}
            }
        }
        let (at, downloads) = last.unwrap();
        Known {
            pack: &year.packs.packs[place],
            state,
            downloads,
            at,
            since_added: match state {
                State::Current { .. } => Some(downloads - begun_with),
                State::Declared { .. } => Some(downloads - first.unwrap()),
                State::Lost { .. } | State::Once => None,
            },
        }
    }

    fn is_current(&self) -> bool {
        matches!(self.state, State::Current { .. })
    }

    fn is_new(&self) -> bool {
        match self.state {
            State::Current { since, known_since } => !known_since && is_news(since),
            _ => false,
        }
    }
}

fn is_news(at: Timestamp) -> bool {
    day_of(at) >= today() - 28.days()
}

pub fn modpacks(year: &Year) -> Vec<Figure> {
    let known = known(year);
    let count = |of: &dyn Fn(&Known<'_>) -> bool| known.iter().filter(|it| of(it)).count();
    let current = count(&|it| it.is_current());
    let lost: Vec<Timestamp> = known
        .iter()
        .filter_map(|it| match it.state {
            State::Lost { until, .. } => Some(until),
            _ => None,
        })
        .collect();
    let now = known.iter().filter(|it| it.is_current());
    let together: i64 = now.clone().map(|it| it.downloads).sum();
    let oldest = now.map(|it| it.at).min().unwrap();
    let cards = [
        format!("In modpacks {current} modpacks contain it today."),
        format!(
            "Their downloads {} together, as of {} known of {current} of {current} modpacks",
            said::count(together),
            said::instant(oldest)
        ),
        format!(
            "New {} began to contain it in the last 28 days.",
            count(&|it| it.is_new())
        ),
        format!(
            "Lost {} contained it, and don’t any more. {} of them lost in the last 28 days",
            lost.len(),
            lost.iter().filter(|at| is_news(**at)).count()
        ),
        format!(
            "Once {} contained it in an older version.",
            count(&|it| it.state == State::Once)
        ),
        format!(
            "Declared {} is declared, not verified.",
            count(&|it| matches!(it.state, State::Declared { .. }))
        ),
    ];
    let cards = cards.map(|it| ("card packs".to_owned(), it));
    let found = (
        "count".to_owned(),
        format!("{} modpacks Show those that contain it today", known.len()),
    );
    let rows = known.iter().map(row);
    let top = known.iter().take(10).map(|it| {
        let told = [
            it.pack.name,
            site_name(it.pack.site),
            &said::count(it.downloads),
        ];
        ("top-packs".to_owned(), told.join(" "))
    });
    let figures = cards.into_iter().chain([found]).chain(rows);
    figures.chain(top).collect()
}

fn row(known: &Known<'_>) -> Figure {
    let on = |at: Timestamp| said::day(day_of(at));
    let (when, state) = match known.state {
        State::Current { since, .. } if known.is_new() => (on(since), "contains it, new"),
        State::Current { since, known_since } => match known_since {
            true => (format!("known since {}", on(since)), "contains it"),
            false => (on(since), "contains it"),
        },
        State::Lost { since, until } => (
            format!("{} in it since {}", on(until), on(since)),
            "no longer",
        ),
        State::Once => ("–".to_owned(), "in an older version"),
        State::Declared { since } => (on(since), "declared, not verified"),
    };
    let grown = known.since_added.map(said::change);
    let told = joined([
        known.pack.name.to_owned(),
        said::count(known.downloads),
        grown.unwrap_or_else(|| "–".to_owned()),
        when,
        state.to_owned(),
        site_name(known.pack.site).to_owned(),
        known.pack.id.to_owned(),
    ]);
    ("modpack".to_owned(), told)
}

/// Of an Overview, the newest first: those that contain one of the two projects that were asked for.
pub fn new_modpacks(year: &Year, members: &[Member<'_>]) -> String {
    let is_asked = |site: Site| {
        let mut members = members.iter();
        members.any(|it| it.project.site == site && packs::LISTED.contains(&it.project.id))
    };
    if ![Site::Modrinth, Site::Curseforge].into_iter().any(is_asked) {
        return "New modpacks, 28 days No complete list of modpacks is known. All new modpacks"
            .to_owned();
    }
    let mut new = known(year);
    new.retain(|it| it.is_new() && is_asked(it.pack.site));
    new.sort_by_key(|it| match it.state {
        State::Current { since, .. } => Reverse(Some(since)),
        _ => Reverse(None),
    });
    let names: Vec<&str> = new.iter().map(|it| it.pack.name).collect();
    format!(
        "New modpacks, 28 days {} {} All new modpacks",
        names.len(),
        names.join(" ")
    )
}
