//! What the first page has to show.

use std::cmp::Reverse;

use jiff::ToSpan;

use super::counted::{Total, downloads, growth, members, portfolio, today, total};
use super::history::{QUARRY, Site, Year};
use super::overview::yesterday;
use super::periods::{Days, parameter};
use super::said;
use super::told::{Asked, Figure, freshness, grown, joined, site_name};

pub fn first_page(year: &Year, query: &str) -> Vec<Figure> {
    let all = portfolio(year);
    let curves = downloads(&all, None);
    let sum = total(&curves).unwrap();
    let month = Asked::new("", &curves);
    let (by_size, by_share) = movers(year);
    let facts = [
        (
            "total",
            format!(
                "Downloads in total {} as of {}",
                said::count(sum.value),
                said::instant(sum.at)
            ),
        ),
        ("yesterday", format!("Yesterday {}", yesterday(&curves))),
        (
            "last-28-days",
            format!("Last 28 days {}", grown(&curves, &month)),
        ),
        (
            "movers-by-size",
            format!("Most changed in number {by_size} Those that move most"),
        ),
        (
            "movers-by-share",
            format!("Most changed in proportion {by_share}"),
        ),
        (
            "stale",
            format!(
                "Without new numbers 1 {} Those that stand still",
                year.mods[QUARRY].title
            ),
        ),
    ];
    let facts = facts.map(|(name, text)| (format!("fact {name}"), text));
    facts.into_iter().chain(found(year, query)).collect()
}

/// The mods that are looked for, in the order that is asked for.
fn found(year: &Year, query: &str) -> Vec<Figure> {
    let of = |name: &str| parameter(query, name);
    let is_found = |it: &usize| {
        of("q").is_none_or(|text| has(year, *it, text))
            && match of("show") {
                Some("moving") => moved(year).iter().any(|moved| moved.of == *it),
                Some("stale") => *it == QUARRY,
                _ => true,
            }
    };
    let mut found: Vec<usize> = (0..year.mods.len()).filter(is_found).collect();
    let unknown_last = |value: Option<i64>| (value.is_none(), value);
    match of("sort") {
        Some("name") => found.sort_by_key(|it| year.mods[*it].title),
        Some("yesterday") => found.sort_by_key(|it| unknown_last(grown_yesterday(year, *it))),
        _ => found.sort_by_key(|it| {
            let total = total(&downloads(&members(year, *it), None));
            Reverse(total.map(|it| it.value))
        }),
    }
    let count = match found.len() {
        0 => "No mod matches. Show all mods".to_owned(),
        1 => "1 mod".to_owned(),
        some => format!("{some} mods"),
    };
    let cards = found.into_iter().map(|it| card(year, it));
    std::iter::once(("count".to_owned(), count))
        .chain(cards)
        .collect()
}

/// A text, in small letters, is part of a name of it or of one of its projects.
fn has(year: &Year, of: usize, text: &str) -> bool {
    let tracked = &year.mods[of];
    let projects = tracked.members.iter().map(|it| {
        let project = &year.projects[it.project];
        project.renamed.map_or(project.name, |it| it.1)
    });
    [tracked.name, tracked.title]
        .into_iter()
        .chain(projects)
        .any(|name| name.to_lowercase().contains(text))
}

fn grown_yesterday(year: &Year, of: usize) -> Option<i64> {
    let members = members(year, of);
    growth(&downloads(&members, None), yesterday_alone()).map(|it| it.value)
}

fn yesterday_alone() -> Days {
    let day = today() - 1.day();
    Days { from: day, to: day }
}

struct Moved {
    of: usize,
    size: i64,
    share: f64,
    told: String,
}

/// Whose last seven days differ from the seven before.
fn moved(year: &Year) -> Vec<Moved> {
    let week = Days {
        from: today() - 7.days(),
        to: today() - 1.day(),
    };
    let of = |of: usize| {
        let members = members(year, of);
        let curves = downloads(&members, None);
        let grown = |days| growth(&curves, days).map(|it| it.value);
        let (now, then) = grown(week).zip(grown(week.back(7)))?;
        let told = format!(
            "{}: {} ({})",
            year.mods[of].title,
            said::change(now - then),
            said::relative(then, now)
        );
        Some(Moved {
            of,
            size: now - then,
            share: (now - then) as f64 / then as f64,
            told,
        })
    };
    (0..year.mods.len()).filter_map(of).collect()
}

/// Those that moved most: in number, and in proportion.
fn movers(year: &Year) -> (String, String) {
    let mut moved = moved(year);
    let told = |moved: &[Moved]| joined(moved.iter().map(|it| it.told.clone()));
    moved.sort_by_key(|it| Reverse(it.size.abs()));
    let by_size = told(&moved);
    moved.sort_by(|one, other| other.share.abs().total_cmp(&one.share.abs()));
    (by_size, told(&moved))
}

fn card(year: &Year, of: usize) -> Figure {
    let tracked = &year.mods[of];
    let members = members(year, of);
    let curves = downloads(&members, None);
    let name = format!("default/{}", tracked.name);
    let who = format!("{} {name}", tracked.title);
    let Some(Total { value: sum, .. }) = total(&curves) else {
        let told = format!(
            "{who} – no data yet nothing to count from {}",
            joined(freshness(year, of))
        );
        return (format!("mod {name}"), told);
    };
    let split = [Site::Modrinth, Site::Curseforge].into_iter().map(|site| {
        let own = total(&downloads(&members, Some(site)));
        let own = own.map(|it| format!("{} {}", site_name(site), said::count(it.value)));
        own.unwrap_or_default()
    });
    let own = growth(&curves, yesterday_alone());
    let told = joined([
        who,
        said::count(sum),
        "downloads, all platforms since your last visit".to_owned(),
        grown(&curves, &Asked::new("", &curves)),
        own.map_or_else(String::new, |it| {
            format!("{} yesterday", said::change(it.value))
        }),
        joined(split),
        joined(freshness(year, of)),
    ]);
    (format!("mod {name}"), told)
}
