//! The document that a run is made for, as the store keeps it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use modstats_crds::{Document, Source};
use modstats_store::model::{AppliedDocument, Entry, NewRun, Platform, ProjectKey};

pub(crate) fn new_run(
    document: &Document,
    source: Source,
    scheduled_at: Timestamp,
    started_at: Timestamp,
    longest: Duration,
) -> NewRun {
    let (schedule, zone) = document.schedule(source);
    NewRun {
        document: applied(document),
        source: stored(source),
        scheduled_at,
        started_at,
        deadline_at: started_at + longest,
        interval: schedule
            .interval(scheduled_at, &zone)
            .unwrap_or(SignedDuration::from_hours(24)),
    }
}

/// The contract's word for a source, as the store says it.
pub fn stored(source: Source) -> modstats_store::model::Source {
    match source {
        Source::Modrinth => modstats_store::model::Source::Modrinth,
        Source::Curseforge => modstats_store::model::Source::Curseforge,
        Source::Modpacks => modstats_store::model::Source::Modpacks,
    }
}

/// The document with the entries of every platform: each run takes the whole membership from it.
fn applied(document: &Document) -> AppliedDocument {
    let spec = &document.spec;
    let modrinth = spec
        .modrinth
        .iter()
        .flat_map(|spec| spec.projects.iter().cloned());
    let curseforge = spec
        .curseforge
        .iter()
        .flat_map(|spec| spec.projects.iter().map(i64::to_string));
    let entry = |platform| move |entry| Entry { platform, entry };
    let declared = spec.modpacks.iter().flat_map(|it| &it.curseforge_ids);
    AppliedDocument {
        namespace: document.namespace.clone(),
        name: document.name.clone(),
        uid: document.uid.clone(),
        created_at: document.creation_timestamp,
        generation: document.generation,
        display_name: spec.display_name.clone(),
        entries: modrinth
            .map(entry(Platform::Modrinth))
            .chain(curseforge.map(entry(Platform::Curseforge)))
            .collect(),
        declared: declared
            .map(|id| ProjectKey {
                platform: Platform::Curseforge,
                id: id.to_string(),
            })
            .collect(),
    }
}
