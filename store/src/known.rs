//! What a run looks up before it asks, so that it asks for no more than it needs.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::connect::Store;
use crate::error::StoreError;
use crate::model::{KnownModpacks, KnownVersions, Platform, ProjectKey};
use crate::time::{day_to_db, from_db};

impl Store {
    /// The present versions of projects of one platform, and when their lists were walked last.
    pub async fn known_versions(
        &self,
        platform: Platform,
        ids: &[&str],
    ) -> Result<BTreeMap<ProjectKey, KnownVersions>, StoreError> {
        #[derive(FromQueryResult)]
        struct Walked {
            platform_id: String,
            asked_at: chrono::DateTime<chrono::Utc>,
            marker: String,
        }
        let mut known: BTreeMap<ProjectKey, KnownVersions> = BTreeMap::new();
        if ids.is_empty() {
            return Ok(known);
        }
        let key = |id| ProjectKey { platform, id };
        self.bounded(async {
            let (list, values) = parameters(platform, ids);
            let present = format!(
                "SELECT project.platform_id, version.platform_id AS version
                 FROM project JOIN version ON version.project_id = project.id
                 WHERE project.platform = $1 AND project.platform_id IN ({list}) AND version.present
                 ORDER BY version.id"
            );
            let backend = self.writer().get_database_backend();
            let statement = Statement::from_sql_and_values(backend, present, values.clone());
            for row in self.writer().query_all_raw(statement).await? {
                let (project, version): (String, String) =
                    (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                known.entry(key(project)).or_default().present.push(version);
            }
            let walked = format!(
                "SELECT project.platform_id, listing.asked_at, listing.marker
                 FROM project JOIN listing ON listing.project_id = project.id
                 WHERE project.platform = $1 AND project.platform_id IN ({list})
                   AND listing.subject = 'versions' AND listing.complete
                   AND listing.asked_at = (
                       SELECT MAX(asked_at) FROM listing newest
                       WHERE newest.project_id = project.id AND newest.subject = 'versions'
                         AND newest.complete AND newest.marker IS NOT NULL)"
            );
            let statement = Statement::from_sql_and_values(backend, walked, values);
            for row in Walked::find_by_statement(statement)
                .all(self.writer())
                .await?
            {
                known.entry(key(row.platform_id)).or_default().walked =
                    Some((from_db(row.asked_at), row.marker));
            }
            Ok(known)
        })
        .await
    }

    /// The modpacks that were ever found in connection with projects of one platform.
    pub async fn known_modpacks(
        &self,
        platform: Platform,
        ids: &[&str],
    ) -> Result<BTreeMap<ProjectKey, KnownModpacks>, StoreError> {
        #[derive(FromQueryResult)]
        struct Row {
            platform_id: String,
            pack: String,
            version: Option<String>,
            contained: Option<bool>,
        }
        let mut known: BTreeMap<ProjectKey, KnownModpacks> = BTreeMap::new();
        if ids.is_empty() {
            return Ok(known);
        }
        let key = |id| ProjectKey { platform, id };
        self.bounded(async {
            let (list, values) = parameters(platform, ids);
            let sql = format!(
                "SELECT project.platform_id, pack.platform_id AS pack, looked.version, looked.contained
                 FROM project
                 JOIN (SELECT project_id, modpack_id FROM modpack_edge
                       UNION SELECT project_id, modpack_id FROM modpack_check) met
                   ON met.project_id = project.id
                 JOIN project pack ON pack.id = met.modpack_id
                 LEFT JOIN modpack_check looked
                   ON looked.project_id = met.project_id AND looked.modpack_id = met.modpack_id
                 WHERE project.platform = $1 AND project.platform_id IN ({list})"
            );
            let backend = self.writer().get_database_backend();
            let statement = Statement::from_sql_and_values(backend, sql, values);
            for row in Row::find_by_statement(statement).all(self.writer()).await? {
                let packs = &mut known.entry(key(row.platform_id)).or_default().packs;
                packs.insert(key(row.pack), row.version.zip(row.contained));
            }
            Ok(known)
        })
        .await
    }

    /// Claims this UTC day's one question to a website about a project. Only the first caller of a
    /// day gets it; one that dies afterwards has had it.
    pub async fn claim_website(&self, project: &ProjectKey, day: Date) -> Result<bool, StoreError> {
        let statement = Statement::from_sql_and_values(
            self.writer().get_database_backend(),
            "INSERT INTO website_question (platform, platform_id, day) VALUES ($1, $2, $3)
             ON CONFLICT (platform, platform_id) DO UPDATE SET day = excluded.day
             WHERE website_question.day < excluded.day",
            [
                Value::from(project.platform.as_str()),
                project.id.as_str().into(),
                day_to_db(day).into(),
            ],
        );
        self.repeated(|| async {
            let claimed = self.writer().execute_raw(statement.clone()).await?;
            Ok(claimed.rows_affected() == 1)
        })
        .await
    }
}

/// `$1` for the platform, and a list of further parameters for the ids.
fn parameters(platform: Platform, ids: &[&str]) -> (String, Vec<Value>) {
    let list: Vec<String> = (0..ids.len()).map(|nth| format!("${}", nth + 2)).collect();
    let values = std::iter::once(Value::from(platform.as_str()))
        .chain(ids.iter().map(|id| Value::from(*id)));
    (list.join(", "), values.collect())
}
