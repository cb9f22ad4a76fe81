//! Counters over days.

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::growth::{self, DayGrowth};
use modstats_store::model::{Member, Origin, Platform, Reading};
use modstats_store::time::day_of;
use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::data::{History, ModData, VersionSum};
use crate::query::{SeriesQuery, metric_name};

/// A counter of a mod's projects over days.
#[derive(Debug, Serialize, ToSchema)]
pub struct Series {
    generation: i64,
    namespace: String,
    name: String,
    metric: &'static str,
    from: Date,
    to: Date,
    /// The sum of the projects' growth.
    growth: Vec<Day>,
    projects: Vec<ProjectSeries>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ProjectSeries {
    #[schema(schema_with = words::platform)]
    platform: Platform,
    id: String,
    name: Option<String>,
    points: Vec<Point>,
    gaps: Vec<Gap>,
    corrections: Vec<Correction>,
    growth: Vec<Day>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Point {
    at: Timestamp,
    value: i64,
    /// `collected` or `import`.
    origin: &'static str,
    import: Option<i32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Gap {
    from: Timestamp,
    to: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
struct Correction {
    at: Timestamp,
    from: i64,
    to: i64,
}

/// Growth between two midnights (UTC).
#[derive(Debug, Serialize, ToSchema)]
struct Day {
    day: Date,
    growth: i64,
    complete: bool,
    gap: bool,
    correction: bool,
}

impl Series {
    /// A sum over versions grows by their growth.
    pub fn new(
        generation: i64,
        data: &ModData,
        sum: Option<&VersionSum>,
        query: SeriesQuery,
    ) -> Series {
        let members = data.members().enumerate();
        let counters = members.map(|(index, (member, history))| match sum {
            None => vec![&history.series],
            Some(sum) => sum.of_member(index, member),
        });
        let counters: Vec<Vec<&growth::Series>> = counters.collect();
        let total = growth::total(counters.iter().flatten().copied());
        Series {
            generation,
            namespace: data.view.namespace.clone(),
            name: data.view.name.clone(),
            metric: metric_name(query.metric),
            from: query.from,
            to: query.to,
            growth: days(&total, query),
            projects: data
                .members()
                .zip(&counters)
                .map(|((member, history), counters)| {
                    ProjectSeries::new(member, history, counters, query)
                })
                .collect(),
        }
    }
}

impl ProjectSeries {
    fn new(
        member: &Member,
        history: &History,
        counters: &[&growth::Series],
        query: SeriesQuery,
    ) -> ProjectSeries {
        let mut corrections: Vec<&growth::Correction> =
            counters.iter().flat_map(|it| &it.corrections).collect();
        corrections.sort_by_key(|it| it.at);
        let asked = |at: Timestamp| (query.from..=query.to).contains(&day_of(at));
        let mut points = Vec::new();
        for day in &history.readings {
            let (origin, import) = match day.origin {
                Origin::Collected => ("collected", None),
                Origin::Import(id) => ("import", Some(id.0)),
            };
            let point = |reading: Reading| Point {
                at: reading.at,
                value: reading.value,
                origin,
                import,
            };
            points.push(point(day.first));
            if day.last.at > day.first.at {
                points.push(point(day.last));
            }
        }
        points.retain(|point| asked(point.at));
        ProjectSeries {
            platform: member.project.key.platform,
            id: member.project.key.id.clone(),
            name: member.project.name.clone(),
            points,
            gaps: history
                .series
                .gaps
                .iter()
                .filter(|(from, to)| day_of(*from) <= query.to && query.from <= day_of(*to))
                .map(|(from, to)| Gap {
                    from: *from,
                    to: *to,
                })
                .collect(),
            corrections: corrections
                .into_iter()
                .filter(|it| asked(it.at))
                .map(|it| Correction {
                    at: it.at,
                    from: it.from,
                    to: it.to,
                })
                .collect(),
            growth: days(&growth::total(counters.iter().copied()), query),
        }
    }
}

fn days(days: &[DayGrowth], query: SeriesQuery) -> Vec<Day> {
    days.iter()
        .filter(|day| (query.from..=query.to).contains(&day.day))
        .map(|day| Day {
            day: day.day,
            growth: day.growth,
            complete: day.complete,
            gap: day.gap,
            correction: day.correction,
        })
        .collect()
}
