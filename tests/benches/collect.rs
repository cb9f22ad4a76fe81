//! A TrackedMod with 600 modpacks, on a platform that takes 100 ms for each answer: the first run,
//! which discovers them.
//!
//! The opponent knows the packs already and asks for their totals alone, one after the other, each
//! over a connection of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod measure;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use measure::{Times, report};
use modstats_collector::{Collector, Credentials, Endpoints, Limits, SystemClock, Timeouts};
use modstats_crds::{Document, Source};
use modstats_simulator::{Bulk, Options, Platform, Simulator};
use modstats_store::model::{Membership, Outcome};
use modstats_store::{Database, Store};
use reqwest::Client;
use serde_json::{Value, json};

/// Fewer than elsewhere: the opponent takes a minute.
const ROUNDS: usize = 3;
const PACKS: usize = 600;

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let simulator = Simulator::start(Options {
        latency: Duration::from_millis(100),
        // What is measured is the requests' own time, not how long a platform holds them back.
        rate_limit_per_minute: 100_000,
        bulk: Some(Bulk {
            mods: 1,
            versions: 3,
            modpacks: PACKS,
        }),
        ..Options::default()
    })
    .await
    .unwrap();

    let mut ours = Times::new("ours: discovery, totals, contents, commit");
    let mut each = Times::new("one request and connection per pack");
    for _ in 0..ROUNDS {
        let mut packs = Vec::new();
        ours.round(async {
            let before = requests(&simulator);
            packs = discover(&simulator).await;
            requests(&simulator) - before
        })
        .await;
        assert_eq!(packs.len(), PACKS);
        each.round(async {
            let before = requests(&simulator);
            ask_each(&simulator, &packs).await;
            requests(&simulator) - before
        })
        .await;
    }
    report(
        "600 modpacks at 100 ms latency",
        "requests",
        &ours,
        &[&each],
    );
}

fn requests(simulator: &Simulator) -> usize {
    let served = simulator.served().total(Platform::Modrinth);
    served.try_into().unwrap()
}

/// A whole first run on a new database: the packs that contain the mod now.
async fn discover(simulator: &Simulator) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite(folder.path().join("bench.db"));
    let store = Store::open(&database).await.unwrap();
    store.migrate().await.unwrap();
    let endpoints = Endpoints {
        modrinth: simulator.modrinth_url(),
        curseforge: simulator.curseforge_url(),
        curseforge_website: simulator.website_url(),
    };
    let collector = Collector::new(
        store.clone(),
        Arc::new(SystemClock),
        endpoints,
        Limits::default(),
        Timeouts::default(),
    )
    .unwrap();
    let document = json!({
        "namespace": "default", "name": "bench", "uid": "u", "generation": 1,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "spec": {"modrinth": {"projects": [simulator.catalogue().bulk_mods()[0]]}},
    });
    let document = Document::from_json(&document.to_string()).unwrap();
    let report = collector
        .collect(
            &document,
            Source::Modpacks,
            Timestamp::now(),
            &Credentials::default(),
        )
        .await;
    assert_eq!(report.record.outcome, Outcome::Complete);

    let snapshot = store.snapshot().await.unwrap();
    let packs = snapshot.modpacks("default", "bench").await.unwrap();
    packs
        .into_iter()
        .filter(|pack| matches!(pack.membership, Membership::Current { .. }))
        .map(|pack| pack.modpack.key.id)
        .collect()
}

async fn ask_each(simulator: &Simulator, packs: &[String]) {
    let client = Client::builder()
        .user_agent("one by one")
        .pool_max_idle_per_host(0)
        .build()
        .unwrap();
    for pack in packs {
        let url = simulator.modrinth_url().join(&format!("v2/project/{pack}"));
        let answer = client.get(url.unwrap()).send().await.unwrap();
        let project: Value = answer.error_for_status().unwrap().json().await.unwrap();
        assert!(project["downloads"].is_u64());
    }
}
