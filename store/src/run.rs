//! The life of a run: it opens before it asks, and its numbers arrive with its end.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr,
    EntityTrait, QueryFilter, QuerySelect, Statement,
};

use crate::bulk::{Cell, Type, Upsert};
use crate::connect::Store;
use crate::counters;
use crate::declared;
use crate::entity::{collection_run, project, tracked_mod, tracked_project};
use crate::error::StoreError;
use crate::model::{Entry, NewRun, OpenRun, Origin, Pin, Progress, ProjectKey, RunEnd, RunId};
use crate::observe::{self, Written};
use crate::time::to_db;

/// The outcome of a run that has not ended.
pub(crate) const RUNNING: &str = "running";

impl Store {
    /// Applies the run's document and commits its start.
    pub async fn begin_run(&self, run: &NewRun) -> Result<OpenRun, StoreError> {
        self.repeated(|| async {
            let db = self.begin_write().await?;
            let applied = apply_document(&db, run).await?;
            let pins = pins(&db, applied.tracked_mod_id, &run.document.uid).await?;
            let observed_packs = declared::observed(&db, applied.tracked_mod_id).await?;
            let row = collection_run::ActiveModel {
                tracked_mod_id: Set(applied.tracked_mod_id),
                source: Set(run.source.to_string()),
                scheduled_at: Set(to_db(run.scheduled_at)),
                started_at: Set(to_db(run.started_at)),
                deadline_at: Set(to_db(run.deadline_at)),
                outcome: Set(RUNNING.to_owned()),
                interval_seconds: Set(run.interval.as_secs()),
                requests: Set(0),
                projects: Set(0),
                versions: Set(0),
                problems: Set("[]".to_owned()),
                ..Default::default()
            };
            let id = collection_run::Entity::insert(row)
                .exec(&db)
                .await?
                .last_insert_id;
            let shown = applied.changed.then_some(applied.tracked_mod_id);
            raise_generation(&db, shown.into_iter().collect()).await?;
            db.commit().await?;
            Ok(OpenRun {
                id: RunId(id),
                pins,
                observed_packs,
            })
        })
        .await
    }

    /// Tells how far a run has come; nothing depends on it.
    pub async fn report_progress(&self, run: RunId, progress: Progress) -> Result<(), StoreError> {
        self.repeated(|| async {
            let db = self.begin_write().await?;
            collection_run::ActiveModel {
                id: Set(run.0),
                requests: Set(progress.requests),
                retries: Set(Some(progress.retries)),
                bytes: Set(Some(progress.bytes)),
                projects: Set(progress.projects),
                versions: Set(progress.versions),
                ..Default::default()
            }
            .update(&db)
            .await?;
            raise_generation(&db, BTreeSet::new()).await?;
            Ok(db.commit().await?)
        })
        .await
    }

    /// Commits everything that a run learned, together with its end. Returns how many rows of
    /// facts that wrote.
    pub async fn end_run(&self, run: RunId, end: &RunEnd) -> Result<i64, StoreError> {
        self.repeated(|| async {
            let db = self.begin_write().await?;
            let row = collection_run::Entity::find_by_id(run.0)
                .one(&db)
                .await?
                .ok_or(StoreError::NoRun(run.0))?;
            let pinned: BTreeSet<&ProjectKey> = end.pins.iter().map(|pin| &pin.project).collect();
            let written =
                observe::write(&db, Origin::Collected, Some(run), &end.observations, pinned)
                    .await?;
            set_pins(&db, &row, &end.pins, &written).await?;
            declared::write_baselines(&db, &end.observations.projects).await?;
            counters::thin_samples(&db, end.samples_since).await?;
            let rows = i64::try_from(written.rows).unwrap_or(i64::MAX);
            collection_run::ActiveModel {
                id: Set(run.0),
                ended_at: Set(Some(to_db(end.ended_at))),
                outcome: Set(end.outcome.to_string()),
                requests: Set(end.progress.requests),
                retries: Set(Some(end.progress.retries)),
                bytes: Set(Some(end.progress.bytes)),
                rows_written: Set(Some(rows)),
                projects: Set(end.progress.projects),
                versions: Set(end.progress.versions),
                problems: Set(serde_json::json!(end.problems).to_string()),
                ..Default::default()
            }
            .update(&db)
            .await?;
            let mut shown = mods_naming(&db, written.projects.values().copied()).await?;
            shown.insert(row.tracked_mod_id);
            raise_generation(&db, shown).await?;
            db.commit().await?;
            Ok(rows)
        })
        .await
    }
}

struct Applied {
    tracked_mod_id: i32,
    /// Whether the document changed anything that is shown.
    changed: bool,
}

/// Membership follows the newest document; an older one, by creation time and generation, changes
/// nothing.
async fn apply_document(db: &DatabaseTransaction, run: &NewRun) -> Result<Applied, StoreError> {
    let document = &run.document;
    let created_at = to_db(document.created_at);
    let fields = tracked_mod::ActiveModel {
        namespace: Set(document.namespace.clone()),
        name: Set(document.name.clone()),
        uid: Set(document.uid.clone()),
        document_created_at: Set(created_at),
        document_generation: Set(document.generation),
        display_name: Set(document.display_name.clone()),
        ..Default::default()
    };
    let inserted = tracked_mod::Entity::insert(fields.clone())
        .on_conflict(
            OnConflict::columns([tracked_mod::Column::Namespace, tracked_mod::Column::Name])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    let known = tracked_mod::Entity::find()
        .filter(tracked_mod::Column::Namespace.eq(&document.namespace))
        .filter(tracked_mod::Column::Name.eq(&document.name))
        .lock_exclusive()
        .one(db)
        .await?
        .ok_or_else(|| {
            DbErr::RecordNotFound(format!("{}/{}", document.namespace, document.name))
        })?;
    let stored = (known.document_created_at, known.document_generation);
    if (created_at, document.generation) < stored {
        return Ok(Applied {
            tracked_mod_id: known.id,
            changed: false,
        });
    }
    tracked_mod::ActiveModel {
        id: Set(known.id),
        ..fields
    }
    .update(db)
    .await?;
    let moved =
        apply_entries(db, known.id, run).await? | declared::apply(db, known.id, run).await?;
    let renamed = known.display_name != document.display_name;
    Ok(Applied {
        tracked_mod_id: known.id,
        changed: inserted > 0 || moved || renamed,
    })
}

/// Closes the memberships that the document no longer names and opens those that it names anew.
async fn apply_entries(
    db: &DatabaseTransaction,
    tracked_mod_id: i32,
    run: &NewRun,
) -> Result<bool, StoreError> {
    let wanted: BTreeSet<(&str, &str)> = run
        .document
        .entries
        .iter()
        .map(|entry| (entry.platform.as_str(), entry.entry.as_str()))
        .collect();
    let open = open_entries(db, tracked_mod_id).await?;
    let now = to_db(run.started_at);
    let mut changed = false;
    for row in &open {
        if !wanted.contains(&(row.platform.as_str(), row.entry.as_str())) {
            let mut left: tracked_project::ActiveModel = row.clone().into();
            left.left_at = Set(Some(now.max(row.joined_at)));
            left.update(db).await?;
            changed = true;
        }
    }
    for (platform, entry) in wanted {
        if open
            .iter()
            .any(|row| row.platform == platform && row.entry == entry)
        {
            continue;
        }
        let row = tracked_project::ActiveModel {
            tracked_mod_id: Set(tracked_mod_id),
            platform: Set(platform.to_owned()),
            entry: Set(entry.to_owned()),
            joined_at: Set(now),
            ..Default::default()
        };
        // An entry that left and comes back within one instant goes on as if it had stayed.
        let mut again = OnConflict::columns([
            tracked_project::Column::TrackedModId,
            tracked_project::Column::Platform,
            tracked_project::Column::Entry,
            tracked_project::Column::JoinedAt,
        ]);
        again.update_column(tracked_project::Column::LeftAt);
        let row = tracked_project::ActiveModel {
            left_at: Set(None),
            ..row
        };
        tracked_project::Entity::insert(row)
            .on_conflict(again)
            .exec_without_returning(db)
            .await?;
        changed = true;
    }
    Ok(changed)
}

async fn open_entries(
    db: &DatabaseTransaction,
    tracked_mod_id: i32,
) -> Result<Vec<tracked_project::Model>, StoreError> {
    Ok(tracked_project::Entity::find()
        .filter(tracked_project::Column::TrackedModId.eq(tracked_mod_id))
        .filter(tracked_project::Column::LeftAt.is_null())
        .all(db)
        .await?)
}

/// The pins of today's entries that hold for this UID.
async fn pins(
    db: &DatabaseTransaction,
    tracked_mod_id: i32,
    uid: &str,
) -> Result<Vec<Pin>, StoreError> {
    let mut entries = open_entries(db, tracked_mod_id).await?;
    entries.retain(|row| row.pin_uid.as_deref() == Some(uid));
    let ids: Vec<i32> = entries.iter().filter_map(|row| row.project_id).collect();
    let projects: BTreeMap<i32, project::Model> = project::Entity::find()
        .filter(project::Column::Id.is_in(ids))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut pins = Vec::with_capacity(entries.len());
    for row in entries {
        if let Some(project) = row.project_id.and_then(|id| projects.get(&id)) {
            let platform = row.platform.parse()?;
            let key = ProjectKey {
                platform,
                id: project.platform_id.clone(),
            };
            pins.push(Pin {
                entry: Entry {
                    platform,
                    entry: row.entry,
                },
                project: key,
            });
        }
    }
    pins.sort();
    Ok(pins)
}

/// Remembers what the run resolved. An entry that meant another project before leaves that one and
/// joins the new one at the same instant.
async fn set_pins(
    db: &DatabaseTransaction,
    run: &collection_run::Model,
    pins: &[Pin],
    written: &Written,
) -> Result<(), StoreError> {
    if pins.is_empty() {
        return Ok(());
    }
    let uid = tracked_mod::Entity::find_by_id(run.tracked_mod_id)
        .one(db)
        .await?
        .map(|row| row.uid)
        .unwrap_or_default();
    let open = open_entries(db, run.tracked_mod_id).await?;
    for pin in pins {
        let Some(project_id) = written.projects.get(&pin.project).copied() else {
            continue;
        };
        let Some(row) = open.iter().find(|row| {
            row.platform == pin.entry.platform.as_str() && row.entry == pin.entry.entry
        }) else {
            continue;
        };
        let mut current: tracked_project::ActiveModel = row.clone().into();
        let meant_another = row.project_id.is_some_and(|id| id != project_id);
        if meant_another && run.started_at > row.joined_at {
            current.left_at = Set(Some(run.started_at));
            current.update(db).await?;
            let joined = tracked_project::Model {
                joined_at: run.started_at,
                project_id: Some(project_id),
                pin_uid: Some(uid.clone()),
                ..row.clone()
            };
            let joined: tracked_project::ActiveModel = joined.into();
            tracked_project::Entity::insert(joined)
                .exec_without_returning(db)
                .await?;
        } else {
            current.project_id = Set(Some(project_id));
            current.pin_uid = Set(Some(uid.clone()));
            current.update(db).await?;
        }
    }
    Ok(())
}

/// The TrackedMods on whose pages the projects stand: as members, as packs that contain one, or as
/// packs that the document names.
pub(crate) async fn mods_naming(
    db: &DatabaseTransaction,
    projects: impl IntoIterator<Item = i32>,
) -> Result<BTreeSet<i32>, StoreError> {
    let list: Vec<String> = projects.into_iter().map(|id| id.to_string()).collect();
    if list.is_empty() {
        return Ok(BTreeSet::new());
    }
    let list = list.join(", ");
    let sql = format!(
        "SELECT tracked_mod_id FROM tracked_project
         WHERE project_id IN ({list})
            OR project_id IN (SELECT project_id FROM modpack_edge WHERE modpack_id IN ({list}))
         UNION
         SELECT declared.tracked_mod_id FROM declared_modpack declared
         JOIN project ON project.platform = declared.platform
                     AND project.platform_id = declared.platform_id
         WHERE project.id IN ({list})"
    );
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}

/// The last statement of every transaction: it is the one row that all of them share.
pub(crate) async fn raise_generation(
    db: &DatabaseTransaction,
    mut scopes: BTreeSet<i32>,
) -> Result<(), StoreError> {
    scopes.insert(0);
    let rows = scopes
        .into_iter()
        .rev()
        .map(|scope| vec![scope.into(), Cell::Integer(1)])
        .collect();
    Upsert {
        table: "generation",
        columns: &[("scope", Type::Integer), ("value", Type::Integer)],
        on_conflict: "(scope) DO UPDATE SET value = generation.value + 1",
    }
    .execute(db, rows)
    .await?;
    Ok(())
}
