//! The year as the collector would have stored it.

use jiff::{SignedDuration, Timestamp};
use modstats_store::Store;
use modstats_store::model::{
    AppliedDocument, Entry, Evidence, ModpackListing, NewRun, Observations, Outcome, Pin, Platform,
    Problem, Progress, ProjectDescription, ProjectKey, ProjectKind, ProjectObservation, RunEnd,
    Source, VersionDescription, VersionListing, VersionObservation,
};

use super::history::{
    Answer, Arrival, CREATE, Ended, IMPORT, Project, Reading, Run, Site, TOOK, Year, at, day_of,
};
use super::packs::{self, Listing, Seen};
use super::schedule::hours;

pub async fn write(year: &Year, store: &Store) {
    for arrival in year.arrivals() {
        match arrival {
            Arrival::Run(place) => store_run(year, &year.runs[place], store).await,
            Arrival::Listing(place) => {
                store_listing(year, &year.packs.listings[place], store).await;
            }
        }
    }
    let imported = |project: &Project| {
        let key = key(project);
        let numbers = project.imported.iter().map(move |it| imported(&key, it));
        numbers.collect::<Vec<_>>()
    };
    let observations = Observations {
        projects: year.projects.iter().flat_map(imported).collect(),
        ..Observations::default()
    };
    let when = at("2026-01-05T10:00Z");
    store.import(IMPORT, when, &observations).await.unwrap();
}

fn imported(project: &ProjectKey, reading: &Reading) -> ProjectObservation {
    ProjectObservation {
        project: project.clone(),
        asked_at: reading.at,
        description: None,
        downloads: reading.value,
        followers: None,
        thumbs_up: None,
    }
}

async fn store_run(year: &Year, run: &Run, store: &Store) {
    let source = match run.site {
        Site::Modrinth => Source::Modrinth,
        Site::Curseforge => Source::Curseforge,
    };
    let runs_a_day = i64::try_from(hours(run.of, day_of(run.scheduled_at)).len()).unwrap();
    let interval = SignedDuration::from_hours(24 / runs_a_day);
    let slow = year.mods[run.of].slow_interval();
    let begun = NewRun {
        document: document(year, run.of, run.at),
        source,
        scheduled_at: run.scheduled_at,
        started_at: run.at,
        deadline_at: run.at + SignedDuration::from_mins(30),
        interval: slow.unwrap_or(interval),
    };
    let id = store.begin_run(&begun).await.unwrap().id;
    let answered = || {
        let answers = run.answers.iter();
        answers.map(|(project, place)| {
            let project = &year.projects[*project];
            (project, &project.answers[*place])
        })
    };
    let outcome = match run.ended {
        Ended::Complete => Outcome::Complete,
        Ended::Partial => Outcome::Partial,
        Ended::Failed => Outcome::Failed,
        Ended::Lost | Ended::GoesOn => return,
    };
    let problem = run.ended.problem(run.site);
    let problem = problem.map(|(reason, subject, message)| Problem {
        subject,
        reason: reason.to_owned(),
        message: message.to_owned(),
    });
    let [requests, retries, bytes] = run.cost;
    let versions = answered().map(|(_, it)| it.versions.len()).sum::<usize>();
    let end = RunEnd {
        ended_at: run.at + SignedDuration::from_secs(run.took),
        outcome,
        progress: Progress {
            requests,
            retries,
            bytes,
            projects: i64::try_from(run.answers.len()).unwrap(),
            versions: i64::try_from(versions).unwrap(),
        },
        problems: problem.into_iter().collect(),
        pins: answered()
            .map(|(project, _)| Pin {
                entry: entry(project),
                project: key(project),
            })
            .collect(),
        observations: Observations {
            projects: answered()
                .map(|(project, it)| observed(project, it))
                .collect(),
            listings: answered()
                .map(|(project, it)| listing(project, it))
                .collect(),
            ..Observations::default()
        },
        samples_since: Timestamp::UNIX_EPOCH,
    };
    store.end_run(id, &end).await.unwrap();
}

/// As it was at an instant.
pub fn document(year: &Year, of: usize, at: Timestamp) -> AppliedDocument {
    let tracked = &year.mods[of];
    let named = tracked
        .members
        .iter()
        .filter(|it| it.from <= at && it.to.is_none_or(|to| at < to));
    let changes = tracked.members.iter().flat_map(|it| [Some(it.from), it.to]);
    let changes = changes.flatten().filter(|change| *change <= at).count();
    AppliedDocument {
        namespace: "default".to_owned(),
        name: tracked.name.to_owned(),
        uid: format!("uid-of-{}", tracked.name),
        created_at: self::at("2025-11-21T00:00Z"),
        generation: i64::try_from(changes).unwrap(),
        display_name: Some(tracked.title.to_owned()),
        entries: named.map(|it| entry(&year.projects[it.project])).collect(),
        declared: match of {
            CREATE => vec![ProjectKey {
                platform: Platform::Curseforge,
                id: packs::DECLARED.to_owned(),
            }],
            _ => Vec::new(),
        },
    }
}

fn platform(site: Site) -> Platform {
    match site {
        Site::Modrinth => Platform::Modrinth,
        Site::Curseforge => Platform::Curseforge,
    }
}

fn entry(project: &Project) -> Entry {
    Entry {
        platform: platform(project.site),
        entry: project.id.to_owned(),
    }
}

fn key(project: &Project) -> ProjectKey {
    ProjectKey {
        platform: platform(project.site),
        id: project.id.to_owned(),
    }
}

fn observed(project: &Project, answer: &Answer) -> ProjectObservation {
    let is_modrinth = project.site == Site::Modrinth;
    let renamed = project.renamed.filter(|(day, _)| day_of(answer.at) >= *day);
    let name = renamed.map_or(project.name, |(_, name)| name);
    ProjectObservation {
        project: key(project),
        asked_at: answer.at,
        description: Some(ProjectDescription {
            kind: ProjectKind::Mod,
            slug: name.to_lowercase().replace(' ', "-"),
            name: name.to_owned(),
            summary: String::new(),
            page_url: format!("https://{}.example/{}", platform(project.site), project.id),
            icon_url: None,
            published_at: Some(at("2024-03-01T00:00Z")),
        }),
        downloads: answer.downloads,
        followers: is_modrinth.then_some(answer.people),
        thumbs_up: (!is_modrinth).then_some(answer.people),
    }
}

fn listing(project: &Project, answer: &Answer) -> VersionListing {
    let version = |(place, downloads): &(usize, i64)| {
        let version = &project.versions[*place];
        let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
        VersionObservation {
            id: version.id.to_owned(),
            description: Some(VersionDescription {
                name: format!("{} {}", project.name, version.number),
                number: version.number.to_owned(),
                channel: version.channel.to_owned(),
                published_at: version.published_at,
                loaders: words(version.loaders),
                game_versions: words(version.game_versions),
            }),
            downloads: *downloads,
        }
    };
    VersionListing {
        project: key(project),
        asked_at: answer.at,
        complete: answer.complete,
        marker: None,
        versions: answer.versions.iter().map(version).collect(),
    }
}

/// Of both platforms in one run.
async fn store_listing(year: &Year, listing: &Listing, store: &Store) {
    let begun = NewRun {
        document: document(year, CREATE, listing.at),
        source: Source::Modpacks,
        scheduled_at: listing.at,
        started_at: listing.at,
        deadline_at: listing.at + SignedDuration::from_mins(30),
        interval: SignedDuration::from_hours(24),
    };
    let id = store.begin_run(&begun).await.unwrap().id;
    let key = |place: usize| ProjectKey {
        platform: platform(year.packs.packs[place].site),
        id: year.packs.packs[place].id.to_owned(),
    };
    let observed = |(place, _, downloads): &(usize, Seen, i64)| ProjectObservation {
        project: key(*place),
        asked_at: listing.at,
        description: Some(ProjectDescription {
            kind: ProjectKind::Modpack,
            slug: year.packs.packs[*place].id.to_owned(),
            name: year.packs.packs[*place].name.to_owned(),
            summary: String::new(),
            page_url: String::new(),
            icon_url: None,
            published_at: None,
        }),
        downloads: *downloads,
        followers: None,
        thumbs_up: None,
    };
    let evidence = |(place, seen, _): &(usize, Seen, i64)| {
        let evidence = match seen {
            Seen::Inside | Seen::Without => Evidence::Version {
                id: format!("{} {seen:?} {}", key(*place), listing.at),
                contains: *seen == Seen::Inside,
                asked_at: listing.at,
            },
            Seen::Named => Evidence::Named,
            Seen::Declared => return None,
        };
        Some((key(*place), evidence))
    };
    let of_site = |(project, site): (usize, Site)| ModpackListing {
        project: self::key(&year.projects[project]),
        asked_at: listing.at,
        outcome: Outcome::Complete,
        packs: listing
            .packs
            .iter()
            .filter(|it| year.packs.packs[it.0].site == site)
            .filter_map(evidence)
            .collect(),
    };
    let end = RunEnd {
        ended_at: listing.at + SignedDuration::from_secs(TOOK),
        outcome: Outcome::Complete,
        progress: Progress::default(),
        problems: Vec::new(),
        pins: Vec::new(),
        observations: Observations {
            projects: listing.packs.iter().map(observed).collect(),
            modpacks: [(0, Site::Modrinth), (1, Site::Curseforge)]
                .map(of_site)
                .into(),
            ..Observations::default()
        },
        samples_since: Timestamp::UNIX_EPOCH,
    };
    store.end_run(id, &end).await.unwrap();
}
