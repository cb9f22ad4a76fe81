//! History for the dashboard to show, written through the store's own write path.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::{SignedDuration, Timestamp, ToSpan};
use modstats_store::Store;
use modstats_store::model::{
    AppliedDocument, Entry, NewRun, Observations, Outcome, Pin, Platform, Problem, Progress,
    ProjectDescription, ProjectKey, ProjectKind, ProjectObservation, RunEnd, RunId, Source,
    VersionDescription, VersionListing, VersionObservation,
};
use modstats_store::time::{day_of, midnight};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A mod with one project per platform that it names.
#[derive(Clone, Debug)]
pub struct Subject {
    pub namespace: &'static str,
    pub name: &'static str,
    pub display_name: Option<&'static str>,
    pub projects: Vec<Project>,
}

#[derive(Clone, Debug)]
pub struct Project {
    pub platform: Platform,
    pub id: &'static str,
    pub name: String,
    pub summary: &'static str,
    pub page_url: String,
}

impl Subject {
    pub fn project(&self, platform: Platform) -> &Project {
        self.projects
            .iter()
            .find(|project| project.platform == platform)
            .unwrap()
    }

    fn document(&self) -> AppliedDocument {
        AppliedDocument {
            namespace: self.namespace.to_owned(),
            name: self.name.to_owned(),
            uid: format!("uid-of-{}", self.name),
            created_at: at("2024-01-01T00:00Z"),
            generation: 1,
            display_name: self.display_name.map(str::to_owned),
            entries: self.projects.iter().map(Project::entry).collect(),
            declared: Vec::new(),
        }
    }
}

impl Project {
    pub fn new(platform: Platform, id: &'static str, name: &str) -> Project {
        Project {
            platform,
            id,
            name: name.to_owned(),
            summary: "Fission and fusion for the Create mod",
            page_url: format!("https://{platform}.example/{id}"),
        }
    }

    fn entry(&self) -> Entry {
        Entry {
            platform: self.platform,
            entry: self.id.to_owned(),
        }
    }

    pub fn key(&self) -> ProjectKey {
        ProjectKey {
            platform: self.platform,
            id: self.id.to_owned(),
        }
    }

    pub fn observed(&self, at: Timestamp, downloads: i64) -> ProjectObservation {
        let (followers, thumbs_up) = match self.platform {
            Platform::Modrinth => (Some(downloads / 900), None),
            Platform::Curseforge => (None, Some(downloads / 4000)),
        };
        ProjectObservation {
            project: self.key(),
            asked_at: at,
            description: Some(ProjectDescription {
                kind: ProjectKind::Mod,
                slug: self.id.to_owned(),
                name: self.name.clone(),
                summary: self.summary.to_owned(),
                page_url: self.page_url.clone(),
                icon_url: None,
                published_at: Some(at_days_before(at, 900)),
            }),
            downloads,
            followers,
            thumbs_up,
        }
    }
}

fn at_days_before(at: Timestamp, days: i32) -> Timestamp {
    midnight(day_of(at).saturating_sub(days.days()))
}

pub fn version(
    id: &str,
    number: &str,
    published_at: Timestamp,
    downloads: i64,
) -> VersionObservation {
    VersionObservation {
        id: id.to_owned(),
        description: Some(VersionDescription {
            name: format!("Create Nuclear {number}"),
            number: number.to_owned(),
            channel: if number.contains("beta") {
                "beta"
            } else {
                "release"
            }
            .to_owned(),
            published_at,
            loaders: vec![
                "fabric".to_owned(),
                "forge".to_owned(),
                "neoforge".to_owned(),
            ],
            game_versions: ["1.19.2", "1.20", "1.20.1", "1.20.4", "1.21", "1.21.1"]
                .map(str::to_owned)
                .to_vec(),
        }),
        downloads,
    }
}

pub fn source_of(platform: Platform) -> Source {
    match platform {
        Platform::Modrinth => Source::Modrinth,
        Platform::Curseforge => Source::Curseforge,
    }
}

pub async fn begin(store: &Store, subject: &Subject, source: Source, at: Timestamp) -> RunId {
    let run = NewRun {
        document: subject.document(),
        source,
        scheduled_at: at,
        started_at: at,
        deadline_at: at + SignedDuration::from_mins(30),
        interval: SignedDuration::from_hours(6),
    };
    store.begin_run(&run).await.unwrap().id
}

/// A complete run of one project's source.
pub async fn collect(
    store: &Store,
    subject: &Subject,
    platform: Platform,
    at: Timestamp,
    downloads: i64,
    versions: Vec<VersionObservation>,
) -> RunId {
    let run = begin(store, subject, source_of(platform), at).await;
    let project = subject.project(platform);
    let progress = Progress {
        requests: 3,
        projects: 1,
        versions: i64::try_from(versions.len()).unwrap(),
        retries: 1,
        bytes: 123_456,
    };
    let end = RunEnd {
        ended_at: at + SignedDuration::from_secs(4),
        outcome: Outcome::Complete,
        progress,
        problems: Vec::new(),
        pins: vec![Pin {
            entry: project.entry(),
            project: project.key(),
        }],
        observations: Observations {
            projects: vec![project.observed(at, downloads)],
            listings: vec![VersionListing {
                project: project.key(),
                asked_at: at,
                complete: true,
                marker: None,
                versions,
            }],
            ..Observations::default()
        },
        samples_since: Timestamp::UNIX_EPOCH,
    };
    store.end_run(run, &end).await.unwrap();
    run
}

/// A run that failed.
pub async fn fail(store: &Store, subject: &Subject, source: Source, at: Timestamp, message: &str) {
    let run = begin(store, subject, source, at).await;
    let end = RunEnd {
        ended_at: at + SignedDuration::from_secs(1),
        outcome: Outcome::Failed,
        progress: Progress {
            requests: 1,
            ..Progress::default()
        },
        problems: vec![Problem {
            subject: source.to_string(),
            reason: "KeyRefused".to_owned(),
            message: message.to_owned(),
        }],
        pins: Vec::new(),
        observations: Observations::default(),
        samples_since: Timestamp::UNIX_EPOCH,
    };
    store.end_run(run, &end).await.unwrap();
}
