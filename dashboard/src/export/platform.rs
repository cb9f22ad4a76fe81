//! What the tables of the page of a platform say, column by column.

use modstats_store::model::VersionView;

use super::table::Table;
use crate::data::ModData;
use crate::figures::buckets::BucketGrowth;
use crate::figures::publishing::Month;
use crate::figures::tags::{TagTable, Tagged};
use crate::figures::versions::Channel;
use crate::period::Days;
use crate::query::Tag;

/// `growth` is that of the days from `growth_from` to `growth_to`; `share` is the version's part of
/// the downloads of all versions, in thousandths.
pub fn versions(versions: Vec<(&VersionView, Option<i64>)>, data: &ModData, days: Days) -> Table {
    let rows = versions.into_iter().map(|(version, share)| VersionRow {
        version,
        share,
        data,
        days,
    });
    Table::new(
        rows,
        &[
            ("platform", |it| it.version.platform.as_str().into()),
            ("project_id", |it| it.project_id().into()),
            ("id", |it| it.version.platform_id.as_str().into()),
            ("number", |it| it.version.number.clone().into()),
            ("name", |it| it.version.name.clone().into()),
            ("channel", |it| it.version.channel.clone().into()),
            ("published_at", |it| it.version.published_at.into()),
            ("gone_at", |it| it.version.gone_at.into()),
            ("loaders", |it| it.version.loaders.clone().into()),
            ("game_versions", |it| {
                it.version.game_versions.clone().into()
            }),
            ("downloads", |it| {
                it.version.latest.map(|it| it.value).into()
            }),
            ("downloads_observed_at", |it| {
                it.version.latest.map(|it| it.at).into()
            }),
            ("share", |it| it.share.into()),
            ("growth", |it| it.version.growth.into()),
            ("growth_from", |it| it.days.from.into()),
            ("growth_to", |it| it.days.to.into()),
        ],
    )
}

struct VersionRow<'a> {
    version: &'a VersionView,
    share: Option<i64>,
    data: &'a ModData,
    days: Days,
}

impl VersionRow<'_> {
    fn project_id(&self) -> Option<&str> {
        let mut members = self.data.view.members.iter();
        let member = members.find(|it| it.project.id == self.version.project_id)?;
        Some(&member.project.key.id)
    }
}

/// A row for each tag on each stretch of days, the newest first; `tag` is empty for the versions
/// without any.
pub fn tags(table: &TagTable, by: Tag) -> Table {
    let stretches = table.buckets.iter().enumerate().rev();
    let rows = stretches.flat_map(|(index, bucket)| {
        let row = move |tag| TagRow {
            by,
            tag,
            days: bucket.days,
            growth: tag.buckets[index],
        };
        table.tags.iter().map(row)
    });
    Table::new(
        rows,
        &[
            ("by", |it: &TagRow<'_>| it.by.as_str().into()),
            ("tag", |it| it.tag.tag.clone().into()),
            ("from", |it| it.days.from.into()),
            ("to", |it| it.days.to.into()),
            ("growth", |it| it.growth.map(|it| it.value).into()),
            ("complete", |it| it.growth.map(|it| it.complete).into()),
            ("gap", |it| it.growth.is_some_and(|it| it.gap).into()),
            ("correction", |it| {
                it.growth.is_some_and(|it| it.correction).into()
            }),
        ],
    )
}

struct TagRow<'a> {
    by: Tag,
    tag: &'a Tagged,
    days: Days,
    growth: Option<BucketGrowth>,
}

/// A row for each month in which any version was published, with how many there were of each
/// channel, and what they are called.
pub fn publishing(months: Vec<Month<'_>>) -> Table {
    Table::new(
        months,
        &[
            ("from", |it| it.days.from.into()),
            ("to", |it| it.days.to.into()),
            ("release", |it| it.count(Channel::Release).into()),
            ("beta", |it| it.count(Channel::Beta).into()),
            ("alpha", |it| it.count(Channel::Alpha).into()),
            ("other", |it| it.count(Channel::Other).into()),
            ("versions", |it| it.names().into()),
        ],
    )
}
