//! The figures of a TrackedMod, the same for its page and for the API. All pure.

pub mod buckets;
pub mod due;
pub mod history;
pub mod leading;
pub mod overview;
pub mod period;
pub mod portfolio;
pub mod publishing;
pub mod recent;
pub mod release;
pub mod share;
pub mod tags;
pub mod trend;
pub mod velocity;
pub mod versions;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use modstats_store::growth;
use modstats_store::model::{Platform, ProjectView, Totals};
use modstats_store::time::day_of;
use serde::Serialize;
use utoipa::ToSchema;

use crate::data::ModData;
use crate::period::{Compare, Known, Period, Preset};
use period::{Part, PeriodGrowth};

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
        let parts = Part::of_members(data.members_on(platform));
        let growth = |days| Growth::of(&parts, days, now);
        Figures {
            downloads: Total::downloads(data, platform),
            growth_7d: growth(Preset::Days7),
            growth_28d: growth(Preset::Days28),
            followers: Total::of_mod(data, platform, |totals| totals.followers),
            thumbs_up: Total::of_mod(data, platform, |totals| totals.thumbs_up),
            versions_downloads: VersionsTotal::of(data, platform),
        }
    }
}

/// The projects that are members today.
fn current(data: &ModData, platform: Option<Platform>) -> impl Iterator<Item = &ProjectView> {
    let members = data.members_on(platform).map(|(member, _)| member);
    members
        .filter(|member| member.left_at.is_none())
        .map(|member| &member.project)
}

impl Total {
    pub fn downloads(data: &ModData, platform: Option<Platform>) -> Option<Total> {
        Total::of_mod(data, platform, |totals| Some(totals.downloads))
    }

    /// Of the members of today.
    pub fn of_mod(
        data: &ModData,
        platform: Option<Platform>,
        counter: impl Fn(&Totals) -> Option<i64>,
    ) -> Option<Total> {
        Total::of(current(data, platform), counter)
    }

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
    pub fn of(data: &ModData, platform: Option<Platform>) -> Option<VersionsTotal> {
        let sums: Vec<_> = current(data, platform)
            .map(|project| project.version_sum)
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
    /// None where nothing is known of any of its days.
    fn of(parts: &[Part], days: Preset, now: Timestamp) -> Option<Growth> {
        let period = Period::Preset(days);
        let growth = PeriodGrowth::of(parts, &period, Compare::Previous, &Known::at(now));
        let growth = growth.known()?;
        let known_from = growth.lacking.map(|it| it.known_from);
        Some(Growth {
            value: growth.value,
            from: growth.days.from,
            to: growth.days.to,
            known_from: known_from.unwrap_or(growth.days.from),
            complete: growth.complete,
            correction: growth.correction,
            previous: growth.change.known().map(|it| it.previous),
        })
    }
}

/// The midnight from which the growth of versions counts: that of the 28-day figures.
pub fn growth_since(now: Timestamp) -> Date {
    day_of(now).saturating_sub(28.days())
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
