//! The figures that several pages have, as a page tells them.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::counted::{Member, comparable_from, downloads, growth, is_comparable, today, total};
use super::history::{CREATE, NEW, QUARRY, Site, TOOK, Year, day_of};
use super::periods::{Days, Period, parameter, period};
use super::said;
use super::truth::{Curve, Growth, shares};

/// Where a figure stands, and its text.
pub type Figure = (String, String);

pub fn site_name(site: Site) -> &'static str {
    match site {
        Site::Modrinth => "Modrinth",
        Site::Curseforge => "CurseForge",
    }
}

/// A page's period and what it is compared with, by its address.
pub struct Asked<'a> {
    query: &'a str,
    pub period: Period,
    pub with: &'a str,
}

impl<'a> Asked<'a> {
    /// The period is the last 28 days, and compared with those before, unless it is told.
    pub fn new(query: &'a str, curves: &[&Curve]) -> Asked<'a> {
        Asked::unless_told(query, curves, "previous")
    }

    pub fn unless_told(query: &'a str, curves: &[&Curve], with: &'a str) -> Asked<'a> {
        Asked::begun(query, first_day(curves), with)
    }

    /// What began on a day.
    pub fn begun(query: &'a str, first: Date, with: &'a str) -> Asked<'a> {
        let told = parameter(query, "compare");
        Asked {
            query,
            period: period(query, first, today()),
            with: told.unwrap_or(with),
        }
    }
}

/// Growth over a period, and against another.
pub fn grown(curves: &[&Curve], asked: &Asked<'_>) -> String {
    let Some(own) = growth(curves, asked.period.days) else {
        return "nothing to count from".to_owned();
    };
    let mut told = vec![
        said::change(own.value),
        said::days(asked.period.days),
        flags(&own),
    ];
    told.push(lacking(curves, asked));
    told.push(compared(curves, asked));
    joined(told)
}

pub fn first_day(curves: &[&Curve]) -> Date {
    let first = curves.iter().filter_map(|it| it.first());
    day_of(first.map(|it| it.at).min().unwrap())
}

/// What is known of a period that begins earlier.
fn lacking(curves: &[&Curve], asked: &Asked<'_>) -> String {
    let whole = curves
        .iter()
        .filter_map(|it| it.first_whole())
        .min()
        .unwrap();
    if whole <= asked.period.days.from {
        return String::new();
    }
    let since = said::day(first_day(curves));
    let mut days = today().series(1.day()).take(3 * 366);
    let is_whole = |day: &Date| whole <= period(asked.query, whole, *day).days.from;
    match days.find(is_whole).filter(|day| *day > today()) {
        Some(day) => format!("Known since {since}; whole from {} on.", said::day(day)),
        None => format!("Known since {since}."),
    }
}

pub fn flags(growth: &Growth) -> String {
    let flags = [
        (growth.incomplete, "incomplete"),
        (growth.gap, "spread over a gap"),
        (growth.correction, "with a correction"),
    ];
    let flags = flags.iter().filter(|it| it.0).map(|it| it.1.to_owned());
    joined(flags)
}

fn compared(curves: &[&Curve], asked: &Asked<'_>) -> String {
    if !is_comparable(curves, &asked.period, asked.with) {
        let from = comparable_from(curves, asked.query, asked.with);
        return from.map_or_else(String::new, |day| {
            format!("A comparison is possible from {} on.", said::day(day))
        });
    }
    let (own, previous) = asked.period.compared(asked.with).unwrap();
    let now = growth(curves, own).unwrap().value;
    let then = growth(curves, previous).unwrap().value;
    against(now, then, previous)
}

pub fn against(now: i64, then: i64, previous: Days) -> String {
    let change = match then {
        ..0 => said::change(now - then),
        _ => said::relative(then, now),
    };
    format!(
        "{change} against {}, {}",
        said::change(then),
        said::days(previous)
    )
}

/// Of all platforms, or of one.
pub fn total_card(members: &[Member<'_>], site: Option<Site>, asked: &Asked<'_>) -> Figure {
    let curves = downloads(members, site);
    let own = total(&curves).unwrap();
    let label = site.map_or("All platforms", site_name);
    let people = |of: Site| {
        let is_counted = |it: &&Member<'_>| it.project.site == of;
        let people: Vec<&Curve> = members
            .iter()
            .filter(is_counted)
            .map(|it| &it.people)
            .collect();
        let count = total(&people)?;
        let word = match of {
            Site::Modrinth => "followers",
            Site::Curseforge => "thumbs up",
        };
        (site.is_none_or(|it| it == of)).then(|| format!("{} {word}", said::count(count.value)))
    };
    let of = |site| total(&downloads(members, Some(site))).map_or(0, |it| it.value);
    let parts = shares(&[Site::Modrinth, Site::Curseforge].map(of));
    let is_alone = [Site::Modrinth, Site::Curseforge]
        .iter()
        .any(|site| downloads(members, Some(*site)).is_empty());
    let share = site.filter(|_| !is_alone).map(|site| {
        let share = said::percent(parts[site as usize]);
        format!("{share} of all platforms’ downloads")
    });
    let told = [
        Some(label.to_owned()),
        Some(said::count(own.value)),
        Some("since your last visit".to_owned()),
        Some(format!("downloads, as of {}", said::instant(own.at))),
        share,
        Some(grown(&curves, asked)),
        people(Site::Modrinth),
        people(Site::Curseforge),
    ];
    (format!("card {label}"), joined(told.into_iter().flatten()))
}

pub fn joined(texts: impl IntoIterator<Item = String>) -> String {
    let told: Vec<String> = texts.into_iter().filter(|it| !it.is_empty()).collect();
    told.join(" ")
}

/// Of a single day, against its weekday before.
pub fn grown_on(curves: &[&Curve], day: Date) -> String {
    let query = format!("period=custom&from={day}&to={day}");
    grown(curves, &Asked::new(&query, curves))
}

/// How fresh a mod's sources are, as its own pages tell it.
pub fn fresh_lines(year: &Year, of: usize) -> Vec<Figure> {
    let lines = freshness(year, of).into_iter();
    lines.map(|line| ("freshness".to_owned(), line)).collect()
}

/// How the newest run of each source ended.
pub fn freshness(year: &Year, of: usize) -> Vec<String> {
    let told = |name: &str, at: Timestamp, took: i64| {
        let ended = said::instant(at + SignedDuration::from_secs(took));
        match of {
            NEW => format!("{name} collecting since {}.", said::instant(at)),
            QUARRY => format!("{name} not collected since {ended}."),
            _ => format!("{name} collected {ended}, complete."),
        }
    };
    let of_site = |site: Site| {
        let own = year.runs.iter();
        let own = own.filter(|run| run.of == of && run.site == site);
        let newest = own.max_by_key(|run| run.at);
        newest.map(|it| told(site_name(site), it.at, it.took))
    };
    let packs = year.packs.listings.last().filter(|_| of == CREATE);
    let packs = packs.map(|it| told("Modpacks", it.at, TOOK));
    let sites = [Site::Modrinth, Site::Curseforge].into_iter();
    sites.filter_map(of_site).chain(packs).collect()
}

/// Beside a heading.
pub fn how_many(heading: &str, count: usize) -> Figure {
    ("how many".to_owned(), format!("{heading} {count}"))
}

/// The table of a mod's projects.
pub fn project_rows(members: &[Member<'_>]) -> Vec<Figure> {
    let row = |member: &Member<'_>| {
        let project = member.project;
        let last = project.answers[project.answers.len() - 1].clone();
        let state = match member.left_at {
            Some(left) => format!("no longer tracked since {}", said::instant(left)),
            None => format!("tracked since {}", said::instant(member.joined_at)),
        };
        let told = joined([
            project.renamed.map_or(project.name, |it| it.1).to_owned(),
            site_name(project.site).to_owned(),
            project.id.to_owned(),
            said::count(last.downloads),
            said::instant(last.at),
            state,
        ]);
        ("project".to_owned(), told)
    };
    members.iter().map(row).collect()
}
