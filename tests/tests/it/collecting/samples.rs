//! Every run's totals are kept for some days only. Nothing that a page shows depends on them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, ToSpan};
use modstats_crds::Source;
use modstats_simulator::{Fault, Platform};
use modstats_store::model::{DayReadings, Metric, Outcome};
use modstats_store::time::day_of;
use modstats_store::{entity, growth};
use modstats_tests::soak;
use sea_orm::EntityTrait;
use serde_json::json;

use super::{World, before, collect, curseforge, dashboard, document, page, view};
use crate::ground::{Ground, assert_same_facts};

const METRICS: [Metric; 4] = [
    Metric::Downloads,
    Metric::Followers,
    Metric::ThumbsUp,
    Metric::VersionsDownloads,
];
const KEPT: SignedDuration = SignedDuration::from_hours(2 * 24);
const FOR_EVER: SignedDuration = SignedDuration::from_hours(3650 * 24);

/// The days before the present on which there are runs, but for an outage.
fn days() -> impl Iterator<Item = i64> {
    let first = if soak() { 42 } else { 9 };
    (0..first).rev().filter(|day| !(4..6).contains(day))
}

#[tokio::test(flavor = "multi_thread")]
async fn thinning_samples_changes_no_figure_on_sqlite() {
    no_figure_changes(Ground::sqlite().await, Ground::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thinning_samples_changes_no_figure_on_postgres() {
    no_figure_changes(Ground::postgres().await, Ground::postgres().await).await;
}

async fn no_figure_changes(whole: Ground, thinned: Ground) {
    let world = World::at(before(60, "00:00:00")).await;
    let mods = ["copperwick-semaphores", "semaphore-posts"];
    let (projects, files) = (
        mods.map(|slug| world.id(Platform::Modrinth, slug)),
        mods.map(|slug| world.number(slug)),
    );
    let document = document(json!({
        "modrinth": {"projects": projects}, "curseforge": curseforge(&files),
        "modpacks": {"curseforge": "Website", "curseforgeIds": [world.number("deep-down")]},
    }));
    let keeping = [(&whole, FOR_EVER), (&thinned, KEPT)];
    let mut newest = Timestamp::UNIX_EPOCH;
    for day in days() {
        for (turn, time) in ["00:02:00", "08:17:00", "15:40:00", "23:55:00"]
            .iter()
            .enumerate()
        {
            let now = before(day, time);
            for (ground, kept) in keeping {
                world.go_to(now);
                // Now and then a list can't be had.
                if turn == 2 && day % 3 == 0 {
                    world.fault(Platform::Modrinth, "/version", 8, Fault::Forbidden);
                }
                let collector = world.collector(&ground.store).keeping_samples(kept);
                let daily = (turn == 1).then_some(Source::Modpacks);
                for source in [Source::Modrinth, Source::Curseforge]
                    .into_iter()
                    .chain(daily)
                {
                    let report = collect(&collector, &document, source, now).await;
                    assert_ne!(report.record.outcome, Outcome::Failed, "{report:?}");
                }
                world.simulator.faults().clear();
            }
            newest = now;
        }
    }

    let (one, other) = (figures(&whole).await, figures(&thinned).await);
    assert_eq!(one, other);
    assert!(one.len() > 50, "{} figures", one.len());
    let (one, other) = (pages(&whole, newest).await, pages(&thinned, newest).await);
    for ((path, one), (_, other)) in one.iter().zip(&other) {
        assert_eq!(one, other, "{path}");
    }
    let but_for_samples = async |ground: &Ground| -> BTreeSet<String> {
        let facts = ground.facts().await.into_iter();
        facts.filter(|fact| !fact.starts_with("sample ")).collect()
    };
    let (one, other) = (
        but_for_samples(&whole).await,
        but_for_samples(&thinned).await,
    );
    assert_same_facts(&one, &other, "but for the samples");

    // Each answer is a sample; of those, the kept days'.
    let samples = async |ground: &Ground| {
        entity::sample::Entity::find()
            .all(&ground.connection)
            .await
            .unwrap()
    };
    let all = samples(&whole).await;
    let since = (newest - KEPT).as_microsecond();
    let kept = all
        .iter()
        .filter(|row| row.at.timestamp_micros() >= since)
        .count();
    let left = samples(&thinned).await;
    assert!(left.iter().all(|row| row.at.timestamp_micros() >= since));
    assert_eq!(left.len(), kept);
    assert!(kept > 20 && all.len() > 2 * kept, "{kept} of {}", all.len());
}

/// Everything that pages ask the store for, in words.
async fn figures(ground: &Ground) -> Vec<String> {
    let snapshot = ground.store.snapshot().await.unwrap();
    let view = view(ground).await;
    let packs = snapshot.modpacks("default", "demo").await.unwrap();
    let members = view.members.iter().map(|member| member.project.id);
    let ids: Vec<i32> = members
        .chain(packs.iter().map(|pack| pack.modpack.id))
        .collect();
    let fresh = snapshot.modpack_freshness("default", "demo").await.unwrap();
    let mut figures = vec![
        format!("{view:?}"),
        format!("{packs:?}"),
        format!("{fresh:?}"),
    ];
    let today = day_of(before(0, "00:00:00"));
    for (from, to) in [
        (0, 0),
        (1, 1),
        (6, 0),
        (7, 1),
        (5, 4),
        (27, 0),
        (90, 3),
        (400, 200),
    ] {
        let (from, to) = (today - from.days(), today - to.days());
        for metric in METRICS {
            let readings = snapshot.readings(&ids, metric, from, to).await.unwrap();
            let grown = |days: &Vec<DayReadings>| {
                let series = growth::series(days, &[], None);
                format!("{series:?} {:?}", series.growth_between(from, to))
            };
            let series: Vec<String> = readings.values().map(grown).collect();
            figures.push(format!("{from}..{to} {metric:?}: {readings:?} {series:?}"));
        }
        let versions = snapshot.versions(&ids, Some(from)).await.unwrap();
        figures.extend(versions.iter().map(|version| format!("{from} {version:?}")));
    }
    figures
}

/// The pages and the API's replies as they are sent.
async fn pages(ground: &Ground, now: Timestamp) -> Vec<(String, String)> {
    let served = dashboard(&ground.store, now).await;
    let (from, to) = (day_of(before(30, "00:00:00")), day_of(now));
    let mut paths: Vec<String> = [
        "/",
        "/mods/default/demo",
        "/runs",
        "/api/v1/mods",
        "/api/v1/mods/default/demo",
        "/api/v1/runs",
    ]
    .map(str::to_owned)
    .to_vec();
    for metric in ["downloads", "followers", "thumbs_up", "versions_downloads"] {
        let series = "/api/v1/mods/default/demo/series";
        paths.push(format!("{series}?metric={metric}&from={from}&to={to}"));
    }
    let mut pages = Vec::new();
    for path in paths {
        let text = page(&format!("{served}{path}")).await;
        pages.push((path, text));
    }
    pages
}
