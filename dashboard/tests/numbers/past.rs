//! What the page of a history has to show, of a mod, a version or a modpack.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::counted::{Member, growth, members, total};
use super::drawing::Chart;
use super::history::{Reading, Site, Year, day_of};
use super::overview::platforms;
use super::periods::parameter;
use super::rows::{Column, Table};
use super::said;
use super::told::{Asked, Figure, first_day, grown, joined, site_name};
use super::trend::trend;
use super::truth::Curve;
use super::versions::{Listed, listed};

pub fn past(year: &Year, tracked: usize, query: &str) -> Vec<Figure> {
    let of = |name: &str| parameter(query, name);
    let mut members = members(year, tracked);
    let is_asked = |it: &Member<'_>| {
        let site = site_name(it.project.site).to_lowercase();
        let key = format!("{site}:{}", it.project.id);
        of("platform").is_none_or(|of| of == site) && of("project").is_none_or(|of| of == key)
    };
    members.retain(is_asked);
    let mut listed = listed(&members.iter().collect::<Vec<_>>());
    let subject = of("of").unwrap_or("all");
    let id = subject.rsplit(':').next().unwrap();
    if subject.starts_with("version:") {
        listed.retain(|it| it.version.id == id);
    }
    let in_sum: Vec<Curve> = listed.iter().map(Listed::in_sum).collect();
    let pack = pack(year, id);
    let metric = of("metric").unwrap_or("downloads");
    let of_members = |site: Site| -> Vec<&Curve> {
        let on = members.iter().filter(|it| it.project.site == site);
        match metric {
            "downloads" => on.map(|it| &it.downloads).collect(),
            "versions" => on.map(|it| &it.versions).collect(),
            "followers" | "thumbs-up" if (metric == "followers") == (site == Site::Modrinth) => {
                on.map(|it| &it.people).collect()
            }
            "versions-downloads" => {
                let own = listed.iter().zip(&in_sum).filter(|it| it.0.site == site);
                own.map(|it| it.1).collect()
            }
            _ => Vec::new(),
        }
    };
    let columns = match subject.split(':').next() {
        Some("version") => one(&listed[0].downloads),
        Some("modpack") => one(&pack),
        _ => [Site::Modrinth, Site::Curseforge]
            .map(|site| Column {
                name: site_name(site),
                curves: of_members(site),
            })
            .into_iter()
            .filter(|it| it.curves.iter().any(|it| it.first().is_some()))
            .collect(),
    };
    let curves: Vec<&Curve> = columns.iter().flat_map(|it| it.curves.clone()).collect();
    let period = match of("period") {
        Some(_) => query.to_owned(),
        None => format!("{query}&period=91d"),
    };
    // All that is known of a mod, whatever is counted of it.
    let first = match subject {
        "all" => first_day(&members.iter().map(|it| &it.downloads).collect::<Vec<_>>()),
        _ => first_day(&curves),
    };
    let asked = Asked::begun(&period, first, "none");
    let whose = match subject {
        "all" => platforms(&members),
        _ => columns[0].name,
    };
    let kind = of("chart").unwrap_or("total");
    let mut figures = facts(&curves, &asked, what(metric));
    if of("trend").is_some() {
        let trend = trend(&curves, asked.period.drawn, kind);
        figures.push(("trend".to_owned(), trend));
    }
    let of_pack = pack.first().is_some();
    let versions = if of_pack { &[] } else { &listed[..] };
    let chart = Chart {
        of: whose.to_owned(),
        table: Table::of_sum(columns, versions),
        what: what(metric),
        kind,
    };
    figures.extend(chart.figures(&asked.period, of("by").unwrap_or("day")));
    figures
}

fn one(curve: &Curve) -> Vec<Column<'_>> {
    vec![Column {
        name: &curve.name,
        curves: vec![curve],
    }]
}

fn what(metric: &str) -> &str {
    match metric {
        "followers" => "Followers",
        "thumbs-up" => "Thumbs up",
        "versions" => "Versions",
        "versions-downloads" => "Downloads of versions",
        _ => "Downloads",
    }
}

fn pack(year: &Year, id: &str) -> Curve {
    let listings = year.packs.listings.iter();
    let readings: Vec<Reading> = listings
        .filter_map(|listing| {
            let mut packs = listing.packs.iter();
            let own = packs.find(|it| year.packs.packs[it.0].id == id)?;
            Some(Reading {
                at: listing.at,
                value: own.2,
            })
        })
        .collect();
    let own = year.packs.packs.iter().find(|it| it.id == id);
    let name = own.map(|it| format!("{} {}", site_name(it.site), it.name));
    Curve::new(&[], &readings).named(&name.unwrap_or_default())
}

fn facts(curves: &[&Curve], asked: &Asked<'_>, what: &str) -> Vec<Figure> {
    let sum = match total(curves) {
        None => "no data yet".to_owned(),
        Some(sum) => joined([
            said::count(sum.value),
            format!("{what}, as of {}", said::instant(sum.at)),
        ]),
    };
    let readings = || curves.iter().flat_map(|it| it.readings());
    let days: BTreeSet<Date> = readings().map(|it| day_of(it.at)).collect();
    let (start, end) = asked.period.days.midnights();
    let first: Timestamp = readings().map(|it| it.at).min().unwrap();
    let last = readings().map(|it| it.at).max().unwrap();
    let (from, to) = (first.max(start), last.min(end));
    let elapsed = to.duration_since(from).as_secs_f64() / 86_400.0;
    let per_day = growth(curves, asked.period.days).unwrap().value as f64 / elapsed;
    let facts = [
        ("total", format!("Today {sum}")),
        ("growth", format!("In this period {}", grown(curves, asked))),
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
