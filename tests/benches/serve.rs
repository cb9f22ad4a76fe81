//! The dashboard over a year of a mod's history, as its readers meet it: what they are sent, how many
//! of them it answers, what it takes for that, and how soon it is there.
//!
//! The opponent of a page from the cache is nginx, which serves the same bytes from a file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod collecting;
mod serve {
    pub mod load;
    pub mod programs;
    pub mod start;
    pub mod viewers;
    pub mod weight;
    pub mod year;
}

use collecting::NAMESPACE;
use http::header::ACCEPT_ENCODING;
use modstats_store::{Database, Store};
use modstats_tests::postgres;
use serve::load::{Contestant, compare};
use serve::programs::{Nginx, client, dashboard, family};
use serve::year::{MOD, OTHER};
use serve::{start, viewers, weight, year};

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = postgres().await.database().await;
    let settings = Database::Postgres(database.settings());
    let store = Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    year::collect_into(&store).await;
    store.close().await.unwrap();

    let overview = format!("/mods/{NAMESPACE}/{MOD}");
    let tabs = ["/modrinth", "/curseforge", "/modpacks", "/history"];
    let mut pages = vec!["/".to_owned(), overview.clone()];
    pages.extend(tabs.iter().map(|tab| format!("{overview}{tab}")));
    let comparison = format!("/compare?item=mod:{NAMESPACE}/{MOD}&item=mod:{NAMESPACE}/{OTHER}");
    pages.extend([&comparison, "/runs", "/api"].map(str::to_owned));

    let (program, url) = dashboard(&database).await;
    weight::first_load(&url, &overview).await;
    weight::pages(&url, &pages).await;
    drop(program);

    let (program, url) = dashboard(&database).await;
    viewers::look(&program, &url, &pages).await;

    let page = client().get(format!("{url}{overview}"));
    let page = page.header(ACCEPT_ENCODING, "gzip").send().await.unwrap();
    let headers = page.headers().clone();
    let body = page.error_for_status().unwrap().bytes().await.unwrap();
    let nginx = Nginx::start(&headers, &body).await;
    // The database works for each of our pages.
    let postgres = postgres().await.pid();
    let ours = || [vec![program.pid()], family(postgres)].concat();
    let theirs = || nginx.processes();
    let mut contestants = [
        Contestant::new("ok", format!("{url}/healthz"), &ours),
        Contestant::new("nginx", nginx.url.clone(), &theirs),
        Contestant::new("a page from the cache", format!("{url}{overview}"), &ours),
        Contestant::new(
            "a page of two queries, never seen before",
            format!("{url}/runs?before=(n)"),
            &ours,
        ),
        Contestant::new(
            "a mod's page, never seen before",
            format!("{url}{overview}?period=custom&from=(from)&to=(to)"),
            &ours,
        ),
    ];
    compare(&mut contestants).await;
    println!("  goals: a page from the cache 1.0 x nginx, 0.8 x ok");
    start::measure(&database, &overview).await;
}
