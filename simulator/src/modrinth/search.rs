//! `GET /v2/search`. The index is rebuilt each hour, so its counts lag the projects'.

use jiff::Timestamp;
use serde::Serialize;

use crate::answer::Answer;
use crate::catalogue::hash::{base62, hash};
use crate::catalogue::{Catalogue, DependencyKind, Platform, Project};
use crate::clock::start_of_hour;
use crate::modrinth::bad_request;
use crate::modrinth::filter::{Field, Filter};
use crate::modrinth::wire;
use crate::query::Query;

const MOST_HITS: usize = 100;

#[derive(Serialize)]
struct Found<'a> {
    hits: Vec<Hit<'a>>,
    offset: usize,
    limit: usize,
    total_hits: usize,
}

#[derive(Serialize)]
struct Hit<'a> {
    project_id: &'a str,
    project_type: &'a str,
    all_project_types: [&'a str; 1],
    slug: &'a str,
    author: &'a str,
    author_id: String,
    organization: Option<()>,
    organization_id: Option<()>,
    title: &'a str,
    description: &'a str,
    categories: Vec<&'a str>,
    display_categories: &'a [&'a str],
    versions: Vec<&'a str>,
    downloads: i64,
    follows: i64,
    icon_url: String,
    date_created: String,
    date_modified: String,
    latest_version: &'a str,
    license: &'a str,
    client_side: &'a str,
    server_side: &'a str,
    environment: [&'a str; 1],
    disclosure_types: [(); 0],
    gallery: [(); 0],
    featured_gallery: Option<()>,
    color: u32,
}

pub(super) fn answer(catalogue: &Catalogue, query: &Query, now: Timestamp) -> Answer {
    let (filter, limit, offset) = match read(query) {
        Ok(read) => read,
        Err(cause) => return bad_request("searching projects", &cause),
    };
    let indexed = start_of_hour(now);
    let words = query.get("query").unwrap_or_default().to_lowercase();
    let fits = |project: &&Project| {
        project.platform == Platform::Modrinth
            && project.visible(indexed)
            && project.listed(indexed).next_back().is_some()
            && says(project, &words, indexed)
            && filter.matches(&|field, value| has(project, field, value, indexed))
    };
    let mut found: Vec<&Project> = catalogue.projects().iter().filter(fits).collect();
    sort(
        &mut found,
        query.get("index").unwrap_or("relevance"),
        indexed,
    );
    let page = found.iter().skip(offset).take(limit);
    let answer = Found {
        hits: page.map(|project| Hit::of(project, indexed)).collect(),
        offset,
        limit,
        total_hits: found.len(),
    };
    Answer::json(200, &answer)
}

fn read(query: &Query) -> Result<(Filter, usize, usize), String> {
    let facets = query.get("facets").map(Filter::facets);
    let expression = query.get("new_filters").map(Filter::expression);
    let filters: Result<_, _> = facets.into_iter().chain(expression).collect();
    let number = |key, missing| {
        let number = query.number(key, missing);
        number.ok_or_else(|| format!("{key} is no number"))
    };
    let limit = number("limit", 10)?.min(MOST_HITS);
    Ok((Filter::All(filters?), limit, number("offset", 0)?))
}

fn says(project: &Project, words: &str, at: Timestamp) -> bool {
    let texts = [
        project.title(at),
        project.slug(at),
        &project.summary,
        project.author,
    ];
    texts.iter().any(|text| text.to_lowercase().contains(words))
}

fn has(project: &Project, field: Field, value: &str, at: Timestamp) -> bool {
    let listed = || project.listed(at);
    // Any version ever counts, deleted ones too.
    let depends = |kind: Option<DependencyKind>| {
        let out = project
            .versions
            .iter()
            .filter(|version| version.published <= at);
        out.flat_map(|version| &version.dependencies)
            .any(|needed| needed.project == value && kind.is_none_or(|kind| needed.kind == kind))
    };
    match field {
        Field::ProjectType => wire::project_type(project) == value,
        Field::ProjectId => project.id == value,
        Field::Category => {
            project.categories.contains(&value) || listed().any(|v| v.loaders.contains(&value))
        }
        Field::GameVersion => listed().any(|version| version.game_versions.contains(&value)),
        Field::Dependency => depends(None),
        Field::Required => depends(Some(DependencyKind::Required)),
        Field::Optional => depends(Some(DependencyKind::Optional)),
        Field::Embedded => depends(Some(DependencyKind::Embedded)),
    }
}

fn sort(found: &mut [&Project], index: &str, at: Timestamp) {
    let updated = |project: &Project| project.listed(at).next_back().map(|v| v.published);
    match index {
        "newest" => found.sort_by_key(|project| std::cmp::Reverse(project.published)),
        "updated" => found.sort_by_key(|project| std::cmp::Reverse(updated(project))),
        // Followers are a share of the downloads here.
        _ => found.sort_by_cached_key(|project| std::cmp::Reverse(project.downloads(at))),
    }
}

impl<'a> Hit<'a> {
    fn of(project: &'a Project, at: Timestamp) -> Hit<'a> {
        let kind = wire::project_type(project);
        let newest = project.listed(at).next_back();
        let loaders = wire::union(project.listed(at).map(|version| version.loaders));
        let versions = project
            .listed(at)
            .map(|version| version.game_versions.as_slice());
        Hit {
            project_id: &project.id,
            project_type: kind,
            all_project_types: [kind],
            slug: project.slug(at),
            author: project.author,
            author_id: base62(hash(project.author)),
            organization: None,
            organization_id: None,
            title: project.title(at),
            description: &project.summary,
            categories: project.categories.iter().copied().chain(loaders).collect(),
            display_categories: project.categories,
            versions: wire::union(versions),
            // The index holds 32 bits with a sign.
            downloads: project.downloads(at).min(i64::from(i32::MAX)),
            follows: wire::followers(project, at),
            icon_url: wire::icon(project),
            date_created: written(project.published),
            date_modified: written(newest.map_or(project.published, |v| v.published)),
            latest_version: newest.map_or("", |version| &version.id),
            license: "MIT",
            client_side: project.sides.0,
            server_side: project.sides.1,
            environment: [wire::environment(project)],
            disclosure_types: [],
            gallery: [],
            featured_gallery: None,
            color: wire::color(project),
        }
    }
}

/// The index writes UTC as an offset.
fn written(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}
