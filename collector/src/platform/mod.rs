//! What differs between platforms. A new one is a file here and a line in [`open`].

pub mod curseforge;
pub mod modrinth;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use modstats_store::model::{
    Platform, ProjectKey, ProjectObservation, VersionListing, VersionObservation,
};
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use crate::credentials::Credentials;
use crate::decode::{Decoded, FieldError, ItemError};
use crate::error::AskError;
use crate::http::Http;

/// What a platform states about one key, which is an id or a slug.
#[derive(Clone, Debug, PartialEq)]
pub enum Stated {
    Found(Decoded<ProjectObservation>),
    /// It is there, but its numbers cannot be read.
    Unreadable(ItemError),
    /// Asked at this instant, the platform showed no such project.
    Absent(Timestamp),
    Failed(AskError),
}

/// A project's versions, and what is wrong with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub listing: VersionListing,
    pub flaws: Vec<ListingFlaw>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListingFlaw {
    #[error("{0}; its number is left out")]
    Unreadable(ItemError),
    #[error("{0}; its number is kept")]
    Field(ItemError),
    #[error(
        "{seen} versions were seen where the platform counts {total}: the list changed meanwhile, or is miscounted"
    )]
    Short { seen: usize, total: usize },
    #[error("{total} versions are more than the {limit} that the platform lists")]
    Capped { total: usize, limit: usize },
    #[error("a page of the list is missing: {0}")]
    Page(AskError),
}

#[async_trait]
pub(crate) trait Api: Send + Sync {
    /// One statement for each key.
    async fn totals(&self, keys: &[String]) -> BTreeMap<String, Stated>;

    async fn versions(&self, project: &ProjectKey) -> Result<Listed, AskError>;

    /// How many projects' versions may be asked for at a time.
    fn in_flight(&self) -> usize;

    fn http(&self) -> &Http<'_>;
}

pub(crate) fn open<'a>(
    http: Http<'a>,
    platform: Platform,
    credentials: &Credentials,
) -> Result<Box<dyn Api + 'a>, AskError> {
    Ok(match platform {
        Platform::Modrinth => Box::new(modrinth::Modrinth::new(http)),
        Platform::Curseforge => {
            let key = credentials
                .curseforge_key
                .as_ref()
                .ok_or(AskError::KeyMissing)?;
            Box::new(curseforge::Curseforge::new(http, key))
        }
    })
}

/// An item of a list of projects.
struct Item {
    id: String,
    slug: Option<String>,
    project: Result<Decoded<ProjectObservation>, ItemError>,
}

/// A batch without an answer: each of its keys failed with it.
fn failed(keys: &[String], error: &AskError) -> impl Iterator<Item = (String, Stated)> {
    keys.iter()
        .map(|key| (key.clone(), Stated::Failed(error.clone())))
}

/// Finds each key's item: by id, else by slug, which platforms compare without regard to case.
///
/// Where an item doesn't even say which project it is, a key without an item may be that one:
/// then it counts as failed, not as absent.
fn statements(
    keys: &[String],
    items: &[Result<Item, FieldError>],
    asked_at: Timestamp,
) -> BTreeMap<String, Stated> {
    let nameless = items.iter().find_map(|item| item.as_ref().err());
    let of = |key: &String| {
        let known = || items.iter().flatten();
        let item = known().find(|item| item.id == *key).or_else(|| {
            known().find(|item| {
                item.slug
                    .as_ref()
                    .is_some_and(|slug| slug.eq_ignore_ascii_case(key))
            })
        });
        match (item.map(|item| &item.project), nameless) {
            (Some(Ok(project)), _) => Stated::Found(project.clone()),
            (Some(Err(error)), _) => Stated::Unreadable(error.clone()),
            (None, Some(error)) => Stated::Failed(AskError::Shape(format!("an item's {error}"))),
            (None, None) => Stated::Absent(asked_at),
        }
    };
    keys.iter().map(|key| (key.clone(), of(key))).collect()
}

/// Reads one project of an answer.
fn item(
    raw: &RawValue,
    identify: impl Fn(&Value) -> Result<(String, Option<String>), FieldError>,
    read: impl Fn(&Value) -> Result<Decoded<ProjectObservation>, FieldError>,
) -> Result<Item, FieldError> {
    let value = value(raw).map_err(|wrong| FieldError { field: "id", wrong })?;
    let (id, slug) = identify(&value)?;
    let project = read(&value).map_err(|error| ItemError {
        item: format!("project {id}"),
        error,
    });
    Ok(Item { id, slug, project })
}

/// Versions as they are read, item by item and page by page.
#[derive(Default)]
struct Versions {
    seen: BTreeSet<String>,
    versions: Vec<VersionObservation>,
    unreadable: usize,
    flaws: Vec<ListingFlaw>,
}

impl Versions {
    fn take(
        &mut self,
        raw: &RawValue,
        decode: impl Fn(&Value) -> Result<Decoded<VersionObservation>, ItemError>,
    ) {
        let item = |wrong| ItemError {
            item: "a version".to_owned(),
            error: FieldError { field: "id", wrong },
        };
        match value(raw).map_err(item).and_then(|value| decode(&value)) {
            Ok(Decoded {
                value: version,
                flaws,
            }) => {
                let flaw = |error| {
                    ListingFlaw::Field(ItemError {
                        item: format!("version {}", version.id),
                        error,
                    })
                };
                self.flaws.extend(flaws.into_iter().map(flaw));
                if self.seen.insert(version.id.clone()) {
                    self.versions.push(version);
                }
            }
            Err(error) => {
                self.unreadable += 1;
                self.flaws.push(ListingFlaw::Unreadable(error));
            }
        }
    }

    fn flaw_once(&mut self, flaw: ListingFlaw) {
        if !self.flaws.contains(&flaw) {
            self.flaws.push(flaw);
        }
    }

    /// It is complete unless a number is missing.
    fn into_listing(self, project: &ProjectKey, asked_at: Timestamp) -> Listed {
        let complete = self
            .flaws
            .iter()
            .all(|flaw| matches!(flaw, ListingFlaw::Field(_)));
        let project = project.clone();
        let listing = VersionListing {
            project,
            asked_at,
            complete,
            versions: self.versions,
        };
        Listed {
            listing,
            flaws: self.flaws,
        }
    }
}

fn value(raw: &RawValue) -> Result<Value, String> {
    serde_json::from_str(raw.get()).map_err(|error| format!("cannot be read ({error})"))
}

/// The address of a page on the platform's own site.
fn page_url(site: &str, segments: &[&str]) -> String {
    let Ok(mut url) = Url::parse(site) else {
        return site.to_owned();
    };
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url.into()
}
