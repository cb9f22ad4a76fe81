//! A dashboard below a path of its host.

use reqwest::Method;

use crate::{Served, StoreSlot, database};

async fn below_stats() -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    let served = Served::start_with(StoreSlot::open(store), None, |settings| {
        settings.base_path = "/games/stats".parse().unwrap();
    })
    .await;
    (served, folder)
}

#[tokio::test]
async fn everything_lies_below_the_base_path_and_nothing_beside_it() {
    let (served, _folder) = below_stats().await;
    for path in [
        "/",
        "/runs?limit=5",
        "/api/v1/mods",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        served.text(&format!("/games/stats{path}")).await;
        let beside = served.get(path).await;
        assert_eq!(beside.status(), 404, "{path}");
    }
    for path in ["/games", "/games/", "/games/statsruns", "/games/other/runs"] {
        assert_eq!(served.get(path).await.status(), 404, "{path}");
    }
    let metrics = served.text("/games/stats/metrics").await;
    let runs = r#"modstats_http_requests_total{route="/runs",status="200"} 1"#;
    assert!(metrics.contains(runs), "{metrics}");
}

#[tokio::test]
async fn the_base_path_itself_leads_to_the_first_page() {
    let (served, _folder) = below_stats().await;
    for (query, location) in [("", "/games/stats/"), ("?q=a%20b", "/games/stats/?q=a%20b")] {
        let response = served.get(&format!("/games/stats{query}")).await;
        assert_eq!(response.status(), 308);
        assert_eq!(response.headers()["location"], location);
        assert!(response.headers().contains_key("content-security-policy"));
    }
}

#[tokio::test]
async fn its_api_is_one_below_it() {
    let (served, _folder) = below_stats().await;
    let problem = served.get("/games/stats/api/v1/none").await;
    assert_eq!(problem.status(), 404);
    assert_eq!(
        problem.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(problem.headers()["access-control-allow-origin"], "*");
    let preflight = served
        .ask(Method::OPTIONS, "/games/stats/api/v1/mods")
        .await;
    assert_eq!(preflight.status(), 204);
    let beside = served.get("/api/v1/mods").await;
    assert_eq!(beside.headers()["content-type"], "text/html; charset=utf-8");
}
