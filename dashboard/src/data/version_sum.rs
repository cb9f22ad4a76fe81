//! The sum over the versions of a mod's projects. It is read version by version: so it grows by their
//! growth, and a version that vanishes takes its downloads with it without any counter falling.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::growth::Series;
use modstats_store::model::{DayReadings, Member, Origin, Reading, VersionHistory, VersionView};
use modstats_store::{Snapshot, StoreError};

use super::{History, ModData, Schedules, load_schedules, slow_on};

#[derive(Clone, Debug, Default)]
pub struct VersionSum {
    /// What an import told of the sum alone, before anything is known of a version; parallel to the
    /// members.
    imported: Vec<History>,
    pub versions: Vec<VersionCounter>,
}

/// The downloads of a version, as long as it is in the sum.
#[derive(Clone, Debug)]
pub struct VersionCounter {
    pub version: VersionView,
    pub history: History,
    /// When it vanished, or its project left.
    pub until: Option<Timestamp>,
    /// When its project left.
    pub left_at: Option<Timestamp>,
    /// From the first complete list without it to its next reading.
    pub absences: Vec<(Timestamp, Timestamp)>,
}

impl VersionSum {
    fn new(
        data: &ModData,
        versions: &[VersionView],
        mut histories: BTreeMap<i32, VersionHistory>,
        slow: &Schedules,
    ) -> VersionSum {
        let counter = |version: &VersionView| {
            let (member, sum) = data
                .members()
                .find(|it| it.0.project.id == version.project_id)?;
            let left_at = member.left_at;
            let until = version.gone_at.into_iter().chain(left_at).min();
            let history = histories.remove(&version.id)?;
            let history = History::of_version(history, slow_on(slow, version.platform), until);
            Some(VersionCounter {
                absences: absences(&history, sum),
                history,
                version: version.clone(),
                until,
                left_at,
            })
        };
        let versions: Vec<VersionCounter> = versions
            .iter()
            .filter_map(counter)
            .filter(|it| !it.history.readings.is_empty())
            .collect();
        let imported = |(member, sum): (&Member, &History)| {
            let of_member = versions
                .iter()
                .filter(|it| it.version.project_id == member.project.id);
            let first = of_member.map(|it| it.history.readings[0].day).min();
            let is_alone = |day: &&DayReadings| {
                day.origin != Origin::Collected && first.is_none_or(|first| day.day < first)
            };
            let readings = sum.readings.iter().filter(is_alone).cloned().collect();
            History::new(readings, slow_on(slow, member.project.key.platform), None)
        };
        VersionSum {
            imported: data.members().map(imported).collect(),
            versions,
        }
    }

    /// The counters that a project's sum is made of, by the project's place among the members.
    pub fn of_member(&self, index: usize, member: &Member) -> Vec<&Series> {
        let versions = self.versions.iter();
        let versions = versions.filter(|it| it.version.project_id == member.project.id);
        let versions = versions.map(|it| &it.history.series);
        let imported = self.imported.get(index).map(|it| &it.series);
        imported.into_iter().chain(versions).collect()
    }

    /// The members of which an import told the sum alone, and up to when that counts.
    pub fn imported<'a>(
        &'a self,
        data: &'a ModData,
    ) -> impl Iterator<Item = (&'a Member, &'a History, Option<Timestamp>)> {
        let members = data.view.members.iter().zip(&self.imported);
        members.filter_map(|(member, history)| {
            let last = history.series.points.last()?;
            let mut versions = self.versions.iter();
            let followed = versions.any(|it| it.version.project_id == member.project.id);
            let until = followed.then_some(last.at).into_iter();
            Some((member, history, until.chain(member.left_at).min()))
        })
    }
}

/// The sum is only stated where the list of versions was complete: a version that isn't read then has
/// vanished, and is visible again when it is read once more.
fn absences(version: &History, sum: &History) -> Vec<(Timestamp, Timestamp)> {
    let days = sum.readings.iter();
    let collected = days.filter(|day| day.origin == Origin::Collected);
    let lists: Vec<Timestamp> = collected
        .flat_map(|day| [day.first.at, day.last.at])
        .collect();
    let absence = |pair: &[Reading]| {
        let next = *lists.get(lists.partition_point(|list| *list <= pair[0].at))?;
        (next < pair[1].at).then_some((next, pair[1].at))
    };
    let readings = version.series.points.windows(2);
    // A version that began at 0 wasn't there to be read.
    let seen = readings.skip(usize::from(version.from_zero));
    seen.filter_map(absence).collect()
}

/// On `from..=to`, beside what the platforms and imports stated of the sum.
pub async fn load_version_sum(
    snapshot: &Snapshot,
    data: &ModData,
    versions: &[VersionView],
    from: Date,
    to: Date,
) -> Result<VersionSum, StoreError> {
    let ids: Vec<i32> = versions.iter().map(|it| it.id).collect();
    let histories = snapshot.version_histories(&ids, from, to).await?;
    let slow = load_schedules(snapshot, &data.view).await?;
    Ok(VersionSum::new(data, versions, histories, &slow))
}
