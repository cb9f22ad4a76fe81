//! The chart of a mod, and the table of the same data.

use jiff::ToSpan;
use jiff::civil::Date;
use modstats_store::model::Platform;
use modstats_store::time::{day_of, midnight};

use super::{Choice, accent};
use crate::chart::{Bar, BarState, Chart, Hint, Ink, Line, MarkKind, Plot, Size, Svg, Swatch};
use crate::language::Words;
use crate::query::Chart as ChartKind;
use crate::timeline::{Row, Step, Timeline, platform_name};

/// The name of the chart on its page.
const CHART: &str = "history";

/// The chart with its choices, and the table of the same data.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub heading: String,
    pub charts: Vec<Choice>,
    /// Where every reading of the same days is, and of which platform to show them.
    pub readings: Option<String>,
    pub platform: Option<&'static str>,
    /// Or why there is none.
    pub drawing: Result<Drawing, String>,
}

#[derive(Clone, Debug)]
pub(super) struct Drawing {
    pub wide: Svg,
    pub narrow: Svg,
    pub caption: String,
    /// Of the drawing as something to explore.
    pub name: String,
    pub keys: Vec<Key>,
    /// Their names and accents.
    pub columns: Vec<(String, &'static str)>,
    pub rows: Vec<TableRow>,
    /// What a row is: `Day (UTC)`.
    pub unit: String,
}

/// An entry of the legend.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub swatch: Svg,
    pub label: String,
}

#[derive(Clone, Debug)]
pub(super) struct TableRow {
    pub from: Date,
    pub to: Date,
    pub when: String,
    /// Total and growth.
    pub cells: Vec<(Option<String>, Option<String>)>,
    pub notes: Vec<String>,
}

impl Figure {
    /// `charts` leads to the page with another chart; `readings` is where every reading of the same
    /// days is.
    pub(super) fn new(
        timeline: Option<&Timeline>,
        shown: ChartKind,
        charts: impl Fn(ChartKind) -> String,
        readings: Option<String>,
        words: &Words,
    ) -> Figure {
        let chart = |(chart, key, shortcut): (ChartKind, &'static str, char)| Choice {
            label: words.text(key),
            shortcut: Some(shortcut),
            href: format!("{}#{CHART}", charts(chart)),
            chosen: chart == shown,
        };
        let step = timeline.map_or(Step::Day, |timeline| timeline.step);
        Figure {
            heading: heading(shown, step, words),
            charts: [
                (ChartKind::Growth, "chart-growth", 'g'),
                (ChartKind::Total, "chart-total", 't'),
            ]
            .map(chart)
            .into(),
            readings,
            platform: match timeline.map(|it| it.columns.as_slice()) {
                Some([Some(only)]) => Some(only.as_str()),
                _ => None,
            },
            drawing: match timeline {
                None => Err(words.text("chart-nothing-in-range")),
                // The first day has a baseline and no growth to speak of.
                Some(timeline) if shown == ChartKind::Growth && timeline.rows.len() == 1 => {
                    Err(words.text("chart-baseline-only"))
                }
                Some(timeline) => Ok(Drawing::new(timeline, shown, words)),
            },
        }
    }
}

fn heading(chart: ChartKind, step: Step, words: &Words) -> String {
    words.text(match (chart, step) {
        (ChartKind::Total, _) => "chart-downloads-in-total",
        (ChartKind::Growth, Step::Day) => "chart-downloads-per-day",
        (ChartKind::Growth, Step::Week) => "chart-downloads-per-week",
    })
}

fn column_name(column: Option<Platform>, words: &Words) -> String {
    column.map_or_else(
        || words.text("chart-all-platforms-short"),
        |platform| platform_name(platform).to_owned(),
    )
}

impl Drawing {
    fn new(timeline: &Timeline, kind: ChartKind, words: &Words) -> Drawing {
        let of = match timeline.columns.as_slice() {
            [Some(platform), ..] => platform_name(*platform).to_owned(),
            _ => words.text("chart-all-platforms"),
        };
        let (from, to) = timeline.bounds();
        let caption = words.with(
            "chart-caption",
            &[
                ("what", heading(kind, timeline.step, words).into()),
                ("of", of.into()),
                ("days", words.days(timeline.from, timeline.to).into()),
            ],
        );
        let chart = Chart {
            name: CHART,
            title: caption.clone(),
            description: words.with(
                "chart-description",
                &[("summary", in_words(timeline, kind, words).into())],
            ),
            from,
            to,
            plot: match kind {
                ChartKind::Total => Plot {
                    bars: Vec::new(),
                    lines: vec![Line {
                        ink: timeline.columns.first().copied().flatten().into(),
                        points: timeline.line.clone(),
                        breaks: timeline.breaks.clone(),
                        jitter: Vec::new(),
                    }],
                },
                ChartKind::Growth => Plot {
                    bars: timeline.rows.iter().map(|row| bar(timeline, row)).collect(),
                    lines: Vec::new(),
                },
            },
            marks: timeline.marks.clone(),
            hints: timeline
                .rows
                .iter()
                .map(|row| hint(timeline, row, words))
                .collect(),
        };
        Drawing {
            wide: chart.svg(Size::Wide, words),
            narrow: chart.svg(Size::Narrow, words),
            caption,
            name: words.with(
                "chart-explore",
                &[("what", heading(kind, timeline.step, words).into())],
            ),
            keys: keys(timeline, kind, words),
            columns: timeline
                .columns
                .iter()
                .map(|column| (column_name(*column, words), accent(*column)))
                .collect(),
            rows: timeline
                .rows
                .iter()
                .rev()
                .map(|row| table_row(row, words))
                .collect(),
            unit: words.text(match timeline.step {
                Step::Day => "chart-day",
                Step::Week => "chart-week",
            }),
        }
    }
}

/// The bars stand for platforms: all together is their stack.
fn bar(timeline: &Timeline, row: &Row) -> Bar {
    let platforms = timeline
        .columns
        .iter()
        .zip(&row.cells)
        .filter(|(column, _)| column.is_some());
    Bar {
        from: midnight(row.from),
        to: midnight(row.to.saturating_add(1.day())),
        parts: platforms
            .map(|(column, cell)| (Ink::from(*column), cell.growth.unwrap_or(0)))
            .collect(),
        state: match (row.gap, row.incomplete) {
            (true, _) => BarState::Gap,
            (false, true) => BarState::Incomplete,
            (false, false) => BarState::Whole,
        },
    }
}

fn hint(timeline: &Timeline, row: &Row, words: &Words) -> Hint {
    let mut lines = vec![words.days(row.from, row.to)];
    for (column, cell) in timeline.columns.iter().zip(&row.cells) {
        let name = column_name(*column, words);
        lines.push(match (cell.growth, cell.total) {
            (None, _) => words.with("chart-hint-unknown", &[("name", name.into())]),
            (Some(growth), None) => words.with(
                "chart-hint-growth",
                &[
                    ("name", name.into()),
                    ("growth", words.change(growth).into()),
                ],
            ),
            (Some(growth), Some(total)) => words.with(
                "chart-hint",
                &[
                    ("name", name.into()),
                    ("growth", words.change(growth).into()),
                    ("total", words.count(total).into()),
                ],
            ),
        });
    }
    lines.extend(remarks(row, words));
    Hint {
        from: midnight(row.from),
        to: midnight(row.to.saturating_add(1.day())),
        text: lines.join("\n"),
    }
}

fn table_row(row: &Row, words: &Words) -> TableRow {
    TableRow {
        from: row.from,
        to: row.to,
        when: words.days(row.from, row.to),
        cells: row
            .cells
            .iter()
            .map(|cell| {
                let total = cell.total.map(|total| words.count(total));
                (total, cell.growth.map(|growth| words.change(growth)))
            })
            .collect(),
        notes: remarks(row, words),
    }
}

fn remarks(row: &Row, words: &Words) -> Vec<String> {
    let mut remarks = Vec::new();
    if row.incomplete {
        remarks.push(words.text("chart-not-complete"));
    }
    if row.gap {
        remarks.push(words.text("chart-spread-over-gap"));
    }
    remarks.extend(row.notes.iter().cloned());
    remarks
}

/// The drawing in a sentence.
fn in_words(timeline: &Timeline, chart: ChartKind, words: &Words) -> String {
    match chart {
        ChartKind::Total => match (timeline.line.first(), timeline.line.last()) {
            (Some((from, low)), Some((to, high))) => words.with(
                "chart-from-to",
                &[
                    ("low", words.count(*low).into()),
                    ("from", words.day(day_of(*from)).into()),
                    ("high", words.count(*high).into()),
                    ("to", words.day(day_of(*to)).into()),
                ],
            ),
            _ => words.text("chart-nothing-known"),
        },
        ChartKind::Growth => {
            let known = timeline
                .rows
                .iter()
                .filter_map(|row| Some((row, row.cells.first()?.growth?)))
                .filter(|(row, _)| !row.incomplete);
            match (
                known.clone().min_by_key(|it| it.1),
                known.max_by_key(|it| it.1),
            ) {
                (Some((low, least)), Some((high, most))) => words.with(
                    "chart-between",
                    &[
                        ("least", words.change(least).into()),
                        ("low", words.days(low.from, low.to).into()),
                        ("most", words.change(most).into()),
                        ("high", words.days(high.from, high.to).into()),
                    ],
                ),
                _ => words.text("chart-no-day-complete"),
            }
        }
    }
}

/// What the drawing contains, and nothing else.
fn keys(timeline: &Timeline, chart: ChartKind, words: &Words) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut add = |swatch: Swatch, label| {
        let swatch = swatch.svg(CHART);
        keys.push(Key { swatch, label });
    };
    if chart == ChartKind::Growth {
        for platform in timeline.columns.iter().flatten() {
            let bar = Swatch::Bar(Ink::Platform(*platform), BarState::Whole);
            add(bar, platform_name(*platform).to_owned());
        }
        if timeline.rows.iter().any(|row| row.incomplete && !row.gap) {
            let bar = Swatch::Bar(Ink::All, BarState::Incomplete);
            add(bar, words.text("chart-key-incomplete"));
        }
        if timeline.rows.iter().any(|row| row.gap) {
            let bar = Swatch::Bar(Ink::All, BarState::Gap);
            add(bar, words.text("chart-key-gap"));
        }
    }
    for kind in MarkKind::ALL {
        if timeline.marks.iter().any(|mark| mark.kind == kind) {
            add(Swatch::Mark(kind), words.text(meaning(kind)));
        }
    }
    keys
}

fn meaning(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Release => "chart-key-release",
        MarkKind::Baseline => "chart-key-baseline",
        MarkKind::Joined => "chart-key-joined",
        MarkKind::Left => "chart-key-left",
        MarkKind::Vanished => "chart-key-vanished",
        MarkKind::Correction => "chart-key-correction",
        MarkKind::Jitter => "chart-key-jitter",
        MarkKind::Import => "chart-key-import",
    }
}
