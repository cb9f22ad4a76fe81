//! What the server does with connections, methods and headers.

use reqwest::Method;

use crate::pages::nuclear;
use crate::seed::{at, collect};
use crate::{Served, StoreSlot, database, file};
use modstats_store::model::Platform;

const ROUTES: [&str; 12] = [
    "/",
    "/mods/default/create-nuclear",
    "/runs",
    "/api/v1/mods",
    "/api/v1/mods/default/create-nuclear",
    "/api/v1/mods/default/create-nuclear/series",
    "/api/v1/mods/default/create-nuclear/modpacks",
    "/api/v1/runs",
    "/healthz",
    "/readyz",
    "/metrics",
    "/assets/none.css",
];

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let (store, _folder) = database().await;
    collect(
        &store,
        &nuclear(),
        Platform::Modrinth,
        at("2026-11-22T03:12Z"),
        10,
        vec![],
    )
    .await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let broken = [
        "/nowhere",
        "/mods/default/none",
        "/api/v1/none",
        "/api/v1/runs?limit=0",
    ];
    for path in ROUTES.into_iter().chain(broken) {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            let response = served.ask(method.clone(), path).await;
            let headers = response.headers();
            let policy = headers
                .get("content-security-policy")
                .map(|it| it.to_str().unwrap());
            assert_eq!(
                policy,
                Some(
                    "default-src 'none'; script-src 'self'; style-src 'self'; \
                     img-src 'self' data:; connect-src 'self'; font-src 'self'; \
                     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
                     require-trusted-types-for 'script'"
                ),
                "{method} {path}"
            );
            for name in [
                "x-content-type-options",
                "referrer-policy",
                "cross-origin-opener-policy",
                "cross-origin-resource-policy",
                "permissions-policy",
                "x-frame-options",
                "content-type",
            ] {
                assert!(headers.contains_key(name), "{method} {path} lacks {name}");
            }
            let over_tls = headers.get("strict-transport-security");
            assert_eq!(over_tls, None, "nobody says that it came by TLS");
        }
    }
}

#[tokio::test]
async fn only_reading_is_possible_on_any_route() {
    let (store, _folder) = database().await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    for path in ROUTES {
        for method in [
            "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND",
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let of_api = path.starts_with("/api/");
            if of_api && method == Method::OPTIONS {
                continue;
            }
            let response = served.ask(method.clone(), path).await;
            assert_eq!(response.status(), 405, "{method} {path}");
            let allowed = if of_api {
                "GET, HEAD, OPTIONS"
            } else {
                "GET, HEAD"
            };
            assert_eq!(response.headers()["allow"], allowed);
            let expected = if of_api {
                "application/problem+json"
            } else {
                "text/html; charset=utf-8"
            };
            assert_eq!(
                response.headers()["content-type"],
                expected,
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn unknown_addresses_are_told_in_the_callers_language() {
    let (store, _folder) = database().await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    for path in [
        "/nowhere",
        "/mods/default",
        "/mods/default/none",
        "/assets/../Cargo.toml",
        "/apis",
    ] {
        let response = served.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert!(
            response
                .text()
                .await
                .unwrap()
                .contains("<h1>There is no such"),
            "{path}"
        );
    }
    for path in [
        "/api/v1/none",
        "/api/v1/mods/default/none",
        "/api/v1/mods/a/b/series",
        "/api/v1/mods/a/b/modpacks",
    ] {
        let response = served.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        let problem: serde_json::Value =
            serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(problem["status"], 404, "{path}");
    }
}

#[tokio::test]
async fn a_query_that_the_api_cannot_follow_is_named() {
    let (store, _folder) = database().await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let response = served.get("/api/v1/mods/a/b/series?metric=stars").await;
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let problem: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(
        (&problem["field"], &problem["value"]),
        (&"metric".into(), &"stars".into())
    );
    assert!(
        problem["detail"].as_str().unwrap().contains("followers"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_database_that_appears_later_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(StoreSlot::connecting(file(&folder)), vec![]).await;
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(served.get(path).await.status(), 200, "{path}");
    }
    let page = served.get("/").await;
    assert_eq!(page.status(), 503);
    assert!(page.headers().contains_key("retry-after"));
    assert!(page.text().await.unwrap().contains("no tables yet"));
    let api = served.get("/api/v1/mods").await;
    assert_eq!(api.status(), 503);
    assert!(api.headers().contains_key("retry-after"));
    assert_eq!(api.headers()["content-type"], "application/problem+json");

    let store = modstats_store::Store::open(&file(&folder)).await.unwrap();
    store.migrate().await.unwrap();
    assert!(served.text("/").await.contains("No mods yet"));
    collect(
        &store,
        &nuclear(),
        Platform::Modrinth,
        at("2026-11-22T03:12Z"),
        1_234,
        vec![],
    )
    .await;
    assert!(served.text("/").await.contains("1,234"));
}

#[tokio::test]
async fn the_last_known_state_is_shown_while_the_database_is_away() {
    let (store, _folder) = database().await;
    collect(
        &store,
        &nuclear(),
        Platform::Modrinth,
        at("2026-11-22T03:12Z"),
        1_234,
        vec![],
    )
    .await;
    let served = Served::start(StoreSlot::open(store.clone()), vec![]).await;
    assert!(!served.text("/").await.contains("Last known state"));
    served.text("/api/v1/mods").await;
    store.close().await.unwrap();

    let page = served.get("/").await;
    assert_eq!(
        (page.status().as_u16(), &page.headers()["cache-control"]),
        (200, &"no-store".parse().unwrap())
    );
    let page = page.text().await.unwrap();
    assert!(
        page.contains("Last known state") && page.contains("22 Nov 2026, 15:20 UTC"),
        "{page}"
    );
    assert!(page.contains("1,234"), "{page}");
    assert_eq!(
        served.get("/api/v1/mods").await.status(),
        503,
        "the API never shows the past"
    );
    assert_eq!(
        served.get("/runs").await.status(),
        503,
        "nothing is known of a page not seen before"
    );
    assert_eq!(served.get("/readyz").await.status(), 200);
    assert!(
        served
            .text("/metrics")
            .await
            .contains("modstats_database_up 0")
    );
}

#[tokio::test]
async fn an_unchanged_reply_is_not_sent_again() {
    let (store, _folder) = database().await;
    let subject = nuclear();
    collect(
        &store,
        &subject,
        Platform::Modrinth,
        at("2026-11-22T03:12Z"),
        1_234,
        vec![],
    )
    .await;
    let served = Served::start(StoreSlot::open(store.clone()), vec![]).await;
    for path in [
        "/",
        "/mods/default/create-nuclear",
        "/runs",
        "/api/v1/mods",
        "/api/v1/mods/default/create-nuclear/modpacks",
        "/api/v1/runs",
    ] {
        let etag = served.get(path).await.headers()["etag"].clone();
        let again = |etag: &reqwest::header::HeaderValue| {
            let request = served
                .client
                .get(format!("http://{}{path}", served.address));
            request.header("if-none-match", etag).send()
        };
        let unchanged = again(&etag).await.unwrap();
        assert_eq!(
            (unchanged.status().as_u16(), &unchanged.headers()["etag"]),
            (304, &etag),
            "{path}"
        );
        assert_eq!(unchanged.text().await.unwrap(), "");
        let head = served.ask(Method::HEAD, path).await;
        assert_eq!(
            (head.status().as_u16(), &head.headers()["etag"]),
            (200, &etag),
            "{path}"
        );
        assert_eq!(head.text().await.unwrap(), "");
        // Every commit that is shown changes what is sent.
        let number = i64::try_from(path.len()).unwrap();
        let later = at("2026-11-22T04:00Z") + jiff::SignedDuration::from_mins(number);
        collect(
            &store,
            &subject,
            Platform::Modrinth,
            later,
            2_000 + number,
            vec![],
        )
        .await;
        let changed = again(&etag).await.unwrap();
        assert_eq!(changed.status(), 200, "{path}");
        assert_ne!(changed.headers()["etag"], etag);
    }
}

#[tokio::test]
async fn the_style_sheet_may_be_kept_for_ever() {
    let (store, _folder) = database().await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let page = served.text("/").await;
    let url = page
        .split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let sheet = served.get(url).await;
    assert_eq!(sheet.status(), 200);
    assert_eq!(sheet.headers()["content-type"], "text/css; charset=utf-8");
    assert!(
        sheet.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert_eq!(
        served
            .get("/assets/modstats-000000000000.css")
            .await
            .status(),
        404
    );
}

#[tokio::test]
async fn metrics_tell_requests_and_downloads() {
    let (store, _folder) = database().await;
    collect(
        &store,
        &nuclear(),
        Platform::Curseforge,
        at("2026-11-22T03:12Z"),
        3_000_000_000,
        vec![],
    )
    .await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    served.get("/mods/default/create-nuclear").await;
    served.get("/mods/default/create-nuclear").await;
    served.get("/mods/default/none").await;
    let metrics = served.text("/metrics").await;
    for line in [
        r#"modstats_build_info{version="1.2.3-test"} 1"#,
        r#"modstats_http_requests_total{route="/mods/{namespace}/{name}",status="200"} 2"#,
        r#"modstats_http_requests_total{route="/mods/{namespace}/{name}",status="404"} 1"#,
        r#"modstats_http_request_duration_seconds_count{route="/mods/{namespace}/{name}"} 3"#,
        r#"modstats_project_downloads{namespace="default",tracked_mod="create-nuclear",platform="curseforge",project="989797"} 3000000000"#,
        r#"modstats_project_observed_timestamp_seconds{namespace="default",tracked_mod="create-nuclear",platform="curseforge",project="989797"} 1795317120"#,
        r#"modstats_source_last_success_timestamp_seconds{namespace="default",tracked_mod="create-nuclear",source="curseforge"} 1795317124"#,
        "modstats_database_up 1",
        r#"modstats_cache_lookups_total{outcome="miss"} 2"#,
        r#"modstats_cache_lookups_total{outcome="hit"} 1"#,
        "modstats_generation 2",
        "modstats_generation_seen_timestamp_seconds 1795360800",
        "modstats_database_connections_max 4",
        "# EOF",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}\n{metrics}"
        );
    }
    for state in ["idle", "used"] {
        let connections = format!("modstats_database_connections{{state=\"{state}\"}} ");
        assert!(metrics.contains(&connections), "{metrics}");
    }
}
