//! What a view needs of the database, read from one state of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use modstats_store::growth::{self, Series};
use modstats_store::model::{
    DayReadings, Member, Metric, ModpackFreshness, ModpackView, Platform, Source, TrackedModView,
    VersionHistory, VersionView,
};
use modstats_store::time::day_of;
use modstats_store::{Snapshot, StoreError};

use crate::period::{Bounds, Days, Known, Period};

/// A TrackedMod with the history of its members.
#[derive(Clone, Debug)]
pub struct ModData {
    pub view: TrackedModView,
    /// Parallel to the view's members.
    pub histories: Vec<History>,
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

/// A member's counter as far as it counts for the TrackedMod: up to the day on which it left.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub readings: Vec<DayReadings>,
    pub series: Series,
    /// Stretches over which no line is drawn: gaps, and where numbers of another origin begin.
    pub breaks: Vec<(Timestamp, Timestamp)>,
}

impl History {
    pub fn new(
        mut readings: Vec<DayReadings>,
        slow: &[(Timestamp, SignedDuration)],
        left_at: Option<Timestamp>,
    ) -> History {
        if let Some(left) = left_at {
            readings.retain(|day| day.day <= day_of(left));
        }
        let series = growth::series(&readings, slow, None);
        let origins = readings
            .windows(2)
            .filter(|pair| pair[0].origin != pair[1].origin)
            .map(|pair| (pair[0].last.at, pair[1].first.at));
        let breaks = series.gaps.iter().copied().chain(origins).collect();
        History {
            readings,
            series,
            breaks,
        }
    }
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
                let slow = slow.get(&view.platform).map_or(&[][..], Vec::as_slice);
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
    let history = |member: &Member| {
        let readings = readings
            .get(&member.project.id)
            .cloned()
            .unwrap_or_default();
        // Slow schedules matter to the drawing of gaps only, which a list doesn't do.
        History::new(readings, &[], member.left_at)
    };
    Ok(views
        .into_iter()
        .map(|view| ModData {
            histories: view.members.iter().map(history).collect(),
            view,
        })
        .collect())
}

/// What a period is resolved with, for some TrackedMod.
pub async fn load_known(
    snapshot: &Snapshot,
    view: &TrackedModView,
    period: &Period,
    now: Timestamp,
) -> Result<Known, StoreError> {
    let published = match period {
        Period::Since(version) => snapshot
            .find_versions(std::slice::from_ref(version), day_of(now))
            .await?
            .remove(version)
            .and_then(|it| it.published_at),
        Period::Preset(_) | Period::Custom(_) => None,
    };
    let first_days = snapshot.first_days(&project_ids(view)).await?;
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
    let slow = slow_schedules(snapshot, &view).await?;
    let history = |member: &Member| {
        let slow = slow.get(&member.project.key.platform);
        let readings = readings.remove(&member.project.id).unwrap_or_default();
        History::new(
            readings,
            slow.map_or(&[][..], Vec::as_slice),
            member.left_at,
        )
    };
    let histories = view.members.iter().map(history).collect();
    Ok(ModData { view, histories })
}

/// Of each platform the schedules that were slower than daily: since when, and their interval.
pub type Schedules = BTreeMap<Platform, Vec<(Timestamp, SignedDuration)>>;

async fn slow_schedules(
    snapshot: &Snapshot,
    view: &TrackedModView,
) -> Result<Schedules, StoreError> {
    let mut schedules = Schedules::new();
    for member in &view.members {
        if let Entry::Vacant(unknown) = schedules.entry(member.project.key.platform) {
            let source = source_of(*unknown.key());
            let slow = snapshot.slow_schedules(&view.namespace, &view.name, source);
            unknown.insert(slow.await?);
        }
    }
    Ok(schedules)
}

/// The versions of the members, the newest first.
pub async fn load_versions(
    snapshot: &Snapshot,
    data: &ModData,
    growth_since: Date,
) -> Result<Vec<VersionView>, StoreError> {
    snapshot.versions(&data.project_ids(), growth_since).await
}

/// The versions of the members, with their downloads on the days of a period.
pub async fn load_versions_over(
    snapshot: &Snapshot,
    data: &ModData,
    bounds: &Bounds,
) -> Result<Versions, StoreError> {
    // Their growth is that of the period, which is read with its days.
    let views = load_versions(snapshot, data, bounds.today).await?;
    let ids: Vec<i32> = views.iter().map(|it| it.id).collect();
    let (from, to) = (bounds.days.from, bounds.drawn.to);
    let histories = snapshot.version_histories(&ids, from, to).await?;
    let slow = slow_schedules(snapshot, &data.view).await?;
    Ok(Versions::new(views, &histories, &slow, bounds.days))
}

pub async fn load_modpacks(
    snapshot: &Snapshot,
    (namespace, name): (&str, &str),
) -> Result<Modpacks, StoreError> {
    Ok(Modpacks {
        packs: snapshot.modpacks(namespace, name).await?,
        freshness: snapshot.modpack_freshness(namespace, name).await?,
    })
}

/// The source that collects a platform's totals and versions.
fn source_of(platform: Platform) -> Source {
    match platform {
        Platform::Modrinth => Source::Modrinth,
        Platform::Curseforge => Source::Curseforge,
    }
}

fn project_ids(view: &TrackedModView) -> Vec<i32> {
    view.members
        .iter()
        .map(|member| member.project.id)
        .collect()
}
