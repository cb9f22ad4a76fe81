//! A history in which every text that strangers write is one of a list.

use jiff::{SignedDuration, Timestamp};
use modstats_store::Store;
use modstats_store::model::{
    AppliedDocument, Entry, Evidence, ModpackListing, NewRun, Observations, Outcome, Pin, Platform,
    Problem, Progress, ProjectDescription, ProjectKey, ProjectKind, ProjectObservation, RunEnd,
    Source, VersionDescription, VersionListing, VersionObservation,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn mod_name(place: usize) -> String {
    format!("m{place:03}")
}

/// One mod for each text.
pub async fn write(store: &Store, texts: &[String]) {
    for (place, text) in texts.iter().enumerate() {
        Mod { place, text }.write(store).await;
    }
}

struct Mod<'a> {
    place: usize,
    text: &'a str,
}

impl Mod<'_> {
    fn named(&self, what: &str) -> String {
        format!("{} {what}", self.text)
    }

    fn key(&self, letter: char) -> ProjectKey {
        let platform = match letter {
            'C' => Platform::Curseforge,
            _ => Platform::Modrinth,
        };
        let id = format!("{letter}{:03}", self.place);
        ProjectKey { platform, id }
    }

    /// With three projects, one of which it loses.
    fn document(&self, generation: i64) -> AppliedDocument {
        let letters: &[char] = if generation == 1 {
            &['A', 'B', 'C']
        } else {
            &['A', 'C']
        };
        let entry = |letter: &char| {
            let ProjectKey { platform, id } = self.key(*letter);
            Entry {
                platform,
                entry: id,
            }
        };
        AppliedDocument {
            namespace: "default".to_owned(),
            name: mod_name(self.place),
            uid: format!("uid-of-{}", self.place),
            created_at: at("2025-01-01T00:00Z"),
            generation,
            display_name: Some(self.named("title")),
            entries: letters.iter().map(entry).collect(),
            declared: Vec::new(),
        }
    }

    async fn write(&self, store: &Store) {
        let size = 10_000 + 100 * i64::try_from(self.place).unwrap();
        // It falls on the way, and a version vanishes.
        for (generation, when, downloads, versions) in [
            (1, "2026-10-28T12:00Z", size, &["v1"][..]),
            (1, "2026-11-19T12:00Z", size * 2, &["v1", "v2"]),
            (1, "2026-11-21T01:00Z", size * 2 - 50, &["v2"]),
            (2, "2026-11-22T12:00Z", size * 3, &["v2"]),
        ] {
            let when = at(when);
            let old = (generation == 1).then(|| self.project('B', "other", when, 77));
            let projects = [self.project('A', "project", when, downloads)];
            let observations = Observations {
                projects: projects.into_iter().chain(old).collect(),
                listings: vec![self.listing(when, versions, downloads / 10)],
                ..Observations::default()
            };
            self.run(store, generation, Source::Modrinth, when, observations)
                .await;
        }
        for (when, downloads) in [("2026-10-28T13:00Z", 400), ("2026-11-22T13:00Z", 900)] {
            let when = at(when);
            let observations = Observations {
                projects: vec![self.project('C', "other", when, downloads)],
                ..Observations::default()
            };
            self.run(store, 2, Source::Curseforge, when, observations)
                .await;
        }
        for (when, is_there) in [("2026-11-01T14:00Z", true), ("2026-11-21T14:00Z", false)] {
            let observations = self.packs(at(when), is_there);
            self.run(store, 2, Source::Modpacks, at(when), observations)
                .await;
        }
        let imported = self.project('A', "project", at("2026-10-26T00:00Z"), size / 2);
        let imported = Observations {
            projects: vec![ProjectObservation {
                description: None,
                ..imported
            }],
            ..Observations::default()
        };
        let description = self.named("import");
        let when = at("2026-11-02T00:00Z");
        store.import(&description, when, &imported).await.unwrap();
    }

    fn project(
        &self,
        letter: char,
        what: &str,
        asked_at: Timestamp,
        downloads: i64,
    ) -> ProjectObservation {
        ProjectObservation {
            project: self.key(letter),
            asked_at,
            description: Some(self.description(letter, what, ProjectKind::Mod)),
            downloads,
            followers: Some(downloads / 9).filter(|_| letter != 'C'),
            thumbs_up: Some(downloads / 9).filter(|_| letter == 'C'),
        }
    }

    /// Its page is a link, or no address at all.
    fn description(&self, letter: char, what: &str, kind: ProjectKind) -> ProjectDescription {
        let is_link = matches!(letter, 'A' | 'P');
        ProjectDescription {
            kind,
            slug: self.named("slug"),
            name: self.named(what),
            summary: self.named("summary"),
            page_url: match is_link {
                true => format!("https://site.example/{}", self.named("page")),
                false => self.text.to_owned(),
            },
            icon_url: None,
            published_at: Some(at("2025-02-01T00:00Z")),
        }
    }

    fn listing(&self, asked_at: Timestamp, ids: &[&str], downloads: i64) -> VersionListing {
        let version = |id: &&str| VersionObservation {
            id: format!("{id}of{}", self.place),
            description: Some(VersionDescription {
                name: self.named(&format!("name {id}")),
                number: self.named(&format!("number {id}")),
                channel: self.named("channel"),
                published_at: match *id {
                    "v1" => at("2026-08-01T00:00Z"),
                    _ => at("2026-11-10T00:00Z"),
                },
                // More than a cell shows.
                loaders: (0..6)
                    .map(|it| self.named(&format!("loader {it}")))
                    .collect(),
                game_versions: vec![self.named("game")],
            }),
            downloads,
        };
        VersionListing {
            project: self.key('A'),
            asked_at,
            complete: true,
            marker: None,
            versions: ids.iter().map(version).collect(),
        }
    }

    /// Three, of which the last one loses the mod.
    fn packs(&self, asked_at: Timestamp, is_there: bool) -> Observations {
        let version = |contains| Evidence::Version {
            id: format!("{}-{contains}", self.place),
            contains,
            asked_at,
        };
        let found = [
            ('P', Evidence::Named, 3_000),
            ('Q', version(true), 2_000),
            ('R', version(is_there), 1_000),
        ];
        let observed = |(letter, downloads): (char, i64)| ProjectObservation {
            project: self.key(letter),
            asked_at,
            description: Some(self.description(letter, "pack", ProjectKind::Modpack)),
            downloads,
            followers: None,
            thumbs_up: None,
        };
        Observations {
            projects: found.iter().map(|it| observed((it.0, it.2))).collect(),
            modpacks: vec![ModpackListing {
                project: self.key('A'),
                asked_at,
                outcome: Outcome::Complete,
                packs: found.map(|it| (self.key(it.0), it.1)).into(),
            }],
            ..Observations::default()
        }
    }

    /// It goes well but for one thing.
    async fn run(
        &self,
        store: &Store,
        generation: i64,
        source: Source,
        when: Timestamp,
        observations: Observations,
    ) {
        let run = NewRun {
            document: self.document(generation),
            source,
            scheduled_at: when,
            started_at: when,
            deadline_at: when + SignedDuration::from_mins(30),
            interval: SignedDuration::from_hours(6),
        };
        let id = store.begin_run(&run).await.unwrap().id;
        let pin = |it: &ProjectObservation| Pin {
            entry: Entry {
                platform: it.project.platform,
                entry: it.project.id.clone(),
            },
            project: it.project.clone(),
        };
        let own = observations.projects.iter();
        let own = own.filter(|_| source != Source::Modpacks);
        let end = RunEnd {
            ended_at: when + SignedDuration::from_secs(4),
            outcome: Outcome::Partial,
            progress: Progress::default(),
            problems: vec![Problem {
                subject: self.named("subject"),
                reason: self.named("reason"),
                message: self.named("message"),
            }],
            pins: own.map(pin).collect(),
            observations,
            samples_since: Timestamp::UNIX_EPOCH,
        };
        store.end_run(id, &end).await.unwrap();
    }
}
