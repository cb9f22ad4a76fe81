//! Modrinth's API, version 2.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use modstats_store::model::{
    Platform, ProjectDescription, ProjectKey, ProjectKind, ProjectObservation, VersionDescription,
    VersionObservation,
};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Api, Item, Listed, Stated, Versions, failed, item, page_url, statements};
use crate::decode::{Decoded, FieldError, ItemError, NAME, Reader, SUMMARY, WORD};
use crate::error::AskError;
use crate::http::{Http, Question};

/// The API has no limit of its own, but the address has: this many are about 2 KiB.
const BATCH: usize = 100;

pub(crate) struct Modrinth<'a> {
    http: Http<'a>,
}

impl<'a> Modrinth<'a> {
    pub fn new(http: Http<'a>) -> Self {
        Modrinth { http }
    }

    async fn batch(&self, keys: &[String]) -> Result<BTreeMap<String, Stated>, AskError> {
        // Entries hold no character that JSON escapes, which this route would refuse.
        let ids = Value::from(keys).to_string();
        let question = Question {
            route: "/v2/projects",
            path: &["v2", "projects"],
            query: &[("ids", &ids)],
            body: None,
        };
        let answer = self.http.ask(&question).await?;
        let items: Vec<_> = list(&answer.body)?
            .into_iter()
            .map(|raw| project_item(raw, answer.asked_at))
            .collect();
        Ok(statements(keys, &items, answer.asked_at))
    }
}

#[async_trait]
impl Api for Modrinth<'_> {
    async fn totals(&self, keys: &[String]) -> BTreeMap<String, Stated> {
        let mut stated = BTreeMap::new();
        let mut batches: Vec<&[String]> = keys.chunks(BATCH).collect();
        while let Some(batch) = batches.pop() {
            match self.batch(batch).await {
                Ok(answers) => stated.extend(answers),
                Err(AskError::TooLong) if batch.len() > 1 => {
                    let (left, right) = batch.split_at(batch.len() / 2);
                    batches.extend([left, right]);
                }
                Err(error) => stated.extend(failed(batch, &error)),
            }
        }
        stated
    }

    async fn versions(&self, project: &ProjectKey) -> Result<Listed, AskError> {
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
        Ok(versions.into_listing(project, answer.asked_at))
    }

    fn in_flight(&self) -> usize {
        4
    }

    fn http(&self) -> &Http<'_> {
        &self.http
    }
}

fn list(body: &[u8]) -> Result<Vec<&RawValue>, AskError> {
    serde_json::from_slice(body).map_err(|error| AskError::Shape(format!("no list ({error})")))
}

fn project_item(raw: &RawValue, asked_at: Timestamp) -> Result<Item, FieldError> {
    let identify = |value: &Value| {
        let mut reader = Reader::new(value);
        Ok((id(&mut reader)?, reader.text("slug", NAME)))
    };
    item(raw, identify, |value| project(value, asked_at))
}

/// Decodes a project, as `/v2/project/{id}` and `/v2/projects` state it.
pub fn project(
    value: &Value,
    asked_at: Timestamp,
) -> Result<Decoded<ProjectObservation>, FieldError> {
    let mut reader = Reader::new(value);
    let id = id(&mut reader)?;
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
    let id = id(&mut reader).map_err(|error| ItemError {
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
fn id(reader: &mut Reader<'_>) -> Result<String, FieldError> {
    match reader.text("id", NAME) {
        Some(id) if id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Ok(id),
        Some(id) => Err(FieldError {
            field: "id",
            wrong: format!("is {id:?}, which is no id"),
        }),
        None => Err(FieldError {
            field: "id",
            wrong: "is missing".to_owned(),
        }),
    }
}
