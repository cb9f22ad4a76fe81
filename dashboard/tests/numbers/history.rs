//! A year of two mods as their platforms told it: every answer that was ever given, as plain
//! values. It is the same in every run of the tests.

use std::ops::Range;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::cast;
use super::packs::Packs;

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
    pub downloads: Growing,
    pub people: i64,
    pub version_downloads: Vec<Growing>,
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
    pub per_day: i64,
    pub before: i64,
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
    pub packs: Packs,
}

pub const CREATE: usize = 0;
pub const RAILS: usize = 1;
const NUCLEAR: usize = 0;
const NUCLEAR_FILES: usize = 1;

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
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, range: Range<i64>) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let width = u64::try_from(range.end - range.start).unwrap();
        range.start + i64::try_from((self.0 >> 33) % width).unwrap()
    }
}

/// A counter that grows unevenly.
pub struct Growing {
    pub value: i64,
    pub at: Timestamp,
    pub per_day: i64,
}

impl Growing {
    pub fn advance(&mut self, to: Timestamp, dice: &mut Dice) -> i64 {
        let seconds = to.duration_since(self.at).as_secs().max(0);
        self.value += seconds * self.per_day * dice.roll(40..160) / 100 / 86_400;
        self.at = self.at.max(to);
        self.value
    }
}

impl Year {
    pub fn new() -> Year {
        let mut year = Year {
            projects: cast::projects(),
            mods: cast::mods(),
            runs: Vec::new(),
            packs: Packs::new(),
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

/// When a mod's sources run: the first mod's twice a day, and later every six hours.
pub fn hours(of: usize, day: Date) -> &'static [i64] {
    match of {
        CREATE if day < date(2026, 8, 1) => &[0, 12],
        CREATE => &[0, 6, 12, 18],
        _ => &[9],
    }
}

/// Whose source ran when, with holes.
fn schedule(dice: &mut Dice) -> Vec<(usize, Site, Timestamp, Timestamp)> {
    let now = at(crate::NOW);
    let mut schedule = Vec::new();
    for (of, site) in [
        (CREATE, Site::Modrinth),
        (CREATE, Site::Curseforge),
        (RAILS, Site::Modrinth),
        (RAILS, Site::Curseforge),
    ] {
        let days = date(2025, 11, 22).series(1.day());
        for day in days.take_while(|day| *day <= day_of(now)) {
            for hour in hours(of, day) {
                let scheduled = midnight(day) + SignedDuration::from_mins(hour * 60 + 20);
                let late = match scheduled == at("2026-10-30T18:20Z") {
                    // It waited until past midnight.
                    true => SignedDuration::from_mins(343),
                    false => SignedDuration::from_secs(dice.roll(0..1_500)),
                };
                if scheduled + late < now && !is_down(of, site, day) {
                    schedule.push((of, site, scheduled, scheduled + late));
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
