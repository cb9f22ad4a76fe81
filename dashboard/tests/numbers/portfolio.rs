//! What the first page has to show.

use jiff::ToSpan;

use super::counted::{Total, downloads, growth, members, portfolio, today, total};
use super::history::{QUARRY, Site, Year};
use super::overview::yesterday;
use super::periods::Days;
use super::said;
use super::told::{Asked, Figure, freshness, grown, joined, site_name};

pub fn first_page(year: &Year) -> Vec<Figure> {
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
    let mut cards: Vec<(i64, Figure)> = (0..year.mods.len()).map(|of| card(year, of)).collect();
    cards.sort_by_key(|it| std::cmp::Reverse(it.0));
    facts
        .into_iter()
        .chain(cards.into_iter().map(|it| it.1))
        .collect()
}

fn yesterday_alone() -> Days {
    let day = today() - 1.day();
    Days { from: day, to: day }
}

/// Whose last seven days differ most from the seven before.
fn movers(year: &Year) -> (String, String) {
    let week = Days {
        from: today() - 7.days(),
        to: today() - 1.day(),
    };
    let mut moved: Vec<(i64, f64, String)> = Vec::new();
    for (of, tracked) in year.mods.iter().enumerate() {
        let members = members(year, of);
        let curves = downloads(&members, None);
        let grown = |days| growth(&curves, days).map(|it| it.value);
        let Some((now, then)) = grown(week).zip(grown(week.back(7))) else {
            continue;
        };
        let (size, share) = (now - then, (now - then) as f64 / then as f64);
        let told = format!(
            "{}: {} ({})",
            tracked.title,
            said::change(size),
            said::relative(then, now)
        );
        moved.push((size, share, told));
    }
    let told = |moved: &[(i64, f64, String)]| joined(moved.iter().map(|it| it.2.clone()));
    moved.sort_by_key(|it| std::cmp::Reverse(it.0.abs()));
    let by_size = told(&moved);
    moved.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
    (by_size, told(&moved))
}

/// With its total, by which the cards are sorted.
fn card(year: &Year, of: usize) -> (i64, Figure) {
    let tracked = &year.mods[of];
    let members = members(year, of);
    let curves = downloads(&members, None);
    let name = format!("default/{}", tracked.name);
    let who = format!("{} {name}", tracked.title);
    let Some(Total { value: sum, .. }) = total(&curves) else {
        let told = format!(
            "{who} – no data yet nothing to count from {}",
            freshness(year, of)
        );
        return (0, (format!("mod {name}"), told));
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
        freshness(year, of),
    ]);
    (sum, (format!("mod {name}"), told))
}
