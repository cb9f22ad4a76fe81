//! What the page of a history has to show, of a mod, a version or a modpack.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::counted::{growth, members, total};
use super::history::{Reading, Site, Year, day_of, midnight};
use super::rows::{Column, rows};
use super::said;
use super::told::{Asked, Figure, grown, grown_of_people, joined};
use super::truth::Curve;
use super::versions::listed;

/// Whose history it is, and which counter of it.
#[derive(Clone, Copy)]
pub enum Of {
    Downloads,
    /// Followers; only Modrinth has them.
    Followers,
    Version(&'static str),
    Pack(&'static str),
}

pub fn past(year: &Year, tracked: usize, of: Of, query: &str) -> Vec<Figure> {
    let members = members(year, tracked);
    let on = |site: Site| members.iter().filter(move |it| it.project.site == site);
    let listed = listed(&members.iter().collect::<Vec<_>>());
    let packs = pack(year, of);
    let mut columns: Vec<Column<'_>> = match of {
        Of::Downloads => [
            ("Modrinth", Site::Modrinth),
            ("CurseForge", Site::Curseforge),
        ]
        .map(|(name, site)| Column {
            name,
            curves: on(site).map(|it| &it.downloads).collect(),
        })
        .into(),
        Of::Followers => vec![Column {
            name: "Modrinth",
            curves: on(Site::Modrinth).map(|it| &it.people).collect(),
        }],
        Of::Version(id) => {
            let own = listed.iter().filter(|it| it.version.id == id);
            vec![Column {
                name: id,
                curves: own.map(|it| &it.downloads).collect(),
            }]
        }
        Of::Pack(id) => vec![Column {
            name: id,
            curves: vec![&packs],
        }],
    };
    let curves: Vec<&Curve> = columns.iter().flat_map(|it| it.curves.clone()).collect();
    if columns.len() > 1 {
        let all = Column {
            name: "All",
            curves: curves.clone(),
        };
        columns.insert(0, all);
    }
    let told = match query.contains("period=") {
        true => query.to_owned(),
        false => joined_by_and(["period=91d", query]),
    };
    let asked = Asked::unless_told(&told, &curves, "none");
    let by = query.split('&').find_map(|it| it.strip_prefix("by="));
    let what = match of {
        Of::Followers => "Followers",
        _ => "Downloads",
    };
    let mut figures = facts(&curves, &asked, what);
    figures.extend(rows(&columns, asked.period.drawn, by.unwrap_or("day")));
    figures
}

fn joined_by_and(parts: [&str; 2]) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    parts.join("&")
}

fn pack(year: &Year, of: Of) -> Curve {
    let listings = year.packs.listings.iter();
    let readings = listings.filter_map(|listing| {
        let own = listing.packs.iter();
        let mut own =
            own.filter(|it| matches!(of, Of::Pack(id) if year.packs.packs[it.0].id == id));
        Some(Reading {
            at: listing.at,
            value: own.next()?.2,
        })
    });
    Curve::new(&[], &readings.collect::<Vec<_>>())
}

fn facts(curves: &[&Curve], asked: &Asked<'_>, what: &str) -> Vec<Figure> {
    let sum = total(curves).unwrap();
    let readings = || curves.iter().flat_map(|it| it.readings());
    let days: BTreeSet<Date> = readings().map(|it| day_of(it.at)).collect();
    let (start, end) = (asked.period.days.from, asked.period.days.to + 1.day());
    let first: Timestamp = readings().map(|it| it.at).min().unwrap();
    let last = readings().map(|it| it.at).max().unwrap();
    let (from, to) = (first.max(midnight(start)), last.min(midnight(end)));
    let elapsed = to.duration_since(from).as_secs_f64() / 86_400.0;
    let per_day = growth(curves, asked.period.days).unwrap().value as f64 / elapsed;
    let grown = match what {
        "Followers" => grown_of_people(curves, asked),
        _ => grown(curves, asked),
    };
    let facts = [
        (
            "total",
            joined([
                format!("Today {}", said::count(sum.value)),
                format!("{what}, as of {}", said::instant(sum.at)),
            ]),
        ),
        ("growth", format!("In this period {grown}")),
        (
            "mean",
            format!(
                "Mean {} a day By the time from {} to {}.",
                said::mean(per_day),
                said::instant(from),
                said::instant(to)
            ),
        ),
        (
            "known",
            format!(
                "Known since {} {} days with observations",
                said::day(*days.first().unwrap()),
                days.len()
            ),
        ),
    ];
    let fact = |(name, text): (&str, String)| (format!("fact {name}"), text);
    facts.map(fact).into()
}
