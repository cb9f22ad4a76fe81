//! The defects of the predecessor's pages, each by the number under which it was found, and that they
//! are none here. Its collector's are told by the tests of collecting, that of its connection by
//! those of the program on PostgreSQL, and 32 by those of hostile names.

mod history;
mod pages;
mod several;

use modstats_dashboard::StoreSlot;
use modstats_store::Store;
use modstats_store::model::{Outcome, Platform, ProjectObservation};

use crate::numbers::dom::{Element, parse};
use crate::seed::{Found, Project, Subject, at, collect, list_modpacks};
use crate::{Served, database};

const PAGE: &str = "/mods/default/gears";

fn gears() -> Subject {
    Subject {
        namespace: "default",
        name: "gears",
        display_name: Some("Gears"),
        projects: vec![
            Project::new(Platform::Modrinth, "gears", "Gears"),
            Project::new(Platform::Curseforge, "989797", "Gears"),
        ],
        declared: &[],
    }
}

/// Readings of the project on Modrinth.
async fn read(store: &Store, readings: &[(&str, i64)]) {
    for (when, downloads) in readings {
        let subject = gears();
        let when = at(when);
        collect(
            store,
            &subject,
            Platform::Modrinth,
            when,
            *downloads,
            vec![],
        )
        .await;
    }
}

/// A complete list of the mod's packs on a platform.
async fn list(
    store: &Store,
    platform: Platform,
    when: &str,
    packs: Vec<(ProjectObservation, Found)>,
) {
    let (subject, when) = (gears(), at(when));
    list_modpacks(store, &subject, platform, when, Outcome::Complete, packs).await;
}

/// A dashboard on these readings alone.
async fn served(readings: &[(&str, i64)]) -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    read(&store, readings).await;
    (Served::start(StoreSlot::open(store), vec![]).await, folder)
}

async fn page(served: &Served, address: &str) -> Element {
    parse(&served.text(address).await)
}

fn texts(page: &Element, selector: &str) -> Vec<String> {
    page.all(selector).iter().map(Element::text).collect()
}

fn fact(page: &Element, name: &str) -> String {
    page.text_of(&format!(".fact[data-fact={name}]")).unwrap()
}

/// Of each day in a chart's table: the day, the total, the growth.
fn days(page: &Element) -> Vec<[String; 3]> {
    let row = |row: &Element| {
        let day = row.attribute("data-from").unwrap();
        let cells = texts(row, "td.number");
        [day, cells[0].clone(), cells[1].clone()]
    };
    page.all("#figure-table tbody tr").iter().map(row).collect()
}
