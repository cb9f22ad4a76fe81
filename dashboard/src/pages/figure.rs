//! The chart of a mod, and the table of the same data.

mod legend;
mod table;

use modstats_store::model::{Metric, Platform};
use modstats_store::time::day_of;

use self::legend::{Key, keys};
use self::table::{ColumnHead, TableRow, remarks};
use super::Choice;
use crate::chart::{Bar, BarState, Chart, Hint, Ink, Line, Plot, Size, Svg};
use crate::language::Words;
use crate::query::{Chart as ChartKind, Grouping};
use crate::timeline::{Column, Relation, Row, Timeline};

/// The name of the chart on its page.
const CHART: &str = "history";

/// What a chart is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub metric: Metric,
    pub chart: ChartKind,
}

/// The chart with its choices, and the table of the same data.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub heading: String,
    pub charts: Vec<Choice>,
    /// Where every reading of the same days is, and of which platform to show them.
    pub readings: Option<String>,
    pub platform: Option<&'static str>,
    /// Whether the table is shown from the start.
    pub is_open: bool,
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
    pub columns: Vec<ColumnHead>,
    pub rows: Vec<TableRow>,
    /// Whether the rows say what was stated last.
    pub says_stated: bool,
    /// What a row is: `Day (UTC)`.
    pub unit: String,
}

impl Figure {
    /// `charts` leads to the page with another chart; `readings` is where every reading of the same
    /// days is.
    pub(super) fn new(
        timeline: Option<&Timeline>,
        shown: Shown,
        charts: impl Fn(ChartKind) -> String,
        readings: Option<String>,
        words: &Words,
    ) -> Figure {
        let chart = |(chart, key, shortcut): (ChartKind, &'static str, char)| Choice {
            label: words.text(key),
            shortcut: Some(shortcut),
            href: format!("{}#{CHART}", charts(chart)),
            chosen: chart == shown.chart,
        };
        let by = timeline.map_or(Grouping::Day, |timeline| timeline.by);
        Figure {
            heading: shown.heading(by, words),
            charts: [
                (ChartKind::Growth, "chart-growth", 'g'),
                (ChartKind::Total, "chart-total", 't'),
            ]
            .map(chart)
            .into(),
            readings,
            is_open: false,
            platform: timeline.and_then(only_platform).map(Platform::as_str),
            drawing: match timeline {
                None => Err(words.text("chart-nothing-in-range")),
                // The first day has a baseline and no growth to speak of.
                Some(timeline) if shown.is_baseline_only(timeline) => {
                    Err(words.text("chart-baseline-only"))
                }
                Some(timeline) => Ok(Drawing::new(timeline, shown, words)),
            },
        }
    }
}

fn only_platform(timeline: &Timeline) -> Option<Platform> {
    match timeline.columns.as_slice() {
        [only] => match only.ink {
            Ink::Platform(platform) => Some(platform),
            _ => None,
        },
        _ => None,
    }
}

impl Shown {
    pub(super) fn downloads(chart: ChartKind) -> Shown {
        Shown {
            metric: Metric::Downloads,
            chart,
        }
    }

    fn heading(self, by: Grouping, words: &Words) -> String {
        let key = match (self.chart, by) {
            (ChartKind::Total, _) => "chart-in-total",
            (ChartKind::Growth, Grouping::Run) => "chart-per-run",
            (ChartKind::Growth, Grouping::Day) => "chart-per-day",
            (ChartKind::Growth, Grouping::Week) => "chart-per-week",
            (ChartKind::Growth, Grouping::Month) => "chart-per-month",
        };
        let what = words.text(metric_key(self.metric));
        words.with(key, &[("what", what.into())])
    }

    fn is_baseline_only(self, timeline: &Timeline) -> bool {
        let is_known = |row: &Row| row.cells.iter().any(|cell| cell.growth != Some(0));
        self.chart == ChartKind::Growth
            && timeline.days.count() == 1
            && !(timeline.by == Grouping::Run && timeline.rows.iter().any(is_known))
    }
}

/// The key of a counter's name.
pub(super) fn metric_key(metric: Metric) -> &'static str {
    match metric {
        Metric::Downloads => "chart-downloads",
        Metric::Followers => "chart-followers",
        Metric::ThumbsUp => "chart-thumbs-up",
        Metric::VersionsDownloads => "chart-versions-downloads",
        Metric::Versions => "chart-versions",
    }
}

impl Drawing {
    fn new(timeline: &Timeline, shown: Shown, words: &Words) -> Drawing {
        let (from, to) = timeline.window;
        let heading = shown.heading(timeline.by, words);
        let caption = words.with(
            "chart-caption",
            &[
                ("what", (&heading).into()),
                ("of", (&timeline.name).into()),
                (
                    "days",
                    words.days(timeline.days.from, timeline.days.to).into(),
                ),
            ],
        );
        let chart = Chart {
            name: CHART,
            title: caption.clone(),
            description: words.with(
                "chart-description",
                &[("summary", in_words(timeline, shown.chart, words).into())],
            ),
            from,
            to,
            plot: plot(timeline, shown.chart),
            marks: timeline.marks.clone(),
            hints: timeline
                .rows
                .iter()
                .map(|row| hint(timeline, row, words))
                .collect(),
        };
        let says_stated = timeline.relation != Relation::Beside && timeline.by != Grouping::Run;
        Drawing {
            wide: chart.svg(Size::Wide, words),
            narrow: chart.svg(Size::Narrow, words),
            caption,
            name: words.with("chart-explore", &[("what", heading.into())]),
            keys: keys(timeline, shown.chart, words),
            columns: timeline.columns.iter().map(ColumnHead::new).collect(),
            rows: timeline
                .rows
                .iter()
                .rev()
                .map(|row| TableRow::new(timeline, row, words))
                .collect(),
            says_stated,
            unit: words.text(match timeline.by {
                Grouping::Run => "chart-run",
                Grouping::Day => "chart-day",
                Grouping::Week => "chart-week",
                Grouping::Month => "chart-month",
            }),
        }
    }
}

/// Growth of what adds up is stacked; all else are lines.
fn plot(timeline: &Timeline, chart: ChartKind) -> Plot {
    let (bars, lines): (Vec<Bar>, &[Line]) = match (chart, &timeline.relation) {
        (ChartKind::Total, _) => (Vec::new(), &timeline.totals),
        (ChartKind::Growth, Relation::Beside) => (Vec::new(), &timeline.growths),
        (ChartKind::Growth, Relation::Sum(_)) => {
            let bars = timeline.rows.iter().map(|row| bar(timeline, row));
            (bars.collect(), &[])
        }
    };
    // What is compared with goes below.
    let over = timeline.over(chart).cloned();
    let lines = match bars.is_empty() {
        true => over.chain(lines.iter().cloned()).collect(),
        false => over.collect(),
    };
    Plot { bars, lines }
}

/// Their sum is their stack.
fn bar(timeline: &Timeline, row: &Row) -> Bar {
    let (from, to) = row.when.bounds();
    let part = |(index, column): (usize, &Column)| {
        let cell = row.cells.get(index);
        let growth = cell.and_then(|cell| cell.growth);
        (column.ink, growth.unwrap_or(0))
    };
    Bar {
        from,
        to,
        parts: timeline.stacked().map(part).collect(),
        state: match (row.gap(), row.incomplete()) {
            (true, _) => BarState::Gap,
            (false, true) => BarState::Incomplete,
            (false, false) => BarState::Whole,
        },
    }
}

fn hint(timeline: &Timeline, row: &Row, words: &Words) -> Hint {
    let mut lines = vec![row.when.text(words)];
    for (column, cell) in timeline.columns.iter().zip(&row.cells) {
        let name = ("name", (&column.label).into());
        lines.push(match (cell.growth, cell.total) {
            (None, None) => words.with("chart-hint-unknown", &[name]),
            (None, Some(total)) => words.with(
                "chart-hint-total",
                &[name, ("total", words.count(total).into())],
            ),
            (Some(growth), None) => words.with(
                "chart-hint-growth",
                &[name, ("growth", words.change(growth).into())],
            ),
            (Some(growth), Some(total)) => words.with(
                "chart-hint",
                &[
                    name,
                    ("growth", words.change(growth).into()),
                    ("total", words.count(total).into()),
                ],
            ),
        });
    }
    lines.extend(remarks(row, words));
    let (from, to) = row.when.bounds();
    Hint {
        from,
        to,
        text: lines.join("\n"),
    }
}

/// The drawing in a sentence.
fn in_words(timeline: &Timeline, chart: ChartKind, words: &Words) -> String {
    if timeline.relation == Relation::Beside {
        let labels: Vec<&str> = timeline
            .columns
            .iter()
            .map(|it| it.label.as_str())
            .collect();
        return words.with("chart-lines-of", &[("names", labels.join(", ").into())]);
    }
    match chart {
        ChartKind::Total => {
            let ends = timeline
                .totals
                .first()
                .and_then(|line| line.points.first().zip(line.points.last()));
            match ends {
                None => words.text("chart-nothing-known"),
                Some(((from, low), (to, high))) => {
                    // The midnight that ends the last day belongs to it.
                    let last = day_of(*to).min(timeline.days.to);
                    words.with(
                        "chart-from-to",
                        &[
                            ("low", words.count(*low).into()),
                            ("from", words.day(day_of(*from)).into()),
                            ("high", words.count(*high).into()),
                            ("to", words.day(last).into()),
                        ],
                    )
                }
            }
        }
        ChartKind::Growth => {
            let known = timeline
                .rows
                .iter()
                .filter_map(|row| Some((row, row.cells.first()?.growth?)))
                .filter(|(row, _)| !row.incomplete());
            match (
                known.clone().min_by_key(|it| it.1),
                known.max_by_key(|it| it.1),
            ) {
                (Some((low, least)), Some((high, most))) => words.with(
                    "chart-between",
                    &[
                        ("least", words.change(least).into()),
                        ("low", low.when.text(words).into()),
                        ("most", words.change(most).into()),
                        ("high", high.when.text(words).into()),
                    ],
                ),
                _ => words.text("chart-no-day-complete"),
            }
        }
    }
}
