//! The store, on both databases.

mod history;
mod imports;
mod late;
mod limit;
mod membership;
mod modpacks;
mod observations;
mod reading;
mod runs;
mod schema;

use jiff::{SignedDuration, Timestamp};
use modstats_store::model::*;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub fn modrinth(id: &str) -> ProjectKey {
    ProjectKey {
        platform: Platform::Modrinth,
        id: id.to_owned(),
    }
}

pub fn entry(entry: &str) -> Entry {
    Entry {
        platform: Platform::Modrinth,
        entry: entry.to_owned(),
    }
}

pub fn document(name: &str, entries: &[&str]) -> AppliedDocument {
    AppliedDocument {
        namespace: "default".to_owned(),
        name: name.to_owned(),
        uid: "uid-1".to_owned(),
        created_at: at("2026-01-01T00:00:00Z"),
        generation: 1,
        display_name: None,
        entries: entries.iter().map(|it| entry(it)).collect(),
        declared: Vec::new(),
    }
}

pub fn run_of(document: AppliedDocument, started_at: Timestamp) -> NewRun {
    NewRun {
        document,
        source: Source::Modrinth,
        scheduled_at: started_at,
        started_at,
        deadline_at: started_at + hours(1),
        interval: hours(6),
    }
}

pub fn observed(id: &str, asked_at: Timestamp, downloads: i64) -> ProjectObservation {
    ProjectObservation {
        project: modrinth(id),
        asked_at,
        description: Some(ProjectDescription {
            kind: ProjectKind::Mod,
            slug: format!("slug-{id}"),
            name: format!("Mod {id}"),
            summary: String::new(),
            page_url: format!("https://modrinth.com/mod/slug-{id}"),
            icon_url: None,
            published_at: Some(at("2025-06-01T00:00:00Z")),
        }),
        downloads,
        followers: Some(7),
        thumbs_up: None,
    }
}

pub fn version(id: &str, downloads: i64) -> VersionObservation {
    VersionObservation {
        id: id.to_owned(),
        description: Some(VersionDescription {
            name: "1.0".to_owned(),
            number: "1.0".to_owned(),
            channel: "release".to_owned(),
            published_at: at("2025-07-01T00:00:00Z"),
            loaders: vec!["fabric".to_owned()],
            game_versions: vec!["1.21.1".to_owned(), "1.21.4".to_owned()],
        }),
        downloads,
    }
}

pub fn listing(id: &str, asked_at: Timestamp, versions: &[VersionObservation]) -> VersionListing {
    VersionListing {
        project: modrinth(id),
        asked_at,
        complete: true,
        marker: None,
        versions: versions.to_vec(),
    }
}

pub fn ended(at: Timestamp, observations: Observations) -> RunEnd {
    RunEnd {
        ended_at: at,
        outcome: Outcome::Complete,
        progress: Progress {
            requests: 2,
            projects: 1,
            versions: 1,
            ..Progress::default()
        },
        problems: Vec::new(),
        pins: observations
            .projects
            .iter()
            .map(|it| Pin {
                entry: entry(&it.project.id),
                project: it.project.clone(),
            })
            .collect(),
        observations,
        samples_since: Timestamp::UNIX_EPOCH,
    }
}

/// A whole run of a TrackedMod whose entries are the observed projects' ids.
pub async fn collect(
    store: &modstats_store::Store,
    name: &str,
    observations: Observations,
) -> RunId {
    let mut entries: Vec<&str> = observations
        .projects
        .iter()
        .map(|it| it.project.id.as_str())
        .chain(
            observations
                .listings
                .iter()
                .map(|it| it.project.id.as_str()),
        )
        .collect();
    entries.sort_unstable();
    entries.dedup();
    let asked = observations.projects.iter().map(|it| it.asked_at);
    let asked = asked
        .chain(observations.listings.iter().map(|it| it.asked_at))
        .max()
        .unwrap();
    let run = store
        .begin_run(&run_of(document(name, &entries), asked))
        .await
        .unwrap();
    store
        .end_run(run.id, &ended(asked, observations))
        .await
        .unwrap();
    run.id
}
