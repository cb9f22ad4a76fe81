//! What differs between platforms. A new one is a file here and a line in [`open`].

mod batches;
pub mod curseforge;
pub mod modrinth;
mod pages;
mod versions;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use modstats_store::model::{Platform, ProjectKey, ProjectObservation};
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use crate::credentials::Credentials;
use crate::decode::{Decoded, FieldError, ItemError};
use crate::error::AskError;
use crate::http::Http;

pub(crate) use batches::{Batches, totals};
pub use versions::ListingFlaw;
pub(crate) use versions::{Listed, Outline, Refresh, Wanted, listings};

/// What a platform states about one key, which is an id or a slug.
#[derive(Clone, Debug, PartialEq)]
pub enum Stated {
    Found(Box<Found>),
    /// It is there, but its numbers cannot be read.
    Unreadable(ItemError),
    /// Asked at this instant, the platform showed no such project.
    Absent(Timestamp),
    Failed(AskError),
}

/// A project, and what its own answer tells of its versions.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub project: Decoded<ProjectObservation>,
    pub(crate) outline: Outline,
}

/// Which modpacks a platform names for a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependents {
    pub asked_at: Timestamp,
    /// By their ids.
    pub packs: BTreeSet<String>,
    /// Why not every pack may be among them.
    pub flaw: Option<String>,
}

/// The projects that versions contain or need, by the versions' ids.
pub(crate) type Contents = BTreeMap<String, BTreeSet<String>>;

#[async_trait]
pub(crate) trait Api: Send + Sync {
    /// One statement for each key, in one request.
    async fn projects(&self, keys: &[String]) -> Result<BTreeMap<String, Stated>, AskError>;

    /// The most keys in one request.
    fn project_batch(&self) -> usize;

    /// A project's own list of versions, to its end.
    async fn walk(&self, wanted: &Wanted) -> Result<Listed, AskError>;

    /// The versions that can be asked for by their ids instead, if that tells as much.
    fn refresh(&self, wanted: &Wanted, now: Timestamp) -> Option<Refresh>;

    /// Versions of any projects, in one request.
    async fn versions(&self, ids: &[String]) -> Result<Items, AskError>;

    /// The most ids in one request.
    fn version_batch(&self) -> usize;

    fn read_version(&self, value: &Value) -> Result<ReadVersion, ItemError>;

    /// The modpacks that the platform names for a project.
    async fn dependents(&self, project: &ProjectKey) -> Result<Dependents, AskError>;

    /// Whether modpacks' versions tell what they contain. If so, naming a pack is not enough.
    fn tells_contents(&self) -> bool;

    /// What modpacks' versions contain, in one request; nothing where the platform doesn't tell.
    async fn contents(&self, versions: &[String]) -> Result<Contents, AskError>;

    /// How many requests may be under way together.
    fn in_flight(&self) -> usize;

    fn https(&self) -> Vec<&Http<'_>>;
}

pub(crate) type ReadVersion = Decoded<modstats_store::model::VersionObservation>;

/// The items of an answer, as they are, and the instant at which they were asked for.
pub(crate) struct Items {
    pub asked_at: Timestamp,
    pub items: Vec<Box<RawValue>>,
}

pub(crate) fn open<'a>(
    http: Http<'a>,
    website: Http<'a>,
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
            Box::new(curseforge::Curseforge::new(http, website, key))
        }
    })
}

/// An item of a list of projects.
struct Item {
    id: String,
    slug: Option<String>,
    project: Result<Found, ItemError>,
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
            (Some(Ok(project)), _) => Stated::Found(Box::new(project.clone())),
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
    outline: impl Fn(&Value) -> Outline,
) -> Result<Item, FieldError> {
    let value = value(raw).map_err(|wrong| FieldError { field: "id", wrong })?;
    let (id, slug) = identify(&value)?;
    let project = read(&value)
        .map(|project| Found {
            project,
            outline: outline(&value),
        })
        .map_err(|error| ItemError {
            item: format!("project {id}"),
            error,
        });
    Ok(Item { id, slug, project })
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
