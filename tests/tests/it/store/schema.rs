//! Levels: who may read and write a database of another age.

use modstats_store::model::*;
use modstats_store::{Store, StoreErrorKind};

use super::*;
use crate::ground::Ground;
use crate::on_both;

on_both! {
    async fn a_newer_schema_that_no_longer_serves_this_build_is_refused(ground: Ground) {
        ground.sql("UPDATE schema_level SET level = 9, oldest_reader = 8, oldest_writer = 9").await;
        let error = ground.store.migrate().await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::TooNew);
        assert!(error.to_string().contains("use a newer modstats"), "{error}");
        let error = ground.store.snapshot().await.err().unwrap();
        assert_eq!(error.kind(), StoreErrorKind::TooNew);
        assert!(error.to_string().contains("level 9"), "{error}");
    }
}

on_both! {
    async fn a_newer_schema_that_serves_this_build_is_used_as_it_is(ground: Ground) {
        ground.sql("UPDATE schema_level SET level = 9").await;
        ground.sql("ALTER TABLE project ADD COLUMN later bigint").await;
        ground.sql("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m0009_later', 0)").await;
        ground.store.migrate().await.unwrap();
        let projects = vec![observed("A", at("2026-01-05T06:00:00Z"), 10)];
        collect(&ground.store, "a", Observations { projects, ..Default::default() }).await;
        let snapshot = ground.store.snapshot().await.unwrap();
        let view = snapshot.tracked_mods(at("2026-01-05T06:00:00Z")).await.unwrap();
        assert_eq!(view[0].members[0].project.totals.unwrap().downloads, 10);
    }
}

async fn waits_for_its_schema(ground: Ground) {
    let error = ground.store.snapshot().await.err().unwrap();
    assert_eq!(error.kind(), StoreErrorKind::NoSchema, "{error}");
    let migrators = (0..4).map(|_| {
        let settings = ground.settings.clone();
        tokio::spawn(async move { Store::open(&settings).await.unwrap().migrate().await })
    });
    for migrated in futures::future::join_all(migrators).await {
        migrated.unwrap().unwrap();
    }
    assert_eq!(
        ground
            .store
            .snapshot()
            .await
            .unwrap()
            .generation()
            .await
            .unwrap(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_waits_for_the_schema_that_four_migrators_make_once_on_sqlite() {
    waits_for_its_schema(Ground::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_waits_for_the_schema_that_four_migrators_make_once_on_postgres() {
    waits_for_its_schema(Ground::empty_postgres().await).await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "these are my notes, not a database\n".repeat(100)).unwrap();
    let database = modstats_store::Database::Sqlite(path.clone());
    let error = match Store::open(&database).await {
        Ok(store) => store.migrate().await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.kind(), StoreErrorKind::Configuration, "{error}");
    let missing = modstats_store::Database::Sqlite(folder.path().join("no/such/folder/x.db"));
    let error = Store::open(&missing).await.unwrap_err();
    assert!(error.to_string().contains("no/such/folder/x.db"), "{error}");
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let ground = Ground::empty_postgres().await;
    let modstats_store::Database::Postgres(mut settings) = ground.settings.clone() else {
        unreachable!()
    };
    settings.tls = modstats_store::Tls::VerifyFull { ca: None };
    let error = Store::open(&modstats_store::Database::Postgres(settings.clone()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Configuration, "{error}");
    settings.password = modstats_store::Password::new("wrong");
    settings.tls = modstats_store::Tls::Require;
    let error = Store::open(&modstats_store::Database::Postgres(settings))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Configuration, "{error}");
    assert!(!format!("{error:?}").contains("wrong"));
}
