//! The pages that are looked at, what of each is read, and what it has to show.

use super::dom::Element;
use super::history::{CREATE, QUARRY, RAILS, Site, Year};
use super::told::Figure;
use super::{compare, modpacks, overview, past, platform, portfolio, runs, shown, told};

pub type Read = fn(&Element) -> Vec<Figure>;

pub struct Page {
    pub address: String,
    pub of: &'static [Read],
    pub expected: Vec<Figure>,
}

const HISTORIES: &[&str] = &[
    "",
    "period=last-month&compare=year",
    "period=12mo&by=month",
    "period=all&by=week",
    "metric=followers",
    "of=version:modrinth:n4&period=year",
    "of=modpack:modrinth:fusion&period=28d",
    "of=version:modrinth:n2&period=year&by=week",
    "metric=versions-downloads",
    "metric=versions-downloads&period=all&by=month",
    "platform=modrinth&metric=versions-downloads&period=custom&from=2026-07-25&to=2026-10-05&trend=yes",
    "metric=versions&period=12mo&by=week",
    "metric=thumbs-up&period=custom&from=2026-06-15&to=2026-07-20",
    "metric=followers&period=all&by=month",
    "platform=curseforge&period=year&compare=year",
    "project=modrinth:AAnuclear&compare=previous",
    "project=curseforge:700700&period=12mo&by=week",
    "period=48h",
    "platform=modrinth&metric=followers&period=7d&by=run",
    "period=custom&from=2026-10-25&to=2026-11-18&by=run",
    "period=custom&from=2026-06-01&to=2026-06-28&by=run",
    "period=since&version=modrinth:n6&compare=previous",
    "of=version:curseforge:c2&period=since&version=modrinth:n4&by=week&trend=yes",
    "trend=yes",
    "chart=growth&trend=yes",
    "period=all&by=week&trend=yes",
    "platform=modrinth&period=year&by=month&chart=growth&trend=yes",
    "period=48h&trend=yes",
];
const COMPARISONS: &[&str] = &[
    "item=mod:default/create-nuclear&item=mod:default/create-rails",
    "item=mod:default/create-nuclear&item=project:modrinth:AAnuclear&item=project:curseforge:989797\
     &item=version:modrinth:n4&item=version:modrinth:n2&period=12mo&by=week",
    "item=project:curseforge:700700&item=project:modrinth:BBaddon&period=year&by=month",
    "item=version:modrinth:n6&item=version:modrinth:n5&period=28d",
    "item=mod:default/create-quarry&item=project:curseforge:989797&period=all&by=month",
    "item=mod:default/create-nuclear&item=mod:default/create-rails&period=48h",
];
const MODPACKS: &[&str] = &[
    "",
    "state=all",
    "state=new",
    "state=lost",
    "platform=curseforge",
    "platform=modrinth&state=all",
    "state=all&q=ninety",
    "project=modrinth:AAnuclear",
    "project=curseforge:989797&state=all",
];
const PORTFOLIOS: &[&str] = &[
    "",
    "q=trains",
    "q=reborn",
    "q=nothing",
    "show=stale",
    "show=moving&sort=name",
    "sort=yesterday&order=asc",
];
const RUNS: &[&str] = &[
    "",
    "mod=default/create-nuclear",
    "state=failed",
    "state=partial",
    "state=lost",
    "state=running",
    "mod=default/create-nuclear&before=1700&limit=200",
    "source=modpacks&limit=200",
    "before=30",
    "limit=500",
];

pub fn all(year: &Year) -> Vec<Page> {
    let mut pages = portfolios(year);
    pages.extend(modpacks_of(year));
    pages.extend(overviews(year));
    pages.extend(kiosks(year));
    pages.extend(platforms(year));
    pages.extend(histories(year));
    pages.extend(comparisons(year));
    pages.extend(runs_of(year));
    pages
}

fn portfolios(year: &Year) -> Vec<Page> {
    let page = |query: &&str| Page {
        address: with_query("/", query),
        of: &[shown::facts, shown::mods],
        expected: portfolio::first_page(year, query),
    };
    PORTFOLIOS.iter().map(page).collect()
}

fn modpacks_of(year: &Year) -> Vec<Page> {
    let page = |query: &&str| Page {
        address: address(year, CREATE, "modpacks", query),
        of: &[shown::freshness, shown::modpacks, shown::rankings],
        expected: of_mod(year, CREATE, modpacks::modpacks(year, query)),
    };
    MODPACKS.iter().map(page).collect()
}

fn overviews(year: &Year) -> Vec<Page> {
    let page = |(of, query): (usize, &str)| Page {
        address: address(year, of, "", query),
        of: &[
            shown::freshness,
            shown::total_cards,
            shown::facts,
            shown::day_rows,
            shown::chart,
            shown::projects,
            shown::counts,
        ],
        expected: of_mod(year, of, overview::overview(year, of, query)),
    };
    [
        (CREATE, ""),
        (CREATE, "period=7d"),
        (CREATE, "period=91d"),
        (CREATE, "period=month"),
        (CREATE, "period=year"),
        (CREATE, "period=last-month"),
        (CREATE, "period=12mo"),
        (CREATE, "period=all"),
        (CREATE, "compare=year"),
        (CREATE, "period=custom&from=2026-02-01&to=2026-02-28"),
        (CREATE, "period=custom&from=2026-07-13&to=2026-07-17"),
        (CREATE, "period=48h"),
        (CREATE, "period=48h&chart=total"),
        (CREATE, "period=12mo&chart=total"),
        (CREATE, "period=since&version=modrinth:n6"),
        (CREATE, "project=modrinth:AAnuclear&period=91d"),
        (RAILS, "period=7d&compare=none"),
        (QUARRY, "period=12mo"),
    ]
    .map(page)
    .into()
}

fn kiosks(year: &Year) -> Vec<Page> {
    let page = |(of, query): (usize, &str)| Page {
        address: with_query(&format!("/kiosk/default/{}", year.mods[of].name), query),
        of: &[
            shown::freshness,
            shown::total_cards,
            shown::facts,
            shown::day_rows,
            shown::chart,
        ],
        expected: of_mod(year, of, overview::kiosk(year, of, query)),
    };
    [
        (CREATE, ""),
        (CREATE, "project=modrinth:AAnuclear&period=91d&chart=total"),
        (QUARRY, "period=12mo"),
    ]
    .map(page)
    .into()
}

fn platforms(year: &Year) -> Vec<Page> {
    let page = |(of, site, query): (usize, Site, &str)| Page {
        address: address(year, of, &told::site_name(site).to_lowercase(), query),
        of: &[
            shown::freshness,
            shown::total_cards,
            shown::platform_cards,
            shown::day_rows,
            shown::chart,
            shown::rankings,
            shown::tags,
            shown::months,
            shown::versions,
            shown::projects,
            shown::counts,
        ],
        expected: of_mod(year, of, platform::platform(year, of, site, query)),
    };
    let days = "period=custom&from=2026-06-01&to=2026-07-20";
    [
        (CREATE, Site::Modrinth, ""),
        (CREATE, Site::Modrinth, "period=12mo&by=loader"),
        (CREATE, Site::Modrinth, days),
        (CREATE, Site::Curseforge, "period=month"),
        (CREATE, Site::Modrinth, "period=48h"),
        (CREATE, Site::Curseforge, "period=91d&chart=total"),
        (CREATE, Site::Modrinth, "project=modrinth:AAnuclear"),
        (CREATE, Site::Modrinth, "period=year&game-version=1.20.1"),
        (
            CREATE,
            Site::Curseforge,
            "period=since&version=curseforge:c2",
        ),
        (RAILS, Site::Modrinth, "period=91d&compare=none&by=loader"),
    ]
    .map(page)
    .into()
}

fn histories(year: &Year) -> Vec<Page> {
    let page = |query: &&str| Page {
        address: address(year, CREATE, "history", query),
        of: &[
            shown::freshness,
            shown::facts,
            shown::trend,
            shown::day_rows,
            shown::chart,
        ],
        expected: of_mod(year, CREATE, past::past(year, CREATE, query)),
    };
    HISTORIES.iter().map(page).collect()
}

fn comparisons(year: &Year) -> Vec<Page> {
    let page = |query: &&str| Page {
        address: format!("/compare?{query}"),
        of: &[shown::items, shown::day_rows, shown::chart],
        expected: compare::compare(year, query),
    };
    COMPARISONS.iter().map(page).collect()
}

fn runs_of(year: &Year) -> Vec<Page> {
    let page = |query: &&str| Page {
        address: with_query("/runs", query),
        of: &[shown::runs],
        expected: runs::runs(year, query),
    };
    RUNS.iter().map(page).collect()
}

/// Of a page of a mod.
fn address(year: &Year, of: usize, tab: &str, query: &str) -> String {
    let path = format!("/mods/default/{}/{tab}", year.mods[of].name);
    with_query(path.trim_end_matches('/'), query)
}

fn with_query(path: &str, query: &str) -> String {
    match query {
        "" => path.to_owned(),
        _ => format!("{path}?{query}"),
    }
}

/// What all pages of a mod begin with, and then the figures of one of them.
fn of_mod(year: &Year, of: usize, figures: Vec<Figure>) -> Vec<Figure> {
    [told::fresh_lines(year, of), figures].concat()
}
