//! Whole collections: the collector asks simulated platforms and writes into real databases.

mod order;
mod predecessor;
mod rate;
mod samples;

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use jiff::{SignedDuration, Timestamp};
use modstats_collector::{Clock, Collector, Report, Timeouts};
use modstats_crds::{Document, Source};
use modstats_dashboard::{BasePath, Clients, Settings, StoreSlot};
use modstats_simulator::{
    Catalogue, Clock as SimulatedClock, Fault, Options, Platform, Rule, Simulator,
};
use modstats_store::Store;
use modstats_store::model::{Outcome, TrackedModView};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::ground::Ground;
use crate::platforms::{credentials, endpoints, no_limits};
use crate::store::at;

/// The day that the catalogue leads up to. Its last releases lie two days before it.
const PRESENT: &str = "2026-01-20T00:00:00Z";

/// The instant so many days before the present, at a time of that day.
fn before(days: i64, time: &str) -> Timestamp {
    let midnight = at(PRESENT) - SignedDuration::from_hours(24 * days);
    let day = modstats_store::time::day_of(midnight);
    at(&format!("{day}T{time}Z"))
}

/// A clock that stands; a wait moves it to the wait's end.
struct Standing(SimulatedClock);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        self.0.set(self.0.now().max(at));
        tokio::task::yield_now().boxed()
    }
}

/// The simulated platforms at one instant, or at one after the other.
struct World {
    simulator: Simulator,
}

impl World {
    async fn at(now: Timestamp) -> World {
        World::with(Options {
            clock: SimulatedClock::at(now),
            ..Options::default()
        })
        .await
    }

    async fn with(options: Options) -> World {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = Options {
            present: Some(at(PRESENT)),
            ..options
        };
        World {
            simulator: Simulator::start(options).await.unwrap(),
        }
    }

    fn now(&self) -> Timestamp {
        self.simulator.clock().now()
    }

    fn go_to(&self, now: Timestamp) {
        self.simulator.clock().set(now);
    }

    fn catalogue(&self) -> &Catalogue {
        self.simulator.catalogue()
    }

    /// A project's id, by its first slug.
    fn id(&self, platform: Platform, slug: &str) -> String {
        let long_ago = before(60, "00:00:00");
        let found = self.catalogue().project_by_slug(platform, slug, long_ago);
        found.unwrap_or_else(|| panic!("no {slug}")).id.clone()
    }

    fn number(&self, slug: &str) -> i64 {
        self.id(Platform::Curseforge, slug).parse().unwrap()
    }

    fn collector(&self, store: &Store) -> Collector {
        self.collector_by(store, self.simulator.clock().clone())
    }

    /// With a clock apart from the platforms'.
    fn collector_by(&self, store: &Store, clock: SimulatedClock) -> Collector {
        let clock = Arc::new(Standing(clock));
        let (endpoints, timeouts) = (endpoints(&self.simulator), Timeouts::default());
        Collector::new(store.clone(), clock, endpoints, no_limits(), timeouts).unwrap()
    }

    async fn collect(&self, ground: &Ground, document: &Document, source: Source) -> Report {
        let collector = self.collector(&ground.store);
        collect(&collector, document, source, self.now()).await
    }

    /// A run of which every question is answered.
    async fn complete(&self, ground: &Ground, document: &Document, source: Source) -> Report {
        let report = self.collect(ground, document, source).await;
        assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
        report
    }

    fn fault(&self, platform: Platform, path: &str, times: usize, fault: Fault) {
        let path_contains = path.to_owned();
        self.simulator.faults().add(Rule {
            platform,
            path_contains,
            times,
            fault,
        });
    }
}

async fn collect(
    collector: &Collector,
    document: &Document,
    source: Source,
    due: Timestamp,
) -> Report {
    collector
        .collect(document, source, due, &credentials())
        .await
}

/// A document of the TrackedMod `default/demo`.
fn document(spec: Value) -> Document {
    document_of("demo", spec)
}

fn document_of(name: &str, spec: Value) -> Document {
    let document = json!({
        "namespace": "default", "name": name, "uid": "uid-1", "generation": 1,
        "creationTimestamp": "2025-06-01T12:00:00Z", "spec": spec
    });
    Document::from_json(&document.to_string()).unwrap()
}

/// A spec of projects on CurseForge.
fn curseforge(ids: &[i64]) -> Value {
    json!({"projects": ids, "apiKeySecretRef": {"name": "curseforge"}})
}

/// An empty database of the same kind.
async fn another(ground: &Ground) -> Ground {
    match ground.database {
        Some(_) => Ground::postgres().await,
        None => Ground::sqlite().await,
    }
}

/// The reasons of a report's problems.
fn reasons(report: &Report) -> Vec<&str> {
    let problems = report.record.problems.iter();
    problems.map(|problem| problem.reason.as_str()).collect()
}

/// What the pages show of `default/demo`.
async fn view(ground: &Ground) -> TrackedModView {
    let snapshot = ground.store.snapshot().await.unwrap();
    let view = snapshot.tracked_mod("default", "demo", at(PRESENT)).await;
    view.unwrap().unwrap()
}

/// The dashboard over a store, at an instant that stands; its address.
pub async fn dashboard(store: &Store, now: Timestamp) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings {
        store: StoreSlot::open(store.clone()),
        now: Arc::new(move || now),
        fresh_for: Duration::ZERO,
        base_path: BasePath::default(),
        clients: Clients::default(),
        build: "test",
        sample_data: false,
        outlook: Arc::new(Vec::new),
    };
    let serving = modstats_dashboard::serve(listener, settings, std::future::pending());
    tokio::spawn(serving);
    format!("http://{address}")
}

async fn page(url: &str) -> String {
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    answer.text().await.unwrap()
}
