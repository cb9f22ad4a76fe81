//! What the signs of a chart mean.

use super::CHART;
use crate::chart::{BarState, Ink, MarkKind, Svg, Swatch};
use crate::language::Words;
use crate::query::Chart;
use crate::timeline::{Relation, Row, Timeline};

/// An entry of the legend.
#[derive(Clone, Debug)]
pub(in crate::pages) struct Key {
    pub swatch: Svg,
    pub label: String,
}

/// What the drawing contains, and nothing else.
pub(super) fn keys(timeline: &Timeline, chart: Chart, words: &Words) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut add = |swatch: Swatch, label| {
        let swatch = swatch.svg(CHART);
        keys.push(Key { swatch, label });
    };
    match (chart, &timeline.relation) {
        (_, Relation::Beside) => {
            for column in &timeline.columns {
                add(Swatch::Line(column.ink), column.label.clone());
            }
        }
        (Chart::Total, Relation::Sum(_)) => {}
        (Chart::Growth, Relation::Sum(_)) => {
            for (_, column) in timeline.stacked() {
                let bar = Swatch::Bar(column.ink, BarState::Whole);
                add(bar, column.label.clone());
            }
            if timeline
                .rows
                .iter()
                .any(|row| row.incomplete() && !row.gap())
            {
                let bar = Swatch::Bar(Ink::All, BarState::Incomplete);
                add(bar, words.text("chart-key-incomplete"));
            }
            if timeline.rows.iter().any(Row::gap) {
                let bar = Swatch::Bar(Ink::All, BarState::Gap);
                add(bar, words.text("chart-key-gap"));
            }
        }
    }
    for line in timeline.over(chart) {
        let key = match line.ink {
            Ink::Trend => "chart-key-trend",
            _ => "chart-key-compared",
        };
        add(Swatch::Line(line.ink), words.text(key));
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
