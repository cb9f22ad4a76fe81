//! What the versions of projects have and grow by.

use super::counted::Member;
use super::history::{Answer, Reading, Site, Version, at};
use super::periods::Days;
use super::truth::{Curve, Growth};

/// A version as far as it was ever listed.
pub struct Listed<'a> {
    pub version: &'a Version,
    pub site: Site,
    /// Its name as the platform said it.
    pub name: String,
    pub downloads: Curve,
    /// The first complete listing without it.
    pub gone_at: Option<jiff::Timestamp>,
    /// Its project left the mod.
    pub left_at: Option<jiff::Timestamp>,
}

/// The newest first.
pub fn listed<'a>(members: &[&'a Member<'_>]) -> Vec<Listed<'a>> {
    let mut listed: Vec<Listed<'a>> = Vec::new();
    for member in members {
        let places = 0..member.project.versions.len();
        listed.extend(places.map(|place| Listed::new(member, place)));
    }
    listed.sort_by_key(|it| std::cmp::Reverse(it.version.published_at));
    listed
}

impl<'a> Listed<'a> {
    fn new(member: &'a Member<'_>, place: usize) -> Listed<'a> {
        let project = member.project;
        let version = &project.versions[place];
        let reading = |answer: &Answer| {
            let downloads = answer.versions.iter().find(|it| it.0 == place)?.1;
            Some(Reading {
                at: answer.at,
                value: downloads,
            })
        };
        let readings: Vec<Reading> = project.answers.iter().filter_map(reading).collect();
        let curve = Curve::new(&[], &readings).named(version.number);
        let mut complete = project.answers.iter().filter(|it| it.complete);
        let is_new = complete
            .next()
            .is_some_and(|first| first.at < version.published_at);
        Listed {
            version,
            site: project.site,
            name: format!("{} {}", project.name, version.number),
            downloads: match is_new {
                true => curve.begun_at_zero(version.published_at),
                false => curve,
            },
            gone_at: complete
                .find(|it| version.vanishes_at.is_some_and(|gone| gone <= it.at))
                .map(|it| it.at),
            left_at: member.left_at,
        }
    }

    pub fn growth(&self, days: Days) -> Option<Growth> {
        let (from, to) = days.midnights();
        self.downloads.growth(from, to)
    }

    /// As long as it is in the sum over its project's versions.
    pub fn in_sum(&self) -> Curve {
        let until = self.gone_at.into_iter().chain(self.left_at).min();
        self.downloads.clone().leaving(self.left_at).up_to(until)
    }

    pub fn last(&self) -> i64 {
        self.downloads.last().unwrap().value
    }

    /// How old it was when it was read last.
    pub fn age(&self) -> jiff::SignedDuration {
        let read = self.downloads.last().unwrap().at;
        read.duration_since(self.version.published_at)
    }

    /// How old it is.
    pub fn days_old(&self) -> i64 {
        let now = at(crate::NOW);
        now.duration_since(self.version.published_at).as_hours() / 24
    }
}
