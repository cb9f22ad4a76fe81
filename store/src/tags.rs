//! The loaders and game versions of versions, by today's tags.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value};

use crate::bulk::{Type, Upsert};
use crate::error::StoreError;
use crate::model::VersionDescription;

/// A table of (version, tag).
struct Tags {
    table: &'static str,
    column: &'static str,
    of: fn(&VersionDescription) -> &[String],
}

const TAGS: [Tags; 2] = [
    Tags {
        table: "version_loader",
        column: "loader",
        of: |it| &it.loaders,
    },
    Tags {
        table: "version_game_version",
        column: "game_version",
        of: |it| &it.game_versions,
    },
];

/// Writes what differs: most versions never change their tags.
pub(crate) async fn write(
    db: &DatabaseTransaction,
    described: &BTreeMap<i32, &VersionDescription>,
) -> Result<u64, StoreError> {
    let mut written = 0;
    for tags in &TAGS {
        let wanted: BTreeSet<(i32, &str)> = described
            .iter()
            .flat_map(|(id, description)| {
                (tags.of)(description).iter().map(|tag| (*id, tag.as_str()))
            })
            .filter(|(_, tag)| !tag.is_empty())
            .collect();
        let known = tags.read(db, described.keys().copied()).await?;
        let known: BTreeSet<(i32, &str)> =
            known.iter().map(|(id, tag)| (*id, tag.as_str())).collect();
        for (version_id, tag) in known.difference(&wanted) {
            let deleted = db
                .execute_raw(Statement::from_sql_and_values(
                    db.get_database_backend(),
                    format!(
                        "DELETE FROM {} WHERE version_id = $1 AND {} = $2",
                        tags.table, tags.column
                    ),
                    [Value::from(*version_id), Value::from(*tag)],
                ))
                .await?;
            written += deleted.rows_affected();
        }
        let added = wanted
            .difference(&known)
            .map(|(id, tag)| vec![(*id).into(), (*tag).into()]);
        written += Upsert {
            table: tags.table,
            columns: &[("version_id", Type::Integer), (tags.column, Type::Text)],
            on_conflict: &format!("(version_id, {}) DO NOTHING", tags.column),
        }
        .execute(db, added.collect())
        .await?;
    }
    Ok(written)
}

impl Tags {
    async fn read(
        &self,
        db: &DatabaseTransaction,
        versions: impl Iterator<Item = i32>,
    ) -> Result<BTreeSet<(i32, String)>, StoreError> {
        let versions: Vec<i32> = versions.collect();
        let mut found = BTreeSet::new();
        for ids in versions.chunks(10_000) {
            let list: Vec<String> = ids.iter().map(i32::to_string).collect();
            let rows = db
                .query_all_raw(Statement::from_string(
                    db.get_database_backend(),
                    format!(
                        "SELECT version_id, {} FROM {} WHERE version_id IN ({})",
                        self.column,
                        self.table,
                        list.join(", ")
                    ),
                ))
                .await?;
            for row in rows {
                found.insert((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
            }
        }
        Ok(found)
    }
}
