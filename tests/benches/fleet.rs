//! 1 000 mods with 50 000 versions, as 20 TrackedMods: what the program itself costs, as CronJobs
//! run it, the first time and later.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use modstats_simulator::{Bulk, Options, Simulator};
use modstats_store::model::{RunState, RunView};
use modstats_store::{RunPage, Store};
use modstats_tests::{Database, Process, postgres};
use serde_json::json;

const TRACKED_MODS: usize = 20;
const PROJECTS: usize = 50;
const VERSIONS: usize = 50;
const MODS: usize = TRACKED_MODS * PROJECTS;
/// Between two looks at a process's memory.
const PAUSE: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() {
    let simulator = Simulator::start(Options {
        bulk: Some(Bulk {
            mods: MODS,
            versions: VERSIONS,
            modpacks: 0,
        }),
        ..Options::default()
    })
    .await
    .unwrap();
    let database = postgres().await.database().await;
    let settings = modstats_store::Database::Postgres(database.settings());
    let store = Store::open(&settings).await.unwrap();
    let folder = tempfile::tempdir().unwrap();

    println!("\n1 000 mods with 50 000 versions, as 20 TrackedMods of 50 mods");
    println!("  one request per mod and one per list");
    println!("    requests                   {:>8}", 2 * MODS);
    for title in ["ours, the first time", "ours, a later time"] {
        let start = Instant::now();
        let mut peaks = Vec::new();
        let mods = simulator.catalogue().bulk_mods();
        for (nth, projects) in mods.chunks(PROJECTS).enumerate() {
            let document = folder.path().join("document.json");
            let spec = json!({"modrinth": {"projects": projects}});
            let text = json!({
                "namespace": "default", "name": format!("bench-{nth}"), "uid": "u", "generation": 1,
                "creationTimestamp": "2026-01-01T00:00:00Z", "spec": spec,
            });
            fs::write(&document, text.to_string()).unwrap();
            peaks.push(run(&database, &simulator, &document).await);
        }
        let took = start.elapsed().as_secs_f64();
        let runs = newest(&store).await;
        let sum = |of: fn(&RunView) -> i64| runs.iter().map(of).sum::<i64>();
        let versions = sum(|run| run.progress.versions);
        assert_eq!(versions, i64::try_from(MODS * VERSIONS).unwrap());
        let requests: Vec<i64> = runs.iter().map(|run| run.progress.requests).collect();
        let (least, most) = range(&requests);
        let (smallest, largest) = range(&peaks);

        println!("  {title}");
        println!(
            "    requests                   {:>8}  ({least} … {most} in each run)",
            sum(|run| run.progress.requests)
        );
        println!("    versions                   {versions:>8}");
        println!(
            "    rows written               {:>8}",
            sum(|run| run.rows.unwrap())
        );
        println!("    seconds                    {took:>8.1}");
        println!("    peak memory of any, MiB    {largest:>8}  (the least {smallest})");
    }
}

/// Of each TrackedMod the newest run.
async fn newest(store: &Store) -> Vec<RunView> {
    let page = RunPage {
        limit: u64::try_from(TRACKED_MODS).unwrap(),
        ..RunPage::default()
    };
    let snapshot = store.snapshot().await.unwrap();
    let runs = snapshot.runs(&page, Timestamp::now()).await.unwrap();
    assert!(runs.iter().all(|run| run.state == RunState::Complete));
    runs
}

fn range<T: Copy + Ord>(values: &[T]) -> (T, T) {
    (*values.iter().min().unwrap(), *values.iter().max().unwrap())
}

/// Runs the program to its end, and returns its peak resident memory in MiB.
async fn run(database: &Database, simulator: &Simulator, document: &Path) -> u64 {
    let url = simulator.modrinth_url();
    let database = database.environment();
    let environment: Vec<(&str, &str)> = database
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .chain([("MODSTATS_MODRINTH_URL", url.as_str())])
        .collect();
    let document = document.to_str().unwrap();
    let arguments = ["--source", "modrinth", "--document", document];
    let mut process = Process::start("modstats-collector", &arguments, &environment);
    let mut peak = 0;
    while let Some(kibibytes) = process.peak_memory() {
        peak = kibibytes;
        tokio::time::sleep(PAUSE).await;
    }
    let status = process.wait(LONGEST).await;
    assert!(status.success(), "{}", process.output());
    peak.div_ceil(1024)
}
