//! What a timeline is made of: lanes beside or upon each other, each the sum of some counters.

use jiff::{SignedDuration, Timestamp};
use modstats_store::growth::{self, DayGrowth};
use modstats_store::model::{Member, Platform, ProjectView, Reading, VersionView};
use modstats_store::time::day_of;

use super::names::{name_of, platform_name, version_name};
use crate::chart::Ink;
use crate::data::{History, ModData, VersionCounter, VersionSum};
use crate::figures::period;
use crate::language::Words;
use crate::query::Grouping;

/// The key of the sum of all.
const ALL: &str = "all";
const INSTANT: SignedDuration = SignedDuration::from_micros(1);

/// All lanes of a timeline.
#[derive(Clone, Debug)]
pub struct Lanes<'a> {
    /// What they are together, for the caption: `all platforms`.
    pub name: String,
    pub lanes: Vec<Lane<'a>>,
    pub relation: Relation,
}

/// How lanes stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They add up: their bars are stacked, and where there are several, their sum is the first
    /// column, of this name, and the line.
    Sum(String),
    /// Each is a line of its own, and they don't add up.
    Beside,
}

#[derive(Clone, Debug)]
pub struct Lane<'a> {
    /// For programs: `modrinth`.
    pub key: String,
    pub label: String,
    pub ink: Ink,
    pub parts: Vec<Part<'a>>,
}

/// A counter, and what is to be said of it.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// In remarks.
    pub name: String,
    pub history: &'a History,
    /// It counts up to then.
    pub until: Option<Timestamp>,
    /// It is no longer tracked.
    pub left_at: Option<Timestamp>,
    /// Its platform no longer shows it.
    pub vanished_at: Option<Timestamp>,
    /// Its platform didn't show it for some time.
    pub absences: &'a [(Timestamp, Timestamp)],
}

impl<'a> Lanes<'a> {
    /// A mod by platform, or on one of them.
    pub fn of_platforms(data: &'a ModData, platform: Option<Platform>, words: &Words) -> Lanes<'a> {
        let platforms = match platform {
            None => data.platforms(),
            Some(one) => vec![one],
        };
        let parts = |platform| {
            let members = data.members_on(Some(platform));
            members
                .map(|(member, history)| Part::of_member(member, history))
                .collect()
        };
        Lanes::by_platform(&platforms, parts, words)
    }

    /// The sum over the versions of a mod by platform.
    pub fn of_versions(data: &'a ModData, sum: &'a VersionSum, words: &Words) -> Lanes<'a> {
        let parts = |platform| {
            let imported = sum
                .imported(data)
                .filter(|(member, ..)| member.project.key.platform == platform)
                .map(|(member, history, until)| Part {
                    until,
                    ..Part::of_member(member, history)
                });
            let versions = sum.versions.iter();
            let on = |it: &&VersionCounter| it.version.platform == platform;
            imported
                .chain(versions.filter(on).map(Part::of_counter))
                .collect()
        };
        Lanes::by_platform(&data.platforms(), parts, words)
    }

    fn by_platform(
        platforms: &[Platform],
        parts: impl Fn(Platform) -> Vec<Part<'a>>,
        words: &Words,
    ) -> Lanes<'a> {
        let lane = |platform: &Platform| Lane {
            key: platform.to_string(),
            label: platform_name(*platform).to_owned(),
            ink: Ink::Platform(*platform),
            parts: parts(*platform),
        };
        Lanes {
            name: match platforms {
                [one] => platform_name(*one).to_owned(),
                _ => words.text("chart-all-platforms"),
            },
            lanes: platforms.iter().map(lane).collect(),
            relation: Relation::Sum(words.text("chart-all-platforms-short")),
        }
    }

    /// Without those of which there is no reading.
    pub fn known(mut self) -> Lanes<'a> {
        self.lanes.retain(|lane| {
            let mut parts = lane.parts.iter();
            parts.any(|part| !part.history.readings.is_empty())
        });
        self
    }

    /// One counter alone.
    pub fn of_one(key: String, label: String, ink: Ink, part: Part<'a>) -> Lanes<'a> {
        Lanes {
            name: label.clone(),
            relation: Relation::Sum(label.clone()),
            lanes: vec![Lane {
                key,
                label,
                ink,
                parts: vec![part],
            }],
        }
    }

    /// Those whose counters are columns, the sum first.
    pub(super) fn columns(&self) -> Vec<Lane<'a>> {
        let sum = match &self.relation {
            Relation::Sum(label) if self.lanes.len() > 1 => Some(Lane {
                key: ALL.to_owned(),
                label: label.clone(),
                ink: Ink::All,
                parts: self.parts().cloned().collect(),
            }),
            _ => None,
        };
        sum.into_iter().chain(self.lanes.iter().cloned()).collect()
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &Part<'a>> {
        self.lanes.iter().flat_map(|lane| &lane.parts)
    }
}

impl<'a> Part<'a> {
    pub fn of_member(member: &Member, history: &'a History) -> Part<'a> {
        Part {
            until: member.left_at,
            left_at: member.left_at,
            ..Part::of_project(&member.project, history)
        }
    }

    pub fn of_project(project: &ProjectView, history: &'a History) -> Part<'a> {
        Part {
            name: name_of(project),
            history,
            until: None,
            left_at: None,
            vanished_at: project.invisible_since,
            absences: &[],
        }
    }

    /// Of a sum over versions; that one vanished is told beside its release.
    fn of_counter(counter: &'a VersionCounter) -> Part<'a> {
        Part {
            until: counter.until,
            left_at: counter.left_at,
            vanished_at: None,
            absences: &counter.absences,
            ..Part::of_version(&counter.version, &counter.history)
        }
    }

    pub fn of_version(version: &VersionView, history: &'a History) -> Part<'a> {
        Part {
            name: version_name(version),
            history,
            until: None,
            left_at: None,
            vanished_at: version.gone_at,
            absences: &[],
        }
    }

    /// As figures know it.
    pub fn counted(&self) -> period::Part<'a> {
        period::Part {
            series: &self.history.series,
            left: self.until.map(day_of),
            from_zero: self.history.from_zero,
        }
    }

    /// What its line is drawn by.
    pub(super) fn readings(&self, by: Grouping) -> &'a [Reading] {
        match by {
            Grouping::Run => self.history.every_reading(),
            Grouping::Day | Grouping::Week | Grouping::Month => &self.history.series.points,
        }
    }

    pub(super) fn first(&self) -> Option<Reading> {
        self.history.series.points.first().copied()
    }

    pub(super) fn last(&self) -> Option<Reading> {
        self.history.series.points.last().copied()
    }

    /// The end of its counting, where it has one.
    pub(super) fn end(&self) -> Option<Timestamp> {
        let (until, last) = self.until.zip(self.last())?;
        Some(until.max(last.at))
    }

    fn is_absent(&self, at: Timestamp) -> bool {
        let mut absences = self.absences.iter();
        absences.any(|(gone, back)| *gone < at && at < *back)
    }

    /// The instants at which a sum of it jumps without any growth.
    pub(super) fn jumps(&self) -> impl Iterator<Item = Timestamp> {
        let first = self.first().filter(|_| !self.history.from_zero);
        let absences = self.absences.iter().flat_map(|(gone, back)| [*gone, *back]);
        let ends = first.map(|it| it.at).into_iter().chain(self.end());
        ends.chain(absences)
    }
}

/// What is known of the sum of some counters.
impl Lane<'_> {
    pub(super) fn growth_by_day(&self) -> Vec<DayGrowth> {
        growth::total(self.parts.iter().map(|part| &part.history.series))
    }

    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.parts
            .iter()
            .filter_map(|it| Some(it.first()?.at))
            .min()
    }

    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.parts.iter().filter_map(|it| Some(it.last()?.at)).max()
    }

    /// The sum at an instant: of each counter the last known value, interpolated between its
    /// readings. None inside of a gap of one, and where none is known yet.
    pub(super) fn total_at(&self, at: Timestamp, by: Grouping) -> Option<i64> {
        let mut sum: Option<i64> = None;
        for part in &self.parts {
            let (Some(first), Some(last)) = (part.first(), part.last()) else {
                continue;
            };
            if at < first.at || part.end().is_some_and(|end| at > end) || part.is_absent(at) {
                continue;
            }
            let mut breaks = part.history.breaks.iter();
            if breaks.any(|(from, to)| *from < at && at < *to) {
                return None;
            }
            let readings = part.readings(by);
            let newest = readings.last().map_or(last, |reading| *reading);
            let value = match at > newest.at {
                true => newest.value,
                false => growth::value_at(readings, at)?,
            };
            sum = Some(sum.unwrap_or(0).saturating_add(value));
        }
        sum
    }

    /// What was read last from `from` on and before `to`: the sum of what the counters stated, and
    /// when the newest of them did.
    pub(super) fn stated(&self, from: Timestamp, to: Timestamp) -> Option<Reading> {
        let stated = |part: &Part| {
            let points = part.history.every_reading();
            let after = points.partition_point(|point| point.at < to);
            let last = points.get(after.checked_sub(1)?)?;
            let counts = part.end().is_none_or(|end| end >= to) && !part.is_absent(to);
            let counts = counts || last.at >= from;
            Some(*last).filter(|_| counts)
        };
        self.parts
            .iter()
            .filter_map(stated)
            .reduce(|one, other| Reading {
                at: one.at.max(other.at),
                value: one.value.saturating_add(other.value),
            })
            .filter(|reading| reading.at >= from)
    }

    /// Gaps of any counter, and the instants at which one begins or ends to count.
    pub(super) fn breaks(&self) -> Vec<(Timestamp, Timestamp)> {
        let mut breaks = Vec::new();
        for part in &self.parts {
            breaks.extend_from_slice(&part.history.breaks);
            if let Some(first) = part.first().filter(|_| !part.history.from_zero) {
                let before = first.at.saturating_sub(INSTANT).unwrap_or(first.at);
                breaks.push((before, first.at));
            }
            let gone = part.absences.iter().map(|(gone, _)| *gone);
            for end in part.end().into_iter().chain(gone) {
                breaks.push((end, end.saturating_add(INSTANT).unwrap_or(end)));
            }
        }
        breaks
    }

    /// From falls to recoveries.
    pub(super) fn jitter(&self) -> Vec<(Timestamp, Timestamp)> {
        let jitter = self.parts.iter().flat_map(|it| &it.history.series.jitter);
        jitter.map(|it| (it.at, it.until)).collect()
    }
}
