//! What the page of a platform has to show.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::counted::{Member, downloads, members, today, total};
use super::drawing::{Chart, drawing};
use super::history::{Answer, Site, Year, day_of};
use super::periods::{Days, parameter};
use super::rows::{Column, Table};
use super::said;
use super::told::{Asked, Figure, grown, how_many, joined, project_rows, site_name};
use super::truth::{Growth, shares, together};
use super::versions::{Listed, listed};

/// Lines through more points can't be followed.
const MOST_DAYS: i32 = 35;

pub fn platform(year: &Year, of: usize, site: Site, query: &str) -> Vec<Figure> {
    let mut members = members(year, of);
    let project = parameter(query, "project");
    members.retain(|it| {
        it.project.site == site && project.is_none_or(|of| of.ends_with(it.project.id))
    });
    let asked = Asked::new(query, &downloads(&members, None));
    let days = asked.period.days;
    let of_site: Vec<&Member<'_>> = members.iter().collect();
    let versions = listed(&of_site);
    let mut figures = vec![
        total_card(&members, site, &asked),
        people_card(&members, site, &asked),
        count_card(&versions, days),
        newest_card(&versions),
    ];
    let column = Column {
        name: site_name(site),
        curves: downloads(&members, None),
    };
    let chart = Chart {
        table: Table::of_sum(vec![column], &versions),
        what: "Downloads",
        of: site_name(site).to_owned(),
        kind: parameter(query, "chart").unwrap_or("growth"),
    };
    figures.extend(chart.figures(&asked.period, "day"));
    figures.extend(ranking("top-growth", &versions, |it| {
        it.growth(days).map_or(0, |it| it.value)
    }));
    figures.extend(ranking("top-downloads", &versions, |it| it.last()));
    figures.extend(tags(&versions, &asked, query.contains("by=loader")));
    figures.extend(months(&versions));
    figures.push(sums(&members));
    let game_version = parameter(query, "game-version");
    let rows = version_rows(&versions, days, game_version);
    let found = rows.len();
    figures.extend(rows);
    figures.extend(project_rows(&members));
    figures.push(how_many("All versions", found));
    figures.push(how_many("Projects", members.len()));
    figures
}

fn total_card(members: &[Member<'_>], site: Site, asked: &Asked<'_>) -> Figure {
    let curves = downloads(members, None);
    let own = total(&curves).unwrap();
    let label = site_name(site);
    let told = joined([
        label.to_owned(),
        said::count(own.value),
        format!(
            "since your last visit downloads, as of {}",
            said::instant(own.at)
        ),
        grown(&curves, asked),
    ]);
    (format!("card {label}"), told)
}

fn people_card(members: &[Member<'_>], site: Site, asked: &Asked<'_>) -> Figure {
    let curves: Vec<_> = members.iter().map(|it| &it.people).collect();
    let own = total(&curves).unwrap();
    let label = match site {
        Site::Modrinth => "Followers",
        Site::Curseforge => "Thumbs up",
    };
    let told = joined([
        label.to_owned(),
        said::count(own.value),
        format!("as of {}", said::instant(own.at)),
        grown(&curves, asked),
    ]);
    ("card people".to_owned(), told)
}

fn count_card(versions: &[Listed<'_>], days: Days) -> Figure {
    let published = versions.iter().map(|it| day_of(it.version.published_at));
    let published = published
        .filter(|day| days.from <= *day && *day <= days.to)
        .count();
    let gone = versions.iter().filter(|it| it.gone_at.is_some()).count();
    let published = match published {
        0 => "none published".to_owned(),
        some => format!("{some} published"),
    };
    let told = joined([
        format!("Versions {}", versions.len() - gone),
        format!("{published}, {}", said::days(days)),
        match gone {
            0 => String::new(),
            some => format!("{some} no longer listed"),
        },
    ]);
    ("card count".to_owned(), told)
}

fn newest_card(versions: &[Listed<'_>]) -> Figure {
    let newest = &versions[0];
    let told = joined([
        format!("Newest version {}", newest.name),
        format!(
            "{} downloads · {} days old",
            said::count(newest.last()),
            newest.days_old()
        ),
        format!(
            "Last update: {}",
            said::instant(newest.version.published_at)
        ),
    ]);
    ("card newest".to_owned(), told)
}

/// The ten that are ahead, each with its part of all that are listed.
fn ranking(name: &str, versions: &[Listed<'_>], value: impl Fn(&Listed<'_>) -> i64) -> Vec<Figure> {
    let is_counted = |it: &Listed<'_>| it.gone_at.is_none() || name == "top-growth";
    let shares = shares_of(versions, |it| if is_counted(it) { value(it) } else { 0 });
    let mut ahead: Vec<(&Listed<'_>, i64)> = versions.iter().zip(shares).collect();
    ahead.retain(|(it, _)| value(it) > 0);
    ahead.sort_by_key(|(it, _)| Reverse(value(it)));
    let row = |(it, share): &(&Listed<'_>, i64)| {
        let told = match name {
            "top-growth" => said::change(value(it)),
            _ => said::count(value(it)),
        };
        let share = match is_counted(it) {
            true => said::percent(*share),
            false => String::new(),
        };
        (
            name.to_owned(),
            joined([it.version.number.to_owned(), told, share]),
        )
    };
    ahead.iter().take(10).map(row).collect()
}

fn shares_of(versions: &[Listed<'_>], value: impl Fn(&Listed<'_>) -> i64) -> Vec<i64> {
    shares(&versions.iter().map(value).collect::<Vec<_>>())
}

/// By game version or by loader: a version counts fully for each of its tags.
fn tags(versions: &[Listed<'_>], asked: &Asked<'_>, by_loader: bool) -> Vec<Figure> {
    let mut tags: BTreeMap<&str, Vec<&Listed<'_>>> = BTreeMap::new();
    for it in versions {
        let own = match by_loader {
            true => it.version.loaders,
            false => it.version.game_versions,
        };
        for tag in own {
            tags.entry(tag).or_default().push(it);
        }
    }
    let grown = |of: &[&Listed<'_>], days: Days| -> Option<Growth> {
        together(of.iter().map(|it| it.growth(days)))
    };
    let mut ranked: Vec<(&str, Vec<&Listed<'_>>)> = tags.into_iter().rev().collect();
    ranked.sort_by_key(|(_, of)| Reverse(grown(of, asked.period.days).map(|it| it.value)));
    let told =
        |growth: Option<Growth>| growth.map_or_else(|| "–".to_owned(), |it| said::change(it.value));
    let (drawn, others) = ranked.split_at(ranked.len().min(8));
    let told_of = |(tag, of): &(&str, Vec<&Listed<'_>>)| {
        format!("{tag} {}", told(grown(of, asked.period.days)))
    };
    let key = |name: &str, it: &(&str, Vec<&Listed<'_>>)| (name.to_owned(), told_of(it));
    let sentence: Vec<String> = drawn.iter().map(told_of).collect();
    let sentence = format!(
        "Growth, {}: {}.",
        said::days(asked.period.days),
        sentence.join(", ")
    );
    let (per, others_are) = match asked.period.drawn.count() {
        ..=MOST_DAYS => ("per day", "days that aren’t over are"),
        _ => ("per week", "weeks that aren’t whole are"),
    };
    let caption = format!(
        "Downloads by {}, {per}, {} (UTC days). Numbers are the growth over the period; \
         {others_are} in the table only.",
        if by_loader { "loader" } else { "game version" },
        said::long_days(asked.period.drawn)
    );
    let keys = drawn.iter().map(|it| key("tag", it));
    let others = others.iter().map(|it| key("other tag", it));
    let row = |days: &Days| {
        let cells: Vec<String> = drawn.iter().map(|(_, of)| told(grown(of, *days))).collect();
        (format!("tags {}", days.from), cells.join(" "))
    };
    let rows = asked.period.drawn.rows("day", MOST_DAYS);
    drawing(&caption, &sentence)
        .into_iter()
        .chain(keys)
        .chain(others)
        .chain(rows.iter().rev().map(row))
        .collect()
}

/// How many were published in each month, by channel.
fn months(versions: &[Listed<'_>]) -> Vec<Figure> {
    let channels = ["release", "beta", "alpha"];
    let of = |channel: &str| versions.iter().any(|it| it.version.channel == channel);
    let channels: Vec<&str> = channels.into_iter().filter(|it| of(it)).collect();
    let in_all = channels.iter().map(|channel| {
        let own = versions.iter().filter(|it| *channel == it.version.channel);
        format!("{channel} {}", own.count())
    });
    let sentence = format!("{}.", in_all.collect::<Vec<_>>().join(", "));
    let published = |it: &Listed<'_>| day_of(it.version.published_at);
    let days = Days {
        from: versions.iter().map(published).min().unwrap(),
        to: today(),
    };
    let caption = format!(
        "{}, {} (UTC days)",
        match versions.len() {
            1 => "1 version with a publish date".to_owned(),
            some => format!("{some} versions by publish date"),
        },
        said::long_days(days)
    );
    let mut months: BTreeMap<Reverse<jiff::civil::Date>, Vec<&Listed<'_>>> = BTreeMap::new();
    for it in versions {
        let month = day_of(it.version.published_at).first_of_month();
        months.entry(Reverse(month)).or_default().push(it);
    }
    let row = |(Reverse(month), of): (Reverse<jiff::civil::Date>, Vec<&Listed<'_>>)| {
        let count = |channel: &&str| {
            let own = of.iter().filter(|it| *channel == it.version.channel);
            own.count().to_string()
        };
        let mut cells: Vec<String> = channels.iter().map(count).collect();
        let mut numbers: Vec<&str> = of.iter().map(|it| it.version.number).collect();
        numbers.dedup();
        cells.push(numbers.join(", "));
        (format!("published {month}"), cells.join(" "))
    };
    let drawing = drawing(&caption, &sentence).into_iter();
    drawing.chain(months.into_iter().map(row)).collect()
}

/// The sum over the newest complete listing of each project.
fn sums(members: &[Member<'_>]) -> Figure {
    let (mut sum, mut count, mut at): (i64, usize, Option<Timestamp>) = (0, 0, None);
    for member in members.iter().filter(|it| it.left_at.is_none()) {
        let mut newest_first = member.project.answers.iter().rev();
        let listing: &Answer = newest_first.find(|it| it.complete).unwrap();
        sum += listing.versions.iter().map(|it| it.1).sum::<i64>();
        count += listing.versions.len();
        at = Some(at.map_or(listing.at, |so_far| so_far.min(listing.at)));
    }
    let told = format!(
        "The downloads at the top are the counters that the platform states for whole projects. \
         The sum over versions is {} ({count} versions, listed {}): a counter of its own, which a \
         removed version leaves and the project’s doesn’t.",
        said::count(sum),
        said::instant(at.unwrap())
    );
    ("sums".to_owned(), told)
}

/// Shares are of all versions, also where only those for one game version are shown.
fn version_rows(versions: &[Listed<'_>], days: Days, game_version: Option<&str>) -> Vec<Figure> {
    let shares = shares_of(versions, |it| match it.gone_at {
        None => it.last(),
        Some(_) => 0,
    });
    let row = |(it, share): (&Listed<'_>, i64)| {
        let growth = it.growth(days);
        let gone = it
            .gone_at
            .map(|at| format!("gone since {}", said::instant(at)));
        let told = [
            it.version.number.to_owned(),
            gone.clone().unwrap_or_default(),
            said::instant(it.version.published_at),
            said::count(it.last()),
            gone.map_or_else(|| said::percent(share), |_| "–".to_owned()),
            growth.map_or_else(|| "–".to_owned(), |it| said::change(it.value)),
        ];
        ("version".to_owned(), joined(told))
    };
    let is_shown =
        |it: &Listed<'_>| game_version.is_none_or(|of| it.version.game_versions.contains(&of));
    let rows = versions.iter().zip(shares);
    rows.filter(|it| is_shown(it.0)).map(row).collect()
}
