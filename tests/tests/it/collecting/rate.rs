//! Collectors that share a database share one rate.
//!
//! The program's own limits are no setting of it, so collectors are tasks here, each with
//! connections of its own: the same path to the same row.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use jiff::Timestamp;
use modstats_collector::{Collector, ExitCode, Limit, SystemClock, Timeouts};
use modstats_crds::Source;
use modstats_simulator::{Bulk, Clock as SimulatedClock, Fault, Options, Platform};
use modstats_store::Store;
use modstats_store::model::Outcome;
use modstats_tests::soak;
use serde_json::json;

use super::{World, before, collect, document, document_of, reasons};
use crate::ground::Ground;
use crate::on_both;
use crate::platforms::{endpoints, limits};

/// What the simulated Modrinth allows: 12.5 requests a second.
const ALLOWED_PER_MINUTE: u32 = 750;
/// From fewer than 20 left on, collectors hold back of their own accord.
const ALLOWED_BURST: u32 = 60;
/// A little less than that.
const OURS: Limit = Limit {
    interval: Duration::from_millis(84),
    burst: 20,
};

/// Platforms that run in real time, whose projects don't name their versions: each project takes a
/// request of its own.
async fn real_time() -> World {
    let mods = if soak() { 50 } else { 19 };
    let world = World::with(Options {
        clock: SimulatedClock::system(),
        rate_limit_per_minute: ALLOWED_PER_MINUTE,
        rate_limit_burst: Some(ALLOWED_BURST),
        bulk: Some(Bulk {
            mods,
            versions: 1,
            modpacks: 0,
        }),
        ..Options::default()
    })
    .await;
    let nameless = Fault::Replace {
        key: "versions",
        with: None,
    };
    world.fault(Platform::Modrinth, "/v2/projects", 1000, nameless);
    world
}

fn collector(world: &World, store: &Store, limit: Limit) -> Collector {
    let (endpoints, timeouts) = (endpoints(&world.simulator), Timeouts::default());
    Collector::new(
        store.clone(),
        Arc::new(SystemClock),
        endpoints,
        limits(limit),
        timeouts,
    )
    .unwrap()
}

/// When each request was answered, as far as looking at the count every few milliseconds tells.
async fn watched(world: &World, over: impl Future<Output = ()>) -> Vec<Instant> {
    let mut answered = Vec::new();
    let look = |answered: &mut Vec<Instant>| {
        let total = usize::try_from(world.simulator.served().total(Platform::Modrinth)).unwrap();
        answered.resize(total, Instant::now());
    };
    let mut over = std::pin::pin!(over);
    loop {
        tokio::select! {
            () = &mut over => break,
            () = tokio::time::sleep(Duration::from_millis(5)) => look(&mut answered),
        }
    }
    look(&mut answered);
    answered
}

on_both! {
    async fn eight_collectors_together_reach_the_rate_and_are_never_told_to_slow_down(ground: Ground) {
        let world = real_time().await;
        let projects = world.catalogue().bulk_mods();
        let runs = (0..8).map(async |nth| {
            // A process has connections of its own; on SQLite there is one process.
            let store = match ground.database {
                Some(_) => Store::open(&ground.settings).await.unwrap(),
                None => ground.store.clone(),
            };
            let spec = json!({"modrinth": {"projects": projects}});
            let document = document_of(&format!("demo-{nth}"), spec);
            let collector = collector(&world, &store, OURS);
            let report = collect(&collector, &document, Source::Modrinth, Timestamp::now()).await;
            assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
        });
        let answered = watched(&world, async { join_all(runs).await; }).await;
        let served = world.simulator.served();
        assert_eq!(served.limited, 0, "{served:?}");
        assert_eq!(answered.len(), 8 * (1 + projects.len()));

        // From the end of the burst to the last request.
        let steady = &answered[usize::try_from(OURS.burst).unwrap()..];
        let elapsed = steady[steady.len() - 1].duration_since(steady[0]);
        let reached = f64::from(u32::try_from(steady.len() - 1).unwrap()) * OURS.interval.as_secs_f64() / elapsed.as_secs_f64();
        println!("{} requests in {elapsed:.1?}: {:.1} % of the rate", steady.len() - 1, 100.0 * reached);
        assert!(elapsed > Duration::from_secs(if soak() { 30 } else { 10 }), "{elapsed:?}");
        assert!(reached >= 0.9, "{reached} of the rate");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_told_to_wait_sends_nothing_until_then() {
    for header in ["retry-after", "x-ratelimit-reset"] {
        let ground = Ground::sqlite().await;
        let world = real_time().await;
        let headers = vec![(header, "2".to_owned())];
        world.fault(Platform::Modrinth, "/version", 3, Fault::Pass);
        world.fault(
            Platform::Modrinth,
            "/version",
            1,
            Fault::Throttled {
                status: 429,
                headers,
            },
        );
        let limit = Limit {
            interval: Duration::from_millis(1),
            burst: 1,
        };
        let collector = collector(&world, &ground.store, limit);
        let spec = json!({"modrinth": {"projects": world.catalogue().bulk_mods()}});
        let document = document(spec);
        let answered = watched(&world, async {
            let report = collect(&collector, &document, Source::Modrinth, Timestamp::now()).await;
            assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
            assert_eq!(report.record.progress.retries, 1);
        })
        .await;
        let pauses = answered
            .windows(2)
            .map(|pair| pair[1].duration_since(pair[0]));
        let longest = pauses.max().unwrap();
        // Those that were under way already are answered meanwhile.
        let told = Duration::from_secs(2);
        assert!(
            longest > told * 9 / 10 && longest < told * 2,
            "{header}: {longest:?}"
        );
        let (before, after): (Vec<&Instant>, Vec<&Instant>) = answered
            .iter()
            .partition(|at| at.duration_since(answered[0]) < told / 2);
        assert!(
            before.len() < 10,
            "{} requests came before the pause",
            before.len()
        );
        assert!(after.len() > 5, "{} came after it", after.len());
    }
}

on_both! {
    async fn no_wait_is_longer_than_the_run(ground: Ground) {
        for headers in [vec![("retry-after", "3600".to_owned())], vec![("x-ratelimit-reset", "1200".to_owned())]] {
            let world = World::at(before(0, "06:00:00")).await;
            let begun = world.now();
            let throttled = Fault::Throttled { status: 429, headers };
            world.fault(Platform::Modrinth, "/v2", 1000, throttled);
            let document = document(json!({"modrinth": {"projects": ["quillhaven-gears"]}}));
            let report = world.collect(&ground, &document, Source::Modrinth).await;
            let told = (report.record.outcome, report.record.exit, reasons(&report));
            assert_eq!(told, (Outcome::Failed, ExitCode::TryAgain, vec!["RateLimited"]));
            assert_eq!(world.now(), begun, "a wait in vain is not begun");
            assert_eq!(report.record.progress.requests, 1);
        }
        // A shorter one is waited out as often as the time of the run allows.
        let world = World::at(before(0, "12:00:00")).await;
        let begun = world.now();
        let headers = vec![("retry-after", "500".to_owned())];
        world.fault(Platform::Modrinth, "/v2", 1000, Fault::Throttled { status: 429, headers });
        let document = document(json!({"modrinth": {"projects": ["quillhaven-gears"]}}));
        let report = world.collect(&ground, &document, Source::Modrinth).await;
        assert_eq!(report.record.exit, ExitCode::TryAgain);
        assert_eq!(report.record.progress.requests, 3);
        let waited: Duration = world.now().duration_since(begun).try_into().unwrap();
        assert!(waited < Timeouts::default().run, "{waited:?}");
    }
}
