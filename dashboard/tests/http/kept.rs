//! Replies as they are kept: packed, and fresh for a while.

use std::io::Read;
use std::time::Duration;

use flate2::read::GzDecoder;
use futures::future::join_all;
use modstats_store::Store;
use modstats_store::model::Platform;
use reqwest::{Client, Response};

use crate::pages::nuclear;
use crate::seed::{at, collect};
use crate::{Served, StoreSlot, database};

async fn collected(store: &Store, hour: &str, downloads: i64) {
    let (subject, now) = (nuclear(), at(&format!("2026-11-22T{hour}Z")));
    collect(store, &subject, Platform::Modrinth, now, downloads, vec![]).await;
}

#[tokio::test]
async fn pages_and_answers_are_packed_for_whoever_reads_it() {
    let (store, _folder) = database().await;
    collected(&store, "03:12", 1_234).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let client = Client::builder().no_gzip().build().unwrap();
    for path in ["/", "/mods/default/create-nuclear", "/api", "/api/v1/mods"] {
        let ask = async |accepted: &str, known: &str| -> Response {
            let url = format!("http://{}{path}", served.address);
            let request = client.get(url).header("accept-encoding", accepted);
            request.header("if-none-match", known).send().await.unwrap()
        };
        let etag = |reply: &Response| reply.headers()["etag"].to_str().unwrap().to_owned();
        let plain = ask("br, gzip;q=0", "").await;
        assert_eq!(plain.headers().get("content-encoding"), None, "{path}");
        let varies = plain.headers()["vary"].to_str().unwrap();
        assert!(varies.contains("Accept-Encoding"), "{varies}");
        let plain_etag = etag(&plain);
        let packed = ask("gzip, br", &plain_etag).await;
        assert_eq!(
            (packed.status(), &packed.headers()["content-encoding"]),
            (reqwest::StatusCode::OK, &"gzip".parse().unwrap())
        );
        let packed_etag = etag(&packed);
        let mut unpacked = String::new();
        let bytes = packed.bytes().await.unwrap();
        let head = client.head(format!("http://{}{path}", served.address));
        let head = head.header("accept-encoding", "gzip").send().await.unwrap();
        let size = head.headers()["content-length"].to_str().unwrap();
        assert_eq!(size, bytes.len().to_string(), "{path}");
        GzDecoder::new(&*bytes)
            .read_to_string(&mut unpacked)
            .unwrap();
        assert!(unpacked == plain.text().await.unwrap(), "{path}");
        for (accepted, known) in [("gzip", packed_etag), ("identity", plain_etag)] {
            assert_eq!(
                ask(accepted, &known).await.status(),
                304,
                "{path} {accepted}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_ask_for_at_once_is_made_once() {
    let (store, _folder) = database().await;
    collected(&store, "03:12", 1_234).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let replies = join_all((0..20).map(|_| served.text("/mods/default/create-nuclear"))).await;
    assert!(replies.iter().all(|it| it.contains("1,234")));
    let metrics = served.text("/metrics").await;
    let made = r#"modstats_cache_lookups_total{outcome="miss"} 1"#;
    assert!(metrics.lines().any(|it| it == made), "{metrics}");
}

#[tokio::test]
async fn after_a_while_the_first_to_ask_is_shown_what_is_new() {
    const WHILE: Duration = Duration::from_secs(1);
    let (store, _folder) = database().await;
    collected(&store, "03:12", 1_234).await;
    let served = Served::start_with(StoreSlot::open(store.clone()), None, |settings| {
        settings.fresh_for = WHILE;
    })
    .await;
    assert!(served.text("/").await.contains("1,234"));
    collected(&store, "09:12", 5_678).await;
    tokio::time::sleep(WHILE + Duration::from_millis(100)).await;
    assert!(served.text("/").await.contains("5,678"));
}

#[tokio::test]
async fn for_a_while_the_database_is_not_asked_again_and_no_page_falls_behind_another() {
    let (store, _folder) = database().await;
    collected(&store, "03:12", 1_234).await;
    let served = Served::start_with(StoreSlot::open(store.clone()), None, |settings| {
        settings.fresh_for = Duration::from_secs(3600);
    })
    .await;
    const PAGE: &str = "/mods/default/create-nuclear";
    assert!(served.text("/").await.contains("1,234"));
    collected(&store, "09:12", 5_678).await;
    assert!(served.text("/").await.contains("1,234"));
    assert!(
        served.text(PAGE).await.contains("5,678"),
        "nobody has seen it yet"
    );
    assert!(
        served.text("/").await.contains("5,678"),
        "a newer state is known by now"
    );
    store.close().await.unwrap();
    let page = served.text("/").await;
    assert!(
        page.contains("5,678") && !page.contains("Last known state"),
        "{page}"
    );
}
