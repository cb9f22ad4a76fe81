//! The first page: what is looked for, shown and sorted.

use modstats_dashboard::StoreSlot;
use modstats_store::Store;
use modstats_store::model::Platform;
use serde_json::{Value, json};

use crate::numbers::dom::{self, Element};
use crate::numbers::said;
use crate::seed::{Project, Subject, at, collect};
use crate::{Served, database};

fn subject(name: &'static str, display_name: &'static str) -> Subject {
    Subject {
        namespace: "default",
        name,
        display_name: Some(display_name),
        projects: vec![Project::new(Platform::Modrinth, name, display_name)],
        declared: &[],
    }
}

/// Three mods over 20 days: one that grows steadily, one that jumps, one that was given up.
async fn three(store: &Store) {
    let (steady, jumps, gone) = (
        subject("anvils", "Anvils & More"),
        subject("bells", "Bells"),
        subject("candles", "Candles"),
    );
    for day in 1..=20 {
        let when = at(&format!("2026-11-{day:02}T12:00Z"));
        collect(
            store,
            &steady,
            Platform::Modrinth,
            when,
            1_000 + day * 10,
            vec![],
        )
        .await;
        let jumped = if day > 14 { day * 100 } else { day };
        collect(store, &jumps, Platform::Modrinth, when, 50 + jumped, vec![]).await;
        if day < 5 {
            collect(store, &gone, Platform::Modrinth, when, 9_000, vec![]).await;
        }
    }
    for day in 21..=22 {
        let when = at(&format!("2026-11-{day:02}T12:00Z"));
        collect(
            store,
            &steady,
            Platform::Modrinth,
            when,
            1_000 + day * 10,
            vec![],
        )
        .await;
        collect(
            store,
            &jumps,
            Platform::Modrinth,
            when,
            50 + day * 100,
            vec![],
        )
        .await;
    }
}

/// The mods of a page, in its order.
async fn shown(served: &Served, address: &str) -> Vec<String> {
    let page = served.text(address).await;
    let cards = page.split("data-mod=\"default/").skip(1);
    cards
        .map(|card| card.split('"').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn mods_are_found_chosen_and_sorted() {
    let (store, _folder) = database().await;
    three(&store).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    for (address, expected) in [
        ("/", &["candles", "bells", "anvils"][..]),
        ("/?order=asc", &["anvils", "bells", "candles"]),
        ("/?sort=name", &["anvils", "bells", "candles"]),
        ("/?sort=name&order=desc", &["candles", "bells", "anvils"]),
        // What isn't known comes last, whichever way it is sorted.
        ("/?sort=yesterday", &["bells", "anvils", "candles"]),
        (
            "/?sort=yesterday&order=asc",
            &["anvils", "bells", "candles"],
        ),
        ("/?show=stale", &["candles"]),
        ("/?show=moving", &["bells"]),
        ("/?q=ANVILS+%26", &["anvils"]),
        ("/?q=default/b", &["bells"]),
        ("/?q=nothing", &[]),
    ] {
        assert_eq!(shown(&served, address).await, expected, "{address}");
    }
    let none = served.text("/?q=nothing").await;
    assert!(none.contains("No mod matches.") && none.contains("value=\"nothing\""));
    let page = served.text("/").await;
    assert!(
        page.contains("+10 yesterday") && page.contains("+100 yesterday"),
        "{page}"
    );
}

/// The names that a fact of the page leads to.
fn names(page: &Element, fact: &str) -> Vec<String> {
    let links = page.all(&format!("[data-fact={fact}] a"));
    let href = links.iter().filter_map(|it| it.attribute("href"));
    href.filter_map(|it| Some(it.strip_prefix("/mods/default/")?.to_owned()))
        .collect()
}

#[tokio::test]
async fn the_api_says_of_all_mods_together_what_the_page_says() {
    let (store, _folder) = database().await;
    three(&store).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let api = served.json("/api/v1/portfolio").await;
    let page = dom::parse(&served.text("/").await);
    let says = |fact: &str, told: String| {
        let text = page.text_of(&format!("[data-fact={fact}]")).unwrap();
        assert!(text.contains(&told), "{told} in {text}");
    };
    let whole = |value: &Value| said::count(value.as_i64().unwrap());
    let change = |value: &Value| said::change(value.as_i64().unwrap());
    assert_eq!(api["mods"], 3);
    assert_eq!(api["downloads"]["value"], 12_470);
    says("total", whole(&api["downloads"]["value"]));
    assert_eq!(api["yesterday"]["value"], 110);
    says("yesterday", change(&api["yesterday"]["value"]));
    says("last-28-days", change(&api["growth_28d"]["value"]));
    for (fact, movers) in [
        ("movers-by-size", &api["movers_by_size"]),
        ("movers-by-share", &api["movers_by_share"]),
        ("stale", &api["stale"]),
    ] {
        let movers = movers.as_array().unwrap().iter();
        let told: Vec<&str> = movers.map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names(&page, fact), told, "{fact}");
    }
    let mover = &api["movers_by_size"][0];
    let growth = &mover["growth"];
    let moved = growth["value"].as_i64().unwrap() - growth["previous"].as_i64().unwrap();
    says("movers-by-size", said::change(moved));
    assert_eq!(
        (
            &mover["display_name"],
            &growth["from"],
            &growth["previous_to"]
        ),
        (&json!("Bells"), &json!("2026-11-15"), &json!("2026-11-14"))
    );
    says("stale", "1".to_owned());
    let standing = json!([{"source": "modrinth", "last_success_at": "2026-11-04T12:00:04Z"}]);
    assert_eq!(api["stale"][0]["sources"], standing);
}

#[tokio::test]
async fn a_day_that_is_over_and_not_known_to_its_end_is_told_as_such() {
    let (store, _folder) = database().await;
    let dawn = subject("dawn", "Dawn");
    for (day, downloads) in [(19, 80), (20, 100), (21, 124)] {
        let when = at(&format!("2026-11-{day}T12:00Z"));
        collect(&store, &dawn, Platform::Modrinth, when, downloads, vec![]).await;
    }
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let page = served.text("/").await;
    assert!(
        page.contains("+12 yesterday, as far as it is known"),
        "{page}"
    );
}
