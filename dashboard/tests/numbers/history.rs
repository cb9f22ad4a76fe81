//! A year of two mods as their platforms told it: every answer that was ever given, as plain
//! values. It is the same in every run of the tests.

use std::ops::Range;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    Modrinth,
    Curseforge,
}

/// A counter at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub at: Timestamp,
    pub value: i64,
}

/// What a platform said of a project.
#[derive(Clone, Debug)]
pub struct Answer {
    pub at: Timestamp,
    pub downloads: i64,
    /// Followers, or thumbs up.
    pub people: i64,
    /// Of the versions that it named, by their places.
    pub versions: Vec<(usize, i64)>,
    /// Whether these are all.
    pub complete: bool,
}

pub struct Project {
    pub site: Site,
    pub id: &'static str,
    pub name: &'static str,
    /// From a day on it is called otherwise.
    pub renamed: Option<(Date, &'static str)>,
    pub versions: Vec<Version>,
    /// From before anybody collected.
    pub imported: Vec<Reading>,
    pub answers: Vec<Answer>,
    downloads: Growing,
    people: i64,
    version_downloads: Vec<Growing>,
}

#[derive(Clone)]
pub struct Version {
    pub id: &'static str,
    pub number: &'static str,
    pub channel: &'static str,
    pub published_at: Timestamp,
    pub vanishes_at: Option<Timestamp>,
    pub loaders: &'static [&'static str],
    pub game_versions: &'static [&'static str],
    per_day: i64,
    before: i64,
}

pub struct Mod {
    pub name: &'static str,
    pub title: &'static str,
    pub members: Vec<Membership>,
}

/// A project's place in [`Year::projects`], and for how long a document named it.
pub struct Membership {
    pub project: usize,
    pub from: Timestamp,
    pub to: Option<Timestamp>,
}

/// A run of one mod's source with the answers that it brought, each by project and place.
pub struct Run {
    pub of: usize,
    pub site: Site,
    pub scheduled_at: Timestamp,
    pub at: Timestamp,
    pub answers: Vec<(usize, usize)>,
    pub failed: bool,
}

pub struct Year {
    pub projects: Vec<Project>,
    pub mods: Vec<Mod>,
    /// In the order in which they arrived.
    pub runs: Vec<Run>,
}

pub const CREATE: usize = 0;
pub const RAILS: usize = 1;
const NUCLEAR: usize = 0;
const NUCLEAR_FILES: usize = 1;
const ADDON: usize = 2;
const OLD_FILES: usize = 3;
const TRAINS: usize = 4;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).unwrap().timestamp()
}

pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Numbers that look random and never change.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, range: Range<i64>) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let width = u64::try_from(range.end - range.start).unwrap();
        range.start + i64::try_from((self.0 >> 33) % width).unwrap()
    }
}

/// A counter that grows unevenly.
struct Growing {
    value: i64,
    at: Timestamp,
    per_day: i64,
}

impl Growing {
    fn advance(&mut self, to: Timestamp, dice: &mut Dice) -> i64 {
        let seconds = to.duration_since(self.at).as_secs().max(0);
        self.value += seconds * self.per_day * dice.roll(40..160) / 100 / 86_400;
        self.at = self.at.max(to);
        self.value
    }
}

impl Year {
    pub fn new() -> Year {
        let mut year = Year {
            projects: projects(),
            mods: mods(),
            runs: Vec::new(),
        };
        let mut dice = Dice(7);
        year.import(NUCLEAR, date(2025, 9, 1), &mut dice);
        year.import(NUCLEAR_FILES, date(2025, 10, 1), &mut dice);
        for (of, site, scheduled_at, at) in schedule(&mut dice) {
            year.run(of, site, scheduled_at, at, &mut dice);
        }
        year.settle_memberships();
        // These arrived in another order: one in the middle, and the last of all.
        for (site, day) in [
            (Site::Modrinth, date(2026, 11, 18)),
            (Site::Curseforge, date(2026, 11, 22)),
        ] {
            let of_day = |run: &&Run| {
                run.of == CREATE && run.site == site && day_of(run.scheduled_at) == day
            };
            let places: Vec<usize> = (0..year.runs.len())
                .filter(|place| of_day(&&year.runs[*place]))
                .collect();
            year.runs.swap(places[1], places[2]);
        }
        year
    }

    /// A number a day, on some days beside what was collected.
    fn import(&mut self, project: usize, from: Date, dice: &mut Dice) {
        let project = &mut self.projects[project];
        let days = from.series(1.day());
        for day in days.take_while(|day| *day < date(2025, 11, 25)) {
            let at = midnight(day) + SignedDuration::from_hours(12);
            let value = project.downloads.value - 40_000
                + at.duration_since(midnight(from)).as_secs() / 300
                + dice.roll(0..90);
            project.imported.push(Reading { at, value });
        }
    }

    fn run(
        &mut self,
        of: usize,
        site: Site,
        scheduled_at: Timestamp,
        at: Timestamp,
        dice: &mut Dice,
    ) {
        let is_named = |it: &&Membership| it.from <= at && it.to.is_none_or(|to| at < to);
        let failed = scheduled_at == self::at("2026-09-09T12:20Z");
        let named = self.mods[of].members.iter().filter(is_named);
        let named: Vec<usize> = named.map(|it| it.project).collect();
        let mut answers = Vec::new();
        for (place, project) in self.projects.iter_mut().enumerate() {
            if named.contains(&place) && project.site == site && !failed {
                let answer = project.answer(at, dice);
                answers.push((place, project.answers.len()));
                project.answers.push(answer);
            }
        }
        self.runs.push(Run {
            of,
            site,
            scheduled_at,
            at,
            answers,
            failed,
        });
    }

    /// A document is known by the first run that has it.
    fn settle_memberships(&mut self) {
        for (of, tracked) in self.mods.iter_mut().enumerate() {
            let applied = |change: Timestamp| {
                let own = self
                    .runs
                    .iter()
                    .filter(|run| run.of == of && run.at >= change);
                own.map(|run| run.at).min().unwrap()
            };
            for member in &mut tracked.members {
                member.from = applied(member.from);
                member.to = member.to.map(applied);
            }
        }
    }
}

impl Project {
    fn answer(&mut self, at: Timestamp, dice: &mut Dice) -> Answer {
        let downloads = self.downloads.advance(at, dice) - falls(self.id, at);
        self.people += dice.roll(-1..3);
        let complete = !is_partial(self.id, at);
        let mut versions = Vec::new();
        for (place, version) in self.versions.iter().enumerate() {
            let is_there =
                version.published_at <= at && version.vanishes_at.is_none_or(|gone| at < gone);
            if is_there && (complete || place % 2 == 0) {
                versions.push((place, self.version_downloads[place].advance(at, dice)));
            }
        }
        Answer {
            at,
            downloads,
            people: self.people,
            versions,
            complete,
        }
    }
}

/// By how much a counter is lower than what it had reached: for good, or for some hours.
fn falls(project: &str, time: Timestamp) -> i64 {
    let since = |from: &str, by: i64| if time >= at(from) { by } else { 0 };
    let between = |from: &str, to: &str, by: i64| match at(from) <= time && time < at(to) {
        true => by,
        false => 0,
    };
    match project {
        "AAnuclear" => {
            since("2026-08-20T05:00Z", 9_000)
                + between("2026-06-03T11:00Z", "2026-06-03T15:00Z", 4_000)
                + between("2026-11-14T17:00Z", "2026-11-15T03:00Z", 3_000)
        }
        "989797" => since("2026-11-10T05:00Z", 700),
        _ => 0,
    }
}

fn is_partial(project: &str, time: Timestamp) -> bool {
    project == "AAnuclear" && at("2026-08-03T05:00Z") <= time && time < at("2026-08-03T08:00Z")
}

/// Whose source ran when: the first mod's every six hours, the other's once a day, both with holes.
fn schedule(dice: &mut Dice) -> Vec<(usize, Site, Timestamp, Timestamp)> {
    let now = at(crate::NOW);
    let mut schedule = Vec::new();
    for (of, hours) in [(CREATE, &[0, 6, 12, 18][..]), (RAILS, &[9])] {
        for site in [Site::Modrinth, Site::Curseforge] {
            let days = date(2025, 11, 22).series(1.day());
            for day in days.take_while(|day| *day <= day_of(now)) {
                for hour in hours {
                    let scheduled = midnight(day) + SignedDuration::from_mins(hour * 60 + 20);
                    let late = SignedDuration::from_secs(dice.roll(0..1_500));
                    // It waited until past midnight.
                    let late = match scheduled == at("2026-10-30T18:20Z") {
                        true => SignedDuration::from_mins(343),
                        false => late,
                    };
                    if scheduled + late < now && !is_down(of, site, day) {
                        schedule.push((of, site, scheduled, scheduled + late));
                    }
                }
            }
        }
    }
    schedule.sort_by_key(|it| it.3);
    schedule
}

fn is_down(of: usize, site: Site, day: Date) -> bool {
    let on = |from: Date, to: Date| from <= day && day <= to;
    match site {
        Site::Modrinth => of == CREATE && on(date(2026, 2, 10), date(2026, 2, 12)),
        Site::Curseforge => {
            on(date(2026, 6, 20), date(2026, 6, 25)) || on(date(2026, 11, 5), date(2026, 11, 5))
        }
    }
}

fn mods() -> Vec<Mod> {
    let member = |project, from: &str, to: Option<&str>| Membership {
        project,
        from: at(from),
        to: to.map(at),
    };
    let start = "2025-11-22T00:00Z";
    vec![
        Mod {
            name: "create-nuclear",
            title: "Create Nuclear",
            members: vec![
                member(NUCLEAR, start, None),
                member(NUCLEAR_FILES, start, None),
                member(ADDON, "2026-04-10T15:00Z", None),
                member(OLD_FILES, start, Some("2026-07-15T10:00Z")),
            ],
        },
        Mod {
            name: "create-rails",
            title: "Create Rails",
            members: vec![
                member(TRAINS, start, None),
                member(NUCLEAR_FILES, start, None),
                member(OLD_FILES, start, None),
            ],
        },
    ]
}

fn projects() -> Vec<Project> {
    use Site::{Curseforge, Modrinth};
    let (all, fabric, forge): (&[&str], &[&str], &[&str]) = (
        &["fabric", "forge", "neoforge"],
        &["fabric"],
        &["forge", "neoforge"],
    );
    let version =
        |id, number: &'static str, published: &str, per_day, before, loaders, game_versions| {
            Version {
                id,
                number,
                channel: if number.contains("beta") {
                    "beta"
                } else {
                    "release"
                },
                published_at: at(published),
                vanishes_at: None,
                loaders,
                game_versions,
                per_day,
                before,
            }
        };
    let vanishing = Version {
        vanishes_at: Some(at("2026-09-15T13:00Z")),
        ..version("n2", "1.1", "2025-12-20T17:00Z", 90, 0, fabric, &["1.20.1"])
    };
    let nuclear = vec![
        version(
            "n1",
            "1.0",
            "2025-06-01T10:00Z",
            60,
            81_000,
            all,
            &["1.19.2", "1.20"],
        ),
        vanishing,
        version(
            "n3",
            "1.2",
            "2026-03-03T08:15Z",
            150,
            0,
            forge,
            &["1.20.1", "1.20.4"],
        ),
        version(
            "n4",
            "2.0",
            "2026-07-07T19:40Z",
            240,
            0,
            all,
            &["1.21", "1.21.1"],
        ),
        version(
            "n5",
            "2.1-beta",
            "2026-10-01T03:00Z",
            20,
            0,
            fabric,
            &["1.21.1"],
        ),
        version("n6", "2.1", "2026-11-09T12:05Z", 480, 0, all, &["1.21.1"]),
    ];
    let files = vec![
        version(
            "c1",
            "1.0",
            "2025-06-01T11:00Z",
            30,
            22_000,
            forge,
            &["1.20.1"],
        ),
        version("c2", "2.0", "2026-07-07T20:00Z", 75, 0, forge, &["1.21.1"]),
    ];
    let addon = vec![version(
        "a1",
        "0.1",
        "2026-04-09T12:00Z",
        35,
        0,
        fabric,
        &["1.20.1"],
    )];
    let trains = vec![
        version(
            "t1",
            "3.0",
            "2025-02-01T11:00Z",
            12,
            5_500,
            fabric,
            &["1.20.1"],
        ),
        version("t2", "3.1", "2026-11-01T11:00Z", 33, 0, fabric, &["1.21.1"]),
    ];
    let renamed = Some((date(2026, 5, 1), "Create Nuclear Reborn"));
    vec![
        project(
            Modrinth,
            "AAnuclear",
            "Create Nuclear",
            (1_200_000, 900),
            renamed,
            nuclear,
        ),
        project(
            Curseforge,
            "989797",
            "Create: Nuclear",
            (480_000, 350),
            None,
            files,
        ),
        project(
            Modrinth,
            "BBaddon",
            "Nuclear Addon",
            (51_000, 45),
            None,
            addon,
        ),
        project(
            Curseforge,
            "700700",
            "Old Nuclear",
            (33_000, 25),
            None,
            Vec::new(),
        ),
        project(Modrinth, "CCtrains", "Trains", (9_100, 40), None, trains),
    ]
}

fn project(
    site: Site,
    id: &'static str,
    name: &'static str,
    (downloads, per_day): (i64, i64),
    renamed: Option<(Date, &'static str)>,
    versions: Vec<Version>,
) -> Project {
    let start = at("2025-11-22T00:00Z");
    let growing = |version: &Version| Growing {
        value: version.before,
        at: version.published_at.max(start),
        per_day: version.per_day,
    };
    Project {
        site,
        id,
        name,
        renamed,
        imported: Vec::new(),
        answers: Vec::new(),
        downloads: Growing {
            value: downloads,
            at: start,
            per_day,
        },
        people: downloads / 900,
        version_downloads: versions.iter().map(growing).collect(),
        versions,
    }
}
