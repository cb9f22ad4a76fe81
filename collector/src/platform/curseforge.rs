//! CurseForge's API, version 1.

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use modstats_crds::clean;
use modstats_store::model::{
    Platform, ProjectDescription, ProjectKey, ProjectKind, ProjectObservation, VersionDescription,
    VersionObservation,
};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::pages::{IdPage, Ids};
use super::versions::Versions;
use super::{
    Api, Contents, Dependents, Item, Items, Listed, ListingFlaw, Outline, ReadVersion, Refresh,
    Stated, Wanted, item, page_url, statements,
};
use crate::credentials::ApiKey;
use crate::decode::{Decoded, FieldError, ItemError, NAME, Reader, SUMMARY, WORD, distinct, total};
use crate::error::AskError;
use crate::http::{Http, Question, Refusal};

/// No limit is documented; this is among what others are seen to use.
const BATCH: usize = 250;
/// The most that a page holds, and the last item that paging reaches.
const PAGE: usize = 50;
const REACH: usize = 10_000;
const PAGES_IN_FLIGHT: usize = 2;
/// However unchanged a project says it is, its list is walked when this has passed.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The most pages of the website's list, of 20 each.
const WEBSITE_PAGES: usize = 500;
/// So many pages without anything new are its end, whatever it counts.
const NOTHING_NEW: usize = 3;

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
/// The types by which `sortableGameVersions` marks them.
const LOADER_TYPE: i64 = 68_441;
const SIDE_TYPE: i64 = 75_208;

const CLASS_MODS: i64 = 6;
const CLASS_MODPACKS: i64 = 4471;

const SITE: &str = "https://www.curseforge.com";

pub(crate) struct Curseforge<'a> {
    http: Http<'a>,
    /// Without the key, and never asked twice.
    website: Http<'a>,
}

impl<'a> Curseforge<'a> {
    pub fn new(http: Http<'a>, website: Http<'a>, key: &ApiKey) -> Self {
        Curseforge {
            http: http
                .with_header("x-api-key", key.header())
                .understanding(understand),
            website: website.once(),
        }
    }

    async fn post(
        &self,
        route: &'static str,
        path: &[&str],
        body: Value,
    ) -> Result<Items, AskError> {
        let question = Question {
            route,
            path,
            query: &[],
            body: Some(&body),
        };
        let answer = self.http.ask(&question).await?;
        let items = envelope(&answer.body)?.data;
        Ok(Items {
            asked_at: answer.asked_at,
            items: items.into_iter().map(ToOwned::to_owned).collect(),
        })
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
        Ok(Page {
            asked_at: answer.asked_at,
            total: envelope.total()?,
            files: envelope.data.into_iter().map(ToOwned::to_owned).collect(),
        })
    }

    /// Asks for all pages, and says whether the platform's count changed meanwhile: files may
    /// then have moved from one page to another unseen.
    async fn pages(&self, wanted: &Wanted) -> Result<(Listed, bool), AskError> {
        let project = &wanted.project;
        let first = self.page(project, 0).await?;
        // A platform that gives less than it was asked for is followed at its own pace.
        let stride = first.files.len().clamp(1, PAGE);
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
        if total > REACH {
            versions.flaw_once(ListingFlaw::Capped {
                total,
                limit: REACH,
            });
        } else if (seen < total || changed) && !versions.lacks_a_page() {
            versions.flaw_once(ListingFlaw::Short { seen, total });
        }
        let marker = wanted.outline.marker.clone();
        Ok((versions.into_listing(project, asked_at, marker), changed))
    }

    async fn website_page(&self, project: &ProjectKey, page: usize) -> Result<IdPage, AskError> {
        let question = Question {
            route: "/api/v1/mods/{modId}/dependents",
            path: &["api", "v1", "mods", &project.id, "dependents"],
            query: &[("page", &page.to_string()), ("pageSize", "20")],
            body: None,
        };
        let answer = self.website.ask(&question).await?;
        let (total, ids) = dependents(&answer.body)?;
        Ok(IdPage {
            asked_at: answer.asked_at,
            total,
            ids,
        })
    }
}

#[async_trait]
impl Api for Curseforge<'_> {
    async fn projects(&self, keys: &[String]) -> Result<BTreeMap<String, Stated>, AskError> {
        let body = json!({ "modIds": numbers(keys) });
        let answer = self.post("/v1/mods", &["v1", "mods"], body).await?;
        let items = answer.items.iter();
        let items: Vec<_> = items
            .map(|raw| project_item(raw, answer.asked_at))
            .collect();
        Ok(statements(keys, &items, answer.asked_at))
    }

    fn project_batch(&self) -> usize {
        BATCH
    }

    async fn walk(&self, wanted: &Wanted) -> Result<Listed, AskError> {
        let (listed, changed) = self.pages(wanted).await?;
        if changed {
            // Once more: a list rarely changes twice within seconds.
            return Ok(self.pages(wanted).await?.0);
        }
        Ok(listed)
    }

    /// A list that was walked lately, and whose project hasn't changed since, holds what it held.
    fn refresh(&self, wanted: &Wanted, now: Timestamp) -> Option<Refresh> {
        let (walked_at, marker) = wanted.known.walked.as_ref()?;
        let unchanged = wanted.outline.marker.as_ref() == Some(marker);
        let lately = now.duration_since(*walked_at) < WEEK;
        let ids = wanted.known.present.clone();
        (unchanged && lately).then(|| Refresh {
            saves: ids.len().div_ceil(PAGE).max(1),
            ids,
        })
    }

    async fn versions(&self, ids: &[String]) -> Result<Items, AskError> {
        let body = json!({ "fileIds": numbers(ids) });
        self.post("/v1/mods/files", &["v1", "mods", "files"], body)
            .await
    }

    fn version_batch(&self) -> usize {
        BATCH
    }

    fn read_version(&self, value: &Value) -> Result<ReadVersion, ItemError> {
        file(value)
    }

    /// The API doesn't tell. The website does, to whom it likes: whatever is no list of its own is
    /// a refusal, and no end of the list.
    async fn dependents(&self, project: &ProjectKey) -> Result<Dependents, AskError> {
        let mut ids = Ids::default();
        let (mut page, mut without_new) = (1, 0);
        loop {
            let answer = self.website_page(project, page).await.map_err(refused)?;
            let (empty, total) = (answer.ids.is_empty(), answer.total);
            without_new = if ids.take(answer) == 0 {
                without_new + 1
            } else {
                0
            };
            let all = ids.unique.len() >= total;
            if empty || all || without_new == NOTHING_NEW || page == WEBSITE_PAGES {
                break;
            }
            page += 1;
        }
        Ok(Dependents {
            asked_at: ids.asked_at().unwrap_or(Timestamp::UNIX_EPOCH),
            flaw: ids.flaw(),
            packs: ids.unique,
        })
    }

    /// What a pack contains is in its archive.
    fn tells_contents(&self) -> bool {
        false
    }

    async fn contents(&self, _: &[String]) -> Result<Contents, AskError> {
        Ok(Contents::new())
    }

    fn in_flight(&self) -> usize {
        1
    }

    fn https(&self) -> Vec<&Http<'_>> {
        vec![&self.http, &self.website]
    }
}

/// What the website says instead of a list.
fn refused(error: AskError) -> AskError {
    match error {
        AskError::NotFound { .. }
        | AskError::Redirected { .. }
        | AskError::Refused { .. }
        | AskError::Retired { .. }
        | AskError::Throttled { .. }
        | AskError::NotJson { .. }
        | AskError::NotCalledJson { .. } => AskError::WebsiteRefused(error.to_string()),
        other => other,
    }
}

fn numbers(ids: &[String]) -> Vec<i64> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

/// The total and the ids of a page of the website's list, which holds mods and others besides
/// modpacks: those that can't be told apart yet are, by their own answers.
pub fn dependents(body: &[u8]) -> Result<(usize, Vec<Option<String>>), AskError> {
    let envelope = envelope(body)?;
    let read = |raw: &&RawValue| {
        let value = super::value(raw).ok()?;
        id(&Reader::new(&value)).ok()
    };
    Ok((envelope.total()?, envelope.data.iter().map(read).collect()))
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

impl Envelope<'_> {
    fn total(&self) -> Result<usize, AskError> {
        total("totalCount", &self.pagination["totalCount"])
            .map_err(|error| AskError::Shape(format!("pagination: {error}")))
    }
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
        outline,
    )
}

/// Whatever is done to a project's files moves its time of change; the newest files are named
/// besides, in case that lags.
fn outline(value: &Value) -> Outline {
    let changed = value.get("dateModified").and_then(Value::as_str);
    let files = value.get("latestFilesIndexes").and_then(Value::as_array);
    let newest = files
        .into_iter()
        .flatten()
        .filter_map(|file| file.get("fileId")?.as_i64());
    Outline {
        versions: Vec::new(),
        marker: changed.map(|changed| {
            let changed = clean(changed, WORD);
            format!("{changed} {}", newest.max().unwrap_or_default())
        }),
    }
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
    let (loaders, game_versions) = told_apart(value, reader.words("gameVersions"));
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

/// Loaders (in lower case, as Modrinth writes them) and game versions, without the sides. A name
/// that isn't known is told by its type.
fn told_apart(value: &Value, words: Vec<String>) -> (Vec<String>, Vec<String>) {
    let sorts = value.get("sortableGameVersions").and_then(Value::as_array);
    let mut kinds: BTreeMap<&str, Option<i64>> = BTreeMap::new();
    for sort in sorts.into_iter().flatten() {
        let kind = || Reader::new(sort).counter("gameVersionTypeId").ok();
        if let Some(name) = sort.get("gameVersionName").and_then(Value::as_str) {
            kinds.entry(name).or_insert_with(kind);
        }
    }
    let kind = |word: &String| kinds.get(word.as_str()).copied().flatten();
    let is_loader =
        |word: &String| LOADERS.contains(&word.as_str()) || kind(word) == Some(LOADER_TYPE);
    let (loaders, others): (Vec<_>, Vec<_>) = words.into_iter().partition(is_loader);
    let is_game_version = |word: &String| {
        !SIDES.contains(&word.as_str())
            && kind(word) != Some(SIDE_TYPE)
            && !word.starts_with("Java ")
    };
    let lower = |loader: &String| clean(&loader.to_lowercase(), WORD);
    (
        distinct(loaders.iter().map(lower)),
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
        let (loaders, versions) = told_apart(&json!({}), words.map(str::to_owned).to_vec());
        assert_eq!(loaders, ["neoforge", "fabric"]);
        assert_eq!(versions, ["1.21.6", "1.21-Snapshot"]);

        let sorts = json!({"sortableGameVersions": [
            {"gameVersionName": "Newloader", "gameVersionTypeId": 68441},
            {"gameVersionName": "Proxy", "gameVersionTypeId": 75208},
        ]});
        let words = ["1.21.6", "Newloader", "Proxy"].map(str::to_owned).to_vec();
        let (loaders, versions) = told_apart(&sorts, words);
        assert_eq!(
            (loaders, versions),
            (vec!["newloader".to_owned()], vec!["1.21.6".to_owned()])
        );
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
