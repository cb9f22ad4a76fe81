//! The programs, killed at random instants and asked to end: what is stored is true, and after the
//! next run it is whole. `MODSTATS_SOAK=1` kills two hundred times.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use modstats_crds::Document;
use modstats_simulator::catalogue::Kind;
use modstats_simulator::{Clock, Options, Platform, Simulator};
use modstats_store::{Database, Store};
use modstats_tests::{Process, Signal, eventually, soak};
use serde_json::{Value, json};

use crate::ground::{Ground, Template, assert_same_facts};
use crate::platforms::{addresses, borrowed};
use crate::truth::assert_true;

const LONG: Duration = Duration::from_secs(120);
/// Room for a kill between two requests.
const LATENCY: Duration = Duration::from_millis(15);
const SOURCES: [&str; 3] = ["modrinth", "curseforge", "modpacks"];

fn kills() -> u32 {
    if soak() { 100 } else { 5 }
}

/// What the platforms state, whatever the machine's clock shows.
fn standing() -> Timestamp {
    "2026-01-20T09:00:00Z".parse().unwrap()
}

async fn simulator() -> Simulator {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = Options {
        clock: Clock::at(standing()),
        latency: LATENCY,
        rate_limit_per_minute: 1_000_000,
        ..Options::default()
    };
    Simulator::start(options).await.unwrap()
}

fn spec(simulator: &Simulator) -> Value {
    let mods = simulator.catalogue().mods();
    let modrinth: Vec<_> = mods.iter().filter_map(|it| it.modrinth.clone()).collect();
    let curseforge: Vec<_> = mods.iter().filter_map(|it| it.curseforge).collect();
    let packs = simulator.catalogue().projects().iter();
    let pack = packs
        .clone()
        .find(|it| it.kind == Kind::Modpack && it.platform == Platform::Curseforge);
    let pack: i64 = pack.unwrap().id.parse().unwrap();
    json!({
        "modrinth": {"projects": &modrinth[1..3]},
        "curseforge": {
            "projects": &curseforge[1..2],
            "apiKeySecretRef": {"name": "curseforge", "key": "api-key"},
        },
        "modpacks": {"curseforgeIds": [pack]},
    })
}

fn start(ground: &Ground, simulator: &Simulator, folder: &Path, source: &str) -> Process {
    let document = json!({
        "namespace": "default", "name": "gears", "uid": "u", "generation": 1,
        "creationTimestamp": "2025-01-01T00:00:00Z", "spec": spec(simulator),
    });
    let document = Document::from_json(&document.to_string()).unwrap();
    let file = folder.join("document.json");
    std::fs::write(&file, serde_json::to_string(&document).unwrap()).unwrap();
    let database = ground.database.as_ref().unwrap().environment();
    let variables: Vec<_> = database.into_iter().chain(platforms(simulator)).collect();
    let arguments = ["--source", source, "--document", file.to_str().unwrap()];
    Process::start("modstats-collector", &arguments, &borrowed(&variables))
}

/// Where they are, and the key.
fn platforms(simulator: &Simulator) -> Vec<(&'static str, String)> {
    let key = (
        "MODSTATS_CURSEFORGE_API_KEY",
        Options::default().curseforge_key,
    );
    addresses(simulator).into_iter().chain([key]).collect()
}

/// What is known, apart from when and from what only a killed run may add.
fn known(facts: &BTreeSet<String>) -> BTreeSet<String> {
    let of_the_way = ["sample", "listing", "tracked_"];
    facts
        .iter()
        .filter(|fact| !of_the_way.iter().any(|table| fact.starts_with(table)))
        .map(|fact| {
            let words = fact.split(", ");
            let kept = words.filter(|word| !word.contains("at: ") && !word.contains("day: "));
            kept.collect::<Vec<_>>().join(", ")
        })
        .collect()
}

async fn undisturbed(
    template: &Template,
    simulator: &Simulator,
    source: &str,
) -> (BTreeSet<String>, Duration) {
    let ground = template.copy().await;
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let mut run = start(&ground, simulator, folder.path(), source);
    assert!(run.wait(LONG).await.success(), "{}", run.output());
    (known(&ground.facts().await), begun.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_killed_at_any_instant_leaves_the_truth_and_the_next_one_all_of_it() {
    let simulator = simulator().await;
    let template = Ground::postgres().await.close().await;
    for source in SOURCES {
        let (expected, took) = undisturbed(&template, &simulator, source).await;
        for kill in 0..kills().div_ceil(3) {
            let ground = template.copy().await;
            let folder = tempfile::tempdir().unwrap();
            let mut killed = start(&ground, &simulator, folder.path(), source);
            tokio::time::sleep(took * (2 * kill + 1) / (2 * kills().div_ceil(3))).await;
            killed.signal(Signal::KILL);
            killed.wait(LONG).await;
            let what = format!("{source} killed at {kill} of {took:?}");
            assert_true(&ground, simulator.catalogue(), |_| standing(), &what).await;
            let mut again = start(&ground, &simulator, folder.path(), source);
            assert!(again.wait(LONG).await.success(), "{}", again.output());
            assert_true(&ground, simulator.catalogue(), |_| standing(), &what).await;
            assert_same_facts(&expected, &known(&ground.facts().await), &what);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_asked_to_end_has_committed_all_or_nothing() {
    let simulator = simulator().await;
    let template = Ground::postgres().await.close().await;
    let source = "modrinth";
    let (expected, took) = undisturbed(&template, &simulator, source).await;
    for turn in 0..kills().div_ceil(4) {
        let ground = template.copy().await;
        let folder = tempfile::tempdir().unwrap();
        let mut asked = start(&ground, &simulator, folder.path(), source);
        tokio::time::sleep(took * (2 * turn + 1) / (2 * kills().div_ceil(4))).await;
        asked.signal(Signal::TERM);
        let code = asked.wait(LONG).await.code();
        let facts = known(&ground.facts().await);
        let nothing = !facts.iter().any(|fact| fact.starts_with("daily_stats"));
        // Before it listens for signals, one ends it as any program.
        assert!(
            matches!(code, Some(0 | 75) | None),
            "{code:?}: {}",
            asked.output()
        );
        if code == Some(0) {
            assert_same_facts(&expected, &facts, "a run that said it was done");
        } else if !nothing {
            assert_same_facts(&expected, &facts, "a run that had just committed");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn modstats_killed_at_any_instant_leaves_the_truth_and_goes_on_with_all_of_it() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mods.yaml");
    let mods = json!({
        "apiVersion": "modstats.dev/v1alpha1", "kind": "TrackedMod",
        "metadata": {"name": "gears"}, "spec": spec(&simulator),
    });
    std::fs::write(&file, mods.to_string()).unwrap();
    let (expected, took) = {
        let db = folder.path().join("undisturbed.db");
        let begun = Instant::now();
        let mut serving = serve(&simulator, &file, &db);
        complete(&mut serving, &db).await;
        let took = begun.elapsed();
        drop(serving);
        (known(&Ground::file(&db).await.facts().await), took)
    };
    for kill in 0..kills().div_ceil(2) {
        let db = folder.path().join(format!("{kill}.db"));
        let mut killed = serve(&simulator, &file, &db);
        tokio::time::sleep(took * (2 * kill + 1) / (2 * kills().div_ceil(2))).await;
        killed.signal(Signal::KILL);
        killed.wait(LONG).await;
        let mut again = serve(&simulator, &file, &db);
        complete(&mut again, &db).await;
        drop(again);
        let what = format!("killed at {kill} of {took:?}");
        let ground = Ground::file(&db).await;
        assert_true(&ground, simulator.catalogue(), |_| standing(), &what).await;
        assert_same_facts(&expected, &known(&ground.facts().await), &what);
    }
}

fn serve(simulator: &Simulator, file: &Path, db: &Path) -> Process {
    let (file, db) = (file.to_str().unwrap(), db.to_str().unwrap());
    let arguments = ["serve", "-f", file, "--db", db, "--listen", "127.0.0.1:0"];
    Process::start("modstats", &arguments, &borrowed(&platforms(simulator)))
}

/// Waits until each source has a complete run.
async fn complete(serving: &mut Process, db: &Path) {
    serving.wait_for_line(LONG, "open http://").await;
    let store = Store::open(&Database::Sqlite(db.to_owned())).await.unwrap();
    eventually(LONG, "each source has a complete run", async || {
        let snapshot = store.snapshot().await.map_err(|error| error.to_string())?;
        let view = snapshot
            .tracked_mod("default", "gears", Timestamp::now())
            .await;
        let view = view.map_err(|error| error.to_string())?;
        let sources = view.map(|view| view.sources).unwrap_or_default();
        let complete = sources.iter().filter(|it| it.last_success_at.is_some());
        if complete.count() == SOURCES.len() {
            Ok(())
        } else {
            Err(format!("{sources:?}\n{}", serving.output()))
        }
    })
    .await;
    store.close().await.unwrap();
}

/// The most memory that the program ever had, in KiB, while its platform answers with far too much.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_keeps_its_memory_whatever_a_platform_sends() {
    use modstats_simulator::{Fault, Rule};
    let simulator = simulator().await;
    let template = Ground::postgres().await.close().await;
    let mut peaks = Vec::new();
    for fault in [
        Fault::Pass,
        Fault::Endless,
        Fault::Oversized(256 << 20),
        Fault::GzipBomb(512 << 20),
        Fault::Deep(5_000_000),
    ] {
        simulator.faults().clear();
        simulator.faults().add(Rule {
            platform: Platform::Modrinth,
            path_contains: "/v2/projects".to_owned(),
            times: usize::MAX,
            fault: fault.clone(),
        });
        let ground = template.copy().await;
        let folder = tempfile::tempdir().unwrap();
        let mut run = start(&ground, &simulator, folder.path(), "modrinth");
        let mut peak = 0;
        while let Some(now) = run.peak_memory() {
            peak = peak.max(now);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let code = run.wait(LONG).await.code();
        let fine = matches!(fault, Fault::Pass);
        assert_eq!(
            code,
            Some(if fine { 0 } else { 75 }),
            "{fault:?}: {}",
            run.output()
        );
        peaks.push((fault, peak));
    }
    let (_, ordinary) = peaks[0];
    for (fault, peak) in peaks {
        // The largest body, twice while it grows, and what a read-ahead holds.
        assert!(
            peak < ordinary + (64 << 10),
            "{fault:?}: {peak} KiB instead of {ordinary} KiB"
        );
    }
}
