//! What a counter's readings mean.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use modstats_store::growth::{self, Correction, DayGrowth, Growth, Jitter};
use modstats_store::model::{DayReadings, ImportId, Origin, Reading};
use modstats_store::time::{day_of, midnight};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Groups readings into days, as the store does.
fn days(readings: &[(&str, i64)]) -> Vec<DayReadings> {
    let readings: Vec<Reading> = readings
        .iter()
        .map(|(instant, value)| Reading {
            at: at(instant),
            value: *value,
        })
        .collect();
    by_day(&readings)
}

fn by_day(readings: &[Reading]) -> Vec<DayReadings> {
    let mut days: Vec<DayReadings> = Vec::new();
    for reading in readings {
        let day = day_of(reading.at);
        match days.last_mut() {
            Some(known) if known.day == day => known.last = *reading,
            _ => days.push(DayReadings {
                day,
                origin: Origin::Collected,
                first: *reading,
                last: *reading,
            }),
        }
    }
    days
}

fn growth_of(days: &[DayGrowth], day: Date) -> DayGrowth {
    *days
        .iter()
        .find(|it| it.day == day)
        .unwrap_or_else(|| panic!("{day} is not among {days:?}"))
}

#[test]
fn nothing_known_is_no_growth_rather_than_zero() {
    let series = growth::series(&[], &[], None);
    assert!(series.days.is_empty());
    assert_eq!(
        series.growth_between(date(2026, 1, 1), date(2026, 1, 7)),
        None
    );
}

#[test]
fn the_first_reading_is_a_baseline() {
    let series = growth::series(&days(&[("2026-01-01T06:00:00Z", 1000)]), &[], None);
    assert_eq!(growth_of(&series.days, date(2026, 1, 1)).growth, 0);
    assert!(!growth_of(&series.days, date(2026, 1, 1)).complete);
}

#[test]
fn a_day_lies_between_interpolated_midnights() {
    let series = growth::series(
        &days(&[
            ("2026-01-01T18:00:00Z", 100),
            ("2026-01-02T06:00:00Z", 160),
            ("2026-01-02T18:00:00Z", 200),
            ("2026-01-03T06:00:00Z", 300),
        ]),
        &[],
        None,
    );
    // Midnight of the 2nd: 130. Midnight of the 3rd: 250.
    assert_eq!(
        growth_of(&series.days, date(2026, 1, 2)),
        DayGrowth {
            day: date(2026, 1, 2),
            growth: 120,
            complete: true,
            gap: false,
            correction: false
        }
    );
    let last = growth_of(&series.days, date(2026, 1, 3));
    assert_eq!(
        (last.growth, last.complete),
        (50, false),
        "counts up to its last reading"
    );
}

#[test]
fn ninety_in_ten_days_are_nine_a_day_however_many_rows_there_are() {
    let series = growth::series(
        &days(&[
            ("2026-01-01T00:00:00Z", 0),
            ("2026-01-02T00:00:00Z", 9),
            ("2026-01-05T00:00:00Z", 36),
            ("2026-01-11T00:00:00Z", 90),
        ]),
        &[],
        None,
    );
    let whole = series
        .growth_between(date(2026, 1, 1), date(2026, 1, 10))
        .unwrap();
    assert_eq!(
        whole,
        Growth {
            value: 90,
            complete: true
        }
    );
    assert!(
        series.days.iter().take(10).all(|day| day.growth == 9),
        "{:?}",
        series.days
    );
}

#[test]
fn a_whole_day_without_a_reading_is_a_gap_and_a_short_outage_is_none() {
    let series = growth::series(
        &days(&[
            ("2026-01-01T22:00:00Z", 100),
            ("2026-01-03T02:00:00Z", 380),
            ("2026-01-04T23:00:00Z", 400),
        ]),
        &[],
        None,
    );
    assert_eq!(
        series.gaps,
        [(at("2026-01-01T22:00:00Z"), at("2026-01-03T02:00:00Z"))]
    );
    assert!(growth_of(&series.days, date(2026, 1, 2)).gap);
    assert_eq!(
        growth_of(&series.days, date(2026, 1, 2)).growth,
        240,
        "its share of the gap's growth"
    );
    assert!(
        !growth_of(&series.days, date(2026, 1, 3)).gap,
        "45 hours, but no whole day"
    );
}

#[test]
fn what_comes_and_goes_grows_by_each_fall_and_each_rise() {
    let readings = days(&[
        ("2026-01-01T12:00:00Z", 10),
        ("2026-01-01T22:00:00Z", 4),
        ("2026-01-02T02:00:00Z", 8),
        ("2026-01-02T12:00:00Z", 10),
        ("2026-01-04T00:00:00Z", 7),
    ]);
    let gauge = growth::gauge(&readings, &[]);
    assert_eq!(growth_of(&gauge.days, date(2026, 1, 1)).growth, -4);
    assert!(growth_of(&gauge.days, date(2026, 1, 2)).growth > 0);
    assert!(gauge.jitter.is_empty() && gauge.corrections.is_empty());
    assert!(!gauge.days.iter().any(|day| day.correction));
    let counter = growth::series(&readings, &[], None);
    assert_eq!(
        growth_of(&counter.days, date(2026, 1, 1)).growth,
        0,
        "jitter"
    );
    assert_eq!(counter.corrections.len(), 1);
}

#[test]
fn a_weekly_schedule_has_gaps_only_beyond_two_weeks() {
    let weekly = [(
        at("2026-01-01T00:00:00Z"),
        SignedDuration::from_hours(7 * 24),
    )];
    let readings = days(&[
        ("2026-01-01T12:00:00Z", 0),
        ("2026-01-08T12:00:00Z", 70),
        ("2026-01-29T12:00:00Z", 280),
    ]);
    let series = growth::series(&readings, &weekly, None);
    assert_eq!(
        series.gaps,
        [(at("2026-01-08T12:00:00Z"), at("2026-01-29T12:00:00Z"))]
    );
    assert!(!growth_of(&series.days, date(2026, 1, 4)).gap);
    assert_eq!(growth_of(&series.days, date(2026, 1, 4)).growth, 10);
}

#[test]
fn a_fall_is_a_correction_with_its_sign() {
    let series = growth::series(
        &days(&[
            ("2026-01-01T00:00:00Z", 1000),
            ("2026-01-02T00:00:00Z", 900),
            ("2026-01-03T12:00:00Z", 950),
            ("2026-01-04T00:00:00Z", 960),
        ]),
        &[],
        None,
    );
    assert_eq!(
        series.corrections,
        [Correction {
            at: at("2026-01-02T00:00:00Z"),
            from: 1000,
            to: 900
        }]
    );
    let day = growth_of(&series.days, date(2026, 1, 1));
    assert_eq!(day.growth, -100);
    assert!(growth_of(&series.days, date(2026, 1, 2)).correction);
}

#[test]
fn a_fall_that_recovers_within_a_day_is_jitter() {
    let series = growth::series(
        &days(&[
            ("2026-01-01T00:00:00Z", 1000),
            ("2026-01-01T06:00:00Z", 990),
            ("2026-01-02T05:00:00Z", 1001),
        ]),
        &[],
        None,
    );
    assert!(series.corrections.is_empty());
    assert_eq!(series.points.len(), 3, "it is drawn as it was stated");
    assert_eq!(
        series.jitter,
        [Jitter {
            at: at("2026-01-01T06:00:00Z"),
            until: at("2026-01-02T05:00:00Z"),
            from: 1000,
            to: 990,
        }]
    );
    assert!(
        series.days.iter().all(|day| day.growth >= 0),
        "and no day shrinks by it: {:?}",
        series.days
    );
}

#[test]
fn a_fall_that_takes_more_than_a_day_to_recover_is_a_correction() {
    let series = growth::series(
        &days(&[
            ("2026-01-01T00:00:00Z", 1000),
            ("2026-01-01T06:00:00Z", 990),
            ("2026-01-02T06:01:00Z", 1001),
        ]),
        &[],
        None,
    );
    assert_eq!(series.corrections.len(), 1);
}

#[test]
fn a_version_published_after_a_complete_listing_counts_its_release_day() {
    let published = at("2026-01-02T12:00:00Z");
    let series = growth::series(
        &days(&[("2026-01-02T18:00:00Z", 600), ("2026-01-03T18:00:00Z", 700)]),
        &[],
        Some(published),
    );
    let day = growth_of(&series.days, date(2026, 1, 2));
    assert_eq!(day.growth, 625);
    assert!(day.complete);
}

#[test]
fn growth_is_not_computed_across_origins() {
    let mut readings = days(&[
        ("2026-01-01T12:00:00Z", 10),
        ("2026-01-02T12:00:00Z", 20),
        ("2026-01-03T12:00:00Z", 1000),
        ("2026-01-04T12:00:00Z", 1010),
    ]);
    readings[0].origin = Origin::Import(ImportId(1));
    readings[1].origin = Origin::Import(ImportId(1));
    let series = growth::series(&readings, &[], None);
    let sum: i64 = series.days.iter().map(|day| day.growth).sum();
    assert_eq!(sum, 10 + 10);
}

#[test]
fn a_total_grows_by_its_members_growth_and_not_by_their_joining() {
    let one = growth::series(
        &days(&[("2026-01-01T00:00:00Z", 100), ("2026-01-04T00:00:00Z", 130)]),
        &[],
        None,
    );
    let joins = growth::series(
        &days(&[
            ("2026-01-02T00:00:00Z", 5000),
            ("2026-01-04T00:00:00Z", 5010),
        ]),
        &[],
        None,
    );
    let total = growth::total([&one, &joins]);
    let growth = growth::between(&total, date(2026, 1, 1), date(2026, 1, 3)).unwrap();
    assert_eq!(growth.value, 40);
}

fn readings() -> impl Strategy<Value = Vec<Reading>> {
    proptest::collection::vec((1i64..200_000, -50i64..100_000), 1..40).prop_map(|steps| {
        let mut at = at("2026-01-01T00:00:00Z");
        let mut value = 1_000_000i64;
        let step = |(seconds, change): (i64, i64)| {
            at += SignedDuration::from_secs(seconds);
            value += change;
            Reading { at, value }
        };
        steps.into_iter().map(step).collect()
    })
}

proptest! {
    /// Whatever the rows: the days add up to what the counter grew, and nothing is lost at midnight.
    #[test]
    fn the_days_add_up_to_the_growth_of_the_counter(readings in readings()) {
        let (first, last) = (readings[0], *readings.last().unwrap());
        let series = growth::series(&by_day(&readings), &[], None);
        let sum: i64 = series.days.iter().map(|day| day.growth).sum();
        prop_assert_eq!(sum, last.value - first.value);
    }

    /// Thinning changes nothing: the ends of each day decide.
    #[test]
    fn readings_inside_a_day_change_no_growth(readings in readings()) {
        let series = growth::series(&by_day(&readings), &[], None);
        let thinned: Vec<Reading> = readings
            .iter()
            .enumerate()
            .filter(|(index, reading)| {
                let day = day_of(reading.at);
                let is = |other: Option<&Reading>| other.is_some_and(|other| day_of(other.at) == day);
                let before = index.checked_sub(1).and_then(|index| readings.get(index));
                !(is(before) && is(readings.get(index + 1)))
            })
            .map(|(_, reading)| *reading)
            .collect();
        let again = growth::series(&by_day(&thinned), &[], None);
        prop_assert_eq!(again.days, series.days);
    }

    #[test]
    fn a_value_at_midnight_lies_between_its_neighbours(readings in readings()) {
        let series = growth::series(&by_day(&readings), &[], None);
        for pair in series.points.windows(2) {
            let next = midnight(day_of(pair[0].at).tomorrow().unwrap());
            if next <= pair[1].at {
                let value = series.value_at(next).unwrap();
                let (low, high) = (pair[0].value.min(pair[1].value), pair[0].value.max(pair[1].value));
                prop_assert!(low <= value && value <= high, "{value} is not within {low}..={high}");
            }
        }
    }
}
