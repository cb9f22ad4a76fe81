//! What pages ask: each query on one state of the database.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use modstats_migration::check_reader;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};

use crate::connect::Store;
use crate::entity::{
    collection_run, generation, project, project_latest, tracked_mod, tracked_project,
};
use crate::error::StoreError;
use crate::model::{
    Member, Platform, Progress, ProjectKey, ProjectView, RunId, RunState, RunView, Source,
    SourceView, Totals, TrackedModView, VersionSum,
};
use crate::run::RUNNING;
use crate::time::{from_db, to_db};

/// One state of the database: what is read from it belongs together.
pub struct Snapshot {
    pub(crate) db: DatabaseTransaction,
    pub(crate) store: Store,
}

/// Which runs to show, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunPage {
    pub limit: u64,
    /// Only runs that began before this one.
    pub before: Option<RunId>,
    /// Only runs of the TrackedMod of this namespace and name.
    pub tracked_mod: Option<(String, String)>,
    pub source: Option<Source>,
    /// Only runs that read so now.
    pub state: Option<RunState>,
}

impl Store {
    /// Opens a read-only transaction, if this build may read what it sees.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.bounded(async {
            let db = self.begin_read().await?;
            check_reader(&db).await?;
            Ok(Snapshot {
                db,
                store: self.clone(),
            })
        })
        .await
    }
}

impl Snapshot {
    /// The global generation: it grows with every commit that changes anything shown.
    pub async fn generation(&self) -> Result<i64, StoreError> {
        self.store
            .bounded(async {
                let row = generation::Entity::find_by_id(0).one(&self.db).await?;
                Ok(row.map_or(0, |row| row.value))
            })
            .await
    }

    /// All TrackedMods by namespace and name. `now` tells the running from the lost.
    pub async fn tracked_mods(&self, now: Timestamp) -> Result<Vec<TrackedModView>, StoreError> {
        let find = tracked_mod::Entity::find()
            .order_by_asc(tracked_mod::Column::Namespace)
            .order_by_asc(tracked_mod::Column::Name);
        self.store
            .bounded(async { self.views(find.all(&self.db).await?, now).await })
            .await
    }

    pub async fn tracked_mod(
        &self,
        namespace: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<TrackedModView>, StoreError> {
        let find = tracked_mod::Entity::find()
            .filter(tracked_mod::Column::Namespace.eq(namespace))
            .filter(tracked_mod::Column::Name.eq(name));
        self.store
            .bounded(async { Ok(self.views(find.all(&self.db).await?, now).await?.pop()) })
            .await
    }

    pub async fn runs(&self, page: &RunPage, now: Timestamp) -> Result<Vec<RunView>, StoreError> {
        let mut find = collection_run::Entity::find()
            .join(
                JoinType::InnerJoin,
                collection_run::Entity::belongs_to(tracked_mod::Entity)
                    .from(collection_run::Column::TrackedModId)
                    .to(tracked_mod::Column::Id)
                    .into(),
            )
            .column(tracked_mod::Column::Namespace)
            .column(tracked_mod::Column::Name)
            .order_by_desc(collection_run::Column::Id)
            .limit(page.limit);
        if let Some(before) = page.before {
            find = find.filter(collection_run::Column::Id.lt(before.0));
        }
        if let Some(source) = page.source {
            find = find.filter(collection_run::Column::Source.eq(source.as_str()));
        }
        if let Some(state) = page.state {
            let outcome = match state {
                // Past its deadline a run without an end is lost.
                RunState::Running | RunState::Lost => RUNNING,
                ended => ended.as_str(),
            };
            find = find.filter(collection_run::Column::Outcome.eq(outcome));
            let deadline = collection_run::Column::DeadlineAt;
            find = match state {
                RunState::Running => find.filter(deadline.gte(to_db(now))),
                RunState::Lost => find.filter(deadline.lt(to_db(now))),
                _ => find,
            };
        }
        if let Some((namespace, name)) = &page.tracked_mod {
            find = find
                .filter(tracked_mod::Column::Namespace.eq(namespace))
                .filter(tracked_mod::Column::Name.eq(name));
        }
        self.store
            .bounded(async {
                let rows: Vec<RunRow> = find.into_model().all(&self.db).await?;
                rows.into_iter().map(|row| row.view(now)).collect()
            })
            .await
    }

    pub async fn count_runs(&self) -> Result<u64, StoreError> {
        self.store
            .bounded(async { Ok(collection_run::Entity::find().count(&self.db).await?) })
            .await
    }

    /// The intervals of a TrackedMod's runs by their source, each with the first instant of it, by
    /// time; nothing where none of them was ever slower than daily.
    pub async fn slow_schedules(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<BTreeMap<Source, Vec<(Timestamp, SignedDuration)>>, StoreError> {
        self.store
            .bounded(async {
                let rows = self
                    .db
                    .query_all_raw(Statement::from_sql_and_values(
                        self.db.get_database_backend(),
                        SLOW_SCHEDULES,
                        [Value::from(namespace), name.into()],
                    ))
                    .await?;
                let mut schedules: BTreeMap<Source, Vec<(Timestamp, SignedDuration)>> =
                    BTreeMap::new();
                for row in rows {
                    let source: String = row.try_get_by_index(0)?;
                    let since: chrono::DateTime<chrono::Utc> = row.try_get_by_index(1)?;
                    let interval = SignedDuration::from_secs(row.try_get_by_index(2)?);
                    let schedule = schedules.entry(source.parse()?).or_default();
                    if schedule.last().is_none_or(|(_, known)| *known != interval) {
                        schedule.push((from_db(since), interval));
                    }
                }
                Ok(schedules)
            })
            .await
    }

    async fn views(
        &self,
        mods: Vec<tracked_mod::Model>,
        now: Timestamp,
    ) -> Result<Vec<TrackedModView>, StoreError> {
        let ids: Vec<i32> = mods.iter().map(|row| row.id).collect();
        let generations: BTreeMap<i32, i64> = generation::Entity::find()
            .filter(generation::Column::Scope.is_in(ids.iter().copied()))
            .all(&self.db)
            .await?
            .into_iter()
            .map(|row| (row.scope, row.value))
            .collect();
        let mut members = self.members(&ids).await?;
        let mut sources = self.sources(&ids, now).await?;
        let view = |row: tracked_mod::Model| TrackedModView {
            generation: generations.get(&row.id).copied().unwrap_or(0),
            members: members.remove(&row.id).unwrap_or_default(),
            sources: sources.remove(&row.id).unwrap_or_default(),
            namespace: row.namespace,
            name: row.name,
            display_name: row.display_name,
        };
        Ok(mods.into_iter().map(view).collect())
    }

    /// The projects of TrackedMods, each once however many entries mean it.
    async fn members(&self, mods: &[i32]) -> Result<BTreeMap<i32, Vec<Member>>, StoreError> {
        let entries = tracked_project::Entity::find()
            .filter(tracked_project::Column::TrackedModId.is_in(mods.iter().copied()))
            .filter(tracked_project::Column::ProjectId.is_not_null())
            .all(&self.db)
            .await?;
        let ids: BTreeSet<i32> = entries.iter().filter_map(|row| row.project_id).collect();
        let projects = self.projects(ids).await?;
        let mut members: BTreeMap<i32, BTreeMap<i32, Member>> = BTreeMap::new();
        for entry in entries {
            let Some(project) = entry.project_id.and_then(|id| projects.get(&id)) else {
                continue;
            };
            let joined_at = from_db(entry.joined_at);
            let left_at = entry.left_at.map(from_db);
            members
                .entry(entry.tracked_mod_id)
                .or_default()
                .entry(project.id)
                .and_modify(|known| {
                    known.joined_at = known.joined_at.min(joined_at);
                    known.left_at = known
                        .left_at
                        .zip(left_at)
                        .map(|(one, other)| one.max(other));
                })
                .or_insert_with(|| Member {
                    project: project.clone(),
                    joined_at,
                    left_at,
                });
        }
        let by_key = |members: BTreeMap<i32, Member>| {
            let mut members: Vec<Member> = members.into_values().collect();
            members.sort_by(|one, other| one.project.key.cmp(&other.project.key));
            members
        };
        Ok(members
            .into_iter()
            .map(|(id, members)| (id, by_key(members)))
            .collect())
    }

    /// Projects by their identities; those that nobody knows are left out.
    pub async fn find_projects(
        &self,
        keys: &[ProjectKey],
    ) -> Result<BTreeMap<ProjectKey, ProjectView>, StoreError> {
        self.store
            .bounded(async {
                let mut found = BTreeMap::new();
                for platform in Platform::ALL {
                    let of_platform = keys.iter().filter(|key| key.platform == *platform);
                    let wanted: Vec<&str> = of_platform.map(|key| key.id.as_str()).collect();
                    if wanted.is_empty() {
                        continue;
                    }
                    let rows = project::Entity::find()
                        .filter(project::Column::Platform.eq(platform.as_str()))
                        .filter(project::Column::PlatformId.is_in(wanted))
                        .all(&self.db)
                        .await?;
                    let views = self.projects(rows.into_iter().map(|row| row.id).collect());
                    found.extend(views.await?.into_values().map(|it| (it.key.clone(), it)));
                }
                Ok(found)
            })
            .await
    }

    async fn projects(&self, ids: BTreeSet<i32>) -> Result<BTreeMap<i32, ProjectView>, StoreError> {
        let rows = project::Entity::find()
            .find_also_related(project_latest::Entity)
            .filter(project::Column::Id.is_in(ids))
            .all(&self.db)
            .await?;
        rows.into_iter()
            .map(|(row, latest)| Ok((row.id, project_view(row, latest.as_ref())?)))
            .collect()
    }

    async fn sources(
        &self,
        mods: &[i32],
        now: Timestamp,
    ) -> Result<BTreeMap<i32, Vec<SourceView>>, StoreError> {
        if mods.is_empty() {
            return Ok(BTreeMap::new());
        }
        let kinds = Source::ALL
            .iter()
            .map(|it| format!("SELECT '{it}' AS source"));
        let kinds: Vec<String> = kinds.collect();
        let mods: Vec<String> = mods.iter().map(i32::to_string).collect();
        let sql = NEWEST_RUNS
            .replace("{kinds}", &kinds.join(" UNION ALL "))
            .replace("{mods}", &mods.join(", "));
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        let mut sources: BTreeMap<i32, Vec<SourceView>> = BTreeMap::new();
        for run in NewestRun::find_by_statement(statement)
            .all(&self.db)
            .await?
        {
            sources
                .entry(run.run.tracked_mod_id)
                .or_default()
                .push(SourceView {
                    source: run.run.source.parse()?,
                    last_success_at: run.last_success_at.map(from_db),
                    last_run: run.run.view(now)?,
                });
        }
        for views in sources.values_mut() {
            views.sort_by_key(|view| view.source);
        }
        Ok(sources)
    }
}

/// The newest run of each source, and when the newest one ended that brought anything; one look into
/// the index each.
const NEWEST_RUNS: &str = "
    SELECT run.*, tracked.namespace, tracked.name,
           (SELECT ended_at FROM collection_run
            WHERE tracked_mod_id = tracked.id AND source = kinds.source
              AND outcome IN ('complete', 'partial')
            ORDER BY started_at DESC, id DESC LIMIT 1) AS last_success_at
    FROM tracked_mod tracked
    CROSS JOIN ({kinds}) kinds
    JOIN collection_run run ON run.id = (
        SELECT id FROM collection_run
        WHERE tracked_mod_id = tracked.id AND source = kinds.source
        ORDER BY started_at DESC, id DESC LIMIT 1)
    WHERE tracked.id IN ({mods})";

#[derive(FromQueryResult)]
struct NewestRun {
    #[sea_orm(nested)]
    run: RunRow,
    last_success_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Whether any was slow is a value, asked for once. SQLite makes a join of `EXISTS`, which would go
/// through all runs for every run.
const SLOW_SCHEDULES: &str = "
    WITH own AS (SELECT id FROM tracked_mod WHERE namespace = $1 AND name = $2)
    SELECT source, started_at, interval_seconds FROM collection_run
    WHERE tracked_mod_id = (SELECT id FROM own)
      AND (SELECT MAX(interval_seconds) FROM collection_run
           WHERE tracked_mod_id = (SELECT id FROM own)) > 86400
    ORDER BY source, started_at";

/// A run with its TrackedMod's name.
#[derive(Clone, Debug, FromQueryResult)]
struct RunRow {
    id: i32,
    tracked_mod_id: i32,
    namespace: String,
    name: String,
    source: String,
    scheduled_at: chrono::DateTime<chrono::Utc>,
    started_at: chrono::DateTime<chrono::Utc>,
    deadline_at: chrono::DateTime<chrono::Utc>,
    ended_at: Option<chrono::DateTime<chrono::Utc>>,
    outcome: String,
    interval_seconds: i64,
    requests: i64,
    projects: i64,
    versions: i64,
    problems: String,
    retries: Option<i64>,
    bytes: Option<i64>,
    rows_written: Option<i64>,
}

impl RunRow {
    fn view(self, now: Timestamp) -> Result<RunView, StoreError> {
        let deadline_at = from_db(self.deadline_at);
        let state = match self.outcome.as_str() {
            RUNNING if now > deadline_at => RunState::Lost,
            outcome => outcome.parse()?,
        };
        Ok(RunView {
            id: RunId(self.id),
            namespace: self.namespace,
            name: self.name,
            source: self.source.parse()?,
            scheduled_at: from_db(self.scheduled_at),
            started_at: from_db(self.started_at),
            deadline_at,
            ended_at: self.ended_at.map(from_db),
            state,
            interval: SignedDuration::from_secs(self.interval_seconds),
            rows: self.rows_written,
            progress: Progress {
                requests: self.requests,
                retries: self.retries.unwrap_or_default(),
                bytes: self.bytes.unwrap_or_default(),
                projects: self.projects,
                versions: self.versions,
            },
            // Written by this crate; a later build may add what this one doesn't know.
            problems: serde_json::from_str(&self.problems).unwrap_or_default(),
        })
    }
}

pub(crate) fn project_view(
    row: project::Model,
    latest: Option<&project_latest::Model>,
) -> Result<ProjectView, StoreError> {
    let totals = latest.and_then(|it| {
        let (observed_at, downloads) = it.observed_at.zip(it.downloads)?;
        Some(Totals {
            observed_at: from_db(observed_at),
            downloads,
            followers: it.followers,
            thumbs_up: it.thumbs_up,
        })
    });
    let version_sum = latest.and_then(|it| {
        let ((listed_at, downloads), versions) =
            it.listed_at.zip(it.versions_downloads).zip(it.versions)?;
        Some(VersionSum {
            listed_at: from_db(listed_at),
            downloads,
            versions,
        })
    });
    Ok(ProjectView {
        id: row.id,
        key: ProjectKey {
            platform: row.platform.parse()?,
            id: row.platform_id,
        },
        kind: row.kind.map(|kind| kind.parse()).transpose()?,
        slug: row.slug,
        name: row.name,
        summary: row.summary,
        page_url: row.page_url,
        icon_url: row.icon_url,
        published_at: row.published_at.map(from_db),
        invisible_since: row.invisible_since.filter(|_| !row.visible).map(from_db),
        totals,
        version_sum,
    })
}
