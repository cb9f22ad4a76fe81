#![allow(clippy::unwrap_used, clippy::panic)]
use modstats_store::model::Platform;

use super::*;

const MODRINTH: Ink = Ink::Platform(Platform::Modrinth);
const CURSEFORGE: Ink = Ink::Platform(Platform::Curseforge);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn chart(plot: Plot) -> Chart {
    Chart {
        name: "downloads",
        title: "Downloads".to_owned(),
        description: "A line".to_owned(),
        from: at("2026-11-01T00:00Z"),
        to: at("2026-11-11T00:00Z"),
        plot,
        marks: Vec::new(),
        hints: Vec::new(),
    }
}

fn stretch((from, to): (&str, &str)) -> (Timestamp, Timestamp) {
    (at(from), at(to))
}

fn of(ink: Ink, values: &[(&str, i64)]) -> Line {
    Line {
        ink,
        points: values
            .iter()
            .map(|(when, value)| (at(when), *value))
            .collect(),
        breaks: Vec::new(),
        jitter: Vec::new(),
    }
}

fn lines(lines: Vec<Line>) -> Plot {
    Plot {
        bars: Vec::new(),
        lines,
    }
}

fn line(values: &[(&str, i64)], breaks: &[(&str, &str)]) -> Plot {
    lines(vec![Line {
        breaks: breaks.iter().copied().map(stretch).collect(),
        ..of(Ink::All, values)
    }])
}

fn bars(bars: Vec<Bar>) -> Plot {
    Plot {
        bars,
        lines: Vec::new(),
    }
}

fn bar(state: BarState, parts: &[(Ink, i64)]) -> Bar {
    Bar {
        from: at("2026-11-02T00:00Z"),
        to: at("2026-11-03T00:00Z"),
        parts: parts.to_vec(),
        state,
    }
}

fn drawn(plot: Plot) -> String {
    let [wide, narrow] = [Size::Wide, Size::Narrow]
        .map(|size| chart(plot.clone()).svg(size, &Words::english()).to_string());
    for svg in [&wide, &narrow] {
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(!svg.contains("style"), "{svg}");
    }
    wide
}

/// The strokes of a line, without its end.
fn strokes<'a>(svg: &'a str, class: &str) -> Vec<&'a str> {
    let (_, group) = svg
        .split_once(&format!(r#"<g class="line {class}">"#))
        .unwrap();
    let (group, _) = group.split_once("</g>").unwrap();
    let paths = group.split("<path").skip(1);
    paths.filter(|path| !path.contains("\"end\"")).collect()
}

fn paths(svg: &str) -> Vec<&str> {
    strokes(svg, "all")
}

/// An attribute of the one element that begins with `start`.
fn number(svg: &str, start: &str, name: &str) -> f64 {
    let element = svg.split(start).nth(1).unwrap();
    let value = element.split(&format!(" {name}=\"")).nth(1).unwrap();
    value.split('"').next().unwrap().parse().unwrap()
}

#[test]
fn a_gap_splits_the_line() {
    let values = [
        ("2026-11-01T03:00Z", 10),
        ("2026-11-02T03:00Z", 20),
        ("2026-11-05T03:00Z", 30),
        ("2026-11-06T03:00Z", 40),
    ];
    assert_eq!(paths(&drawn(line(&values, &[]))).len(), 1);
    let gap = ("2026-11-02T03:00Z", "2026-11-05T03:00Z");
    assert_eq!(paths(&drawn(line(&values, &[gap]))).len(), 2);
    // A break at one instant cuts the stretch that ends there.
    let joined = ("2026-11-05T02:59:59Z", "2026-11-05T03:00Z");
    assert_eq!(paths(&drawn(line(&values, &[joined]))).len(), 2);
}

#[test]
fn odd_series_stay_drawable() {
    for values in [
        &[][..],
        &[("2026-11-01T03:00Z", 7)],
        &[("2026-11-01T03:00Z", 7), ("2026-11-02T03:00Z", 7)],
        &[("2026-11-01T03:00Z", 0), ("2026-11-02T03:00Z", 0)],
        &[
            ("2026-11-01T03:00Z", i64::MAX),
            ("2026-11-02T03:00Z", i64::MAX),
        ],
        &[
            ("2026-11-01T03:00Z", -3_000_000_000),
            ("2026-11-02T03:00Z", 3_000_000_000),
        ],
    ] {
        let svg = drawn(line(values, &[]));
        assert_eq!(
            svg.matches("class=\"end\"").count(),
            usize::from(!values.is_empty())
        );
    }
    drawn(bars(Vec::new()));
    let instant = at("2026-11-01T00:00Z");
    let mut point = chart(line(&[("2026-11-01T00:00Z", 3)], &[]));
    point.to = instant;
    assert!(
        !point
            .svg(Size::Wide, &Words::english())
            .to_string()
            .contains("NaN")
    );
}

#[test]
fn a_lone_reading_is_a_dot() {
    let svg = drawn(line(&[("2026-11-03T03:00Z", 7)], &[]));
    assert!(svg.contains(r#"r="2.5""#), "{svg}");
}

#[test]
fn a_higher_value_is_drawn_higher_and_a_later_one_further_right() {
    let svg = drawn(line(
        &[("2026-11-01T00:00Z", 100), ("2026-11-11T00:00Z", 200)],
        &[],
    ));
    let path = paths(&svg)[0].split('"').nth(1).unwrap().to_owned();
    let numbers: Vec<f64> = path[1..]
        .split([' ', 'l'])
        .map(|number| number.parse().unwrap())
        .collect();
    let [x, _, right, down] = numbers[..] else {
        panic!("{path}")
    };
    assert!(right > 0.0 && down < 0.0, "{path}");
    assert_eq!(x + right, 1070.0);
}

#[test]
fn lines_that_come_near_zero_stand_on_it() {
    let between = |low, high| {
        drawn(line(
            &[("2026-11-01T00:00Z", low), ("2026-11-11T00:00Z", high)],
            &[],
        ))
    };
    assert!(between(20, 100).contains(r#"class="zero""#));
    assert!(!between(50, 100).contains(r#"class="zero""#));
}

#[test]
fn what_falls_hangs_below_the_zero_line() {
    let parts = [(MODRINTH, 50), (CURSEFORGE, -20)];
    let svg = drawn(bars(vec![bar(BarState::Whole, &parts)]));
    let zero = svg.split(r#"class="zero" d="M"#).nth(1).unwrap();
    let zero: f64 = zero.split([' ', 'H']).nth(1).unwrap().parse().unwrap();
    let top_of = |class: &str| number(&svg, &format!(r#"class="bar {class}"#), "y");
    assert!(top_of("modrinth") < zero);
    assert_eq!(top_of("curseforge"), zero);
}

#[test]
fn bars_are_stacked_and_say_whether_they_are_whole() {
    let parts = [(MODRINTH, 50), (CURSEFORGE, 30)];
    let svg = drawn(bars(vec![bar(BarState::Incomplete, &parts)]));
    let of = |class: &str, name| number(&svg, &format!(r#"class="bar {class} incomplete""#), name);
    let upper = of("curseforge", "y") + of("curseforge", "height");
    assert!((upper - of("modrinth", "y")).abs() < 0.2, "{svg}");
    let ratio = of("modrinth", "height") / of("curseforge", "height");
    assert!((ratio - 5.0 / 3.0).abs() < 0.02, "{svg}");
    let svg = drawn(bars(vec![bar(BarState::Gap, &parts)]));
    assert_eq!(svg.matches(r#" gap""#).count(), 2);
    let svg = drawn(bars(vec![bar(BarState::Whole, &parts)]));
    assert!(svg.contains(r#"class="bar modrinth""#));
}

#[test]
fn a_comparison_over_bars_keeps_them_on_zero_and_has_no_end() {
    let compared = of(
        Ink::Compared,
        &[("2026-11-02T12:00Z", 400), ("2026-11-03T12:00Z", 900)],
    );
    let svg = drawn(Plot {
        bars: vec![bar(BarState::Whole, &[(MODRINTH, 450)])],
        lines: vec![compared],
    });
    assert!(svg.contains(r#"class="zero""#));
    let height = number(&svg, r#"class="bar modrinth"#, "height");
    // From the zero line to the top are 264 pixels, for 900 and a little air.
    assert!((height - 264.0 / 1.06 / 2.0).abs() < 1.0, "{height}");
    let strokes = strokes(&svg, "compared");
    assert_eq!(strokes.len(), 2, "{svg}");
    assert!(strokes[0].starts_with(r#" class="halo""#), "{svg}");
    assert!(!svg.contains(r#"class="end""#));
}

#[test]
fn lines_of_several_platforms_end_in_shapes_of_their_own() {
    let values = [("2026-11-01T00:00Z", 5), ("2026-11-09T00:00Z", 9)];
    let inks = [Ink::All, MODRINTH, CURSEFORGE, Ink::Item(0), Ink::Item(7)];
    let svg = drawn(lines(inks.map(|ink| of(ink, &values)).to_vec()));
    let mut ends: Vec<_> = svg
        .split(r#"<path class="end""#)
        .skip(1)
        .map(|end| end.split(" d=").nth(1).unwrap().split('/').next().unwrap())
        .collect();
    assert_eq!(ends.len(), 5);
    ends.sort_unstable();
    ends.dedup();
    // The first item has the circle, and the last the ring.
    assert_eq!(ends.len(), 3, "{ends:?}");
    for class in ["all", "modrinth", "curseforge", "item-1", "item-8"] {
        assert_eq!(strokes(&svg, class).len(), 1, "{class}");
    }
}

#[test]
fn jitter_hangs_loosely_in_the_line() {
    let values = [
        ("2026-11-01T00:00Z", 100),
        ("2026-11-02T00:00Z", 110),
        ("2026-11-02T06:00Z", 90),
        ("2026-11-02T12:00Z", 115),
        ("2026-11-03T00:00Z", 120),
    ];
    let jitter = ("2026-11-02T06:00Z", "2026-11-02T12:00Z");
    let svg = drawn(lines(vec![Line {
        jitter: vec![stretch(jitter)],
        ..of(Ink::All, &values)
    }]));
    let steps: Vec<_> = paths(&svg)
        .iter()
        .map(|path| {
            (
                path.starts_with(r#" class="jitter""#),
                path.matches('l').count(),
            )
        })
        .collect();
    assert_eq!(steps, [(false, 1), (true, 2), (false, 1)], "{svg}");
    assert_eq!(paths(&drawn(line(&values, &[]))).len(), 1);
}

#[test]
fn marks_that_would_lie_on_each_other_become_one() {
    let mark = |when: &str, kind, text: &str| Mark {
        at: at(when),
        kind,
        text: text.to_owned(),
    };
    let mut chart = chart(line(&[("2026-11-01T03:00Z", 7)], &[]));
    chart.marks = vec![
        mark("2026-11-05T03:00Z", MarkKind::Release, "1.0"),
        mark("2026-11-05T03:10Z", MarkKind::Correction, "fell"),
        mark("2026-11-05T03:20Z", MarkKind::Release, "1.1"),
        mark("2026-11-08T03:00Z", MarkKind::Release, "1.2"),
    ];
    let svg = chart.svg(Size::Wide, &Words::english()).to_string();
    assert_eq!(svg.matches(r#"class="mark release""#).count(), 2);
    assert_eq!(svg.matches(r#"class="mark correction""#).count(), 1);
    assert!(svg.contains("<title>1.0\n1.1</title>"), "{svg}");
}

#[test]
fn every_id_is_there_once_and_every_reference_has_one() {
    let plot = Plot {
        bars: vec![bar(BarState::Whole, &[(MODRINTH, 5), (CURSEFORGE, 3)])],
        lines: Vec::new(),
    };
    let mut page = String::new();
    for name in ["downloads", "followers"] {
        let chart = Chart {
            name,
            ..chart(plot.clone())
        };
        for size in [Size::Wide, Size::Narrow] {
            page += &chart.svg(size, &Words::english()).to_string();
        }
        for state in [BarState::Whole, BarState::Incomplete, BarState::Gap] {
            page += &Swatch::Bar(CURSEFORGE, state).svg(name).to_string();
        }
    }
    let quoted = |start: &str| -> Vec<String> {
        let ends = page.split(start).skip(1);
        ends.map(|end| end.split(['"', ')']).next().unwrap().to_owned())
            .collect()
    };
    let ids = quoted(r#" id=""#);
    let unique: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), unique.len()), (18, 18), "{ids:?}");
    let labels = quoted(r#"aria-labelledby=""#);
    let labels = labels.iter().flat_map(|both| both.split(' '));
    for reference in labels.chain(quoted("url(#").iter().map(String::as_str)) {
        assert!(
            ids.iter().any(|id| id == reference),
            "{reference} in {ids:?}"
        );
    }
}

#[test]
fn a_script_can_tell_where_time_lies() {
    let svg = drawn(line(
        &[("2026-11-01T00:00Z", 100), ("2026-11-11T00:00Z", 200)],
        &[],
    ));
    assert!(
        svg.contains(r#"data-from="2026-11-01T00:00:00Z" data-to="2026-11-11T00:00:00Z""#),
        "{svg}"
    );
    let frame = svg.split(r#"data-frame=""#).nth(1).unwrap();
    let frame = frame.split('"').next().unwrap();
    let path = paths(&svg)[0].split('"').nth(1).unwrap();
    let (start, end) = frame.split_once(' ').unwrap();
    let (step, _) = path.split_once('l').unwrap().1.split_once(' ').unwrap();
    let [start, end, step] = [start, end, step].map(|it| it.parse::<f64>().unwrap());
    assert!(path.starts_with(&format!("M{start} ")));
    assert_eq!(start + step, end);
}

#[test]
fn swatches_are_drawn_as_the_chart_is() {
    let svg = Swatch::Line(CURSEFORGE).svg("x").to_string();
    assert!(svg.contains(r#"<g class="line curseforge">"#) && svg.contains(r#"class="end""#));
    let svg = Swatch::Line(Ink::Compared).svg("x").to_string();
    assert!(svg.contains(r#"<g class="line compared">"#) && !svg.contains(r#"class="end""#));
    let svg = Swatch::Bar(MODRINTH, BarState::Incomplete)
        .svg("x")
        .to_string();
    assert!(svg.contains(r#"class="bar modrinth incomplete""#) && !svg.contains("<pattern"));
    for kind in MarkKind::ALL {
        let svg = Swatch::Mark(kind).svg("x").to_string();
        assert!(svg.contains(&format!(r#"class="mark {}""#, kind.class())));
    }
}

#[test]
fn texts_are_inert() {
    let evil = r#"</title><script>alert("1")</script>&"#;
    let mut chart = chart(line(&[("2026-11-01T03:00Z", 7)], &[]));
    chart.title = evil.to_owned();
    chart.description = evil.to_owned();
    chart.marks = vec![Mark {
        at: chart.from,
        kind: MarkKind::Release,
        text: evil.to_owned(),
    }];
    chart.hints = vec![Hint {
        from: chart.from,
        to: chart.to,
        text: evil.to_owned(),
    }];
    let svg = chart.svg(Size::Wide, &Words::english()).to_string();
    assert!(!svg.contains("<script") && !svg.contains("&<"), "{svg}");
    assert_eq!(svg.matches("alert(").count(), 4);
}
