//! The totals of 600 projects from a platform that takes 100 ms for each answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod measure;

use std::sync::Arc;
use std::time::{Duration, Instant};

use measure::{ROUNDS, Times, report};
use modstats_collector::platform::Stated;
use modstats_collector::{Collector, Credentials, Endpoints, Limit, Limits, SystemClock, Timeouts};
use modstats_simulator::{Options, Platform as SimulatedPlatform, Simulator};
use modstats_store::model::Platform;
use modstats_store::{Database, Store};

const PROJECTS: usize = 600;
const LATENCY: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let simulator = Simulator::start(Options {
        latency: LATENCY,
        // Of the requests themselves, not of the platform's limit: that would slow one request each
        // down further.
        rate_limit_per_minute: 100_000,
        ..Options::default()
    })
    .await
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Database::Sqlite(folder.path().join("bench.db")))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let unlimited = Limit {
        interval: Duration::ZERO,
        burst: 1,
    };
    let collector = Collector::new(
        store,
        Arc::new(SystemClock),
        Endpoints {
            modrinth: simulator.modrinth_url(),
            curseforge: simulator.curseforge_url(),
            curseforge_website: simulator.website_url(),
        },
        Limits {
            modrinth: unlimited,
            curseforge: unlimited,
        },
        Timeouts::default(),
    )
    .unwrap();
    let now = simulator.clock().now();
    let keys: Vec<String> = simulator
        .catalogue()
        .projects()
        .iter()
        .filter(|project| project.platform == SimulatedPlatform::Modrinth && project.visible(now))
        .map(|project| project.id.clone())
        .take(PROJECTS)
        .collect();
    assert_eq!(keys.len(), PROJECTS);

    let mut ours = Times::new("ours, in batches");
    let mut each = Times::new("one request each");
    for _ in 0..ROUNDS {
        for (times, batch) in [(&mut ours, PROJECTS), (&mut each, 1)] {
            let before = simulator.served().total(SimulatedPlatform::Modrinth);
            let start = Instant::now();
            for keys in keys.chunks(batch) {
                ask(&collector, keys).await;
            }
            times.rounds.push(start.elapsed());
            let requests = simulator.served().total(SimulatedPlatform::Modrinth) - before;
            println!("{}: {requests} requests", times.name);
        }
    }
    report(
        "the totals of 600 projects at 100 ms latency",
        &ours,
        &[&each],
    );
}

async fn ask(collector: &Collector, keys: &[String]) {
    let stated = collector
        .totals(Platform::Modrinth, keys, &Credentials::default())
        .await
        .unwrap();
    assert!(
        stated
            .values()
            .all(|stated| matches!(stated, Stated::Found(_)))
    );
}
