//! What is recorded is what the platforms state.

use std::collections::BTreeSet;

use modstats_collector::ExitCode;
use modstats_crds::Source;
use modstats_simulator::{Fault, Platform};
use modstats_store::model::{Metric, Outcome};

use crate::support::{World, days, document, present, reasons};

#[tokio::test]
async fn totals_and_versions_equal_the_catalogue() {
    let world = World::new().await;
    for (platform, source) in [
        (Platform::Modrinth, Source::Modrinth),
        (Platform::Curseforge, Source::Curseforge),
    ] {
        let ids = ["quillhaven-gears", "lanternmoss-and-loom"].map(|slug| world.id(platform, slug));
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let document = match platform {
            Platform::Modrinth => document(&["Quillhaven-Gears", ids[1]], &[]),
            Platform::Curseforge => document(&["quillhaven-gears"], &ids),
        };
        let report = world.collect(&document, source).await;
        assert_eq!(
            (report.record.outcome, report.record.exit),
            (Outcome::Complete, ExitCode::Done),
            "{report:?}"
        );
        assert_eq!(reasons(&report), [""; 0]);

        let view = world.view().await;
        let mut downloads = 0;
        let mut seen = 0;
        for id in ids {
            let project = world.catalogue().project(platform, id).unwrap();
            let now = world.clock.now();
            let member = view
                .members
                .iter()
                .find(|m| m.project.key.id == *id)
                .unwrap();
            let totals = member.project.totals.unwrap();
            assert_eq!(
                (totals.downloads, totals.observed_at),
                (project.downloads(now), now)
            );
            assert_eq!(member.project.name.as_deref(), Some(project.title(now)));
            assert_eq!(member.project.slug.as_deref(), Some(project.slug(now)));
            assert_eq!(totals.followers.is_some(), platform == Platform::Modrinth);
            assert_eq!(totals.thumbs_up.is_some(), platform == Platform::Curseforge);
            assert!(member.project.published_at.is_some());
            let page = member.project.page_url.as_deref().unwrap();
            assert!(
                page.starts_with("https://") && page.contains(project.slug(now)),
                "{page}"
            );
            downloads += totals.downloads;

            let snapshot = world.store.snapshot().await.unwrap();
            let versions = snapshot.versions(&[member.project.id], None).await.unwrap();
            let listed: Vec<_> = project.listed(now).collect();
            assert_eq!(versions.len(), listed.len());
            seen += listed.len();
            for version in listed {
                let stored = versions
                    .iter()
                    .find(|stored| stored.platform_id == version.id)
                    .unwrap();
                assert_eq!(
                    stored.latest.unwrap().value,
                    project.version_downloads(version, now)
                );
                assert_eq!(stored.name.as_deref(), Some(version.name.as_str()));
                let loaders: BTreeSet<_> = stored.loaders.iter().map(String::as_str).collect();
                assert_eq!(loaders, version.loaders.iter().copied().collect());
                let games: BTreeSet<_> = stored.game_versions.iter().map(String::as_str).collect();
                assert_eq!(games, version.game_versions.iter().copied().collect());
            }
            let sum: i64 = project
                .listed(now)
                .map(|v| project.version_downloads(v, now))
                .sum();
            assert_eq!(member.project.version_sum.unwrap().downloads, sum);
        }
        assert!(seen > 100, "more than two pages of files, not {seen}");
        assert_eq!(report.message.downloads, Some(downloads));
        assert_eq!(report.message.stale, None);
        assert_eq!(
            report.record.progress.versions,
            i64::try_from(seen).unwrap()
        );
        assert_eq!(
            report.record.progress.requests,
            i64::try_from(world.simulator.served().total(platform)).unwrap()
        );
    }
}

#[tokio::test]
async fn two_runs_at_one_instant_leave_the_same_rows() {
    let world = World::new().await;
    let document = document(&["quillhaven-gears", "copperwick-signals"], &[]);
    world.collect(&document, Source::Modrinth).await;
    let once = world.rows().await;
    assert!(once.len() > 400, "{} rows", once.len());
    let report = world.collect(&document, Source::Modrinth).await;
    assert_eq!(report.record.outcome, Outcome::Complete);
    assert_eq!(world.rows().await, once);
}

#[tokio::test]
async fn a_day_keeps_its_first_and_last_answer() {
    let world = World::at(present() - days(3)).await;
    let document = document(&["quillhaven-gears"], &[]);
    let (from, mut stated) = (world.clock.now(), Vec::new());
    let id = world.id(Platform::Modrinth, "quillhaven-gears");
    for hours in [0, 6, 12, 24] {
        world
            .clock
            .set(from + jiff::SignedDuration::from_hours(hours));
        assert_eq!(
            world
                .collect(&document, Source::Modrinth)
                .await
                .record
                .outcome,
            Outcome::Complete
        );
        stated.push(
            world
                .catalogue()
                .downloads(Platform::Modrinth, &id, world.clock.now())
                .unwrap(),
        );
    }
    let project = world.view().await.members[0].project.id;
    let day = from.to_zoned(jiff::tz::TimeZone::UTC).date();
    let snapshot = world.store.snapshot().await.unwrap();
    let readings = snapshot
        .readings(&[project], Metric::Downloads, day, day.tomorrow().unwrap())
        .await
        .unwrap();
    let kept: Vec<_> = readings[&project]
        .iter()
        .map(|day| (day.first.value, day.last.value))
        .collect();
    assert_eq!(kept, [(stated[0], stated[2]), (stated[3], stated[3])]);
}

#[tokio::test]
async fn counters_are_read_in_any_form_that_is_exact() {
    let world = World::new().await;
    world.fault(Platform::Curseforge, "/v1/mods", 1, Fault::FloatCounters);
    let id = world.id(Platform::Curseforge, "copperwick-semaphores");
    let report = world
        .collect(&document(&[], &[&id]), Source::Curseforge)
        .await;
    assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
    let stated = world
        .catalogue()
        .downloads(Platform::Curseforge, &id, world.clock.now());
    assert_eq!(report.message.downloads, stated);
}

#[tokio::test]
async fn the_other_platforms_members_come_from_the_document_too() {
    let world = World::new().await;
    let id = world.id(Platform::Curseforge, "quillhaven-gears");
    world
        .collect(&document(&["quillhaven-gears"], &[&id]), Source::Curseforge)
        .await;
    let view = world.view().await;
    let known: Vec<_> = view
        .members
        .iter()
        .map(|member| member.project.key.to_string())
        .collect();
    assert_eq!(
        known,
        [format!("curseforge {id}")],
        "an unresolved slug is no project yet"
    );
    let report = world
        .collect(&document(&["quillhaven-gears"], &[&id]), Source::Modrinth)
        .await;
    assert_eq!(report.record.outcome, Outcome::Complete);
    assert_eq!(world.view().await.members.len(), 2);
}
