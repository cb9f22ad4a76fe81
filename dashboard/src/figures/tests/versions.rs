use std::collections::BTreeMap;

use super::*;
use crate::figures::buckets::*;
use crate::figures::release::releases;
use crate::figures::tags::by_tag;
use crate::fixtures::release;
use crate::period::Days;
use crate::query::{Grouping, Tag};
use jiff::SignedDuration;
use modstats_store::growth::{self, DayGrowth, Series};
use modstats_store::model::{VersionHistory, VersionView};
use proptest::prelude::*;

fn version(id: i32, number: &str, published_at: Option<&str>) -> VersionView {
    VersionView {
        number: Some(number.to_owned()),
        ..release(id, published_at)
    }
}

fn history(readings: &[(&str, i64)], from_zero: Option<&str>) -> VersionHistory {
    VersionHistory {
        readings: member(Platform::Modrinth, "v", readings).1,
        from_zero: from_zero.map(at),
    }
}

#[test]
fn the_newest_release_is_compared_with_the_one_before_at_the_same_age() {
    let versions = [
        version(3, "2.0", Some("2026-11-20T00:00Z")),
        version(2, "1.0", Some("2026-10-01T00:00Z")),
    ];
    let new = history(
        &[("2026-11-20T12:00Z", 300), ("2026-11-21T12:00Z", 700)],
        Some("2026-11-20T00:00Z"),
    );
    let old = history(
        &[
            ("2026-10-01T06:00Z", 100),
            ("2026-10-02T06:00Z", 340),
            ("2026-10-03T06:00Z", 400),
        ],
        Some("2026-10-01T00:00Z"),
    );
    let known = BTreeMap::from([(3, new), (2, old)]);
    let releases = releases(&versions);
    let at_age = releases[0].at_age(releases.get(1), &known).unwrap();
    assert_eq!(at_age.age, SignedDuration::from_hours(36));
    assert_eq!(
        (at_age.newest, at_age.previous),
        (700, Some(355)),
        "between two readings"
    );
    let before = releases[1].at_age(None, &known).unwrap();
    assert_eq!((before.newest, before.previous), (400, None));
}

#[test]
fn a_release_before_the_first_collection_is_not_known_at_that_age() {
    let versions = [
        version(3, "2.0", Some("2026-11-20T00:00Z")),
        version(2, "1.0", Some("2026-10-01T00:00Z")),
    ];
    let new = history(&[("2026-11-21T12:00Z", 700)], Some("2026-11-20T00:00Z"));
    let old = history(
        &[("2026-11-01T06:00Z", 5_000), ("2026-11-21T12:00Z", 6_000)],
        None,
    );
    let known = BTreeMap::from([(3, new), (2, old)]);
    let releases = releases(&versions);
    assert_eq!(
        releases[0]
            .at_age(releases.get(1), &known)
            .unwrap()
            .previous,
        None
    );
    assert_eq!(
        releases[0].at_age(None, &BTreeMap::new()),
        None,
        "nor is one without readings"
    );
}

#[test]
fn files_of_one_number_published_together_are_one_release() {
    let versions = [
        version(5, "2.0", Some("2026-11-20T06:00Z")),
        version(4, "2.0", Some("2026-11-20T00:00Z")),
        version(3, "1.9", Some("2026-11-19T00:00Z")),
        version(2, "2.0", Some("2025-01-01T00:00Z")),
        version(1, "0.1", None),
        version(6, " ", Some("2024-01-02T00:00Z")),
        version(7, " ", Some("2024-01-01T00:00Z")),
    ];
    let releases = releases(&versions);
    let ids: Vec<Vec<i32>> = releases
        .iter()
        .map(|release| release.versions.iter().map(|it| it.id).collect())
        .collect();
    assert_eq!(
        ids,
        [vec![5, 4], vec![3], vec![2], vec![6], vec![7]],
        "numbers repeat over the years"
    );
    assert_eq!(releases[0].published_at, at("2026-11-20T00:00Z"));

    let known = BTreeMap::from([
        (
            4,
            history(&[("2026-11-20T12:00Z", 120)], Some("2026-11-20T00:00Z")),
        ),
        (
            5,
            history(&[("2026-11-20T12:00Z", 60)], Some("2026-11-20T06:00Z")),
        ),
    ]);
    let at_age = releases[0].at_age(None, &known).unwrap();
    assert_eq!(
        (at_age.newest, at_age.age),
        (180, SignedDuration::from_hours(12))
    );
}

#[test]
fn files_for_several_loaders_are_one_release_whatever_their_numbers_say_of_them() {
    let file = |id, name: &str, loader: &str, game: &str, at| VersionView {
        loaders: vec![loader.to_owned()],
        game_versions: vec![game.to_owned()],
        ..version(id, name, Some(at))
    };
    let versions = [
        file(6, "2.4.0+forge", "forge", "1.20.1", "2026-11-21T15:00Z"),
        file(5, "2.4.0+neoforge", "neoforge", "1.21", "2026-11-21T14:00Z"),
        file(
            4,
            "gears-2.3.1-Fabric-mc1.20.1.jar",
            "fabric",
            "1.20.1",
            "2026-11-20T14:00Z",
        ),
        file(
            3,
            "gears-2.3.1-Forge-mc1.20.1.jar",
            "forge",
            "1.20.1",
            "2026-11-20T14:00Z",
        ),
        // Of the same day, but not the same.
        file(2, "2.3.0", "forge", "1.20.1", "2026-11-20T13:00Z"),
        // A number that says nothing but the game.
        file(1, "1.20.1", "forge", "1.20.1", "2026-11-20T12:00Z"),
    ];
    let releases: Vec<_> = releases(&versions);
    let told: Vec<_> = releases
        .iter()
        .map(|it| (it.name(), it.versions.len()))
        .collect();
    assert_eq!(
        told,
        [
            ("2.4.0".to_owned(), 2),
            ("gears-2.3.1".to_owned(), 2),
            ("2.3.0".to_owned(), 1),
            ("1.20.1".to_owned(), 1)
        ]
    );
}

fn series(id: usize) -> Series {
    let readings = readings(
        date(2026, 10, 1 + i8::try_from(id % 20).unwrap()),
        20,
        0,
        1 + i64::try_from(id).unwrap(),
    );
    growth::series(
        &member(Platform::Modrinth, "v", &borrowed(&readings)).1,
        &[],
        None,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn each_tag_has_the_growth_of_all_versions_with_it(tags in proptest::collection::vec(0..8u8, 1..12)) {
        let tagged: Vec<(VersionView, Series)> = tags
            .iter()
            .enumerate()
            .map(|(id, bits)| {
                let loaders = ["fabric", "forge", "quilt"].iter().enumerate();
                let loaders = loaders.filter(|(bit, _)| bits & (1 << bit) != 0);
                let view = VersionView {
                    loaders: loaders.map(|(_, it)| (*it).to_owned()).collect(),
                    ..version(0, "1", None)
                };
                (view, series(id))
            })
            .collect();
        let sum = |days: &[DayGrowth]| days.iter().map(|day| day.growth).sum::<i64>();
        let of = tagged.iter().map(|(version, series)| (version, series));
        let found = by_tag(of, Tag::Loader);
        for it in &found {
            let has = |version: &VersionView| match &it.tag {
                Some(tag) => version.loaders.contains(tag),
                None => version.loaders.is_empty(),
            };
            let members: Vec<&Series> = tagged.iter().filter(|(version, _)| has(version)).map(|(_, series)| series).collect();
            let expected: i64 = members.iter().map(|series| sum(&series.days)).sum();
            prop_assert_eq!((sum(&it.days), it.versions), (expected, members.len()));
        }
        let counted: i64 = found.iter().map(|it| sum(&it.days)).sum();
        let by_versions: i64 = tagged.iter().map(|(version, series)| {
            sum(&series.days) * i64::try_from(version.loaders.len().max(1)).unwrap()
        }).sum();
        prop_assert_eq!(counted, by_versions);
        let one = tagged.iter().map(|(version, series)| (version, series));
        prop_assert_eq!(by_tag(one, Tag::GameVersion).len(), 1, "without a tag, and last");
    }

    #[test]
    fn buckets_are_exactly_the_days_of_the_period(first in 0..800i32, length in 0..400i32) {
        let from = date(2023, 12, 1).saturating_add(first.days());
        let days = Days { from, to: from.saturating_add(length.days()) };
        let series = series(3);
        for by in [Grouping::Day, Grouping::Week, Grouping::Month] {
            let buckets = buckets(days, by);
            let put_together: Vec<Date> = buckets.iter().flat_map(|it| it.days.iter()).collect();
            prop_assert!(put_together.into_iter().eq(days.iter()));
            let sum: i64 = buckets.iter().filter_map(|it| it.growth(&series.days)).map(|it| it.value).sum();
            let whole: i64 = series.days.iter().filter(|it| days.contains(it.day)).map(|it| it.growth).sum();
            prop_assert_eq!(sum, whole);
        }
    }
}

#[test]
fn weeks_begin_on_monday_and_cut_ones_are_told() {
    let days = Days {
        from: date(2024, 2, 27),
        to: date(2024, 3, 11),
    };
    let text = |by| {
        buckets(days, by)
            .iter()
            .map(|it| {
                format!(
                    "{}..{}{}",
                    it.days.from,
                    it.days.to,
                    if it.cut { " cut" } else { "" }
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        text(Grouping::Week),
        [
            "2024-02-27..2024-03-03 cut",
            "2024-03-04..2024-03-10",
            "2024-03-11..2024-03-11 cut"
        ]
    );
    assert_eq!(
        text(Grouping::Month),
        ["2024-02-27..2024-02-29 cut", "2024-03-01..2024-03-11 cut"]
    );
    assert_eq!(text(Grouping::Day).len(), 14);
}

#[test]
fn a_bucket_is_complete_with_all_of_its_days() {
    let series = series(0);
    let bucket = |from, to| {
        let days = Days {
            from: date(2026, 10, from),
            to: date(2026, 10, to),
        };
        Bucket { days, cut: false }.growth(&series.days)
    };
    assert_eq!(
        bucket(2, 8).map(|it| (it.value, it.complete)),
        Some((7, true))
    );
    assert_eq!(
        bucket(1, 8).map(|it| it.complete),
        Some(false),
        "it begins with the baseline"
    );
    assert_eq!(
        bucket(15, 25).map(|it| it.complete),
        Some(false),
        "there is no 25th yet"
    );
    assert_eq!(bucket(22, 25), None);
}

#[test]
fn too_many_days_are_weeks_and_too_many_weeks_months() {
    let days = |count: i32| {
        let from = date(2020, 1, 1);
        Days {
            from,
            to: from.saturating_add((count - 1).days()),
        }
    };
    for (asked, count, shown) in [
        (Grouping::Day, 91, Grouping::Day),
        (Grouping::Day, 190, Grouping::Day),
        (Grouping::Day, 191, Grouping::Week),
        (Grouping::Run, 31, Grouping::Run),
        (Grouping::Run, 32, Grouping::Day),
        (Grouping::Run, 365, Grouping::Week),
        (Grouping::Week, 28, Grouping::Week),
        (Grouping::Week, 365, Grouping::Week),
        (Grouping::Day, 4_000, Grouping::Month),
        (Grouping::Month, 28, Grouping::Month),
    ] {
        assert_eq!(asked.fitting(days(count)), shown, "{asked:?} {count}");
    }
}
