//! History for the dashboard to show, written through the store's own write path.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::{SignedDuration, Timestamp, ToSpan};
use modstats_store::Store;
use modstats_store::model::{
    AppliedDocument, Entry, Evidence, ModpackListing, NewRun, Observations, Outcome, Pin, Platform,
    Problem, Progress, ProjectDescription, ProjectKey, ProjectKind, ProjectObservation, RunEnd,
    RunId, Source, VersionDescription, VersionListing, VersionObservation,
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
    /// Ids of modpacks on CurseForge that its document names.
    pub declared: &'static [&'static str],
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
            declared: self
                .declared
                .iter()
                .map(|id| ProjectKey {
                    platform: Platform::Curseforge,
                    id: (*id).to_owned(),
                })
                .collect(),
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

/// A modpack and its downloads.
pub fn pack(platform: Platform, id: &str, name: &str, downloads: i64) -> ProjectObservation {
    ProjectObservation {
        project: ProjectKey {
            platform,
            id: id.to_owned(),
        },
        asked_at: Timestamp::UNIX_EPOCH,
        description: Some(ProjectDescription {
            kind: ProjectKind::Modpack,
            slug: id.to_owned(),
            name: name.to_owned(),
            summary: String::new(),
            page_url: format!("https://{platform}.example/{id}"),
            icon_url: None,
            published_at: None,
        }),
        downloads,
        followers: None,
        thumbs_up: None,
    }
}

/// What was found out about a pack: its newest version contains the mod, or doesn't; the listing
/// names it; nothing, since only the document does.
#[derive(Clone, Copy, Debug)]
pub enum Found {
    Inside,
    NotInside,
    Named,
    Declared,
}

/// A run that asks for the modpacks of one platform's project.
pub async fn list_modpacks(
    store: &Store,
    subject: &Subject,
    platform: Platform,
    at: Timestamp,
    outcome: Outcome,
    packs: Vec<(ProjectObservation, Found)>,
) {
    let run = begin(store, subject, Source::Modpacks, at).await;
    let version = |pack: &ProjectObservation, contains| Evidence::Version {
        id: format!("{}-{contains}", pack.project.id),
        contains,
        asked_at: at,
    };
    let evidence = |(pack, found): &(ProjectObservation, Found)| {
        let evidence = match found {
            Found::Inside => version(pack, true),
            Found::NotInside => version(pack, false),
            Found::Named => Evidence::Named,
            Found::Declared => return None,
        };
        Some((pack.project.clone(), evidence))
    };
    let listing = ModpackListing {
        project: subject.project(platform).key(),
        asked_at: at,
        outcome,
        packs: packs.iter().filter_map(evidence).collect(),
    };
    let observed = |(pack, _)| ProjectObservation {
        asked_at: at,
        ..pack
    };
    let end = RunEnd {
        ended_at: at + SignedDuration::from_secs(9),
        outcome,
        progress: Progress {
            requests: 4,
            ..Progress::default()
        },
        problems: Vec::new(),
        pins: Vec::new(),
        observations: Observations {
            projects: packs.into_iter().map(observed).collect(),
            modpacks: vec![listing],
            ..Observations::default()
        },
        samples_since: Timestamp::UNIX_EPOCH,
    };
    store.end_run(run, &end).await.unwrap();
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
