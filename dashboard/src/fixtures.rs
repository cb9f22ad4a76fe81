//! Mods with invented readings, for tests.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use modstats_store::model::{
    DayReadings, Member, Origin, Platform, ProjectKey, ProjectView, Reading, Totals, TrackedModView,
};
use modstats_store::time::day_of;

use crate::data::{History, ModData};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A member that was read once on each of the given instants, on different days.
pub fn member(
    platform: Platform,
    id: &str,
    readings: &[(&str, i64)],
) -> (Member, Vec<DayReadings>) {
    let readings: Vec<DayReadings> = readings
        .iter()
        .map(|(when, value)| {
            let reading = Reading {
                at: at(when),
                value: *value,
            };
            let day = day_of(reading.at);
            DayReadings {
                day,
                origin: Origin::Collected,
                first: reading,
                last: reading,
            }
        })
        .collect();
    let totals = readings.last().map(|day| Totals {
        observed_at: day.last.at,
        downloads: day.last.value,
        followers: None,
        thumbs_up: None,
    });
    let project = ProjectView {
        id: 0,
        key: ProjectKey {
            platform,
            id: id.to_owned(),
        },
        kind: None,
        slug: None,
        name: Some(id.to_owned()),
        summary: None,
        page_url: None,
        icon_url: None,
        published_at: None,
        invisible_since: None,
        totals,
        version_sum: None,
    };
    (
        Member {
            project,
            joined_at: at("2026-01-01T00:00Z"),
            left_at: None,
        },
        readings,
    )
}

pub fn data(members: Vec<(Member, Vec<DayReadings>)>) -> ModData {
    let histories = members
        .iter()
        .map(|(member, readings)| History::new(readings.clone(), &[], member.left_at))
        .collect();
    let mut data = ModData::nothing("default", "mod");
    data.view = TrackedModView {
        members: members.into_iter().map(|(member, _)| member).collect(),
        ..data.view
    };
    ModData { histories, ..data }
}

/// One reading at noon of each day, growing by `step`.
pub fn daily(first: jiff::civil::Date, days: i32, start: i64, step: i64) -> Vec<(String, i64)> {
    (0..days)
        .map(|day| {
            let date = first.saturating_add(jiff::ToSpan::days(day));
            (format!("{date}T12:00Z"), start + step * i64::from(day))
        })
        .collect()
}

pub fn borrowed(readings: &[(String, i64)]) -> Vec<(&str, i64)> {
    readings
        .iter()
        .map(|(when, value)| (when.as_str(), *value))
        .collect()
}
