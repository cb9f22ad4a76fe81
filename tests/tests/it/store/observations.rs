//! What becomes of the answers: none displaces a better one, in whatever order they arrive.

use modstats_store::entity;
use modstats_store::model::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sea_orm::EntityTrait;

use super::*;
use crate::ground::{Ground, assert_same_facts};
use crate::on_both;

on_both! {
    async fn a_day_keeps_its_earliest_and_its_latest_answer(ground: Ground) {
        for (hour, downloads) in [(12, 120), (6, 60), (18, 180), (9, 90)] {
            let asked = at("2026-01-05T00:00:00Z") + hours(hour);
            let projects = vec![observed("A", asked, downloads)];
            collect(&ground.store, "a", Observations { projects, ..Default::default() }).await;
        }
        let rows = entity::daily_stats::Entity::find().all(&ground.connection).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].first_downloads, rows[0].last_downloads), (Some(60), Some(180)));
        let latest = entity::project_latest::Entity::find().all(&ground.connection).await.unwrap();
        assert_eq!(latest[0].downloads, Some(180), "latest never goes back");
        let samples = entity::sample::Entity::find().all(&ground.connection).await.unwrap();
        assert_eq!(samples.len(), 4);
    }
}

on_both! {
    async fn versions_of_one_name_are_two_rows_and_counts_may_exceed_32_bits(ground: Ground) {
        let asked = at("2026-01-05T06:00:00Z");
        let big = i64::from(i32::MAX) + 1;
        let listings = vec![listing("A", asked, &[version("forge", 700), version("fabric", big)])];
        collect(&ground.store, "a", Observations { listings, ..Default::default() }).await;
        let mut rows = entity::version_stats::Entity::find().all(&ground.connection).await.unwrap();
        rows.sort_by_key(|row| row.last_downloads);
        assert_eq!(rows.iter().map(|row| row.last_downloads).collect::<Vec<_>>(), [700, big]);
        let days = entity::daily_stats::Entity::find().all(&ground.connection).await.unwrap();
        assert_eq!(days[0].last_versions_downloads, Some(700 + big));
        assert_eq!(days[0].last_versions, Some(2));
        assert_eq!(days[0].last_downloads, None, "what was not observed has no number");
    }
}

on_both! {
    async fn only_a_complete_listing_sums_up_and_marks_versions_as_gone(ground: Ground) {
        let day = at("2026-01-05T06:00:00Z");
        let both = [version("1", 10), version("2", 20)];
        let listings = vec![listing("A", day, &both)];
        collect(&ground.store, "a", Observations { listings, ..Default::default() }).await;
        let broken = VersionListing { complete: false, ..listing("A", day + hours(24), &both[..1]) };
        collect(&ground.store, "a", Observations { listings: vec![broken], ..Default::default() }).await;
        let gone = |rows: Vec<entity::version::Model>| {
            rows.into_iter().filter(|row| !row.present).map(|row| row.platform_id).collect::<Vec<_>>()
        };
        let versions = || entity::version::Entity::find().all(&ground.connection);
        assert!(gone(versions().await.unwrap()).is_empty(), "a broken listing marks nothing");
        let days = entity::daily_stats::Entity::find().all(&ground.connection).await.unwrap();
        assert_eq!(days.len(), 1, "a broken listing has no sum");

        let listings = vec![listing("A", day + hours(48), &both[..1])];
        collect(&ground.store, "a", Observations { listings, ..Default::default() }).await;
        assert_eq!(gone(versions().await.unwrap()), ["2"]);
        let late = vec![listing("A", day + hours(30), &both)];
        collect(&ground.store, "a", Observations { listings: late, ..Default::default() }).await;
        assert_eq!(gone(versions().await.unwrap()), ["2"], "an older answer changes nothing");

        let back = vec![listing("A", day + hours(72), &both)];
        collect(&ground.store, "a", Observations { listings: back, ..Default::default() }).await;
        assert!(gone(versions().await.unwrap()).is_empty(), "it is back");
    }
}

on_both! {
    async fn of_two_listings_of_one_instant_the_one_that_saw_a_version_is_right(ground: Ground) {
        let day = at("2026-01-05T06:00:00Z");
        let (with, without) = ([version("1", 10), version("2", 20)], [version("1", 10)]);
        let known = vec![listing("A", day, &with), listing("B", day, &with)];
        collect(&ground.store, "a", Observations { listings: known, ..Default::default() }).await;
        let later = day + hours(6);
        let arriving = [("A", &with[..]), ("A", &without), ("B", &without), ("B", &with)];
        for (project, versions) in arriving {
            let listings = vec![listing(project, later, versions)];
            collect(&ground.store, "a", Observations { listings, ..Default::default() }).await;
        }
        let versions = entity::version::Entity::find().all(&ground.connection).await.unwrap();
        assert!(versions.iter().all(|row| row.present && row.gone_at.is_none()), "{versions:?}");
    }
}

on_both! {
    async fn descriptions_and_tags_follow_the_newest_question(ground: Ground) {
        let early = at("2026-01-05T06:00:00Z");
        let mut renamed = observed("A", early + hours(1), 11);
        renamed.description.as_mut().unwrap().name = "New".to_owned();
        let mut retagged = version("1", 10);
        retagged.description.as_mut().unwrap().loaders = vec!["quilt".to_owned(), "fabric".to_owned()];
        let newer = Observations {
            projects: vec![renamed],
            listings: vec![listing("A", early + hours(1), &[retagged])],
            ..Default::default()
        };
        let mut before = version("1", 9);
        before.description.as_mut().unwrap().loaders = vec!["forge".to_owned(), "fabric".to_owned()];
        let older = Observations {
            projects: vec![observed("A", early, 10)],
            listings: vec![listing("A", early, &[before])],
            ..Default::default()
        };
        for observations in [older.clone(), newer, older] {
            collect(&ground.store, "a", observations).await;
        }
        let snapshot = ground.store.snapshot().await.unwrap();
        let view = snapshot.tracked_mod("default", "a", early).await.unwrap().unwrap();
        assert_eq!(view.members[0].project.name.as_deref(), Some("New"));
        let versions =
            snapshot.versions(&[view.members[0].project.id], "2026-01-01".parse().ok()).await.unwrap();
        assert_eq!(versions[0].loaders, ["fabric", "quilt"]);
    }
}

on_both! {
    async fn an_invisible_project_is_a_state_and_ends_when_it_is_seen_again(ground: Ground) {
        let first = at("2026-01-05T06:00:00Z");
        let seen = |hour| Observations {
            projects: vec![observed("A", first + hours(hour), 10)],
            ..Default::default()
        };
        let hidden = |hour| Observations {
            invisible: vec![(modrinth("A"), first + hours(hour)), (modrinth("never-known"), first)],
            projects: vec![observed("B", first + hours(hour), 1)],
            ..Default::default()
        };
        let since = async || {
            let projects = entity::project::Entity::find().all(&ground.connection).await.unwrap();
            assert!(projects.iter().all(|row| row.platform_id != "never-known"));
            let row = projects.into_iter().find(|row| row.platform_id == "A").unwrap();
            row.invisible_since.map(|at| at.timestamp())
        };
        collect(&ground.store, "a", seen(0)).await;
        assert_eq!(since().await, None);
        collect(&ground.store, "a", hidden(6)).await;
        collect(&ground.store, "a", hidden(12)).await;
        assert_eq!(since().await, Some((first + hours(6)).as_second()));
        collect(&ground.store, "a", seen(3)).await;
        assert_eq!(since().await, Some((first + hours(6)).as_second()), "an older answer");
        collect(&ground.store, "a", seen(18)).await;
        assert_eq!(since().await, None);
    }
}

on_both! {
    async fn hostile_texts_are_stored_as_they_are_but_for_nul(ground: Ground) {
        let mut hostile = observed("A", at("2026-01-05T06:00:00Z"), 1);
        let name = "\0<b>\"Robert'); DROP TABLE project;--\u{202e}\u{fe0f} {a,\"b\"} \\N NULL $1";
        hostile.description.as_mut().unwrap().name = name.to_owned();
        let other = observed("B", at("2026-01-05T06:00:00Z"), 2);
        let projects = vec![hostile, ProjectObservation { description: None, ..other }];
        collect(&ground.store, "a", Observations { projects, ..Default::default() }).await;
        let rows = entity::project::Entity::find().all(&ground.connection).await.unwrap();
        let stored = rows.iter().find(|row| row.platform_id == "A").unwrap();
        assert_eq!(stored.name.as_deref(), Some(&name[1..]));
    }
}

/// Random answers about few projects, versions and instants, so that they meet often.
fn answers() -> impl Strategy<Value = Vec<Observations>> {
    let answer = (0..3u8, 0..40i64, 0..5i64, any::<bool>(), any::<u8>()).prop_map(
        |(project, hour, downloads, complete, present)| {
            let id = ["A", "B", "C"][usize::from(project)];
            let asked = at("2026-01-05T00:00:00Z") + hours(hour);
            // Everything that is stated is a function of (project, instant), as on a platform.
            let downloads = downloads + hour * 10;
            let mut described = observed(id, asked, downloads);
            described.description.as_mut().unwrap().name = format!("name at {hour}");
            let versions: Vec<VersionObservation> = (0..4u8)
                .filter(|bit| present & (1 << bit) != 0)
                .map(|bit| {
                    let mut version = version(&bit.to_string(), downloads + i64::from(bit));
                    let description = version.description.as_mut().unwrap();
                    description.loaders = vec![format!("loader {}", hour % 3)];
                    version
                })
                .collect();
            Observations {
                projects: vec![described],
                listings: vec![VersionListing {
                    project: modrinth(id),
                    asked_at: asked,
                    complete,
                    marker: None,
                    versions,
                }],
                invisible: if hour % 7 == 0 {
                    vec![(modrinth("A"), asked + hours(1))]
                } else {
                    Vec::new()
                },
                ..Default::default()
            }
        },
    );
    // One answer for each instant of a project: a platform states one thing at a time.
    proptest::collection::vec(answer, 1..10).prop_map(|answers| {
        let mut seen = std::collections::BTreeSet::new();
        answers
            .into_iter()
            .filter(|it| seen.insert((it.projects[0].project.clone(), it.projects[0].asked_at)))
            .collect()
    })
}

/// Whether they arrive in order, in reverse or twice, on either database: the counters are equal.
#[test]
fn the_rows_do_not_depend_on_the_order_of_arrival_nor_on_the_database() {
    let cases = if modstats_tests::soak() { 200 } else { 12 };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(
            &answers()
                .prop_flat_map(|answers| (Just(answers.clone()), Just(answers).prop_shuffle())),
            |(ordered, shuffled)| {
                runtime.block_on(async {
                    let (one, other) = (Ground::sqlite().await, Ground::postgres().await);
                    let mut ordered = ordered;
                    ordered.sort_by_key(|it| it.projects[0].asked_at);
                    for answer in ordered {
                        write(&one, answer).await;
                    }
                    for answer in shuffled.iter().chain(&shuffled) {
                        write(&other, answer.clone()).await;
                    }
                    assert_same_facts(
                        &counters(&one).await,
                        &counters(&other).await,
                        "SQLite in order, PostgreSQL shuffled and twice",
                    );
                });
                Ok(())
            },
        )
        .unwrap();
}

async fn write(ground: &Ground, observations: Observations) {
    let document = document("a", &["A", "B", "C"]);
    let begun = at("2026-01-08T00:00:00Z");
    let run = ground
        .store
        .begin_run(&run_of(document, begun))
        .await
        .unwrap();
    ground
        .store
        .end_run(run.id, &ended(begun, observations))
        .await
        .unwrap();
}

/// All facts but two that tell when something was first noticed, which arrival decides.
async fn counters(ground: &Ground) -> std::collections::BTreeSet<String> {
    let noticed = |fact: String| {
        let mut fact = fact;
        for field in ["gone_at: Some(", "invisible_since: Some("] {
            if let Some(start) = fact.find(field) {
                let end = start + field.len() + fact[start + field.len()..].find(')').unwrap();
                fact.replace_range(start + field.len()..end, "…");
            }
        }
        fact
    };
    ground.facts().await.into_iter().map(noticed).collect()
}
