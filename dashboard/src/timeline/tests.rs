#![allow(clippy::unwrap_used)]
use super::*;
use crate::fixtures::{at, borrowed, daily, data, member};
use jiff::civil::date;

const TODAY: Date = date(2026, 11, 22);

fn timeline(data: &ModData, first: Date) -> Timeline {
    Timeline::new(data, &[], None, first, TODAY, &Words::english()).unwrap()
}

fn steady(
    platform: Platform,
    first: Date,
    start: i64,
) -> (Member, Vec<modstats_store::model::DayReadings>) {
    let days = first.until(TODAY).unwrap().get_days() + 1;
    member(
        platform,
        "steady",
        &borrowed(&daily(first, days, start, 10)),
    )
}

#[test]
fn rows_are_days_with_the_counter_at_their_end() {
    let data = data(vec![steady(Platform::Modrinth, date(2026, 11, 1), 100)]);
    let timeline = timeline(&data, date(2026, 11, 20));
    let days: Vec<_> = timeline
        .rows
        .iter()
        .map(|row| (row.from, row.cells[0]))
        .collect();
    assert_eq!(
        days,
        [
            (
                date(2026, 11, 20),
                Cell {
                    total: Some(295),
                    growth: Some(10)
                }
            ),
            (
                date(2026, 11, 21),
                Cell {
                    total: Some(305),
                    growth: Some(10)
                }
            ),
            // The day goes on: what was read last.
            (
                date(2026, 11, 22),
                Cell {
                    total: Some(310),
                    growth: Some(5)
                }
            ),
        ]
    );
    assert!(timeline.rows[2].incomplete && !timeline.rows[1].incomplete);
}

#[test]
fn long_ranges_are_told_by_weeks_from_monday() {
    let data = data(vec![steady(Platform::Modrinth, date(2026, 1, 1), 0)]);
    let timeline = timeline(&data, date(2025, 11, 22));
    assert_eq!(timeline.step, Step::Week);
    let first = &timeline.rows[0];
    assert_eq!(
        (first.from, first.to),
        (date(2025, 12, 29), date(2026, 1, 4))
    );
    let last = timeline.rows.last().unwrap();
    assert_eq!(
        (last.from, last.to, last.incomplete),
        (date(2026, 11, 16), TODAY, true)
    );
    let growth: i64 = timeline
        .rows
        .iter()
        .filter_map(|row| row.cells[0].growth)
        .sum();
    assert_eq!(growth, 3250, "the weeks add up to the growth of the days");
}

#[test]
fn a_gap_is_left_open_and_its_growth_is_marked() {
    let mut readings = daily(date(2026, 11, 10), 13, 0, 10);
    readings.drain(4..7);
    let data = data(vec![member(Platform::Modrinth, "a", &borrowed(&readings))]);
    let timeline = timeline(&data, date(2026, 11, 10));
    let gaps: Vec<Date> = timeline
        .rows
        .iter()
        .filter(|row| row.gap)
        .map(|row| row.from)
        .collect();
    assert_eq!(
        gaps,
        [date(2026, 11, 14), date(2026, 11, 15), date(2026, 11, 16)]
    );
    let inside = at("2026-11-13T12:00Z")..at("2026-11-17T12:00Z");
    assert!(
        timeline
            .line
            .iter()
            .all(|(at, _)| *at == inside.start || !inside.contains(at))
    );
    assert!(timeline.breaks.contains(&(inside.start, inside.end)));
    assert_eq!(
        timeline.rows[5].cells[0],
        Cell {
            total: None,
            growth: Some(10)
        }
    );
}

#[test]
fn a_member_that_joins_breaks_the_line_and_is_marked() {
    let data = data(vec![
        steady(Platform::Modrinth, date(2026, 11, 1), 1_000),
        steady(Platform::Curseforge, date(2026, 11, 10), 500_000),
    ]);
    let timeline = timeline(&data, date(2026, 11, 1));
    assert_eq!(
        timeline.columns,
        [None, Some(Platform::Modrinth), Some(Platform::Curseforge)]
    );
    let joined = at("2026-11-10T12:00Z");
    assert!(
        timeline
            .breaks
            .iter()
            .any(|(from, to)| *to == joined && *from < joined)
    );
    let marks: Vec<_> = timeline
        .marks
        .iter()
        .map(|mark| (mark.at, mark.kind))
        .collect();
    assert_eq!(marks, [(joined, MarkKind::Joined)]);
    // Its baseline is in the total and in nobody's growth.
    let row = timeline
        .rows
        .iter()
        .find(|row| row.from == date(2026, 11, 10))
        .unwrap();
    assert!(row.cells[0].total.unwrap() > 500_000);
    assert_eq!(row.cells[0].growth, Some(15));
    assert!(
        row.notes[0].contains("counted from here"),
        "{:?}",
        row.notes
    );
}

#[test]
fn a_member_that_left_counts_up_to_that_day() {
    let mut left = steady(Platform::Curseforge, date(2026, 11, 1), 500_000);
    left.0.left_at = Some(at("2026-11-15T00:00Z"));
    let data = data(vec![
        steady(Platform::Modrinth, date(2026, 11, 1), 1_000),
        left,
    ]);
    let timeline = timeline(&data, date(2026, 11, 1));
    let growth = |day| {
        timeline
            .rows
            .iter()
            .find(|row| row.from == day)
            .unwrap()
            .cells[0]
    };
    assert_eq!(growth(date(2026, 11, 14)).growth, Some(20));
    assert_eq!(
        growth(date(2026, 11, 17)),
        Cell {
            total: Some(1_165),
            growth: Some(10)
        }
    );
    let marked = timeline
        .marks
        .iter()
        .any(|mark| mark.text.contains("no longer tracked"));
    assert!(marked, "{:?}", timeline.marks);
}

#[test]
fn corrections_and_releases_are_marked_once() {
    let mut readings = daily(date(2026, 11, 1), 22, 1_000, 10);
    for (_, value) in &mut readings[10..] {
        *value -= 600;
    }
    let data = data(vec![member(Platform::Modrinth, "a", &borrowed(&readings))]);
    let version = |number: &str, published: &str| VersionView {
        id: 1,
        project_id: 1,
        platform: Platform::Modrinth,
        platform_id: "x".to_owned(),
        name: None,
        number: Some(number.to_owned()),
        channel: None,
        published_at: Some(at(published)),
        gone_at: None,
        loaders: Vec::new(),
        game_versions: Vec::new(),
        latest: None,
        growth: None,
    };
    let versions = [
        version("2.0", "2026-11-05T18:00Z"),
        version("2.0", "2026-11-05T17:00Z"),
        version("1.9", "2026-10-01T17:00Z"),
    ];
    let timeline = Timeline::new(
        &data,
        &versions,
        None,
        date(2026, 11, 1),
        TODAY,
        &Words::english(),
    )
    .unwrap();
    let marks: Vec<_> = timeline
        .marks
        .iter()
        .map(|mark| (mark.kind, mark.text.as_str()))
        .collect();
    assert_eq!(
        marks,
        [
            (MarkKind::Release, "released 2.0"),
            (
                MarkKind::Correction,
                "Modrinth a: counter corrected from 1,090 to 500"
            ),
        ]
    );
    assert_eq!(
        timeline.rows[10].cells[0].growth,
        Some(-290),
        "never clipped"
    );
}

#[test]
fn one_reading_and_none() {
    let one = data(vec![member(
        Platform::Modrinth,
        "a",
        &[("2026-11-22T12:00Z", 7)],
    )]);
    let timeline = timeline(&one, date(2026, 8, 23));
    assert_eq!(
        (timeline.from, timeline.rows.len(), timeline.line.len()),
        (TODAY, 1, 1)
    );
    let none = data(vec![member(Platform::Modrinth, "a", &[])]);
    assert!(
        Timeline::new(
            &none,
            &[],
            None,
            date(2026, 8, 23),
            TODAY,
            &Words::english()
        )
        .is_none()
    );
    let old = data(vec![member(
        Platform::Modrinth,
        "a",
        &[("2026-01-22T12:00Z", 7)],
    )]);
    assert!(Timeline::new(&old, &[], None, date(2026, 8, 23), TODAY, &Words::english()).is_none());
}

#[test]
fn long_names_are_cut_between_characters() {
    assert_eq!(shortened(&"ü".repeat(61)), format!("{}…", "ü".repeat(60)));
    let names: Vec<String> = (0..8).map(|number| number.to_string()).collect();
    assert_eq!(
        listed(&names, &Words::english()),
        "0, 1, 2, 3, 4, 5 (and 2 more)"
    );
}
