#![allow(clippy::unwrap_used)]
use super::*;
use jiff::civil::{Weekday, date};
use modstats_store::model::Platform;

/// today, preset, its days, the previous period, the year before; worked out by other means.
const BOUNDS: &str = "
2024-02-29 48h        2024-02-27..2024-02-29 2024-02-20..2024-02-21 2023-02-28..2023-03-01
2024-02-29 7d         2024-02-22..2024-02-28 2024-02-15..2024-02-21 2023-02-23..2023-03-01
2024-02-29 28d        2024-02-01..2024-02-28 2024-01-04..2024-01-31 2023-02-02..2023-03-01
2024-02-29 91d        2023-11-30..2024-02-28 2023-08-31..2023-11-29 2022-12-01..2023-03-01
2024-02-29 month      2024-02-01..2024-02-29 2024-01-04..2024-01-31 2023-02-02..2023-03-01
2024-02-29 year       2024-01-01..2024-02-29 2023-10-30..2023-12-27 2023-01-02..2023-03-01
2024-02-29 last-month 2024-01-01..2024-01-31 2023-11-27..2023-12-27 2023-01-02..2023-02-01
2024-02-29 12mo       2023-03-01..2024-02-28 2022-02-23..2023-02-22 2022-03-02..2023-03-01
2024-03-01 48h        2024-02-28..2024-03-01 2024-02-21..2024-02-22 2023-03-01..2023-03-02
2024-03-01 7d         2024-02-23..2024-02-29 2024-02-16..2024-02-22 2023-02-24..2023-03-02
2024-03-01 28d        2024-02-02..2024-02-29 2024-01-05..2024-02-01 2023-02-03..2023-03-02
2024-03-01 91d        2023-12-01..2024-02-29 2023-09-01..2023-11-30 2022-12-02..2023-03-02
2024-03-01 month      2024-03-01..2024-03-01 - -
2024-03-01 year       2024-01-01..2024-03-01 2023-10-30..2023-12-28 2023-01-02..2023-03-02
2024-03-01 last-month 2024-02-01..2024-02-29 2023-12-28..2024-01-25 2023-02-02..2023-03-02
2024-03-01 12mo       2023-03-01..2024-02-29 2022-02-23..2023-02-23 2022-03-02..2023-03-02
2025-03-01 48h        2025-02-27..2025-03-01 2025-02-20..2025-02-21 2024-02-29..2024-03-01
2025-03-01 7d         2025-02-22..2025-02-28 2025-02-15..2025-02-21 2024-02-24..2024-03-01
2025-03-01 28d        2025-02-01..2025-02-28 2025-01-04..2025-01-31 2024-02-03..2024-03-01
2025-03-01 91d        2024-11-30..2025-02-28 2024-08-31..2024-11-29 2023-12-02..2024-03-01
2025-03-01 month      2025-03-01..2025-03-01 - -
2025-03-01 year       2025-01-01..2025-03-01 2024-10-30..2024-12-27 2024-01-03..2024-03-01
2025-03-01 last-month 2025-02-01..2025-02-28 2025-01-04..2025-01-31 2024-02-03..2024-03-01
2025-03-01 12mo       2024-02-29..2025-02-28 2023-02-23..2024-02-23 2023-03-02..2024-03-01
2023-12-31 48h        2023-12-29..2023-12-31 2023-12-22..2023-12-23 2022-12-30..2022-12-31
2023-12-31 7d         2023-12-24..2023-12-30 2023-12-17..2023-12-23 2022-12-25..2022-12-31
2023-12-31 28d        2023-12-03..2023-12-30 2023-11-05..2023-12-02 2022-12-04..2022-12-31
2023-12-31 91d        2023-10-01..2023-12-30 2023-07-02..2023-09-30 2022-10-02..2022-12-31
2023-12-31 month      2023-12-01..2023-12-31 2023-10-27..2023-11-25 2022-12-02..2022-12-31
2023-12-31 year       2023-01-01..2023-12-31 2022-01-02..2022-12-31 2022-01-02..2022-12-31
2023-12-31 last-month 2023-11-01..2023-11-30 2023-09-27..2023-10-26 2022-11-02..2022-12-01
2023-12-31 12mo       2022-12-31..2023-12-30 2021-12-25..2022-12-24 2022-01-01..2022-12-31
2024-01-01 48h        2023-12-30..2024-01-01 2023-12-23..2023-12-24 2022-12-31..2023-01-01
2024-01-01 7d         2023-12-25..2023-12-31 2023-12-18..2023-12-24 2022-12-26..2023-01-01
2024-01-01 28d        2023-12-04..2023-12-31 2023-11-06..2023-12-03 2022-12-05..2023-01-01
2024-01-01 91d        2023-10-02..2023-12-31 2023-07-03..2023-10-01 2022-10-03..2023-01-01
2024-01-01 month      2024-01-01..2024-01-01 - -
2024-01-01 year       2024-01-01..2024-01-01 - -
2024-01-01 last-month 2023-12-01..2023-12-31 2023-10-27..2023-11-26 2022-12-02..2023-01-01
2024-01-01 12mo       2023-01-01..2023-12-31 2021-12-26..2022-12-25 2022-01-02..2023-01-01
2024-03-31 48h        2024-03-29..2024-03-31 2024-03-22..2024-03-23 2023-03-31..2023-04-01
2024-03-31 7d         2024-03-24..2024-03-30 2024-03-17..2024-03-23 2023-03-26..2023-04-01
2024-03-31 28d        2024-03-03..2024-03-30 2024-02-04..2024-03-02 2023-03-05..2023-04-01
2024-03-31 91d        2023-12-31..2024-03-30 2023-10-01..2023-12-30 2023-01-01..2023-04-01
2024-03-31 month      2024-03-01..2024-03-31 2024-01-26..2024-02-24 2023-03-03..2023-04-01
2024-03-31 year       2024-01-01..2024-03-31 2023-10-02..2023-12-30 2023-01-02..2023-04-01
2024-03-31 last-month 2024-02-01..2024-02-29 2023-12-28..2024-01-25 2023-02-02..2023-03-02
2024-03-31 12mo       2023-03-31..2024-03-30 2022-03-25..2023-03-25 2022-04-01..2023-04-01
2026-11-22 48h        2026-11-20..2026-11-22 2026-11-13..2026-11-14 2025-11-21..2025-11-22
2026-11-22 7d         2026-11-15..2026-11-21 2026-11-08..2026-11-14 2025-11-16..2025-11-22
2026-11-22 28d        2026-10-25..2026-11-21 2026-09-27..2026-10-24 2025-10-26..2025-11-22
2026-11-22 91d        2026-08-23..2026-11-21 2026-05-24..2026-08-22 2025-08-24..2025-11-22
2026-11-22 month      2026-11-01..2026-11-22 2026-10-11..2026-10-31 2025-11-02..2025-11-22
2026-11-22 year       2026-01-01..2026-11-22 2025-02-06..2025-12-27 2025-01-02..2025-11-22
2026-11-22 last-month 2026-10-01..2026-10-31 2026-08-27..2026-09-26 2025-10-02..2025-11-01
2026-11-22 12mo       2025-11-22..2026-11-21 2024-11-16..2025-11-15 2024-11-23..2025-11-22
2000-02-29 48h        2000-02-27..2000-02-29 2000-02-20..2000-02-21 1999-02-28..1999-03-01
2000-02-29 7d         2000-02-22..2000-02-28 2000-02-15..2000-02-21 1999-02-23..1999-03-01
2000-02-29 28d        2000-02-01..2000-02-28 2000-01-04..2000-01-31 1999-02-02..1999-03-01
2000-02-29 91d        1999-11-30..2000-02-28 1999-08-31..1999-11-29 1998-12-01..1999-03-01
2000-02-29 month      2000-02-01..2000-02-29 2000-01-04..2000-01-31 1999-02-02..1999-03-01
2000-02-29 year       2000-01-01..2000-02-29 1999-10-30..1999-12-27 1999-01-02..1999-03-01
2000-02-29 last-month 2000-01-01..2000-01-31 1999-11-27..1999-12-27 1999-01-02..1999-02-01
2000-02-29 12mo       1999-03-01..2000-02-28 1998-02-23..1999-02-22 1998-03-02..1999-03-01
";

fn noon(today: Date) -> Timestamp {
    midnight(today)
        .saturating_add(SignedDuration::from_hours(12))
        .unwrap()
}

fn known(today: Date) -> Known {
    Known {
        now: noon(today),
        first: None,
        published: None,
    }
}

fn custom(from: Date, to: Date) -> Period {
    Period::Custom(Days { from, to })
}

fn since_a_version() -> Period {
    Period::Since(VersionKey {
        platform: Platform::Modrinth,
        id: "abcd".to_owned(),
    })
}

fn text(days: Option<Days>) -> String {
    days.map_or("-".to_owned(), |it| format!("{}..{}", it.from, it.to))
}

#[test]
fn presets_have_their_bounds_over_leap_days_and_the_ends_of_months_and_years() {
    let mut rows = 0;
    for row in BOUNDS.trim().lines() {
        let [today, word, days, previous, year] = row
            .split_whitespace()
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let preset = Preset::ALL.iter().find(|it| it.as_str() == word).unwrap();
        let bounds = Period::Preset(*preset)
            .bounds(&known(today.parse().unwrap()))
            .unwrap();
        let compared = |with| text(bounds.compared(with).map(|it| it.previous));
        assert_eq!(text(Some(bounds.days)), days, "{row}");
        assert_eq!(compared(Compare::Previous), previous, "{row}");
        assert_eq!(compared(Compare::Year), year, "{row}");
        assert_eq!(bounds.compared(Compare::None), None);
        rows += 1;
    }
    assert_eq!(rows, 8 * (Preset::ALL.len() - 1));
}

#[test]
fn every_day_is_compared_with_its_own_weekday_and_with_no_day_of_the_period() {
    let first = date(2023, 1, 1);
    for today in (Days {
        from: first,
        to: date(2025, 3, 2),
    })
    .iter()
    {
        for preset in Preset::ALL {
            let bounds = Period::Preset(*preset)
                .bounds(&Known {
                    first: Some(first),
                    ..known(today)
                })
                .unwrap();
            for with in [Compare::Previous, Compare::Year] {
                let Some(it) = bounds.compared(with) else {
                    continue;
                };
                assert_eq!(it.days.count(), it.previous.count());
                assert_eq!(it.days.from.weekday(), it.previous.from.weekday());
                assert_eq!(it.days, bounds.whole().unwrap());
                assert!(it.days.to < today, "what goes on is never compared");
                if with == Compare::Previous {
                    assert!(it.previous.to < it.days.from, "{today} {preset:?}");
                }
            }
        }
    }
}

#[test]
fn today_is_drawn_beside_whole_weeks_and_is_a_part_of_periods_to_date() {
    let today = date(2026, 11, 22);
    let facts = |period: Period| {
        let bounds = period.bounds(&known(today)).unwrap();
        (
            bounds.days.contains(bounds.today),
            bounds.drawn.to == today,
            bounds.days.count(),
        )
    };
    let preset = |preset| facts(Period::Preset(preset));
    assert_eq!(preset(Preset::Hours48), (true, true, 3));
    assert_eq!(preset(Preset::Days28), (false, true, 28));
    assert_eq!(preset(Preset::Month), (true, true, 22));
    assert_eq!(preset(Preset::LastMonth), (false, false, 31));
    assert_eq!(preset(Preset::Months12), (false, true, 365));
    let yesterday = date(2026, 11, 21);
    assert_eq!(
        facts(custom(date(2026, 11, 15), yesterday)),
        (false, false, 7)
    );
    assert_eq!(facts(custom(date(2026, 11, 16), today)), (true, true, 7));
}

#[test]
fn last_month_asked_on_the_first_is_drawn_without_today() {
    let bounds = Period::Preset(Preset::LastMonth)
        .bounds(&known(date(2024, 3, 1)))
        .unwrap();
    assert_eq!(text(Some(bounds.drawn)), "2024-02-01..2024-02-29");
}

#[test]
fn a_period_to_date_has_nothing_to_compare_on_its_first_day() {
    let bounds = Period::Preset(Preset::Year)
        .bounds(&known(date(2024, 1, 1)))
        .unwrap();
    assert_eq!((bounds.days.count(), bounds.whole()), (1, None));
    assert_eq!(bounds.compared(Compare::Previous), None);
    assert_eq!(bounds.first_needed(Compare::Previous), date(2024, 1, 1));
}

#[test]
fn two_days_go_by_the_clock_and_touch_three_dates() {
    let known = known(date(2024, 3, 1));
    let bounds = Period::Preset(Preset::Hours48).bounds(&known).unwrap();
    assert_eq!(
        bounds.hours,
        Some((noon(date(2024, 2, 28)), noon(date(2024, 3, 1))))
    );
    assert_eq!(text(Some(bounds.days)), "2024-02-28..2024-03-01");
    let midnight = Known {
        now: midnight(date(2024, 3, 1)),
        ..known
    };
    assert_eq!(
        Period::Preset(Preset::Days7)
            .bounds(&midnight)
            .unwrap()
            .hours,
        None
    );
}

#[test]
fn all_begins_with_the_first_day_that_is_known_and_is_compared_with_nothing() {
    let today = date(2026, 11, 22);
    let all = |first| {
        let bounds = Period::Preset(Preset::All)
            .bounds(&Known {
                first,
                ..known(today)
            })
            .unwrap();
        assert_eq!(bounds.compared(Compare::Previous), None);
        assert_eq!(bounds.compared(Compare::Year), None);
        text(Some(bounds.days))
    };
    assert_eq!(all(Some(date(2024, 2, 29))), "2024-02-29..2026-11-21");
    assert_eq!(all(Some(today)), "2026-11-22..2026-11-22");
    assert_eq!(all(None), "2026-11-22..2026-11-22");
}

#[test]
fn custom_days_are_taken_as_given_but_for_those_to_come() {
    let known = known(date(2024, 2, 29));
    let days = |from, to| text(Some(custom(from, to).bounds(&known).unwrap().days));
    assert_eq!(
        days(date(2024, 2, 1), date(2024, 2, 28)),
        "2024-02-01..2024-02-28"
    );
    assert_eq!(
        days(date(2024, 2, 1), date(2030, 1, 1)),
        "2024-02-01..2024-02-29"
    );
    let to_come = custom(date(9999, 1, 1), date(9999, 12, 31))
        .bounds(&known)
        .unwrap();
    assert_eq!((to_come.days.count(), to_come.whole()), (1, None));
    let back = custom(date(2023, 12, 1), date(2024, 1, 31))
        .bounds(&known)
        .unwrap();
    let compared = back.compared(Compare::Previous).unwrap();
    assert_eq!((compared.days.count(), compared.days_back), (62, 63));
    assert_eq!(text(Some(compared.previous)), "2023-09-29..2023-11-29");
}

#[test]
fn a_period_since_a_version_begins_on_the_day_of_its_release() {
    let today = date(2026, 11, 22);
    let since = |published: Option<&str>| {
        let published = published.map(|it| it.parse().unwrap());
        let bounds = since_a_version().bounds(&Known {
            published,
            ..known(today)
        });
        bounds.map(|it| text(Some(it.days)))
    };
    assert_eq!(
        since(Some("2026-10-31T23:59:59Z")).unwrap(),
        "2026-10-31..2026-11-21"
    );
    assert_eq!(
        since(Some("2026-11-22T01:00:00Z")).unwrap(),
        "2026-11-22..2026-11-22"
    );
    assert_eq!(
        since(Some("2026-11-23T01:00:00Z")).unwrap(),
        "2026-11-22..2026-11-22"
    );
    assert_eq!(since(None), None, "nobody knows when it was released");
}

#[test]
fn what_is_not_known_yet_says_from_when_it_will_be() {
    let first = date(2024, 2, 10);
    let from = |period: &Period, today, compare| {
        let known = Known {
            first: Some(first),
            ..known(today)
        };
        period.known_from(&known, compare).map(|it| it.to_string())
    };
    let today = date(2024, 2, 12);
    for (preset, alone, compared, with_a_year) in [
        (Preset::Hours48, "2024-02-12", "2024-02-19", "2025-02-10"),
        (Preset::Days7, "2024-02-17", "2024-02-24", "2025-02-15"),
        (Preset::Days28, "2024-03-09", "2024-04-06", "2025-03-08"),
        (Preset::Days91, "2024-05-11", "2024-08-10", "2025-05-10"),
        (Preset::Month, "2024-03-01", "2024-03-02", "2025-03-02"),
        (Preset::Year, "2025-01-01", "2025-01-02", "2026-01-02"),
        (Preset::LastMonth, "2024-04-01", "2024-05-01", "2025-04-01"),
        (Preset::Months12, "2025-02-10", "2026-02-15", "2026-02-08"),
    ] {
        let period = Period::Preset(preset);
        assert_eq!(
            from(&period, today, Compare::None).unwrap(),
            alone,
            "{preset:?}"
        );
        assert_eq!(
            from(&period, today, Compare::Previous).unwrap(),
            compared,
            "{preset:?}"
        );
        assert_eq!(
            from(&period, today, Compare::Year).unwrap(),
            with_a_year,
            "{preset:?}"
        );
    }
    let late = date(2027, 1, 1);
    let known_for_long = from(&Period::Preset(Preset::Days7), late, Compare::Previous);
    assert_eq!(known_for_long.unwrap(), "2027-01-01", "that is today");
    let before_all = custom(date(2024, 1, 1), date(2024, 2, 20));
    assert_eq!(from(&before_all, today, Compare::None), None, "never");
    let nothing = Period::Preset(Preset::Days7).known_from(&known(today), Compare::None);
    assert_eq!(nothing, None, "nothing is known to count from");
}

#[test]
fn days_count_both_of_their_ends() {
    let leap = Days {
        from: date(2024, 2, 28),
        to: date(2024, 3, 1),
    };
    assert_eq!(leap.count(), 3);
    assert_eq!(leap.iter().count(), 3);
    assert!(leap.contains(date(2024, 2, 29)) && !leap.contains(date(2024, 3, 2)));
    assert_eq!(text(Some(leap.back(366))), "2023-02-27..2023-03-01");
    let (from, to) = leap.midnights();
    assert_eq!(
        (from.to_string(), to.to_string()),
        (
            "2024-02-28T00:00:00Z".to_owned(),
            "2024-03-02T00:00:00Z".to_owned()
        )
    );
    assert_eq!(leap.from.weekday(), Weekday::Wednesday);
}
