//! The JSON behind CurseForge's website. Nobody promises it, but it lists a project's dependents,
//! which the API doesn't, and it asks for no key.

use std::cmp::Reverse;
use std::sync::Arc;

use http::Method;
use jiff::Timestamp;
use serde::Serialize;

use crate::answer::Answer;
use crate::catalogue::{self, Catalogue, DependencyKind, Kind, Platform};
use crate::curseforge::file::number;
use crate::curseforge::wire::{class_id, logo_url};
use crate::query::{Query, segments};
use crate::server::Request;

/// Whatever is asked for.
const PAGE: usize = 20;

pub(crate) struct Website {
    catalogue: Arc<Catalogue>,
}

enum Route<'a> {
    Dependents(&'a str),
    Unknown,
}

impl Route<'_> {
    fn of(request: &Request) -> Route<'_> {
        match (&request.method, segments(&request.path).as_slice()) {
            (&Method::GET, ["api", "v1", "mods", id, "dependents"]) => Route::Dependents(id),
            _ => Route::Unknown,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Route::Dependents(_) => "mods/{id}/dependents",
            Route::Unknown => "unknown",
        }
    }
}

#[derive(Serialize)]
struct Page<'a> {
    data: Vec<Dependent<'a>>,
    pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    index: usize,
    page_size: usize,
    total_count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependent<'a> {
    id: i64,
    name: &'a str,
    slug: &'a str,
    author_name: &'a str,
    downloads: i64,
    category_class: Class,
    logo_url: String,
    #[serde(rename = "type")]
    relation: &'static str,
    dependent_file_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    id: i64,
    name: &'static str,
    slug: &'static str,
    class_id: i64,
}

impl Website {
    pub fn new(catalogue: Arc<Catalogue>) -> Website {
        Website { catalogue }
    }

    /// The route that was meant, and its answer or what takes its place.
    pub fn answer(
        &self,
        request: &Request,
        now: Timestamp,
        instead: Option<Answer>,
    ) -> (&'static str, Answer) {
        let route = Route::of(request);
        let answer = instead.unwrap_or_else(|| match route {
            Route::Dependents(id) => self.dependents(id, &request.query(), now),
            Route::Unknown => Answer::empty(404),
        });
        (route.name(), answer)
    }

    /// The most downloaded first. `index` is ignored, as is the page size asked for.
    fn dependents(&self, id: &str, query: &Query, now: Timestamp) -> Answer {
        let project = self.catalogue.project(Platform::Curseforge, id);
        if !project.is_some_and(|project| project.visible(now)) {
            return Answer::empty(404);
        }
        let Some(page) = query.number("page", 1) else {
            return Answer::empty(400);
        };
        let mut all = self.catalogue.dependents(Platform::Curseforge, id, now);
        all.sort_by_cached_key(|project| Reverse(project.downloads(now)));
        let index = page.saturating_sub(1).saturating_mul(PAGE);
        let shown = all.iter().skip(index).take(PAGE);
        let page = Page {
            data: shown
                .filter_map(|project| Dependent::of(project, id, now))
                .collect(),
            pagination: Pagination {
                index,
                page_size: PAGE,
                total_count: all.len(),
            },
        };
        Answer::json(200, &page)
    }
}

impl<'a> Dependent<'a> {
    fn of(project: &'a catalogue::Project, on: &str, now: Timestamp) -> Option<Dependent<'a>> {
        let newest = project.listed(now).next_back()?;
        let (name, slug) = match project.kind {
            Kind::Mod => ("Mods", "mc-mods"),
            Kind::Modpack => ("Modpacks", "modpacks"),
        };
        let class = class_id(project);
        Some(Dependent {
            id: number(&project.id),
            name: project.title(now),
            slug: project.slug(now),
            author_name: project.author,
            downloads: project.downloads(now),
            category_class: Class {
                id: class,
                name,
                slug,
                class_id: class,
            },
            logo_url: logo_url(number(&project.id)),
            relation: match newest.needs(on)? {
                DependencyKind::Embedded => "EmbeddedLibrary",
                DependencyKind::Optional => "OptionalDependency",
                DependencyKind::Required => "RequiredDependency",
            },
            dependent_file_name: &newest.file.name,
        })
    }
}
