//! The counters themselves: the ends of each day, every run's sample, and the latest.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use crate::bulk::{Cell, Type, Upsert};
use crate::entity::sample;
use crate::error::StoreError;
use crate::model::{Observations, Origin, ProjectKey, ProjectObservation, VersionListing};
use crate::observe::{replace_if_newer, replace_where};
use crate::time::{day_of, to_db};

use Type::{Day, Instant, Integer};

/// A version's number at the instant of its listing.
pub(crate) struct VersionReading {
    pub version_id: i32,
    pub at: Timestamp,
    pub downloads: i64,
}

/// Widens a day to what is excluded: neither end is displaced by an answer that lies inside.
///
/// Two answers of one instant are ordered by their first value, so that their order of arrival
/// doesn't matter either.
fn widen(table: &str, at: &str, values: &[&str]) -> String {
    let end = |end: &str, comparison: &str| {
        let instant = format!("{end}_{at}");
        let value = format!("{end}_{}", values[0]);
        let wins = format!(
            "(excluded.{instant} IS NOT NULL AND ({table}.{instant} IS NULL
              OR (excluded.{instant}, excluded.{value}) {comparison} ({table}.{instant}, {table}.{value})))"
        );
        let columns: Vec<String> = values
            .iter()
            .map(|value| format!("{end}_{value}"))
            .collect();
        let columns: Vec<&str> = std::iter::once(instant.as_str())
            .chain(columns.iter().map(String::as_str))
            .collect();
        replace_where(&wins, table, &columns)
    };
    format!("{}, {}", end("first", "<"), end("last", ">"))
}

/// The earliest and the latest of the answers to one question on one day.
#[derive(Clone, Debug)]
struct Ends<T> {
    first: (Timestamp, T),
    last: (Timestamp, T),
}

impl<T: Copy + PartialOrd> Ends<T> {
    fn widen(ends: &mut Option<Ends<T>>, at: Timestamp, value: T) {
        let reading = (at, value);
        match ends {
            None => {
                *ends = Some(Ends {
                    first: reading,
                    last: reading,
                })
            }
            Some(ends) => {
                if reading < ends.first {
                    ends.first = reading;
                }
                if reading > ends.last {
                    ends.last = reading;
                }
            }
        }
    }
}

/// The counters of a project: downloads, followers, thumbs-up.
type Counters = (i64, Option<i64>, Option<i64>);
/// A listing's sum and its number of versions.
type Sum = (i64, i64);
/// The ends of the two kinds of answers about one project.
type ProjectEnds = (Option<Ends<Counters>>, Option<Ends<Sum>>);

/// The ends of each project's answers, gathered under a key.
fn ends_by<K: Ord>(
    observations: &Observations,
    key: impl Fn(&ProjectKey, Timestamp) -> K,
) -> BTreeMap<K, ProjectEnds> {
    let mut ends: BTreeMap<K, ProjectEnds> = BTreeMap::new();
    for it in &observations.projects {
        let row = ends.entry(key(&it.project, it.asked_at)).or_default();
        Ends::widen(
            &mut row.0,
            it.asked_at,
            (it.downloads, it.followers, it.thumbs_up),
        );
    }
    for listing in observations
        .listings
        .iter()
        .filter(|listing| listing.complete)
    {
        let row = ends
            .entry(key(&listing.project, listing.asked_at))
            .or_default();
        Ends::widen(&mut row.1, listing.asked_at, sum_of(listing));
    }
    ends
}

pub(crate) async fn write_days(
    db: &DatabaseTransaction,
    origin: Origin,
    observations: &Observations,
    projects: &BTreeMap<ProjectKey, i32>,
) -> Result<u64, StoreError> {
    let days = ends_by(observations, |project, at| (projects[project], day_of(at)));
    let mut columns = vec![("project_id", Integer), ("origin", Integer), ("day", Day)];
    columns.extend([("first_at", Instant), ("last_at", Instant)]);
    columns.extend([("first_listed_at", Instant), ("last_listed_at", Instant)]);
    let names = [
        ["first_downloads", "last_downloads"],
        ["first_followers", "last_followers"],
        ["first_thumbs_up", "last_thumbs_up"],
        ["first_versions_downloads", "last_versions_downloads"],
        ["first_versions", "last_versions"],
    ];
    columns.extend(names.as_flattened().iter().map(|name| (*name, Integer)));
    // A project's own counters, and the sum over its versions, are answers to two questions.
    let widened = format!(
        "{}, {}",
        widen(
            "daily_stats",
            "at",
            &["downloads", "followers", "thumbs_up"]
        ),
        widen(
            "daily_stats",
            "listed_at",
            &["versions_downloads", "versions"]
        )
    );
    let cells = days.into_iter().map(|((project_id, day), (totals, sum))| {
        let counters = |pick: fn(&Counters) -> Option<i64>| {
            let ends = totals.as_ref();
            [
                ends.and_then(|it| pick(&it.first.1)).into(),
                ends.and_then(|it| pick(&it.last.1)).into(),
            ]
        };
        let sums = |pick: fn(&Sum) -> i64| {
            let ends = sum.as_ref();
            [
                ends.map(|it| pick(&it.first.1)).into(),
                ends.map(|it| pick(&it.last.1)).into(),
            ]
        };
        let mut row: Vec<Cell> = vec![
            project_id.into(),
            origin.number().into(),
            day.into(),
            totals.as_ref().map(|it| it.first.0).into(),
            totals.as_ref().map(|it| it.last.0).into(),
            sum.as_ref().map(|it| it.first.0).into(),
            sum.as_ref().map(|it| it.last.0).into(),
        ];
        row.extend(counters(|it| Some(it.0)));
        row.extend(counters(|it| it.1));
        row.extend(counters(|it| it.2));
        row.extend(sums(|it| it.0));
        row.extend(sums(|it| it.1));
        row
    });
    let written = Upsert {
        table: "daily_stats",
        columns: &columns,
        on_conflict: &format!("(project_id, day, origin) DO UPDATE SET {widened}"),
    }
    .execute(db, cells.collect())
    .await?;
    Ok(written)
}

pub(crate) fn sum_of(listing: &VersionListing) -> Sum {
    let sum = listing
        .versions
        .iter()
        .fold(0i64, |sum, version| sum.saturating_add(version.downloads));
    (
        sum,
        i64::try_from(listing.versions.len()).unwrap_or(i64::MAX),
    )
}

pub(crate) async fn write_version_days(
    db: &DatabaseTransaction,
    origin: Origin,
    readings: &[VersionReading],
) -> Result<u64, StoreError> {
    let mut days: BTreeMap<(i32, Date), Option<Ends<i64>>> = BTreeMap::new();
    for reading in readings {
        let ends = days
            .entry((reading.version_id, day_of(reading.at)))
            .or_default();
        Ends::widen(ends, reading.at, reading.downloads);
    }
    let rows = days.into_iter().filter_map(|((version_id, day), ends)| {
        let Ends { first, last } = ends?;
        Some(vec![
            version_id.into(),
            origin.number().into(),
            day.into(),
            first.0.into(),
            last.0.into(),
            first.1.into(),
            last.1.into(),
        ])
    });
    let written = Upsert {
        table: "version_stats",
        columns: &[
            ("version_id", Integer),
            ("origin", Integer),
            ("day", Day),
            ("first_at", Instant),
            ("last_at", Instant),
            ("first_downloads", Integer),
            ("last_downloads", Integer),
        ],
        on_conflict: &format!(
            "(version_id, day, origin) DO UPDATE SET {}",
            widen("version_stats", "at", &["downloads"])
        ),
    }
    .execute(db, rows.collect())
    .await?;
    Ok(written)
}

pub(crate) async fn write_samples(
    db: &DatabaseTransaction,
    observations: &[ProjectObservation],
    projects: &BTreeMap<ProjectKey, i32>,
) -> Result<u64, StoreError> {
    let rows: BTreeMap<(i32, Timestamp), Vec<Cell>> = observations
        .iter()
        .map(|it| {
            let project_id = projects[&it.project];
            let cells = vec![
                project_id.into(),
                it.asked_at.into(),
                it.downloads.into(),
                it.followers.into(),
                it.thumbs_up.into(),
            ];
            ((project_id, it.asked_at), cells)
        })
        .collect();
    let written = Upsert {
        table: "sample",
        columns: &[
            ("project_id", Integer),
            ("at", Instant),
            ("downloads", Integer),
            ("followers", Integer),
            ("thumbs_up", Integer),
        ],
        on_conflict: "(project_id, at) DO NOTHING",
    }
    .execute(db, rows.into_values().collect())
    .await?;
    Ok(written)
}

/// Drops the samples from before an instant. No figure changes by it: the ends of their days stay.
pub(crate) async fn thin_samples(
    db: &DatabaseTransaction,
    since: Timestamp,
) -> Result<(), StoreError> {
    sample::Entity::delete_many()
        .filter(sample::Column::At.lt(to_db(since)))
        .exec(db)
        .await?;
    Ok(())
}

pub(crate) async fn write_latest(
    db: &DatabaseTransaction,
    observations: &Observations,
    projects: &BTreeMap<ProjectKey, i32>,
) -> Result<u64, StoreError> {
    let latest = ends_by(observations, |project, _| projects[project]);
    let rows = latest.into_iter().map(|(project_id, (totals, sum))| {
        let totals = totals.map(|ends| ends.last);
        let sum = sum.map(|ends| ends.last);
        vec![
            project_id.into(),
            totals.map(|it| it.0).into(),
            sum.map(|it| it.0).into(),
            totals.map(|it| it.1.0).into(),
            totals.and_then(|it| it.1.1).into(),
            totals.and_then(|it| it.1.2).into(),
            sum.map(|it| it.1.0).into(),
            sum.map(|it| it.1.1).into(),
        ]
    });
    let written = Upsert {
        table: "project_latest",
        columns: &[
            ("project_id", Integer),
            ("observed_at", Instant),
            ("listed_at", Instant),
            ("downloads", Integer),
            ("followers", Integer),
            ("thumbs_up", Integer),
            ("versions_downloads", Integer),
            ("versions", Integer),
        ],
        on_conflict: &format!(
            "(project_id) DO UPDATE SET {}, {}",
            replace_if_newer(
                "project_latest",
                "observed_at",
                &["downloads", "followers", "thumbs_up"]
            ),
            replace_if_newer(
                "project_latest",
                "listed_at",
                &["versions_downloads", "versions"]
            ),
        ),
    }
    .execute(db, rows.collect())
    .await?;
    Ok(written)
}

pub(crate) async fn write_version_latest(
    db: &DatabaseTransaction,
    readings: &[VersionReading],
) -> Result<u64, StoreError> {
    let mut latest: BTreeMap<i32, (Timestamp, i64)> = BTreeMap::new();
    for reading in readings {
        let seen = latest
            .entry(reading.version_id)
            .or_insert((reading.at, reading.downloads));
        *seen = (*seen).max((reading.at, reading.downloads));
    }
    let rows = latest
        .into_iter()
        .map(|(id, (at, downloads))| vec![id.into(), at.into(), downloads.into()])
        .collect();
    let written = Upsert {
        table: "version_latest",
        columns: &[
            ("version_id", Integer),
            ("observed_at", Instant),
            ("downloads", Integer),
        ],
        on_conflict: &format!(
            "(version_id) DO UPDATE SET {}",
            replace_if_newer("version_latest", "observed_at", &["downloads"])
        ),
    }
    .execute(db, rows)
    .await?;
    Ok(written)
}
