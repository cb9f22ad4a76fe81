//! What pages read.

use std::collections::BTreeMap;

use jiff::civil::date;
use modstats_store::model::*;

use super::*;
use crate::on_both;

on_both! {
    async fn a_range_comes_with_its_nearest_neighbours(ground: Ground) {
        for day in [0, 3, 10, 11, 20, 30] {
            let projects = vec![observed("A", at("2026-01-01T12:00:00Z") + hours(24 * day), day)];
            collect(&ground.store, "a", Observations { projects, ..Default::default() }).await;
        }
        let snapshot = ground.store.snapshot().await.unwrap();
        let view = snapshot.tracked_mod("default", "a", at("2026-02-01T00:00:00Z")).await.unwrap().unwrap();
        let id = view.members[0].project.id;
        let read = snapshot
            .readings(&[id], Metric::Downloads, date(2026, 1, 6), date(2026, 1, 15))
            .await
            .unwrap();
        let days: Vec<i8> = read[&id].iter().map(|it| it.day.day()).collect();
        assert_eq!(days, [4, 11, 12, 21]);
        let none = snapshot.readings(&[id], Metric::ThumbsUp, date(2026, 1, 1), date(2026, 1, 31)).await.unwrap();
        assert!(none[&id].is_empty(), "what was not observed has no row");
    }
}

on_both! {
    async fn a_version_grows_since_a_midnight_by_what_is_known_of_it(ground: Ground) {
        let noon = at("2026-01-01T12:00:00Z");
        let mut new = version("new", 0);
        new.description.as_mut().unwrap().published_at = noon + hours(30);
        for day in 0..4 {
            let asked = noon + hours(24 * day);
            let mut versions = vec![version("old", 100 + day * 10)];
            if day >= 2 {
                versions.push(VersionObservation { downloads: day * 50, ..new.clone() });
            }
            if day == 3 {
                versions.push(version("late to be listed", 77));
            }
            let listings = vec![listing("A", asked, &versions)];
            let projects = vec![observed("A", asked, 1)];
            collect(&ground.store, "a", Observations { projects, listings, ..Default::default() }).await;
        }
        let snapshot = ground.store.snapshot().await.unwrap();
        let view = snapshot.tracked_mod("default", "a", noon).await.unwrap().unwrap();
        let id = view.members[0].project.id;
        let growth = async |since| {
            let versions = snapshot.versions(&[id], Some(since)).await.unwrap();
            let of = |name: &str| versions.iter().find(|it| it.platform_id == name).unwrap().growth;
            (of("old"), of("new"), of("late to be listed"))
        };
        assert_eq!(growth(date(2026, 1, 3)).await, (Some(15), Some(117), Some(0)));
        assert_eq!(growth(date(2025, 12, 1)).await, (Some(30), Some(150), Some(0)), "since its baseline");
        let versions = snapshot.versions(&[id], Some(date(2026, 1, 3))).await.unwrap();
        assert_eq!(versions[0].platform_id, "new", "the newest first");
        assert_eq!(versions[1].game_versions, ["1.21.1", "1.21.4"]);
    }
}

on_both! {
    async fn slow_schedules_are_remembered_as_they_were(ground: Ground) {
        let start = at("2026-01-01T00:00:00Z");
        for (day, interval) in [(0, 6), (1, 6), (2, 168), (9, 168), (16, 6)] {
            let run = NewRun { interval: hours(interval), ..run_of(document("a", &["A"]), start + hours(24 * day)) };
            ground.store.begin_run(&run).await.unwrap();
        }
        let snapshot = ground.store.snapshot().await.unwrap();
        let slow = snapshot.slow_schedules("default", "a").await.unwrap();
        let intervals = [(start, hours(6)), (start + hours(48), hours(168)), (start + hours(16 * 24), hours(6))];
        assert_eq!(slow, BTreeMap::from([(Source::Modrinth, intervals.to_vec())]));
        assert!(snapshot.slow_schedules("default", "b").await.unwrap().is_empty());
    }
}
