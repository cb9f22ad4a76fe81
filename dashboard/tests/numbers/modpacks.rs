//! What is known of modpacks: since when they contain a mod, and what was downloaded since.

use std::cmp::Reverse;

use jiff::{Timestamp, ToSpan};

use super::counted::{Member, members, today};
use super::history::{CREATE, Site, Year, day_of};
use super::packs::{self, Pack, Seen};
use super::periods::parameter;
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

    /// When it became what it is.
    fn since(&self) -> Option<Timestamp> {
        match self.state {
            State::Current { since, .. } | State::Declared { since } => Some(since),
            State::Lost { until, .. } => Some(until),
            State::Once => None,
        }
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

/// Which packs a page is about, by its address.
struct Choice<'a> {
    query: &'a str,
}

impl Choice<'_> {
    fn of(&self, name: &str) -> Option<&str> {
        parameter(self.query, name)
    }

    fn state(&self) -> &str {
        self.of("state").unwrap_or("current")
    }

    /// What is declared is so for every project of the platform.
    fn is_of_project(&self, it: &Known<'_>) -> bool {
        self.of("project")
            .is_none_or(|project| project.starts_with(site_key(it.pack.site)))
    }

    fn is_shown(&self, it: &Known<'_>) -> bool {
        let is_in_state = match self.state() {
            "current" => it.is_current(),
            "new" => it.is_new(),
            "lost" => matches!(it.state, State::Lost { .. }),
            _ => true,
        };
        let name = it.pack.name.to_lowercase();
        is_in_state
            && self
                .of("platform")
                .is_none_or(|of| of == site_key(it.pack.site))
            && self.of("q").is_none_or(|text| name.contains(text))
    }

    /// Whether they are others than those that are shown first.
    fn is_told(&self) -> bool {
        ["platform", "state", "q"].map(|it| self.of(it)) != [None; 3]
    }
}

fn site_key(site: Site) -> &'static str {
    match site {
        Site::Modrinth => "modrinth",
        Site::Curseforge => "curseforge",
    }
}

pub fn modpacks(year: &Year, query: &str) -> Vec<Figure> {
    let choice = Choice { query };
    let mut known = known(year);
    known.retain(|it| choice.is_of_project(it));
    let mut figures: Vec<Figure> = cards(&known)
        .into_iter()
        .map(|it| ("card packs".to_owned(), it))
        .collect();
    figures.extend(listed(year, &choice));
    known.retain(|it| choice.is_shown(it));
    // What happened is ordered by when.
    if matches!(choice.state(), "new" | "lost") {
        known.sort_by_key(|it| Reverse(it.since()));
    }
    let count = counted(known.len(), "modpack", "modpacks");
    let reset = match choice.is_told() {
        true => "Show those that contain it today",
        false => "",
    };
    let count = joined([count, reset.to_owned()]);
    figures.push(("count".to_owned(), count));
    figures.extend(known.iter().map(row));
    figures.extend(largest(known));
    figures
}

/// The ten with the most downloads, whatever the table is sorted by.
fn largest(mut known: Vec<Known<'_>>) -> impl Iterator<Item = Figure> {
    known.sort_by_key(|it| Reverse(it.downloads));
    known.into_iter().take(10).map(|it| {
        let site = site_name(it.pack.site);
        let told = [it.pack.name, site, &said::count(it.downloads)];
        ("top-packs".to_owned(), told.join(" "))
    })
}

fn counted(count: usize, one: &str, other: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { other })
}

fn cards(known: &[Known<'_>]) -> Vec<String> {
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
    vec![
        format!(
            "In modpacks {} it today.",
            counted(current, "modpack contains", "modpacks contain")
        ),
        format!(
            "Their downloads {} together, as of {} known of {current} of {}",
            said::count(together),
            said::instant(oldest),
            counted(current, "modpack", "modpacks")
        ),
        format!(
            "New {} began to contain it in the last 28 days.",
            count(&|it| it.is_new())
        ),
        format!(
            "Lost {} any more. {} of them lost in the last 28 days",
            counted(
                lost.len(),
                "contained it, and doesn’t",
                "contained it, and don’t"
            ),
            lost.iter().filter(|at| is_news(**at)).count()
        ),
        format!(
            "Once {} contained it in an older version.",
            count(&|it| it.state == State::Once)
        ),
        format!(
            "Declared {} declared, not verified.",
            counted(
                count(&|it| matches!(it.state, State::Declared { .. })),
                "is",
                "are"
            )
        ),
    ]
}

/// When packs were asked for, of the projects that are members on each platform.
fn listed(year: &Year, choice: &Choice<'_>) -> Vec<Figure> {
    let listing = &year.packs.listings[year.packs.listings.len() - 1];
    let at = said::instant(listing.at);
    let line = |site| {
        let mut members = members(year, CREATE);
        members.retain(|it| it.project.site == site && it.left_at.is_none());
        members.retain(|it| {
            let project = choice.of("project");
            project.is_none_or(|of| of.ends_with(it.project.id))
        });
        let is_listed = |it: &&Member<'_>| packs::LISTED.contains(&it.project.id);
        let told = match (members.iter().filter(is_listed).count(), members.len()) {
            (_, 0) => return None,
            (some, all) if some == all => format!("complete, {at}."),
            (some, all) => {
                format!("partial ({some} of {all} projects complete), {at}; never complete so far.")
            }
        };
        Some(("listed".to_owned(), format!("{} {told}", site_name(site))))
    };
    let sites = [Site::Modrinth, Site::Curseforge].into_iter();
    sites.filter_map(line).collect()
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
    new.sort_by_key(|it| Reverse(it.since()));
    let names: Vec<&str> = new.iter().map(|it| it.pack.name).collect();
    format!(
        "New modpacks, 28 days {} {} All new modpacks",
        names.len(),
        names.join(" ")
    )
}
