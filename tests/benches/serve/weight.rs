//! What a browser is sent.

use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use modstats_tests::{Window, browser};
use reqwest::Client;
use serde::Deserialize;

use super::programs::client;

/// What Chromium says of one thing that it loaded.
#[derive(Deserialize)]
struct Loaded {
    name: String,
    /// Without headers.
    packed: u64,
    plain: u64,
}

const LOADED: &str =
    "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .map(it => ({name: it.name, packed: it.encodedBodySize, plain: it.decodedBodySize}))";
const DRAWN: &str = "[...document.querySelectorAll('#history .plot svg')]
    .filter(it => it.getBoundingClientRect().height > 100 && it.querySelector('path, rect, line')).length";

/// The first load of a page by a browser that knows nothing of us yet.
pub async fn first_load(url: &str, page: &str) {
    let without = Window {
        javascript: false,
        ..Window::default()
    };
    let tab = browser().await.page(without).await;
    assert_eq!(tab.goto(&format!("{url}{page}")).await, 200);
    let drawn = tab.eval(DRAWN).await;
    assert_eq!(drawn, 1, "the chart is there without scripts");

    let client = client();
    let before = answered(&client, url).await;
    let tab = browser().await.page(Window::default()).await;
    assert_eq!(tab.goto(&format!("{url}{page}")).await, 200);
    let loaded = tab.eval(LOADED).await;
    let loaded: Vec<Loaded> = serde_json::from_value(loaded).unwrap();
    // The question for the counter is answered, too.
    let requests = answered(&client, url).await - before - 1;
    println!("\nfirst load of {page}, by Chromium");
    for it in &loaded {
        let name = it.name.strip_prefix(url).unwrap();
        println!(
            "  {name:<46} {:>7} bytes, {:>7} unpacked",
            it.packed, it.plain
        );
    }
    let packed: u64 = loaded.iter().map(|it| it.packed).sum();
    println!(
        "  together                                       {packed:>7} bytes (goal: 49 152), {requests} requests (goal: 7)"
    );
    println!("  the chart is drawn in the HTML, without scripts");
}

/// How many requests the server has answered so far.
async fn answered(client: &Client, url: &str) -> u64 {
    let metrics = client.get(format!("{url}/metrics")).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let counts = metrics
        .lines()
        .filter(|line| line.starts_with("modstats_http_requests_total{"))
        .map(|line| line.rsplit_once(' ').unwrap().1);
    counts.map(|count| count.parse::<u64>().unwrap()).sum()
}

/// The HTML of each page, as it is sent to a browser that reads gzip.
pub async fn pages(url: &str, pages: &[String]) {
    println!("\nHTML of each page, with gzip (goal for the first load: 14 336)");
    let client = client();
    for page in pages {
        let plain = client.get(format!("{url}{page}")).send().await.unwrap();
        let packed = client
            .get(format!("{url}{page}"))
            .header(ACCEPT_ENCODING, "gzip");
        let packed = packed.send().await.unwrap();
        assert_eq!(
            (plain.status(), packed.status()),
            (http::StatusCode::OK, http::StatusCode::OK)
        );
        let coding = packed.headers().get(CONTENT_ENCODING);
        let coding = coding
            .map_or("not packed", |coding| coding.to_str().unwrap())
            .to_owned();
        let (packed, plain) = (packed.bytes().await.unwrap(), plain.bytes().await.unwrap());
        println!(
            "  {page:<46} {:>7} bytes, {:>7} unpacked ({coding})",
            packed.len(),
            plain.len()
        );
    }
}
