//! Downloads by game version or by loader over time.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::figures::tags::{TagTable, Tagged};
use crate::period::Days;
use crate::query::{ModKey, TagsQuery};

/// A version counts fully for each of its tags, by today's tags: they don't add up to the total.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tags {
    generation: i64,
    namespace: String,
    name: String,
    #[schema(schema_with = words::tag)]
    by: &'static str,
    from: Date,
    to: Date,
    /// Those that grew most first.
    tags: Vec<TagGrowth>,
    /// What a row stands for.
    #[schema(schema_with = words::grouping)]
    rows_by: &'static str,
    /// The newest first.
    rows: Vec<TagRow>,
}

/// From the first day to the last.
#[derive(Debug, Serialize, ToSchema)]
struct TagGrowth {
    /// None is of the versions without any.
    tag: Option<String>,
    growth: Option<i64>,
}

/// Whole UTC days.
#[derive(Debug, Serialize, ToSchema)]
struct TagRow {
    from: Date,
    to: Date,
    tags: Vec<TagCell>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TagCell {
    tag: Option<String>,
    growth: Option<i64>,
    /// Whether the growth is whole; None where there is none.
    complete: Option<bool>,
    /// Some of it is spread over a gap without observations.
    gap: bool,
    /// A platform corrected a counter downwards.
    correction: bool,
}

impl Tags {
    /// Over the days of a period.
    pub fn new(
        generation: i64,
        key: &ModKey,
        table: &TagTable,
        days: Days,
        query: &TagsQuery,
    ) -> Tags {
        let row = |(index, days): (usize, Days)| TagRow {
            from: days.from,
            to: days.to,
            tags: table
                .tags
                .iter()
                .map(|it| TagCell::new(it, index))
                .collect(),
        };
        let stretches = table.buckets.iter().map(|it| it.days).enumerate();
        Tags {
            generation,
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            by: query.by.as_str(),
            from: days.from,
            to: days.to,
            tags: table.tags.iter().map(TagGrowth::new).collect(),
            rows_by: table.by.as_str(),
            rows: stretches.rev().map(row).collect(),
        }
    }
}

impl TagGrowth {
    fn new(tag: &Tagged) -> TagGrowth {
        TagGrowth {
            tag: tag.tag.clone(),
            growth: tag.growth,
        }
    }
}

impl TagCell {
    fn new(tag: &Tagged, index: usize) -> TagCell {
        let growth = tag.buckets[index];
        TagCell {
            tag: tag.tag.clone(),
            growth: growth.map(|it| it.value),
            complete: growth.map(|it| it.complete),
            gap: growth.is_some_and(|it| it.gap),
            correction: growth.is_some_and(|it| it.correction),
        }
    }
}
