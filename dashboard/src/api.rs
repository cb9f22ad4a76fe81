//! The API's replies. Every figure of the pages is in them, each with its instant.

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::growth::{self, DayGrowth};
use modstats_store::model::{
    Member, Membership, ModpackFreshness, ModpackView, Origin, Outcome, Platform, Problem,
    ProjectKind, Reading, RunState, RunView, Source, VersionView,
};
use modstats_store::time::day_of;
use serde::Serialize;

use crate::SourceOutlook;
use crate::data::{self, History, ModData};
use crate::figures::Figures;
use crate::freshness::{Freshness, freshness};
use crate::modpacks::ModpackFigures;
use crate::query::{SeriesQuery, metric_name};

#[derive(Debug, Serialize)]
pub struct Mods {
    generation: i64,
    mods: Vec<Summary>,
}

/// What is said of a mod in the list and on its page.
#[derive(Debug, Serialize)]
struct Summary {
    namespace: String,
    name: String,
    display_name: Option<String>,
    #[serde(flatten)]
    all_platforms: Figures,
    platforms: Vec<PlatformFigures>,
    sources: Vec<Freshness>,
}

#[derive(Debug, Serialize)]
struct PlatformFigures {
    platform: Platform,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Debug, Serialize)]
pub struct Mod {
    generation: i64,
    #[serde(flatten)]
    summary: Summary,
    projects: Vec<Project>,
    /// The midnight (UTC) from which `growth` of the versions counts.
    versions_growth_since: Date,
    versions: Vec<Version>,
}

#[derive(Debug, Serialize)]
struct Project {
    platform: Platform,
    id: String,
    slug: Option<String>,
    name: Option<String>,
    summary: Option<String>,
    kind: Option<ProjectKind>,
    page_url: Option<String>,
    published_at: Option<Timestamp>,
    joined_at: Timestamp,
    left_at: Option<Timestamp>,
    invisible_since: Option<Timestamp>,
    downloads: Option<Value>,
    followers: Option<Value>,
    thumbs_up: Option<Value>,
    versions_downloads: Option<VersionsValue>,
}

/// A number and when it was observed.
#[derive(Debug, Serialize)]
struct Value {
    value: i64,
    observed_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct VersionsValue {
    value: i64,
    versions: i64,
    listed_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Version {
    platform: Platform,
    project_id: Option<String>,
    id: String,
    name: Option<String>,
    number: Option<String>,
    channel: Option<String>,
    published_at: Option<Timestamp>,
    gone_at: Option<Timestamp>,
    loaders: Vec<String>,
    game_versions: Vec<String>,
    downloads: Option<Value>,
    growth: Option<i64>,
}

impl Mods {
    pub fn new(
        generation: i64,
        mods: &[ModData],
        outlook: &[SourceOutlook],
        now: Timestamp,
    ) -> Mods {
        Mods {
            generation,
            mods: mods
                .iter()
                .map(|data| Summary::new(data, outlook, now))
                .collect(),
        }
    }
}

impl Summary {
    fn new(data: &ModData, outlook: &[SourceOutlook], now: Timestamp) -> Summary {
        let view = &data.view;
        let own: Vec<&SourceOutlook> = outlook
            .iter()
            .filter(|it| it.namespace == view.namespace && it.name == view.name)
            .collect();
        let of = |platform| PlatformFigures {
            platform,
            figures: Figures::new(data, Some(platform), now),
        };
        Summary {
            namespace: view.namespace.clone(),
            name: view.name.clone(),
            display_name: view.display_name.clone(),
            all_platforms: Figures::new(data, None, now),
            platforms: data.platforms().into_iter().map(of).collect(),
            sources: freshness(&view.sources, &own, now),
        }
    }
}

impl Mod {
    pub fn new(
        generation: i64,
        data: &ModData,
        versions: &[VersionView],
        versions_growth_since: Date,
        outlook: &[SourceOutlook],
        now: Timestamp,
    ) -> Mod {
        Mod {
            generation,
            summary: Summary::new(data, outlook, now),
            projects: data.view.members.iter().map(Project::new).collect(),
            versions_growth_since,
            versions: versions
                .iter()
                .map(|version| Version::new(version, data))
                .collect(),
        }
    }
}

impl Project {
    fn new(member: &Member) -> Project {
        let project = member.project.clone();
        let value = |value: Option<i64>| {
            value.zip(project.totals).map(|(value, totals)| Value {
                value,
                observed_at: totals.observed_at,
            })
        };
        Project {
            platform: project.key.platform,
            downloads: value(project.totals.map(|totals| totals.downloads)),
            followers: value(project.totals.and_then(|totals| totals.followers)),
            thumbs_up: value(project.totals.and_then(|totals| totals.thumbs_up)),
            versions_downloads: project.version_sum.map(|sum| VersionsValue {
                value: sum.downloads,
                versions: sum.versions,
                listed_at: sum.listed_at,
            }),
            id: project.key.id,
            slug: project.slug,
            name: project.name,
            summary: project.summary,
            kind: project.kind,
            page_url: project.page_url,
            published_at: project.published_at,
            joined_at: member.joined_at,
            left_at: member.left_at,
            invisible_since: project.invisible_since,
        }
    }
}

impl Version {
    fn new(version: &VersionView, data: &ModData) -> Version {
        let project = data
            .view
            .members
            .iter()
            .find(|it| it.project.id == version.project_id);
        let version = version.clone();
        Version {
            platform: version.platform,
            project_id: project.map(|member| member.project.key.id.clone()),
            id: version.platform_id,
            name: version.name,
            number: version.number,
            channel: version.channel,
            published_at: version.published_at,
            gone_at: version.gone_at,
            loaders: version.loaders,
            game_versions: version.game_versions,
            downloads: version.latest.map(|reading| Value {
                value: reading.value,
                observed_at: reading.at,
            }),
            growth: version.growth,
        }
    }
}

/// A counter of a mod's projects over days.
#[derive(Debug, Serialize)]
pub struct Series {
    generation: i64,
    namespace: String,
    name: String,
    metric: &'static str,
    from: Date,
    to: Date,
    /// The sum of the projects' growth.
    growth: Vec<Day>,
    projects: Vec<ProjectSeries>,
}

#[derive(Debug, Serialize)]
struct ProjectSeries {
    platform: Platform,
    id: String,
    name: Option<String>,
    points: Vec<Point>,
    gaps: Vec<Gap>,
    corrections: Vec<Correction>,
    growth: Vec<Day>,
}

#[derive(Debug, Serialize)]
struct Point {
    at: Timestamp,
    value: i64,
    /// `collected` or `import`.
    origin: &'static str,
    import: Option<i32>,
}

#[derive(Debug, Serialize)]
struct Gap {
    from: Timestamp,
    to: Timestamp,
}

#[derive(Debug, Serialize)]
struct Correction {
    at: Timestamp,
    from: i64,
    to: i64,
}

/// Growth between two midnights (UTC).
#[derive(Debug, Serialize)]
struct Day {
    day: Date,
    growth: i64,
    complete: bool,
    gap: bool,
    correction: bool,
}

impl Series {
    pub fn new(generation: i64, data: &ModData, query: SeriesQuery) -> Series {
        let total = growth::total(data.histories.iter().map(|history| &history.series));
        Series {
            generation,
            namespace: data.view.namespace.clone(),
            name: data.view.name.clone(),
            metric: metric_name(query.metric),
            from: query.from,
            to: query.to,
            growth: days(&total, query),
            projects: data
                .members()
                .map(|(member, history)| ProjectSeries::new(member, history, query))
                .collect(),
        }
    }
}

impl ProjectSeries {
    fn new(member: &Member, history: &History, query: SeriesQuery) -> ProjectSeries {
        let asked = |at: Timestamp| (query.from..=query.to).contains(&day_of(at));
        let mut points = Vec::new();
        for day in &history.readings {
            let (origin, import) = match day.origin {
                Origin::Collected => ("collected", None),
                Origin::Import(id) => ("import", Some(id.0)),
            };
            let point = |reading: Reading| Point {
                at: reading.at,
                value: reading.value,
                origin,
                import,
            };
            points.push(point(day.first));
            if day.last.at > day.first.at {
                points.push(point(day.last));
            }
        }
        points.retain(|point| asked(point.at));
        let series = &history.series;
        ProjectSeries {
            platform: member.project.key.platform,
            id: member.project.key.id.clone(),
            name: member.project.name.clone(),
            points,
            gaps: series
                .gaps
                .iter()
                .filter(|(from, to)| day_of(*from) <= query.to && query.from <= day_of(*to))
                .map(|(from, to)| Gap {
                    from: *from,
                    to: *to,
                })
                .collect(),
            corrections: series
                .corrections
                .iter()
                .filter(|it| asked(it.at))
                .map(|it| Correction {
                    at: it.at,
                    from: it.from,
                    to: it.to,
                })
                .collect(),
            growth: days(&series.days, query),
        }
    }
}

fn days(days: &[DayGrowth], query: SeriesQuery) -> Vec<Day> {
    days.iter()
        .filter(|day| (query.from..=query.to).contains(&day.day))
        .map(|day| Day {
            day: day.day,
            growth: day.growth,
            complete: day.complete,
            gap: day.gap,
            correction: day.correction,
        })
        .collect()
}

/// Every modpack that ever had to do with a mod, those with the most downloads first.
#[derive(Debug, Serialize)]
pub struct Modpacks {
    generation: i64,
    namespace: String,
    name: String,
    figures: ModpackFigures,
    freshness: Vec<Listed>,
    modpacks: Vec<Modpack>,
}

/// The newest question for the modpacks of one of the mod's projects.
#[derive(Debug, Serialize)]
struct Listed {
    platform: Platform,
    project_id: String,
    asked_at: Timestamp,
    /// None where an older build wrote it.
    outcome: Option<Outcome>,
    /// When the packs were last known completely.
    complete_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Modpack {
    platform: Platform,
    id: String,
    slug: Option<String>,
    name: Option<String>,
    page_url: Option<String>,
    invisible_since: Option<Timestamp>,
    downloads: Option<Value>,
    downloads_since_added: Option<i64>,
    /// `current`, `declared`, `lost` or `once`.
    state: &'static str,
    since: Option<Timestamp>,
    /// It was there at the first listing; None where `since` is no beginning of that kind.
    known_since: Option<bool>,
    /// When it was lost.
    until: Option<Timestamp>,
}

impl Modpacks {
    pub fn new(
        generation: i64,
        (namespace, name): (&str, &str),
        modpacks: data::Modpacks,
    ) -> Modpacks {
        Modpacks {
            generation,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            figures: ModpackFigures::new(&modpacks.packs),
            freshness: modpacks.freshness.into_iter().map(Listed::new).collect(),
            modpacks: modpacks.packs.into_iter().map(Modpack::new).collect(),
        }
    }
}

impl Listed {
    fn new(fresh: ModpackFreshness) -> Listed {
        Listed {
            platform: fresh.project.platform,
            project_id: fresh.project.id,
            asked_at: fresh.asked_at,
            outcome: fresh.outcome,
            complete_at: fresh.complete_at,
        }
    }
}

impl Modpack {
    fn new(view: ModpackView) -> Modpack {
        let pack = view.modpack;
        let (state, since, known_since, until) = match view.membership {
            Membership::Current { since, known_since } => {
                ("current", Some(since), Some(known_since), None)
            }
            Membership::Declared { since } => ("declared", Some(since), None, None),
            Membership::Lost { since, until } => ("lost", Some(since), None, Some(until)),
            Membership::Once => ("once", None, None, None),
        };
        Modpack {
            platform: pack.key.platform,
            id: pack.key.id,
            slug: pack.slug,
            name: pack.name,
            page_url: pack.page_url,
            invisible_since: pack.invisible_since,
            downloads: pack.totals.map(|totals| Value {
                value: totals.downloads,
                observed_at: totals.observed_at,
            }),
            downloads_since_added: view.downloads_since_added,
            state,
            since,
            known_since,
            until,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct Runs {
    generation: i64,
    runs: Vec<Run>,
    /// What to give as `before` for the runs before these.
    next_before: Option<i32>,
}

#[derive(Debug, Serialize)]
struct Run {
    id: i32,
    namespace: String,
    name: String,
    source: Source,
    state: RunState,
    scheduled_at: Timestamp,
    started_at: Timestamp,
    deadline_at: Timestamp,
    ended_at: Option<Timestamp>,
    /// Retries included.
    requests: i64,
    retries: i64,
    /// Of the answers, unpacked.
    bytes: i64,
    projects: i64,
    versions: i64,
    /// None where an older build wrote the run, or it hasn't ended.
    rows: Option<i64>,
    problems: Vec<Problem>,
}

impl Runs {
    pub fn new(generation: i64, runs: &[RunView], more: bool) -> Runs {
        Runs {
            generation,
            next_before: runs.last().filter(|_| more).map(|run| run.id.0),
            runs: runs.iter().map(Run::new).collect(),
        }
    }
}

impl Run {
    fn new(run: &RunView) -> Run {
        Run {
            id: run.id.0,
            namespace: run.namespace.clone(),
            name: run.name.clone(),
            source: run.source,
            state: run.state,
            scheduled_at: run.scheduled_at,
            started_at: run.started_at,
            deadline_at: run.deadline_at,
            ended_at: run.ended_at,
            requests: run.progress.requests,
            retries: run.progress.retries,
            bytes: run.progress.bytes,
            projects: run.progress.projects,
            versions: run.progress.versions,
            rows: run.rows,
            problems: run.problems.clone(),
        }
    }
}
