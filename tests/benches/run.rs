//! A run of the store that learned what it is given.

use jiff::SignedDuration;
use modstats_store::Store;
use modstats_store::model::*;

/// Returns how many rows it wrote.
pub async fn run(store: &Store, listings: Vec<VersionListing>) -> i64 {
    let started_at = listings[0].asked_at;
    let document = AppliedDocument {
        namespace: "default".to_owned(),
        name: "bench".to_owned(),
        uid: "bench".to_owned(),
        created_at: started_at,
        generation: 1,
        display_name: None,
        entries: Vec::new(),
        declared: Vec::new(),
    };
    let run = NewRun {
        document,
        source: Source::Modrinth,
        scheduled_at: started_at,
        started_at,
        deadline_at: started_at + SignedDuration::from_hours(1),
        interval: SignedDuration::from_hours(6),
    };
    let run = store.begin_run(&run).await.unwrap();
    let end = RunEnd {
        ended_at: started_at,
        outcome: Outcome::Complete,
        progress: Progress::default(),
        problems: Vec::new(),
        pins: Vec::new(),
        observations: Observations {
            listings,
            ..Observations::default()
        },
        samples_since: started_at,
    };
    store.end_run(run.id, &end).await.unwrap()
}

/// A version of two game versions, as a complete listing tells it.
pub fn version(number: usize, downloads: i64) -> VersionObservation {
    VersionObservation {
        id: format!("v{number:07}"),
        description: Some(VersionDescription {
            name: format!("Version {number}"),
            number: format!("1.{number}"),
            channel: "release".to_owned(),
            published_at: "2025-06-01T12:00:00Z".parse().unwrap(),
            loaders: vec!["fabric".to_owned()],
            game_versions: vec!["1.21.1".to_owned(), "1.21.4".to_owned()],
        }),
        downloads,
    }
}

pub fn listing(
    project: String,
    asked_at: jiff::Timestamp,
    versions: Vec<VersionObservation>,
) -> VersionListing {
    VersionListing {
        project: ProjectKey {
            platform: Platform::Modrinth,
            id: project,
        },
        asked_at,
        complete: true,
        marker: None,
        versions,
    }
}
