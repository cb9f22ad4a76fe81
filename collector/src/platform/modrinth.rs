//! Modrinth's API, version 2.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use modstats_store::model::{
    Platform, ProjectDescription, ProjectKey, ProjectKind, ProjectObservation, VersionDescription,
    VersionObservation,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::pages::{IdPage, Ids};
use super::versions::Versions;
use super::{
    Api, Contents, Dependents, Item, Items, Listed, Outline, ReadVersion, Refresh, Stated, Wanted,
    item, page_url, statements,
};
use crate::decode::{Decoded, FieldError, ItemError, NAME, Reader, SUMMARY, WORD, total};
use crate::error::AskError;
use crate::http::{Http, Question};

/// The API has no limit of its own, but the address has. Modrinth's own app asks for this many.
const BATCH: usize = 800;
const IN_FLIGHT: usize = 4;
/// The most hits of one page of a search, and the most of all its pages.
const HITS: usize = 100;
const REACH: usize = 20_000;
/// From so many hits on it is made sure that the search doesn't ignore its filter: it would then
/// name every modpack.
const SUSPICIOUS: usize = 1000;
/// In the form of an id, and nobody's.
const NOBODY: &str = "00000000";

pub(crate) struct Modrinth<'a> {
    http: Http<'a>,
}

impl<'a> Modrinth<'a> {
    pub fn new(http: Http<'a>) -> Self {
        Modrinth { http }
    }

    /// A page of the modpacks of which any version ever needed or contained a project.
    async fn hits(&self, project: &str, offset: usize, limit: usize) -> Result<IdPage, AskError> {
        let filter = format!(
            "project_types = `modpack` AND compatible_dependency_project_ids = `{project}`"
        );
        let question = Question {
            route: "/v2/search",
            path: &["v2", "search"],
            // Those that are published meanwhile push the others back, where they come twice.
            query: &[
                ("index", "newest"),
                ("new_filters", &filter),
                ("offset", &offset.to_string()),
                ("limit", &limit.to_string()),
            ],
            body: None,
        };
        let answer = self.http.ask(&question).await?;
        let (total, ids) = hits(&answer.body)?;
        Ok(IdPage {
            asked_at: answer.asked_at,
            total,
            ids,
        })
    }

    async fn all_hits(&self, project: &str, ids: &mut Ids) -> Result<(), AskError> {
        let first = self.hits(project, 0, HITS).await?;
        // A platform that gives less than it was asked for is followed at its own pace.
        let (stride, total) = (first.ids.len().min(HITS), first.total.min(REACH));
        ids.take(first);
        if stride == 0 {
            return Ok(());
        }
        let further = (stride..total).step_by(stride);
        let further: Vec<IdPage> = stream::iter(further)
            .map(|offset| self.hits(project, offset, HITS))
            .buffered(IN_FLIGHT)
            .try_collect()
            .await?;
        for page in further {
            ids.take(page);
        }
        Ok(())
    }
}

#[async_trait]
impl Api for Modrinth<'_> {
    async fn projects(&self, keys: &[String]) -> Result<BTreeMap<String, Stated>, AskError> {
        let question = Question {
            route: "/v2/projects",
            path: &["v2", "projects"],
            query: &[("ids", &list_of(keys))],
            body: None,
        };
        let answer = self.http.ask(&question).await?;
        let items: Vec<_> = list(&answer.body)?
            .into_iter()
            .map(|raw| project_item(raw, answer.asked_at))
            .collect();
        Ok(statements(keys, &items, answer.asked_at))
    }

    fn project_batch(&self) -> usize {
        BATCH
    }

    async fn walk(&self, wanted: &Wanted) -> Result<Listed, AskError> {
        let project = &wanted.project;
        let question = Question {
            route: "/v2/project/{id}/version",
            path: &["v2", "project", &project.id, "version"],
            query: &[("include_changelog", "false")],
            body: None,
        };
        let answer = self.http.ask(&question).await?;
        let mut versions = Versions::default();
        for raw in list(&answer.body)? {
            versions.take(raw, version);
        }
        Ok(versions.into_listing(project, answer.asked_at, None))
    }

    /// The project itself names its versions; those that were known besides are asked for too,
    /// since it doesn't name the unlisted ones.
    fn refresh(&self, wanted: &Wanted, _: Timestamp) -> Option<Refresh> {
        let (named, known) = (&wanted.outline.versions, &wanted.known.present);
        let ids: BTreeSet<&String> = named.iter().chain(known).collect();
        (!named.is_empty()).then(|| Refresh {
            ids: ids.into_iter().cloned().collect(),
            saves: 1,
        })
    }

    async fn versions(&self, ids: &[String]) -> Result<Items, AskError> {
        let question = Question {
            route: "/v2/versions",
            path: &["v2", "versions"],
            query: &[("ids", &list_of(ids)), ("include_changelog", "false")],
            body: None,
        };
        let answer = self.http.ask(&question).await?;
        let items = list(&answer.body)?;
        Ok(Items {
            asked_at: answer.asked_at,
            items: items.into_iter().map(ToOwned::to_owned).collect(),
        })
    }

    fn version_batch(&self) -> usize {
        BATCH
    }

    fn read_version(&self, value: &Value) -> Result<ReadVersion, ItemError> {
        version(value)
    }

    /// The search's index yields candidates: it names a pack as soon as any version ever had the
    /// project.
    async fn dependents(&self, project: &ProjectKey) -> Result<Dependents, AskError> {
        let mut ids = Ids::default();
        self.all_hits(&project.id, &mut ids).await?;
        if ids.flaw().is_some() {
            // Once more: what slipped past the first time is found the second time.
            self.all_hits(&project.id, &mut ids).await?;
        }
        if ids.unique.len() >= SUSPICIOUS && self.hits(NOBODY, 0, 1).await?.total > 0 {
            let ignored = "the search names modpacks of a project that doesn't exist";
            return Err(AskError::Shape(ignored.to_owned()));
        }
        Ok(Dependents {
            asked_at: ids.asked_at().unwrap_or(Timestamp::UNIX_EPOCH),
            flaw: ids.flaw(),
            packs: ids.unique,
        })
    }

    fn tells_contents(&self) -> bool {
        true
    }

    async fn contents(&self, versions: &[String]) -> Result<Contents, AskError> {
        let answer = self.versions(versions).await?;
        let items = answer.items.iter();
        Ok(items.filter_map(|raw| contents(raw)).collect())
    }

    fn in_flight(&self) -> usize {
        IN_FLIGHT
    }

    fn https(&self) -> Vec<&Http<'_>> {
        vec![&self.http]
    }
}

/// A list as a query's value. Entries and ids hold no character that JSON escapes, which these
/// routes would refuse.
fn list_of(ids: &[String]) -> String {
    Value::from(ids).to_string()
}

/// The total and the ids of a page of a search.
pub fn hits(body: &[u8]) -> Result<(usize, Vec<Option<String>>), AskError> {
    #[derive(Deserialize)]
    struct Search<'a> {
        #[serde(borrow)]
        hits: Vec<&'a RawValue>,
        #[serde(default)]
        total_hits: Value,
    }
    let search: Search<'_> =
        serde_json::from_slice(body).map_err(|error| AskError::Shape(error.to_string()))?;
    let id = |raw: &&RawValue| {
        let value = super::value(raw).ok()?;
        let id = value.get("project_id")?.as_str()?;
        is_id(id).then(|| id.to_owned())
    };
    let total = total("total_hits", &search.total_hits)
        .map_err(|error| AskError::Shape(error.to_string()))?;
    Ok((total, search.hits.iter().map(id).collect()))
}

/// A version's id and the projects that it needs or contains.
pub fn contents(raw: &RawValue) -> Option<(String, BTreeSet<String>)> {
    let value = super::value(raw).ok()?;
    let id = id(&Reader::new(&value)).ok()?;
    let dependencies = value.get("dependencies")?.as_array()?;
    let needed = |dependency: &Value| {
        let kind = dependency.get("dependency_type")?.as_str()?;
        let project = dependency.get("project_id")?.as_str()?;
        (kind != "incompatible" && is_id(project)).then(|| project.to_owned())
    };
    Some((id, dependencies.iter().filter_map(needed).collect()))
}

fn list(body: &[u8]) -> Result<Vec<&RawValue>, AskError> {
    serde_json::from_slice(body).map_err(|error| AskError::Shape(format!("no list ({error})")))
}

fn project_item(raw: &RawValue, asked_at: Timestamp) -> Result<Item, FieldError> {
    let identify = |value: &Value| {
        let mut reader = Reader::new(value);
        Ok((id(&reader)?, reader.text("slug", NAME)))
    };
    item(raw, identify, |value| project(value, asked_at), outline)
}

/// Which versions a project names: ids only, or none of them.
fn outline(value: &Value) -> Outline {
    let ids = value.get("versions").and_then(Value::as_array);
    let ids: Option<Vec<String>> = ids.and_then(|ids| {
        let id = |id: &Value| id.as_str().filter(|id| is_id(id)).map(str::to_owned);
        ids.iter().map(id).collect()
    });
    Outline {
        versions: ids.unwrap_or_default(),
        marker: None,
    }
}

/// Decodes a project, as `/v2/project/{id}` and `/v2/projects` state it.
pub fn project(
    value: &Value,
    asked_at: Timestamp,
) -> Result<Decoded<ProjectObservation>, FieldError> {
    let mut reader = Reader::new(value);
    let id = id(&reader)?;
    let downloads = reader.counter("downloads")?;
    let slug = reader.text("slug", NAME).unwrap_or_else(|| id.clone());
    let (kind, section) = match reader.text("project_type", WORD).as_deref() {
        Some("mod") => (ProjectKind::Mod, "mod"),
        Some("modpack") => (ProjectKind::Modpack, "modpack"),
        _ => (ProjectKind::Other, "project"),
    };
    let description = ProjectDescription {
        kind,
        name: reader.text("title", NAME).unwrap_or_else(|| slug.clone()),
        summary: reader.text("description", SUMMARY).unwrap_or_default(),
        page_url: page_url("https://modrinth.com", &[section, &slug]),
        icon_url: reader.https("icon_url").map(String::from),
        published_at: reader.time("published"),
        slug,
    };
    let followers = reader.counter_if_any("followers");
    Ok(reader.finish(ProjectObservation {
        project: ProjectKey {
            platform: Platform::Modrinth,
            id,
        },
        asked_at,
        description: Some(description),
        downloads,
        followers,
        thumbs_up: None,
    }))
}

/// Decodes a version, as `/v2/project/{id}/version` states it.
pub fn version(value: &Value) -> Result<Decoded<VersionObservation>, ItemError> {
    let mut reader = Reader::new(value);
    let id = id(&reader).map_err(|error| ItemError {
        item: "a version".to_owned(),
        error,
    })?;
    let downloads = reader.counter("downloads").map_err(|error| ItemError {
        item: format!("version {id}"),
        error,
    })?;
    let number = reader.text("version_number", NAME).unwrap_or_default();
    let name = reader.text("name", NAME).unwrap_or_else(|| number.clone());
    let channel = reader
        .text("version_type", WORD)
        .unwrap_or_else(|| "release".to_owned());
    let loaders = reader.words("loaders");
    let game_versions = reader.words("game_versions");
    let description = reader
        .time("date_published")
        .map(|published_at| VersionDescription {
            name,
            number,
            channel,
            published_at,
            loaders,
            game_versions,
        });
    Ok(reader.finish(VersionObservation {
        id,
        description,
        downloads,
    }))
}

/// Ids are base62; nothing else may become a key or a part of an address.
fn id(reader: &Reader<'_>) -> Result<String, FieldError> {
    reader.id(is_id)
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
