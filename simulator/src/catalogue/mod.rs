//! What exists on the simulated platforms: a pure function of the present day.
//!
//! Two catalogues of the same present are equal, in any process, and every counter is a function of
//! (project, instant). Everything happens at instants relative to the present: the last 90 days have
//! releases whenever the program runs.

mod build;
mod bulk;
mod growth;
pub(crate) mod hash;
mod rhythm;
mod seed;

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use bulk::Bulk;
pub use growth::Dent;
use growth::{Curve, Release};

use crate::catalogue::hash::{hex, mix};
use crate::clock::start_of_day;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    Modrinth,
    Curseforge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Mod,
    Modpack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Release,
    Beta,
    Alpha,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DependencyKind {
    Required,
    Optional,
    /// A modpack's way to contain a mod.
    Embedded,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// A project's id on the same platform.
    pub project: String,
    pub version: Option<String>,
    pub kind: DependencyKind,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    pub platform: Platform,
    pub kind: Kind,
    /// Modrinth: eight characters; CurseForge: a number.
    pub id: String,
    pub summary: String,
    pub author: &'static str,
    pub categories: &'static [&'static str],
    /// Modrinth's words for client and server side.
    pub sides: (&'static str, &'static str),
    /// False: CurseForge gives launchers no download address.
    pub distributable: bool,
    pub published: Timestamp,
    /// Since when nobody sees it.
    pub hidden_from: Option<Timestamp>,
    /// When its counter falls, and by how much.
    pub dents: Vec<Dent>,
    /// Oldest first, with those that vanish or are still to come.
    pub versions: Vec<Version>,
    /// Oldest first; never empty.
    names: Vec<Name>,
    curve: Curve,
    /// The sum over its versions as a share of its downloads, about 1.
    share: f64,
}

#[derive(Clone, Debug, PartialEq)]
struct Name {
    since: Timestamp,
    title: String,
    slug: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub id: String,
    pub name: String,
    pub number: String,
    pub published: Timestamp,
    /// Since when it is deleted.
    pub gone_from: Option<Timestamp>,
    pub channel: Channel,
    pub loaders: &'static [&'static str],
    pub game_versions: Vec<&'static str>,
    pub dependencies: Vec<Dependency>,
    /// What it contains although the platform's API doesn't say so: the mods of a CurseForge modpack.
    pub unstated: Vec<Dependency>,
    pub(crate) file: File,
    weight: f64,
    key: u64,
}

/// The one file of a version.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub name: String,
    pub size: i64,
    pub seed: u64,
    pub sha1: String,
    pub sha512: String,
    pub md5: String,
}

/// A mod that is worth tracking, by the ids of its projects.
#[derive(Clone, Debug, PartialEq)]
pub struct Mod {
    pub title: &'static str,
    /// Its first slug; fit for a resource's name.
    pub slug: &'static str,
    pub modrinth: Option<String>,
    pub curseforge: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    present: Timestamp,
    bulk: Bulk,
    projects: Vec<Project>,
    mods: Vec<Mod>,
    bulk_mods: Vec<String>,
    by_id: HashMap<(Platform, String), usize>,
    /// Every project that has the slug at some time, slugs in lower case.
    by_slug: HashMap<(Platform, String), Vec<usize>>,
    /// Project and place in it.
    by_version: HashMap<(Platform, String), (usize, usize)>,
}

impl File {
    fn new(name: String, seed: u64) -> File {
        File {
            name,
            size: 40_000 + (mix(seed ^ 1) % 4_000_000) as i64,
            seed,
            sha1: hex(seed, 40),
            sha512: hex(mix(seed), 128),
            md5: hex(mix(seed ^ 2), 32),
        }
    }
}

impl Version {
    pub fn visible(&self, at: Timestamp) -> bool {
        self.published <= at && self.gone_from.is_none_or(|gone| at < gone)
    }

    /// How it depends on a project of the same platform, if it does.
    pub fn needs(&self, project: &str) -> Option<DependencyKind> {
        let mut all = self.dependencies.iter().chain(&self.unstated);
        let found = all.find(|dependency| dependency.project == project);
        found.map(|dependency| dependency.kind)
    }

    fn release(&self) -> Release {
        Release {
            published: self.published,
            weight: self.weight,
        }
    }
}

impl Project {
    pub fn visible(&self, at: Timestamp) -> bool {
        self.published <= at && self.hidden_from.is_none_or(|hidden| at < hidden)
    }

    pub fn title(&self, at: Timestamp) -> &str {
        &self.name(at).title
    }

    pub fn slug(&self, at: Timestamp) -> &str {
        &self.name(at).slug
    }

    fn name(&self, at: Timestamp) -> &Name {
        let begun = self.names.iter().rev().find(|name| name.since <= at);
        begun.unwrap_or(&self.names[0])
    }

    /// What the platform states as the project's total at an instant.
    pub fn downloads(&self, at: Timestamp) -> i64 {
        let dents = self.dents.iter().filter(|dent| dent.holds(at));
        self.curve.value(at) - dents.map(|dent| dent.amount).sum::<i64>()
    }

    /// The versions that the platform lists at an instant, oldest first.
    pub fn listed(&self, at: Timestamp) -> impl DoubleEndedIterator<Item = &Version> {
        self.versions.iter().filter(move |v| v.visible(at))
    }

    /// When a version last came or vanished.
    pub fn changed(&self, at: Timestamp) -> Timestamp {
        let versions = self.versions.iter();
        let times = versions.flat_map(|version| [Some(version.published), version.gone_from]);
        let past = times.flatten().filter(|time| *time <= at);
        past.max().unwrap_or(self.published)
    }

    /// What the platform states as the downloads of one of the project's versions. Versions have
    /// counters of their own: they add up to about the project's total, never to it.
    pub fn version_downloads(&self, version: &Version, at: Timestamp) -> i64 {
        self.curve
            .value_of(version.release(), version.key, self.share, at)
    }
}

impl Catalogue {
    /// `present` counts by its UTC day.
    pub fn new(present: Timestamp) -> Catalogue {
        Catalogue::with_bulk(present, Bulk::default())
    }

    /// With further projects after the ordinary ones.
    pub fn with_bulk(present: Timestamp, bulk: Bulk) -> Catalogue {
        let present = start_of_day(present);
        let (mut projects, mods) = build::projects(present);
        let many = bulk::projects(present, bulk);
        let bulk_mods = many.iter().take(bulk.mods);
        let bulk_mods = bulk_mods.map(|project| project.id.clone()).collect();
        projects.extend(many);
        let mut catalogue = Catalogue {
            present,
            bulk,
            mods,
            bulk_mods,
            by_id: HashMap::new(),
            by_slug: HashMap::new(),
            by_version: HashMap::new(),
            projects: Vec::new(),
        };
        for (index, project) in projects.iter().enumerate() {
            let platform = project.platform;
            catalogue
                .by_id
                .insert((platform, project.id.clone()), index);
            for name in &project.names {
                let slug = (platform, name.slug.to_lowercase());
                catalogue.by_slug.entry(slug).or_default().push(index);
            }
            for (place, version) in project.versions.iter().enumerate() {
                let id = (platform, version.id.clone());
                catalogue.by_version.insert(id, (index, place));
            }
        }
        catalogue.projects = projects;
        catalogue
    }

    /// Midnight UTC of the day that the catalogue leads up to.
    pub fn present(&self) -> Timestamp {
        self.present
    }

    pub fn bulk(&self) -> Bulk {
        self.bulk
    }

    /// Ids of the mods among the further projects.
    pub fn bulk_mods(&self) -> &[String] {
        &self.bulk_mods
    }

    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// The mods that a demonstration tracks.
    pub fn mods(&self) -> &[Mod] {
        &self.mods
    }

    pub fn project(&self, platform: Platform, id: &str) -> Option<&Project> {
        let index = self.by_id.get(&(platform, id.to_owned()))?;
        self.projects.get(*index)
    }

    /// The project that has a slug at an instant; upper and lower case are the same.
    pub fn project_by_slug(
        &self,
        platform: Platform,
        slug: &str,
        at: Timestamp,
    ) -> Option<&Project> {
        let slug = slug.to_lowercase();
        let having = self.by_slug.get(&(platform, slug.clone()))?;
        let mut having = having.iter().map(|index| &self.projects[*index]);
        having.find(|project| project.visible(at) && project.slug(at).to_lowercase() == slug)
    }

    pub fn version(&self, platform: Platform, id: &str) -> Option<(&Project, &Version)> {
        let (project, place) = self.by_version.get(&(platform, id.to_owned()))?;
        let project = self.projects.get(*project)?;
        Some((project, project.versions.get(*place)?))
    }

    /// The projects whose newest version at an instant depends on another project, or contains it.
    pub fn dependents(&self, platform: Platform, id: &str, at: Timestamp) -> Vec<&Project> {
        let here = self.projects.iter().filter(|p| p.platform == platform);
        let depends = |project: &&Project| {
            let newest = project.listed(at).next_back();
            project.visible(at) && newest.is_some_and(|version| version.needs(id).is_some())
        };
        here.filter(depends).collect()
    }

    /// The total that the platform states for a project at an instant, visible or not.
    pub fn downloads(&self, platform: Platform, id: &str, at: Timestamp) -> Option<i64> {
        Some(self.project(platform, id)?.downloads(at))
    }

    pub fn version_downloads(&self, platform: Platform, id: &str, at: Timestamp) -> Option<i64> {
        let (project, version) = self.version(platform, id)?;
        Some(project.version_downloads(version, at))
    }
}

/// When a version of Minecraft came out, as this catalogue has it.
pub(crate) fn game_version_released(present: Timestamp, name: &str) -> Timestamp {
    let known = seed::GAME_VERSIONS.iter().find(|(known, _)| *known == name);
    rhythm::before(present, known.map_or(0, |(_, days)| days * 1440))
}
