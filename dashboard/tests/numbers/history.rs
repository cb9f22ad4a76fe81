//! A year of two mods as their platforms told it: every answer that was ever given, as plain
//! values. It is the same in every run of the tests.

use std::ops::Range;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::cast;
use super::packs::Packs;
use super::schedule::{cost, ended, schedule, took};
use super::told::site_name;

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
    pub ended: Ended,
    /// How many seconds.
    pub took: i64,
    /// Requests, retries and bytes.
    pub cost: [i64; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Complete,
    /// It had no answer about some versions.
    Partial,
    Failed,
    /// It never said how it ended.
    Lost,
    GoesOn,
}

/// By its place among the runs, or among the listings of modpacks.
pub enum Arrival {
    Run(usize),
    Listing(usize),
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
/// It stands still.
pub const QUARRY: usize = 2;
/// Nothing is known of it yet.
pub const NEW: usize = 3;
/// What brought the numbers from before anybody collected.
pub const IMPORT: &str = "a spreadsheet";
/// How many seconds most runs take.
pub const TOOK: i64 = 9;
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

impl Ended {
    pub fn is_end(self) -> bool {
        !matches!(self, Ended::Lost | Ended::GoesOn)
    }

    /// Reason, subject and message.
    pub fn problem(self, site: Site) -> Option<(&'static str, String, &'static str)> {
        let site = format!("{site:?}").to_lowercase();
        match self {
            Ended::Failed => Some(("KeyRefused", site, "the key was refused")),
            Ended::Partial => Some(("NoAnswer", site, "some versions were not answered")),
            Ended::Complete | Ended::Lost | Ended::GoesOn => None,
        }
    }
}

impl Mod {
    /// Where it is collected less often than daily.
    pub fn slow_interval(&self) -> Option<SignedDuration> {
        let is_weekly = self.name == "create-quarry";
        is_weekly.then(|| SignedDuration::from_hours(7 * 24))
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
        let ended = ended(of, site, scheduled_at);
        let has_answers = matches!(ended, Ended::Complete | Ended::Partial);
        let named = self.mods[of].members.iter().filter(is_named);
        let named: Vec<usize> = named.map(|it| it.project).collect();
        let mut answers = Vec::new();
        for (place, project) in self.projects.iter_mut().enumerate() {
            if named.contains(&place) && project.site == site && has_answers {
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
            ended,
            took: took(scheduled_at),
            cost: cost(at),
        });
    }

    /// In the order in which they came to be: a listing of modpacks after the runs before it.
    pub fn arrivals(&self) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        let listings = &self.packs.listings;
        let mut listed = 0;
        for (place, run) in self.runs.iter().enumerate() {
            while listings.get(listed).is_some_and(|it| it.at < run.at) {
                arrivals.push(Arrival::Listing(listed));
                listed += 1;
            }
            arrivals.push(Arrival::Run(place));
        }
        arrivals.extend((listed..listings.len()).map(Arrival::Listing));
        arrivals
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
    /// With its platform.
    pub fn full_name(&self) -> String {
        let name = self.renamed.map_or(self.name, |it| it.1);
        format!("{} {name}", site_name(self.site))
    }

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
