//! How each question of a run ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, Order, QueryFilter, QueryOrder};

use crate::bulk::{Cell, Type, Upsert};
use crate::counters::sum_of;
use crate::entity::listing;
use crate::error::StoreError;
use crate::model::{ListingSubject, Observations, Outcome, ProjectKey, RunId};
use crate::time::from_db;

use Type::{Flag, Instant, Integer, Text};

/// The newest complete answer to a question about a project, so far.
pub(crate) async fn newest_complete(
    db: &DatabaseTransaction,
    project_id: i32,
    subject: ListingSubject,
) -> Result<Option<Timestamp>, StoreError> {
    complete(db, project_id, subject, Order::Desc).await
}

/// The first one.
pub(crate) async fn first_complete(
    db: &DatabaseTransaction,
    project_id: i32,
    subject: ListingSubject,
) -> Result<Option<Timestamp>, StoreError> {
    complete(db, project_id, subject, Order::Asc).await
}

async fn complete(
    db: &DatabaseTransaction,
    project_id: i32,
    subject: ListingSubject,
    order: Order,
) -> Result<Option<Timestamp>, StoreError> {
    let found = listing::Entity::find()
        .filter(listing::Column::ProjectId.eq(project_id))
        .filter(listing::Column::Subject.eq(subject.as_str()))
        .filter(listing::Column::Complete.eq(true))
        .order_by(listing::Column::AskedAt, order)
        .one(db)
        .await?;
    Ok(found.map(|row| from_db(row.asked_at)))
}

pub(crate) async fn write(
    db: &DatabaseTransaction,
    run: RunId,
    observations: &Observations,
    projects: &BTreeMap<ProjectKey, i32>,
) -> Result<u64, StoreError> {
    let mut rows: BTreeMap<(i32, ListingSubject, Timestamp), Vec<Cell>> = BTreeMap::new();
    let mut add = |project: &ProjectKey,
                   subject: ListingSubject,
                   asked_at: Timestamp,
                   outcome: Outcome,
                   items: i64,
                   marker: Option<&String>| {
        let project_id = projects[project];
        let row = vec![
            project_id.into(),
            subject.as_str().into(),
            Cell::from(asked_at),
            run.0.into(),
            (outcome == Outcome::Complete).into(),
            Cell::Integer(items),
            outcome.as_str().into(),
            marker.into(),
        ];
        rows.insert((project_id, subject, asked_at), row);
    };
    for it in &observations.listings {
        let (outcome, versions) = (it.outcome(), sum_of(it).1);
        add(
            &it.project,
            ListingSubject::Versions,
            it.asked_at,
            outcome,
            versions,
            it.marker.as_ref(),
        );
    }
    for it in &observations.modpacks {
        let packs = i64::try_from(it.containing()).unwrap_or(i64::MAX);
        add(
            &it.project,
            ListingSubject::Modpacks,
            it.asked_at,
            it.outcome,
            packs,
            None,
        );
    }
    for it in &observations.unanswered {
        add(
            &it.project,
            it.subject,
            it.asked_at,
            Outcome::Failed,
            0,
            None,
        );
    }
    let written = Upsert {
        table: "listing",
        columns: &[
            ("project_id", Integer),
            ("subject", Text),
            ("asked_at", Instant),
            ("run_id", Integer),
            ("complete", Flag),
            ("items", Integer),
            ("outcome", Text),
            ("marker", Text),
        ],
        on_conflict: "(project_id, subject, asked_at) DO NOTHING",
    }
    .execute(db, rows.into_values().collect())
    .await?;
    Ok(written)
}
