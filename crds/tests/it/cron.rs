use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use modstats_crds::cron::{TimeZoneError, time_zone};
use modstats_crds::{CronError, Schedule, default_modpacks_schedule, default_schedule};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn parse(text: &str) -> Schedule {
    Schedule::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn agrees_with_what_kubernetes_uses() {
    let table = include_str!("robfig.txt");
    let mut lines = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let [text, zone, start, expected] = line.split('|').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        lines += 1;
        if expected == "refused" {
            assert!(Schedule::parse(text).is_err(), "{line}");
            continue;
        }
        let (schedule, zone) = (parse(text), time_zone(zone).unwrap());
        let expected: Vec<Timestamp> = expected.split(',').map(at).collect();
        let mut now = at(start);
        for occurrence in &expected {
            let next = schedule.next_after(now, &zone);
            assert_eq!(next, Some(*occurrence), "after {now}: {line}");
            now = *occurrence;
        }
        for pair in expected.windows(2).rev() {
            let previous = schedule.previous_before(pair[1], &zone);
            assert_eq!(previous, Some(pair[0]), "before {}: {line}", pair[1]);
        }
    }
    assert!(lines > 50, "the table has shrunk to {lines} lines");
}

#[test]
fn refuses_by_name() {
    let value = |field, text: &str, expected| CronError::Value {
        field,
        text: text.to_owned(),
        expected,
    };
    let weekday = "a number from 0 (Sunday) to 6 (Saturday), or sun to sat";
    let cases = [
        ("", CronError::FieldCount { found: 0 }),
        ("0 0 * *", CronError::FieldCount { found: 4 }),
        ("0 0 0 * * *", CronError::FieldCount { found: 6 }),
        ("@daily", CronError::Shorthand("@daily".to_owned())),
        ("TZ=UTC 0 0 * * *", CronError::TimeZonePrefix),
        ("CRON_TZ=Asia/Tokyo 0 0 * * *", CronError::TimeZonePrefix),
        ("* * * * *", CronError::MoreThanHourly("*".to_owned())),
        ("*/15 * * * *", CronError::MoreThanHourly("*/15".to_owned())),
        ("0,30 3 * * *", CronError::MoreThanHourly("0,30".to_owned())),
        ("5-5 3 * * *", CronError::MoreThanHourly("5-5".to_owned())),
        ("60 0 * * *", value("minute", "60", "a number from 0 to 59")),
        ("0 24 * * *", value("hour", "24", "a number from 0 to 23")),
        ("0 ? * * *", value("hour", "?", "a number from 0 to 23")),
        ("0 007 * * *", value("hour", "007", "a number from 0 to 23")),
        ("0 +7 * * *", value("hour", "+7", "a number from 0 to 23")),
        ("0 1,,2 * * *", value("hour", "", "a number from 0 to 23")),
        ("0 *-3 * * *", value("hour", "*", "a number from 0 to 23")),
        ("0 0 * * 7", value("weekday", "7", weekday)),
        ("0 0 * * fr", value("weekday", "fr", weekday)),
        (
            "0 0 * * fri-sun",
            CronError::Backwards {
                field: "weekday",
                text: "fri-sun".to_owned(),
            },
        ),
        (
            "0 */0 * * *",
            CronError::Step {
                field: "hour",
                text: "0".to_owned(),
            },
        ),
        ("0 0 31 2 *", CronError::Never),
        ("0 0 30-31 feb *", CronError::Never),
        ("0 0 31 4,6,9,11 *", CronError::Never),
    ];
    for (text, expected) in cases {
        assert_eq!(Schedule::parse(text), Err(expected), "{text:?}");
    }
}

#[test]
fn the_29th_of_february_is_found_across_1900s_and_2100s_missing_leap_years() {
    let schedule = parse("0 12 29 2 *");
    let (before, after) = (at("2096-02-29T12:00:00Z"), at("2104-02-29T12:00:00Z"));
    assert_eq!(schedule.next_after(before, &TimeZone::UTC), Some(after));
    assert_eq!(
        schedule.previous_before(after, &TimeZone::UTC),
        Some(before)
    );
}

#[test]
fn a_clock_set_back_past_midnight_loses_no_occurrence() {
    // Until 2011 Newfoundland set its clocks back at one minute past midnight: 23:01 to 0:01 were
    // shown twice, with the first minute of the next day in between.
    let zone = time_zone("America/St_Johns").unwrap();
    let in_between = at("2010-11-07T02:30:30Z");
    let late = parse("30 23 * * *");
    let again = at("2010-11-07T03:00:00Z");
    assert_eq!(late.next_after(in_between, &zone), Some(again));
    let midnight = parse("0 0 * * *");
    let first = at("2010-11-07T02:30:00Z");
    assert_eq!(midnight.previous_before(again, &zone), Some(first));
}

#[test]
fn the_text_is_given_back_as_written() {
    let text = "17  */6 * JAN-mar\tmon";
    assert_eq!(parse(text).to_string(), text);
}

#[test]
fn the_interval_in_force_lies_around_the_instant() {
    let hours = |schedule: &str, instant: &str| {
        let interval = parse(schedule).interval(at(instant), &TimeZone::UTC);
        interval.unwrap().as_hours()
    };
    assert_eq!(hours("17 */6 * * *", "2026-01-01T06:17:00Z"), 6);
    assert_eq!(hours("17 */6 * * *", "2026-01-01T06:16:59Z"), 6);
    assert_eq!(hours("0 3,15,18 * * *", "2026-01-01T16:00:00Z"), 3);
    assert_eq!(hours("0 3,15,18 * * *", "2026-01-01T18:00:00Z"), 9);
    assert_eq!(hours("0 0 1 * *", "2026-02-10T00:00:00Z"), 28 * 24);
}

#[test]
fn default_schedules_are_fixed_spread_and_far_from_midnight() {
    // A version that moves a schedule would collect at other times after an upgrade.
    let of = |make: fn(&str, &str) -> Schedule| make("modstats", "create-nuclear").to_string();
    assert_eq!(of(default_schedule), "38 */6 * * *");
    assert_eq!(of(default_modpacks_schedule), "33 21 * * *");

    let mut texts = BTreeSet::new();
    for number in 0..500 {
        let name = format!("mod-{number}");
        let downloads = default_schedule("modstats", &name);
        let modpacks = default_modpacks_schedule("modstats", &name);
        texts.insert(downloads.to_string());
        for (schedule, every) in [(downloads, 6), (modpacks, 24)] {
            let mut now = at("2026-01-01T00:00:00Z");
            for _ in 0..5 {
                let interval = schedule.interval(now, &TimeZone::UTC).unwrap();
                assert_eq!(interval, SignedDuration::from_hours(every), "{schedule}");
                now = schedule.next_after(now, &TimeZone::UTC).unwrap();
                let of_day = now.as_second().rem_euclid(86_400);
                let distance = of_day.min(86_400 - of_day);
                assert!(distance >= 15 * 60, "{schedule} runs at {now}");
            }
        }
    }
    assert_eq!(texts.len(), 30, "every minute from 15 to 44 is used");
    assert_ne!(default_schedule("a", "b-c"), default_schedule("a-b", "c"));
}

#[test]
fn zones_have_exact_iana_names() {
    for name in [
        "Etc/UTC",
        "UTC",
        "Europe/Paris",
        "America/Argentina/Ushuaia",
        "US/Eastern",
    ] {
        assert_eq!(time_zone(name).unwrap().iana_name(), Some(name));
    }
    for name in ["Local", "local", "LOCAL"] {
        assert_eq!(time_zone(name), Err(TimeZoneError::Local(name.to_owned())));
    }
    for name in [
        "",
        "Paris",
        "CEST",
        "+01:00",
        "Europe/Paris ",
        "../etc/passwd",
        "Etc/Unknown",
    ] {
        assert_eq!(
            time_zone(name),
            Err(TimeZoneError::Unknown(name.to_owned()))
        );
    }
    assert_eq!(
        time_zone("europe/paris"),
        Err(TimeZoneError::Case {
            text: "europe/paris".to_owned(),
            exact: "Europe/Paris".to_owned(),
        })
    );
}

/// A field as text, with what it means spelt out.
#[derive(Clone, Debug)]
struct Field {
    text: String,
    values: BTreeSet<i8>,
    star: bool,
}

fn item(low: i8, high: i8, names: &'static [&'static str]) -> impl Strategy<Value = Field> {
    let step = prop_oneof![3 => Just(None), 1 => (1..40i8).prop_map(Some)];
    let word = move |value: i8, named: bool| match names.get((value - low) as usize) {
        Some(name) if named => (*name).to_owned(),
        _ => value.to_string(),
    };
    (0..3, low..=high, low..=high, step, any::<bool>()).prop_map(
        move |(form, one, other, step, named)| {
            let (first, last) = (one.min(other), one.max(other));
            let (range, first, last) = match form {
                0 => ("*".to_owned(), low, high),
                1 => {
                    let last = if step.is_some() { high } else { one };
                    (word(one, named), one, last)
                }
                _ => (
                    format!("{}-{}", word(first, named), word(last, !named)),
                    first,
                    last,
                ),
            };
            let suffix = step.map(|step| format!("/{step}")).unwrap_or_default();
            Field {
                text: range + &suffix,
                values: (first..=last).step_by(step.unwrap_or(1) as usize).collect(),
                star: form == 0 && step.unwrap_or(1) == 1,
            }
        },
    )
}

fn field(low: i8, high: i8, names: &'static [&'static str]) -> impl Strategy<Value = Field> {
    prop::collection::vec(item(low, high, names), 1..4).prop_map(|items| Field {
        text: items
            .iter()
            .map(|item| item.text.as_str())
            .collect::<Vec<_>>()
            .join(","),
        values: items.iter().flat_map(|item| item.values.clone()).collect(),
        star: items.iter().any(|item| item.star),
    })
}

const MONTHS: &[&str] = &[
    "JAN", "feb", "Mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: &[&str] = &["sun", "MON", "tue", "wed", "thu", "Fri", "sat"];
const ZONES: &[&str] = &[
    "Etc/UTC",
    "Europe/Paris",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Looks at every minute of three days, so it knows nothing of how occurrences are found.
    #[test]
    fn occurrences_are_the_minutes_whose_local_time_matches(
        minute in 0..60i8,
        hours in field(0, 23, &[]),
        days in field(1, 31, &[]),
        months in field(1, 12, MONTHS),
        weekdays in field(0, 6, WEEKDAYS),
        zone in prop::sample::select(ZONES),
        start in 946_684_800..2_524_608_000i64,
    ) {
        let text = format!("{minute} {} {} {} {}", hours.text, days.text, months.text, weekdays.text);
        let schedule = match Schedule::parse(&text) {
            Err(CronError::Never) => return Ok(()),
            parsed => parsed.unwrap(),
        };
        let zone = time_zone(zone).unwrap();
        let matches = |instant: Timestamp| {
            let local = zone.to_datetime(instant);
            let by_day = days.values.contains(&local.day());
            let by_weekday = weekdays.values.contains(&local.weekday().to_sunday_zero_offset());
            let on_day = if days.star || weekdays.star { by_day && by_weekday } else { by_day || by_weekday };
            on_day
                && months.values.contains(&local.month())
                && hours.values.contains(&local.hour())
                && local.minute() == minute
        };
        let start = Timestamp::from_second(start / 60 * 60).unwrap();
        let end = start + 72.hours();
        let expected: Vec<Timestamp> = start.series(1.minute()).take_while(|at| *at < end).filter(|at| matches(*at)).collect();

        let before = start - 1.second();
        let next = |at: &Timestamp| schedule.next_after(*at, &zone);
        let found: Vec<Timestamp> = std::iter::successors(next(&before), next).take_while(|at| *at < end).collect();
        prop_assert_eq!(&found, &expected, "{} forwards", text);

        let previous = |at: &Timestamp| schedule.previous_before(*at, &zone);
        let mut found: Vec<Timestamp> = std::iter::successors(previous(&end), previous).take_while(|at| *at >= start).collect();
        found.reverse();
        prop_assert_eq!(&found, &expected, "{} backwards", text);
    }

    #[test]
    fn next_and_previous_are_inverse_over_any_distance(
        minute in 0..60i8,
        days in field(1, 31, &[]),
        months in field(1, 12, MONTHS),
        zone in prop::sample::select(ZONES),
        start in 946_684_800..2_524_608_000i64,
    ) {
        let text = format!("{minute} 5 {} {} *", days.text, months.text);
        let schedule = match Schedule::parse(&text) {
            Err(CronError::Never) => return Ok(()),
            parsed => parsed.unwrap(),
        };
        let zone = time_zone(zone).unwrap();
        let start = Timestamp::from_second(start).unwrap();
        let next = schedule.next_after(start, &zone).unwrap();
        let previous = schedule.previous_before(next, &zone).unwrap();
        prop_assert!(previous <= start && start < next, "{text}: {previous} {start} {next}");
        prop_assert_eq!(schedule.next_after(previous, &zone), Some(next));
        prop_assert_eq!(schedule.interval(start, &zone), Some(next.duration_since(previous)));
    }
}
