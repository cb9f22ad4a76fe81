//! CurseForge's API, version 1.

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use modstats_store::model::{
    Platform, ProjectDescription, ProjectKey, ProjectKind, ProjectObservation, VersionDescription,
    VersionObservation,
};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Api, Item, Listed, ListingFlaw, Stated, Versions, failed, item, page_url, statements};
use crate::credentials::ApiKey;
use crate::decode::{Decoded, FieldError, ItemError, NAME, Reader, SUMMARY};
use crate::error::AskError;
use crate::http::{Http, Question, Refusal};

/// No limit is documented; this is among what others are seen to use.
const BATCH: usize = 100;
/// The most that a page holds, and the last item that paging reaches.
const PAGE: usize = 50;
const REACH: usize = 10_000;
const PAGES_IN_FLIGHT: usize = 2;

/// `gameVersions` holds game versions, loaders and sides alike; these are the loaders' names.
const LOADERS: [&str; 7] = [
    "Forge",
    "NeoForge",
    "Fabric",
    "Quilt",
    "LiteLoader",
    "Cauldron",
    "Rift",
];
const SIDES: [&str; 2] = ["Client", "Server"];

const CLASS_MODS: i64 = 6;
const CLASS_MODPACKS: i64 = 4471;

const SITE: &str = "https://www.curseforge.com";

pub(crate) struct Curseforge<'a> {
    http: Http<'a>,
}

impl<'a> Curseforge<'a> {
    pub fn new(http: Http<'a>, key: &ApiKey) -> Self {
        Curseforge {
            http: http
                .with_header("x-api-key", key.header())
                .understanding(understand),
        }
    }

    async fn batch(&self, keys: &[String]) -> Result<BTreeMap<String, Stated>, AskError> {
        let ids: Vec<i64> = keys.iter().filter_map(|key| key.parse().ok()).collect();
        let question = Question {
            route: "/v1/mods",
            path: &["v1", "mods"],
            query: &[],
            body: Some(&json!({ "modIds": ids })),
        };
        let answer = self.http.ask(&question).await?;
        let items: Vec<_> = envelope(&answer.body)?
            .data
            .into_iter()
            .map(|raw| project_item(raw, answer.asked_at))
            .collect();
        Ok(statements(keys, &items, answer.asked_at))
    }

    async fn page(&self, project: &ProjectKey, index: usize) -> Result<Page, AskError> {
        let question = Question {
            route: "/v1/mods/{modId}/files",
            path: &["v1", "mods", &project.id, "files"],
            query: &[
                ("index", &index.to_string()),
                ("pageSize", &PAGE.to_string()),
            ],
            body: None,
        };
        let answer = self.http.ask(&question).await?;
        let envelope = envelope(&answer.body)?;
        let total = Reader::new(&envelope.pagination)
            .counter("totalCount")
            .map_err(|error| AskError::Shape(format!("pagination: {error}")))?;
        Ok(Page {
            asked_at: answer.asked_at,
            total: usize::try_from(total).unwrap_or(usize::MAX),
            files: envelope.data.into_iter().map(ToOwned::to_owned).collect(),
        })
    }

    /// Asks for all pages, and says whether the platform's count changed meanwhile: files may
    /// then have moved from one page to another unseen.
    async fn pages(&self, project: &ProjectKey) -> Result<(Listed, bool), AskError> {
        let first = self.page(project, 0).await?;
        // A platform that gives less than it was asked for is followed at its own pace.
        let stride = first.files.len().max(1);
        let end = if first.files.is_empty() {
            0
        } else {
            first.total.min(REACH - PAGE + 1)
        };
        let further: Vec<usize> = (stride..end.max(stride)).step_by(stride).collect();
        let further: Vec<Result<Page, AskError>> = stream::iter(further)
            .map(|index| self.page(project, index))
            .buffered(PAGES_IN_FLIGHT)
            .collect()
            .await;

        let (asked_at, first_total) = (first.asked_at, first.total);
        let mut versions = Versions::default();
        let (mut total, mut changed) = (first_total, false);
        for page in std::iter::once(Ok(first)).chain(further) {
            match page {
                Ok(page) => {
                    (total, changed) = (page.total, changed || page.total != first_total);
                    page.files.iter().for_each(|raw| versions.take(raw, file));
                }
                Err(error) => versions.flaw_once(ListingFlaw::Page(error)),
            }
        }
        let seen = versions.seen.len() + versions.unreadable;
        let missing_page = versions
            .flaws
            .iter()
            .any(|flaw| matches!(flaw, ListingFlaw::Page(_)));
        if total > REACH {
            versions.flaw_once(ListingFlaw::Capped {
                total,
                limit: REACH,
            });
        } else if (seen < total || changed) && !missing_page {
            versions.flaw_once(ListingFlaw::Short { seen, total });
        }
        Ok((versions.into_listing(project, asked_at), changed))
    }
}

#[async_trait]
impl Api for Curseforge<'_> {
    async fn totals(&self, keys: &[String]) -> BTreeMap<String, Stated> {
        let mut stated = BTreeMap::new();
        for batch in keys.chunks(BATCH) {
            match self.batch(batch).await {
                Ok(answers) => stated.extend(answers),
                Err(error) => stated.extend(failed(batch, &error)),
            }
        }
        stated
    }

    async fn versions(&self, project: &ProjectKey) -> Result<Listed, AskError> {
        let (listed, changed) = self.pages(project).await?;
        if changed {
            // Once more: a list rarely changes twice within seconds.
            return Ok(self.pages(project).await?.0);
        }
        Ok(listed)
    }

    fn in_flight(&self) -> usize {
        1
    }

    fn http(&self) -> &Http<'_> {
        &self.http
    }
}

struct Page {
    asked_at: Timestamp,
    total: usize,
    files: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    #[serde(default)]
    pagination: Value,
}

fn envelope(body: &[u8]) -> Result<Envelope<'_>, AskError> {
    serde_json::from_slice(body).map_err(|error| AskError::Shape(error.to_string()))
}

/// CurseForge says nearly everything with 403 and 400.
fn understand(refusal: &Refusal<'_>) -> Option<AskError> {
    let status = refusal.status;
    let detail = || refusal.detail();
    match status {
        StatusCode::UNAUTHORIZED => Some(AskError::KeyRefused),
        StatusCode::FORBIDDEN if refusal.body == Some(b"") && !refusal.answered_before => {
            Some(AskError::KeyRefused)
        }
        // JSON would mean that this one thing is not to be had.
        StatusCode::FORBIDDEN if !refusal.is_json() => Some(AskError::Throttled {
            status,
            detail: detail(),
        }),
        StatusCode::BAD_REQUEST if detail().contains("404") => Some(AskError::NotFound { status }),
        _ => None,
    }
}

fn project_item(raw: &RawValue, asked_at: Timestamp) -> Result<Item, FieldError> {
    item(
        raw,
        |value| Ok((id(&Reader::new(value))?, None)),
        |value| project(value, asked_at),
    )
}

/// Decodes a project, as `/v1/mods` states it.
pub fn project(
    value: &Value,
    asked_at: Timestamp,
) -> Result<Decoded<ProjectObservation>, FieldError> {
    let mut reader = Reader::new(value);
    let id = id(&reader)?;
    let downloads = reader.counter("downloadCount")?;
    let slug = reader.text("slug", NAME).unwrap_or_else(|| id.clone());
    let (kind, section) = match reader.counter_if_any("classId") {
        Some(CLASS_MODS) => (ProjectKind::Mod, &["minecraft", "mc-mods"][..]),
        Some(CLASS_MODPACKS) => (ProjectKind::Modpack, &["minecraft", "modpacks"][..]),
        _ => (ProjectKind::Other, &[][..]),
    };
    let stated_page = reader.https("links/websiteUrl").filter(|url| {
        url.host_str()
            .is_some_and(|host| host == "curseforge.com" || host.ends_with(".curseforge.com"))
    });
    let page_url = match (stated_page, section) {
        (Some(url), _) => url.into(),
        (None, []) => page_url(SITE, &["projects", &id]),
        (None, section) => page_url(SITE, &[section, &[&slug]].concat()),
    };
    let description = ProjectDescription {
        kind,
        name: reader.text("name", NAME).unwrap_or_else(|| slug.clone()),
        summary: reader.text("summary", SUMMARY).unwrap_or_default(),
        page_url,
        icon_url: reader.https("logo/url").map(String::from),
        published_at: reader.time("dateCreated"),
        slug,
    };
    let thumbs_up = reader.counter_if_any("thumbsUpCount");
    Ok(reader.finish(ProjectObservation {
        project: ProjectKey {
            platform: Platform::Curseforge,
            id,
        },
        asked_at,
        description: Some(description),
        downloads,
        followers: None,
        thumbs_up,
    }))
}

/// Decodes a file, which is CurseForge's version, as `/v1/mods/{modId}/files` states it.
pub fn file(value: &Value) -> Result<Decoded<VersionObservation>, ItemError> {
    let mut reader = Reader::new(value);
    let id = id(&reader).map_err(|error| ItemError {
        item: "a file".to_owned(),
        error,
    })?;
    let downloads = reader.counter("downloadCount").map_err(|error| ItemError {
        item: format!("file {id}"),
        error,
    })?;
    // There is no version number; the file's name is what tells files of one name apart.
    let number = reader.text("fileName", NAME).unwrap_or_default();
    let name = reader
        .text("displayName", NAME)
        .unwrap_or_else(|| number.clone());
    let channel = match reader.counter_if_any("releaseType") {
        Some(2) => "beta",
        Some(3) => "alpha",
        _ => "release",
    };
    let (loaders, game_versions) = told_apart(reader.words("gameVersions"));
    let description = reader
        .time("fileDate")
        .map(|published_at| VersionDescription {
            name,
            number,
            channel: channel.to_owned(),
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

/// Loaders (in lower case, as Modrinth writes them) and game versions.
fn told_apart(words: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (loaders, others): (Vec<_>, Vec<_>) = words
        .into_iter()
        .partition(|word| LOADERS.contains(&word.as_str()));
    let is_game_version =
        |word: &String| !SIDES.contains(&word.as_str()) && !word.starts_with("Java ");
    (
        loaders.iter().map(|loader| loader.to_lowercase()).collect(),
        others.into_iter().filter(is_game_version).collect(),
    )
}

fn id(reader: &Reader<'_>) -> Result<String, FieldError> {
    match reader.counter("id")? {
        0 => Err(FieldError {
            field: "id",
            wrong: "is 0, which is no id".to_owned(),
        }),
        id => Ok(id.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaders_sides_and_game_versions_are_told_apart_by_name() {
        let words = [
            "Client",
            "NeoForge",
            "1.21.6",
            "Java 17",
            "Fabric",
            "1.21-Snapshot",
            "Server",
        ];
        let (loaders, versions) = told_apart(words.map(str::to_owned).to_vec());
        assert_eq!(loaders, ["neoforge", "fabric"]);
        assert_eq!(versions, ["1.21.6", "1.21-Snapshot"]);
    }

    #[test]
    fn forbidden_has_three_meanings() {
        let meaning = |status: u16, body: &[u8], answered_before| {
            let status = StatusCode::from_u16(status).unwrap();
            understand(&Refusal {
                status,
                body: Some(body),
                answered_before,
            })
        };
        assert_eq!(meaning(403, b"", false), Some(AskError::KeyRefused));
        assert!(matches!(
            meaning(403, b"", true),
            Some(AskError::Throttled { .. })
        ));
        let html = b"<HTML><H1>403 ERROR</H1>Request blocked.";
        assert!(matches!(
            meaning(403, html, false),
            Some(AskError::Throttled { .. })
        ));
        assert_eq!(meaning(403, br#"{"error": "not for you"}"#, true), None);
        let not_found = br#"{"error": "Error: 404 not found"}"#;
        assert!(matches!(
            meaning(400, not_found, true),
            Some(AskError::NotFound { .. })
        ));
        assert_eq!(meaning(400, br#"{"error": "bad modIds"}"#, true), None);
    }

    #[test]
    fn pages_on_other_hosts_are_built_instead() {
        let page = |json: Value| {
            let asked_at = Timestamp::UNIX_EPOCH;
            project(&json, asked_at)
                .unwrap()
                .value
                .description
                .unwrap()
                .page_url
        };
        let stated = "https://www.curseforge.com/minecraft/mc-mods/jei";
        let links = |url: &str| json!({ "websiteUrl": url });
        assert_eq!(
            page(json!({"id": 7, "downloadCount": 1, "links": links(stated)})),
            stated
        );
        for wrong in [
            "https://evilcurseforge.com/x",
            "http://www.curseforge.com/x",
            "javascript:1",
            "",
        ] {
            let project = json!({"id": 7, "downloadCount": 1, "slug": "a b", "classId": 6, "links": links(wrong)});
            assert_eq!(
                page(project),
                "https://www.curseforge.com/minecraft/mc-mods/a%20b"
            );
        }
        assert_eq!(
            page(json!({"id": 7, "downloadCount": 1})),
            "https://www.curseforge.com/projects/7"
        );
    }
}
