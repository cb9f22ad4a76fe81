//! Every figure of every page equals a computation of its own: from the answers of a year, without
//! the store and without the dashboard.

mod cast;
mod counted;
pub mod dom;
mod history;
mod modpacks;
mod overview;
mod packs;
mod past;
mod periods;
mod platform;
mod portfolio;
mod rows;
mod said;
mod shown;
mod told;
mod truth;
mod versions;
mod write;

use dom::Element;
use history::{CREATE, RAILS, Site, Year};
use past::Of;
use told::Figure;

use crate::{Served, StoreSlot, database};

type Read = fn(&Element) -> Vec<Figure>;

const OF_FIRST_PAGE: [Read; 2] = [shown::facts, shown::mods];
const OF_OVERVIEW: [Read; 4] = [
    shown::total_cards,
    shown::facts,
    shown::day_rows,
    shown::projects,
];
const OF_HISTORY: [Read; 2] = [shown::facts, shown::day_rows];
const OF_PLATFORM: [Read; 8] = [
    shown::total_cards,
    shown::platform_cards,
    shown::day_rows,
    shown::rankings,
    shown::tags,
    shown::months,
    shown::versions,
    shown::projects,
];

/// Asks for pages, and keeps what they show wrongly.
struct Reader {
    served: Served,
    wrong: Vec<String>,
}

impl Reader {
    /// What a page shows is what it has to: no figure is missing, none is beside.
    async fn compare(&mut self, address: &str, of: &[Read], expected: Vec<Figure>) {
        let page = self.served.text(address.trim_end_matches('?')).await;
        let page = dom::parse(&page);
        let shown: Vec<Figure> = of.iter().flat_map(|read| read(&page)).collect();
        for place in 0..shown.len().max(expected.len()) {
            let (shown, expected) = (shown.get(place), expected.get(place));
            if shown != expected {
                let (shown, expected) = (said(shown), said(expected));
                self.wrong
                    .push(format!("{address}\n  shows {shown}\n  not   {expected}"));
            }
        }
    }
}

fn said(figure: Option<&Figure>) -> String {
    figure.map_or_else(
        || "nothing".to_owned(),
        |(name, text)| format!("{name}: {text}"),
    )
}

/// Two parts of a query.
fn canonical(subject: &str, query: &str) -> String {
    let parts = [subject, query].into_iter().filter(|it| !it.is_empty());
    parts.collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn every_figure_of_every_page_is_what_the_answers_of_a_year_say() {
    let year = Year::new();
    let (store, _folder) = database().await;
    write::write(&year, &store).await;
    let mut reader = Reader {
        served: Served::start(StoreSlot::open(store), vec![]).await,
        wrong: Vec::new(),
    };
    let expected = portfolio::first_page(&year);
    reader.compare("/", &OF_FIRST_PAGE, expected).await;
    for (of, query) in [
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
        (RAILS, "period=7d&compare=none"),
    ] {
        let name = year.mods[of].name;
        let address = format!("/mods/default/{name}?{query}");
        let expected = overview::overview(&year, of, query);
        reader.compare(&address, &OF_OVERVIEW, expected).await;
    }
    for (of, site, query) in [
        (CREATE, Site::Modrinth, ""),
        (CREATE, Site::Modrinth, "period=12mo&by=loader"),
        (
            CREATE,
            Site::Modrinth,
            "period=custom&from=2026-06-01&to=2026-07-20",
        ),
        (CREATE, Site::Curseforge, "period=month"),
        (RAILS, Site::Modrinth, "period=91d&compare=none&by=loader"),
    ] {
        let (name, tab) = (year.mods[of].name, told::site_name(site).to_lowercase());
        let address = format!("/mods/default/{name}/{tab}?{query}");
        let expected = platform::platform(&year, of, site, query);
        reader.compare(&address, &OF_PLATFORM, expected).await;
    }
    let address = "/mods/default/create-nuclear/modpacks?state=all";
    reader
        .compare(address, &[shown::modpacks], modpacks::modpacks(&year))
        .await;
    for (of, subject, query) in [
        (Of::Downloads, "", ""),
        (Of::Downloads, "", "period=last-month&compare=year"),
        (Of::Downloads, "", "period=12mo&by=month"),
        (Of::Downloads, "", "period=all&by=week"),
        (Of::Followers, "metric=followers", ""),
        (Of::Version("n4"), "of=version:modrinth:n4", "period=year"),
        (
            Of::Pack("fusion"),
            "of=modpack:modrinth:fusion",
            "period=28d",
        ),
    ] {
        let address = format!(
            "/mods/default/create-nuclear/history?{}",
            canonical(subject, query)
        );
        let expected = past::past(&year, CREATE, of, query);
        reader.compare(&address, &OF_HISTORY, expected).await;
    }
    let wrong = reader.wrong;
    assert!(
        wrong.is_empty(),
        "{} figures:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
