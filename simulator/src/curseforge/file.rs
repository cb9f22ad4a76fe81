//! The JSON of files, key by key as recorded.

use jiff::Timestamp;
use serde::Serialize;
use serde::ser::Serializer;

use crate::catalogue::hash::mix;
use crate::catalogue::{self, Catalogue, Channel, DependencyKind, game_version_released};

/// Nothing on this host exists: the sample data never leads to a real site.
const FILES: &str = "https://edge.forgecdn.invalid/files";

pub(super) const MINECRAFT: i64 = 432;
/// Status of a mod and of a file that everybody sees.
pub(super) const APPROVED: i64 = 4;
/// Types of what stands among game versions.
const LOADER_TYPE: i64 = 68_441;
const SIDE_TYPE: i64 = 75_208;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File<'a> {
    id: i64,
    game_id: i64,
    mod_id: i64,
    is_available: bool,
    display_name: &'a str,
    file_name: &'a str,
    release_type: i64,
    file_status: i64,
    hashes: [Hash<'a>; 2],
    #[serde(serialize_with = "millis")]
    file_date: Timestamp,
    file_length: i64,
    download_count: i64,
    file_size_on_disk: i64,
    download_url: Option<String>,
    game_versions: Vec<&'a str>,
    sortable_game_versions: Vec<SortableVersion<'a>>,
    dependencies: Vec<Dependency>,
    alternate_file_id: i64,
    is_server_pack: bool,
    file_fingerprint: u32,
    modules: [Module; 2],
}

#[derive(Serialize)]
struct Hash<'a> {
    value: &'a str,
    algo: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SortableVersion<'a> {
    game_version_name: &'a str,
    game_version_padded: String,
    game_version: &'a str,
    #[serde(serialize_with = "millis")]
    game_version_release_date: Timestamp,
    game_version_type_id: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    mod_id: i64,
    relation_type: i64,
}

#[derive(Serialize)]
struct Module {
    name: &'static str,
    fingerprint: u32,
}

impl<'a> File<'a> {
    pub fn of(
        catalogue: &Catalogue,
        project: &catalogue::Project,
        version: &'a catalogue::Version,
        now: Timestamp,
    ) -> File<'a> {
        let id = number(&version.id);
        let file = &version.file;
        let sorts = sortable(catalogue, project, version);
        File {
            id,
            game_id: MINECRAFT,
            mod_id: number(&project.id),
            is_available: true,
            display_name: &version.name,
            file_name: &file.name,
            release_type: release_type(version.channel),
            file_status: APPROVED,
            hashes: [
                Hash {
                    value: &file.sha1,
                    algo: 1,
                },
                Hash {
                    value: &file.md5,
                    algo: 2,
                },
            ],
            file_date: version.published,
            file_length: file.size,
            download_count: project.version_downloads(version, now),
            file_size_on_disk: file.size + file.size / 2,
            download_url: project
                .distributable
                .then(|| format!("{FILES}/{}/{}/{}", id / 1000, id % 1000, file.name)),
            game_versions: sorts.iter().map(|sort| sort.game_version_name).collect(),
            sortable_game_versions: sorts,
            dependencies: version.dependencies.iter().map(Dependency::of).collect(),
            alternate_file_id: 0,
            is_server_pack: false,
            file_fingerprint: file.seed as u32,
            modules: [
                Module {
                    name: "META-INF",
                    fingerprint: mix(file.seed) as u32,
                },
                Module {
                    name: "assets",
                    fingerprint: mix(file.seed ^ 1) as u32,
                },
            ],
        }
    }
}

impl Dependency {
    fn of(dependency: &catalogue::Dependency) -> Dependency {
        Dependency {
            mod_id: number(&dependency.project),
            relation_type: match dependency.kind {
                DependencyKind::Embedded => 1,
                DependencyKind::Optional => 2,
                DependencyKind::Required => 3,
            },
        }
    }
}

/// Game versions, loaders and sides in one list, in no order that means anything.
fn sortable<'a>(
    catalogue: &Catalogue,
    project: &catalogue::Project,
    version: &'a catalogue::Version,
) -> Vec<SortableVersion<'a>> {
    let aside = |name, kind| SortableVersion {
        game_version_name: name,
        game_version_padded: "0".to_owned(),
        game_version: "",
        game_version_release_date: game_version_released(catalogue.present(), "1.18.2"),
        game_version_type_id: kind,
    };
    let loaders = version
        .loaders
        .iter()
        .map(|loader| aside(loader_name(loader), LOADER_TYPE));
    let games = version.game_versions.iter().map(|name| SortableVersion {
        game_version_name: name,
        game_version_padded: padded(name),
        game_version: name,
        game_version_release_date: game_version_released(catalogue.present(), name),
        game_version_type_id: game_version_type(name),
    });
    let sides: &[&str] = match (version.file.seed % 2, project.sides.1) {
        (0, _) => &[],
        (_, "unsupported") => &["Client"],
        _ => &["Client", "Server"],
    };
    let sides = sides.iter().map(|side| aside(side, SIDE_TYPE));
    match version.file.seed % 3 {
        0 => loaders.chain(games).chain(sides).collect(),
        1 => sides.chain(loaders).chain(games).collect(),
        _ => games.chain(loaders).chain(sides).collect(),
    }
}

/// Every part in ten digits, so that text sorts as versions do.
fn padded(name: &str) -> String {
    let parts: Vec<_> = name.split('.').map(|part| format!("{part:0>10}")).collect();
    parts.join(".")
}

fn loader_name(loader: &str) -> &'static str {
    match loader {
        "forge" => "Forge",
        "fabric" => "Fabric",
        "quilt" => "Quilt",
        _ => "NeoForge",
    }
}

pub(super) fn game_version_type(name: &str) -> i64 {
    let minor: Vec<_> = name.split('.').take(2).collect();
    match minor.as_slice() {
        ["1", "18"] => 73_250,
        ["1", "19"] => 73_407,
        ["1", "20"] => 75_125,
        ["1", "21"] => 77_784,
        _ => 83_806,
    }
}

pub(super) fn loader_id(loader: &str) -> i64 {
    match loader {
        "forge" => 1,
        "fabric" => 4,
        "quilt" => 5,
        _ => 6,
    }
}

pub(super) fn release_type(channel: Channel) -> i64 {
    match channel {
        Channel::Release => 1,
        Channel::Beta => 2,
        Channel::Alpha => 3,
    }
}

/// Ids of this platform are numbers.
pub(super) fn number(id: &str) -> i64 {
    id.parse().unwrap_or_default()
}

/// Milliseconds at most, as the platform writes times.
pub(super) fn millis<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.strftime("%Y-%m-%dT%H:%M:%S%.fZ"))
}
