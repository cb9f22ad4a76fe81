//! The versions of projects.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::error::StoreError;
use crate::history::{Counter, list, reading, rows};
use crate::model::{DayReadings, Origin, Platform, VersionHistory, VersionKey, VersionView};
use crate::read::Snapshot;
use crate::time::from_db;

const DOWNLOADS: Counter = Counter {
    table: "version_stats",
    owner: "version_id",
    at: "at",
    value: "downloads",
};

impl Snapshot {
    /// The versions of projects, the newest first, each with its growth since a midnight (UTC), if one
    /// is named.
    ///
    /// A version that appeared after a complete listing without it grew from 0 at its publish
    /// date; one that was first observed after that midnight for another reason grew from that
    /// first reading, which is its baseline.
    pub async fn versions(
        &self,
        projects: &[i32],
        growth_since: Option<Date>,
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
                let views = self.version_views(&ids, &these, None).await?;
                Ok(views.into_iter().map(|view| (view.key(), view)).collect())
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
        growth_since: Option<Date>,
    ) -> Result<Vec<VersionView>, StoreError> {
        if of.is_empty() {
            return Ok(Vec::new());
        }
        let mut loaders = self.tags("version_loader", "loader", which).await?;
        let mut game_versions = self
            .tags("version_game_version", "game_version", which)
            .await?;
        let statement = Statement::from_string(
            self.db.get_database_backend(),
            VERSIONS.replace("{which}", which),
        );
        let rows = VersionRow::find_by_statement(statement)
            .all(&self.db)
            .await?;
        let mut growth = match growth_since {
            None => BTreeMap::new(),
            Some(since) => {
                let ids: Vec<i32> = rows.iter().map(|row| row.id).collect();
                self.growth(&ids, since).await?
            }
        };
        let view = |row: VersionRow| {
            Ok(VersionView {
                id: row.id,
                project_id: row.project_id,
                platform: row.platform.parse()?,
                growth: growth.remove(&row.id),
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

    /// Of those of which anything was observed since that midnight.
    async fn growth(
        &self,
        versions: &[i32],
        since: Date,
    ) -> Result<BTreeMap<i32, i64>, StoreError> {
        let histories = self.histories(versions, since, Date::MAX).await?;
        let growth = |(id, history): (i32, VersionHistory)| {
            let growth = history.series(&[]).growth_between(since, Date::MAX)?;
            Some((id, growth.value))
        };
        Ok(histories.into_iter().filter_map(growth).collect())
    }

    /// The downloads of versions on the days `from..=to`, and on the known days next to them.
    pub async fn version_histories(
        &self,
        versions: &[i32],
        from: Date,
        to: Date,
    ) -> Result<BTreeMap<i32, VersionHistory>, StoreError> {
        self.store.bounded(self.histories(versions, from, to)).await
    }

    async fn histories(
        &self,
        versions: &[i32],
        from: Date,
        to: Date,
    ) -> Result<BTreeMap<i32, VersionHistory>, StoreError> {
        if versions.is_empty() {
            return Ok(BTreeMap::new());
        }
        let readings = self.days_of(versions, &DOWNLOADS, from, to).await?;
        let sql = BEGINNINGS.replace("{versions}", &rows(versions));
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        let beginnings: BTreeMap<i32, Beginning> = Beginning::find_by_statement(statement)
            .all(&self.db)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let history = |(id, readings): (i32, Vec<DayReadings>)| {
            let from_zero = beginnings.get(&id).and_then(|it| it.zero_at(&readings));
            (
                id,
                VersionHistory {
                    readings,
                    from_zero,
                },
            )
        };
        Ok(readings.into_iter().map(history).collect())
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

/// By way of the projects that somebody tracks: a version is found by its project.
const FIND_VERSIONS: &str = "
    SELECT version.id FROM version
    JOIN project ON project.id = version.project_id
    WHERE project.platform = $1 AND version.platform_id IN ({places})
      AND version.project_id IN (SELECT project_id FROM tracked_project WHERE project_id IS NOT NULL)";

const VERSIONS: &str = "
    SELECT version.id, version.project_id, project.platform, version.platform_id, version.name,
           version.number, version.channel, version.published_at, version.present, version.gone_at,
           latest.observed_at AS latest_at, latest.downloads AS latest_value
    FROM version
    JOIN project ON project.id = version.project_id
    LEFT JOIN version_latest latest ON latest.version_id = version.id
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
}

/// Per version: its first reading, and the complete listing that preceded it.
const BEGINNINGS: &str = "
    WITH asked(id) AS (VALUES {versions})
    SELECT version.id, version.published_at, first.first_at,
           (SELECT MAX(asked_at) FROM listing
            WHERE project_id = version.project_id AND subject = 'versions' AND complete
              AND asked_at < first.first_at) AS listed_before
    FROM asked
    JOIN version ON version.id = asked.id
    JOIN version_stats first ON first.version_id = asked.id AND first.origin = 0
      AND first.day = (SELECT MIN(day) FROM version_stats
                       WHERE version_id = asked.id AND origin = 0)";

#[derive(Debug, FromQueryResult)]
struct Beginning {
    id: i32,
    published_at: Option<DateTime<Utc>>,
    first_at: DateTime<Utc>,
    listed_before: Option<DateTime<Utc>>,
}

impl Beginning {
    /// When it was at 0, if `readings` begin with its first: a complete listing before that must
    /// have preceded its publication.
    fn zero_at(&self, readings: &[DayReadings]) -> Option<Timestamp> {
        let published = self
            .published_at
            .filter(|it| Some(*it) > self.listed_before)?;
        let first = readings.first()?;
        let is_known = self.listed_before.is_some()
            && first.origin == Origin::Collected
            && first.first.at == from_db(self.first_at);
        is_known.then(|| from_db(published))
    }
}
