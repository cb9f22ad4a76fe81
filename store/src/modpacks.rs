//! The modpacks on a TrackedMod's pages.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Statement};

use crate::entity::{declared_modpack, modpack_check, modpack_edge, project, tracked_mod};
use crate::error::StoreError;
use crate::model::{Membership, ModpackFreshness, ModpackView, Platform, ProjectKey};
use crate::read::Snapshot;
use crate::time::from_db;

/// What is known of one pack, and the downloads that "since added" counts from.
#[derive(Clone, Copy)]
struct Known {
    membership: Membership,
    baseline: Option<i64>,
}

impl Snapshot {
    /// Every modpack that ever had to do with one of the TrackedMod's present projects, each once,
    /// those with the most downloads first.
    pub async fn modpacks(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Vec<ModpackView>, StoreError> {
        self.packs(namespace, name, None).await
    }

    /// As if this were the only one of its projects. The packs that the document names have to do
    /// with any project of their platform.
    pub async fn modpacks_of_project(
        &self,
        namespace: &str,
        name: &str,
        project: &ProjectKey,
    ) -> Result<Vec<ModpackView>, StoreError> {
        self.packs(namespace, name, Some(project)).await
    }

    async fn packs(
        &self,
        namespace: &str,
        name: &str,
        project: Option<&ProjectKey>,
    ) -> Result<Vec<ModpackView>, StoreError> {
        self.store
            .bounded(async {
                let Some((id, mut members)) = self.present_members(namespace, name).await? else {
                    return Ok(Vec::new());
                };
                members.retain(|key, _| project.is_none_or(|it| it == key));
                let mut declared = self.declared(id).await?;
                if project.is_some() {
                    let named = |key: &ProjectKey| key.platform == Platform::Curseforge;
                    declared.retain(|_| members.keys().any(named));
                }
                let members: BTreeSet<i32> = members.into_values().collect();
                let mut known: BTreeMap<i32, Known> = BTreeMap::new();
                for (pack, found) in self
                    .checked(&members)
                    .await?
                    .into_iter()
                    .chain(self.edges(&members).await?)
                    .chain(declared)
                {
                    known
                        .entry(pack)
                        .and_modify(|known| *known = stronger(*known, found))
                        .or_insert(found);
                }
                let projects = self.projects(known.keys().copied().collect()).await?;
                let mut views: Vec<ModpackView> = known
                    .into_iter()
                    .filter_map(|(id, known)| {
                        let modpack = projects.get(&id)?.clone();
                        let downloads = modpack.totals.map(|totals| totals.downloads);
                        let since = downloads.zip(known.baseline);
                        Some(ModpackView {
                            modpack,
                            membership: known.membership,
                            downloads_since_added: since
                                .map(|(now, then)| now.saturating_sub(then)),
                        })
                    })
                    .collect();
                let downloads = |view: &ModpackView| view.modpack.totals.map(|it| it.downloads);
                views.sort_by(|one, other| {
                    downloads(other)
                        .cmp(&downloads(one))
                        .then_with(|| one.modpack.key.cmp(&other.modpack.key))
                });
                Ok(views)
            })
            .await
    }

    /// When each present project's modpacks were last asked for, and last known completely.
    pub async fn modpack_freshness(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Vec<ModpackFreshness>, StoreError> {
        #[derive(FromQueryResult)]
        struct Row {
            project_id: i32,
            asked_at: chrono::DateTime<chrono::Utc>,
            outcome: Option<String>,
            complete_at: Option<chrono::DateTime<chrono::Utc>>,
        }
        self.store
            .bounded(async {
                let Some((_, members)) = self.present_members(namespace, name).await? else {
                    return Ok(Vec::new());
                };
                if members.is_empty() {
                    return Ok(Vec::new());
                }
                let sql = FRESHNESS.replace("{projects}", &list(members.values()));
                let statement = Statement::from_string(self.db.get_database_backend(), sql);
                let rows = Row::find_by_statement(statement).all(&self.db).await?;
                let mut rows: BTreeMap<i32, Row> =
                    rows.into_iter().map(|row| (row.project_id, row)).collect();
                let mut freshness = Vec::new();
                for (project, id) in members {
                    if let Some(row) = rows.remove(&id) {
                        freshness.push(ModpackFreshness {
                            project,
                            asked_at: from_db(row.asked_at),
                            outcome: row.outcome.map(|it| it.parse()).transpose()?,
                            complete_at: row.complete_at.map(from_db),
                        });
                    }
                }
                Ok(freshness)
            })
            .await
    }

    /// A TrackedMod's id, and the ids of the projects that it has today.
    async fn present_members(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<(i32, BTreeMap<ProjectKey, i32>)>, StoreError> {
        let Some(row) = tracked_mod::Entity::find()
            .filter(tracked_mod::Column::Namespace.eq(namespace))
            .filter(tracked_mod::Column::Name.eq(name))
            .one(&self.db)
            .await?
        else {
            return Ok(None);
        };
        let members = self.members(&[row.id]).await?.remove(&row.id);
        let members = members
            .unwrap_or_default()
            .into_iter()
            .filter(|member| member.left_at.is_none())
            .map(|member| (member.project.key, member.project.id))
            .collect();
        Ok(Some((row.id, members)))
    }

    async fn edges(&self, members: &BTreeSet<i32>) -> Result<Vec<(i32, Known)>, StoreError> {
        let rows = modpack_edge::Entity::find()
            .filter(modpack_edge::Column::ProjectId.is_in(members.iter().copied()))
            .all(&self.db)
            .await?;
        // The newest interval of each pair tells how it is today.
        let mut newest: BTreeMap<(i32, i32), modpack_edge::Model> = BTreeMap::new();
        for row in rows {
            let pair = (row.modpack_id, row.project_id);
            if newest
                .get(&pair)
                .is_none_or(|known| known.opened_at < row.opened_at)
            {
                newest.insert(pair, row);
            }
        }
        let known = newest.into_iter().map(|((pack, _), row)| {
            let since = from_db(row.opened_at);
            let known = match row.closed_at.map(from_db) {
                None => Known {
                    membership: Membership::Current {
                        since,
                        known_since: row.known_since,
                    },
                    baseline: row.baseline_downloads,
                },
                // What came after an interval isn't counted from its beginning.
                Some(until) => Known {
                    membership: Membership::Lost { since, until },
                    baseline: None,
                },
            };
            (pack, known)
        });
        Ok(known.collect())
    }

    async fn checked(&self, members: &BTreeSet<i32>) -> Result<Vec<(i32, Known)>, StoreError> {
        let rows = modpack_check::Entity::find()
            .filter(modpack_check::Column::ProjectId.is_in(members.iter().copied()))
            .filter(modpack_check::Column::Contained.eq(false))
            .all(&self.db)
            .await?;
        let once = Known {
            membership: Membership::Once,
            baseline: None,
        };
        Ok(rows.into_iter().map(|row| (row.modpack_id, once)).collect())
    }

    async fn declared(&self, tracked_mod_id: i32) -> Result<Vec<(i32, Known)>, StoreError> {
        let rows = declared_modpack::Entity::find()
            .filter(declared_modpack::Column::TrackedModId.eq(tracked_mod_id))
            .filter(declared_modpack::Column::LeftAt.is_null())
            .all(&self.db)
            .await?;
        let ids = rows.iter().map(|row| row.platform_id.clone());
        let packs = project::Entity::find()
            .filter(project::Column::Platform.eq(Platform::Curseforge.as_str()))
            .filter(project::Column::PlatformId.is_in(ids))
            .all(&self.db)
            .await?;
        let packs: BTreeMap<(String, String), i32> = packs
            .into_iter()
            .map(|row| ((row.platform, row.platform_id), row.id))
            .collect();
        let known = rows.into_iter().filter_map(|row| {
            let id = packs.get(&(row.platform, row.platform_id))?;
            let membership = Membership::Declared {
                since: from_db(row.joined_at),
            };
            let baseline = row.baseline_downloads;
            Some((
                *id,
                Known {
                    membership,
                    baseline,
                },
            ))
        });
        Ok(known.collect())
    }
}

/// Of two things that are known of one pack, the one that says more: what is verified before what
/// is declared, what is before what was; of two intervals the earlier one.
fn stronger(one: Known, other: Known) -> Known {
    let rank = |known: &Known| match known.membership {
        Membership::Current { since, .. } => (0, since),
        Membership::Declared { since } => (1, since),
        Membership::Lost { since, .. } => (2, since),
        Membership::Once => (3, Timestamp::MAX),
    };
    if rank(&other) < rank(&one) {
        other
    } else {
        one
    }
}

fn list<'a>(ids: impl IntoIterator<Item = &'a i32>) -> String {
    let ids: Vec<String> = ids.into_iter().map(i32::to_string).collect();
    ids.join(", ")
}

const FRESHNESS: &str = "
    SELECT project_id, asked_at, outcome,
           (SELECT MAX(asked_at) FROM listing known
            WHERE known.project_id = listing.project_id AND known.subject = 'modpacks'
              AND known.complete) AS complete_at
    FROM listing
    WHERE project_id IN ({projects}) AND subject = 'modpacks' AND asked_at = (
        SELECT MAX(asked_at) FROM listing newest
        WHERE newest.project_id = listing.project_id AND newest.subject = 'modpacks')";
