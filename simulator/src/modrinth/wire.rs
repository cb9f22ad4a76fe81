//! The JSON of projects and versions, key by key as recorded.

use jiff::Timestamp;
use serde::Serialize;

use crate::catalogue::hash::{base62, hash, mix};
use crate::catalogue::{self, Channel, DependencyKind, Kind};

/// Nothing on this host exists: the sample data never leads to a real site.
const CDN: &str = "https://cdn.modrinth.invalid";
/// Stands for keys that are always null.
type Null = Option<()>;

#[derive(Serialize)]
pub struct Project<'a> {
    client_side: &'a str,
    server_side: &'a str,
    game_versions: Vec<&'a str>,
    environment: [&'a str; 1],
    id: &'a str,
    slug: &'a str,
    project_type: &'a str,
    team: String,
    organization: Option<&'a str>,
    title: &'a str,
    description: &'a str,
    body: String,
    body_url: Null,
    published: Timestamp,
    updated: Timestamp,
    approved: Timestamp,
    queued: Option<Timestamp>,
    status: &'a str,
    requested_status: Option<&'a str>,
    moderator_message: Null,
    license: License<'a>,
    downloads: i64,
    followers: i64,
    categories: &'a [&'a str],
    additional_categories: &'a [&'a str],
    loaders: Vec<&'a str>,
    versions: Vec<&'a str>,
    icon_url: String,
    raw_icon_url: String,
    issues_url: Option<String>,
    source_url: Option<String>,
    wiki_url: Option<&'a str>,
    discord_url: Option<&'a str>,
    donation_urls: [(); 0],
    gallery: [(); 0],
    color: u32,
    thread_id: String,
    monetization_status: &'a str,
}

#[derive(Serialize)]
struct License<'a> {
    id: &'a str,
    name: &'a str,
    url: Option<&'a str>,
}

impl<'a> Project<'a> {
    pub fn of(project: &'a catalogue::Project, now: Timestamp) -> Project<'a> {
        let seed = hash(&project.id);
        let listed: Vec<_> = project.listed(now).collect();
        let slug = project.slug(now);
        let open = !seed.is_multiple_of(3);
        let url = |what: &str| {
            format!(
                "https://git.example.invalid/{}/{slug}{what}",
                project.author
            )
        };
        Project {
            client_side: project.sides.0,
            server_side: project.sides.1,
            game_versions: union(
                listed
                    .iter()
                    .map(|version| version.game_versions.as_slice()),
            ),
            environment: [environment(project)],
            id: &project.id,
            slug,
            project_type: project_type(project),
            team: base62(mix(seed ^ 1)),
            organization: None,
            title: project.title(now),
            description: &project.summary,
            body: format!("# {}\n\n{}\n", project.title(now), project.summary),
            body_url: None,
            published: project.published,
            updated: listed
                .last()
                .map_or(project.published, |newest| newest.published),
            approved: project.published,
            queued: None,
            status: "approved",
            requested_status: open.then_some("approved"),
            moderator_message: None,
            license: License {
                id: if open {
                    "MIT"
                } else {
                    "LicenseRef-All-Rights-Reserved"
                },
                name: if open { "MIT License" } else { "" },
                url: None,
            },
            downloads: project.downloads(now),
            followers: followers(project, now),
            categories: project.categories,
            additional_categories: &[],
            loaders: union(listed.iter().map(|version| version.loaders)),
            versions: listed.iter().map(|version| version.id.as_str()).collect(),
            icon_url: icon(project),
            raw_icon_url: format!("{CDN}/data/{}/icon.png", project.id),
            issues_url: open.then(|| url("/issues")),
            source_url: open.then(|| url("")),
            wiki_url: None,
            discord_url: None,
            donation_urls: [],
            gallery: [],
            color: color(project),
            thread_id: base62(mix(seed ^ 2)),
            monetization_status: "monetized",
        }
    }
}

pub(super) fn project_type(project: &catalogue::Project) -> &'static str {
    match project.kind {
        Kind::Mod => "mod",
        Kind::Modpack => "modpack",
    }
}

pub(super) fn environment(project: &catalogue::Project) -> &'static str {
    match project.sides {
        (_, "unsupported") => "client_only",
        _ => "client_and_server",
    }
}

pub(super) fn followers(project: &catalogue::Project, at: Timestamp) -> i64 {
    project.downloads(at) / 400
}

pub(super) fn icon(project: &catalogue::Project) -> String {
    format!("{CDN}/data/{}/icon_96.webp", project.id)
}

pub(super) fn color(project: &catalogue::Project) -> u32 {
    (hash(&project.id) & 0xff_ffff) as u32
}

/// All entries once, in order of their first appearance.
pub(super) fn union<'a>(lists: impl Iterator<Item = &'a [&'static str]>) -> Vec<&'static str> {
    let mut all = Vec::new();
    for entry in lists.flatten() {
        if !all.contains(entry) {
            all.push(*entry);
        }
    }
    all
}

#[derive(Serialize)]
pub struct Version<'a> {
    game_versions: &'a [&'a str],
    loaders: &'a [&'a str],
    environment: &'a str,
    id: &'a str,
    project_id: &'a str,
    author_id: String,
    featured: bool,
    name: &'a str,
    version_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    changelog: Option<String>,
    changelog_url: Null,
    date_published: Timestamp,
    downloads: i64,
    version_type: &'a str,
    status: &'a str,
    requested_status: Null,
    files: [File<'a>; 1],
    dependencies: Vec<Dependency<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    id: String,
    hashes: Hashes<'a>,
    url: String,
    filename: &'a str,
    primary: bool,
    size: i64,
    file_type: Null,
}

#[derive(Serialize)]
struct Hashes<'a> {
    sha1: &'a str,
    sha512: &'a str,
}

#[derive(Serialize)]
struct Dependency<'a> {
    version_id: Option<&'a str>,
    project_id: &'a str,
    file_name: Null,
    dependency_type: &'a str,
}

impl<'a> Version<'a> {
    pub fn of(
        project: &'a catalogue::Project,
        version: &'a catalogue::Version,
        changelog: bool,
        now: Timestamp,
    ) -> Version<'a> {
        let file = &version.file;
        let changelog = changelog.then(|| format!("- What changed in {}", version.name));
        Version {
            game_versions: &version.game_versions,
            loaders: version.loaders,
            environment: environment(project),
            id: &version.id,
            project_id: &project.id,
            author_id: base62(hash(project.author)),
            featured: false,
            name: &version.name,
            version_number: &version.number,
            changelog,
            changelog_url: None,
            date_published: version.published,
            downloads: project.version_downloads(version, now),
            version_type: match version.channel {
                Channel::Release => "release",
                Channel::Beta => "beta",
                Channel::Alpha => "alpha",
            },
            status: "listed",
            requested_status: None,
            files: [File {
                id: base62(mix(file.seed)),
                hashes: Hashes {
                    sha1: &file.sha1,
                    sha512: &file.sha512,
                },
                url: format!(
                    "{CDN}/data/{}/versions/{}/{}",
                    project.id, version.id, file.name
                ),
                filename: &file.name,
                primary: true,
                size: file.size,
                file_type: None,
            }],
            dependencies: version.dependencies.iter().map(Dependency::of).collect(),
        }
    }
}

impl<'a> Dependency<'a> {
    fn of(dependency: &'a catalogue::Dependency) -> Dependency<'a> {
        Dependency {
            version_id: dependency.version.as_deref(),
            project_id: &dependency.project,
            file_name: None,
            dependency_type: match dependency.kind {
                DependencyKind::Required => "required",
                DependencyKind::Optional => "optional",
                DependencyKind::Embedded => "embedded",
            },
        }
    }
}
