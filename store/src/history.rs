//! Counters over days, and the versions of projects.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::error::StoreError;
use crate::growth;
use crate::model::{DayReadings, Metric, Origin, Platform, Reading, VersionKey, VersionView};
use crate::read::Snapshot;
use crate::time::{day_from_db, day_of, day_to_db, from_db, midnight};

impl Snapshot {
    /// A counter of projects on the days `from..=to`, and on the nearest known day on either side,
    /// which the growth at the edges is interpolated from. Where a day has several origins, the
    /// collected one is read, then the newest import.
    pub async fn readings(
        &self,
        projects: &[i32],
        metric: Metric,
        from: Date,
        to: Date,
    ) -> Result<BTreeMap<i32, Vec<DayReadings>>, StoreError> {
        let (at, value) = match metric {
            Metric::Downloads => ("at", "downloads"),
            Metric::Followers => ("at", "followers"),
            Metric::ThumbsUp => ("at", "thumbs_up"),
            Metric::VersionsDownloads => ("listed_at", "versions_downloads"),
            Metric::Versions => ("listed_at", "versions"),
        };
        let known = format!("(first_{value} IS NOT NULL OR last_{value} IS NOT NULL)");
        let sql = format!(
            "SELECT project_id AS id, origin, day, first_{at} AS first_at, last_{at} AS last_at,
                    first_{value} AS first_value, last_{value} AS last_value
             FROM daily_stats stats
             WHERE project_id IN ({}) AND {known}
               AND day >= COALESCE((SELECT MAX(day) FROM daily_stats
                                    WHERE project_id = stats.project_id AND day < $1 AND {known}), $1)
               AND day <= COALESCE((SELECT MIN(day) FROM daily_stats
                                    WHERE project_id = stats.project_id AND day > $2 AND {known}), $2)
             ORDER BY project_id, day, CASE WHEN origin = 0 THEN 0 ELSE 1 END, origin DESC",
            list(projects)
        );
        self.store
            .bounded(self.day_rows(
                projects,
                sql,
                vec![day_to_db(from).into(), day_to_db(to).into()],
            ))
            .await
    }

    async fn day_rows(
        &self,
        projects: &[i32],
        sql: String,
        values: Vec<Value>,
    ) -> Result<BTreeMap<i32, Vec<DayReadings>>, StoreError> {
        let mut series: BTreeMap<i32, Vec<DayReadings>> =
            projects.iter().map(|id| (*id, Vec::new())).collect();
        if projects.is_empty() {
            return Ok(series);
        }
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
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

    /// The versions of projects, the newest first, each with its growth since a midnight (UTC).
    ///
    /// A version that appeared after a complete listing without it grew from 0 at its publish
    /// date; one that was first observed after that midnight for another reason grew from that
    /// first reading, which is its baseline.
    pub async fn versions(
        &self,
        projects: &[i32],
        growth_since: Date,
    ) -> Result<Vec<VersionView>, StoreError> {
        let of_projects = format!("version.project_id IN ({})", list(projects));
        self.store
            .bounded(self.version_views(projects, &of_projects, growth_since))
            .await
    }

    /// Versions of tracked projects by their identities; those that nobody knows are left out.
    pub async fn find_versions(
        &self,
        keys: &[VersionKey],
        growth_since: Date,
    ) -> Result<BTreeMap<VersionKey, VersionView>, StoreError> {
        self.store
            .bounded(async {
                let mut ids: Vec<i32> = Vec::new();
                for platform in Platform::ALL {
                    let of_platform = keys.iter().filter(|key| key.platform == *platform);
                    let wanted: Vec<Value> =
                        of_platform.map(|key| key.id.as_str().into()).collect();
                    ids.extend(self.version_ids(*platform, wanted).await?);
                }
                let these = format!("version.id IN ({})", list(&ids));
                let views = self.version_views(&ids, &these, growth_since).await?;
                let key = |view: &VersionView| VersionKey {
                    platform: view.platform,
                    id: view.platform_id.clone(),
                };
                Ok(views.into_iter().map(|view| (key(&view), view)).collect())
            })
            .await
    }

    async fn version_ids(
        &self,
        platform: Platform,
        wanted: Vec<Value>,
    ) -> Result<Vec<i32>, StoreError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (2..wanted.len() + 2).map(|it| format!("${it}")).collect();
        let sql = FIND_VERSIONS.replace("{places}", &places.join(", "));
        let values = std::iter::once(platform.as_str().into()).chain(wanted);
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        let rows = self.db.query_all_raw(statement).await?;
        let ids = rows.iter().map(|row| row.try_get_by_index(0));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// `of` are the ids that the condition `which` names; without any there is nothing to ask.
    async fn version_views(
        &self,
        of: &[i32],
        which: &str,
        growth_since: Date,
    ) -> Result<Vec<VersionView>, StoreError> {
        if of.is_empty() {
            return Ok(Vec::new());
        }
        let mut loaders = self.tags("version_loader", "loader", which).await?;
        let mut game_versions = self
            .tags("version_game_version", "game_version", which)
            .await?;
        let since = midnight(growth_since);
        let statement = Statement::from_sql_and_values(
            self.db.get_database_backend(),
            VERSIONS.replace("{which}", which),
            [day_to_db(growth_since).into()],
        );
        let rows = VersionRow::find_by_statement(statement)
            .all(&self.db)
            .await?;
        let view = |row: VersionRow| {
            Ok(VersionView {
                id: row.id,
                project_id: row.project_id,
                platform: row.platform.parse()?,
                growth: row.growth_since(since),
                latest: reading(row.latest_at, row.latest_value),
                loaders: loaders.remove(&row.id).unwrap_or_default(),
                game_versions: game_versions.remove(&row.id).unwrap_or_default(),
                platform_id: row.platform_id,
                name: row.name,
                number: row.number,
                channel: row.channel,
                published_at: row.published_at.map(from_db),
                gone_at: row.gone_at.filter(|_| !row.present).map(from_db),
            })
        };
        rows.into_iter().map(view).collect()
    }

    async fn tags(
        &self,
        table: &str,
        column: &str,
        which: &str,
    ) -> Result<BTreeMap<i32, Vec<String>>, StoreError> {
        let sql = format!(
            "SELECT tags.version_id, tags.{column} FROM {table} tags
             JOIN version ON version.id = tags.version_id
             WHERE {which} ORDER BY tags.version_id, tags.{column}",
        );
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        let mut tags: BTreeMap<i32, Vec<String>> = BTreeMap::new();
        for row in self.db.query_all_raw(statement).await? {
            tags.entry(row.try_get_by_index(0)?)
                .or_default()
                .push(row.try_get_by_index(1)?);
        }
        Ok(tags)
    }
}

fn list(ids: &[i32]) -> String {
    ids.iter()
        .map(i32::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn reading(at: Option<DateTime<Utc>>, value: Option<i64>) -> Option<Reading> {
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

/// By way of the projects that somebody tracks: a version is found by its project.
const FIND_VERSIONS: &str = "
    SELECT version.id FROM version
    JOIN project ON project.id = version.project_id
    WHERE project.platform = $1 AND version.platform_id IN ({places})
      AND version.project_id IN (SELECT project_id FROM tracked_project WHERE project_id IS NOT NULL)";

/// Per version: its latest reading, the readings around a midnight, and the complete listing that
/// preceded its first reading.
const VERSIONS: &str = "
    SELECT version.id, version.project_id, project.platform, version.platform_id, version.name,
           version.number, version.channel, version.published_at, version.present, version.gone_at,
           latest.observed_at AS latest_at, latest.downloads AS latest_value,
           before.last_at AS before_at, before.last_downloads AS before_value,
           after.first_at AS after_at, after.first_downloads AS after_value,
           (SELECT MAX(asked_at) FROM listing
            WHERE project_id = version.project_id AND subject = 'versions' AND complete
              AND asked_at < after.first_at) AS listed_before
    FROM version
    JOIN project ON project.id = version.project_id
    LEFT JOIN version_latest latest ON latest.version_id = version.id
    LEFT JOIN version_stats before ON before.version_id = version.id AND before.origin = 0
      AND before.day = (SELECT MAX(day) FROM version_stats
                        WHERE version_id = version.id AND origin = 0 AND day < $1)
    LEFT JOIN version_stats after ON after.version_id = version.id AND after.origin = 0
      AND after.day = (SELECT MIN(day) FROM version_stats
                       WHERE version_id = version.id AND origin = 0 AND day >= $1)
    WHERE {which}
    ORDER BY version.published_at DESC, version.id DESC";

#[derive(Debug, FromQueryResult)]
struct VersionRow {
    id: i32,
    project_id: i32,
    platform: String,
    platform_id: String,
    name: Option<String>,
    number: Option<String>,
    channel: Option<String>,
    published_at: Option<DateTime<Utc>>,
    present: bool,
    gone_at: Option<DateTime<Utc>>,
    latest_at: Option<DateTime<Utc>>,
    latest_value: Option<i64>,
    before_at: Option<DateTime<Utc>>,
    before_value: Option<i64>,
    after_at: Option<DateTime<Utc>>,
    after_value: Option<i64>,
    listed_before: Option<DateTime<Utc>>,
}

impl VersionRow {
    fn growth_since(&self, since: Timestamp) -> Option<i64> {
        let latest = reading(self.latest_at, self.latest_value)?;
        let before = reading(self.before_at, self.before_value);
        let after = reading(self.after_at, self.after_value);
        let base = match (before, after) {
            (Some(before), Some(after)) => {
                let day = |reading: Reading| DayReadings {
                    day: day_of(reading.at),
                    origin: Origin::Collected,
                    first: reading,
                    last: reading,
                };
                growth::series(&[day(before), day(after)], &[], None).value_at(since)?
            }
            (Some(before), None) => before.value,
            (None, Some(_)) if self.appeared() => 0,
            (None, Some(after)) => after.value,
            (None, None) => return None,
        };
        Some(latest.value.saturating_sub(base))
    }

    /// Whether a complete listing before its first reading preceded its publication.
    fn appeared(&self) -> bool {
        self.published_at
            .zip(self.listed_before)
            .is_some_and(|(published, listed)| published > listed)
    }
}
