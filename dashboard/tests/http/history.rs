//! The history of a mod, of its versions and of its modpacks.

use jiff::{SignedDuration, Timestamp};
use modstats_dashboard::StoreSlot;
use modstats_store::Store;
use modstats_store::model::{Outcome, Platform, VersionObservation};

use crate::pages::{history, nuclear};
use crate::seed::{Found, at, collect, list_modpacks, pack, version};
use crate::{Served, database};

const PAGE: &str = "/mods/default/create-nuclear/history";

async fn served() -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    history(&store).await;
    for (day, downloads) in [("2026-11-20T03:12Z", 700), ("2026-11-21T03:12Z", 812)] {
        let packs = vec![(
            pack(Platform::Modrinth, "AtomPack", "Atom pack", downloads),
            Found::Inside,
        )];
        let (subject, asked) = (nuclear(), at(day));
        list_modpacks(
            &store,
            &subject,
            Platform::Modrinth,
            asked,
            Outcome::Complete,
            packs,
        )
        .await;
    }
    (Served::start(StoreSlot::open(store), vec![]).await, folder)
}

/// The cells of the table's row of a day.
fn row(page: &str, day: &str) -> Vec<String> {
    let start = format!("<tr data-from=\"{day}\"");
    let (_, row) = page.split_once(&start).unwrap_or_else(|| panic!("{page}"));
    let (row, _) = row.split_once("</tr>").unwrap();
    let cells = row.split("<td").skip(1);
    let text = |cell: &str| {
        let mut text = String::new();
        for piece in cell.split('<').map(|it| it.split_once('>')) {
            text.push_str(piece.map_or("", |(_, text)| text));
        }
        text.trim().to_owned()
    };
    cells.map(text).collect()
}

fn fact(page: &str, name: &str) -> String {
    let (_, fact) = page.split_once(&format!("data-fact=\"{name}\"")).unwrap();
    fact.split_once("</div>").unwrap().0.to_owned()
}

#[tokio::test]
async fn a_history_is_told_in_cards_and_rows() {
    let (served, _folder) = served().await;
    let page = served.text(&format!("{PAGE}?period=7d")).await;
    assert!(fact(&page, "total").contains("2,500,766,550"));
    assert!(fact(&page, "growth").contains("+7,700"));
    assert!(fact(&page, "mean").contains("1,100 a day"));
    let known = fact(&page, "known");
    assert!(known.contains("24 Sept 2026") && known.contains("60 days"));
    let cells = row(&page, "2026-11-20");
    assert_eq!(cells[1], "+1,100");
    assert_eq!(cells[3], "+1,000");
    assert_eq!(
        cells[6],
        "Modrinth 2,500,058,500 (12:00 UTC); CurseForge 705,850 (12:00 UTC)"
    );
    let weeks = served.text(&format!("{PAGE}?by=week")).await;
    assert_eq!(row(&weeks, "2026-11-09")[1], "+7,700");
    let runs = served.text(&format!("{PAGE}?period=48h")).await;
    assert_eq!(row(&runs, "2026-11-22T12:00:00Z")[1], "+550");
    let followers = served.text(&format!("{PAGE}?metric=followers")).await;
    assert!(!followers.contains("CurseForge 7"), "it has no followers");
}

#[tokio::test]
async fn a_version_and_a_modpack_have_a_history_too() {
    let (served, _folder) = served().await;
    let version = served.text(&format!("{PAGE}?of=version:modrinth:v2")).await;
    // Its release day counts, from 0 on.
    assert_eq!(row(&version, "2026-11-01")[0], "80");
    assert_eq!(row(&version, "2026-11-01")[1], "+80");
    assert!(row(&version, "2026-11-01")[3].contains("released 2.0"));
    let pack = served
        .text(&format!("{PAGE}?of=modpack:modrinth:AtomPack"))
        .await;
    assert_eq!(row(&pack, "2026-11-21")[0], "812");
    assert!(
        pack.contains("Modrinth Atom pack 700 (20 Nov 2026, 03:12 UTC)"),
        "{pack}"
    );
}

#[tokio::test]
async fn a_trend_says_how_steep_it_is() {
    let (served, _folder) = served().await;
    let total = served.text(&format!("{PAGE}?trend=yes")).await;
    assert!(
        total.contains("Trend: +1,100 a day, by all whole days of 25 Sept 2026 to 21 Nov 2026.")
    );
    let growth = served.text(&format!("{PAGE}?chart=growth&trend=yes")).await;
    assert!(
        growth.contains("each day brings 0.0 to the growth"),
        "{growth}"
    );
    assert!(growth.contains("class=\"line trend\""));
}

#[tokio::test]
async fn the_api_has_the_figures_of_a_history() {
    let (served, _folder) = served().await;
    let api = format!("/api/v1{PAGE}");
    let week = served.json(&format!("{api}?period=7d")).await;
    assert_eq!(week["total"]["value"], 2_500_766_550_i64);
    assert_eq!(week["growth"]["value"], 7_700);
    assert_eq!(week["mean"]["per_day"], 1_100.0);
    assert_eq!(week["first_day"], "2026-09-24");
    assert_eq!(week["days_known"], 60);
    let whole = served.json(&api).await;
    assert_eq!(whole["trend_of_total"]["per_day"], 1_100.0);
    assert_eq!(whole["trend_of_total"]["from"], "2026-09-25");
    assert_eq!(whole["trend_of_growth"]["per_day"], 0.0);
    let followers = served.json(&format!("{api}?metric=thumbs_up")).await;
    assert_eq!(followers["rows"][0]["series"][0]["series"], "curseforge");
}

#[tokio::test]
async fn whose_history_nobody_knows_is_named_with_the_way_out() {
    let (served, _folder) = served().await;
    for (asked, told) in [
        ("of=version:modrinth:none", "one of its versions"),
        ("of=version:curseforge:v2", "one of its versions"),
        ("of=modpack:modrinth:none", "one of its modpacks"),
        (
            "of=version:modrinth:v2&platform=curseforge",
            "one of its versions",
        ),
        (
            "of=version:modrinth:v2&metric=followers",
            "nothing else is counted of a version",
        ),
    ] {
        let response = served.get(&format!("{PAGE}?{asked}")).await;
        assert_eq!(response.status(), 400, "{asked}");
        let page = response.text().await.unwrap();
        assert!(page.contains(told), "{asked}: {page}");
        assert!(
            page.contains(&format!("<a href=\"{PAGE}")),
            "{asked}: {page}"
        );
    }
}

const BEGUN: &str = "2026-11-10T00:00Z";

/// What a platform lists at each midnight and noon of twelve days.
async fn twice_a_day(store: &Store, versions: impl Fn(i64, Timestamp) -> Vec<VersionObservation>) {
    for half_day in 0..25 {
        let now = at(BEGUN) + SignedDuration::from_hours(12 * half_day);
        let (subject, listed) = (nuclear(), versions(half_day, now));
        collect(store, &subject, Platform::Modrinth, now, 5000, listed).await;
    }
}

#[tokio::test]
async fn the_sum_over_versions_grows_by_them_and_not_by_what_vanishes() {
    let (store, _folder) = database().await;
    twice_a_day(&store, |half_day, now| {
        let mut versions = vec![version("v1", "1.0", at(BEGUN), 1000 + 10 * half_day)];
        if now < at("2026-11-18T00:00Z") {
            versions.push(version("v2", "2.0", at(BEGUN), 100 + 2 * half_day));
        }
        versions
    })
    .await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let sum = served
        .text(&format!("{PAGE}?metric=versions-downloads&period=28d"))
        .await;
    // On the 17th 2.0 was seen at noon for the last time.
    for (day, total, growth) in [
        ("2026-11-16", "1,268", "+24"),
        ("2026-11-17", "1,290", "+22"),
        ("2026-11-18", "1,180", "+20"),
    ] {
        let cells = row(&sum, day);
        assert_eq!(cells[0], total, "{day}: {cells:?}");
        assert!(cells[1].starts_with(growth), "{day}: {cells:?}");
    }
    let vanished = row(&sum, "2026-11-18").pop().unwrap();
    assert!(vanished.contains("no longer visible: 2.0"), "{vanished}");
    assert!(
        fact(&sum, "growth").contains("+270"),
        "12 days of 1.0, 7.5 of 2.0"
    );
    assert!(!sum.contains("corrected"), "no counter fell");
    let count = served
        .text(&format!("{PAGE}?metric=versions&period=28d"))
        .await;
    assert_eq!(row(&count, "2026-11-17")[1], "−1");
    assert!(!count.contains("corrected"), "a version vanished");
    let series = "/api/v1/mods/default/create-nuclear/series";
    let asked = "?metric=versions_downloads&from=2026-11-16&to=2026-11-18";
    let series = served.json(&format!("{series}{asked}")).await;
    let growth = |of: &serde_json::Value| -> Vec<i64> {
        let days = of["growth"].as_array().unwrap();
        days.iter()
            .map(|it| it["growth"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(growth(&series), [24, 22, 20]);
    assert_eq!(growth(&series["projects"][0]), [24, 22, 20]);
    assert_eq!(series["projects"][0]["corrections"], serde_json::json!([]));
}

#[tokio::test]
async fn a_version_that_is_visible_again_counts_again() {
    let (store, _folder) = database().await;
    twice_a_day(&store, |_, now| {
        let mut versions = vec![version("v1", "1.0", at(BEGUN), 1000)];
        if !(at("2026-11-14T00:00Z")..at("2026-11-18T00:00Z")).contains(&now) {
            versions.push(version("v2", "2.0", at(BEGUN), 100));
        }
        versions
    })
    .await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let sum = served
        .text(&format!("{PAGE}?metric=versions-downloads&period=28d"))
        .await;
    for (day, total, remark) in [
        ("2026-11-12", "1,100", ""),
        (
            "2026-11-14",
            "1,000",
            "no longer visible: 2.0 (14 Nov 2026, 00:00 UTC)",
        ),
        ("2026-11-16", "1,000", ""),
        (
            "2026-11-18",
            "1,100",
            "visible again: 2.0 (18 Nov 2026, 00:00 UTC)",
        ),
        ("2026-11-21", "1,100", ""),
    ] {
        let cells = row(&sum, day);
        assert_eq!(cells[0], total, "{day}: {cells:?}");
        assert_eq!(cells[1], "0", "{day}: {cells:?}");
        assert!(cells[3].contains(remark), "{day}: {cells:?}");
    }
}
