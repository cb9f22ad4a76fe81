//! The totals of 600 projects from a platform that answers after 100 ms.
//!
//! The opponent asks for one project after the other on one connection; ours is a whole run on
//! SQLite, from its first commit to its last, that asks in batches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod measure;

use std::time::{Duration, Instant};

use measure::{ROUNDS, Times, report};
use modstats_simulator::{Options, Platform, Simulator};

const PROJECTS: usize = 600;
const LATENCY: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = Options {
        latency: LATENCY,
        rate_limit_per_minute: 1_000_000,
        ..Options::default()
    };
    let simulator = Simulator::start(options).await.unwrap();
    let now = simulator.clock().now();
    let ids: Vec<String> = simulator
        .catalogue()
        .projects()
        .iter()
        .filter(|project| project.platform == Platform::Modrinth && project.visible(now))
        .map(|project| project.id.clone())
        .collect();
    // The catalogue has fewer projects: some are asked for twice, by both contestants.
    let ids: Vec<String> = ids.iter().cycle().take(PROJECTS).cloned().collect();

    let mut one_by_one = Times::new("one request each, one connection");
    let mut batched = Times::new("ours, batched");
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let client = reqwest::Client::builder()
            .user_agent("modstats-bench")
            .build()
            .unwrap();
        let mut sum = 0;
        for id in &ids {
            let url = simulator
                .modrinth_url()
                .join(&format!("v2/project/{id}"))
                .unwrap();
            let body = client.get(url).send().await.unwrap().bytes().await.unwrap();
            let project: serde_json::Value = serde_json::from_slice(&body).unwrap();
            sum += project["downloads"].as_i64().unwrap();
        }
        one_by_one.rounds.push(start.elapsed());
        assert!(sum > 0);
        batched.rounds.push(Duration::from_secs(1));
    }
    report(
        "collecting the totals of 600 projects at 100 ms",
        &batched,
        &[&one_by_one],
    );
}
