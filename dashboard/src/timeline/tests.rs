#![allow(clippy::unwrap_used, clippy::panic)]
use super::names::{listed, shortened};
use super::rows::Cell;
use super::*;
use crate::chart::MarkKind;
use crate::data::{History, ModData};
use crate::figures::due::Due;
use crate::fixtures::{at, borrowed, daily, data, member};
use crate::period::{Known, Period};
use jiff::civil::{Date, date};
use modstats_store::model::{ImportId, ImportView, Member, Origin, Platform, Reading, VersionView};

const TODAY: Date = date(2026, 11, 22);

fn bounds(from: Date, to: Date) -> Bounds {
    let known = Known {
        now: at("2026-11-22T15:20Z"),
        first: None,
        published: None,
    };
    Period::Custom(Days { from, to }).bounds(&known).unwrap()
}

fn told(data: &ModData, first: Date, by: Grouping, events: Events<'_>) -> Option<Timeline> {
    let words = Words::english();
    let lanes = Lanes::of_platforms(data, None, &words);
    let bounds = bounds(first, TODAY);
    Timeline::new(&lanes, &bounds, by, Compare::None, events, &words)
}

fn timeline(data: &ModData, first: Date) -> Timeline {
    told(data, first, Grouping::Day, Events::default()).unwrap()
}

fn days(row: &Row) -> Days {
    match row.when {
        When::Days(days) => days,
        When::Run { .. } => panic!("{row:?}"),
    }
}

/// Total and growth.
fn numbers(cell: Cell) -> (Option<i64>, Option<i64>) {
    (cell.total, cell.growth)
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
fn rows_are_days_with_the_counter_at_their_end_and_what_was_stated() {
    let data = data(vec![steady(Platform::Modrinth, date(2026, 11, 1), 100)]);
    let timeline = timeline(&data, date(2026, 11, 20));
    let rows: Vec<_> = timeline
        .rows
        .iter()
        .map(|row| (days(row).from, numbers(row.cells[0]), row.incomplete()))
        .collect();
    assert_eq!(
        rows,
        [
            (date(2026, 11, 20), (Some(295), Some(10)), false),
            (date(2026, 11, 21), (Some(305), Some(10)), false),
            // The day goes on: what was read last.
            (date(2026, 11, 22), (Some(310), Some(5)), true),
        ]
    );
    let stated = Reading {
        at: at("2026-11-21T12:00Z"),
        value: 300,
    };
    assert_eq!(timeline.rows[1].cells[0].stated, Some(stated));
}

#[test]
fn long_ranges_are_told_by_weeks_from_monday() {
    let data = data(vec![steady(Platform::Modrinth, date(2026, 1, 1), 0)]);
    let timeline = timeline(&data, date(2025, 11, 22));
    assert_eq!(timeline.by, Grouping::Week);
    let first = days(&timeline.rows[0]);
    assert_eq!((first.from, first.to), (date(2026, 1, 1), date(2026, 1, 4)));
    let last = timeline.rows.last().unwrap();
    assert_eq!(
        (days(last).from, days(last).to, last.incomplete()),
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
        .filter(|row| row.gap())
        .map(|row| days(row).from)
        .collect();
    assert_eq!(
        gaps,
        [date(2026, 11, 14), date(2026, 11, 15), date(2026, 11, 16)]
    );
    let inside = at("2026-11-13T12:00Z")..at("2026-11-17T12:00Z");
    let line = &timeline.totals[0];
    assert!(
        line.points
            .iter()
            .all(|(at, _)| *at == inside.start || !inside.contains(at))
    );
    assert!(line.breaks.contains(&(inside.start, inside.end)));
    assert_eq!(numbers(timeline.rows[5].cells[0]), (None, Some(10)));
    assert_eq!(timeline.rows[5].cells[0].stated, None);
}

#[test]
fn a_member_that_joins_breaks_the_line_and_is_marked() {
    let data = data(vec![
        steady(Platform::Modrinth, date(2026, 11, 1), 1_000),
        steady(Platform::Curseforge, date(2026, 11, 10), 500_000),
    ]);
    let timeline = timeline(&data, date(2026, 11, 1));
    let inks: Vec<_> = timeline.columns.iter().map(|it| it.ink).collect();
    let platform = Ink::Platform;
    assert_eq!(
        inks,
        [
            Ink::All,
            platform(Platform::Modrinth),
            platform(Platform::Curseforge)
        ]
    );
    let stacked: Vec<_> = timeline.stacked().map(|(index, _)| index).collect();
    assert_eq!(stacked, [1, 2]);
    let joined = at("2026-11-10T12:00Z");
    let mut breaks = timeline.totals[0].breaks.iter();
    assert!(breaks.any(|(from, to)| *to == joined && *from < joined));
    let marks: Vec<_> = timeline
        .marks
        .iter()
        .map(|mark| (mark.at, mark.kind, mark.text.as_str()))
        .collect();
    assert_eq!(
        marks,
        [
            (
                at("2026-11-01T12:00Z"),
                MarkKind::Baseline,
                "first reading: Modrinth steady 1,000 (1 Nov 2026, 12:00 UTC)"
            ),
            (
                joined,
                MarkKind::Joined,
                "counted from here: CurseForge steady 500,000 (10 Nov 2026, 12:00 UTC)"
            ),
        ]
    );
    // Its baseline is in the total and in nobody's growth.
    let row = &timeline.rows[9];
    assert_eq!(days(row).from, date(2026, 11, 10));
    assert!(row.cells[0].total.unwrap() > 500_000);
    assert_eq!(row.cells[0].growth, Some(15));
    assert_eq!(row.notes, [marks[1].2]);
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
    assert_eq!(timeline.rows[13].cells[0].growth, Some(20));
    assert_eq!(numbers(timeline.rows[16].cells[0]), (Some(1_165), Some(10)));
    let marked = timeline
        .marks
        .iter()
        .any(|mark| mark.text.contains("no longer tracked: CurseForge steady"));
    assert!(marked, "{:?}", timeline.marks);
}

fn released(number: &str, published: &str) -> VersionView {
    VersionView {
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
    }
}

#[test]
fn corrections_jitter_releases_and_what_vanished_are_marked_once() {
    let mut readings = daily(date(2026, 11, 1), 22, 1_000, 10);
    for (_, value) in &mut readings[10..] {
        *value -= 600;
    }
    readings[14].1 -= 50;
    readings.insert(15, ("2026-11-16T00:00Z".to_owned(), 550));
    let data = data(vec![member(Platform::Modrinth, "a", &borrowed(&readings))]);
    let mut versions = [
        released("2.0", "2026-11-05T18:00Z"),
        released("2.0", "2026-11-05T17:00Z"),
        released("1.9", "2026-10-01T17:00Z"),
    ];
    versions[2].gone_at = Some(at("2026-11-07T03:00Z"));
    let events = Events {
        versions: &versions,
        imports: &[],
    };
    let timeline = told(&data, date(2026, 11, 1), Grouping::Day, events).unwrap();
    let marks: Vec<_> = timeline
        .marks
        .iter()
        .skip(1)
        .map(|mark| (mark.kind, mark.text.as_str()))
        .collect();
    assert_eq!(
        marks,
        [
            (MarkKind::Release, "released 2.0 (5 Nov 2026)"),
            (
                MarkKind::Vanished,
                "version no longer visible: 1.9 (7 Nov 2026, 03:00 UTC)"
            ),
            (
                MarkKind::Correction,
                "Modrinth a: counter corrected from 1,090 to 500 (11 Nov 2026, 12:00 UTC)"
            ),
            (
                MarkKind::Jitter,
                "Modrinth a: counter fell from 530 to 490 (15 Nov 2026, 12:00 UTC) and recovered \
                 (16 Nov 2026, 00:00 UTC)"
            ),
        ]
    );
    let growth = timeline.rows[10].cells[0].growth;
    assert_eq!(growth, Some(-290), "never clipped");
    let fell = (at("2026-11-15T12:00Z"), at("2026-11-16T00:00Z"));
    assert_eq!(timeline.totals[0].jitter, [fell]);
}

#[test]
fn no_name_turns_the_platform_or_the_name_behind_it() {
    let data = data(vec![member(
        Platform::Modrinth,
        "a",
        &[("2026-11-01T12:00Z", 0), ("2026-11-05T12:00Z", 7)],
    )]);
    let mut versions = [
        released("\u{202e}2.0", "2026-11-05T10:00Z"),
        released("2.1", "2026-11-05T11:00Z"),
    ];
    versions[1].platform = Platform::Curseforge;
    let events = Events {
        versions: &versions,
        imports: &[],
    };
    let timeline = told(&data, date(2026, 11, 1), Grouping::Day, events).unwrap();
    let texts = timeline.marks.iter().map(|it| it.text.as_str());
    let texts: Vec<&str> = texts.filter(|it| it.contains("2.0")).collect();
    let [text] = texts[..] else {
        panic!("{texts:?}");
    };
    let plain = "\u{2068}\u{202e}2.0\u{2069} (Modrinth)\u{2069}, 2.1 (CurseForge)";
    assert!(text.contains(plain), "{text:?}");
}

#[test]
fn numbers_of_another_origin_are_marked_with_it() {
    let (a, mut readings) = steady(Platform::Modrinth, date(2026, 11, 1), 100);
    for day in &mut readings[..10] {
        day.origin = Origin::Import(ImportId(3));
    }
    let import = ImportView {
        id: ImportId(3),
        description: "old.csv".to_owned(),
        imported_at: at("2026-11-11T09:00Z"),
        project_id: 1,
        from: date(2026, 11, 1),
        to: date(2026, 11, 10),
        days: 10,
    };
    let data = data(vec![(a, readings)]);
    let events = Events {
        versions: &[],
        imports: std::slice::from_ref(&import),
    };
    let timeline = told(&data, date(2026, 11, 1), Grouping::Day, events).unwrap();
    let marks = timeline.marks.iter();
    let imports: Vec<_> = marks
        .filter(|mark| mark.kind == MarkKind::Import)
        .map(|mark| mark.text.as_str())
        .collect();
    assert_eq!(
        imports,
        [
            "imported from here, by “old.csv”: Modrinth steady (1 Nov 2026, 12:00 UTC)",
            "collected from here: Modrinth steady (11 Nov 2026, 12:00 UTC)",
        ]
    );
    let change = (at("2026-11-10T12:00Z"), at("2026-11-11T12:00Z"));
    assert!(timeline.totals[0].breaks.contains(&change));
    // No run grows across it.
    let by_run = told(&data, date(2026, 11, 1), Grouping::Run, events).unwrap();
    let growth = |row: usize| by_run.rows[row].cells[0].growth;
    assert_eq!(
        [growth(9), growth(10), growth(11)],
        [Some(10), None, Some(10)]
    );
}

#[test]
fn rows_of_runs_grow_by_what_each_run_read() {
    let sample = |when: &str, value| Reading {
        at: at(when),
        value,
    };
    let mut data = data(vec![
        member(
            Platform::Modrinth,
            "a",
            &[("2026-11-21T06:00Z", 100), ("2026-11-22T06:00Z", 160)],
        ),
        member(
            Platform::Curseforge,
            "b",
            &[("2026-11-21T07:00Z", 9_000), ("2026-11-22T06:00Z", 9_001)],
        ),
    ]);
    let between = [
        sample("2026-11-21T12:00Z", 130),
        sample("2026-11-21T18:00Z", 125),
    ];
    data.histories[0] = std::mem::take(&mut data.histories[0]).with_runs(between);
    let by = |by| told(&data, date(2026, 11, 21), by, Events::default()).unwrap();
    let timeline = by(Grouping::Run);
    let rows: Vec<_> = timeline
        .rows
        .iter()
        .map(|row| (row.when.bounds().1, numbers(row.cells[0])))
        .collect();
    assert_eq!(
        rows,
        [
            (at("2026-11-21T06:00Z"), (Some(100), None)),
            (at("2026-11-21T07:00Z"), (Some(9_105), None)),
            (at("2026-11-21T12:00Z"), (Some(9_130), Some(30))),
            (at("2026-11-21T18:00Z"), (Some(9_125), Some(-5))),
            (at("2026-11-22T06:00Z"), (Some(9_161), Some(36))),
        ]
    );
    // What happened stands in the row of its run.
    assert!(timeline.rows[1].notes[0].starts_with("counted from here"));
    // No day grows by samples.
    let growth = by(Grouping::Day).rows[0].cells[0].growth;
    assert_eq!(growth, Some(45));
}

#[test]
fn a_period_by_the_clock_is_told_by_runs() {
    let data = data(vec![steady(Platform::Modrinth, date(2026, 11, 1), 100)]);
    let words = Words::english();
    let known = Known {
        now: at("2026-11-22T15:20Z"),
        first: None,
        published: None,
    };
    let period = Period::Preset(crate::period::Preset::Hours48);
    let bounds = period.bounds(&known).unwrap();
    let lanes = Lanes::of_platforms(&data, None, &words);
    let by = |by| {
        Timeline::new(
            &lanes,
            &bounds,
            by,
            Compare::None,
            Events::default(),
            &words,
        )
        .unwrap()
    };
    let runs: Vec<_> = by(Grouping::Day).rows.iter().map(|it| it.when).collect();
    let (yesterday, today) = (at("2026-11-21T12:00Z"), at("2026-11-22T12:00Z"));
    assert_eq!(
        runs,
        [
            When::Run {
                since: at("2026-11-20T15:20Z"),
                at: yesterday
            },
            When::Run {
                since: yesterday,
                at: today
            }
        ]
    );
    let weeks = by(Grouping::Week);
    assert_eq!(
        (weeks.by, weeks.window),
        (Grouping::Week, bounds.days.midnights())
    );
}

#[test]
fn lanes_beside_each_other_have_lines_and_no_sum() {
    let histories = [100, 5_000].map(|start| {
        let (_, readings) = steady(Platform::Modrinth, date(2026, 11, 1), start);
        History::new(readings, &[], None)
    });
    let part = |history| Part {
        name: "same".to_owned(),
        history,
        until: None,
        left_at: None,
        absences: &[],
        vanished_at: None,
    };
    let lane = |index: usize| Lane {
        key: String::new(),
        label: index.to_string(),
        ink: Ink::Item(index),
        parts: vec![part(&histories[index])],
    };
    let lanes = Lanes {
        name: "two".to_owned(),
        lanes: vec![lane(0), lane(1)],
        relation: Relation::Beside,
    };
    let words = Words::english();
    let bounds = bounds(date(2026, 11, 20), TODAY);
    let timeline_by = |by| {
        Timeline::new(
            &lanes,
            &bounds,
            by,
            Compare::Previous,
            Events::default(),
            &words,
        )
        .unwrap()
    };
    let timeline = timeline_by(Grouping::Day);
    let inks = |lines: &[Line]| -> Vec<Ink> { lines.iter().map(|it| it.ink).collect() };
    assert_eq!(inks(&timeline.totals), [Ink::Item(0), Ink::Item(1)]);
    assert_eq!(inks(&timeline.growths), [Ink::Item(0), Ink::Item(1)]);
    assert_eq!(timeline.columns.len(), 2);
    let middle = |day: &str| at(&format!("{day}T12:00Z"));
    let line = &timeline.growths[1];
    assert_eq!(
        line.points,
        [
            (middle("2026-11-20"), 10),
            (middle("2026-11-21"), 10),
            (middle("2026-11-22"), 5)
        ]
    );
    // To the day that is going on it hangs loosely, and to a part of a week.
    let midnight = |day: &str| at(&format!("{day}T00:00Z"));
    assert_eq!(
        line.jitter,
        [(middle("2026-11-22"), midnight("2026-11-23"))]
    );
    let weeks = timeline_by(Grouping::Week);
    assert!(weeks.rows[0].cut);
    assert_eq!(weeks.growths[1].jitter.len(), 1);
    assert_eq!(timeline.over(Chart::Growth).count(), 0);
}

/// A mod whose growth becomes greater by one every day.
fn faster() -> ModData {
    let readings: Vec<_> = (0..60)
        .map(|day| {
            let date = date(2026, 9, 24).saturating_add(jiff::ToSpan::days(day));
            (format!("{date}T00:00Z"), i64::from(day * (day + 1) / 2))
        })
        .collect();
    data(vec![member(Platform::Modrinth, "a", &borrowed(&readings))])
}

#[test]
fn a_comparison_is_shifted_onto_the_period() {
    let data = faster();
    let words = Words::english();
    let lanes = Lanes::of_platforms(&data, None, &words);
    let over = |from, by| {
        let bounds = bounds(from, date(2026, 11, 21));
        let timeline = Timeline::new(
            &lanes,
            &bounds,
            by,
            Compare::Previous,
            Events::default(),
            &words,
        )
        .unwrap();
        let points = |chart| -> Vec<_> {
            let lines = timeline.over(chart);
            lines.flat_map(|line| line.points.clone()).collect()
        };
        (points(Chart::Growth), points(Chart::Total))
    };
    let (growth, total) = over(date(2026, 11, 20), Grouping::Day);
    // Of 13 and 14 November, the 51st and the 52nd day.
    assert_eq!(
        growth,
        [(at("2026-11-20T12:00Z"), 51), (at("2026-11-21T12:00Z"), 52)]
    );
    // From the total on, at the first midnight.
    let start = 57 * 58 / 2;
    assert_eq!(
        total,
        [
            (at("2026-11-20T00:00Z"), start),
            (at("2026-11-21T00:00Z"), start + 51),
            (at("2026-11-22T00:00Z"), start + 51 + 52)
        ]
    );
    // What began in the period before is compared with nothing.
    let (growth, total) = over(date(2026, 10, 20), Grouping::Week);
    assert!(growth.is_empty() && total.is_empty());
}

#[test]
fn a_trend_is_that_of_whole_days_however_they_are_put_together() {
    let data = faster();
    let words = Words::english();
    let lanes = Lanes::of_platforms(&data, None, &words);
    for by in [Grouping::Day, Grouping::Week, Grouping::Month] {
        let bounds = bounds(date(2026, 11, 2), TODAY);
        let mut timeline = Timeline::new(
            &lanes,
            &bounds,
            by,
            Compare::None,
            Events::default(),
            &words,
        )
        .unwrap();
        let Due::Known(trend) = timeline.add_trend(&lanes, Chart::Growth) else {
            panic!("{by:?}");
        };
        assert!((trend.per_day - 1.0).abs() < 1e-9, "{trend:?}");
        assert_eq!(
            trend.days,
            Days {
                from: date(2026, 11, 2),
                to: date(2026, 11, 21)
            }
        );
        let line = timeline.over(Chart::Growth).next().unwrap();
        let sum: i64 = line.points.iter().map(|(_, value)| value).sum();
        assert_eq!(sum, (40..60).sum::<i64>(), "{by:?}");
        assert_eq!(timeline.over(Chart::Total).count(), 0);
    }
}

#[test]
fn one_reading_and_none() {
    let of = |readings: &[(&str, i64)]| {
        let data = data(vec![member(Platform::Modrinth, "a", readings)]);
        told(&data, date(2026, 8, 23), Grouping::Day, Events::default())
    };
    let one = of(&[("2026-11-22T12:00Z", 7)]).unwrap();
    assert_eq!(
        (one.days.from, one.rows.len(), one.totals[0].points.len()),
        (TODAY, 1, 1)
    );
    assert!(of(&[]).is_none());
    assert!(of(&[("2026-01-22T12:00Z", 7)]).is_none());
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
