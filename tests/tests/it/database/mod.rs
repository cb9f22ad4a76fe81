//! Database faults at every statement of a run: its numbers are stored once the database is
//! writable again, and nothing is stored twice.

mod conflicts;
mod network;
mod node;
mod outage;
mod pool;
mod statements;

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use jiff::{SignedDuration, Timestamp};
use modstats_collector::{Clock, Collector, ExitCode, Report, Timeouts};
use modstats_crds::{Document, Source};
use modstats_simulator::{Clock as SimulatedClock, Options, Platform, Simulator};
use modstats_store::model::Outcome;
use modstats_store::{Database, PostgresSettings, Store, StoreErrorKind, Waits};
use modstats_tests::{Relay, soak};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::json;

use crate::ground::{Ground, assert_same_facts};
use crate::platforms::{addresses, borrowed, credentials, endpoints, no_limits};

const NOON: &str = "2026-01-20T12:00:00Z";
const PATIENT: Duration = Duration::from_secs(240);
/// After a request that found the database away.
const FIRST_WAIT: SignedDuration = SignedDuration::from_millis(500);
/// So many points of each kind are tried unless all are.
const SAMPLE: usize = 5;

/// A database that holds nothing but its schema, and platforms to ask.
struct Trial {
    ground: Ground,
    simulator: Arc<Simulator>,
    superuser: DatabaseConnection,
    /// Times that runs found the database away anew.
    absences: Arc<AtomicUsize>,
}

/// Passes by itself with every request that is asked, so that instants don't depend on the
/// database, and progress is reported after each. A sleep takes no time.
struct ByRequests {
    simulator: Arc<Simulator>,
    before: u64,
    absences: Arc<AtomicUsize>,
}

impl ByRequests {
    fn new(trial: &Trial) -> ByRequests {
        ByRequests {
            simulator: trial.simulator.clone(),
            before: trial.simulator.served().total(Platform::Curseforge),
            absences: trial.absences.clone(),
        }
    }
}

impl Clock for ByRequests {
    fn now(&self) -> Timestamp {
        let requests = self.simulator.served().total(Platform::Curseforge) - self.before;
        let passed = SignedDuration::from_secs(11) * i32::try_from(requests).unwrap();
        self.simulator.clock().now() + passed
    }

    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        // Waits for the platform have other lengths.
        if at.duration_since(self.now()) == FIRST_WAIT {
            self.absences.fetch_add(1, Ordering::SeqCst);
        }
        tokio::task::yield_now().boxed()
    }
}

impl Trial {
    async fn new() -> Trial {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = SimulatedClock::at(NOON.parse().unwrap());
        let options = Options {
            clock,
            ..Options::default()
        };
        let simulator = Simulator::start(options).await.unwrap();
        let ground = Ground::postgres().await;
        let superuser = ground.database.as_ref().unwrap().administration();
        Trial {
            superuser: sea_orm::Database::connect(superuser.url()).await.unwrap(),
            simulator: Arc::new(simulator),
            absences: Arc::default(),
            ground,
        }
    }

    fn settings(&self) -> PostgresSettings {
        self.ground.database.as_ref().unwrap().settings()
    }

    async fn store(&self) -> Store {
        Store::open(&Database::Postgres(self.settings()))
            .await
            .unwrap()
    }

    fn document(&self) -> Document {
        let tracked = &self.simulator.catalogue().mods()[0];
        let text = json!({
            "namespace": "default", "name": "gears", "uid": "u", "generation": 1,
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "spec": {"curseforge": {
                "projects": [tracked.curseforge],
                "apiKeySecretRef": {"name": "a", "key": "b"},
            }},
        });
        Document::from_json(&text.to_string()).unwrap()
    }

    async fn collect(&self, store: &Store) -> Report {
        self.collect_by(ByRequests::new(self), store).await
    }

    async fn collect_by(&self, clock: impl Clock + 'static, store: &Store) -> Report {
        let collector = Collector::new(
            store.clone(),
            Arc::new(clock),
            endpoints(&self.simulator),
            no_limits(),
            Timeouts::default(),
        )
        .unwrap();
        let credentials = credentials();
        let due = self.simulator.clock().now();
        let document = self.document();
        let run = collector.collect(&document, Source::Curseforge, due, &credentials);
        tokio::time::timeout(PATIENT, run)
            .await
            .expect("the run ends")
    }

    /// Of an undisturbed run.
    async fn expected(&self) -> BTreeSet<String> {
        let store = self.store().await;
        let report = self.collect(&store).await;
        assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
        store.close().await.unwrap();
        self.ground.facts().await
    }

    /// Removes every row that a run has written.
    async fn empty(&self) {
        self.sql(
            "DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ')
                FROM pg_tables WHERE schemaname = 'public'
                AND tablename NOT IN ('schema_level', 'seaql_migrations')); END $$",
        )
        .await;
    }

    async fn sql(&self, sql: &str) {
        self.superuser.execute_unprepared(sql).await.unwrap();
    }

    async fn number(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.superuser.get_database_backend(), sql);
        let row = self.superuser.query_one_raw(statement).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    }

    /// The run went well in the end, and the database holds what an undisturbed one leaves behind.
    /// Of its beginning it may hold as many more as commits were lost on the way.
    async fn assert_stored(
        &self,
        report: &Report,
        expected: &BTreeSet<String>,
        lost: i64,
        what: &str,
    ) {
        assert_eq!(
            report.record.outcome,
            Outcome::Complete,
            "{what}: {report:?}"
        );
        assert_eq!(report.record.exit, ExitCode::Done, "{what}");
        assert_same_facts(expected, &self.ground.facts().await, what);
        let ended = "SELECT count(*) FROM collection_run WHERE outcome = 'complete'";
        assert_eq!(self.number(ended).await, 1, "{what}: runs that ended");
        let runs = self.number("SELECT count(*) FROM collection_run").await;
        assert!(runs <= 1 + lost, "{what}: {runs} runs");
    }
}

/// A relay on the host that the server's certificate is for.
fn relay(trial: &Trial) -> Relay {
    let port = trial.settings().port;
    Relay::start(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
}

/// For what is never answered: as short as a busy machine allows.
fn short() -> Waits {
    Waits {
        connect: Duration::from_secs(3),
        statement: Duration::from_secs(3),
    }
}

/// Every point of `1..=last`, or a sample of them from the first over the middle to the last.
fn points(last: usize) -> Vec<usize> {
    if soak() || last <= SAMPLE {
        return (1..=last).collect();
    }
    (0..SAMPLE)
        .map(|part| 1 + part * (last - 1) / (SAMPLE - 1))
        .collect()
}
