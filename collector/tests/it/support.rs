//! A world of its own for each test: platforms, a clock that stands, and an empty database.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use jiff::{SignedDuration, Timestamp};
use modstats_collector::{
    ApiKey, Clock, Collector, Credentials, Endpoints, ExitCode, Limit, Limits, Report, Timeouts,
};
use modstats_crds::{Document, Source};
use modstats_simulator::{Catalogue, Fault, Options, Platform, Rule, Simulator};
use modstats_store::model::{Outcome, RunState, TrackedModView};
use modstats_store::{Database, RunPage, Store};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const PRESENT: &str = "2026-01-20T00:00:00Z";
pub const KEY: &str = "$2a$10$simulated.key";

/// The simulator's clock, which stands; a wait moves it to the end of the wait.
pub struct Standing(pub modstats_simulator::Clock);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        self.0.set(self.0.now().max(at));
        tokio::task::yield_now().boxed()
    }
}

pub struct World {
    pub simulator: Simulator,
    pub clock: modstats_simulator::Clock,
    pub store: Store,
    pub folder: TempDir,
    pub timeouts: Timeouts,
}

pub fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

pub fn present() -> Timestamp {
    PRESENT.parse().unwrap()
}

pub fn fast() -> Limits {
    let limit = Limit {
        interval: Duration::ZERO,
        burst: 1000,
    };
    Limits {
        modrinth: limit,
        curseforge: limit,
    }
}

impl World {
    /// On the morning of the catalogue's last day.
    pub async fn new() -> World {
        World::at(present() + SignedDuration::from_hours(9)).await
    }

    pub async fn at(now: Timestamp) -> World {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = modstats_simulator::Clock::at(now);
        let options = Options {
            clock: clock.clone(),
            present: Some(present()),
            ..Options::default()
        };
        let simulator = Simulator::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        let timeouts = Timeouts {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(60),
            request: Duration::from_secs(60),
            run: Duration::from_secs(1200),
        };
        World {
            simulator,
            clock,
            store,
            folder,
            timeouts,
        }
    }

    pub fn collector(&self) -> Collector {
        self.collector_for(self.endpoints())
    }

    pub fn endpoints(&self) -> Endpoints {
        Endpoints {
            modrinth: self.simulator.modrinth_url(),
            curseforge: self.simulator.curseforge_url(),
            curseforge_website: self.simulator.website_url(),
        }
    }

    pub fn collector_for(&self, endpoints: Endpoints) -> Collector {
        self.collector_with(endpoints, fast())
    }

    pub fn collector_with(&self, endpoints: Endpoints, limits: Limits) -> Collector {
        let clock = Arc::new(Standing(self.clock.clone()));
        Collector::new(self.store.clone(), clock, endpoints, limits, self.timeouts).unwrap()
    }

    pub async fn collect(&self, document: &Document, source: Source) -> Report {
        self.collector()
            .collect(document, source, self.clock.now(), &credentials(KEY))
            .await
    }

    pub fn fault(&self, platform: Platform, path: &str, times: usize, fault: Fault) {
        let path_contains = path.to_owned();
        self.simulator.faults().add(Rule {
            platform,
            path_contains,
            times,
            fault,
        });
    }

    pub fn catalogue(&self) -> &Catalogue {
        self.simulator.catalogue()
    }

    pub async fn view(&self) -> TrackedModView {
        let snapshot = self.store.snapshot().await.unwrap();
        snapshot
            .tracked_mod("default", "demo", self.clock.now())
            .await
            .unwrap()
            .unwrap()
    }

    /// A tracked mod's project on a platform, by its first slug.
    pub fn id(&self, platform: Platform, slug: &str) -> String {
        let found = self
            .catalogue()
            .project_by_slug(platform, slug, present() - days(60));
        found.unwrap_or_else(|| panic!("no {slug}")).id.clone()
    }

    pub async fn rows(&self) -> Vec<String> {
        rows(&self.folder).await
    }
}

pub async fn open(folder: &TempDir) -> Store {
    let database = Database::Sqlite(folder.path().join("modstats.db"));
    let store = Store::open(&database).await.unwrap();
    store.migrate().await.unwrap();
    store
}

pub fn credentials(key: &str) -> Credentials {
    Credentials {
        curseforge_key: Some(ApiKey::new(key).unwrap()),
    }
}

/// A document of the TrackedMod `default/demo`.
pub fn document(modrinth: &[&str], curseforge: &[&str]) -> Document {
    let mut spec = json!({});
    if !modrinth.is_empty() {
        spec["modrinth"] = json!({ "projects": modrinth });
    }
    if !curseforge.is_empty() {
        let ids: Vec<i64> = curseforge.iter().map(|id| id.parse().unwrap()).collect();
        spec["curseforge"] = json!({"projects": ids, "apiKeySecretRef": {"name": "curseforge"}});
    }
    document_of("uid-1", 1, spec)
}

pub fn document_of(uid: &str, generation: i64, spec: Value) -> Document {
    let document = json!({
        "namespace": "default", "name": "demo", "uid": uid, "generation": generation,
        "creationTimestamp": "2025-06-01T12:00:00Z", "spec": spec
    });
    Document::from_json(&document.to_string()).unwrap()
}

/// The reasons of a report's problems.
pub fn reasons(report: &Report) -> Vec<&str> {
    report
        .record
        .problems
        .iter()
        .map(|problem| problem.reason.as_str())
        .collect()
}

/// Every row of the database that a repeated run has to leave equal: all but what tells of the
/// runs themselves.
pub async fn rows(folder: &TempDir) -> Vec<String> {
    let address = format!(
        "sqlite:{}?mode=ro",
        folder.path().join("modstats.db").display()
    );
    let db = sea_orm::Database::connect(address).await.unwrap();
    let texts = async |sql: String| -> Vec<String> {
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
            .await;
        rows.unwrap()
            .iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    };
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND \
         name NOT IN ('collection_run', 'generation', 'rate_limit', 'seaql_migrations') ORDER BY name";
    let mut dump = Vec::new();
    for table in texts(tables.to_owned()).await {
        let columns = texts(format!(
            "SELECT name FROM pragma_table_info('{table}') WHERE name <> 'run_id'"
        ));
        let columns: Vec<_> = columns
            .await
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect();
        let row = format!("json_array('{table}', {})", columns.join(", "));
        dump.extend(texts(format!("SELECT {row} FROM {table} ORDER BY 1")).await);
    }
    db.close().await.unwrap();
    dump
}

/// One project with three pages of files.
pub async fn curseforge(world: &World) -> Report {
    let id = world.id(Platform::Curseforge, "quillhaven-gears");
    world
        .collect(&document(&[], &[&id]), Source::Curseforge)
        .await
}

/// How the newest run is recorded.
pub async fn recorded(world: &World) -> (RunState, Vec<String>) {
    let page = RunPage {
        limit: 1,
        ..Default::default()
    };
    let snapshot = world.store.snapshot().await.unwrap();
    let run = snapshot
        .runs(&page, world.clock.now())
        .await
        .unwrap()
        .remove(0);
    (
        run.state,
        run.problems
            .into_iter()
            .map(|problem| problem.reason)
            .collect(),
    )
}

pub fn shown(report: &Report) -> (Outcome, ExitCode, Vec<&str>) {
    (report.record.outcome, report.record.exit, reasons(report))
}
