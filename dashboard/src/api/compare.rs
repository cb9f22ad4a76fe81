//! Mods, projects and versions beside each other.

use serde::Serialize;
use utoipa::ToSchema;

use super::period::PeriodFigure;
use super::rows::{TimelineRow, rows};
use super::{Value, words};
use crate::compare::CompareData;
use crate::language::Words;
use crate::timeline::Lane;

#[derive(Debug, Serialize, ToSchema)]
pub struct Comparison {
    generation: i64,
    /// As they were asked for.
    items: Vec<ComparedItem>,
    /// What a row stands for, which isn't always what was asked for.
    #[schema(schema_with = words::grouping)]
    by: &'static str,
    /// The newest first.
    rows: Vec<TimelineRow>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ComparedItem {
    /// As a parameter says it; of a page the version that it is of.
    item: String,
    name: String,
    total: Option<Value>,
    growth: PeriodFigure,
}

impl Comparison {
    pub fn new(generation: i64, found: &CompareData, words: &Words) -> Comparison {
        let lanes = found.lanes(words);
        let timeline = found.timeline(&lanes, words);
        let item = |lane| ComparedItem::new(found, lane);
        Comparison {
            generation,
            items: lanes.lanes.iter().map(item).collect(),
            by: timeline
                .as_ref()
                .map_or(found.query.by, |it| it.by)
                .as_str(),
            rows: rows(timeline.as_ref()),
        }
    }
}

impl ComparedItem {
    fn new(found: &CompareData, lane: &Lane<'_>) -> ComparedItem {
        let figures = found.figures(lane);
        ComparedItem {
            item: lane.key.clone(),
            name: lane.label.clone(),
            total: figures.total.map(Value::from),
            growth: PeriodFigure::new(&figures.growth),
        }
    }
}
