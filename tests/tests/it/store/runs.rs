//! The life of runs, and the generations that they raise.

use futures::future::join_all;
use modstats_store::entity;
use modstats_store::model::*;
use modstats_store::{RunPage, StoreError};
use sea_orm::EntityTrait;

use super::*;
use crate::on_both;

on_both! {
    async fn a_run_opens_before_it_ends_and_past_its_deadline_it_is_lost(ground: Ground) {
        let start = at("2026-01-05T06:00:00Z");
        let run = ground.store.begin_run(&run_of(document("a", &["A"]), start)).await.unwrap();
        let state = async |now| {
            let runs = ground.store.snapshot().await.unwrap().runs(&RunPage { limit: 9, ..RunPage::default() }, now).await.unwrap();
            (runs[0].state, runs[0].progress)
        };
        assert_eq!(state(start).await.0, RunState::Running);
        let progress = Progress { requests: 3, retries: 1, bytes: 99, projects: 1, versions: 0 };
        ground.store.report_progress(run.id, progress).await.unwrap();
        assert_eq!(state(start).await, (RunState::Running, progress));
        assert_eq!(state(start + hours(2)).await.0, RunState::Lost);
        let problem = Problem { subject: "A".into(), reason: "NotFound".into(), message: "<&\"".into() };
        let end = RunEnd {
            outcome: Outcome::Partial,
            problems: vec![problem.clone()],
            ..ended(start + hours(3), Observations::default())
        };
        ground.store.end_run(run.id, &end).await.unwrap();
        assert_eq!(state(start + hours(4)).await.0, RunState::Partial);
        let snapshot = ground.store.snapshot().await.unwrap();
        let view = snapshot.tracked_mod("default", "a", start).await.unwrap().unwrap();
        assert_eq!(view.sources[0].last_run.problems, [problem]);
        assert_eq!(view.sources[0].last_success_at, Some(start + hours(3)));
    }
}

on_both! {
    async fn a_run_that_nobody_began_cannot_end(ground: Ground) {
        let end = ended(at("2026-01-05T06:00:00Z"), Observations::default());
        let error = ground.store.end_run(RunId(77), &end).await.unwrap_err();
        assert!(matches!(error, StoreError::NoRun(77)), "{error}");
    }
}

on_both! {
    async fn each_commit_raises_the_generations_of_all_that_it_changes(ground: Ground) {
        let day = at("2026-01-05T06:00:00Z");
        let generations = async || {
            let snapshot = ground.store.snapshot().await.unwrap();
            let mods = snapshot.tracked_mods(day).await.unwrap();
            let of = |name: &str| mods.iter().find(|it| it.name == name).map_or(0, |it| it.generation);
            (snapshot.generation().await.unwrap(), of("one"), of("two"), of("other"))
        };
        let shared = |hour| Observations { projects: vec![observed("A", day + hours(hour), 1)], ..Default::default() };
        let apart = Observations { projects: vec![observed("B", day, 1)], ..Default::default() };
        collect(&ground.store, "one", shared(0)).await;
        collect(&ground.store, "two", shared(1)).await;
        collect(&ground.store, "other", apart).await;
        let before = generations().await;
        let run = ground.store.begin_run(&run_of(document("one", &["A"]), day + hours(2))).await.unwrap();
        let begun = generations().await;
        assert_eq!(begun, (before.0 + 1, before.1, before.2, before.3), "a start shows on the runs page only");
        ground.store.end_run(run.id, &ended(day + hours(2), shared(2))).await.unwrap();
        assert_eq!(generations().await, (begun.0 + 1, begun.1 + 1, begun.2 + 1, begun.3));
    }
}

on_both! {
    async fn eight_collectors_at_once_lose_nothing(ground: Ground) {
        let day = at("2026-01-05T06:00:00Z");
        let ids = ["H", "C", "A", "F", "B", "G", "E", "D"];
        let runs = (0..8usize).map(|turn| {
            let store = ground.store.clone();
            tokio::spawn(async move {
                for round in 0..5 {
                    let asked = day + hours(i64::try_from(turn * 5 + round).unwrap());
                    // Each in another order: the store sorts, so that they can't block each other.
                    let mut order = ids;
                    order.rotate_left(turn);
                    let projects = order.iter().map(|id| observed(id, asked, 10)).collect();
                    let listings = order.iter().map(|id| listing(id, asked, &[version("1", 5)])).collect();
                    let observations = Observations { projects, listings, ..Default::default() };
                    collect(&store, "shared", observations).await;
                }
            })
        });
        for run in join_all(runs).await {
            run.unwrap();
        }
        let samples = entity::sample::Entity::find().all(&ground.connection).await.unwrap();
        assert_eq!(samples.len(), 8 * 40);
        let projects = entity::project::Entity::find().all(&ground.connection).await.unwrap();
        assert_eq!(projects.len(), 8);
        let snapshot = ground.store.snapshot().await.unwrap();
        assert_eq!(snapshot.count_runs().await.unwrap(), 40);
        assert_eq!(snapshot.generation().await.unwrap(), 80, "each start and each end");
    }
}

on_both! {
    async fn runs_are_paged_newest_first(ground: Ground) {
        let day = at("2026-01-05T06:00:00Z");
        let mut ids = Vec::new();
        for hour in 0..5 {
            let projects = vec![observed("A", day + hours(hour), 1)];
            ids.push(collect(&ground.store, "a", Observations { projects, ..Default::default() }).await);
        }
        ids.reverse();
        let snapshot = ground.store.snapshot().await.unwrap();
        let page = async |before| {
            let page = RunPage { limit: 2, before, ..RunPage::default() };
            snapshot.runs(&page, day).await.unwrap().into_iter().map(|run| run.id).collect::<Vec<_>>()
        };
        assert_eq!(page(None).await, ids[..2]);
        assert_eq!(page(Some(ids[1])).await, ids[2..4]);
        let other = RunPage { limit: 9, tracked_mod: Some(("default".into(), "b".into())), ..RunPage::default() };
        assert!(snapshot.runs(&other, day).await.unwrap().is_empty());
    }
}
