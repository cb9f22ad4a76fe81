//! The limits of the whole: one mod, versions by the alphabet, errors that nobody sees.

use modstats_dashboard::StoreSlot;
use modstats_store::model::{Platform, Source};
use serde_json::Value;

use super::{PAGE, gears, page, read, texts};
use crate::seed::{Project, Subject, at, collect, fail, version};
use crate::{Served, database};

#[tokio::test]
async fn defect_33_several_mods_are_tracked() {
    let (store, _folder) = database().await;
    let when = at("2026-11-22T00:00Z");
    for (name, downloads) in [("anvils", 10), ("bells", 20), ("candles", 30)] {
        let subject = Subject {
            name,
            display_name: None,
            projects: vec![Project::new(Platform::Modrinth, name, name)],
            ..gears()
        };
        collect(
            &store,
            &subject,
            Platform::Modrinth,
            when,
            downloads,
            vec![],
        )
        .await;
    }
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let front = page(&served, "/").await;
    assert_eq!(texts(&front, ".mods h2"), ["candles", "bells", "anvils"]);
    assert_eq!(texts(&front, ".mods .sum .big"), ["30", "20", "10"]);
    for name in ["anvils", "bells", "candles"] {
        let page = page(&served, &format!("/mods/default/{name}")).await;
        assert_eq!(page.text_of("h1").unwrap(), name);
    }
}

#[tokio::test]
async fn defect_33_versions_are_chosen_by_age_and_the_gone_are_told_from_the_others() {
    let (store, _folder) = database().await;
    let numbered = |(id, number, published): (&str, &str, &str)| {
        version(id, number, at(&format!("2026-{published}T00:00Z")), 9)
    };
    let (old, newer, newest, gone) = (
        ("a", "1.2", "01-01"),
        ("b", "1.10", "03-01"),
        ("c", "1.9", "04-01"),
        ("d", "1.3", "02-01"),
    );
    for (when, listed) in [
        ("2026-11-20T00:00Z", vec![old, newer, newest, gone]),
        ("2026-11-21T00:00Z", vec![old, newer, newest]),
    ] {
        let versions = listed.into_iter().map(numbered).collect();
        collect(&store, &gears(), Platform::Modrinth, at(when), 36, versions).await;
    }
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let history = page(&served, &format!("{PAGE}/history")).await;
    let offered = texts(&history, "select[name=of] optgroup option");
    let order = ["1.9", "1.10", "1.3", "1.2"].map(|it| format!("Modrinth {it}"));
    assert_eq!(offered, order, "the newest first");
    let platform = page(&served, &format!("{PAGE}/modrinth?sort=name")).await;
    assert_eq!(
        texts(&platform, "table.versions .label"),
        ["1.2", "1.3", "1.9", "1.10"]
    );
    let flagged = texts(&platform, "table.versions tr.gone");
    assert!(
        flagged.len() == 1 && flagged[0].starts_with("1.3"),
        "{flagged:?}"
    );
    assert!(flagged[0].contains("gone since 21 Nov 2026"), "{flagged:?}");
}

#[tokio::test]
async fn defect_33_errors_are_told_where_the_numbers_are() {
    let (store, _folder) = database().await;
    read(&store, &[("2026-11-21T00:00Z", 1_000)]).await;
    let when = at("2026-11-22T12:00Z");
    fail(
        &store,
        &gears(),
        Source::Modrinth,
        when,
        "the platform answered 500",
    )
    .await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    for address in ["/", PAGE, &format!("{PAGE}/modrinth"), "/runs"] {
        let text = page(&served, address).await.text();
        assert!(
            text.contains("the platform answered 500"),
            "{address}: {text}"
        );
    }
    let told = served.json("/api/v1/mods/default/gears").await;
    let problem = &told["sources"][0]["problems"][0]["message"];
    assert_eq!(problem, &Value::from("the platform answered 500"));
    // A phone's own width counts, which tests in a browser look at.
    let page = page(&served, PAGE).await;
    let viewport = page.first("meta[name=viewport]").unwrap();
    assert_eq!(
        viewport.attribute("content").unwrap(),
        "width=device-width, initial-scale=1"
    );
}
