//! What a mod's projects have and grow by.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::history::{Answer, Membership, Project, Reading, Site, Year, at, day_of};
use super::periods::{Days, Period, period};
use super::truth::{Curve, Growth, together};

/// A project as a member of a mod.
pub struct Member<'a> {
    pub project: &'a Project,
    pub joined_at: Timestamp,
    pub left_at: Option<Timestamp>,
    pub downloads: Curve,
    /// Followers, or thumbs up.
    pub people: Curve,
    /// How many versions its complete listings named.
    pub versions: Curve,
}

pub struct Total {
    pub value: i64,
    /// Of the oldest number in it.
    pub at: Timestamp,
}

pub fn today() -> Date {
    day_of(at(crate::NOW))
}

/// In the order of the platforms and their ids.
pub fn members(year: &Year, of: usize) -> Vec<Member<'_>> {
    let member = |membership| Member::new(year, of, membership);
    let mut members: Vec<Member<'_>> = year.mods[of].members.iter().map(member).collect();
    members.sort_by_key(|it| (it.project.site, it.project.id));
    members
}

impl<'a> Member<'a> {
    fn new(year: &'a Year, of: usize, membership: &'a Membership) -> Member<'a> {
        let project = &year.projects[membership.project];
        let readings = |value: fn(&Answer) -> Option<i64>| {
            let readings = project.answers.iter().filter_map(|it| {
                let value = value(it)?;
                Some(Reading { at: it.at, value })
            });
            readings.collect::<Vec<_>>()
        };
        let counted = |curve: Curve| {
            let curve = curve.named(&project.full_name());
            let curve = curve.patient(year.mods[of].slow_interval());
            curve.leaving(membership.to).up_to(membership.to)
        };
        let downloads = readings(|it| Some(it.downloads));
        let people = readings(|it| Some(it.people));
        let versions = readings(|it| {
            it.complete
                .then(|| i64::try_from(it.versions.len()).unwrap())
        });
        Member {
            project,
            joined_at: membership.from,
            left_at: membership.to,
            downloads: counted(Curve::new(&project.imported, &downloads).with_runs(&downloads)),
            people: counted(Curve::new(&[], &people).with_runs(&people).gauge()),
            versions: counted(Curve::new(&[], &versions).gauge()),
        }
    }
}
/// Every project once, as long as any mod has it.
pub fn portfolio(year: &Year) -> Vec<Member<'_>> {
    let mut members: Vec<Member<'_>> = Vec::new();
    for member in (0..year.mods.len()).flat_map(|of| self::members(year, of)) {
        let mut same = members.iter_mut();
        match same.find(|it| it.project.id == member.project.id) {
            Some(same) if member.left_at.is_none() => *same = member,
            Some(_) => {}
            None => members.push(member),
        }
    }
    members
}

/// Of those that are members today.
pub fn total(curves: &[&Curve]) -> Option<Total> {
    let is_there = |it: &&&Curve| it.until.is_none();
    let last = curves.iter().filter(is_there).filter_map(|it| it.last());
    last.fold(None, |sum: Option<Total>, it| {
        let so_far = sum.unwrap_or(Total {
            value: 0,
            at: it.at,
        });
        Some(Total {
            value: so_far.value + it.value,
            at: so_far.at.min(it.at),
        })
    })
}

pub fn downloads<'a>(members: &'a [Member<'_>], site: Option<Site>) -> Vec<&'a Curve> {
    let on = members
        .iter()
        .filter(|it| site.is_none_or(|site| it.project.site == site));
    on.map(|it| &it.downloads).collect()
}

pub fn growth(curves: &[&Curve], days: Days) -> Option<Growth> {
    let (from, to) = days.midnights();
    let grown = together(curves.iter().map(|it| it.growth(from, to)));
    grown.map(|grown| Growth {
        incomplete: curves.iter().any(|it| it.is_lacking(from, to)),
        ..grown
    })
}

/// The first day on which a period and what it is compared with lie in what is known.
pub fn comparable_from(curves: &[&Curve], query: &str, with: &str) -> Option<Date> {
    let since = today().first_of_year();
    let mut days = today().series(1.day()).take(3 * 366);
    days.find(|day| is_comparable(curves, &period(query, since, *day), with))
}

/// Only the same counters are compared.
pub fn is_comparable(curves: &[&Curve], period: &Period, with: &str) -> bool {
    period.compared(with).is_some_and(|(days, previous)| {
        let mut steady = curves.iter().filter_map(|it| it.steady_from(days.to));
        steady.all(|since| since <= previous.from)
    })
}
