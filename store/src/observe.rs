//! The one way by which numbers get into the database, collected or imported.
//!
//! Everything carries the instant its question was asked. A day keeps its earliest and its latest
//! answer, `latest` and the descriptions only move forward: so the rows that result don't depend
//! on the order in which answers arrive, nor on how often.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryResult, Statement, Value};

use crate::bulk::{Cell, Type, Upsert};
use crate::counters::{self, VersionReading};
use crate::edges;
use crate::error::StoreError;
use crate::listings;
use crate::model::{
    Evidence, ListingSubject, Observations, Origin, ProjectKey, ProjectObservation, RunId,
    VersionListing, VersionObservation,
};
use crate::tags;
use crate::time::{from_db, to_db};

use Type::{Flag, Instant, Integer, Text};

/// The rows that an observation is about.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub projects: BTreeMap<ProjectKey, i32>,
    pub rows: u64,
}

/// Writes in key order, table by table, so that two writers can't block each other in a circle.
///
/// `named` are projects that must exist afterwards, whether or not they were observed.
pub(crate) async fn write(
    db: &DatabaseTransaction,
    origin: Origin,
    run: Option<RunId>,
    observations: &Observations,
    named: BTreeSet<&ProjectKey>,
) -> Result<Written, StoreError> {
    let projects = write_projects(db, origin, observations, named).await?;
    let mut rows = count(projects.len());
    for (key, asked_at) in &observations.invisible {
        rows += mark_invisible(db, key, *asked_at).await?;
    }
    let versions = write_versions(db, origin, &observations.listings, &projects).await?;
    rows += versions.rows;
    rows += counters::write_days(db, origin, observations, &projects).await?;
    rows += counters::write_version_days(db, origin, &versions.readings).await?;
    if let (Origin::Collected, Some(run)) = (origin, run) {
        rows += counters::write_samples(db, &observations.projects, &projects).await?;
        rows += counters::write_latest(db, observations, &projects).await?;
        rows += counters::write_version_latest(db, &versions.readings).await?;
        rows += edges::write(
            db,
            &observations.modpacks,
            &observations.projects,
            &projects,
        )
        .await?;
        rows += listings::write(db, run, observations, &projects).await?;
    }
    Ok(Written { projects, rows })
}

/// `newer` replaces a column only where its question is the newer one.
pub(crate) fn replace_where(newer: &str, table: &str, columns: &[&str]) -> String {
    let replace = |column: &&str| {
        format!("{column} = CASE WHEN {newer} THEN excluded.{column} ELSE {table}.{column} END")
    };
    columns.iter().map(replace).collect::<Vec<_>>().join(", ")
}

/// Replaces an instant and what was stated at it where nothing was known or `table` has an earlier
/// instant.
pub(crate) fn replace_if_newer(table: &str, instant: &str, values: &[&str]) -> String {
    replace_if(">", table, instant, values)
}

/// Replaces an absence by a sighting that is no older: of two answers of one instant, the one that
/// saw it is right, whichever arrives first.
fn replace_if_seen(table: &str, instant: &str, values: &[&str]) -> String {
    replace_if(">=", table, instant, values)
}

fn replace_if(compared: &str, table: &str, instant: &str, values: &[&str]) -> String {
    let newer = format!(
        "(excluded.{instant} IS NOT NULL
          AND ({table}.{instant} IS NULL OR excluded.{instant} {compared} {table}.{instant}))"
    );
    replace_where(&newer, table, &[&[instant], values].concat())
}

async fn write_projects(
    db: &DatabaseTransaction,
    origin: Origin,
    observations: &Observations,
    named: BTreeSet<&ProjectKey>,
) -> Result<BTreeMap<ProjectKey, i32>, StoreError> {
    let mut rows: BTreeMap<&ProjectKey, Option<&ProjectObservation>> =
        named.into_iter().map(|key| (key, None)).collect();
    let listed = observations.listings.iter().map(|it| &it.project);
    let unanswered = observations.unanswered.iter().map(|it| &it.project);
    let modpacks = observations.modpacks.iter().flat_map(|listing| {
        let packs = listing.packs.iter();
        let known = packs.filter(|(_, evidence)| **evidence != Evidence::Candidate);
        std::iter::once(&listing.project).chain(known.map(|(pack, _)| pack))
    });
    for project in listed.chain(unanswered).chain(modpacks) {
        rows.entry(project).or_default();
    }
    for observation in &observations.projects {
        let row = rows.entry(&observation.project).or_default();
        if row.is_none_or(|other| other.asked_at < observation.asked_at) {
            *row = Some(observation);
        }
    }
    let described = replace_if_newer(
        "project",
        "described_at",
        &[
            "kind",
            "slug",
            "name",
            "summary",
            "page_url",
            "icon_url",
            "published_at",
        ],
    );
    // Of two answers of one instant, the one that saw it counts: see `mark_invisible`.
    let seen = replace_if_seen("project", "visibility_at", &["visible", "invisible_since"]);
    let upsert = Upsert {
        table: "project",
        columns: &[
            ("platform", Text),
            ("platform_id", Text),
            ("kind", Text),
            ("slug", Text),
            ("name", Text),
            ("summary", Text),
            ("page_url", Text),
            ("icon_url", Text),
            ("published_at", Instant),
            ("described_at", Instant),
            ("visible", Flag),
            ("visibility_at", Instant),
            ("invisible_since", Instant),
        ],
        on_conflict: &format!(
            "(platform, platform_id) DO UPDATE SET {described}, {seen} RETURNING id, platform, platform_id"
        ),
    };
    let cells = rows.iter().map(|(key, observation)| {
        let description = observation.and_then(|observation| observation.description.as_ref());
        let asked_at = observation
            .filter(|_| origin == Origin::Collected)
            .map(|observation| observation.asked_at);
        vec![
            key.platform.as_str().into(),
            (&key.id).into(),
            description.map(|it| it.kind.as_str()).into(),
            description.map(|it| &it.slug).into(),
            description.map(|it| &it.name).into(),
            description.map(|it| &it.summary).into(),
            description.map(|it| &it.page_url).into(),
            description.and_then(|it| it.icon_url.as_ref()).into(),
            description.and_then(|it| it.published_at).into(),
            description.and(observation.map(|it| it.asked_at)).into(),
            true.into(),
            asked_at.into(),
            Cell::Null,
        ]
    });
    let mut ids = BTreeMap::new();
    for row in upsert.query(db, cells.collect()).await? {
        let platform: String = row.try_get_by_index(1)?;
        let key = ProjectKey {
            platform: platform.parse()?,
            id: row.try_get_by_index(2)?,
        };
        ids.insert(key, row.try_get_by_index(0)?);
    }
    Ok(ids)
}

/// Only a project that is known can turn invisible; its history stays.
async fn mark_invisible(
    db: &DatabaseTransaction,
    key: &ProjectKey,
    asked_at: Timestamp,
) -> Result<u64, StoreError> {
    let values: [Value; 3] = [
        key.platform.as_str().into(),
        key.id.as_str().into(),
        to_db(asked_at).into(),
    ];
    let marked = db.execute_raw(Statement::from_sql_and_values(
        db.get_database_backend(),
        "UPDATE project SET visible = false, visibility_at = $3, invisible_since = COALESCE(invisible_since, $3)
         WHERE platform = $1 AND platform_id = $2 AND (visibility_at IS NULL OR visibility_at < $3)",
        values,
    ))
    .await?;
    Ok(marked.rows_affected())
}

async fn write_versions(
    db: &DatabaseTransaction,
    origin: Origin,
    listings: &[VersionListing],
    projects: &BTreeMap<ProjectKey, i32>,
) -> Result<WrittenVersions, StoreError> {
    // Several listings of one project, as in an import, name a version once each.
    let mut newest: BTreeMap<(i32, &str), (Timestamp, &VersionObservation)> = BTreeMap::new();
    for listing in listings {
        for version in &listing.versions {
            let seen = newest
                .entry((projects[&listing.project], &version.id))
                .or_insert((listing.asked_at, version));
            if seen.0 < listing.asked_at {
                *seen = (listing.asked_at, version);
            }
        }
    }
    let described = replace_if_newer(
        "version",
        "described_at",
        &["name", "number", "channel", "published_at"],
    );
    let present = replace_if_seen("version", "presence_at", &["present", "gone_at"]);
    let upsert = Upsert {
        table: "version",
        columns: &[
            ("project_id", Integer),
            ("platform_id", Text),
            ("name", Text),
            ("number", Text),
            ("channel", Text),
            ("published_at", Instant),
            ("described_at", Instant),
            ("present", Flag),
            ("presence_at", Instant),
            ("gone_at", Instant),
        ],
        on_conflict: &format!(
            "(project_id, platform_id) DO UPDATE SET {described}, {present} RETURNING id, project_id, platform_id, described_at"
        ),
    };
    let cells = newest
        .iter()
        .map(|((project_id, id), (asked_at, version))| {
            let description = version.description.as_ref();
            vec![
                (*project_id).into(),
                (*id).into(),
                description.map(|it| &it.name).into(),
                description.map(|it| &it.number).into(),
                description.map(|it| &it.channel).into(),
                description.map(|it| it.published_at).into(),
                description.map(|_| *asked_at).into(),
                true.into(),
                (origin == Origin::Collected).then_some(*asked_at).into(),
                Cell::Null,
            ]
        });
    let mut ids: BTreeMap<(i32, String), i32> = BTreeMap::new();
    let mut tagged = BTreeMap::new();
    for row in upsert.query(db, cells.collect()).await? {
        let (id, project_id, platform_id) = version_of(&row)?;
        let described_at: Option<chrono::DateTime<chrono::Utc>> = row.try_get_by_index(3)?;
        if let Some((asked_at, VersionObservation { description: Some(description), .. })) =
            newest.get(&(project_id, platform_id.as_str()))
            // Tags follow the description: those of an older answer change nothing.
            && described_at.map(from_db) <= Some(from_db(to_db(*asked_at)))
        {
            tagged.insert(id, description);
        }
        ids.insert((project_id, platform_id), id);
    }
    let mut rows = count(ids.len()) + tags::write(db, &tagged).await?;
    if origin == Origin::Collected {
        for listing in listings {
            let project_id = projects[&listing.project];
            if listing.complete {
                rows += mark_gone(db, project_id, listing.asked_at).await?;
            }
            // A late answer doesn't bring back what a newer one was without.
            let newest =
                listings::newest_complete(db, project_id, ListingSubject::Versions).await?;
            if let Some(newest) = newest.filter(|newest| *newest > listing.asked_at) {
                rows += mark_gone(db, project_id, newest).await?;
            }
        }
    }
    let mut readings = Vec::new();
    for listing in listings {
        let project_id = projects[&listing.project];
        for version in &listing.versions {
            if let Some(id) = ids.get(&(project_id, version.id.clone())) {
                readings.push(VersionReading {
                    version_id: *id,
                    at: listing.asked_at,
                    downloads: version.downloads,
                });
            }
        }
    }
    Ok(WrittenVersions { readings, rows })
}

struct WrittenVersions {
    readings: Vec<VersionReading>,
    rows: u64,
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

fn version_of(row: &QueryResult) -> Result<(i32, i32, String), StoreError> {
    Ok((
        row.try_get_by_index(0)?,
        row.try_get_by_index(1)?,
        row.try_get_by_index(2)?,
    ))
}

/// Those that a complete listing lacks are gone, unless a newer answer names them.
async fn mark_gone(
    db: &DatabaseTransaction,
    project_id: i32,
    asked_at: Timestamp,
) -> Result<u64, StoreError> {
    let marked = db
        .execute_raw(Statement::from_sql_and_values(
            db.get_database_backend(),
            "UPDATE version SET present = false, presence_at = $2, gone_at = COALESCE(gone_at, $2)
         WHERE project_id = $1 AND (presence_at IS NULL OR presence_at < $2)",
            [Value::from(project_id), to_db(asked_at).into()],
        ))
        .await?;
    Ok(marked.rows_affected())
}
