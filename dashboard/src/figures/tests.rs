#![allow(clippy::unwrap_used, clippy::panic)]
mod history;
mod period;
mod portfolio;
mod recent;
mod trend;
mod velocity;
mod versions;

use super::*;
use crate::fixtures::{at, borrowed, daily as readings, data, member};
use jiff::civil::date;

const NOW: &str = "2026-11-22T15:00:00Z";

fn steady(
    platform: Platform,
    id: &str,
    days: i32,
    step: i64,
) -> (
    modstats_store::model::Member,
    Vec<modstats_store::model::DayReadings>,
) {
    let first = date(2026, 11, 22).saturating_sub((days - 1).days());
    member(platform, id, &borrowed(&readings(first, days, 1_000, step)))
}

#[test]
fn a_total_is_the_sum_of_last_known_values_with_the_age_of_the_oldest() {
    let stale = member(
        Platform::Curseforge,
        "b",
        &[("2026-11-20T12:00Z", 3_000_000_000)],
    );
    let unknown = member(Platform::Curseforge, "c", &[]);
    let mut left = member(Platform::Modrinth, "d", &[("2026-11-01T12:00Z", 77)]);
    left.0.left_at = Some(at("2026-11-02T00:00Z"));
    let data = data(vec![
        steady(Platform::Modrinth, "a", 3, 10),
        stale,
        unknown,
        left,
    ]);
    let total = Figures::new(&data, None, at(NOW)).downloads.unwrap();
    assert_eq!(total.value, 3_000_001_020);
    assert_eq!(total.observed_at, at("2026-11-20T12:00Z"));
    assert_eq!(total.newest_observed_at, at("2026-11-22T12:00Z"));
    assert_eq!((total.projects, total.projects_unknown), (2, 1));
}

#[test]
fn growth_counts_whole_days_up_to_yesterday_and_compares_with_as_many_before() {
    let data = data(vec![steady(Platform::Modrinth, "a", 90, 10)]);
    let growth = Figures::new(&data, None, at(NOW)).growth_28d.unwrap();
    assert_eq!(
        (growth.from, growth.to),
        (date(2026, 10, 25), date(2026, 11, 21))
    );
    assert_eq!((growth.value, growth.previous), (280, Some(280)));
    assert!(growth.complete && growth.known_from == growth.from);
}

#[test]
fn the_period_ends_with_yesterday_and_is_incomplete_when_nothing_came_since() {
    let data = data(vec![steady(Platform::Modrinth, "a", 90, 10)]);
    let growth = Figures::new(&data, None, at("2026-11-25T02:00:00Z"))
        .growth_7d
        .unwrap();
    assert_eq!(growth.to, date(2026, 11, 24));
    // Up to noon of the last day that was read.
    assert_eq!((growth.value, growth.complete), (45, false));
}

#[test]
fn growth_of_a_young_project_says_since_when_and_compares_with_nothing() {
    let data = data(vec![steady(Platform::Modrinth, "a", 5, 10)]);
    let growth = Figures::new(&data, None, at(NOW)).growth_28d.unwrap();
    assert_eq!(
        (growth.value, growth.known_from, growth.previous),
        (35, date(2026, 11, 18), None)
    );
    assert!(growth.complete);
}

#[test]
fn a_member_that_stopped_makes_the_growth_incomplete() {
    let first = date(2026, 9, 1);
    let stopped = member(
        Platform::Curseforge,
        "b",
        &borrowed(&readings(first, 70, 0, 5)),
    );
    let data = data(vec![steady(Platform::Modrinth, "a", 90, 10), stopped]);
    let figures = |platform| Figures::new(&data, platform, at(NOW)).growth_28d.unwrap();
    assert!(!figures(None).complete);
    assert!(figures(Some(Platform::Modrinth)).complete);
    let parts = figures(Some(Platform::Modrinth)).value + figures(Some(Platform::Curseforge)).value;
    assert_eq!(figures(None).value, parts);
}

#[test]
fn periods_with_other_members_are_not_compared() {
    let data = data(vec![
        steady(Platform::Modrinth, "a", 90, 10),
        steady(Platform::Curseforge, "b", 20, 500),
    ]);
    assert_eq!(
        Figures::new(&data, None, at(NOW))
            .growth_28d
            .unwrap()
            .previous,
        None
    );
    let modrinth = Figures::new(&data, Some(Platform::Modrinth), at(NOW));
    assert_eq!(modrinth.growth_28d.unwrap().previous, Some(280));
}

#[test]
fn a_fall_of_the_counter_is_told_and_not_clipped() {
    let mut falling = readings(date(2026, 10, 1), 53, 1_000, 10);
    for (_, value) in &mut falling[40..] {
        *value -= 600;
    }
    let data = data(vec![member(Platform::Modrinth, "a", &borrowed(&falling))]);
    let growth = Figures::new(&data, None, at(NOW)).growth_28d.unwrap();
    assert_eq!(growth.value, 280 - 600);
    assert!(growth.correction);
}

#[test]
fn nothing_known_is_no_figure() {
    let data = data(vec![member(Platform::Modrinth, "a", &[])]);
    let figures = Figures::new(&data, None, at(NOW));
    assert_eq!((figures.downloads, figures.growth_28d), (None, None));
    let first = member(Platform::Modrinth, "a", &[("2026-11-22T12:00Z", 9)]);
    let figures = Figures::new(&crate::fixtures::data(vec![first]), None, at(NOW));
    assert_eq!(
        (figures.downloads.unwrap().value, figures.growth_7d),
        (9, None)
    );
}
