//! The modpacks that a document names: nobody verifies that they contain the mod.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
};

use crate::entity::declared_modpack;
use crate::error::StoreError;
use crate::model::{NewRun, ProjectKey, ProjectObservation};
use crate::time::to_db;

/// Takes over the list of the newest document.
pub(crate) async fn apply(
    db: &DatabaseTransaction,
    tracked_mod_id: i32,
    run: &NewRun,
) -> Result<bool, StoreError> {
    let wanted: BTreeSet<(&str, &str)> = run
        .document
        .declared
        .iter()
        .map(|key| (key.platform.as_str(), key.id.as_str()))
        .collect();
    let open = open(db, tracked_mod_id).await?;
    let known: BTreeSet<(&str, &str)> = open
        .iter()
        .map(|row| (row.platform.as_str(), row.platform_id.as_str()))
        .collect();
    let now = to_db(run.started_at);
    let mut changed = false;
    for row in &open {
        if !wanted.contains(&(row.platform.as_str(), row.platform_id.as_str())) {
            let mut left: declared_modpack::ActiveModel = row.clone().into();
            left.left_at = Set(Some(now.max(row.joined_at)));
            left.update(db).await?;
            changed = true;
        }
    }
    let joining = wanted
        .difference(&known)
        .map(|(platform, id)| declared_modpack::ActiveModel {
            tracked_mod_id: Set(tracked_mod_id),
            platform: Set((*platform).to_owned()),
            platform_id: Set((*id).to_owned()),
            joined_at: Set(now),
            left_at: Set(None),
            ..Default::default()
        });
    let joining: Vec<_> = joining.collect();
    if !joining.is_empty() {
        // One that left and comes back within one instant goes on as if it had stayed.
        let mut again = OnConflict::columns([
            declared_modpack::Column::TrackedModId,
            declared_modpack::Column::Platform,
            declared_modpack::Column::PlatformId,
            declared_modpack::Column::JoinedAt,
        ]);
        again.update_column(declared_modpack::Column::LeftAt);
        declared_modpack::Entity::insert_many(joining)
            .on_conflict(again)
            .exec_without_returning(db)
            .await?;
        changed = true;
    }
    Ok(changed)
}

async fn open(
    db: &DatabaseTransaction,
    tracked_mod_id: i32,
) -> Result<Vec<declared_modpack::Model>, StoreError> {
    Ok(declared_modpack::Entity::find()
        .filter(declared_modpack::Column::TrackedModId.eq(tracked_mod_id))
        .filter(declared_modpack::Column::LeftAt.is_null())
        .all(db)
        .await?)
}

/// The packs of today's list that were ever observed.
pub(crate) async fn observed(
    db: &DatabaseTransaction,
    tracked_mod_id: i32,
) -> Result<BTreeSet<ProjectKey>, StoreError> {
    let observed = open(db, tracked_mod_id).await?;
    let observed = observed.into_iter().filter(|row| row.baseline_at.is_some());
    observed
        .map(|row| {
            Ok(ProjectKey {
                platform: row.platform.parse()?,
                id: row.platform_id,
            })
        })
        .collect()
}

/// The first observation of a declared pack is what "downloads since added" counts from.
pub(crate) async fn write_baselines(
    db: &DatabaseTransaction,
    observed: &[ProjectObservation],
) -> Result<(), StoreError> {
    let observed: BTreeMap<(&str, &str), &ProjectObservation> = observed
        .iter()
        .map(|it| ((it.project.platform.as_str(), it.project.id.as_str()), it))
        .collect();
    if observed.is_empty() {
        return Ok(());
    }
    let open = declared_modpack::Entity::find()
        .filter(declared_modpack::Column::LeftAt.is_null())
        .all(db)
        .await?;
    for row in open {
        let key = (row.platform.as_str(), row.platform_id.as_str());
        let Some(observation) = observed.get(&key).copied() else {
            continue;
        };
        let at = to_db(observation.asked_at);
        if at < row.joined_at || row.baseline_at.is_some_and(|known| known <= at) {
            continue;
        }
        let mut row: declared_modpack::ActiveModel = row.clone().into();
        row.baseline_at = Set(Some(at));
        row.baseline_downloads = Set(Some(observation.downloads));
        row.update(db).await?;
    }
    Ok(())
}
