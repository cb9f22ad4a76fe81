#![allow(clippy::panic)]
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::figures::due::Due;
use crate::figures::trend::Trend;
use crate::period::Days;

fn days(first: Date, values: &[i64]) -> Vec<(Date, i64)> {
    let day = |(index, value): (usize, &i64)| (first.saturating_add((index as i32).days()), *value);
    values.iter().enumerate().map(day).collect()
}

#[test]
fn a_trend_has_the_least_squares_to_what_was_counted() {
    // As of Anscombe's first quartet: y = 3.00 + 0.500 x, here in thousands.
    let y = [
        (4, 4_260),
        (5, 5_680),
        (6, 7_240),
        (7, 4_820),
        (8, 6_950),
        (9, 8_810),
        (10, 8_040),
        (11, 8_330),
        (12, 10_840),
        (13, 7_580),
        (14, 9_960),
    ];
    let first = date(2024, 2, 26);
    let values: Vec<_> = y
        .iter()
        .map(|(x, y)| (first.saturating_add((*x - 4).days()), *y))
        .collect();
    let Due::Known(trend) = Trend::of(&values) else {
        panic!("{values:?}");
    };
    assert!((trend.per_day - 500.09).abs() < 0.01, "{trend:?}");
    assert!(
        (trend.on(first) - (3_000.09 + 4.0 * 500.09)).abs() < 0.1,
        "{trend:?}"
    );
    // Over a leap day.
    assert!(
        (trend.on(date(2024, 3, 7)) - 10_001.36).abs() < 0.1,
        "{trend:?}"
    );
    let expected = Days {
        from: first,
        to: date(2024, 3, 7),
    };
    assert_eq!(trend.days, expected);
}

#[test]
fn a_trend_is_exact_for_great_counters_and_holes_bend_nothing() {
    let base = 4_000_000_000_000_000;
    let mut values = days(
        date(2026, 11, 1),
        &[0, 3, 6, 9, 12, 15, 18, 21].map(|it| base + it),
    );
    values.remove(3);
    let Due::Known(trend) = Trend::of(&values) else {
        panic!("{values:?}");
    };
    assert!((trend.per_day - 3.0).abs() < 1e-9, "{trend:?}");
    assert_eq!(trend.on(date(2026, 11, 4)), (base + 9) as f64);
}

#[test]
fn a_trend_needs_a_week() {
    assert_eq!(Trend::of(&[]), Due::Never);
    let six = days(date(2026, 11, 1), &[1; 6]);
    assert_eq!(Trend::of(&six), Due::From(date(2026, 11, 8)));
    let seven = days(date(2026, 11, 1), &[1; 7]);
    assert_eq!(Trend::of(&seven).known().map(|it| it.per_day), Some(0.0));
}
