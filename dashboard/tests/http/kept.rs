//! Replies as they are kept.

use std::io::Read;

use flate2::read::GzDecoder;
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
