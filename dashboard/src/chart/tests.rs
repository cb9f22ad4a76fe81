#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn chart(plot: Plot) -> Chart {
    Chart {
        title: "Downloads".to_owned(),
        description: "A line".to_owned(),
        from: at("2026-11-01T00:00Z"),
        to: at("2026-11-11T00:00Z"),
        plot,
        marks: Vec::new(),
        hints: Vec::new(),
    }
}

fn line(values: &[(&str, i64)], breaks: &[(&str, &str)]) -> Plot {
    Plot::Lines(vec![Line {
        class: "all",
        points: values
            .iter()
            .map(|(when, value)| (at(when), *value))
            .collect(),
        breaks: breaks.iter().map(|(from, to)| (at(from), at(to))).collect(),
    }])
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

fn paths(svg: &str) -> Vec<&str> {
    let (_, group) = svg.split_once(r#"<g class="line all">"#).unwrap();
    let (group, _) = group.split_once("</g>").unwrap();
    group.split("<path").skip(1).collect()
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
    drawn(Plot::Bars(Vec::new()));
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
        .split([' ', 'L'])
        .map(|number| number.parse().unwrap())
        .collect();
    let [x0, y0, x1, y1] = numbers[..] else {
        panic!("{path}")
    };
    assert!(x0 < x1 && y0 > y1, "{path}");
    assert_eq!(x1, 1070.0);
}

#[test]
fn what_falls_hangs_below_the_zero_line() {
    let bar = |parts: &[(&'static str, i64)]| Bar {
        from: at("2026-11-02T00:00Z"),
        to: at("2026-11-03T00:00Z"),
        parts: parts.to_vec(),
        state: BarState::Whole,
    };
    let svg = drawn(Plot::Bars(vec![bar(&[
        ("modrinth", 50),
        ("curseforge", -20),
    ])]));
    let zero = svg.split(r#"class="zero" d="M"#).nth(1).unwrap();
    let zero: f64 = zero.split([' ', 'H']).nth(1).unwrap().parse().unwrap();
    let top_of = |class: &str| -> f64 {
        let rect = svg.split(&format!(r#"class="bar {class}"#)).nth(1).unwrap();
        rect.split(" y=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    };
    assert!(top_of("modrinth") < zero);
    assert_eq!(top_of("curseforge"), zero);
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
