//! What the other pages say, and what nobody can do on them.

use modstats_dashboard::StoreSlot;
use modstats_store::model::{Platform, VersionObservation};
use modstats_store::{RunPage, Store};
use reqwest::Method;

use super::{PAGE, fact, gears, list, page, read, served, texts};
use crate::numbers::dom::parse;
use crate::seed::{Found, at, collect, pack, version};
use crate::{NOW, Served, database, file};

#[tokio::test]
async fn defect_03_a_pack_whose_id_is_a_number_is_listed_and_has_a_history() {
    let (store, _folder) = database().await;
    let (subject, when) = (gears(), at("2026-11-20T00:00Z"));
    collect(&store, &subject, Platform::Curseforge, when, 5, vec![]).await;
    for (when, downloads) in [("2026-11-20T01:00Z", 40), ("2026-11-21T01:00Z", 52)] {
        let packs = vec![(
            pack(Platform::Curseforge, "1234567", "Atoms", downloads),
            Found::Named,
        )];
        list(&store, Platform::Curseforge, when, packs).await;
    }
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let packs = page(&served, &format!("{PAGE}/modpacks")).await;
    assert_eq!(texts(&packs, "table.modpacks code"), ["1234567"]);
    assert_eq!(texts(&packs, "table.modpacks td.number"), ["52", "+12"]);
    let history = format!("{PAGE}/history?of=modpack:curseforge:1234567");
    assert!(fact(&page(&served, &history).await, "total").contains("52"));
}

#[tokio::test]
async fn defect_15_yesterday_and_the_age_of_the_data_are_told() {
    let (served, _folder) = served(&[
        ("2026-11-21T00:00Z", 1_000),
        ("2026-11-22T00:00Z", 1_110),
        ("2026-11-22T03:12Z", 1_130),
    ])
    .await;
    let page = page(&served, PAGE).await;
    assert!(
        fact(&page, "yesterday").contains("+110"),
        "{}",
        fact(&page, "yesterday")
    );
    // Of the reading, and not of the page, which is made at 15:20.
    let card = page.first(".card[data-platform=modrinth]").unwrap();
    assert!(card.text().contains("1,130") && card.text().contains("22 Nov 2026, 03:12"));
    assert_eq!(NOW, "2026-11-22T15:20:00Z");
    assert!(texts(&page, ".freshness li")[0].contains("03:12"));
    assert!(!page.text().contains("N/A") && !card.text().contains("15:20"));
}

/// A version for one version of the game.
fn of_game(id: &str, number: &str, game: &str, downloads: i64) -> VersionObservation {
    let mut version = version(id, number, at("2026-01-01T00:00Z"), downloads);
    let description = version.description.as_mut().unwrap();
    description.game_versions = vec![game.to_owned()];
    version
}

#[tokio::test]
async fn defect_16_game_versions_are_told_by_downloads_and_packs_from_when_they_were_added() {
    let (store, _folder) = database().await;
    // Three uploads for the old one bring 10 each, the only one for the new one 500.
    for (when, grown, big) in [("2026-11-15T00:00Z", 0, 0), ("2026-11-22T00:00Z", 10, 500)] {
        let old = ["a", "b", "c"].map(|id| of_game(id, id, "1.20", 1_000 + grown));
        let versions = old
            .into_iter()
            .chain([of_game("d", "d", "1.21", 7 + big)])
            .collect();
        let when = at(when);
        collect(
            &store,
            &gears(),
            Platform::Modrinth,
            when,
            3_007 + big,
            versions,
        )
        .await;
    }
    // One pack falls, one was seen once only.
    for (when, packs) in [
        ("2026-11-20T00:00Z", vec![("falls", 812)]),
        ("2026-11-21T00:00Z", vec![("falls", 700), ("new", 5_000)]),
    ] {
        let pack = |(id, downloads)| (pack(Platform::Modrinth, id, id, downloads), Found::Inside);
        let packs = packs.into_iter().map(pack).collect();
        list(&store, Platform::Modrinth, when, packs).await;
    }
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let modrinth = page(&served, &format!("{PAGE}/modrinth?period=7d")).await;
    assert_eq!(texts(&modrinth, "#tags .legend"), ["1.21 +500", "1.20 +30"]);
    let packs = page(&served, &format!("{PAGE}/modpacks")).await;
    let rows: Vec<Vec<String>> = packs
        .all("table.modpacks tbody tr")
        .iter()
        .map(|row| texts(row, "td.number"))
        .collect();
    assert_eq!(rows, [["5,000", "0"], ["700", "−112"]]);
}

#[tokio::test]
async fn defect_17_an_instant_is_told_whatever_its_digits_in_the_readers_zone() {
    let (store, _folder) = database().await;
    for (id, published) in [
        ("a", "2026-11-01T23:46:58.84Z"),
        ("b", "2026-11-02T23:46:38.3Z"),
        ("c", "2026-11-03T23:46:38Z"),
    ] {
        let versions = vec![version(id, id, at(published), 5)];
        let when = at("2026-11-20T00:00Z");
        collect(&store, &gears(), Platform::Modrinth, when, 5, versions).await;
        let when = at("2026-11-22T00:00Z");
        let versions = vec![version(id, id, at(published), 5)];
        collect(&store, &gears(), Platform::Modrinth, when, 5, versions).await;
    }
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let address = format!("http://{}{PAGE}/modrinth?order=asc", served.address);
    for (zone, told) in [
        (
            "Etc/UTC",
            [
                "1 Nov 2026, 23:46",
                "2 Nov 2026, 23:46",
                "3 Nov 2026, 23:46",
            ],
        ),
        (
            "Asia/Kathmandu",
            [
                "2 Nov 2026, 05:31",
                "3 Nov 2026, 05:31",
                "4 Nov 2026, 05:31",
            ],
        ),
    ] {
        let cookie = format!("zone={zone}");
        let request = served.client.get(&address).header("cookie", cookie);
        let page = parse(&request.send().await.unwrap().text().await.unwrap());
        let published = texts(&page, "table.versions td.when time");
        for (shown, told) in published.iter().zip(told) {
            assert!(shown.starts_with(told), "{zone}: {shown}");
        }
        assert_eq!(published.len(), 3, "{zone}");
    }
}

/// Every address of a page, of a file and of the API.
async fn addresses(served: &Served) -> Vec<String> {
    let document = served.json("/api/openapi.json").await;
    let api = document["paths"].as_object().unwrap().keys();
    let api = api.map(|it| {
        it.replace("{namespace}", "default")
            .replace("{name}", "gears")
    });
    let tabs = ["", "/modrinth", "/modpacks", "/history", "/modpacks.csv"];
    let tabs = tabs.map(|it| format!("{PAGE}{it}"));
    let others = ["/", "/runs", "/compare", "/mods.csv", "/runs.json", "/api"].map(str::to_owned);
    api.chain(tabs).chain(others).collect()
}

#[tokio::test]
async fn defect_26_no_visitor_starts_a_collection_and_no_failure_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&file(&folder)).await.unwrap();
    let served = Served::start(StoreSlot::open(store.clone()), vec![]).await;
    assert_eq!(served.get(PAGE).await.status(), 503);
    store.migrate().await.unwrap();
    read(
        &store,
        &[("2026-11-21T00:00Z", 1), ("2026-11-22T00:00Z", 2)],
    )
    .await;
    let page = page(&served, PAGE).await;
    for form in page.all("form") {
        let (method, action) = (form.attribute("method").unwrap(), form.attribute("action"));
        let is_ours = ["get", "dialog"].contains(&method.as_str());
        assert!(
            is_ours || action.as_deref() == Some("/preferences"),
            "{method} {action:?}"
        );
    }
    let known = async || {
        let snapshot = store.snapshot().await.unwrap();
        let runs = snapshot.runs(&RunPage::default(), at(NOW)).await.unwrap();
        (snapshot.generation().await.unwrap(), runs.len())
    };
    let before = known().await;
    for address in addresses(&served).await {
        assert_eq!(served.get(&address).await.status(), 200, "{address}");
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let status = served.ask(method.clone(), &address).await.status();
            assert_eq!(status, 405, "{method} {address}");
        }
    }
    assert_eq!(known().await, before);
}
