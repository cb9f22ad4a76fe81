//! CurseForge's API, version 1, and its website.

mod answers;

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use modstats_store::model::ProjectKey;
use reqwest::StatusCode;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::pages::{IdPage, Ids};
use super::versions::Versions;
use super::{
    Api, Contents, Dependents, Items, Listed, ListingFlaw, ReadVersion, Refresh, Stated, Wanted,
    statements,
};
use crate::credentials::ApiKey;
use crate::decode::ItemError;
use crate::error::AskError;
use crate::http::{Http, Question, Refusal};

pub use answers::{dependents, file, project};
use answers::{envelope, project_item};

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

struct Page {
    asked_at: Timestamp,
    total: usize,
    files: Vec<Box<RawValue>>,
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
