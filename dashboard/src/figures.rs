//! The figures of a TrackedMod, the same for its page and for the API. All pure.

pub mod buckets;
pub mod due;
pub mod period;
pub mod portfolio;
pub mod recent;
pub mod release;
pub mod share;
pub mod tags;
pub mod velocity;
pub mod versions;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use modstats_store::growth;
use modstats_store::model::{Member, Platform, ProjectView, Totals};
use modstats_store::time::day_of;
use serde::Serialize;
use utoipa::ToSchema;

use crate::data::{History, ModData};

/// What is said of all platforms together, or of one.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Figures {
    pub downloads: Option<Total>,
    pub growth_7d: Option<Growth>,
    pub growth_28d: Option<Growth>,
    pub followers: Option<Total>,
    pub thumbs_up: Option<Total>,
    pub versions_downloads: Option<VersionsTotal>,
}

/// The sum of the last known values of projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    pub value: i64,
    /// The oldest and the newest observation in it.
    pub observed_at: Timestamp,
    pub newest_observed_at: Timestamp,
    pub projects: usize,
    /// Projects of which nothing is known yet, and which the sum lacks.
    pub projects_unknown: usize,
}

/// The sum over all versions of projects, of which each has a complete listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VersionsTotal {
    pub value: i64,
    pub versions: i64,
    /// The oldest of the listings.
    pub listed_at: Timestamp,
}

/// Growth over whole UTC days, `from` and `to` included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Growth {
    pub value: i64,
    pub from: Date,
    pub to: Date,
    /// The first day of the period that anything is known of.
    pub known_from: Date,
    /// Every member that is known at the beginning is known up to the end.
    pub complete: bool,
    /// A platform corrected a counter downwards in the period.
    pub correction: bool,
    /// The growth over as many days before, if the same members were known then.
    pub previous: Option<i64>,
}

impl Figures {
    pub fn new(data: &ModData, platform: Option<Platform>, now: Timestamp) -> Figures {
        let current: Vec<&Member> = data
            .members_on(platform)
            .map(|(member, _)| member)
            .filter(|member| member.left_at.is_none())
            .collect();
        let of_totals = |counter: fn(&Totals) -> Option<i64>| {
            Total::of(current.iter().map(|member| &member.project), counter)
        };
        let last_day = last_complete_day(data, now);
        let growth = |days| Growth::of(data, platform, last_day?, days);
        Figures {
            downloads: of_totals(|totals| Some(totals.downloads)),
            growth_7d: growth(7),
            growth_28d: growth(28),
            followers: of_totals(|totals| totals.followers),
            thumbs_up: of_totals(|totals| totals.thumbs_up),
            versions_downloads: VersionsTotal::of(&current),
        }
    }
}

impl Total {
    /// None where the counter of none of the projects is known.
    pub fn of<'a>(
        projects: impl Iterator<Item = &'a ProjectView>,
        counter: impl Fn(&Totals) -> Option<i64>,
    ) -> Option<Total> {
        let values: Vec<Option<(i64, Timestamp)>> = projects
            .map(|project| {
                let totals = project.totals.as_ref()?;
                Some((counter(totals)?, totals.observed_at))
            })
            .collect();
        let known: Vec<(i64, Timestamp)> = values.iter().copied().flatten().collect();
        let instants = known.iter().map(|(_, at)| *at);
        Some(Total {
            value: known
                .iter()
                .fold(0, |sum: i64, (value, _)| sum.saturating_add(*value)),
            observed_at: instants.clone().min()?,
            newest_observed_at: instants.max()?,
            projects: known.len(),
            projects_unknown: values.len() - known.len(),
        })
    }
}

impl VersionsTotal {
    fn of(members: &[&Member]) -> Option<VersionsTotal> {
        let sums: Vec<_> = members
            .iter()
            .map(|member| member.project.version_sum)
            .collect::<Option<_>>()?;
        Some(VersionsTotal {
            value: sums
                .iter()
                .fold(0, |sum: i64, one| sum.saturating_add(one.downloads)),
            versions: sums.iter().map(|one| one.versions).sum(),
            listed_at: sums.iter().map(|one| one.listed_at).min()?,
        })
    }
}

impl Growth {
    fn of(data: &ModData, platform: Option<Platform>, to: Date, days: i32) -> Option<Growth> {
        let from = to.saturating_sub((days - 1).days());
        let histories: Vec<(&Member, &History)> = data.members_on(platform).collect();
        let total = growth::total(histories.iter().map(|(_, history)| &history.series));
        let value = growth::between(&total, from, to)?.value;
        let first_day = |history: &History| history.series.days.first().map(|day| day.day);
        // A member that joined within the period counts from its first day on; one that is known
        // from the beginning must be known throughout.
        let complete = histories
            .iter()
            .filter(|(member, _)| member.left_at.is_none())
            .all(|(_, history)| match first_day(history) {
                Some(first) if first < from => history
                    .series
                    .growth_between(from, to)
                    .is_some_and(|growth| growth.complete),
                Some(first) => {
                    let Ok(second) = first.tomorrow() else {
                        return false;
                    };
                    second > to
                        || history
                            .series
                            .growth_between(second, to)
                            .is_some_and(|it| it.complete)
                }
                None => true,
            });
        let previous_from = from.saturating_sub(days.days());
        let comparable = histories
            .iter()
            .filter_map(|(_, history)| first_day(history))
            .all(|first| first < previous_from || first > to);
        let yesterday = from.yesterday().ok()?;
        Some(Growth {
            value,
            from,
            to,
            known_from: total.iter().map(|day| day.day).find(|day| *day >= from)?,
            complete,
            correction: total
                .iter()
                .any(|day| (from..=to).contains(&day.day) && day.correction),
            previous: growth::between(&total, previous_from, yesterday)
                .filter(|_| comparable)
                .map(|growth| growth.value),
        })
    }
}

/// The day with which the periods of growth end: the newest that some member is completely known
/// of, and never the one that is going on. It is the same for all platforms of a mod, so that
/// their growth adds up.
pub fn last_complete_day(data: &ModData, now: Timestamp) -> Option<Date> {
    let today = day_of(now);
    data.histories
        .iter()
        .flat_map(|history| &history.series.days)
        .filter(|day| day.complete && day.day < today)
        .map(|day| day.day)
        .max()
}

/// The midnight from which the growth of versions counts: that of the 28-day figures.
pub fn growth_since(data: &ModData, now: Timestamp) -> Date {
    let last = last_complete_day(data, now)
        .unwrap_or_else(|| day_of(now).yesterday().unwrap_or(day_of(now)));
    last.saturating_sub(27.days())
}

/// The growth of each of the days `from..=to`, all platforms together.
pub fn daily(data: &ModData, from: Date, to: Date) -> Vec<Option<i64>> {
    let total = growth::total(data.histories.iter().map(|history| &history.series));
    from.series(1.day())
        .take_while(|day| *day <= to)
        .map(|day| {
            let found = total.binary_search_by_key(&day, |growth| growth.day).ok()?;
            total.get(found).map(|growth| growth.growth)
        })
        .collect()
}

#[cfg(test)]
mod tests;
