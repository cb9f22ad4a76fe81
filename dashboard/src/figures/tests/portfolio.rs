use super::*;
use crate::figures::due::Due;
use crate::figures::period::{Change, PeriodGrowth};
use crate::figures::portfolio::*;
use crate::figures::share::thousandths;
use crate::period::Days;
use jiff::SignedDuration;
use modstats_store::model::{Progress, RunId, RunState, RunView, Source, SourceView};
use proptest::prelude::*;

fn change(previous: i64, current: i64) -> Option<Change> {
    let days = Days {
        from: date(2026, 11, 15),
        to: date(2026, 11, 21),
    };
    Some(Change {
        days,
        previous_days: days.back(7),
        current,
        previous,
    })
}

#[test]
fn movers_are_those_whose_growth_changed_most_up_or_down() {
    let changes = [
        change(1_000, 1_100),
        None,
        change(900, 400),
        change(100, 300),
        change(5, 500),
        change(50, 50),
        change(0, 30),
    ];
    let movers = Movers::of(&changes, 3);
    assert_eq!(movers.absolute, [2, 4, 3]);
    assert_eq!(
        movers.relative,
        [3, 2, 0],
        "from five a week to many says little"
    );
    assert_eq!(Movers::of(&changes, 9).absolute, [2, 4, 3, 0, 6]);
    assert_eq!(Movers::of(&[None], 3), Movers::default());
}

fn source(last_success_at: Option<&str>) -> SourceView {
    let started_at = at("2026-11-22T12:00Z");
    SourceView {
        source: Source::Modrinth,
        last_success_at: last_success_at.map(at),
        last_run: RunView {
            id: RunId(1),
            namespace: "a".to_owned(),
            name: "b".to_owned(),
            source: Source::Modrinth,
            scheduled_at: started_at,
            started_at,
            deadline_at: started_at,
            ended_at: None,
            state: RunState::Failed,
            interval: SignedDuration::from_hours(6),
            progress: Progress::default(),
            rows: None,
            problems: Vec::new(),
        },
    }
}

#[test]
fn a_source_without_success_for_three_intervals_is_stale_though_it_runs() {
    let stale_since = |last| {
        let stale = stale(&[source(last)], at("2026-11-22T15:00Z"));
        stale.first().map(|it| it.last_success_at)
    };
    assert_eq!(stale_since(Some("2026-11-21T21:00Z")), None);
    assert_eq!(
        stale_since(Some("2026-11-21T20:59Z")),
        Some(Some(at("2026-11-21T20:59Z")))
    );
    assert_eq!(stale_since(None), Some(None));
}

#[test]
fn shares_are_rounded_so_that_they_add_up() {
    assert_eq!(thousandths(&[1, 1, 1]), Some(vec![334, 333, 333]));
    assert_eq!(thousandths(&[2, 1]), Some(vec![667, 333]));
    assert_eq!(thousandths(&[i64::MAX, i64::MAX]), Some(vec![500, 500]));
    assert_eq!(thousandths(&[7, 0]), Some(vec![1000, 0]));
    assert_eq!(thousandths(&[0, 0]), None);
    assert_eq!(thousandths(&[]), None);
    assert_eq!(thousandths(&[5, -1]), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn shares_of_anything_add_up_to_the_whole(parts in proptest::collection::vec(0..=i64::MAX, 1..6)) {
        if let Some(shares) = thousandths(&parts) {
            prop_assert_eq!(shares.iter().sum::<i64>(), 1000);
            let whole: f64 = parts.iter().map(|part| *part as f64).sum();
            for (part, share) in parts.iter().zip(shares) {
                prop_assert!((*part as f64 / whole * 1000.0 - share as f64).abs() <= 1.0);
            }
        }
    }
}

#[test]
fn a_project_counts_once_however_many_mods_name_it() {
    let shared = |left: Option<&str>| {
        let mut shared = steady(Platform::Modrinth, "a", 90, 10);
        shared.0.project.id = 1;
        shared.0.left_at = left.map(at);
        shared
    };
    let mut other = steady(Platform::Curseforge, "b", 90, 100);
    other.0.project.id = 2;
    // What one mod no longer names, another still does.
    let mods = [
        data(vec![shared(Some("2026-10-01T00:00Z"))]),
        data(vec![shared(None), other]),
    ];
    let figures = PortfolioFigures::of(&mods, at(NOW));
    assert_eq!(figures.total.map(|it| it.value), Some(1_890 + 9_900));
    let growth = |growth: Due<PeriodGrowth>| growth.known().map(|it| it.value);
    assert_eq!(growth(figures.yesterday), Some(110));
    assert_eq!(growth(figures.last_28_days), Some(28 * 110));
}
