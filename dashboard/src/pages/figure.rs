//! The chart of a mod, and the table of the same data.

use jiff::ToSpan;
use jiff::civil::Date;
use modstats_store::time::{day_of, midnight};

use super::{Choice, accent};
use crate::chart::{Bar, BarState, Chart, Hint, Line, MarkKind, Plot, Size, Svg};
use crate::format::{Change, Count};
use crate::period::{Period, Preset};
use crate::query::{Chart as ChartKind, ModQuery, PlatformQuery};
use crate::timeline::{Row, Step, Timeline, platform_name};

/// The chart with its choices, and the table of the same data.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub heading: String,
    pub charts: Vec<Choice>,
    pub ranges: Vec<Choice>,
    /// Or why there is none.
    pub drawing: Result<Drawing, &'static str>,
}

#[derive(Clone, Debug)]
pub(super) struct Drawing {
    pub wide: Svg,
    pub narrow: Svg,
    pub caption: String,
    pub keys: Vec<Key>,
    pub columns: Vec<(&'static str, &'static str)>,
    pub rows: Vec<TableRow>,
    pub by_week: bool,
}

/// An entry of the legend.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub swatch: Swatch,
    pub label: &'static str,
}

#[derive(Clone, Debug)]
pub(super) enum Swatch {
    Bar(&'static str),
    Mark(&'static str, &'static str),
}

#[derive(Clone, Debug)]
pub(super) struct TableRow {
    pub from: Date,
    pub to: Date,
    pub when: String,
    pub cells: Vec<(Option<Count>, Option<Change>)>,
    pub notes: Vec<String>,
}

impl Figure {
    pub(super) fn new(timeline: Option<&Timeline>, query: &ModQuery, path: &str) -> Figure {
        let with = |tab: PlatformQuery| {
            let query = ModQuery {
                platform: query.platform,
                tab,
            };
            format!("{path}{query}#history")
        };
        let chart = |(chart, label, shortcut): (ChartKind, &'static str, char)| Choice {
            label,
            shortcut,
            href: with(PlatformQuery {
                chart,
                ..query.tab.clone()
            }),
            chosen: chart == query.tab.chart,
        };
        let range = |(preset, label, shortcut): (Preset, &'static str, char)| Choice {
            label,
            shortcut,
            href: with(PlatformQuery {
                period: Period::Preset(preset),
                ..query.tab.clone()
            }),
            chosen: query.tab.period == Period::Preset(preset),
        };
        let by_week = timeline.is_some_and(|timeline| timeline.step == Step::Week);
        Figure {
            heading: match (query.tab.chart, by_week) {
                (ChartKind::Total, _) => "Downloads in total",
                (ChartKind::Growth, false) => "Downloads per day",
                (ChartKind::Growth, true) => "Downloads per week",
            }
            .to_owned(),
            charts: [
                (ChartKind::Growth, "Growth", 'g'),
                (ChartKind::Total, "Total", 't'),
            ]
            .map(chart)
            .into(),
            ranges: [
                (Preset::Days28, "28 days", 'm'),
                (Preset::Days91, "91 days", 'q'),
                (Preset::Months12, "12 months", 'y'),
                (Preset::All, "All", 'a'),
            ]
            .map(range)
            .into(),
            drawing: match timeline {
                None => Err("Nothing was observed in this range."),
                // The first day has a baseline and no growth to speak of.
                Some(timeline)
                    if query.tab.chart == ChartKind::Growth && timeline.rows.len() == 1 =>
                {
                    Err(
                        "Growth is drawn from the second day on: the first reading is its baseline.",
                    )
                }
                Some(timeline) => Ok(Drawing::new(timeline, query.tab.chart)),
            },
        }
    }
}

impl Drawing {
    fn new(timeline: &Timeline, kind: ChartKind) -> Drawing {
        let of = match timeline.columns.as_slice() {
            [Some(platform), ..] => platform_name(*platform),
            _ => "all platforms",
        };
        let what = match (kind, timeline.step) {
            (ChartKind::Total, _) => "Downloads in total",
            (ChartKind::Growth, Step::Day) => "Downloads per day",
            (ChartKind::Growth, Step::Week) => "Downloads per week",
        };
        let (from, to) = timeline.bounds();
        let caption = format!(
            "{what}, {of}, {} to {} (UTC days)",
            timeline.from, timeline.to
        );
        let chart = Chart {
            title: caption.clone(),
            description: format!(
                "{} The table below the chart has the same data.",
                in_words(timeline, kind)
            ),
            from,
            to,
            plot: match kind {
                ChartKind::Total => Plot::Lines(vec![Line {
                    class: accent(timeline.columns.first().copied().flatten()),
                    points: timeline.line.clone(),
                    breaks: timeline.breaks.clone(),
                }]),
                ChartKind::Growth => {
                    Plot::Bars(timeline.rows.iter().map(|row| bar(timeline, row)).collect())
                }
            },
            marks: timeline.marks.clone(),
            hints: timeline
                .rows
                .iter()
                .map(|row| hint(timeline, row))
                .collect(),
        };
        Drawing {
            wide: chart.svg(Size::Wide),
            narrow: chart.svg(Size::Narrow),
            caption,
            keys: keys(timeline, kind),
            columns: timeline
                .columns
                .iter()
                .map(|column| (column.map_or("All", platform_name), accent(*column)))
                .collect(),
            rows: timeline.rows.iter().rev().map(table_row).collect(),
            by_week: timeline.step == Step::Week,
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
            .map(|(column, cell)| (accent(*column), cell.growth.unwrap_or(0)))
            .collect(),
        state: match (row.gap, row.incomplete) {
            (true, _) => BarState::Gap,
            (false, true) => BarState::Incomplete,
            (false, false) => BarState::Whole,
        },
    }
}

fn hint(timeline: &Timeline, row: &Row) -> Hint {
    let mut lines = vec![days_of(row)];
    for (column, cell) in timeline.columns.iter().zip(&row.cells) {
        let name = column.map_or("All", platform_name);
        let growth = cell
            .growth
            .map_or("not known".to_owned(), |growth| Change(growth).to_string());
        let total = cell.total.map_or(String::new(), |total| {
            format!(" ({} in total)", Count(total))
        });
        lines.push(format!("{name}: {growth}{total}"));
    }
    lines.extend(remarks(row));
    Hint {
        from: midnight(row.from),
        to: midnight(row.to.saturating_add(1.day())),
        text: lines.join("\n"),
    }
}

fn table_row(row: &Row) -> TableRow {
    TableRow {
        from: row.from,
        to: row.to,
        when: days_of(row),
        cells: row
            .cells
            .iter()
            .map(|cell| (cell.total.map(Count), cell.growth.map(Change)))
            .collect(),
        notes: remarks(row),
    }
}

fn days_of(row: &Row) -> String {
    match row.from == row.to {
        true => row.from.to_string(),
        false => format!("{} to {}", row.from, row.to),
    }
}

fn remarks(row: &Row) -> Vec<String> {
    let mut remarks = Vec::new();
    if row.incomplete {
        remarks.push("not complete".to_owned());
    }
    if row.gap {
        remarks.push("spread over a gap without observations".to_owned());
    }
    remarks.extend(row.notes.iter().cloned());
    remarks
}

fn in_words(timeline: &Timeline, chart: ChartKind) -> String {
    match chart {
        ChartKind::Total => match (timeline.line.first(), timeline.line.last()) {
            (Some((from, low)), Some((to, high))) => format!(
                "From {} on {} to {} on {}.",
                Count(*low),
                day_of(*from),
                Count(*high),
                day_of(*to)
            ),
            _ => "Nothing is known.".to_owned(),
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
                (Some((low, least)), Some((high, most))) => format!(
                    "Between {} ({}) and {} ({}).",
                    Change(least),
                    days_of(low),
                    Change(most),
                    days_of(high)
                ),
                _ => "No day is complete yet.".to_owned(),
            }
        }
    }
}

/// What the drawing contains, and nothing else.
fn keys(timeline: &Timeline, chart: ChartKind) -> Vec<Key> {
    let mut keys = Vec::new();
    if chart == ChartKind::Growth {
        let platforms = timeline.columns.iter().flatten();
        keys.extend(platforms.map(|platform| Key {
            swatch: Swatch::Bar(accent(Some(*platform))),
            label: platform_name(*platform),
        }));
        if timeline.rows.iter().any(|row| row.incomplete && !row.gap) {
            keys.push(Key {
                swatch: Swatch::Bar("all incomplete"),
                label: "not complete yet",
            });
        }
        if timeline.rows.iter().any(|row| row.gap) {
            keys.push(Key {
                swatch: Swatch::Bar("all gap"),
                label: "spread over a gap",
            });
        }
    }
    for (kind, label) in [
        (MarkKind::Release, "release"),
        (MarkKind::Correction, "counter corrected by the platform"),
        (MarkKind::Membership, "project came or went"),
    ] {
        if timeline.marks.iter().any(|mark| mark.kind == kind) {
            keys.push(Key {
                swatch: Swatch::Mark(kind.class(), kind.outline()),
                label,
            });
        }
    }
    keys
}
