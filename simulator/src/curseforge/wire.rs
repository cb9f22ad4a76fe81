//! The JSON of mods and modpacks, key by key as recorded.

use jiff::Timestamp;
use serde::Serialize;

use crate::catalogue::hash::{hash, mix};
use crate::catalogue::{self, Catalogue, Kind};
use crate::curseforge::file::{
    APPROVED, File, MINECRAFT, game_version_type, loader_id, millis, number, release_type,
};

/// Nothing on these hosts exists: the sample data never leads to a real site.
const SITE: &str = "https://www.curseforge.invalid";
const MEDIA: &str = "https://media.forgecdn.invalid";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mod<'a> {
    screenshots: [(); 0],
    id: i64,
    game_id: i64,
    name: &'a str,
    slug: &'a str,
    links: Links,
    summary: &'a str,
    status: i64,
    download_count: i64,
    is_featured: bool,
    primary_category_id: i64,
    categories: Vec<Category>,
    class_id: i64,
    authors: [Author<'a>; 1],
    logo: Logo,
    main_file_id: i64,
    latest_files: Vec<File<'a>>,
    latest_files_indexes: Vec<FileIndex<'a>>,
    latest_early_access_files_indexes: [(); 0],
    #[serde(serialize_with = "millis")]
    date_created: Timestamp,
    #[serde(serialize_with = "millis")]
    date_modified: Timestamp,
    #[serde(serialize_with = "millis")]
    date_released: Timestamp,
    allow_mod_distribution: bool,
    game_popularity_rank: i64,
    is_available: bool,
    has_comments_enabled: bool,
    thumbs_up_count: i64,
    featured_project_tag: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Links {
    website_url: String,
    wiki_url: Option<String>,
    issues_url: Option<String>,
    source_url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Category {
    id: i64,
    game_id: i64,
    name: String,
    slug: String,
    url: String,
    icon_url: String,
    #[serde(serialize_with = "millis")]
    date_modified: Timestamp,
    is_class: bool,
    class_id: i64,
    parent_category_id: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Author<'a> {
    id: i64,
    name: &'a str,
    url: String,
    avatar_url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logo {
    id: i64,
    mod_id: i64,
    title: String,
    description: &'static str,
    thumbnail_url: String,
    url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileIndex<'a> {
    game_version: &'a str,
    file_id: i64,
    filename: &'a str,
    release_type: i64,
    game_version_type_id: i64,
    mod_loader: i64,
}

impl<'a> Mod<'a> {
    pub fn of(catalogue: &Catalogue, project: &'a catalogue::Project, now: Timestamp) -> Mod<'a> {
        let id = number(&project.id);
        let seed = hash(&project.id);
        let slug = project.slug(now);
        let class = class_id(project);
        let section = match project.kind {
            Kind::Mod => "mc-mods",
            Kind::Modpack => "modpacks",
        };
        let newest: Vec<_> = project.listed(now).rev().collect();
        let released = newest
            .first()
            .map_or(project.published, |file| file.published);
        let open = !seed.is_multiple_of(3);
        let link = |what: &str| {
            format!(
                "https://git.example.invalid/{}/{slug}{what}",
                project.author
            )
        };
        let categories = project.categories.iter();
        let categories: Vec<_> = categories
            .map(|name| Category::of(name, class, section, project))
            .collect();
        Mod {
            screenshots: [],
            id,
            game_id: MINECRAFT,
            name: project.title(now),
            slug,
            links: Links {
                website_url: format!("{SITE}/minecraft/{section}/{slug}"),
                wiki_url: (!seed.is_multiple_of(2)).then(String::new),
                issues_url: open.then(|| link("/issues")),
                source_url: open.then(|| link("")),
            },
            summary: &project.summary,
            status: APPROVED,
            download_count: project.downloads(now),
            is_featured: false,
            primary_category_id: categories.first().map_or(class, |category| category.id),
            categories,
            class_id: class,
            authors: [Author {
                id: 100_000 + (hash(project.author) % 9_000_000) as i64,
                name: project.author,
                url: format!("{SITE}/members/{}", project.author),
                avatar_url: None,
            }],
            logo: Logo {
                id: 1_000_000 + id,
                mod_id: id,
                title: format!("{slug}.png"),
                description: "",
                thumbnail_url: format!("{MEDIA}/avatars/thumbnails/{id}.png"),
                url: logo_url(id),
            },
            main_file_id: newest.first().map_or(0, |file| number(&file.id)),
            latest_files: newest
                .iter()
                .take(3)
                .map(|file| File::of(catalogue, project, file, now))
                .collect(),
            latest_files_indexes: indexes(&newest),
            latest_early_access_files_indexes: [],
            date_created: project.published,
            date_modified: project.changed(now),
            date_released: released,
            allow_mod_distribution: project.distributable,
            game_popularity_rank: 1 + (mix(seed) % 90_000) as i64,
            is_available: true,
            has_comments_enabled: false,
            thumbs_up_count: 0,
            featured_project_tag: 0,
        }
    }
}

impl Category {
    fn of(name: &str, class: i64, section: &str, project: &catalogue::Project) -> Category {
        Category {
            id: 4_000 + (hash(name) % 1_000) as i64,
            game_id: MINECRAFT,
            name: name.replace('-', " "),
            slug: name.to_owned(),
            url: format!("{SITE}/minecraft/{section}/{name}"),
            icon_url: format!("{MEDIA}/categories/{name}.png"),
            date_modified: project.published,
            is_class: false,
            class_id: class,
            parent_category_id: class,
        }
    }
}

/// The newest file of each game version and loader.
fn indexes<'a>(newest: &[&'a catalogue::Version]) -> Vec<FileIndex<'a>> {
    let mut indexes: Vec<FileIndex> = Vec::new();
    for file in newest {
        for loader in file.loaders.iter().map(|loader| loader_id(loader)) {
            for version in &file.game_versions {
                let same = |i: &FileIndex| i.game_version == *version && i.mod_loader == loader;
                if !indexes.iter().any(same) {
                    indexes.push(FileIndex {
                        game_version: version,
                        file_id: number(&file.id),
                        filename: &file.file.name,
                        release_type: release_type(file.channel),
                        game_version_type_id: game_version_type(version),
                        mod_loader: loader,
                    });
                }
            }
        }
    }
    indexes
}

pub(super) fn logo_url(id: i64) -> String {
    format!("{MEDIA}/avatars/{id}.png")
}

pub(super) fn class_id(project: &catalogue::Project) -> i64 {
    match project.kind {
        Kind::Mod => 6,
        Kind::Modpack => 4471,
    }
}
