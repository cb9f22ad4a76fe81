//! What a view needs of the database, read from one state of it.

mod history;
mod version_sum;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use modstats_store::growth::Series;
use modstats_store::model::{
    ImportView, Member, Metric, ModpackFreshness, ModpackView, Origin, Platform, ProjectKey,
    Reading, Sample, Source, TrackedModView, VersionHistory, VersionView,
};
use modstats_store::{Snapshot, StoreError};

use crate::period::{Bounds, Days, Known, Period};

pub use history::History;
pub use version_sum::{VersionCounter, VersionSum, load_version_sum};

/// A TrackedMod with the history of its members.
#[derive(Clone, Debug)]
pub struct ModData {
    pub view: TrackedModView,
    /// Parallel to the view's members.
    pub histories: Vec<History>,
    /// What brought those of its numbers that weren't collected.
    pub imports: Vec<ImportView>,
}

/// Versions with their downloads over a period.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// The newest first. Their growth is that of the period.
    pub views: Vec<VersionView>,
    /// Parallel to the views.
    pub series: Vec<Series>,
}

/// The modpacks of a TrackedMod, those with the most downloads first, and when its projects' were
/// asked for.
#[derive(Clone, Debug, Default)]
pub struct Modpacks {
    pub packs: Vec<ModpackView>,
    pub freshness: Vec<ModpackFreshness>,
}

impl ModData {
    /// A mod of which nothing is known but its name.
    pub fn nothing(namespace: &str, name: &str) -> ModData {
        ModData {
            view: TrackedModView {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                display_name: None,
                generation: 0,
                members: Vec::new(),
                sources: Vec::new(),
            },
            histories: Vec::new(),
            imports: Vec::new(),
        }
    }

    pub fn members(&self) -> impl Iterator<Item = (&Member, &History)> {
        self.view.members.iter().zip(&self.histories)
    }

    /// The members on a platform; None is all of them.
    pub fn members_on(
        &self,
        platform: Option<Platform>,
    ) -> impl Iterator<Item = (&Member, &History)> {
        self.members().filter(move |(member, _)| {
            platform.is_none_or(|platform| member.project.key.platform == platform)
        })
    }

    /// The platforms that its members are on, today or in the past.
    pub fn platforms(&self) -> Vec<Platform> {
        let on = |platform: &Platform| self.members_on(Some(*platform)).next().is_some();
        Platform::ALL.iter().copied().filter(on).collect()
    }

    pub fn project_ids(&self) -> Vec<i32> {
        project_ids(&self.view)
    }
}

impl Versions {
    /// `histories` are by the versions' ids, `slow` the schedules that were slower than daily.
    pub fn new(
        mut views: Vec<VersionView>,
        histories: &BTreeMap<i32, VersionHistory>,
        slow: &Schedules,
        period: Days,
    ) -> Versions {
        let series: Vec<Series> = views
            .iter()
            .map(|view| {
                let slow = slow_on(slow, view.platform);
                let history = histories.get(&view.id);
                history.map_or_else(Series::default, |it| it.series(slow))
            })
            .collect();
        for (view, series) in views.iter_mut().zip(&series) {
            let growth = series.growth_between(period.from, period.to);
            view.growth = growth.map(|it| it.value);
        }
        Versions { views, series }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&VersionView, &Series)> {
        self.views.iter().zip(&self.series)
    }
}

/// All TrackedMods with their downloads on `from..=to`.
pub async fn load_mods(
    snapshot: &Snapshot,
    from: Date,
    to: Date,
    now: Timestamp,
) -> Result<Vec<ModData>, StoreError> {
    let views = snapshot.tracked_mods(now).await?;
    with_histories(snapshot, views, from, to).await
}

/// TrackedMods with their downloads on `from..=to`.
pub async fn with_histories(
    snapshot: &Snapshot,
    views: Vec<TrackedModView>,
    from: Date,
    to: Date,
) -> Result<Vec<ModData>, StoreError> {
    let mut ids: Vec<i32> = views.iter().flat_map(project_ids).collect();
    ids.sort_unstable();
    ids.dedup();
    let readings = snapshot.readings(&ids, Metric::Downloads, from, to).await?;
    let history = |view: &TrackedModView, member: &Member| {
        // A list doesn't look for the schedules of the past.
        let interval = interval_of(view, member.project.key.platform);
        let slow = interval.map(|it| (Timestamp::MIN, it));
        let readings = readings
            .get(&member.project.id)
            .cloned()
            .unwrap_or_default();
        History::new(readings, slow.as_slice(), member.left_at)
    };
    Ok(views
        .into_iter()
        .map(|view| ModData {
            histories: view.members.iter().map(|it| history(&view, it)).collect(),
            imports: Vec::new(),
            view,
        })
        .collect())
}

/// What a period is resolved with, for some projects.
pub async fn load_known(
    snapshot: &Snapshot,
    projects: &[i32],
    period: &Period,
    now: Timestamp,
) -> Result<Known, StoreError> {
    let published = match period {
        Period::Since(version) => snapshot
            .find_versions(std::slice::from_ref(version))
            .await?
            .remove(version)
            .and_then(|it| it.published_at),
        Period::Preset(_) | Period::Custom(_) => None,
    };
    let first_days = snapshot.first_days(projects).await?;
    Ok(Known {
        now,
        first: first_days.into_values().min(),
        published,
    })
}

/// A TrackedMod with a counter of its members on `from..=to`. For what is compared with another
/// period that is from [`crate::period::Bounds::first_needed`] on.
pub async fn load_history(
    snapshot: &Snapshot,
    view: TrackedModView,
    metric: Metric,
    from: Date,
    to: Date,
) -> Result<ModData, StoreError> {
    let mut readings = snapshot
        .readings(&project_ids(&view), metric, from, to)
        .await?;
    let slow = load_schedules(snapshot, &view).await?;
    let history = |member: &Member| {
        let slow = slow_on(&slow, member.project.key.platform);
        let readings = readings.remove(&member.project.id).unwrap_or_default();
        History::of_metric(metric, readings, slow, member.left_at)
    };
    let histories: Vec<History> = view.members.iter().map(history).collect();
    let imports = load_imports(snapshot, &project_ids(&view), &histories).await?;
    Ok(ModData {
        view,
        histories,
        imports,
    })
}

/// Adds what each run saw since an instant; of versions nothing is kept but days.
pub async fn add_runs(
    snapshot: &Snapshot,
    data: &mut ModData,
    metric: Metric,
    since: Timestamp,
) -> Result<(), StoreError> {
    let value: fn(&Sample) -> Option<i64> = match metric {
        Metric::Downloads => |sample| Some(sample.downloads),
        Metric::Followers => |sample| sample.followers,
        Metric::ThumbsUp => |sample| sample.thumbs_up,
        Metric::VersionsDownloads | Metric::Versions => return Ok(()),
    };
    let samples = snapshot.samples(&data.project_ids(), since).await?;
    for (member, history) in data.view.members.iter().zip(&mut data.histories) {
        let of_member = samples.get(&member.project.id).into_iter().flatten();
        let readings = of_member.filter_map(|sample| {
            let value = value(sample)?;
            Some(Reading {
                at: sample.at,
                value,
            })
        });
        *history = std::mem::take(history).with_runs(readings);
    }
    Ok(())
}

/// The downloads of a version of a TrackedMod on `from..=to`.
pub async fn load_version_history(
    snapshot: &Snapshot,
    (namespace, name): (&str, &str),
    version: &VersionView,
    from: Date,
    to: Date,
) -> Result<History, StoreError> {
    let slow = snapshot.slow_schedules(namespace, name).await?;
    let mut found = snapshot.version_histories(&[version.id], from, to).await?;
    let history = found.remove(&version.id).unwrap_or_default();
    Ok(History::of_version(
        history,
        slow_on(&slow, version.platform),
        None,
    ))
}

/// A counter of a modpack that contains a TrackedMod, or did, from its first day on.
pub async fn load_modpack_history(
    snapshot: &Snapshot,
    (namespace, name): (&str, &str),
    modpack: &ModpackView,
    metric: Metric,
    to: Date,
) -> Result<History, StoreError> {
    let id = modpack.modpack.id;
    let slow = snapshot.slow_schedules(namespace, name).await?;
    let slow = slow.get(&Source::Modpacks).map_or(&[][..], Vec::as_slice);
    let mut first_days = snapshot.first_days(&[id]).await?;
    let from = first_days.remove(&id).unwrap_or(to);
    let mut found = snapshot.readings(&[id], metric, from, to).await?;
    let readings = found.remove(&id).unwrap_or_default();
    Ok(History::of_metric(metric, readings, slow, None))
}

/// What brought the numbers of histories, where some weren't collected.
pub async fn load_imports(
    snapshot: &Snapshot,
    projects: &[i32],
    histories: impl IntoIterator<Item = &History>,
) -> Result<Vec<ImportView>, StoreError> {
    let mut readings = histories.into_iter().flat_map(|it| &it.readings);
    match readings.all(|day| day.origin == Origin::Collected) {
        true => Ok(Vec::new()),
        false => snapshot.imports(projects).await,
    }
}

/// Of each source how it was scheduled, if any was ever slower than daily: since when, and the
/// interval.
pub type Schedules = BTreeMap<Source, Vec<(Timestamp, SignedDuration)>>;

async fn load_schedules(
    snapshot: &Snapshot,
    view: &TrackedModView,
) -> Result<Schedules, StoreError> {
    snapshot.slow_schedules(&view.namespace, &view.name).await
}

fn slow_on(slow: &Schedules, platform: Platform) -> &[(Timestamp, SignedDuration)] {
    slow.get(&source_of(platform)).map_or(&[], Vec::as_slice)
}

/// The versions of the members, the newest first.
pub async fn load_versions(
    snapshot: &Snapshot,
    data: &ModData,
    growth_since: Option<Date>,
) -> Result<Vec<VersionView>, StoreError> {
    snapshot.versions(&data.project_ids(), growth_since).await
}

/// The versions of the members, with their downloads on the days of a period.
pub async fn load_versions_over(
    snapshot: &Snapshot,
    view: &TrackedModView,
    bounds: &Bounds,
) -> Result<Versions, StoreError> {
    // Their growth is that of the period, which is read with its days.
    let views = snapshot.versions(&project_ids(view), None).await?;
    let ids: Vec<i32> = views.iter().map(|it| it.id).collect();
    let (from, to) = (bounds.days.from, bounds.drawn.to);
    let histories = snapshot.version_histories(&ids, from, to).await?;
    let slow = load_schedules(snapshot, view).await?;
    Ok(Versions::new(views, &histories, &slow, bounds.days))
}

/// Of all the mod's projects, or as if it had only that one.
pub async fn load_modpacks(
    snapshot: &Snapshot,
    (namespace, name): (&str, &str),
    project: Option<&ProjectKey>,
) -> Result<Modpacks, StoreError> {
    let packs = load_packs(snapshot, (namespace, name), project).await?;
    let mut freshness = snapshot.modpack_freshness(namespace, name).await?;
    freshness.retain(|it| project.is_none_or(|project| it.project == *project));
    Ok(Modpacks { packs, freshness })
}

pub async fn load_packs(
    snapshot: &Snapshot,
    (namespace, name): (&str, &str),
    project: Option<&ProjectKey>,
) -> Result<Vec<ModpackView>, StoreError> {
    match project {
        None => snapshot.modpacks(namespace, name).await,
        Some(project) => snapshot.modpacks_of_project(namespace, name, project).await,
    }
}

/// The source that collects a platform's totals and versions.
fn source_of(platform: Platform) -> Source {
    match platform {
        Platform::Modrinth => Source::Modrinth,
        Platform::Curseforge => Source::Curseforge,
    }
}

/// The distance of two runs of a platform's source, by its newest one.
pub fn interval_of(view: &TrackedModView, platform: Platform) -> Option<SignedDuration> {
    let source = source_of(platform);
    let known = view.sources.iter().find(|it| it.source == source);
    known.map(|it| it.last_run.interval)
}

/// A member today ranks before one that left, and one that left later before that.
pub fn rank(member: &Member) -> (bool, Option<Timestamp>) {
    (member.left_at.is_none(), member.left_at)
}

pub fn project_ids(view: &TrackedModView) -> Vec<i32> {
    view.members
        .iter()
        .map(|member| member.project.id)
        .collect()
}
