//! All connections of the store are in use.

use std::sync::Mutex;

use super::*;

const CONNECTIONS: usize = 8;

async fn exhausted(store: &Store) -> Vec<modstats_store::Snapshot> {
    let mut snapshots = Vec::new();
    for _ in 0..CONNECTIONS {
        snapshots.push(store.snapshot().await.unwrap());
    }
    snapshots
}

async fn store(trial: &Trial) -> Store {
    let settings = PostgresSettings {
        waits: short(),
        ..trial.settings()
    };
    Store::open(&Database::Postgres(settings)).await.unwrap()
}

/// Longer than one wait for a connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_waits_for_a_connection() {
    let trial = Trial::new().await;
    let expected = trial.expected().await;
    trial.empty().await;
    let store = store(&trial).await;
    let held = exhausted(&store).await;
    let (report, ()) = tokio::join!(trial.collect(&store), async {
        tokio::time::sleep(short().connect * 3 / 2).await;
        drop(held);
    });
    trial
        .assert_stored(&report, &expected, 0, "after the pool was exhausted")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_gets_none_ends_in_time_and_says_why() {
    let trial = Trial::new().await;
    let store = store(&trial).await;
    let _held = exhausted(&store).await;
    let report = trial.collect_by(Passing::default(), &store).await;
    assert_eq!(report.record.exit, ExitCode::TryAgain, "{report:?}");
    assert_eq!(report.record.outcome, Outcome::Failed);
    let problem = &report.record.problems[0];
    assert_eq!(problem.reason, "DatabaseUnavailable", "{problem:?}");
    assert!(problem.message.contains("pool"), "{problem:?}");
    let asked = trial.simulator.served().total(Platform::Curseforge);
    assert_eq!(asked, 0, "nothing is asked that could not be stored");
}

/// Sleeps are over at once, and time has passed.
#[derive(Default)]
struct Passing(Mutex<Timestamp>);

impl Clock for Passing {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, at: Timestamp) -> BoxFuture<'_, ()> {
        let mut now = self.0.lock().unwrap();
        *now = at.max(*now);
        tokio::task::yield_now().boxed()
    }
}
