//! Collections of the real collector from simulated platforms.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use jiff::Timestamp;
use modstats_collector::{
    ApiKey, Clock, Collector, Credentials, Endpoints, Limit, Limits, Timeouts,
};
use modstats_crds::{Document, Source};
use modstats_simulator::{Clock as SimulatedClock, Options, Simulator};
use modstats_store::Store;
use modstats_store::model::Outcome;
use serde_json::{Value, json};

pub const NAMESPACE: &str = "default";

/// The platforms' clock, which stands.
struct Standing(SimulatedClock);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep_until(&self, _: Timestamp) -> BoxFuture<'_, ()> {
        tokio::task::yield_now().boxed()
    }
}

/// A collector that nothing holds back.
pub fn collector(store: &Store, simulator: &Simulator) -> Collector {
    let endpoints = Endpoints {
        modrinth: simulator.modrinth_url(),
        curseforge: simulator.curseforge_url(),
        curseforge_website: simulator.website_url(),
    };
    let limit = Limit {
        interval: Duration::ZERO,
        burst: 1,
    };
    let limits = Limits {
        modrinth: limit,
        curseforge: limit,
    };
    let clock = Arc::new(Standing(simulator.clock().clone()));
    Collector::new(store.clone(), clock, endpoints, limits, Timeouts::default()).unwrap()
}

pub fn document(name: &str, created: Timestamp, spec: &Value) -> Document {
    let document = json!({
        "namespace": NAMESPACE, "name": name, "uid": name, "generation": 1,
        "creationTimestamp": created, "spec": spec,
    });
    Document::from_json(&document.to_string()).unwrap()
}

/// A run that the platforms answer completely.
pub async fn collect(collector: &Collector, document: &Document, source: Source, at: Timestamp) {
    let key = ApiKey::new(&Options::default().curseforge_key).unwrap();
    let credentials = Credentials {
        curseforge_key: Some(key),
    };
    let report = collector.collect(document, source, at, &credentials).await;
    assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
}
