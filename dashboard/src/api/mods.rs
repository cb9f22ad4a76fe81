//! Mods with their figures, their projects and versions.

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::model::{Member, Platform, ProjectKind, VersionKey, VersionView};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Value, words};
use crate::SourceOutlook;
use crate::data::ModData;
use crate::figures::Figures;
use crate::figures::period::{Part, PeriodGrowth};
use crate::freshness::{Freshness, freshness};
use crate::query::{ModKey, Place, Value as _};

#[derive(Debug, Serialize, ToSchema)]
pub struct Mods {
    generation: i64,
    mods: Vec<Summary>,
    /// What to give as `after` for those that follow.
    next_after: Option<String>,
}

/// What is said of a mod in the list and on its page.
#[derive(Debug, Serialize, ToSchema)]
struct Summary {
    namespace: String,
    name: String,
    display_name: Option<String>,
    #[serde(flatten)]
    all_platforms: Figures,
    yesterday: Option<Yesterday>,
    platforms: Vec<PlatformFigures>,
    sources: Vec<Freshness>,
}

/// What the last day that is over (UTC) brought.
#[derive(Debug, Serialize, ToSchema)]
struct Yesterday {
    value: i64,
    /// Every project was observed since.
    complete: bool,
    /// A platform corrected a counter downwards.
    correction: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct PlatformFigures {
    #[schema(schema_with = words::platform)]
    platform: Platform,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Mod {
    generation: i64,
    #[serde(flatten)]
    summary: Summary,
    projects: Vec<Project>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Versions {
    generation: i64,
    namespace: String,
    name: String,
    /// The midnight (UTC) from which their `growth` counts.
    growth_since: Date,
    versions: Vec<Version>,
    /// What to give as `after` for those that follow.
    next_after: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Project {
    #[schema(schema_with = words::platform)]
    platform: Platform,
    id: String,
    slug: Option<String>,
    name: Option<String>,
    summary: Option<String>,
    #[schema(schema_with = words::maybe_project_kind)]
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

#[derive(Debug, Serialize, ToSchema)]
struct VersionsValue {
    value: i64,
    versions: i64,
    listed_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
struct Version {
    #[schema(schema_with = words::platform)]
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
        next: Option<&Place<ModKey>>,
        outlook: &[SourceOutlook],
        now: Timestamp,
    ) -> Mods {
        Mods {
            generation,
            mods: mods
                .iter()
                .map(|data| Summary::new(data, outlook, now))
                .collect(),
            next_after: next.map(|it| it.print().into_owned()),
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
        let yesterday = PeriodGrowth::yesterday(&Part::of_members(data.members()), now);
        Summary {
            namespace: view.namespace.clone(),
            name: view.name.clone(),
            display_name: view.display_name.clone(),
            all_platforms: Figures::new(data, None, now),
            yesterday: yesterday.known().map(|it| Yesterday {
                value: it.value,
                complete: it.complete,
                correction: it.correction,
            }),
            platforms: data.platforms().into_iter().map(of).collect(),
            sources: freshness(&view.sources, &own, now),
        }
    }
}

impl Mod {
    pub fn new(generation: i64, data: &ModData, outlook: &[SourceOutlook], now: Timestamp) -> Mod {
        Mod {
            generation,
            summary: Summary::new(data, outlook, now),
            projects: data.view.members.iter().map(Project::new).collect(),
        }
    }
}

impl Versions {
    pub fn new(
        generation: i64,
        data: &ModData,
        growth_since: Date,
        versions: &[VersionView],
        next: Option<&Place<VersionKey>>,
    ) -> Versions {
        Versions {
            generation,
            namespace: data.view.namespace.clone(),
            name: data.view.name.clone(),
            growth_since,
            versions: versions
                .iter()
                .map(|version| Version::new(version, data))
                .collect(),
            next_after: next.map(|it| it.print().into_owned()),
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
