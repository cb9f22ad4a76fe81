//! The versions of projects, in as few requests as tell all of them.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, BoxStream, StreamExt};
use jiff::Timestamp;
use modstats_store::model::{KnownVersions, ProjectKey, VersionListing, VersionObservation};
use serde_json::value::RawValue;

use super::{Api, Batches, Items, ReadVersion, value};
use crate::decode::{Decoded, FieldError, ItemError};
use crate::error::AskError;

/// What a project's own answer tells of its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Their ids, oldest first, where the platform tells them.
    pub versions: Vec<String>,
    /// Something that changes whenever the list does.
    pub marker: Option<String>,
}

/// A project whose versions are wanted, and what is known of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub project: ProjectKey,
    pub outline: Outline,
    pub known: KnownVersions,
}

/// What can be asked for instead of a whole list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refresh {
    pub ids: Vec<String>,
    /// The requests that the list would take.
    pub saves: usize,
}

/// A project's versions, and what is wrong with them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listed {
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

/// Each project with its versions, as they come. Those that can be are asked for together by their
/// ids, if that takes fewer requests than their lists.
pub(crate) fn listings<'a>(
    api: &'a dyn Api,
    wanted: &'a [Wanted],
    now: Timestamp,
) -> BoxStream<'a, (&'a ProjectKey, Result<Listed, AskError>)> {
    let mut refreshed: Vec<(&Wanted, Refresh)> = Vec::new();
    let mut walked: Vec<&Wanted> = Vec::new();
    for it in wanted {
        match api
            .refresh(it, now)
            .filter(|refresh| !refresh.ids.is_empty())
        {
            Some(refresh) => refreshed.push((it, refresh)),
            None => walked.push(it),
        }
    }
    let ids: usize = refreshed.iter().map(|(_, it)| it.ids.len()).sum();
    let saves: usize = refreshed.iter().map(|(_, it)| it.saves).sum();
    if ids.div_ceil(api.version_batch()) >= saves {
        walked.extend(refreshed.drain(..).map(|(it, _)| it));
    }
    let walks = stream::iter(walked)
        .map(move |it| async move { (&it.project, api.walk(it).await) })
        .buffer_unordered(api.in_flight());
    stream::once(by_ids(api, refreshed))
        .flat_map(stream::iter)
        .chain(walks)
        .boxed()
}

/// Asks for versions by their ids. A project of which one isn't answered has changed, or can't be
/// asked for together with the others: its list is walked.
async fn by_ids<'a>(
    api: &dyn Api,
    refreshed: Vec<(&'a Wanted, Refresh)>,
) -> Vec<(&'a ProjectKey, Result<Listed, AskError>)> {
    let mut places: BTreeMap<&String, usize> = BTreeMap::new();
    for (place, (_, refresh)) in refreshed.iter().enumerate() {
        places.extend(refresh.ids.iter().map(|id| (id, place)));
    }
    let ids: Vec<String> = places.keys().map(|id| (*id).clone()).collect();
    let mut answers: Vec<Versions> = refreshed.iter().map(|_| Versions::default()).collect();
    let mut batches = Batches::of(&ids, api.version_batch());
    while let Some(batch) = batches.next() {
        match api.versions(batch).await {
            Ok(Items { asked_at, items }) => {
                for id in batch {
                    answers[places[id]].asked(asked_at);
                }
                for raw in items {
                    take(api, &raw, &places, &mut answers);
                }
            }
            // What is wrong with one project mustn't cost the others.
            Err(error) => {
                if let Some(error) = batches.halved(batch, error) {
                    tracing::info!(%error, "the lists of these versions are asked for instead");
                }
            }
        }
    }
    let mut listed = Vec::with_capacity(refreshed.len());
    for ((wanted, refresh), versions) in refreshed.into_iter().zip(answers) {
        let listing = match versions.asked_at {
            Some(asked_at) if versions.answers(&refresh.ids) => {
                Ok(versions.into_listing(&wanted.project, asked_at, None))
            }
            _ => api.walk(wanted).await,
        };
        listed.push((&wanted.project, listing));
    }
    listed
}

/// Gives an item to its project. One that doesn't say which version it is leaves all of them
/// unanswered, so that their lists are walked.
fn take(api: &dyn Api, raw: &RawValue, places: &BTreeMap<&String, usize>, to: &mut [Versions]) {
    let Ok(value) = value(raw) else { return };
    let id = match &value["id"] {
        serde_json::Value::String(id) => id.clone(),
        serde_json::Value::Number(id) => id.to_string(),
        _ => return,
    };
    if let Some(place) = places.get(&id) {
        to[*place].add(api.read_version(&value));
    }
}

/// Versions as they are read, item by item and page by page.
#[derive(Default)]
pub(crate) struct Versions {
    /// When the first of them was asked for.
    asked_at: Option<Timestamp>,
    pub seen: BTreeSet<String>,
    versions: Vec<VersionObservation>,
    pub unreadable: usize,
    pub flaws: Vec<ListingFlaw>,
}

impl Versions {
    fn asked(&mut self, at: Timestamp) {
        self.asked_at = Some(self.asked_at.map_or(at, |first| first.min(at)));
    }

    pub fn take(
        &mut self,
        raw: &RawValue,
        decode: impl Fn(&serde_json::Value) -> Result<ReadVersion, ItemError>,
    ) {
        let item = |wrong| ItemError {
            item: "a version".to_owned(),
            error: FieldError { field: "id", wrong },
        };
        self.add(value(raw).map_err(item).and_then(|value| decode(&value)));
    }

    fn add(&mut self, read: Result<ReadVersion, ItemError>) {
        match read {
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

    pub fn flaw_once(&mut self, flaw: ListingFlaw) {
        if !self.flaws.contains(&flaw) {
            self.flaws.push(flaw);
        }
    }

    pub fn lacks_a_page(&self) -> bool {
        let missing = |flaw: &ListingFlaw| matches!(flaw, ListingFlaw::Page(_));
        self.flaws.iter().any(missing)
    }

    /// Whether each of the ids was answered, if only by what can't be read.
    fn answers(&self, ids: &[String]) -> bool {
        self.seen.len() + self.unreadable >= ids.len()
    }

    /// It is complete unless a number is missing.
    pub fn into_listing(
        self,
        project: &ProjectKey,
        asked_at: Timestamp,
        marker: Option<String>,
    ) -> Listed {
        let complete = self
            .flaws
            .iter()
            .all(|flaw| matches!(flaw, ListingFlaw::Field(_)));
        let project = project.clone();
        let listing = VersionListing {
            project,
            asked_at,
            complete,
            marker,
            versions: self.versions,
        };
        Listed {
            listing,
            flaws: self.flaws,
        }
    }
}
