//! Many projects without a story, for measuring what many projects cost.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::catalogue::growth::Curve;
use crate::catalogue::hash::{base62, hash, mix};
use crate::catalogue::{
    Channel, Dependency, DependencyKind, File, Kind, Name, Platform, Project, Version, seed,
};

/// How many Modrinth projects there are besides the ordinary ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    pub mods: usize,
    /// Of each mod; all are out long before the present, and stay.
    pub versions: usize,
    /// Each of their versions contains the first of the mods.
    pub modpacks: usize,
}

/// The first version of each comes out this many days before the present, the last one a year later.
const AGE: i64 = 800;
const YEAR: i64 = 365 * 86_400;
const PACK_VERSIONS: usize = 2;

/// The mods, then the modpacks.
pub(super) fn projects(present: Timestamp, bulk: Bulk) -> Vec<Project> {
    let mods = (0..bulk.mods).map(|nth| project(present, Kind::Mod, nth, bulk.versions, &[]));
    let mut projects: Vec<Project> = mods.collect();
    let contents: Vec<_> = projects.first().map(embedded).into_iter().collect();
    let pack = |nth| project(present, Kind::Modpack, nth, PACK_VERSIONS, &contents);
    projects.extend((0..bulk.modpacks).map(pack));
    projects
}

fn embedded(project: &Project) -> Dependency {
    Dependency {
        project: project.id.clone(),
        version: project.versions.first().map(|version| version.id.clone()),
        kind: DependencyKind::Embedded,
    }
}

fn project(
    present: Timestamp,
    kind: Kind,
    nth: usize,
    versions: usize,
    dependencies: &[Dependency],
) -> Project {
    let (title, slug) = match kind {
        Kind::Mod => (format!("Bulk Mod {nth}"), format!("bulk-mod-{nth}")),
        Kind::Modpack => (format!("Bulk Pack {nth}"), format!("bulk-pack-{nth}")),
    };
    let key = hash(&slug);
    // Of each project at times of its own.
    let scatter = (mix(key) % 86_400_000) as i64;
    let begin =
        present - SignedDuration::from_hours(24 * AGE) + SignedDuration::from_millis(scatter);
    let versions: Vec<Version> = (0..versions)
        .map(|release| {
            let after = YEAR * release as i64 / versions as i64;
            let key = hash(&format!("{slug}/{release}"));
            let number = format!("1.{release}.0");
            Version {
                id: base62(hash(&format!("modrinth/{slug}/{release}"))),
                name: format!("{title} {number}"),
                published: begin + SignedDuration::from_secs(after),
                gone_from: None,
                channel: Channel::Release,
                loaders: &["fabric"],
                game_versions: vec!["1.21.1"],
                dependencies: dependencies.to_vec(),
                unstated: Vec::new(),
                file: File::new(format!("{slug}-{number}.jar"), key),
                number,
                weight: 1.0,
                key,
            }
        })
        .collect();
    let releases = versions.iter().map(Version::release).collect();
    Project {
        platform: Platform::Modrinth,
        kind,
        id: base62(hash(&format!("modrinth/{slug}"))),
        summary: "One of many.".to_owned(),
        author: seed::AUTHORS[nth % seed::AUTHORS.len()],
        categories: &["utility"],
        sides: ("required", "required"),
        distributable: true,
        published: begin,
        hidden_from: None,
        dents: Vec::new(),
        names: vec![Name {
            since: Timestamp::MIN,
            title,
            slug,
        }],
        curve: Curve::new(
            key,
            (1_000 + mix(key ^ 1) % 1_000_000) as i64,
            releases,
            present,
        ),
        share: 1.0,
        versions,
    }
}
