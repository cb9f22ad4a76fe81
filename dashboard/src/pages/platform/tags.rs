//! Downloads by game version or by loader over the period: lines of the tags that grew most, since
//! they don't add up, and the table of the same data.

use jiff::Timestamp;

use crate::chart::{Chart, Ink, Line, Plot, Size, Svg, Swatch};
use crate::data::Versions;
use crate::figures::buckets::{Bucket, BucketGrowth};
use crate::figures::tags::{TagTable, Tagged};
use crate::language::Words;
use crate::pages::Choice;
use crate::pages::period_figure::short_days;
use crate::pages::ways::Ways;
use crate::period::{Bounds, Days};
use crate::query::{Grouping, PlatformQuery, Tag};

/// The name of the chart on its page.
const CHART: &str = "tags";
/// More lines can't be told apart.
const MOST_LINES: usize = 8;

#[derive(Clone, Debug)]
pub struct TagFigure {
    pub heading: String,
    pub choices: Vec<Choice>,
    /// Or why there is none.
    pub drawing: Result<Drawing, String>,
}

#[derive(Clone, Debug)]
pub struct Drawing {
    pub wide: Svg,
    pub narrow: Svg,
    pub caption: String,
    /// Of the drawing as something to explore.
    pub name: String,
    pub keys: Vec<TagKey>,
    /// Tags for which there is no room in the drawing, with their growth.
    pub others: Vec<(String, String)>,
    /// What a row is: `Day (UTC)`.
    pub unit: String,
    pub rows: Vec<TableRow>,
}

/// A tag that is drawn, and a column of the table.
#[derive(Clone, Debug)]
pub struct TagKey {
    pub swatch: Svg,
    pub label: String,
    /// Over the period.
    pub growth: String,
}

#[derive(Clone, Debug)]
pub struct TableRow {
    pub days: Days,
    pub when: String,
    /// Parallel to the keys.
    pub cells: Vec<Option<String>>,
    pub remarks: String,
}

impl TagFigure {
    pub fn new(
        versions: &Versions,
        bounds: &Bounds,
        query: &PlatformQuery,
        ways: &Ways<'_>,
        words: &Words,
    ) -> TagFigure {
        let choice = |(by, key): (Tag, &str)| Choice {
            label: words.text(key),
            shortcut: None,
            href: format!(
                "{}#{CHART}",
                ways.page(PlatformQuery {
                    by,
                    ..query.clone()
                })
            ),
            chosen: by == query.by,
        };
        let choices = [
            (Tag::GameVersion, "platform-by-game-version"),
            (Tag::Loader, "platform-by-loader"),
        ];
        let heading = words.text(match query.by {
            Tag::GameVersion => "platform-downloads-by-game-version",
            Tag::Loader => "platform-downloads-by-loader",
        });
        TagFigure {
            drawing: Drawing::new(versions, bounds, query.by, &heading, words),
            choices: choices.map(choice).into(),
            heading,
        }
    }
}

impl Drawing {
    fn new(
        versions: &Versions,
        bounds: &Bounds,
        by: Tag,
        heading: &str,
        words: &Words,
    ) -> Result<Drawing, String> {
        let TagTable {
            by: step,
            buckets,
            mut tags,
        } = TagTable::new(versions, bounds, by);
        let others = tags.split_off(tags.len().min(MOST_LINES));
        let lines: Vec<Line> = tags
            .iter()
            .enumerate()
            .map(|(place, tag)| line(Ink::Item(place), &buckets, &tag.buckets))
            .collect();
        if tags.iter().all(|tag| tag.growth.is_none()) {
            return Err(words.text("chart-nothing-in-range"));
        }
        if lines.iter().all(|line| line.points.is_empty()) {
            return Err(words.text("chart-no-day-complete"));
        }
        let caption = words.with(
            match step {
                Grouping::Day | Grouping::Run => "platform-caption-per-day",
                Grouping::Week => "platform-caption-per-week",
                Grouping::Month => "platform-caption-per-month",
            },
            &[
                ("what", heading.into()),
                (
                    "days",
                    words.days(bounds.drawn.from, bounds.drawn.to).into(),
                ),
            ],
        );
        let (from, to) = bounds.drawn.midnights();
        let chart = Chart {
            name: CHART,
            title: caption.clone(),
            description: words.with(
                "chart-description",
                &[("summary", in_words(&tags, bounds.days, words).into())],
            ),
            from,
            to,
            plot: Plot {
                bars: Vec::new(),
                lines,
            },
            marks: Vec::new(),
            hints: Vec::new(),
        };
        let key = |(place, tag): (usize, &Tagged)| {
            let (label, growth) = told(tag, words);
            TagKey {
                swatch: Swatch::Line(Ink::Item(place)).svg(CHART),
                label,
                growth,
            }
        };
        Ok(Drawing {
            wide: chart.svg(Size::Wide, words),
            narrow: chart.svg(Size::Narrow, words),
            name: words.with("chart-explore", &[("what", heading.into())]),
            caption,
            keys: tags.iter().enumerate().map(key).collect(),
            others: others.iter().map(|tag| told(tag, words)).collect(),
            unit: words.text(match step {
                Grouping::Day | Grouping::Run => "chart-day",
                Grouping::Week => "chart-week",
                Grouping::Month => "platform-month",
            }),
            rows: (0..buckets.len())
                .rev()
                .map(|index| table_row(index, &buckets, &tags, words))
                .collect(),
        })
    }
}

/// What a tag is called, and what it grew by.
fn told(tag: &Tagged, words: &Words) -> (String, String) {
    let label = tag.tag.clone();
    let growth = tag.growth.map(|growth| words.change(growth));
    (
        label.unwrap_or_else(|| words.text("platform-untagged")),
        growth.unwrap_or_else(|| "–".to_owned()),
    )
}

/// From the first whole bucket to the last: what is cut off at either end would be drawn as a fall.
fn line(ink: Ink, buckets: &[Bucket], growths: &[Option<BucketGrowth>]) -> Line {
    let is_whole = |index: &usize| {
        !buckets[*index].cut && growths[*index].is_some_and(|growth| growth.complete)
    };
    let first = (0..buckets.len()).find(is_whole).unwrap_or(buckets.len());
    let last = (0..buckets.len()).rfind(is_whole).unwrap_or(0);
    let drawn: Vec<(usize, Timestamp, i64)> = (first..=last)
        .filter_map(|index| {
            let (from, to) = buckets[index].days.midnights();
            let middle = from.saturating_add(to.duration_since(from) / 2).ok()?;
            Some((index, middle, growths[index]?.value))
        })
        .collect();
    let is_apart = |pair: &&[(usize, Timestamp, i64)]| pair[0].0 + 1 < pair[1].0;
    Line {
        ink,
        breaks: drawn
            .windows(2)
            .filter(is_apart)
            .map(|pair| (pair[0].1, pair[1].1))
            .collect(),
        points: drawn.iter().map(|(_, at, value)| (*at, *value)).collect(),
        jitter: Vec::new(),
    }
}

/// The drawing in a sentence.
fn in_words(tags: &[Tagged], period: Days, words: &Words) -> String {
    let tags: Vec<String> = tags
        .iter()
        .map(|tag| told(tag, words))
        .map(|(label, growth)| format!("{label} {growth}"))
        .collect();
    words.with(
        "platform-tags-in-words",
        &[
            ("days", short_days(period, words).into()),
            ("tags", tags.join(", ").into()),
        ],
    )
}

fn table_row(index: usize, buckets: &[Bucket], tags: &[Tagged], words: &Words) -> TableRow {
    let days = buckets[index].days;
    let known = || tags.iter().filter_map(|tag| tag.buckets[index]);
    let remarks = [
        (known().any(|it| !it.complete), "chart-not-complete"),
        (known().any(|it| it.gap), "chart-spread-over-gap"),
        (known().any(|it| it.correction), "common-with-correction"),
    ];
    let remarks: Vec<String> = remarks
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, key)| words.text(key))
        .collect();
    TableRow {
        days,
        when: words.days(days.from, days.to),
        cells: tags
            .iter()
            .map(|tag| tag.buckets[index].map(|it| words.change(it.value)))
            .collect(),
        remarks: remarks.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::buckets::buckets;
    use jiff::civil::{Date, date};
    use jiff::{SignedDuration, ToSpan};

    fn days(from: Date, count: i32) -> Days {
        Days {
            from,
            to: from.saturating_add((count - 1).days()),
        }
    }

    #[test]
    fn a_line_has_no_cut_ends_and_stops_where_nothing_is_known() {
        let growth = |value, complete| {
            Some(BucketGrowth {
                value,
                complete,
                gap: false,
                correction: false,
            })
        };
        let buckets = buckets(days(date(2026, 11, 1), 7), Grouping::Day);
        let growths = [
            growth(1, false),
            growth(20, true),
            growth(15, false),
            None,
            growth(18, true),
            growth(19, true),
            growth(2, false),
        ];
        let line = line(Ink::Item(0), &buckets, &growths);
        let values: Vec<i64> = line.points.iter().map(|(_, value)| *value).collect();
        assert_eq!(values, [20, 15, 18, 19]);
        let noon = buckets[1].days.midnights().0 + SignedDuration::from_hours(12);
        assert_eq!(line.points[0].0, noon);
        assert_eq!(line.breaks, [(line.points[1].0, line.points[2].0)]);

        let weeks = crate::figures::buckets::buckets(days(date(2026, 11, 1), 21), Grouping::Week);
        let all = vec![growth(7, true); weeks.len()];
        let line = super::line(Ink::Item(0), &weeks, &all);
        assert_eq!((weeks.len(), line.points.len()), (4, 2), "whole weeks only");
    }
}
