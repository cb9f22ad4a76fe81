//! CurseForge's API v1.

mod file;
pub(crate) mod website;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::catalogue::{Catalogue, Platform, Project};
use crate::query::{Query, segments};
use crate::server::Request;

const PAGE: usize = 50;
/// The furthest item that paging reaches.
const REACH: usize = 10_000;

pub(crate) struct Curseforge {
    catalogue: Arc<Catalogue>,
    key: String,
}

enum Route<'a> {
    Mod(&'a str),
    Files(&'a str),
    ModBatch,
    FileBatch,
    Search,
    Unknown,
}

impl Route<'_> {
    fn of(request: &Request) -> Route<'_> {
        match (&request.method, segments(&request.path).as_slice()) {
            (&Method::GET, ["v1", "mods", "search"]) => Route::Search,
            (&Method::GET, ["v1", "mods", id]) => Route::Mod(id),
            (&Method::GET, ["v1", "mods", id, "files"]) => Route::Files(id),
            (&Method::POST, ["v1", "mods"]) => Route::ModBatch,
            (&Method::POST, ["v1", "mods", "files"]) => Route::FileBatch,
            _ => Route::Unknown,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Route::Mod(_) => "mods/{id}",
            Route::Files(_) => "mods/{id}/files",
            Route::ModBatch => "mods",
            Route::FileBatch => "mods/files",
            Route::Search => "mods/search",
            Route::Unknown => "unknown",
        }
    }
}

#[derive(Serialize)]
struct Data<T> {
    data: T,
}

#[derive(Serialize)]
struct Page<T> {
    data: Vec<T>,
    pagination: Pagination,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    index: usize,
    page_size: usize,
    result_count: usize,
    total_count: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModIds {
    mod_ids: Vec<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileIds {
    file_ids: Vec<i64>,
}

pub(crate) fn error(status: u16, text: &str) -> Answer {
    Answer::json(status, &BTreeMap::from([("error", text)]))
}

impl Curseforge {
    pub fn new(catalogue: Arc<Catalogue>, key: String) -> Curseforge {
        Curseforge { catalogue, key }
    }

    /// The route that was meant, and its answer or what takes its place.
    pub fn answer(
        &self,
        request: &Request,
        now: Timestamp,
        instead: Option<Answer>,
    ) -> (&'static str, Answer) {
        let route = Route::of(request);
        let answer = instead.unwrap_or_else(|| self.keyed(&route, request, now));
        (route.name(), answer)
    }

    fn keyed(&self, route: &Route, request: &Request, now: Timestamp) -> Answer {
        if request.header("x-api-key") != Some(&self.key) {
            return Answer::empty(403);
        }
        let query = request.query();
        match route {
            Route::Mod(id) => match self.project(id, now) {
                Some(project) => {
                    let data = wire::Mod::of(&self.catalogue, project, now);
                    Answer::json(200, &Data { data })
                }
                None => Answer::empty(404),
            },
            Route::Files(id) => match self.project(id, now) {
                Some(project) => self.files(project, &query, now),
                None => Answer::empty(404),
            },
            Route::ModBatch => self.mod_batch(&request.body, now),
            Route::FileBatch => self.file_batch(&request.body, now),
            Route::Search => self.search(&query, now),
            Route::Unknown => Answer::empty(404),
        }
    }

    fn project(&self, id: &str, now: Timestamp) -> Option<&Project> {
        let project = self.catalogue.project(Platform::Curseforge, id)?;
        project.visible(now).then_some(project)
    }

    /// Newest first.
    fn files(&self, project: &Project, query: &Query, now: Timestamp) -> Answer {
        page(query, project.listed(now).rev().collect(), |file| {
            file::File::of(&self.catalogue, project, file, now)
        })
    }

    fn mod_batch(&self, body: &[u8], now: Timestamp) -> Answer {
        let Ok(ModIds { mod_ids }) = serde_json::from_slice(body) else {
            return Answer::empty(400);
        };
        let found = mod_ids.iter().filter_map(|id| {
            let project = self.project(&id.to_string(), now)?;
            Some((*id, wire::Mod::of(&self.catalogue, project, now)))
        });
        // Not the order of the request, and each once.
        let found: BTreeMap<i64, _> = found.collect();
        let data: Vec<_> = found.into_values().collect();
        Answer::json(200, &Data { data })
    }

    fn file_batch(&self, body: &[u8], now: Timestamp) -> Answer {
        let Ok(FileIds { file_ids }) = serde_json::from_slice(body) else {
            return Answer::empty(400);
        };
        let found = file_ids.iter().filter_map(|id| {
            let found = self
                .catalogue
                .version(Platform::Curseforge, &id.to_string());
            let (project, file) = found?;
            let visible = project.visible(now) && file.visible(now);
            visible.then(|| (*id, file::File::of(&self.catalogue, project, file, now)))
        });
        let found: BTreeMap<i64, _> = found.collect();
        let data: Vec<_> = found.into_values().collect();
        Answer::json(200, &Data { data })
    }

    fn search(&self, query: &Query, now: Timestamp) -> Answer {
        if query.get("gameId").is_none() {
            return Answer::empty(400);
        }
        let game = query.get("gameId") == Some("432");
        let class = query.get("classId").map(str::parse);
        let words = query.get("searchFilter").unwrap_or_default().to_lowercase();
        let slug = query.get("slug");
        let fits = |project: &&Project| {
            let says = |text: &str| text.to_lowercase().contains(&words);
            project.platform == Platform::Curseforge
                && project.visible(now)
                && class
                    .as_ref()
                    .is_none_or(|id| *id == Ok(wire::class_id(project)))
                && slug.is_none_or(|slug| slug == project.slug(now))
                && (says(project.title(now)) || says(project.slug(now)))
        };
        let projects = self.catalogue.projects().iter().filter(|_| game);
        let mut found: Vec<&Project> = projects.filter(fits).collect();
        found.sort_by_cached_key(|project| std::cmp::Reverse(project.downloads(now)));
        page(query, found, |project| {
            wire::Mod::of(&self.catalogue, project, now)
        })
    }
}

/// The page that a query asks for; never more than 50 items.
fn page<T: Copy, W: Serialize>(query: &Query, all: Vec<T>, written: impl Fn(T) -> W) -> Answer {
    let (Some(index), Some(size)) = (query.number("index", 0), query.number("pageSize", PAGE))
    else {
        return Answer::empty(400);
    };
    let size = size.min(PAGE);
    if index + size > REACH {
        return error(400, "index + pageSize must not exceed 10000");
    }
    let data: Vec<_> = all
        .iter()
        .skip(index)
        .take(size)
        .map(|item| written(*item))
        .collect();
    let pagination = Pagination {
        index,
        page_size: size,
        result_count: data.len(),
        total_count: all.len(),
    };
    Answer::json(200, &Page { data, pagination })
}
