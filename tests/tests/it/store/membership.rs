//! Which projects belong to a TrackedMod, and what its entries mean.

use modstats_store::model::*;

use super::*;
use crate::ground::Ground;
use crate::on_both;

async fn members(ground: &Ground) -> Vec<(String, bool)> {
    let snapshot = ground.store.snapshot().await.unwrap();
    let view = snapshot
        .tracked_mod("default", "a", at("2026-01-05T06:00:00Z"))
        .await
        .unwrap()
        .unwrap();
    view.members
        .into_iter()
        .map(|it| (it.project.key.id, it.left_at.is_none()))
        .collect()
}

async fn begin(ground: &Ground, document: AppliedDocument, hour: i64) -> OpenRun {
    let start = at("2026-01-05T00:00:00Z") + hours(hour);
    ground
        .store
        .begin_run(&run_of(document, start))
        .await
        .unwrap()
}

async fn pin(ground: &Ground, run: &OpenRun, slug: &str, id: &str, hour: i64) {
    let asked = at("2026-01-05T00:00:00Z") + hours(hour);
    let observations = Observations {
        projects: vec![observed(id, asked, 1)],
        ..Default::default()
    };
    let pins = vec![Pin {
        entry: entry(slug),
        project: modrinth(id),
    }];
    ground
        .store
        .end_run(
            run.id,
            &RunEnd {
                pins,
                ..ended(asked, observations)
            },
        )
        .await
        .unwrap();
}

on_both! {
    async fn a_slug_is_pinned_to_the_id_it_was_resolved_to(ground: Ground) {
        let run = begin(&ground, document("a", &["slug"]), 0).await;
        assert!(run.pins.is_empty());
        pin(&ground, &run, "slug", "A", 0).await;
        let run = begin(&ground, document("a", &["slug"]), 1).await;
        assert_eq!(run.pins, [Pin { entry: entry("slug"), project: modrinth("A") }]);
        assert_eq!(members(&ground).await, [("A".to_owned(), true)]);
    }
}

on_both! {
    async fn a_pin_ends_with_its_entry_and_with_its_uid(ground: Ground) {
        let run = begin(&ground, document("a", &["slug"]), 0).await;
        pin(&ground, &run, "slug", "A", 0).await;
        let without = AppliedDocument { generation: 2, ..document("a", &["other"]) };
        begin(&ground, without, 1).await;
        assert_eq!(members(&ground).await, [("A".to_owned(), false)]);
        let again = AppliedDocument { generation: 3, ..document("a", &["slug"]) };
        let run = begin(&ground, again, 2).await;
        assert!(run.pins.is_empty(), "the entry was gone: it is resolved anew");
        pin(&ground, &run, "slug", "A", 2).await;
        let recreated = AppliedDocument {
            uid: "uid-2".to_owned(),
            created_at: at("2026-01-04T00:00:00Z"),
            ..document("a", &["slug"])
        };
        let run = begin(&ground, recreated, 3).await;
        assert!(run.pins.is_empty(), "another UID is another resource");
        assert_eq!(members(&ground).await, [("A".to_owned(), true)], "and yet its history shows");
        pin(&ground, &run, "slug", "B", 3).await;
        assert_eq!(members(&ground).await, [("A".to_owned(), false), ("B".to_owned(), true)]);
    }
}

on_both! {
    async fn an_older_document_changes_no_membership(ground: Ground) {
        let newer = AppliedDocument { generation: 5, ..document("a", &["A", "B"]) };
        let run = begin(&ground, newer, 0).await;
        for id in ["A", "B"] {
            pin(&ground, &run, id, id, 0).await;
        }
        let older = AppliedDocument { generation: 4, display_name: Some("old".into()), ..document("a", &["A"]) };
        let run = begin(&ground, older, 1).await;
        assert_eq!(members(&ground).await, [("A".to_owned(), true), ("B".to_owned(), true)]);
        assert_eq!(run.pins.len(), 2);
        let before = AppliedDocument { created_at: at("2025-01-01T00:00:00Z"), generation: 9, ..document("a", &["A"]) };
        begin(&ground, before, 2).await;
        assert_eq!(members(&ground).await, [("A".to_owned(), true), ("B".to_owned(), true)]);
    }
}

on_both! {
    async fn an_entry_that_leaves_and_returns_is_one_member(ground: Ground) {
        let run = begin(&ground, document("a", &["A"]), 0).await;
        pin(&ground, &run, "A", "A", 0).await;
        for generation in 2..6 {
            let entries: &[&str] = if generation % 2 == 0 { &["B"] } else { &["A", "B"] };
            // All within one instant, as an edited file is loaded again.
            begin(&ground, AppliedDocument { generation, ..document("a", entries) }, 1).await;
        }
        assert_eq!(members(&ground).await, [("A".to_owned(), false)]);
    }
}

on_both! {
    async fn a_project_counts_once_however_many_entries_mean_it(ground: Ground) {
        let run = begin(&ground, document("a", &["A", "slug"]), 0).await;
        let asked = at("2026-01-05T00:00:00Z");
        let observations = Observations { projects: vec![observed("A", asked, 1)], ..Default::default() };
        let pins = ["A", "slug"].map(|it| Pin { entry: entry(it), project: modrinth("A") }).to_vec();
        ground.store.end_run(run.id, &RunEnd { pins, ..ended(asked, observations) }).await.unwrap();
        assert_eq!(members(&ground).await, [("A".to_owned(), true)]);
    }
}
