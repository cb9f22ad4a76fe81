//! A run that dies at any instant, and is repeated, leaves the same rows.

use std::process::{Command, Stdio};
use std::task::Poll;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use modstats_crds::{Document, Source};
use modstats_simulator::{Fault, Gate, Platform};
use modstats_store::model::{Outcome, RunState};
use modstats_store::{Database, RunPage, Store};

use crate::support::{self, World, document};

fn both(world: &World) -> Document {
    let id = world.id(Platform::Curseforge, "quillhaven-gears");
    document(&["quillhaven-gears", "copperwick-signals"], &[&id])
}

async fn undisturbed(source: Source) -> Vec<String> {
    let world = World::new().await;
    let report = world.collect(&both(&world), source).await;
    assert_eq!(report.record.outcome, Outcome::Complete);
    world.rows().await
}

/// Repeats a run in a world where one has died.
async fn repeated(world: &World, source: Source) -> Vec<String> {
    let report = world.collect(&both(world), source).await;
    assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
    world.rows().await
}

#[tokio::test]
async fn dropped_at_each_request() {
    for (platform, source) in [
        (Platform::Modrinth, Source::Modrinth),
        (Platform::Curseforge, Source::Curseforge),
    ] {
        let expected = undisturbed(source).await;
        for request in 0.. {
            let world = World::new().await;
            let gate = Gate::closed();
            world.fault(platform, "/v", request, Fault::Pass);
            world.fault(platform, "/v", 1, Fault::Hold(gate.clone()));
            let document = both(&world);
            let finished = tokio::select! {
                report = world.collect(&document, source) => {
                    assert_eq!(report.record.outcome, Outcome::Complete);
                    true
                }
                () = gate.reached() => false,
            };
            if finished {
                assert!(request >= 2, "only {request} requests");
                break;
            }
            gate.open();
            let (state, rows) = newest(&world).await;
            assert_eq!(state, RunState::Running);
            assert!(
                !rows.iter().any(|row| row.contains("daily_stats")),
                "{rows:?}"
            );
            assert_eq!(
                repeated(&world, source).await,
                expected,
                "dropped at request {request}"
            );
        }
    }
}

/// The third kind of commit: how far a run has come.
#[tokio::test]
async fn dropped_after_a_progress_report() {
    let expected = {
        let world = World::new().await;
        // The same waits as below, so that both runs end at the same instants.
        world
            .clock
            .set(world.clock.now() + SignedDuration::from_hours(1));
        repeated_with_two(&world).await
    };
    let world = World::new().await;
    let (document, [_, second]) = two(&world);
    // The first listing takes a minute of patience; then the second one is held up.
    world.fault(Platform::Curseforge, "index=0", 1, Fault::Blocked);
    let gate = Gate::closed();
    let path = format!("mods/{second}/files");
    world.fault(Platform::Curseforge, &path, 1, Fault::Hold(gate.clone()));
    tokio::select! {
        report = world.collect(&document, Source::Curseforge) => panic!("not held: {report:?}"),
        () = gate.reached() => {}
    }
    gate.open();
    let page = RunPage {
        limit: 1,
        ..Default::default()
    };
    let snapshot = world.store.snapshot().await.unwrap();
    let run = &snapshot.runs(&page, world.clock.now()).await.unwrap()[0];
    assert_eq!(run.state, RunState::Running);
    assert!(run.progress.versions > 40, "{:?}", run.progress);
    assert!(run.progress.requests > 3, "{:?}", run.progress);
    assert_eq!(snapshot.generation().await.unwrap(), 2);
    drop(snapshot);
    world.simulator.faults().clear();
    world
        .clock
        .set(World::new().await.clock.now() + SignedDuration::from_hours(1));
    let without_joining = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter()
            .filter(|row| !row.contains("tracked_project"))
            .collect()
    };
    let rows = repeated_with_two(&world).await;
    assert_eq!(without_joining(rows), without_joining(expected));
}

/// Two projects on CurseForge, whose files are asked for one after the other.
fn two(world: &World) -> (Document, [String; 2]) {
    let mut ids = ["quillhaven-gears", "lanternmoss-and-loom"]
        .map(|slug| world.id(Platform::Curseforge, slug));
    ids.sort();
    (document(&[], &[&ids[0], &ids[1]]), ids)
}

async fn repeated_with_two(world: &World) -> Vec<String> {
    let report = world.collect(&two(world).0, Source::Curseforge).await;
    assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
    world.rows().await
}

async fn newest(world: &World) -> (RunState, Vec<String>) {
    let page = RunPage {
        limit: 1,
        ..Default::default()
    };
    let snapshot = world.store.snapshot().await.unwrap();
    let state = snapshot.runs(&page, world.clock.now()).await.unwrap()[0].state;
    (state, world.rows().await)
}

#[tokio::test]
async fn dropped_at_any_await_point() {
    let expected = undisturbed(Source::Modrinth).await;
    let step = if std::env::var_os("MODSTATS_SOAK").is_some() {
        1
    } else {
        7
    };
    let mut died = 0;
    for polls in (0..).step_by(step) {
        let world = World::new().await;
        let document = both(&world);
        let mut run = Box::pin(world.collect(&document, Source::Modrinth));
        let mut left = polls;
        let finished = std::future::poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(false);
            }
            left -= 1;
            run.as_mut().poll(context).map(|report| {
                assert_eq!(report.record.outcome, Outcome::Complete);
                true
            })
        })
        .await;
        drop(run);
        if finished {
            break;
        }
        died += 1;
        assert_eq!(
            repeated(&world, Source::Modrinth).await,
            expected,
            "dropped at poll {polls}"
        );
    }
    assert!(
        died >= 3,
        "the run ended within {died} steps of {step} polls"
    );
}

/// What the process does that [`killed_after_each_commit`] kills.
#[test]
#[ignore = "started, and killed, by killed_after_each_commit"]
fn process_that_is_killed() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let variable = |name: &str| std::env::var(name).expect(name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let database = Database::Sqlite(variable("MODSTATS_TEST_DATABASE").into());
        let store = Store::open(&database).await.unwrap();
        let clock = modstats_simulator::Clock::at(variable("MODSTATS_TEST_NOW").parse().unwrap());
        let endpoints = modstats_collector::Endpoints {
            modrinth: variable("MODSTATS_TEST_URL").parse().unwrap(),
            curseforge: variable("MODSTATS_TEST_URL").parse().unwrap(),
            curseforge_website: variable("MODSTATS_TEST_URL").parse().unwrap(),
        };
        let now = clock.now();
        let collector = modstats_collector::Collector::new(
            store,
            std::sync::Arc::new(support::Standing(clock)),
            endpoints,
            support::fast(),
            modstats_collector::Timeouts::default(),
        )
        .unwrap();
        let document = Document::from_json(&variable("MODSTATS_TEST_DOCUMENT")).unwrap();
        let credentials = support::credentials(support::KEY);
        collector
            .collect(&document, Source::Modrinth, now, &credentials)
            .await;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_each_commit() {
    let expected = undisturbed(Source::Modrinth).await;
    // The first commit is the run's start, the second its end.
    for commits in 1..=2 {
        let world = World::new().await;
        for _ in 0..8 {
            // Time between the commits in which the kill can come.
            world.fault(
                Platform::Modrinth,
                "/v2",
                1,
                Fault::Slow(Duration::from_millis(200)),
            );
        }
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "kill::process_that_is_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(
                "MODSTATS_TEST_DATABASE",
                world.folder.path().join("modstats.db"),
            )
            .env("MODSTATS_TEST_NOW", world.clock.now().to_string())
            .env("MODSTATS_TEST_URL", world.simulator.modrinth_url().as_str())
            .env(
                "MODSTATS_TEST_DOCUMENT",
                serde_json::to_string(&both(&world)).unwrap(),
            )
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let seen = commits_seen(&world, commits).await;
        process.kill().unwrap();
        process.wait().unwrap();
        assert_eq!(
            seen, commits,
            "the kill came too late to tell the commits apart"
        );
        let (state, rows) = newest(&world).await;
        let ended = commits == 2;
        assert_eq!(state == RunState::Complete, ended, "{state}");
        assert_eq!(
            rows == expected,
            ended,
            "numbers come with the end, all of them"
        );
        assert_eq!(repeated(&world, Source::Modrinth).await, expected);
    }
}

/// Waits until so many commits are there.
async fn commits_seen(world: &World, commits: i64) -> i64 {
    let start = Instant::now();
    loop {
        let generation = world
            .store
            .snapshot()
            .await
            .unwrap()
            .generation()
            .await
            .unwrap();
        if generation >= commits {
            return generation;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "generation {generation} of {commits}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
