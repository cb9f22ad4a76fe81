//! What charts and figures read: samples, the histories of versions, imports.

use jiff::civil::date;
use modstats_store::model::*;

use super::*;
use crate::ground::Ground;
use crate::on_both;

async fn project_id(ground: &Ground, name: &str) -> i32 {
    let snapshot = ground.store.snapshot().await.unwrap();
    let view = snapshot
        .tracked_mod("default", name, at("2026-02-01T00:00:00Z"))
        .await
        .unwrap();
    view.unwrap().members[0].project.id
}

async fn observe(ground: &Ground, observations: Observations) {
    collect(&ground.store, "a", observations).await;
}

/// The downloads of versions, as one complete listing states them.
fn listed(asked: Timestamp, versions: Vec<VersionObservation>) -> Observations {
    Observations {
        projects: vec![observed("A", asked, 1)],
        listings: vec![listing("A", asked, &versions)],
        ..Default::default()
    }
}

fn published(id: &str, published_at: Timestamp, downloads: i64) -> VersionObservation {
    let mut version = version(id, downloads);
    version.description.as_mut().unwrap().published_at = published_at;
    version
}

on_both! {
    async fn samples_are_every_run_since_an_instant_and_the_one_before(ground: Ground) {
        let start = at("2026-01-05T00:00:00Z");
        for hour in [0, 6, 12, 13, 30] {
            let projects = vec![observed("A", start + hours(hour), 100 + hour)];
            observe(&ground, Observations { projects, ..Default::default() }).await;
        }
        let id = project_id(&ground, "a").await;
        let snapshot = ground.store.snapshot().await.unwrap();
        let hours_since = async |since: Timestamp| {
            let samples = snapshot.samples(&[id, 4711], since).await.unwrap();
            assert!(samples[&4711].is_empty(), "nobody ever saw it");
            let first = samples[&id].first().unwrap();
            assert_eq!((first.followers, first.thumbs_up), (Some(7), None));
            samples[&id].iter().map(|it| it.downloads - 100).collect::<Vec<_>>()
        };
        assert_eq!(hours_since(start + hours(7)).await, [6, 12, 13, 30]);
        assert_eq!(hours_since(start + hours(12)).await, [6, 12, 13, 30]);
        assert_eq!(hours_since(start - hours(1)).await, [0, 6, 12, 13, 30]);
        assert_eq!(hours_since(start + hours(99)).await, [30]);
        assert!(snapshot.samples(&[], start).await.unwrap().is_empty());
    }
}

on_both! {
    async fn a_version_that_appeared_is_known_from_zero_and_any_other_from_its_baseline(ground: Ground) {
        let noon = at("2026-01-01T12:00:00Z");
        for day in 0..5 {
            let asked = noon + hours(24 * day);
            let mut versions = vec![version("old", 100 + day * 10)];
            if day >= 2 {
                versions.push(published("new", noon + hours(30), day * 50));
                versions.push(version("late to be listed", 77));
            }
            observe(&ground, listed(asked, versions)).await;
        }
        let id = project_id(&ground, "a").await;
        let snapshot = ground.store.snapshot().await.unwrap();
        let views = snapshot.versions(&[id], Some(date(2026, 1, 1))).await.unwrap();
        let of = |name: &str| views.iter().find(|it| it.platform_id == name).unwrap();
        let ids: Vec<i32> = views.iter().map(|it| it.id).collect();

        let all = snapshot.version_histories(&ids, date(2026, 1, 1), date(2026, 1, 9)).await.unwrap();
        let zero = |name: &str| all[&of(name).id].from_zero;
        assert_eq!(zero("new"), Some(noon + hours(30)));
        assert_eq!((zero("old"), zero("late to be listed")), (None, None));
        let days = |name: &str| {
            let series = all[&of(name).id].series(&[]);
            series.days.iter().map(|day| (day.day.day(), day.growth)).collect::<Vec<_>>()
        };
        assert_eq!(days("new"), [(2, 33), (3, 92), (4, 50), (5, 25)]);
        assert_eq!(days("old"), [(1, 5), (2, 10), (3, 10), (4, 10), (5, 5)]);
        for name in ["new", "old", "late to be listed"] {
            let sum: i64 = days(name).iter().map(|day| day.1).sum();
            assert_eq!(of(name).growth, Some(sum), "the table's growth is the sum of its days");
        }

        let later = snapshot.version_histories(&ids, date(2026, 1, 5), date(2026, 1, 5)).await.unwrap();
        let new = &later[&of("new").id];
        let read: Vec<i8> = new.readings.iter().map(|it| it.day.day()).collect();
        assert_eq!((read, new.from_zero), (vec![3, 4, 5], Some(noon + hours(30))), "its first one is read");
        observe(&ground, listed(noon + hours(24 * 6), vec![published("new", noon + hours(30), 400)])).await;
        let snapshot = ground.store.snapshot().await.unwrap();
        let later = snapshot.version_histories(&ids, date(2026, 1, 7), date(2026, 1, 7)).await.unwrap();
        let new = &later[&of("new").id];
        let read: Vec<i8> = new.readings.iter().map(|it| it.day.day()).collect();
        assert_eq!((read, new.from_zero), (vec![5, 7], None), "what is before a first reading that is not its first");
    }
}

on_both! {
    async fn a_midnight_is_worth_the_same_in_every_range(ground: Ground) {
        // A fall on the evening of the 4th recovers on the 5th; another one from the 8th to the 9th.
        let readings = [
            ("2026-01-02T12:00:00Z", 100), ("2026-01-03T12:00:00Z", 200), ("2026-01-04T12:00:00Z", 300),
            ("2026-01-04T18:00:00Z", 40), ("2026-01-05T12:00:00Z", 400), ("2026-01-06T12:00:00Z", 500),
            ("2026-01-07T12:00:00Z", 600), ("2026-01-08T06:00:00Z", 50), ("2026-01-08T12:00:00Z", 60),
            ("2026-01-09T05:00:00Z", 800), ("2026-01-10T12:00:00Z", 900),
        ];
        for (asked, downloads) in readings {
            let asked = at(asked);
            let projects = vec![observed("A", asked, downloads)];
            let listings = vec![listing("A", asked, &[version("1", downloads)])];
            observe(&ground, Observations { projects, listings, ..Default::default() }).await;
        }
        let id = project_id(&ground, "a").await;
        let snapshot = ground.store.snapshot().await.unwrap();
        let version = snapshot.versions(&[id], Some(date(2026, 1, 1))).await.unwrap()[0].id;
        let series = async |from: i8, to: i8| {
            let (from, to) = (date(2026, 1, from), date(2026, 1, to));
            let read = snapshot.readings(&[id], Metric::Downloads, from, to).await.unwrap();
            let of_project = modstats_store::growth::series(&read[&id], &[], None);
            let read = snapshot.version_histories(&[version], from, to).await.unwrap();
            assert_eq!(read[&version].series(&[]).days, of_project.days);
            of_project
        };
        let whole = series(1, 12).await;
        assert_eq!((whole.jitter.len(), whole.corrections.len()), (2, 0));
        assert_eq!((whole.jitter[1].from, whole.jitter[1].to), (600, 50));
        for day in &whole.days {
            let alone = series(day.day.day(), day.day.day()).await;
            let alone = alone.days.iter().find(|it| it.day == day.day).unwrap();
            if (3..=9).contains(&day.day.day()) {
                assert_eq!(alone, day);
            }
        }
    }
}

on_both! {
    async fn the_number_of_versions_is_a_counter_of_its_own(ground: Ground) {
        for (day, count) in [(0, 1), (1, 3), (2, 2)] {
            let versions = (0..count).map(|it| version(&it.to_string(), 9)).collect();
            observe(&ground, listed(at("2026-01-05T12:00:00Z") + hours(24 * day), versions)).await;
        }
        let id = project_id(&ground, "a").await;
        let snapshot = ground.store.snapshot().await.unwrap();
        let read = snapshot.readings(&[id], Metric::Versions, date(2026, 1, 1), date(2026, 1, 9)).await.unwrap();
        assert_eq!(read[&id].iter().map(|it| it.last.value).collect::<Vec<_>>(), [1, 3, 2]);
    }
}

on_both! {
    async fn versions_and_projects_are_found_by_their_identities(ground: Ground) {
        observe(&ground, listed(at("2026-01-05T12:00:00Z"), vec![version("v1", 9), version("v'2", 8)])).await;
        let stranger = vec![listing("nobody's", at("2026-01-05T12:00:00Z"), &[version("v3", 9)])];
        let strangers = Observations { listings: stranger, ..Default::default() };
        ground.store.import("old", at("2026-01-05T12:00:00Z"), &strangers).await.unwrap();
        let snapshot = ground.store.snapshot().await.unwrap();
        let key = |platform, id: &str| VersionKey { platform, id: id.to_owned() };
        let keys = ["v1", "v'2", "v3", "none"].map(|id| key(Platform::Modrinth, id));
        let found = snapshot.find_versions(&keys).await.unwrap();
        assert_eq!(found.keys().cloned().collect::<Vec<_>>(), [keys[1].clone(), keys[0].clone()]);
        assert_eq!(found[&keys[0]].latest.unwrap().value, 9);
        let elsewhere = key(Platform::Curseforge, "v1");
        assert!(snapshot.find_versions(&[elsewhere]).await.unwrap().is_empty());
        assert!(snapshot.find_versions(&[]).await.unwrap().is_empty());

        let curseforge = ProjectKey { platform: Platform::Curseforge, ..modrinth("A") };
        let projects = snapshot.find_projects(&[modrinth("A"), modrinth("none"), curseforge]).await.unwrap();
        assert_eq!(projects.keys().cloned().collect::<Vec<_>>(), [modrinth("A")]);
        assert_eq!(projects[&modrinth("A")].totals.unwrap().downloads, 1);
    }
}

on_both! {
    async fn imports_are_told_by_the_project_and_the_days_they_brought(ground: Ground) {
        let now = at("2026-01-09T00:00:00Z");
        let of_days = |days: &[i64], id: &str| Observations {
            projects: days.iter().map(|day| observed(id, at("2026-01-01T12:00:00Z") + hours(24 * day), *day)).collect(),
            ..Default::default()
        };
        observe(&ground, of_days(&[8], "A")).await;
        let first = ground.store.import("a file", now, &of_days(&[0, 1, 5], "A")).await.unwrap();
        let second = ground.store.import("undone", now, &of_days(&[2], "A")).await.unwrap();
        ground.store.import("of another", now, &of_days(&[2], "B")).await.unwrap();
        ground.store.undo_import(second, now).await.unwrap();
        let id = project_id(&ground, "a").await;
        let snapshot = ground.store.snapshot().await.unwrap();
        let imports = snapshot.imports(&[id]).await.unwrap();
        assert_eq!(imports, [ImportView {
            id: first,
            description: "a file".to_owned(),
            imported_at: now,
            project_id: id,
            from: date(2026, 1, 1),
            to: date(2026, 1, 6),
            days: 3,
        }]);
        assert!(snapshot.imports(&[]).await.unwrap().is_empty());
        let first = snapshot.first_days(&[id, 4711]).await.unwrap();
        assert_eq!(first.into_iter().collect::<Vec<_>>(), [(id, date(2026, 1, 1))]);
    }
}

on_both! {
    async fn runs_are_found_by_how_they_read_now(ground: Ground) {
        let start = at("2026-01-05T00:00:00Z");
        observe(&ground, Observations { projects: vec![observed("A", start, 1)], ..Default::default() }).await;
        let lost = ground.store.begin_run(&run_of(document("a", &["A"]), start + hours(1))).await.unwrap();
        let running = ground.store.begin_run(&run_of(document("a", &["A"]), start + hours(6))).await.unwrap();
        let snapshot = ground.store.snapshot().await.unwrap();
        let now = start + hours(6);
        for (state, expected) in [
            (RunState::Running, vec![running.id]),
            (RunState::Lost, vec![lost.id]),
            (RunState::Failed, vec![]),
        ] {
            let page = modstats_store::RunPage { limit: 9, state: Some(state), ..Default::default() };
            let runs = snapshot.runs(&page, now).await.unwrap();
            assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), expected, "{state}");
            assert!(runs.iter().all(|run| run.state == state));
        }
        let page = modstats_store::RunPage { limit: 9, state: Some(RunState::Complete), ..Default::default() };
        assert_eq!(snapshot.runs(&page, now).await.unwrap().len(), 1);
    }
}
