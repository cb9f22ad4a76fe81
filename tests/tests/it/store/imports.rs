//! Imported rows: their own dates and origin, and undone whole.

use jiff::civil::date;
use modstats_store::StoreError;
use modstats_store::entity;
use modstats_store::model::*;
use sea_orm::EntityTrait;

use super::*;
use crate::ground::{Ground, assert_same_facts};
use crate::on_both;

fn old_history(days: std::ops::RangeInclusive<i64>, downloads: i64) -> Observations {
    let projects = days
        .map(|day| ProjectObservation {
            description: None,
            followers: None,
            ..observed(
                "A",
                at("2026-01-01T12:00:00Z") + hours(24 * day),
                downloads + day,
            )
        })
        .collect();
    let versions = vec![VersionObservation {
        description: None,
        ..version("1", downloads)
    }];
    let listings = vec![VersionListing {
        complete: false,
        ..listing("A", at("2026-01-01T12:00:00Z"), &versions)
    }];
    Observations {
        projects,
        listings,
        ..Default::default()
    }
}

async fn read(ground: &Ground) -> Vec<(String, Origin, i64)> {
    let snapshot = ground.store.snapshot().await.unwrap();
    let view = snapshot
        .tracked_mod("default", "a", at("2026-01-09T00:00:00Z"))
        .await
        .unwrap()
        .unwrap();
    let id = view.members[0].project.id;
    let days = snapshot
        .readings(
            &[id],
            Metric::Downloads,
            date(2026, 1, 1),
            date(2026, 1, 31),
        )
        .await
        .unwrap();
    days[&id]
        .iter()
        .map(|it| (it.day.to_string(), it.origin, it.last.value))
        .collect()
}

on_both! {
    async fn collected_numbers_come_first_then_the_newest_import(ground: Ground) {
        let now = at("2026-01-09T00:00:00Z");
        let collected = vec![observed("A", at("2026-01-04T06:00:00Z"), 5000)];
        collect(&ground.store, "a", Observations { projects: collected, ..Default::default() }).await;
        let before = ground.facts().await;
        let latest = entity::project_latest::Entity::find().all(&ground.connection).await.unwrap();

        let first = ground.store.import("first", now, &old_history(0..=3, 100)).await.unwrap();
        let second = ground.store.import("second", now, &old_history(1..=2, 900)).await.unwrap();
        assert_eq!(
            read(&ground).await,
            [
                ("2026-01-01".to_owned(), Origin::Import(first), 100),
                ("2026-01-02".to_owned(), Origin::Import(second), 901),
                ("2026-01-03".to_owned(), Origin::Import(second), 902),
                ("2026-01-04".to_owned(), Origin::Collected, 5000),
            ]
        );
        let unchanged = entity::project_latest::Entity::find().all(&ground.connection).await.unwrap();
        assert_eq!(unchanged, latest, "imports never touch latest");

        let generation = ground.store.snapshot().await.unwrap().generation().await.unwrap();
        ground.store.undo_import(second, now).await.unwrap();
        assert_eq!(read(&ground).await[1], ("2026-01-02".to_owned(), Origin::Import(first), 101));
        let raised = ground.store.snapshot().await.unwrap().generation().await.unwrap();
        assert_eq!(raised, generation + 1);
        ground.store.undo_import(first, now).await.unwrap();
        assert_eq!(read(&ground).await, [("2026-01-04".to_owned(), Origin::Collected, 5000)]);
        let mut after = ground.facts().await;
        // The version that only the import knew stays known, without numbers.
        after.retain(|fact| !fact.starts_with("version "));
        assert_same_facts(&before, &after, "an undone import leaves what was there before");
    }
}

on_both! {
    async fn an_import_is_undone_once(ground: Ground) {
        let now = at("2026-01-09T00:00:00Z");
        let id = ground.store.import("old", now, &old_history(0..=1, 1)).await.unwrap();
        ground.store.undo_import(id, now).await.unwrap();
        let error = ground.store.undo_import(id, now).await.unwrap_err();
        assert!(matches!(error, StoreError::NoImport(_)), "{error}");
    }
}
