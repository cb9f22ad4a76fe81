//! Modrinth's API v2.

mod filter;
mod search;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;
use jiff::Timestamp;
use serde::Serialize;

use crate::answer::Answer;
use crate::catalogue::{Catalogue, Platform, Project, Version};
use crate::limit::{Allowance, Limit};
use crate::query::{Query, segments};
use crate::server::Request;

pub(crate) struct Modrinth {
    catalogue: Arc<Catalogue>,
    limit: Mutex<Limit>,
}

enum Route<'a> {
    Project(&'a str),
    Check(&'a str),
    Versions(&'a str),
    ProjectBatch,
    VersionBatch,
    Search,
    Unknown,
}

impl Route<'_> {
    fn of(request: &Request) -> Route<'_> {
        if request.method != Method::GET {
            return Route::Unknown;
        }
        match segments(&request.path).as_slice() {
            ["v2", "project", id] => Route::Project(id),
            ["v2", "project", id, "check"] => Route::Check(id),
            ["v2", "project", id, "version"] => Route::Versions(id),
            ["v2", "projects"] => Route::ProjectBatch,
            ["v2", "versions"] => Route::VersionBatch,
            ["v2", "search"] => Route::Search,
            _ => Route::Unknown,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Route::Project(_) => "project/{id}",
            Route::Check(_) => "project/{id}/check",
            Route::Versions(_) => "project/{id}/version",
            Route::ProjectBatch => "projects",
            Route::VersionBatch => "versions",
            Route::Search => "search",
            Route::Unknown => "unknown",
        }
    }
}

#[derive(Serialize)]
struct ApiError<'a> {
    error: &'a str,
    description: &'a str,
    /// Context, from the outside in.
    details: Vec<&'a str>,
}

pub(crate) fn error(status: u16, code: &str, description: &str) -> Answer {
    let details = vec![description];
    Answer::json(
        status,
        &ApiError {
            error: code,
            description,
            details,
        },
    )
}

/// A bad request; `context` is what the description says, `cause` the innermost detail.
fn bad_request(context: &str, cause: &str) -> Answer {
    let error = ApiError {
        error: "request_error",
        description: context,
        details: vec![context, cause],
    };
    Answer::json(400, &error)
}

pub(crate) fn rate_limited(allowance: Allowance) -> Answer {
    let wait = allowance.refused.unwrap_or_default();
    let text = format!("rate limit exceeded; retry after {wait} milliseconds");
    with_allowance(error(429, "ratelimit_error", &text), allowance)
}

fn with_allowance(answer: Answer, allowance: Allowance) -> Answer {
    answer
        .with("x-ratelimit-limit", allowance.limit)
        .with("x-ratelimit-remaining", allowance.remaining)
        .with("x-ratelimit-reset", allowance.reset)
}

impl Modrinth {
    pub fn new(catalogue: Arc<Catalogue>, limit: Limit) -> Modrinth {
        Modrinth {
            catalogue,
            limit: Mutex::new(limit),
        }
    }

    /// The route that was meant, and its answer or what takes its place.
    pub fn answer(
        &self,
        request: &Request,
        now: Timestamp,
        instead: Option<Answer>,
    ) -> (&'static str, Answer) {
        let route = Route::of(request);
        let answer = instead.unwrap_or_else(|| self.limited(&route, request, now));
        (route.name(), answer)
    }

    fn limited(&self, route: &Route, request: &Request, now: Timestamp) -> Answer {
        if request
            .header("user-agent")
            .is_none_or(|agent| agent.trim().is_empty())
        {
            // The edge refuses it before the API sees it.
            return Answer::html(403, "A User-Agent that names your application is required.");
        }
        let allowance = {
            let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
            limit.take(now)
        };
        if allowance.refused.is_some() {
            return rate_limited(allowance);
        }
        with_allowance(self.route(route, &request.query(), now), allowance)
    }

    fn route(&self, route: &Route, query: &Query, now: Timestamp) -> Answer {
        match route {
            Route::Project(id) => self.with_project(id, now, |project| {
                Answer::json(200, &wire::Project::of(project, now))
            }),
            Route::Check(id) => self.with_project(id, now, |project| {
                Answer::json(200, &BTreeMap::from([("id", &project.id)]))
            }),
            Route::Versions(id) => self.with_project(id, now, |project| {
                Answer::json(200, &versions(project, query, now))
            }),
            Route::ProjectBatch => self.project_batch(query, now),
            Route::VersionBatch => self.version_batch(query, now),
            Route::Search => search::answer(&self.catalogue, query, now),
            Route::Unknown => error(404, "not_found", "the requested route does not exist"),
        }
    }

    /// A project by id or slug, or a 404 without a body.
    fn with_project(
        &self,
        id: &str,
        now: Timestamp,
        answer: impl FnOnce(&Project) -> Answer,
    ) -> Answer {
        self.project(id, now)
            .map_or_else(|| Answer::empty(404), answer)
    }

    fn project(&self, id: &str, now: Timestamp) -> Option<&Project> {
        let by_id = self.catalogue.project(Platform::Modrinth, id);
        by_id
            .filter(|project| project.visible(now))
            .or_else(|| self.catalogue.project_by_slug(Platform::Modrinth, id, now))
    }

    fn project_batch(&self, query: &Query, now: Timestamp) -> Answer {
        let Some(ids) = ids(query) else {
            return bad_request(
                "parsing project ids",
                "ids: expected a JSON array of strings",
            );
        };
        let found = ids.iter().filter_map(|id| self.project(id, now));
        // Not the order of the request, and each project once.
        let found: BTreeMap<&str, &Project> = found.map(|p| (p.id.as_str(), p)).collect();
        let found: Vec<_> = found.values().map(|p| wire::Project::of(p, now)).collect();
        Answer::json(200, &found)
    }

    fn version_batch(&self, query: &Query, now: Timestamp) -> Answer {
        let Some(ids) = ids(query) else {
            return bad_request(
                "parsing version ids",
                "ids: expected a JSON array of strings",
            );
        };
        if let Some(bad) = ids.iter().find(|id| !is_id(id)) {
            return bad_request("parsing version ids", &format!("`{bad}` is no base62 id"));
        }
        let found = ids.iter().filter_map(|id| {
            let (project, version) = self.catalogue.version(Platform::Modrinth, id)?;
            let visible = project.visible(now) && version.visible(now);
            visible.then_some((version.id.as_str(), (project, version)))
        });
        let found: BTreeMap<&str, (&Project, &Version)> = found.collect();
        let changelog = with_changelog(query);
        let versions = found
            .values()
            .map(|(p, v)| wire::Version::of(p, v, changelog, now));
        Answer::json(200, &versions.collect::<Vec<_>>())
    }
}

/// Newest first, all of them.
fn versions<'a>(project: &'a Project, query: &Query, now: Timestamp) -> Vec<wire::Version<'a>> {
    // What isn't a JSON array filters nothing.
    let wanted = |key| {
        query
            .get(key)
            .and_then(|text| serde_json::from_str::<Vec<String>>(text).ok())
    };
    let (loaders, game_versions) = (wanted("loaders"), wanted("game_versions"));
    let any = |wanted: &Option<Vec<String>>, has: &[&str]| {
        wanted
            .as_ref()
            .is_none_or(|wanted| wanted.iter().any(|w| has.contains(&w.as_str())))
    };
    let fits = |version: &&Version| {
        any(&loaders, version.loaders) && any(&game_versions, &version.game_versions)
    };
    let changelog = with_changelog(query);
    let listed = project.listed(now).rev().filter(fits);
    listed
        .map(|version| wire::Version::of(project, version, changelog, now))
        .collect()
}

fn with_changelog(query: &Query) -> bool {
    query.get("include_changelog") != Some("false")
}

/// Plain JSON strings only: a backslash in one is refused upstream too.
fn ids(query: &Query) -> Option<Vec<&str>> {
    serde_json::from_str(query.get("ids")?).ok()
}

fn is_id(text: &str) -> bool {
    (1..=11).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric())
}
