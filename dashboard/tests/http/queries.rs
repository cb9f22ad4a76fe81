//! The address of a page is its state: one spelling, and what can't be followed is said.

use modstats_dashboard::StoreSlot;
use modstats_store::model::Platform;

use crate::pages::nuclear;
use crate::seed::{at, collect, version};
use crate::{Served, database};

const PAGE: &str = "/mods/default/create-nuclear";

async fn served() -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    let release = version("v1", "1.0", at("2026-11-20T01:00Z"), 4);
    let asked = at("2026-11-22T03:12Z");
    collect(
        &store,
        &nuclear(),
        Platform::Modrinth,
        asked,
        10,
        vec![release],
    )
    .await;
    (Served::start(StoreSlot::open(store), vec![]).await, folder)
}

#[tokio::test]
async fn another_spelling_leads_to_the_one_address_of_a_page() {
    let (served, _folder) = served().await;
    for (asked, canonical) in [
        ("/?utm_source=x", "/"),
        ("/?q=+create&sort=total", "/?q=create"),
        ("/runs?limit=50&before=9", "/runs?before=9"),
        ("/runs?mod=default/a&mod=default/b", "/runs?mod=default/a"),
        ("{}?chart=total&period=7d", "{}?period=7d&chart=total"),
        ("{}?period=28d", "{}"),
        // As the form sends it.
        (
            "{}/modrinth?period=7d&sort=name&game-version=1.21",
            "{}/modrinth?period=7d&game-version=1.21&sort=name",
        ),
        ("{}/modrinth?game-version=", "{}/modrinth"),
        ("{}/modrinth?sort=name&order=asc", "{}/modrinth?sort=name"),
    ] {
        let [asked, canonical] = [asked, canonical].map(|it| it.replace("{}", PAGE));
        let response = served.get(&asked).await;
        assert_eq!(response.status(), 308, "{asked}");
        assert_eq!(response.headers()["location"], canonical, "{asked}");
        let there = served.get(&canonical).await;
        assert_eq!(there.status(), 200, "{canonical}");
    }
    for odd in ["?", "?&&", "?="] {
        let status = served.get(&format!("/runs{odd}")).await.status();
        assert!(status == 200 || status == 308, "{odd}: {status}");
    }
}

#[tokio::test]
async fn what_a_page_cannot_follow_is_named_with_the_way_out() {
    let (served, _folder) = served().await;
    for (asked, told, instead) in [
        (
            "/?sort=stars",
            "sort can’t be “stars”: give total, name",
            "/",
        ),
        (
            "/runs?limit=0&before=9",
            "a number from 1 to 500",
            "/runs?before=9",
        ),
        (
            "/runs?mod=default/%3Cscript%3Ealert(7)",
            "&#60;script&#62;alert(7)",
            "/runs",
        ),
        ("{}?chart=%22%3E%3Cscript%3E", "growth or total", "{}"),
        ("{}?period=7d&chart=pie", "growth or total", "{}?period=7d"),
        (
            "/kiosk/default/create-nuclear?project=modrinth:another&period=7d",
            "one of the mod’s projects",
            "/kiosk/default/create-nuclear?period=7d",
        ),
        (
            "{}/modrinth?by=%20x&sort=name",
            "game-version or loader",
            "{}/modrinth?sort=name",
        ),
        (
            "{}/modrinth?game-version=1.7.10&sort=name",
            "game-version can’t be “1.7.10”: give a game version that one of the versions is for",
            "{}/modrinth?sort=name",
        ),
        (
            "{}/modrinth/versions.csv?game-version=1.7.10",
            "a game version that one of the versions is for",
            "{}/modrinth/versions.csv",
        ),
        (
            "{}?project=modrinth:another&chart=total",
            "one of the mod’s projects",
            "{}?chart=total",
        ),
        (
            "{}?period=since&version=modrinth:none",
            "a version whose date is known",
            "{}",
        ),
    ] {
        let [asked, instead] = [asked, instead].map(|it| it.replace("{}", PAGE));
        let response = served.get(&asked).await;
        assert_eq!(response.status(), 400, "{asked}");
        assert_eq!(
            response.headers()["content-type"],
            "text/html; charset=utf-8"
        );
        let page = response
            .text()
            .await
            .unwrap()
            .replace("can&#39;t", "can’t")
            .replace("&#34;", "\"");
        assert!(page.contains(told), "{asked}: {page}");
        let link = format!("<a href=\"{}\">", instead.replace('&', "&#38;"));
        assert!(page.contains(&link), "{asked} {link}: {page}");
        assert!(!page.contains("<script>"), "{asked}: {page}");
        assert_eq!(served.get(&instead).await.status(), 200, "{instead}");
    }
}

#[tokio::test]
async fn a_page_narrows_to_a_project_and_to_the_time_since_a_version() {
    let (served, _folder) = served().await;
    let project = served
        .text(&format!("{PAGE}?project=modrinth:createnuclear"))
        .await;
    assert!(project.contains("data-platform=\"modrinth\""));
    let since = served
        .text(&format!(
            "{PAGE}?period=since&version=modrinth:v1&chart=total"
        ))
        .await;
    assert!(since.contains("2026-11-22"), "{since}");
}

#[tokio::test]
async fn hostile_queries_get_a_short_answer() {
    let (served, _folder) = served().await;
    for path in [
        "/",
        "/runs",
        PAGE,
        "/api/v1/runs",
        "/api/v1/mods/default/create-nuclear/series",
    ] {
        for query in ["a=b&".repeat(2_000), format!("q={}", "%00".repeat(2_000))] {
            let response = served.get(&format!("{path}?{query}")).await;
            assert_eq!(response.status(), 400, "{path}");
            let body = response.text().await.unwrap();
            assert!(body.len() < 4_000, "{path}: {}", body.len());
        }
    }
}

#[tokio::test]
async fn the_api_refuses_what_it_does_not_know() {
    let (served, _folder) = served().await;
    for query in ["limit=0", "utm_source=x", "limit=7&limit=8", "state=ended"] {
        let response = served.get(&format!("/api/v1/runs?{query}")).await;
        assert_eq!(response.status(), 400, "{query}");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
    }
    for query in [
        "limit=50",
        "limit=7&mod=default/create-nuclear",
        "source=modrinth&state=complete",
    ] {
        let response = served.get(&format!("/api/v1/runs?{query}")).await;
        assert_eq!(response.status(), 200, "{query}");
    }
    let lost = served.json("/api/v1/runs?state=lost").await;
    assert_eq!(lost["runs"], serde_json::json!([]));
    let complete = served.json("/api/v1/runs?state=complete").await;
    assert_eq!(complete["runs"].as_array().unwrap().len(), 1);
}
