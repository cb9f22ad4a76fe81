use super::*;
use crate::data::ModData;
use crate::figures::due::Due;
use crate::figures::period::*;
use crate::period::{Compare, Days, Known, Period, Preset};

fn known() -> Known {
    Known {
        now: at(NOW),
        first: None,
        published: None,
    }
}

fn parts(data: &ModData) -> Vec<Part<'_>> {
    Part::of_members(data.members())
}

fn growth(data: &ModData, preset: Preset, compare: Compare) -> Due<PeriodGrowth> {
    PeriodGrowth::of(&parts(data), &Period::Preset(preset), compare, &known())
}

fn shown(data: &ModData, preset: Preset, compare: Compare) -> PeriodGrowth {
    match growth(data, preset, compare) {
        Due::Known(growth) => growth,
        other => panic!("{other:?}"),
    }
}

/// Twice as many downloads from the 15th of November on.
fn doubled() -> ModData {
    let first = date(2026, 9, 1);
    let mut readings = readings(first, 83, 1_000, 10);
    for (index, (_, value)) in readings[75..].iter_mut().enumerate() {
        *value += 10 * (i64::try_from(index).unwrap() + 1);
    }
    data(vec![member(Platform::Modrinth, "a", &borrowed(&readings))])
}

#[test]
fn growth_is_compared_with_the_same_weekdays_before() {
    let growth = shown(&doubled(), Preset::Days7, Compare::Previous);
    // Half of the 14th lies before the doubling: its noon-to-noon growth ends on the 15th.
    let change = *growth.change.known().unwrap();
    assert_eq!(
        (growth.value, change.current, change.previous),
        (140, 140, 75)
    );
    assert_eq!(change.absolute(), 65);
    assert_eq!(
        change.previous_days,
        Days {
            from: date(2026, 11, 8),
            to: date(2026, 11, 14)
        }
    );
    assert!(growth.complete && !growth.gap && !growth.correction && growth.lacking.is_none());
}

#[test]
fn a_period_to_date_counts_today_and_compares_whole_days_only() {
    let growth = shown(&doubled(), Preset::Month, Compare::Previous);
    let change = *growth.change.known().unwrap();
    assert_eq!(
        change.days,
        Days {
            from: date(2026, 11, 1),
            to: date(2026, 11, 21)
        }
    );
    assert_eq!(
        growth.value,
        change.current + 10,
        "the half of today that is known, doubled"
    );
    assert!(!growth.complete, "today goes on");
}

#[test]
fn growth_of_a_young_project_says_from_when_there_will_be_more() {
    let young = data(vec![steady(Platform::Modrinth, "a", 10, 10)]);
    let week = shown(&young, Preset::Days7, Compare::Previous);
    assert_eq!((week.value, week.lacking), (70, None));
    assert_eq!(
        week.change,
        Due::From(date(2026, 11, 28)),
        "14 days from the first whole day on"
    );
    let month = shown(&young, Preset::Days28, Compare::Previous);
    let lacking = Some(Lacking {
        known_from: date(2026, 11, 13),
        whole_on: Some(date(2026, 12, 12)),
    });
    assert_eq!((month.value, month.lacking), (85, lacking));
    assert_eq!(month.change, Due::From(date(2027, 1, 9)));
    assert_eq!(
        shown(&young, Preset::Days7, Compare::None).change,
        Due::Never
    );
}

#[test]
fn a_lone_reading_has_no_growth_until_a_day_is_over() {
    let first = data(vec![member(
        Platform::Modrinth,
        "a",
        &[("2026-11-22T12:00Z", 9)],
    )]);
    assert_eq!(
        growth(&first, Preset::Days7, Compare::Previous),
        Due::From(date(2026, 11, 30))
    );
    assert_eq!(
        PeriodGrowth::yesterday(&parts(&first), at(NOW)),
        Due::From(date(2026, 11, 24))
    );
    let nothing = data(vec![member(Platform::Modrinth, "a", &[])]);
    assert_eq!(
        growth(&nothing, Preset::Days7, Compare::Previous),
        Due::Never
    );
    assert_eq!(
        PeriodGrowth::yesterday(&parts(&nothing), at(NOW)),
        Due::Never
    );
}

#[test]
fn yesterday_is_compared_with_the_weekday_before() {
    let yesterday = PeriodGrowth::yesterday(&parts(&doubled()), at(NOW));
    let yesterday = yesterday.known().unwrap();
    let change = yesterday.change.known().unwrap();
    assert_eq!((yesterday.value, change.previous), (20, 15));
    assert_eq!(change.previous_days.from, date(2026, 11, 14));
}

#[test]
fn what_left_after_a_period_is_in_its_comparison() {
    let mut left = steady(Platform::Curseforge, "b", 60, 5);
    left.0.left_at = Some(at("2026-11-10T12:00Z"));
    let data = data(vec![steady(Platform::Modrinth, "a", 60, 10), left]);
    let of = |to: i8| {
        let days = Days {
            from: date(2026, 11, 4),
            to: date(2026, 11, to),
        };
        let growth = PeriodGrowth::of(
            &parts(&data),
            &Period::Custom(days),
            Compare::Previous,
            &known(),
        );
        growth.known().unwrap().change
    };
    let change = *of(9).known().unwrap();
    assert_eq!((change.current, change.previous), (6 * 15, 6 * 15));
    assert_eq!(of(10), Due::Never, "it left in the middle of that day");
}

#[test]
fn all_that_is_known_lacks_nothing_that_is_to_come() {
    let data = data(vec![steady(Platform::Modrinth, "a", 10, 10)]);
    let known = Known {
        first: Some(date(2026, 11, 13)),
        ..known()
    };
    let all = Period::Preset(Preset::All);
    let all = PeriodGrowth::of(&parts(&data), &all, Compare::None, &known);
    let lacking = Lacking {
        known_from: date(2026, 11, 13),
        whole_on: None,
    };
    assert_eq!(all.known().unwrap().lacking, Some(lacking));
}

#[test]
fn a_member_that_joins_or_leaves_makes_periods_incomparable_until_it_is_in_both() {
    let mut left = steady(Platform::Curseforge, "b", 60, 5);
    left.0.left_at = Some(at("2026-11-10T12:00Z"));
    let with = |other| data(vec![steady(Platform::Modrinth, "a", 90, 10), other]);
    let joined = with(steady(Platform::Curseforge, "b", 12, 500));
    let week = shown(&joined, Preset::Days7, Compare::Previous);
    assert_eq!(week.value, 7 * 510);
    assert_eq!(week.change, Due::From(date(2026, 11, 26)));
    let week = shown(&with(left), Preset::Days7, Compare::Previous);
    assert_eq!(
        (week.value, week.complete),
        (70, true),
        "who left lacks nothing"
    );
    assert_eq!(week.change, Due::From(date(2026, 11, 25)));
}

#[test]
fn a_member_that_stopped_or_a_fall_is_told_beside_the_value() {
    let first = date(2026, 9, 1);
    let stopped = member(
        Platform::Curseforge,
        "b",
        &borrowed(&readings(first, 78, 0, 5)),
    );
    let both = data(vec![steady(Platform::Modrinth, "a", 90, 10), stopped]);
    assert!(!shown(&both, Preset::Days7, Compare::Previous).complete);

    let mut falling = readings(first, 83, 1_000, 10);
    for (_, value) in &mut falling[80..] {
        *value -= 600;
    }
    falling.remove(78);
    falling.remove(77);
    let falling = data(vec![member(Platform::Modrinth, "a", &borrowed(&falling))]);
    let week = shown(&falling, Preset::Days7, Compare::Previous);
    assert!(week.correction && week.gap);
    assert_eq!(week.value, 70 - 600, "it is not clipped");
}

#[test]
fn a_share_of_nothing_is_new_and_of_a_fall_is_no_measure() {
    let days = Days {
        from: date(2026, 1, 1),
        to: date(2026, 1, 7),
    };
    let relative = |previous, current| {
        Change {
            days,
            previous_days: days,
            current,
            previous,
        }
        .relative()
    };
    assert_eq!(relative(0, 5), Relative::New);
    assert_eq!(relative(0, 0), Relative::Unsaid);
    assert_eq!(relative(-5, 10), Relative::Unsaid);
    assert_eq!(relative(100, 125), Relative::By(0.25));
    assert_eq!(relative(100, 0), Relative::By(-1.0));
    assert_eq!(relative(100, -50), Relative::By(-1.5));
}

#[test]
fn the_platforms_growth_adds_up_to_that_of_the_mod() {
    let both = data(vec![
        steady(Platform::Modrinth, "a", 90, 10),
        steady(Platform::Curseforge, "b", 70, 33),
        steady(Platform::Curseforge, "c", 9, 7),
    ]);
    for preset in Preset::ALL {
        let of = |platform| {
            let parts = Part::of_members(both.members_on(platform));
            let known = Known {
                first: Some(date(2026, 8, 1)),
                ..known()
            };
            let growth = PeriodGrowth::of(&parts, &Period::Preset(*preset), Compare::None, &known);
            growth.known().map_or(0, |it| it.value)
        };
        let sum = of(Some(Platform::Modrinth)) + of(Some(Platform::Curseforge));
        assert_eq!(of(None), sum, "{preset:?}");
        assert!(sum > 0);
    }
}
