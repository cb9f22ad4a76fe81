//! When a modpack is known to contain a project: intervals, each with its baseline of downloads.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    Statement,
};

use crate::bulk::{Cell, Type, Upsert};
use crate::entity::modpack_check;
use crate::error::StoreError;
use crate::listings::{first_complete, newest_complete};
use crate::model::{
    Evidence, ListingSubject, ModpackListing, Outcome, ProjectKey, ProjectObservation,
};
use crate::observe::replace_if_newer;
use crate::time::{day_of, from_db};

use Type::{Day, Flag, Instant, Integer, Text};

/// An interval during which a modpack is known to contain a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edge {
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
    known_since: bool,
    baseline_downloads: Option<i64>,
    /// The newest answer that confirmed or denied it.
    presence_at: Timestamp,
    /// The first complete listing without it, while one is not enough.
    absent_at: Option<Timestamp>,
}

/// What one answer says of a modpack and a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Contained,
    /// A newer version of the pack is without it.
    Dropped,
    /// A complete listing lacks it.
    Missing,
}

/// What becomes of the newest interval; None if the answer changes nothing.
///
/// `first` says that no complete listing came before: what is found then was there already.
fn next(
    newest: Option<Edge>,
    word: Word,
    at: Timestamp,
    first: bool,
    downloads: Option<i64>,
) -> Option<Edge> {
    if newest.is_some_and(|edge| at <= edge.presence_at) {
        return None;
    }
    let open = newest.filter(|edge| edge.closed_at.is_none());
    let heard = |edge: Edge| Edge {
        presence_at: at,
        ..edge
    };
    match (word, open) {
        (Word::Contained, Some(edge)) => Some(Edge {
            absent_at: None,
            ..heard(edge)
        }),
        (Word::Contained, None) => Some(Edge {
            opened_at: at,
            closed_at: None,
            known_since: first && newest.is_none(),
            baseline_downloads: downloads,
            presence_at: at,
            absent_at: None,
        }),
        (Word::Dropped, Some(edge)) => Some(Edge {
            closed_at: Some(edge.absent_at.unwrap_or(at)),
            ..heard(edge)
        }),
        // One absence may be a flaw of the listing; a second one on another day isn't.
        (Word::Missing, Some(edge)) => Some(match edge.absent_at {
            Some(since) if day_of(since) != day_of(at) => Edge {
                closed_at: Some(since),
                ..heard(edge)
            },
            since => Edge {
                absent_at: Some(since.unwrap_or(at)),
                ..heard(edge)
            },
        }),
        (Word::Dropped | Word::Missing, None) => None,
    }
}

/// Writes what listings say of packs. The rows of their projects are locked by now, so two writers
/// can't both open an interval.
pub(crate) async fn write(
    db: &DatabaseTransaction,
    listings: &[ModpackListing],
    observed: &[ProjectObservation],
    projects: &BTreeMap<ProjectKey, i32>,
) -> Result<u64, StoreError> {
    let downloads: BTreeMap<&ProjectKey, i64> = observed
        .iter()
        .map(|it| (&it.project, it.downloads))
        .collect();
    let mut listings: Vec<(i32, &ModpackListing)> = listings
        .iter()
        .map(|listing| (projects[&listing.project], listing))
        .collect();
    listings.sort_by_key(|(project_id, listing)| (*project_id, listing.asked_at));
    let mut rows = 0;
    for (project_id, listing) in listings {
        let mut newest = newest_edges(db, project_id).await?;
        let subject = ListingSubject::Modpacks;
        let oldest = first_complete(db, project_id, subject).await?;
        let first = oldest.is_none_or(|oldest| oldest >= listing.asked_at);
        let checked = checked(db, project_id).await?;
        let complete = newest_complete(db, project_id, subject).await?;
        let mut changed = BTreeMap::new();
        for (pack, evidence) in &listing.packs {
            let known = newest.remove(pack);
            let (word, at) = match evidence {
                Evidence::Version {
                    contains: true,
                    asked_at,
                    ..
                } => (Word::Contained, *asked_at),
                Evidence::Version { asked_at, .. } => (Word::Dropped, *asked_at),
                Evidence::Named => (Word::Contained, listing.asked_at),
                Evidence::Candidate => continue,
            };
            // A late answer doesn't open what a newer one was without.
            let id = projects.get(pack);
            let looked = id.and_then(|id| checked.get(id).copied());
            let open = known
                .as_ref()
                .is_some_and(|(_, edge)| edge.closed_at.is_none());
            if !open && looked.max(complete).is_some_and(|newer| newer > at) {
                continue;
            }
            let downloads = downloads.get(pack).copied();
            let edge = next(known.map(|(_, edge)| edge), word, at, first, downloads);
            if let (Some(edge), Some(id)) = (edge, id) {
                changed.insert(*id, edge);
            }
        }
        if listing.outcome == Outcome::Complete {
            for (id, edge) in newest.into_values() {
                if let Some(edge) = next(Some(edge), Word::Missing, listing.asked_at, first, None) {
                    changed.insert(id, edge);
                }
            }
        }
        rows += write_edges(db, project_id, changed).await?;
        rows += write_checks(db, project_id, listing, projects).await?;
    }
    Ok(rows)
}

/// When each pack was last looked into.
async fn checked(
    db: &DatabaseTransaction,
    project_id: i32,
) -> Result<BTreeMap<i32, Timestamp>, StoreError> {
    let rows = modpack_check::Entity::find()
        .filter(modpack_check::Column::ProjectId.eq(project_id))
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.modpack_id, from_db(row.asked_at)))
        .collect())
}

/// The newest interval of each pack.
async fn newest_edges(
    db: &DatabaseTransaction,
    project_id: i32,
) -> Result<BTreeMap<ProjectKey, (i32, Edge)>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        platform: String,
        platform_id: String,
        modpack_id: i32,
        opened_at: DateTime<Utc>,
        closed_at: Option<DateTime<Utc>>,
        known_since: bool,
        baseline_downloads: Option<i64>,
        presence_at: DateTime<Utc>,
        absent_at: Option<DateTime<Utc>>,
    }
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT pack.platform, pack.platform_id, edge.modpack_id, edge.opened_at, edge.closed_at,
                edge.known_since, edge.baseline_downloads, edge.presence_at, edge.absent_at
         FROM modpack_edge edge JOIN project pack ON pack.id = edge.modpack_id
         WHERE edge.project_id = $1 ORDER BY edge.modpack_id, edge.opened_at",
        [project_id.into()],
    );
    let mut newest = BTreeMap::new();
    for row in Row::find_by_statement(statement).all(db).await? {
        let key = ProjectKey {
            platform: row.platform.parse()?,
            id: row.platform_id,
        };
        let edge = Edge {
            opened_at: from_db(row.opened_at),
            closed_at: row.closed_at.map(from_db),
            known_since: row.known_since,
            baseline_downloads: row.baseline_downloads,
            presence_at: from_db(row.presence_at),
            absent_at: row.absent_at.map(from_db),
        };
        newest.insert(key, (row.modpack_id, edge));
    }
    Ok(newest)
}

async fn write_edges(
    db: &DatabaseTransaction,
    project_id: i32,
    edges: BTreeMap<i32, Edge>,
) -> Result<u64, StoreError> {
    let rows = edges.into_iter().map(|(modpack_id, edge)| -> Vec<Cell> {
        vec![
            project_id.into(),
            modpack_id.into(),
            edge.opened_at.into(),
            day_of(edge.opened_at).into(),
            edge.closed_at.into(),
            edge.known_since.into(),
            edge.baseline_downloads.into(),
            edge.presence_at.into(),
            edge.absent_at.into(),
        ]
    });
    let written = Upsert {
        table: "modpack_edge",
        columns: &[
            ("project_id", Integer),
            ("modpack_id", Integer),
            ("opened_at", Instant),
            ("opened_day", Day),
            ("closed_at", Instant),
            ("known_since", Flag),
            ("baseline_downloads", Integer),
            ("presence_at", Instant),
            ("absent_at", Instant),
        ],
        on_conflict: "(project_id, modpack_id, opened_at) DO UPDATE
                      SET closed_at = excluded.closed_at, presence_at = excluded.presence_at,
                          absent_at = excluded.absent_at",
    }
    .execute(db, rows.collect())
    .await?;
    Ok(written)
}

/// Remembers which version of each pack was looked into, so that an unchanged one needn't be again.
async fn write_checks(
    db: &DatabaseTransaction,
    project_id: i32,
    listing: &ModpackListing,
    projects: &BTreeMap<ProjectKey, i32>,
) -> Result<u64, StoreError> {
    let mut rows: BTreeMap<i32, Vec<Cell>> = BTreeMap::new();
    for (pack, evidence) in &listing.packs {
        if let (
            Evidence::Version {
                id,
                contains,
                asked_at,
            },
            Some(modpack_id),
        ) = (evidence, projects.get(pack))
        {
            let row = vec![
                project_id.into(),
                (*modpack_id).into(),
                id.into(),
                (*contains).into(),
                (*asked_at).into(),
            ];
            rows.insert(*modpack_id, row);
        }
    }
    let written = Upsert {
        table: "modpack_check",
        columns: &[
            ("project_id", Integer),
            ("modpack_id", Integer),
            ("version", Text),
            ("contained", Flag),
            ("asked_at", Instant),
        ],
        on_conflict: &format!(
            "(project_id, modpack_id) DO UPDATE SET {}",
            replace_if_newer("modpack_check", "asked_at", &["version", "contained"])
        ),
    }
    .execute(db, rows.into_values().collect())
    .await?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-03-{text}:00Z").parse().unwrap()
    }

    /// What is left after words that were said in this order.
    fn after(words: &[(Word, &str)]) -> Vec<(String, Option<String>)> {
        let mut edges: Vec<Edge> = Vec::new();
        for (word, said_at) in words {
            let newest = edges.last().copied();
            let Some(edge) = next(newest, *word, at(said_at), edges.is_empty(), Some(7)) else {
                continue;
            };
            if newest.is_some_and(|newest| newest.opened_at == edge.opened_at) {
                edges.pop();
            }
            edges.push(edge);
        }
        let shown = |at: Timestamp| at.strftime("%dT%H:%M").to_string();
        edges
            .iter()
            .map(|edge| (shown(edge.opened_at), edge.closed_at.map(shown)))
            .collect()
    }

    fn interval(opened: &str, closed: Option<&str>) -> (String, Option<String>) {
        (opened.to_owned(), closed.map(str::to_owned))
    }

    use Word::{Contained, Dropped, Missing};

    #[test]
    fn a_pack_whose_newer_version_is_without_the_project_is_lost_at_once() {
        let said = [(Contained, "01T03:00"), (Dropped, "02T03:00")];
        assert_eq!(after(&said), [interval("01T03:00", Some("02T03:00"))]);
    }

    #[test]
    fn one_absence_is_not_enough_and_two_on_one_day_are_not_either() {
        let same_day = [
            (Contained, "01T03:00"),
            (Missing, "02T03:00"),
            (Missing, "02T21:00"),
        ];
        assert_eq!(after(&same_day), [interval("01T03:00", None)]);
    }

    #[test]
    fn two_absences_on_different_days_are_a_loss_dated_to_the_first() {
        let said = [
            (Contained, "01T03:00"),
            (Missing, "02T03:00"),
            (Missing, "05T03:00"),
        ];
        assert_eq!(after(&said), [interval("01T03:00", Some("02T03:00"))]);
    }

    #[test]
    fn a_presence_between_two_absences_keeps_the_interval_open() {
        let said = [
            (Contained, "01T03:00"),
            (Missing, "02T03:00"),
            (Contained, "03T03:00"),
            (Missing, "04T03:00"),
        ];
        assert_eq!(after(&said), [interval("01T03:00", None)]);
    }

    #[test]
    fn a_regained_pack_opens_a_new_interval() {
        let said = [
            (Contained, "01T03:00"),
            (Dropped, "02T03:00"),
            (Contained, "09T03:00"),
        ];
        let expected = [
            interval("01T03:00", Some("02T03:00")),
            interval("09T03:00", None),
        ];
        assert_eq!(after(&said), expected);
    }

    #[test]
    fn an_older_answer_changes_nothing() {
        let said = [
            (Contained, "02T03:00"),
            (Dropped, "01T03:00"),
            (Contained, "01T09:00"),
        ];
        assert_eq!(after(&said), [interval("02T03:00", None)]);
    }

    #[test]
    fn what_the_first_complete_listing_finds_was_there_before() {
        let known = |first, newest| {
            next(newest, Contained, at("05T03:00"), first, Some(9)).map(|edge| edge.known_since)
        };
        assert_eq!(known(true, None), Some(true));
        assert_eq!(known(false, None), Some(false));
        let lost = next(None, Contained, at("01T03:00"), true, Some(5)).map(|edge| Edge {
            closed_at: Some(at("02T03:00")),
            presence_at: at("02T03:00"),
            ..edge
        });
        let regained = next(lost, Contained, at("05T03:00"), true, Some(9)).unwrap();
        assert_eq!(
            (regained.known_since, regained.baseline_downloads),
            (false, Some(9))
        );
    }
}
