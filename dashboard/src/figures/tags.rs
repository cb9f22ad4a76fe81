//! Growth by game version and by loader. A version counts fully for each of its tags, by today's
//! tags: so these don't add up to the total.
//!
//! It is computed here and not in the database, because the growth of a day is interpolated for
//! every version on its own: a sum over rows wouldn't be the sum of what the versions show.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use modstats_store::growth::{self, DayGrowth, Series};
use modstats_store::model::VersionView;

use super::buckets::{Bucket, BucketGrowth, buckets};
use crate::data::Versions;
use crate::natural;
use crate::period::{Bounds, Days};
use crate::query::{Grouping, Tag};

/// Of several lines with more points than these, none can be followed.
const MOST_DAYS: i32 = 35;
const MOST_WEEKS: i32 = 60;

/// What each tag grew by over a period, and on the days of it that are drawn.
pub struct TagTable {
    /// What a bucket is.
    pub by: Grouping,
    /// In order.
    pub buckets: Vec<Bucket>,
    /// Those that grew most over the period first.
    pub tags: Vec<Tagged>,
}

/// A tag over the drawn days.
pub struct Tagged {
    /// None is of the versions without any.
    pub tag: Option<String>,
    /// Over the period.
    pub growth: Option<i64>,
    /// Parallel to the buckets.
    pub buckets: Vec<Option<BucketGrowth>>,
}

impl TagTable {
    pub fn new(versions: &Versions, bounds: &Bounds, tag: Tag) -> TagTable {
        let by = step(bounds.drawn);
        let buckets = buckets(bounds.drawn, by);
        let mut tags: Vec<Tagged> = by_tag(versions.iter(), tag)
            .into_iter()
            .map(|it| Tagged::new(it, &buckets, bounds.days))
            .collect();
        tags.sort_by(Tagged::compare);
        TagTable { by, buckets, tags }
    }
}

impl Tagged {
    fn new(tag: TagGrowth, buckets: &[Bucket], period: Days) -> Tagged {
        let growth = growth::between(&tag.days, period.from, period.to);
        Tagged {
            growth: growth.map(|it| it.value),
            buckets: buckets.iter().map(|it| it.growth(&tag.days)).collect(),
            tag: tag.tag,
        }
    }

    /// Of those that grew alike the newest game version comes first, and what has no tag last.
    fn compare(one: &Tagged, other: &Tagged) -> Ordering {
        let by_name = || match (&one.tag, &other.tag) {
            (Some(one), Some(other)) => natural::compare(other, one),
            (one, other) => one.is_none().cmp(&other.is_none()),
        };
        Reverse(one.growth)
            .cmp(&Reverse(other.growth))
            .then_with(by_name)
    }
}

/// What a bucket is where days would be too many.
fn step(days: Days) -> Grouping {
    match days.count() {
        ..=MOST_DAYS => Grouping::Day,
        count if count / 7 <= MOST_WEEKS => Grouping::Week,
        _ => Grouping::Month,
    }
}

/// The growth of all versions with one tag.
#[derive(Clone, Debug, PartialEq)]
pub struct TagGrowth {
    /// None is of the versions without any.
    pub tag: Option<String>,
    pub versions: usize,
    /// In order.
    pub days: Vec<DayGrowth>,
}

/// By tag, those without one last.
pub fn by_tag<'a>(
    versions: impl IntoIterator<Item = (&'a VersionView, &'a Series)>,
    tag: Tag,
) -> Vec<TagGrowth> {
    let mut tagged: BTreeMap<&str, Vec<&Series>> = BTreeMap::new();
    let mut untagged: Vec<&Series> = Vec::new();
    for (version, series) in versions {
        let tags = match tag {
            Tag::GameVersion => &version.game_versions,
            Tag::Loader => &version.loaders,
        };
        if tags.is_empty() {
            untagged.push(series);
        }
        for tag in tags {
            tagged.entry(tag).or_default().push(series);
        }
    }
    let growth = |tag: Option<&str>, members: Vec<&Series>| TagGrowth {
        tag: tag.map(str::to_owned),
        versions: members.len(),
        days: growth::total(members),
    };
    let mut growths: Vec<TagGrowth> = tagged
        .into_iter()
        .map(|(tag, members)| growth(Some(tag), members))
        .collect();
    if !untagged.is_empty() {
        growths.push(growth(None, untagged));
    }
    growths
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    #[test]
    fn many_days_are_weeks_and_many_weeks_months() {
        let from = date(2026, 1, 1);
        let step = |count: i32| {
            step(Days {
                from,
                to: from.saturating_add((count - 1).days()),
            })
        };
        assert_eq!(
            [29, 35, 36, 92, 366, 800].map(step),
            [
                Grouping::Day,
                Grouping::Day,
                Grouping::Week,
                Grouping::Week,
                Grouping::Week,
                Grouping::Month
            ]
        );
    }

    #[test]
    fn what_grew_most_comes_first_then_the_newest_and_what_has_no_tag_last() {
        let tagged = |tag: Option<&str>, growth| Tagged {
            tag: tag.map(str::to_owned),
            growth,
            buckets: Vec::new(),
        };
        let mut tags = [
            tagged(None, Some(5)),
            tagged(Some("1.9"), Some(5)),
            tagged(Some("1.10"), Some(5)),
            tagged(Some("1.21"), None),
            tagged(Some("1.7.10"), Some(6)),
        ];
        tags.sort_by(Tagged::compare);
        let order = tags.map(|it| it.tag.unwrap_or_default());
        assert_eq!(order, ["1.7.10", "1.10", "1.9", "", "1.21"]);
    }
}
