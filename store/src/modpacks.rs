//! The modpacks on a TrackedMod's pages.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable, Statement, Value,
};

use crate::entity::{project, project_latest};
use crate::error::StoreError;
use crate::model::{Membership, ModpackFreshness, ModpackView, ProjectKey};
use crate::read::{Snapshot, project_view};
use crate::time::from_db;

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
        let mut values: Vec<Value> = vec![namespace.into(), name.into()];
        let (of_project, of_its_platform) = match project {
            None => ("", ""),
            Some(key) => {
                values.extend([key.platform.as_str().into(), key.id.as_str().into()]);
                (OF_PROJECT, OF_ITS_PLATFORM)
            }
        };
        let sql = PACKS
            .replace("{member}", MEMBER)
            .replace("{of_project}", of_project)
            .replace("{of_its_platform}", of_its_platform)
            .replace("{pack}", &columns::<project::Entity>("pack"))
            .replace("{latest}", &columns::<project_latest::Entity>("latest"));
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        self.store
            .bounded(async {
                let rows = Row::find_by_statement(statement).all(&self.db).await?;
                let strongest = strongest(rows).into_values();
                let views = strongest.map(|(known, row)| view(known, row));
                let mut views = views.collect::<Result<Vec<ModpackView>, _>>()?;
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
            platform: String,
            platform_id: String,
            asked_at: DateTime<Utc>,
            outcome: Option<String>,
            complete_at: Option<DateTime<Utc>>,
        }
        let sql = FRESHNESS
            .replace("{member}", MEMBER)
            .replace("{of_project}", "");
        let statement = Statement::from_sql_and_values(
            self.db.get_database_backend(),
            sql,
            [namespace.into(), name.into()],
        );
        self.store
            .bounded(async {
                let rows = Row::find_by_statement(statement).all(&self.db).await?;
                let mut freshness = Vec::new();
                for row in rows {
                    freshness.push(ModpackFreshness {
                        project: ProjectKey {
                            platform: row.platform.parse()?,
                            id: row.platform_id,
                        },
                        asked_at: from_db(row.asked_at),
                        outcome: row.outcome.map(|it| it.parse()).transpose()?,
                        complete_at: row.complete_at.map(from_db),
                    });
                }
                freshness.sort_by(|one, other| one.project.cmp(&other.project));
                Ok(freshness)
            })
            .await
    }
}

/// One thing that is known of a pack, with the pack.
#[derive(FromQueryResult)]
struct Row {
    /// The project that it is or was in; None where the document names it.
    project_id: Option<i32>,
    /// None where an older version had the project.
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    known_since: Option<bool>,
    baseline: Option<i64>,
    #[sea_orm(nested(prefix = "pack_"))]
    pack: project::Model,
    #[sea_orm(nested(prefix = "latest_"))]
    latest: Option<project_latest::Model>,
}

/// What is known of one pack, and the downloads that "since added" counts from.
#[derive(Clone, Copy)]
struct Known {
    membership: Membership,
    baseline: Option<i64>,
}

impl Known {
    fn of(row: &Row) -> Known {
        let Some(since) = row.since.map(from_db) else {
            return Known {
                membership: Membership::Once,
                baseline: None,
            };
        };
        match (row.project_id, row.until.map(from_db)) {
            (None, _) => Known {
                membership: Membership::Declared { since },
                baseline: row.baseline,
            },
            (Some(_), None) => Known {
                membership: Membership::Current {
                    since,
                    known_since: row.known_since.unwrap_or_default(),
                },
                baseline: row.baseline,
            },
            // What came after an interval isn't counted from its beginning.
            (Some(_), Some(until)) => Known {
                membership: Membership::Lost { since, until },
                baseline: None,
            },
        }
    }

    /// Less says more: what is verified before what is declared, what is before what was; of two
    /// intervals the earlier one.
    fn rank(&self) -> (u8, Timestamp) {
        match self.membership {
            Membership::Current { since, .. } => (0, since),
            Membership::Declared { since } => (1, since),
            Membership::Lost { since, .. } => (2, since),
            Membership::Once => (3, Timestamp::MAX),
        }
    }
}

/// Of each pack what says most of it. The newest interval of each pair tells how it is today.
fn strongest(mut rows: Vec<Row>) -> BTreeMap<i32, (Known, Row)> {
    rows.sort_by_key(|row| row.since);
    let mut newest: BTreeMap<_, Row> = BTreeMap::new();
    for row in rows {
        newest.insert((row.pack.id, row.project_id, row.since.is_some()), row);
    }
    let mut strongest = BTreeMap::new();
    for ((pack, ..), row) in newest {
        let known = Known::of(&row);
        match strongest.entry(pack) {
            Entry::Vacant(unknown) => {
                unknown.insert((known, row));
            }
            Entry::Occupied(mut other) if known.rank() < other.get().0.rank() => {
                other.insert((known, row));
            }
            Entry::Occupied(_) => {}
        }
    }
    strongest
}

fn view(known: Known, row: Row) -> Result<ModpackView, StoreError> {
    let modpack = project_view(row.pack, row.latest.as_ref())?;
    let downloads = modpack.totals.map(|totals| totals.downloads);
    let since = downloads.zip(known.baseline);
    Ok(ModpackView {
        modpack,
        membership: known.membership,
        downloads_since_added: since.map(|(now, then)| now.saturating_sub(then)),
    })
}

/// All columns of a table, each by a name that begins with that of the table.
fn columns<E: EntityTrait>(table: &str) -> String {
    let column = |it: E::Column| format!("{table}.{0} AS {table}_{0}", it.as_str());
    let columns: Vec<String> = E::Column::iter().map(column).collect();
    columns.join(", ")
}

const MEMBER: &str = "
    own AS (SELECT id FROM tracked_mod WHERE namespace = $1 AND name = $2),
    member AS (
        SELECT DISTINCT project.id, project.platform, project.platform_id
        FROM tracked_project entry JOIN project ON project.id = entry.project_id
        WHERE entry.tracked_mod_id = (SELECT id FROM own) AND entry.left_at IS NULL {of_project})";

const OF_PROJECT: &str = "AND project.platform = $3 AND project.platform_id = $4";

const OF_ITS_PLATFORM: &str = "AND declared.platform IN (SELECT platform FROM member)";

const PACKS: &str = "
    WITH {member},
    known AS (
        SELECT modpack_id, project_id, opened_at AS since, closed_at AS until, known_since,
               baseline_downloads AS baseline
        FROM modpack_edge WHERE project_id IN (SELECT id FROM member)
        UNION ALL
        SELECT modpack_id, project_id, NULL, NULL, NULL, NULL
        FROM modpack_check WHERE project_id IN (SELECT id FROM member) AND NOT contained
        UNION ALL
        SELECT named.id, NULL, declared.joined_at, NULL, NULL, declared.baseline_downloads
        FROM declared_modpack declared
        JOIN project named ON named.platform = declared.platform
          AND named.platform_id = declared.platform_id
        WHERE declared.tracked_mod_id = (SELECT id FROM own) AND declared.left_at IS NULL
          {of_its_platform})
    SELECT known.project_id, known.since, known.until, known.known_since, known.baseline,
           {pack}, {latest}
    FROM known
    JOIN project pack ON pack.id = known.modpack_id
    LEFT JOIN project_latest latest ON latest.project_id = pack.id";

const FRESHNESS: &str = "
    WITH {member}
    SELECT member.platform, member.platform_id, listing.asked_at, listing.outcome,
           (SELECT MAX(asked_at) FROM listing known
            WHERE known.project_id = member.id AND known.subject = 'modpacks'
              AND known.complete) AS complete_at
    FROM member
    JOIN listing ON listing.project_id = member.id AND listing.subject = 'modpacks'
      AND listing.asked_at = (
          SELECT MAX(asked_at) FROM listing newest
          WHERE newest.project_id = member.id AND newest.subject = 'modpacks')";
