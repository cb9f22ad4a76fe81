//! Growth by game version and by loader. A version counts fully for each of its tags, by today's
//! tags: so these don't add up to the total.
//!
//! It is computed here and not in the database, because the growth of a day is interpolated for
//! every version on its own: a sum over rows wouldn't be the sum of what the versions show.

use std::collections::BTreeMap;

use modstats_store::growth::{self, DayGrowth, Series};
use modstats_store::model::VersionView;

use crate::query::Tag;

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
