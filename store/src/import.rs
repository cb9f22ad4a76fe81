//! Numbers that others collected: under an origin of their own, and undone whole.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
};

use crate::connect::Store;
use crate::entity::{daily_stats, import, version, version_stats};
use crate::error::StoreError;
use crate::model::{ImportId, Observations, Origin};
use crate::observe;
use crate::run::{mods_naming, raise_generation};
use crate::time::to_db;

impl Store {
    /// Brings in numbers with their own dates. They never touch `latest`, nor what was collected.
    pub async fn import(
        &self,
        description: &str,
        imported_at: Timestamp,
        observations: &Observations,
    ) -> Result<ImportId, StoreError> {
        self.repeated(|| async {
            let db = self.begin_write().await?;
            let row = import::ActiveModel {
                description: Set(description.to_owned()),
                imported_at: Set(to_db(imported_at)),
                ..Default::default()
            };
            let id = ImportId(import::Entity::insert(row).exec(&db).await?.last_insert_id);
            let written =
                observe::write(&db, Origin::Import(id), None, observations, BTreeSet::new())
                    .await?;
            raise_generation(&db, mods_naming(&db, written.projects.into_values()).await?).await?;
            db.commit().await?;
            Ok(id)
        })
        .await
    }

    /// Takes an import back, which uncovers what lay below it.
    pub async fn undo_import(&self, id: ImportId, undone_at: Timestamp) -> Result<(), StoreError> {
        self.repeated(|| async {
            let db = self.begin_write().await?;
            let undone = import::Entity::update_many()
                .set(import::ActiveModel {
                    undone_at: Set(Some(to_db(undone_at))),
                    ..Default::default()
                })
                .filter(import::Column::Id.eq(id.0))
                .filter(import::Column::UndoneAt.is_null())
                .exec(&db)
                .await?;
            if undone.rows_affected == 0 {
                return Err(StoreError::NoImport(id.0));
            }
            let shown = mods_naming(&db, touched(&db, id).await?).await?;
            daily_stats::Entity::delete_many()
                .filter(daily_stats::Column::Origin.eq(id.0))
                .exec(&db)
                .await?;
            version_stats::Entity::delete_many()
                .filter(version_stats::Column::Origin.eq(id.0))
                .exec(&db)
                .await?;
            raise_generation(&db, shown).await?;
            Ok(db.commit().await?)
        })
        .await
    }
}

/// The projects of which an import brought numbers.
async fn touched(db: &DatabaseTransaction, id: ImportId) -> Result<BTreeSet<i32>, StoreError> {
    let of_days: Vec<i32> = daily_stats::Entity::find()
        .select_only()
        .distinct()
        .column(daily_stats::Column::ProjectId)
        .filter(daily_stats::Column::Origin.eq(id.0))
        .into_tuple()
        .all(db)
        .await?;
    let versions: Vec<i32> = version_stats::Entity::find()
        .select_only()
        .distinct()
        .column(version_stats::Column::VersionId)
        .filter(version_stats::Column::Origin.eq(id.0))
        .into_tuple()
        .all(db)
        .await?;
    let of_versions: Vec<i32> = version::Entity::find()
        .select_only()
        .distinct()
        .column(version::Column::ProjectId)
        .filter(version::Column::Id.is_in(versions))
        .into_tuple()
        .all(db)
        .await?;
    Ok(of_days.into_iter().chain(of_versions).collect())
}
