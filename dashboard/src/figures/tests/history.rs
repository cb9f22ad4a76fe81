use jiff::civil::date;

use super::*;
use crate::figures::due::Due;
use crate::figures::history::*;
use crate::figures::period::Part;
use crate::period::{Compare, Days, Known, Period};

fn figures(data: &ModData, days: Days) -> HistoryFigures {
    let known = Known::at(at(NOW));
    let parts = Part::of_members(data.members());
    HistoryFigures::of(&parts, &Period::Custom(days), Compare::None, &known)
}

fn november(from: i8, to: i8) -> Days {
    Days {
        from: date(2026, 11, from),
        to: date(2026, 11, to),
    }
}

#[test]
fn a_mean_goes_by_the_time_that_elapsed_and_not_by_rows() {
    // Three readings over ten days, of which the period has all.
    let readings = [
        ("2026-11-08T06:00Z", 1_000),
        ("2026-11-09T06:00Z", 1_010),
        ("2026-11-18T06:00Z", 1_200),
    ];
    let data = data(vec![member(Platform::Modrinth, "a", &readings)]);
    let mean = figures(&data, november(1, 21)).mean;
    let expected = Mean {
        per_day: 20.0,
        from: at("2026-11-08T06:00Z"),
        to: at("2026-11-18T06:00Z"),
    };
    assert_eq!(mean, Due::Known(expected));
    // Of the period's own time where more is known.
    let Due::Known(within) = figures(&data, november(10, 13)).mean else {
        unreachable!("{mean:?}");
    };
    assert_eq!(within.from, at("2026-11-10T00:00Z"));
    assert!((within.per_day - 190.0 / 9.0).abs() < 0.3, "{within:?}");
}

#[test]
fn less_than_a_day_has_no_mean_yet() {
    let readings = [("2026-11-21T18:00Z", 5), ("2026-11-22T06:00Z", 9)];
    let data = data(vec![member(Platform::Modrinth, "a", &readings)]);
    let mean = figures(&data, november(20, 22)).mean;
    assert_eq!(mean, Due::From(date(2026, 11, 23)));
    let nothing = data_of_nothing();
    assert_eq!(figures(&nothing, november(20, 22)).mean, Due::Never);
}

fn data_of_nothing() -> ModData {
    data(vec![member(Platform::Modrinth, "a", &[])])
}

#[test]
fn what_is_known_is_told_by_days_with_a_reading_and_the_total_by_its_oldest() {
    let mut left = member(Platform::Curseforge, "c", &[("2026-11-03T12:00Z", 70_000)]);
    left.0.left_at = Some(at("2026-11-04T00:00Z"));
    let data = data(vec![
        member(
            Platform::Modrinth,
            "a",
            &[("2026-11-08T06:00Z", 1_000), ("2026-11-20T06:00Z", 1_200)],
        ),
        member(Platform::Curseforge, "b", &[("2026-11-20T05:00Z", 30)]),
        left,
    ]);
    let figures = figures(&data, november(1, 21));
    let total = LastKnown {
        value: 1_230,
        at: at("2026-11-20T05:00Z"),
    };
    assert_eq!(figures.total, Some(total));
    assert_eq!(figures.first_day, Some(date(2026, 11, 3)));
    assert_eq!(figures.days_known, 3);
}
