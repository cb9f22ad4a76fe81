//! Faults at every piece of what the store sends to PostgreSQL: of connecting, reading, writing and
//! committing alike.

use std::sync::Mutex;

use futures::stream::{self, StreamExt};
use modstats_tests::{Fault, eventually};

use super::*;

/// Trials that mostly wait go on beside each other.
const AT_ONCE: usize = 4;

async fn a_run_with_a_fault_at_every_piece(
    name: &str,
    lost: i64,
    waits: Waits,
    fault: impl Fn(&Trial) -> Fault,
) {
    let first = Trial::new().await;
    let expected = first.expected().await;
    let last = pieces(&first).await;
    assert!(last >= 60, "only {last} pieces");
    let points = points(last);
    let left = Mutex::new(points.clone());
    stream::iter(0..AT_ONCE.min(points.len()))
        .for_each_concurrent(None, |_| async {
            let trial = Trial::new().await;
            while let Some(at) = { left.lock().unwrap().pop() } {
                trial.empty().await;
                let what = format!("{name} at piece {at} of {last}");
                let relay = relay(&trial);
                relay.plan(Some((at, fault(&trial))));
                let store = open(&trial, &relay, waits).await;
                let report = trial.collect(&store).await;
                trial.assert_stored(&report, &expected, lost, &what).await;
            }
        })
        .await;
    println!("{name}: {} of {last} pieces", points.len());
}

/// What a run sends, from connecting on. One record of TLS may come in two pieces, so another run
/// can have a few more or less.
async fn pieces(trial: &Trial) -> usize {
    trial.empty().await;
    let relay = relay(trial);
    relay.plan(None);
    let store = open(trial, &relay, Waits::default()).await;
    let report = trial.collect(&store).await;
    assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
    relay.pieces()
}

async fn open(trial: &Trial, relay: &Relay, waits: Waits) -> Store {
    let settings = Database::Postgres(PostgresSettings {
        port: relay.port(),
        waits,
        ..trial.settings()
    });
    // As the program does: a database that is away is asked again.
    eventually(PATIENT, "the store opens", async || {
        let opened = Store::open(&settings).await;
        opened.inspect_err(|error| assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}"))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_black_hole_at_every_piece() {
    a_run_with_a_fault_at_every_piece("a black hole", 0, short(), |_| Fault::Silence).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_at_every_piece() {
    a_run_with_a_fault_at_every_piece("a lost answer", 1, short(), |_| Fault::NoAnswer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_at_every_piece() {
    a_run_with_a_fault_at_every_piece("a cut", 0, Waits::default(), |_| Fault::Cut).await;
}

/// Also at statements that only read, and between transactions.
#[tokio::test(flavor = "multi_thread")]
async fn a_terminated_backend_at_every_piece() {
    a_run_with_a_fault_at_every_piece("57P01", 0, Waits::default(), |trial| {
        let (superuser, runtime) = (trial.superuser.clone(), tokio::runtime::Handle::current());
        Fault::Call(Arc::new(move |port| {
            let terminate = format!(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE client_port = {port}"
            );
            runtime
                .block_on(superuser.execute_unprepared(&terminate))
                .unwrap();
        }))
    })
    .await;
}

/// A failover with the loss of a node: every open connection hears nothing any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_pool_full_of_black_holes_is_left_behind() {
    let trial = Trial::new().await;
    let expected = trial.expected().await;
    trial.empty().await;
    let relay = relay(&trial);
    let waits = Waits {
        connect: Waits::default().connect,
        ..short()
    };
    let store = open(&trial, &relay, waits).await;
    // Idle ones, those at rest in a transaction, and those given up in the midst of a statement, as
    // by a page that took too long.
    for round in ["idle", "in a transaction", "in a statement"] {
        let snapshots = futures::future::join_all((0..8).map(|_| store.snapshot())).await;
        let snapshots: Vec<_> = snapshots.into_iter().map(|it| it.expect(round)).collect();
        if round == "idle" {
            drop(snapshots);
            tokio::time::sleep(Duration::from_millis(200)).await;
            relay.silence();
            continue;
        }
        relay.silence();
        if round == "in a statement" {
            let asked = futures::future::join_all(snapshots.iter().map(|it| it.generation()));
            let asked = tokio::time::timeout(Duration::from_millis(100), asked).await;
            assert!(asked.is_err(), "nothing answers");
        }
    }
    let report = trial.collect(&store).await;
    trial
        .assert_stored(&report, &expected, 0, "after black holes")
        .await;
}
