//! A trigger fails the nth statement that writes: with a conflict, the end of the session, or as on
//! a server that was the primary until now.

use super::*;

/// Counts what it sees, past the ends of transactions, and strikes once.
const FAULT: &str = "
    CREATE SCHEMA fault;
    CREATE SEQUENCE fault.seen;
    CREATE TABLE fault.plan (at bigint NOT NULL, kind text NOT NULL);
    INSERT INTO fault.plan VALUES (0, '');
    CREATE FUNCTION fault.strike() RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        plan fault.plan;
    BEGIN
        SELECT * INTO plan FROM fault.plan;
        IF nextval('fault.seen') <> plan.at THEN
            RETURN;
        END IF;
        CASE plan.kind
            WHEN 'session read-only' THEN
                PERFORM set_config('default_transaction_read_only', 'on', false);
            WHEN 'transaction read-only' THEN
                PERFORM set_config('transaction_read_only', 'on', true);
            WHEN '57P01' THEN
                PERFORM pg_terminate_backend(pg_backend_pid());
            ELSE
                RAISE EXCEPTION 'a fault' USING ERRCODE = plan.kind;
        END CASE;
    END $$;
    CREATE FUNCTION fault.on_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN PERFORM fault.strike(); RETURN NULL; END $$;
    CREATE FUNCTION fault.on_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN PERFORM fault.strike(); END $$;
";

/// Before each statement that writes, and within the commit of each transaction.
const ON_WRITES: &str = "
    DO $$ DECLARE t name; BEGIN
        FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TRIGGER fault BEFORE INSERT OR UPDATE OR DELETE ON %I
                FOR EACH STATEMENT EXECUTE FUNCTION fault.on_write()', t);
        END LOOP;
    END $$;
    CREATE CONSTRAINT TRIGGER fault_at_commit AFTER INSERT OR UPDATE ON generation
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fault.on_write();
";

const ON_DDL: &str =
    "CREATE EVENT TRIGGER fault ON ddl_command_start EXECUTE FUNCTION fault.on_ddl()";

impl Trial {
    async fn plan(&self, at: usize, kind: &str) {
        self.sql(&format!(
            "UPDATE fault.plan SET at = {at}, kind = '{kind}'; ALTER SEQUENCE fault.seen RESTART"
        ))
        .await;
    }

    async fn seen(&self) -> usize {
        let seen = "SELECT last_value FROM fault.seen WHERE is_called UNION ALL SELECT 0 LIMIT 1";
        usize::try_from(self.number(seen).await).unwrap()
    }
}

async fn a_run_with_a_fault_at_every_write(kind: &str) {
    let trial = Trial::new().await;
    trial.sql(FAULT).await;
    trial.sql(ON_WRITES).await;
    let expected = trial.expected().await;
    let last = trial.seen().await;
    assert!(last >= 30, "only {last} statements");
    let points = points(last);
    for &at in &points {
        trial.empty().await;
        trial.plan(at, kind).await;
        let store = trial.store().await;
        let report = trial.collect(&store).await;
        let what = format!("{kind} at write {at} of {last}");
        assert!(trial.seen().await >= at, "{what}: it was not reached");
        trial.assert_stored(&report, &expected, 0, &what).await;
        let absences = trial.absences.swap(0, Ordering::SeqCst);
        match kind {
            "40001" | "40P01" => assert_eq!(absences, 0, "{what}: a conflict is repeated at once"),
            _ => assert!(absences <= 1, "{what}: the session was used again"),
        }
        store.close().await.unwrap();
    }
    println!("{kind}: {} of {last} writes", points.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serialization_failure_at_every_write() {
    a_run_with_a_fault_at_every_write("40001").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_at_every_write() {
    a_run_with_a_fault_at_every_write("40P01").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_session_at_every_write() {
    a_run_with_a_fault_at_every_write("57P01").await;
}

/// The session stays read-only from the next transaction on, as those do that a failover left
/// open; new ones are not.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_turns_read_only_at_every_write() {
    a_run_with_a_fault_at_every_write("session read-only").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_turns_read_only_at_every_write() {
    a_run_with_a_fault_at_every_write("transaction read-only").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_at_every_step_of_a_migration() {
    let expected = tables(&Trial::new().await).await;
    let mut injected = 0;
    for kind in ["40001", "40P01", "57P01", "transaction read-only"] {
        let trial = Trial::new().await;
        let last = migrate_with(&trial, 0, kind).await;
        assert!(last >= 20, "only {last} steps");
        for at in points(last) {
            migrate_with(&trial, at, kind).await;
            let what = format!("{kind} at step {at} of {last}");
            assert_eq!(tables(&trial).await, expected, "{what}");
            injected += 1;
        }
    }
    println!("{injected} steps of migrations");
}

/// The steps of a migration from nothing that had one fault.
async fn migrate_with(trial: &Trial, at: usize, kind: &str) -> usize {
    let owner = trial.settings().username;
    trial
        .sql(&format!(
            "DROP EVENT TRIGGER IF EXISTS fault; DROP SCHEMA IF EXISTS fault CASCADE;
             DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION {owner}"
        ))
        .await;
    trial.sql(FAULT).await;
    trial.plan(at, kind).await;
    trial.sql(ON_DDL).await;
    let store = trial.store().await;
    let first = store.migrate().await;
    if at > 0 {
        let error = first.expect_err(&format!("{kind} at step {at}"));
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
        store.migrate().await.unwrap();
    }
    store.close().await.unwrap();
    trial.seen().await
}

async fn tables(trial: &Trial) -> i64 {
    let migrated = trial.number("SELECT count(*) FROM seaql_migrations").await;
    assert_eq!(migrated, i64::from(modstats_migration::LEVEL));
    trial
        .number(
            "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
             WHERE nspname = 'public'",
        )
        .await
}

/// The program itself comes back to a migration that failed.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_repeats_a_migration() {
    use modstats_tests::Process;

    let trial = Trial::new().await;
    migrate_with(&trial, 0, "").await;
    trial
        .sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .await;
    let owner = trial.settings().username;
    trial
        .sql(&format!("ALTER SCHEMA public OWNER TO {owner}"))
        .await;
    trial.plan(7, "57P01").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.json");
    std::fs::write(&file, serde_json::to_string(&trial.document()).unwrap()).unwrap();
    let database = trial.ground.database.as_ref().unwrap();
    let key = (
        "MODSTATS_CURSEFORGE_API_KEY",
        Options::default().curseforge_key,
    );
    let variables: Vec<_> = database
        .environment()
        .into_iter()
        .chain(addresses(&trial.simulator))
        .chain([key])
        .collect();
    let mut run = Process::start(
        "modstats-collector",
        &[
            "--source",
            "curseforge",
            "--document",
            file.to_str().unwrap(),
        ],
        &borrowed(&variables),
    );
    let status = run.wait(PATIENT).await;
    assert!(status.success(), "{}", run.output());
    assert!(
        run.output().contains("the database is away"),
        "{}",
        run.output()
    );
    assert_eq!(trial.number("SELECT count(*) FROM collection_run").await, 1);
    // The store may be opened by others meanwhile: it is all there.
    let store = Store::open(&Database::Postgres(trial.settings())).await;
    store.unwrap().migrate().await.unwrap();
}
