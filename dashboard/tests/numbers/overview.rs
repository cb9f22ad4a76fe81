//! What an Overview has to show.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::counted::{Member, Total, downloads, growth, members, today, total};
use super::history::{Reading, Site, Year, at, day_of};
use super::modpacks::new_modpacks;
use super::periods::{Days, parameter};
use super::rows::{Column, Table};
use super::said;
use super::told::{Asked, Figure, grown_on, joined, project_rows, site_name, total_card};
use super::truth::{Curve, between};
use super::versions::{Listed, listed};

pub fn overview(year: &Year, of: usize, query: &str) -> Vec<Figure> {
    let mut members = members(year, of);
    let project = parameter(query, "project");
    members.retain(|it| project.is_none_or(|of| of.ends_with(it.project.id)));
    let asked = Asked::new(query, &downloads(&members, None));
    let sites = sites(&members);
    let all = (sites.len() > 1).then_some(None);
    let cards = all.into_iter().chain(sites.into_iter().map(Some));
    let card = |site| total_card(&members, site, &asked);
    let mut figures: Vec<Figure> = cards.map(card).collect();
    figures.extend(facts(year, &members));
    let versions = listed(&members.iter().collect::<Vec<_>>());
    let table = Table::of_sum(by_platform(&members), &versions);
    figures.extend(table.rows(&asked.period, "day"));
    figures.extend(project_rows(&members));
    figures
}

fn by_platform<'a>(members: &'a [Member<'_>]) -> Vec<Column<'a>> {
    let column = |site| Column {
        name: site_name(site),
        curves: downloads(members, Some(site)),
    };
    sites(members).into_iter().map(column).collect()
}

fn sites(members: &[Member<'_>]) -> Vec<Site> {
    let on = |site: &Site| members.iter().any(|it| it.project.site == *site);
    let sites = [Site::Modrinth, Site::Curseforge].into_iter();
    sites.filter(on).collect()
}

fn facts(year: &Year, members: &[Member<'_>]) -> Vec<Figure> {
    let curves = downloads(members, None);
    let mut facts = vec![
        ("yesterday", format!("Yesterday {}", yesterday(&curves))),
        ("last-24h", last_24h(members)),
        ("velocity", velocity(&curves)),
        ("milestone", milestone(&curves)),
    ];
    facts.extend(members.iter().filter_map(release).map(|it| ("release", it)));
    facts.push(("new-modpacks", new_modpacks(year, members)));
    let fact = |(name, text): (&str, String)| (format!("fact {name}"), text);
    facts.into_iter().map(fact).collect()
}

pub fn yesterday(curves: &[&Curve]) -> String {
    grown_on(curves, today() - 1.day())
}

/// By every answer, and not only the first and the last of days.
fn last_24h(members: &[Member<'_>]) -> String {
    let since = at(crate::NOW) - SignedDuration::from_hours(24);
    let (mut sum, mut until) = (0, None);
    for member in members.iter().filter(|it| it.left_at.is_none()) {
        let answers = member.project.answers.iter();
        let every: Vec<Reading> = answers
            .map(|it| Reading {
                at: it.at,
                value: it.downloads,
            })
            .collect();
        let last = every[every.len() - 1];
        if last.at < since {
            let day = said::day(today());
            return format!("Last 24 hours known from {day} on");
        }
        sum += last.value - between(&every, since);
        until = Some(until.map_or(last.at, |so_far: Timestamp| so_far.min(last.at)));
    }
    let (from, to) = (said::instant(since), said::instant(until.unwrap()));
    format!("Last 24 hours {} {from} to {to}", said::change(sum))
}

/// The mean of the last 28 days up to one that is known wholly.
fn per_day(curves: &[&Curve]) -> (Days, f64) {
    let mut back = (1..).map(|days| today() - days.days());
    let is_whole = |day: &Date| curves.iter().any(|it| it.is_whole_on(*day) == Some(true));
    let to = back.find(is_whole).unwrap();
    let days = Days {
        from: to - 27.days(),
        to,
    };
    (days, growth(curves, days).unwrap().value as f64 / 28.0)
}

fn velocity(curves: &[&Curve]) -> String {
    let (days, per_day) = per_day(curves);
    joined([
        format!("Velocity {} a day", said::mean(per_day)),
        format!("{} a week", said::mean(per_day * 7.0)),
        format!("{} a month", said::mean(per_day * 365.2425 / 12.0)),
        format!("Mean of {}.", said::long_days(days)),
    ])
}

/// 1, 2 or 5 with zeros.
fn milestone(curves: &[&Curve]) -> String {
    let Total { value: total, at } = total(curves).unwrap();
    let mut steps = (0..18).flat_map(|zeros| [1, 2, 5].map(|it| it * 10_i64.pow(zeros)));
    let next = steps.find(|it| *it > total).unwrap();
    let days = (next - total) as f64 / per_day(curves).1;
    let reached = day_of(at) + (days.ceil() as i32).days();
    let told = match reached < today() {
        true => {
            "Should be reached by now at the present velocity; newer totals are missing.".to_owned()
        }
        false => format!("About {} at the present velocity.", said::day(reached)),
    };
    format!("Next milestone {} {told}", said::count(next))
}

/// Against the one before it, when that was as old.
fn release(member: &Member<'_>) -> Option<String> {
    let there: Vec<Listed<'_>> = listed(&[member]);
    let there: Vec<&Listed<'_>> = there.iter().filter(|it| it.gone_at.is_none()).collect();
    let newest = *there.first()?;
    let (age, value) = (newest.age(), newest.last());
    let hours = age.as_hours();
    let age_told = format!("after {} d {} h", hours / 24, hours % 24);
    let before = there.get(1).map(|before| {
        let number = before.version.number;
        let then = before.version.published_at + age;
        let readings: Vec<Reading> = before.downloads.readings().copied().collect();
        match readings[0].at <= then {
            true => {
                let then = between(&readings, then);
                let change = said::relative(then, value);
                format!(
                    "; {number} had {} at the same age: {change}",
                    said::count(then)
                )
            }
            false => format!("; of {number} at the same age nothing is known"),
        }
    });
    let name = member
        .project
        .renamed
        .map_or(member.project.name, |it| it.1);
    Some(joined([
        format!("Newest release {}", newest.version.number),
        said::count(value),
        format!("{age_told}{}", before.unwrap_or_default()),
        format!("{name} on {},", site_name(member.project.site)),
        said::instant(newest.version.published_at),
    ]))
}
