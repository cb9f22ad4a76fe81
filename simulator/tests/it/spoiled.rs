//! Answers that a client has to survive.

use std::time::{Duration, Instant};

use modstats_simulator::Platform::{Curseforge, Modrinth};
use modstats_simulator::{Fault, Platform, Rule};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::client::{Client, KEY, items, soon};

const PROJECT: &str = "v2/project/quillhaven-gears";
const SEARCH: &str = "v2/search?limit=5";
const MIB: usize = 1 << 20;

fn fail(client: &Client, platform: Platform, path: &str, fault: Fault) {
    client.simulator.faults().add(Rule {
        platform,
        path_contains: path.to_owned(),
        times: 1,
        fault,
    });
}

async fn body(client: &Client, fault: Fault) -> Vec<u8> {
    fail(client, Modrinth, PROJECT, fault);
    let answer = client.send(Modrinth, PROJECT).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().contains_key("x-ratelimit-limit"));
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn bodies_may_be_unlike_what_was_promised() {
    let client = Client::start().await;
    let sane = client.send(Modrinth, PROJECT).await.bytes().await.unwrap();
    let value: Value = serde_json::from_slice(&sane).unwrap();

    assert_eq!(body(&client, Fault::Null).await, b"null");
    let marked = body(&client, Fault::Bom).await;
    assert_eq!(marked, [b"\xef\xbb\xbf", &*sane].concat());
    let wrapped = body(&client, Fault::Wrapped).await;
    let wrapped: Value = serde_json::from_slice(&wrapped).unwrap();
    assert_eq!(wrapped, json!({"unexpected": value}));
    let deep = body(&client, Fault::Deep(5_000)).await;
    assert_eq!(
        deep,
        ["[".repeat(5_000), "]".repeat(5_000)].concat().as_bytes()
    );

    let big = body(&client, Fault::Oversized(3 * MIB)).await;
    assert_eq!(big.len(), 3 * MIB);
    assert_eq!(serde_json::from_slice::<Value>(&big).unwrap(), value);
    let small = body(&client, Fault::Oversized(1)).await;
    assert_eq!(small, sane);
}

#[tokio::test]
async fn content_types_may_be_wrong_or_missing() {
    let client = Client::start().await;
    let sane = client.send(Modrinth, PROJECT).await.bytes().await.unwrap();
    for (kind, stated) in [("text/plain", Some("text/plain")), ("", None)] {
        fail(&client, Modrinth, PROJECT, Fault::ContentType(kind));
        let answer = client.send(Modrinth, PROJECT).await;
        let found = answer.headers().get("content-type");
        assert_eq!(found.map(|kind| kind.to_str().unwrap()), stated);
        assert_eq!(answer.bytes().await.unwrap(), sane);
    }
}

#[tokio::test]
async fn a_small_answer_may_unpack_to_a_big_one() {
    let client = Client::start().await;
    let value = client.get(Modrinth, PROJECT).await;
    let unpacked = body(&client, Fault::GzipBomb(20 * MIB)).await;
    assert_eq!(unpacked.len(), 20 * MIB);
    assert_eq!(serde_json::from_slice::<Value>(&unpacked).unwrap(), value);

    let plain = reqwest::Client::builder().user_agent("tests").no_gzip();
    let plain = plain.build().unwrap();
    let url = client.simulator.modrinth_url().join(PROJECT).unwrap();
    fail(&client, Modrinth, PROJECT, Fault::GzipBomb(20 * MIB));
    let packed = plain.get(url).send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let packed = packed.bytes().await.unwrap();
    assert!(packed.len() < 100_000, "{} bytes", packed.len());
}

#[tokio::test]
async fn an_answer_may_never_end_and_does_not_hold_up_the_stop() {
    let client = Client::start().await;
    let sane = client.send(Modrinth, PROJECT).await.bytes().await.unwrap();
    fail(&client, Modrinth, PROJECT, Fault::Endless);
    let mut endless = client.send(Modrinth, PROJECT).await;
    let mut read = Vec::new();
    while read.len() < 8 * MIB {
        read.extend_from_slice(&endless.chunk().await.unwrap().unwrap());
    }
    let (begun, blanks) = read.split_at(sane.len() - 1);
    assert_eq!(begun, &sane[..sane.len() - 1]);
    assert!(blanks.iter().all(|byte| *byte == b' '));

    fail(
        &client,
        Modrinth,
        PROJECT,
        Fault::Trickle(Duration::from_secs(3600)),
    );
    let slow = client.send(Modrinth, PROJECT).await;
    // Neither is read any further.
    soon("the stop", client.simulator.stop()).await;
    assert!(soon("the end", slow.bytes()).await.is_err());
    drop(endless);
}

#[tokio::test]
async fn an_answer_may_trickle() {
    let client = Client::start().await;
    let check = "v2/project/quillhaven-gears/check";
    let sane = client.send(Modrinth, check).await.bytes().await.unwrap();
    let interval = Duration::from_millis(10);
    fail(&client, Modrinth, check, Fault::Trickle(interval));
    let start = Instant::now();
    let slow = client.send(Modrinth, check).await;
    assert_eq!(slow.content_length(), Some(sane.len() as u64));
    assert_eq!(slow.bytes().await.unwrap(), sane);
    assert!(start.elapsed() >= interval * sane.len() as u32);
}

#[tokio::test]
async fn an_answer_may_be_shorter_than_its_stated_length() {
    let client = Client::start().await;
    let sane = client.send(Modrinth, PROJECT).await.bytes().await.unwrap();
    fail(&client, Modrinth, PROJECT, Fault::ShortLength);
    let mut short = client.send(Modrinth, PROJECT).await;
    assert!(short.content_length().unwrap() > sane.len() as u64);
    let mut read = Vec::new();
    let error = loop {
        match short.chunk().await {
            Ok(chunk) => read.extend_from_slice(&chunk.expect("bytes are missing")),
            Err(error) => break error,
        }
    };
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(read, sane);
}

#[tokio::test]
async fn requests_may_be_sent_elsewhere_or_in_circles() {
    let client = Client::start().await;
    let staying = reqwest::Client::builder()
        .user_agent("tests")
        .redirect(Policy::none());
    let staying = staying.build().unwrap();
    let url = client.simulator.modrinth_url().join(SEARCH).unwrap();
    for to in ["http://127.0.0.1:1/x", "/v2/project/tidewheel-harbours"] {
        let fault = Fault::Redirect {
            status: 307,
            to: to.to_owned(),
        };
        fail(&client, Modrinth, "search", fault);
        let sent = staying.get(url.clone()).send().await.unwrap();
        assert_eq!(sent.status(), 307);
        assert_eq!(sent.headers()["location"], to);
    }
    let elsewhere = Fault::Redirect {
        status: 301,
        to: "/v2/project/tidewheel-harbours".to_owned(),
    };
    fail(&client, Modrinth, "search", elsewhere);
    let found = client.get(Modrinth, SEARCH).await;
    assert_eq!(found["slug"], "tidewheel-harbours");

    for (path, site) in [
        (SEARCH, client.simulator.modrinth_url()),
        ("v1/mods/1", client.simulator.curseforge_url()),
        (
            "api/v1/mods/1/dependents?page=2",
            client.simulator.website_url(),
        ),
    ] {
        for platform in [Modrinth, Curseforge] {
            fail(&client, platform, path, Fault::RedirectLoop);
        }
        let sent = staying
            .get(site.join(path).unwrap())
            .header("x-api-key", KEY);
        let sent = sent.send().await.unwrap();
        assert_eq!(sent.status(), 302);
        assert_eq!(sent.headers()["location"], format!("/{path}"));
        client.simulator.faults().clear();
    }
    for _ in 0..50 {
        fail(&client, Modrinth, "search", Fault::RedirectLoop);
    }
    let error = client.http.get(url).send().await.unwrap_err();
    assert!(error.is_redirect(), "{error:?}");
}

#[tokio::test]
async fn throttling_may_say_when_to_come_again() {
    let client = Client::start().await;
    let date = "Mon, 01 Jun 2026 12:00:30 GMT";
    let headers = vec![
        ("Retry-After", date.to_owned()),
        ("X-Ratelimit-Reset", "7".to_owned()),
    ];
    for (platform, path, status) in [(Modrinth, PROJECT, 429), (Curseforge, "v1/mods/1", 503)] {
        let headers = headers.clone();
        fail(
            &client,
            platform,
            path,
            Fault::Throttled { status, headers },
        );
        let answer = client.send(platform, path).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["retry-after"], date);
        assert_eq!(answer.headers()["x-ratelimit-reset"], "7");
        assert!(!answer.headers().contains_key("x-ratelimit-limit"));
    }
    assert_eq!(client.simulator.served().limited, 0);
}

#[tokio::test]
async fn counters_may_be_text() {
    let client = Client::start().await;
    let sane = client.get(Modrinth, PROJECT).await;
    fail(&client, Modrinth, PROJECT, Fault::StringCounters);
    let text = client.get(Modrinth, PROJECT).await;
    assert_eq!(text["downloads"], sane["downloads"].to_string());
    assert_eq!(text["followers"], sane["followers"]);
    let path = "v1/mods/search?gameId=432&pageSize=1";
    let sane = client.get(Curseforge, path).await;
    fail(&client, Curseforge, path, Fault::StringCounters);
    let text = client.get(Curseforge, path).await;
    let expected = sane["data"][0]["downloadCount"].to_string();
    assert_eq!(text["data"][0]["downloadCount"], expected);
}

#[tokio::test]
async fn pages_may_lose_or_repeat_items() {
    let client = Client::start().await;
    let gears = client.id(Curseforge, "quillhaven-gears");
    let batch = r#"v2/projects?ids=["quillhaven-gears","tidewheel-harbours"]"#;
    let dependents = format!("api/v1/mods/{gears}/dependents");
    let website = client.simulator.website_url();
    let pages = [
        (
            Modrinth,
            client.simulator.modrinth_url().join(SEARCH),
            "/hits",
            "/total_hits",
        ),
        (
            Modrinth,
            client.simulator.modrinth_url().join(batch),
            "",
            "",
        ),
        (
            Curseforge,
            client
                .simulator
                .curseforge_url()
                .join(&format!("v1/mods/{gears}/files")),
            "/data",
            "/pagination/totalCount",
        ),
        (
            Curseforge,
            website.join(&dependents),
            "/data",
            "/pagination/totalCount",
        ),
    ];
    for (platform, url, list, total) in pages {
        let url = url.unwrap();
        let get = async |fault| {
            fail(&client, platform, "", fault);
            let request = client.http.get(url.clone()).header("x-api-key", KEY);
            request.send().await.unwrap().json::<Value>().await.unwrap()
        };
        let of = |page: &Value| items(page.pointer(list).unwrap()).to_vec();
        let sane = get(Fault::Pass).await;
        assert!(of(&sane).len() >= 2, "{url}");
        let lost = get(Fault::Lost {
            items: 1,
            total: -1,
        })
        .await;
        assert_eq!(of(&lost), of(&sane)[1..]);
        if !total.is_empty() {
            let stated = |page: &Value| page.pointer(total).unwrap().as_i64().unwrap();
            assert_eq!(stated(&lost), stated(&sane) - 1);
        }
        if let Some(count) = lost.pointer("/pagination/resultCount") {
            assert_eq!(count, of(&lost).len());
        }
        let none = get(Fault::Lost {
            items: 1_000,
            total: 0,
        })
        .await;
        assert!(of(&none).is_empty());

        let repeated = of(&get(Fault::Repeated).await);
        let twice: Vec<_> = of(&sane)
            .into_iter()
            .flat_map(|item| [item.clone(), item])
            .collect();
        assert_eq!(repeated, twice);
    }
}
