//! Counters over days, samples by the run, and imports.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::error::StoreError;
use crate::model::{DayReadings, ImportId, ImportView, Metric, Origin, Reading, Sample};
use crate::read::Snapshot;
use crate::time::{day_from_db, day_to_db, from_db, to_db};

/// A table of days, and a counter in it.
pub(crate) struct Counter {
    pub table: &'static str,
    /// Whose days they are.
    pub owner: &'static str,
    /// Follows `first_` and `last_`: the instant, and the value.
    pub at: &'static str,
    pub value: &'static str,
}

impl Counter {
    fn of_projects(metric: Metric) -> Counter {
        let (at, value) = match metric {
            Metric::Downloads => ("at", "downloads"),
            Metric::Followers => ("at", "followers"),
            Metric::ThumbsUp => ("at", "thumbs_up"),
            Metric::VersionsDownloads => ("listed_at", "versions_downloads"),
            Metric::Versions => ("listed_at", "versions"),
        };
        Counter {
            table: "daily_stats",
            owner: "project_id",
            at,
            value,
        }
    }
}

impl Snapshot {
    /// A counter of projects on the days `from..=to`, and on the known days next to them, which the
    /// growth at the edges is interpolated from. Where a day has several origins, the collected one
    /// is read, then the newest import.
    pub async fn readings(
        &self,
        projects: &[i32],
        metric: Metric,
        from: Date,
        to: Date,
    ) -> Result<BTreeMap<i32, Vec<DayReadings>>, StoreError> {
        self.store
            .bounded(self.days_of(projects, &Counter::of_projects(metric), from, to))
            .await
    }

    pub(crate) async fn days_of(
        &self,
        owners: &[i32],
        counter: &Counter,
        from: Date,
        to: Date,
    ) -> Result<BTreeMap<i32, Vec<DayReadings>>, StoreError> {
        let mut series: BTreeMap<i32, Vec<DayReadings>> =
            owners.iter().map(|id| (*id, Vec::new())).collect();
        if owners.is_empty() {
            return Ok(series);
        }
        // A fall is jitter if it recovers within a day. So what happens on the day next to a
        // midnight decides what the counter was at it, and the known day beyond that one is read.
        let (before, after) = (from.saturating_sub(1.day()), to.saturating_add(1.day()));
        let Counter {
            table,
            owner,
            at,
            value,
        } = counter;
        let known = format!("(first_{value} IS NOT NULL OR last_{value} IS NOT NULL)");
        let sql = format!(
            "WITH asked(id) AS (VALUES {}),
             ranged AS MATERIALIZED (
                 SELECT id,
                        COALESCE((SELECT MAX(day) FROM {table}
                                  WHERE {owner} = asked.id AND day < $1 AND {known}), $1) AS low,
                        COALESCE((SELECT MIN(day) FROM {table}
                                  WHERE {owner} = asked.id AND day > $2 AND {known}), $2) AS high
                 FROM asked)
             SELECT ranged.id, origin, day, first_{at} AS first_at, last_{at} AS last_at,
                    first_{value} AS first_value, last_{value} AS last_value
             FROM ranged
             JOIN {table} ON {owner} = ranged.id AND day >= ranged.low AND day <= ranged.high
             WHERE {known}
             ORDER BY ranged.id, day, CASE WHEN origin = 0 THEN 0 ELSE 1 END, origin DESC",
            rows(owners)
        );
        let days: [Value; 2] = [day_to_db(before).into(), day_to_db(after).into()];
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, days);
        for row in DayRow::find_by_statement(statement).all(&self.db).await? {
            let days = series.entry(row.id).or_default();
            let day = day_from_db(row.day);
            // The rows of a day come in the order of preference.
            if days.last().is_none_or(|known| known.day != day)
                && let Some(readings) = row.readings(day)
            {
                days.push(readings);
            }
        }
        Ok(series)
    }

    /// The first day on which anything was observed of projects.
    pub async fn first_days(&self, projects: &[i32]) -> Result<BTreeMap<i32, Date>, StoreError> {
        if projects.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sql = format!(
            "WITH asked(id) AS (VALUES {})
             SELECT id, (SELECT MIN(day) FROM daily_stats WHERE project_id = asked.id) FROM asked",
            rows(projects)
        );
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        self.store
            .bounded(async {
                let mut days = BTreeMap::new();
                for row in self.db.query_all_raw(statement).await? {
                    let day: Option<NaiveDate> = row.try_get_by_index(1)?;
                    let id: i32 = row.try_get_by_index(0)?;
                    days.extend(day.map(|day| (id, day_from_db(day))));
                }
                Ok(days)
            })
            .await
    }

    /// What every run saw of projects since an instant, and of each the last one before that.
    /// Samples are kept for some weeks only.
    pub async fn samples(
        &self,
        projects: &[i32],
        since: Timestamp,
    ) -> Result<BTreeMap<i32, Vec<Sample>>, StoreError> {
        let mut samples: BTreeMap<i32, Vec<Sample>> =
            projects.iter().map(|id| (*id, Vec::new())).collect();
        if projects.is_empty() {
            return Ok(samples);
        }
        let sql = SAMPLES.replace("{projects}", &rows(projects));
        let statement = Statement::from_sql_and_values(
            self.db.get_database_backend(),
            sql,
            [to_db(since).into()],
        );
        self.store
            .bounded(async {
                for row in SampleRow::find_by_statement(statement)
                    .all(&self.db)
                    .await?
                {
                    samples.entry(row.project_id).or_default().push(Sample {
                        at: from_db(row.at),
                        downloads: row.downloads,
                        followers: row.followers,
                        thumbs_up: row.thumbs_up,
                    });
                }
                Ok(samples)
            })
            .await
    }

    /// The imports that brought numbers of projects, and on which days, the oldest import first.
    pub async fn imports(&self, projects: &[i32]) -> Result<Vec<ImportView>, StoreError> {
        if projects.is_empty() {
            return Ok(Vec::new());
        }
        let sql = IMPORTS.replace("{projects}", &list(projects));
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        self.store
            .bounded(async {
                let rows = ImportRow::find_by_statement(statement)
                    .all(&self.db)
                    .await?;
                let view = |row: ImportRow| ImportView {
                    id: ImportId(row.id),
                    description: row.description,
                    imported_at: from_db(row.imported_at),
                    project_id: row.project_id,
                    from: day_from_db(row.first_day),
                    to: day_from_db(row.last_day),
                    days: row.days,
                };
                Ok(rows.into_iter().map(view).collect())
            })
            .await
    }
}

const SAMPLES: &str = "
    WITH asked(id) AS (VALUES {projects}),
    ranged AS MATERIALIZED (
        SELECT id, COALESCE((SELECT MAX(at) FROM sample
                             WHERE project_id = asked.id AND at < $1), $1) AS low
        FROM asked)
    SELECT project_id, at, downloads, followers, thumbs_up
    FROM ranged
    JOIN sample ON project_id = ranged.id AND at >= ranged.low
    ORDER BY project_id, at";

const IMPORTS: &str = "
    SELECT import.id, import.description, import.imported_at, brought.project_id,
           brought.first_day, brought.last_day, brought.days
    FROM (SELECT origin, project_id, MIN(day) AS first_day, MAX(day) AS last_day, COUNT(*) AS days
          FROM daily_stats WHERE project_id IN ({projects}) AND origin > 0
          GROUP BY origin, project_id) brought
    JOIN import ON import.id = brought.origin
    ORDER BY import.id, brought.project_id";

/// Numbers as the elements of a list.
pub(crate) fn list(ids: &[i32]) -> String {
    joined(ids, i32::to_string)
}

/// Numbers as rows of one column.
pub(crate) fn rows(ids: &[i32]) -> String {
    joined(ids, |id| format!("({id})"))
}

fn joined(ids: &[i32], written: impl Fn(&i32) -> String) -> String {
    ids.iter().map(written).collect::<Vec<_>>().join(", ")
}

#[derive(Debug, FromQueryResult)]
struct SampleRow {
    project_id: i32,
    at: DateTime<Utc>,
    downloads: i64,
    followers: Option<i64>,
    thumbs_up: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
struct ImportRow {
    id: i32,
    description: String,
    imported_at: DateTime<Utc>,
    project_id: i32,
    first_day: NaiveDate,
    last_day: NaiveDate,
    days: i64,
}

pub(crate) fn reading(at: Option<DateTime<Utc>>, value: Option<i64>) -> Option<Reading> {
    at.zip(value).map(|(at, value)| Reading {
        at: from_db(at),
        value,
    })
}

#[derive(Debug, FromQueryResult)]
struct DayRow {
    id: i32,
    origin: i32,
    day: NaiveDate,
    first_at: Option<DateTime<Utc>>,
    last_at: Option<DateTime<Utc>>,
    first_value: Option<i64>,
    last_value: Option<i64>,
}

impl DayRow {
    /// One end of a day may lack a counter that the other one has.
    fn readings(&self, day: Date) -> Option<DayReadings> {
        let first = reading(self.first_at, self.first_value);
        let last = reading(self.last_at, self.last_value);
        Some(DayReadings {
            day,
            origin: Origin::from_number(self.origin),
            first: first.or(last)?,
            last: last.or(first)?,
        })
    }
}
