//! What an author asks every morning: the figures of a mod beside its total.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use modstats_store::model::{
    Member, ModpackView, Platform, Sample, TrackedModView, VersionHistory, VersionView,
};
use modstats_store::time::day_of;

use super::due::Due;
use super::period::{Part, PeriodGrowth};
use super::recent::{LastDay, Sampled, last_day};
use super::release::{AtAge, Release, releases};
use super::velocity::{Milestone, Velocity};
use super::{Total, share};
use crate::data::{ModData, Modpacks, interval_of};
use crate::modpacks::{is_new, state_since};
use crate::period::{Bounds, Known};

/// What an Overview is made of.
pub struct OverviewData {
    /// The mod with all its projects.
    pub whole: TrackedModView,
    /// Those that the page is about.
    pub data: ModData,
    /// The newest first.
    pub versions: Vec<VersionView>,
    /// Of the newest releases.
    pub histories: BTreeMap<i32, VersionHistory>,
    /// Of the last 24 hours.
    pub samples: BTreeMap<i32, Vec<Sample>>,
    pub modpacks: Modpacks,
    pub known: Known,
    pub bounds: Bounds,
}

#[derive(Clone, Debug)]
pub struct OverviewFigures<'a> {
    pub yesterday: Due<PeriodGrowth>,
    pub last_24h: Due<LastDay>,
    pub velocity: Due<Velocity>,
    /// None where there is no velocity, or it isn't upwards.
    pub milestone: Option<Milestone>,
    /// Of each project that has released something, by the order of the projects.
    pub releases: Vec<ReleaseFigure<'a>>,
    /// Those of the last 28 days; None where no listing of packs is known.
    pub new_modpacks: Option<Vec<&'a ModpackView>>,
}

/// The newest release of a project beside the one before.
#[derive(Clone, Debug)]
pub struct ReleaseFigure<'a> {
    pub member: &'a Member,
    pub newest: String,
    pub published_at: Timestamp,
    pub previous: Option<String>,
    /// None where its downloads since publication aren't known.
    pub at_age: Option<AtAge>,
}

impl<'a> OverviewFigures<'a> {
    pub fn of(found: &'a OverviewData, now: Timestamp) -> OverviewFigures<'a> {
        let data = &found.data;
        let parts = Part::of_members(data.members());
        let velocity = Velocity::of(&parts, now);
        let total = Total::downloads(data, None);
        let milestone = total.zip(velocity.known()).and_then(|(total, velocity)| {
            Milestone::next(total.value, total.newest_observed_at, velocity, now)
        });
        OverviewFigures {
            yesterday: PeriodGrowth::yesterday(&parts, now),
            last_24h: found.last_24h(now),
            velocity,
            milestone,
            releases: found.releases(),
            new_modpacks: found.new_modpacks(now),
        }
    }
}

impl OverviewData {
    fn last_24h(&self, now: Timestamp) -> Due<LastDay> {
        let current = self.data.members().filter(|it| it.0.left_at.is_none());
        let sampled: Vec<Sampled> = current
            .filter_map(|(member, _)| {
                Some(Sampled {
                    samples: self.samples.get(&member.project.id)?,
                    interval: self.interval(member.project.key.platform),
                })
            })
            .collect();
        last_day(&sampled, now)
    }

    /// The distance of two runs of a platform; where none has run, a day is none too many.
    fn interval(&self, platform: Platform) -> SignedDuration {
        interval_of(&self.data.view, platform).unwrap_or(SignedDuration::from_hours(24))
    }

    fn releases(&self) -> Vec<ReleaseFigure<'_>> {
        self.data
            .members()
            .filter_map(|(member, _)| {
                let of_project = releases_of(&self.versions, member);
                let newest = of_project.first()?;
                let previous = of_project.get(1);
                Some(ReleaseFigure {
                    member,
                    newest: newest.name(),
                    published_at: newest.published_at,
                    previous: previous.map(Release::name),
                    at_age: newest.at_age(previous, &self.histories),
                })
            })
            .collect()
    }

    /// The newest first.
    fn new_modpacks(&self, now: Timestamp) -> Option<Vec<&ModpackView>> {
        let freshness = &self.modpacks.freshness;
        freshness.iter().find(|it| it.complete_at.is_some())?;
        let packs = self.modpacks.packs.iter();
        let mut packs: Vec<_> = packs
            .filter(|it| is_new(&it.membership, day_of(now)))
            .collect();
        packs.sort_by_key(|pack| std::cmp::Reverse(state_since(&pack.membership)));
        Some(packs)
    }
}

/// A project's releases, the newest first.
pub fn releases_of<'a>(versions: &'a [VersionView], member: &Member) -> Vec<Release<'a>> {
    let own = |it: &&VersionView| it.project_id == member.project.id;
    releases(versions.iter().filter(own))
}

/// What each platform has of the downloads of all, in thousandths; None where there is only one, or
/// nothing to share.
pub fn shares(data: &ModData) -> Option<Vec<(Platform, i64)>> {
    let known = |platform: &Platform| {
        let total = Total::downloads(data, Some(*platform))?;
        Some((*platform, total.value))
    };
    let totals: Vec<(Platform, i64)> = data.platforms().iter().filter_map(known).collect();
    let values: Vec<i64> = totals.iter().map(|(_, value)| *value).collect();
    let shares = share::thousandths(&values).filter(|shares| shares.len() > 1)?;
    Some(totals.iter().map(|it| it.0).zip(shares).collect())
}
