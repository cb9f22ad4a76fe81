//! What depends on who asks, and from where.

use modstats_dashboard::{Clients, Rate};
use reqwest::{Method, Response};

use crate::{Served, StoreSlot, database};

/// As behind a proxy on the same machine.
async fn ask_for(served: &Served, client: &str, path: &str) -> Response {
    served
        .client
        .get(format!("http://{}{path}", served.address))
        .header("x-forwarded-for", client)
        .send()
        .await
        .unwrap()
}

async fn limited(per_minute: u32, burst: u32) -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    let rate = Rate {
        per_minute: per_minute.try_into().unwrap(),
        burst: burst.try_into().unwrap(),
    };
    let served = Served::start_with(StoreSlot::open(store), None, |settings| {
        settings.clients = Clients {
            rate: Some(rate),
            ..Clients::default()
        };
    })
    .await;
    (served, folder)
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn who_asks_too_often_waits_and_nobody_else_does() {
    let (served, _folder) = limited(2, 3).await;
    for left in [2, 1, 0] {
        let response = ask_for(&served, "203.0.113.5", "/api/v1/mods").await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "ratelimit-policy"), "\"client\";q=3;w=90");
        let now = header(&response, "ratelimit");
        assert!(now.starts_with(&format!("\"client\";r={left};t=")), "{now}");
    }
    // Its proxies may be many, and an attacker may name as many more.
    let forged = "198.51.100.7, 203.0.113.5, 127.0.0.1";
    let refused = ask_for(&served, forged, "/api/v1/mods").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "content-type"), "application/problem+json");
    assert_eq!(header(&refused, "connection"), "close");
    let wait: u32 = header(&refused, "retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert!(header(&refused, "ratelimit").contains(";r=0;"));

    let page = ask_for(&served, "203.0.113.5", "/runs").await;
    assert_eq!(page.status(), 429);
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    assert!(page.text().await.unwrap().contains("Too many requests"));
    for path in ["/healthz", "/readyz"] {
        let response = ask_for(&served, "203.0.113.5", path).await;
        assert_eq!(response.status(), 200, "{path}");
    }
    for another in ["203.0.113.6", "2001:db8::1", "127.0.0.1"] {
        let response = ask_for(&served, another, "/runs").await;
        assert_eq!(response.status(), 200, "{another}");
        assert_eq!(
            header(&response, "ratelimit"),
            "",
            "pages are not for programs"
        );
    }
    let neighbour = ask_for(&served, "2001:db8::ffff:2", "/api/v1/mods").await;
    assert!(
        header(&neighbour, "ratelimit").contains(";r=1;"),
        "one network, one client"
    );
}

#[tokio::test]
async fn the_own_machine_is_never_too_much() {
    let (served, _folder) = limited(1, 1).await;
    for _ in 0..20 {
        assert_eq!(served.get("/api/v1/mods").await.status(), 200);
    }
}

#[tokio::test]
async fn browsers_stay_with_tls_where_they_came_by_it() {
    let (store, _folder) = database().await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    for (scheme, expected) in [
        ("https", "max-age=31536000; includeSubDomains"),
        ("http", ""),
    ] {
        let request = served.client.get(format!("http://{}/runs", served.address));
        let response = request.header("x-forwarded-proto", scheme).send().await;
        let response = response.unwrap();
        assert_eq!(header(&response, "strict-transport-security"), expected);
    }
}

#[tokio::test]
async fn scripts_of_any_site_may_read_the_api_and_nothing_else() {
    let (store, _folder) = database().await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    for path in ["/api/v1/mods", "/api/v1/runs?limit=0", "/api/v1/none"] {
        let response = served.get(path).await;
        assert_eq!(
            header(&response, "access-control-allow-origin"),
            "*",
            "{path}"
        );
        assert_eq!(
            header(&response, "cross-origin-resource-policy"),
            "cross-origin"
        );
        assert!(header(&response, "access-control-expose-headers").contains("Retry-After"));
        let asked = served.ask(Method::OPTIONS, path).await;
        assert_eq!(asked.status(), 204, "{path}");
        assert_eq!(header(&asked, "access-control-allow-origin"), "*");
        assert_eq!(header(&asked, "access-control-allow-methods"), "GET, HEAD");
        assert_eq!(header(&asked, "access-control-allow-credentials"), "");
    }
    for path in ["/", "/runs", "/metrics", "/api", "/none"] {
        let response = served.get(path).await;
        assert_eq!(
            header(&response, "access-control-allow-origin"),
            "",
            "{path}"
        );
        assert_eq!(
            header(&response, "cross-origin-resource-policy"),
            "same-origin"
        );
        assert_eq!(
            served.ask(Method::OPTIONS, path).await.status(),
            405,
            "{path}"
        );
    }
}

#[tokio::test]
async fn metrics_can_have_a_port_of_their_own() {
    let (store, _folder) = database().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let metrics = format!("http://{}", listener.local_addr().unwrap());
    let served = Served::start_with(StoreSlot::open(store), Some(listener), |settings| {
        settings.base_path = "/stats".parse().unwrap();
    })
    .await;
    let runs = served.text("/stats/runs").await;
    assert!(!runs.contains("/metrics"), "{runs}");
    assert_eq!(served.get("/stats/metrics").await.status(), 404);
    let there = |path: &str| served.client.get(format!("{metrics}{path}")).send();
    let text = there("/metrics").await.unwrap().text().await.unwrap();
    assert!(text.contains(r#"route="/runs",status="200"} 1"#), "{text}");
    for path in ["/", "/runs", "/stats/runs", "/stats/metrics", "/healthz"] {
        assert_eq!(there(path).await.unwrap().status(), 404, "{path}");
    }
    served.stop.send(()).unwrap();
    served.task.await.unwrap().unwrap();
    assert!(there("/metrics").await.is_err(), "nobody listens any more");
}
