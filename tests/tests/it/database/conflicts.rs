//! Conflicts as PostgreSQL finds them by itself, with another writer in the way.

use modstats_tests::eventually;

use super::*;

/// Another writer that holds the row which every transaction of a run touches last.
async fn holding(trial: &Trial) -> DatabaseConnection {
    let url = trial
        .ground
        .database
        .as_ref()
        .unwrap()
        .administration()
        .url();
    let mut one = sea_orm::ConnectOptions::new(url);
    one.max_connections(1);
    let other = sea_orm::Database::connect(one).await.unwrap();
    for sql in [
        "SET deadlock_timeout = '20s'",
        "BEGIN",
        "UPDATE generation SET value = value WHERE scope = 0",
    ] {
        other.execute_unprepared(sql).await.unwrap();
    }
    other
}

async fn until_a_run_waits(trial: &Trial) {
    let waiting = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                   WHERE NOT granted AND datname = current_database()";
    eventually(
        PATIENT,
        "a run waits for the other writer",
        async || match trial.number(waiting).await {
            0 => Err("nobody waits"),
            _ => Ok(()),
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_with_another_writer() {
    let trial = Trial::new().await;
    let expected = trial.expected().await;
    let other = holding(&trial).await;
    let store = trial.store().await;
    let (report, ()) = tokio::join!(trial.collect(&store), async {
        until_a_run_waits(&trial).await;
        // The run holds this row and waits for the other: one of the two is ended.
        let circle = "UPDATE tracked_mod SET name = name; COMMIT";
        other.execute_unprepared(circle).await.unwrap();
    });
    assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
    assert_same_facts(&expected, &trial.ground.facts().await, "after a deadlock");
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    eventually(
        PATIENT,
        "the server counts the deadlock",
        async || match trial.number(deadlocks).await {
            0 => Err("none"),
            _ => Ok(()),
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serialization_failure_against_another_writer() {
    let trial = Trial::new().await;
    let expected = trial.expected().await;
    let name = &trial.settings().dbname;
    trial
        .sql(&format!(
            "ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"
        ))
        .await;
    let other = holding(&trial).await;
    let store = trial.store().await;
    let before = trial.number(ROLLBACKS).await;
    let (report, ()) = tokio::join!(trial.collect(&store), async {
        until_a_run_waits(&trial).await;
        other.execute_unprepared("COMMIT").await.unwrap();
    });
    assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
    assert_same_facts(&expected, &trial.ground.facts().await, "after a conflict");
    eventually(
        PATIENT,
        "the server counts the rollback",
        async || match trial.number(ROLLBACKS).await {
            after if after > before => Ok(()),
            _ => Err("none"),
        },
    )
    .await;
}

const ROLLBACKS: &str =
    "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()";
