//! Writing 20 000 observations of versions into PostgreSQL.
//!
//! Each is a row of `version`, three of its tags, one of the day and one of the latest. The
//! opponents write the very rows that ours left, into databases of the same schema; in the narrow
//! table, the numbers alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod measure;
mod run;

use std::fmt::Write as _;

use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use measure::{Times, report};
use modstats_store::model::VersionListing;
use modstats_store::{Database, Store};
use modstats_tests::postgres;
use run::{listing, run, version};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Executor, Row};

const ROUNDS: usize = 5;
const PROJECTS: usize = 100;
const VERSIONS: usize = 200;

/// The tables that a run writes, in the order of their references, with the keys of their rows and
/// where these say to which project they belong.
const TABLES: [(&str, &str, &str); 8] = [
    ("project", "platform, platform_id", "id"),
    ("version", "project_id, platform_id", "project_id"),
    ("version_loader", "version_id, loader", OF_VERSION),
    (
        "version_game_version",
        "version_id, game_version",
        OF_VERSION,
    ),
    ("version_stats", "version_id, day, origin", OF_VERSION),
    ("version_latest", "version_id", OF_VERSION),
    ("daily_stats", "project_id, day, origin", "project_id"),
    ("project_latest", "project_id", "project_id"),
];
const OF_VERSION: &str = "(SELECT project_id FROM version WHERE version.id = version_id)";

#[tokio::main]
async fn main() {
    let (store, mut written) = database().await;
    let (_, mut by_row) = database().await;
    let (_, mut by_copy) = database().await;
    let narrow = "CREATE TABLE narrow (version integer, day date, downloads bigint, PRIMARY KEY (version, day))";
    by_row.execute(narrow).await.unwrap();
    by_copy.execute(narrow).await.unwrap();

    let mut ours = Times::new("ours, versions never seen before");
    let mut rows = Times::new("INSERT … ON CONFLICT of each of the same rows");
    let mut copy = Times::new("COPY of the same rows");
    let mut narrow_rows = Times::new("INSERT … ON CONFLICT of each narrow row");
    let mut narrow_copy = Times::new("COPY of the narrow rows");
    let mut again_ours = Times::new("ours, a later run of the same day");
    let mut again_rows = Times::new("INSERT … ON CONFLICT of each of the same rows");
    let mut again_narrow = Times::new("INSERT … ON CONFLICT of each narrow row");
    for round in 0..ROUNDS {
        let new = listings(round, 1);
        ours.round(by_store(&store, new)).await;
        let same = rows_of(&mut written, round).await;
        let parsed = parse(&mut by_row, &same).await;
        rows.round(insert(&mut by_row, &parsed)).await;
        copy.round(copy_in(&mut by_copy, &same)).await;
        let numbers = numbers(round);
        let parsed = parse(&mut by_row, &numbers).await;
        narrow_rows.round(insert(&mut by_row, &parsed)).await;
        narrow_copy.round(copy_in(&mut by_copy, &numbers)).await;
        again_narrow.round(insert(&mut by_row, &parsed)).await;

        let later = listings(round, 2);
        again_ours.round(by_store(&store, later)).await;
        let same = rows_of(&mut written, round).await;
        let parsed = parse(&mut by_row, &same).await;
        again_rows.round(insert(&mut by_row, &parsed)).await;
        assert!(rows_of(&mut by_row, round).await == same);
    }
    let others = [&rows, &copy, &narrow_rows, &narrow_copy];
    report("20 000 new observations", "rows", &ours, &others);
    let others = [&again_rows, &again_narrow];
    report("20 000 observations again", "rows", &again_ours, &others);
}

/// A database of its own with the schema.
async fn database() -> (Store, PgConnection) {
    let database = postgres().await.database().await;
    let settings = Database::Postgres(database.settings());
    let store = Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    let options: PgConnectOptions = database.url().parse().unwrap();
    (store, PgConnection::connect_with(&options).await.unwrap())
}

fn listings(round: usize, hour: i64) -> Vec<VersionListing> {
    let day: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let downloads = |number: usize| i64::try_from(number * 7).unwrap() + hour;
    let listing = |project| {
        // Each round has projects of its own, so that its first run meets nothing known.
        let project = format!("{round}-{project:03}");
        let versions = (0..VERSIONS).map(|number| version(number, downloads(number)));
        listing(
            project,
            day + SignedDuration::from_hours(hour),
            versions.collect(),
        )
    };
    (0..PROJECTS).map(listing).collect()
}

async fn by_store(store: &Store, listings: Vec<VersionListing>) -> usize {
    run(store, listings).await.try_into().unwrap()
}

/// Rows of a table as COPY's text.
#[derive(PartialEq)]
struct Rows {
    table: &'static str,
    key: &'static str,
    text: String,
}

/// What ours left of a round.
async fn rows_of(connection: &mut PgConnection, round: usize) -> Vec<Rows> {
    let mut all = Vec::new();
    for (table, key, project) in TABLES {
        let sql = format!(
            "COPY (SELECT * FROM {table}
                   WHERE {project} IN (SELECT id FROM project WHERE platform_id LIKE '{round}-%')
                   ORDER BY {key}) TO STDOUT"
        );
        let copy = connection.copy_out_raw(&sql).await.unwrap();
        let text = copy
            .map_ok(|bytes| bytes.to_vec())
            .try_concat()
            .await
            .unwrap();
        let text = String::from_utf8(text).unwrap();
        all.push(Rows { table, key, text });
    }
    all
}

/// The narrow rows of a round.
fn numbers(round: usize) -> Vec<Rows> {
    let mut text = String::new();
    for version in 0..PROJECTS * VERSIONS {
        writeln!(text, "{version}\t2026-01-{:02}\t{}", round + 1, version * 7).unwrap();
    }
    let (table, key) = ("narrow", "version, day");
    vec![Rows { table, key, text }]
}

async fn copy_in(connection: &mut PgConnection, rows: &[Rows]) -> usize {
    let mut transaction = connection.begin().await.unwrap();
    let mut written = 0;
    for Rows { table, text, .. } in rows {
        let sql = format!("COPY {table} FROM STDIN");
        let mut copy = transaction.copy_in_raw(&sql).await.unwrap();
        copy.send(text.as_bytes()).await.unwrap();
        written += copy.finish().await.unwrap();
    }
    transaction.commit().await.unwrap();
    written.try_into().unwrap()
}

/// A statement, and the parameters of each time.
struct Inserts {
    sql: String,
    rows: Vec<Vec<Option<String>>>,
}

async fn parse(connection: &mut PgConnection, rows: &[Rows]) -> Vec<Inserts> {
    let mut all = Vec::new();
    for Rows { table, key, text } in rows {
        let columns = sqlx::query(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
             WHERE attrelid = $1::text::regclass AND attnum > 0 ORDER BY attnum",
        );
        let columns = columns.bind(table).fetch_all(&mut *connection).await;
        let columns: Vec<(String, String)> = columns
            .unwrap()
            .iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect();
        let values = columns.iter().enumerate();
        let values = values.map(|(nth, (_, kind))| format!("${}::text::{kind}", nth + 1));
        let fixed: Vec<&str> = key.split(", ").chain(["id"]).collect();
        let set: Vec<String> = columns
            .iter()
            .filter(|(name, _)| !fixed.contains(&name.as_str()))
            .map(|(name, _)| format!("{name} = excluded.{name}"))
            .collect();
        let action = if set.is_empty() {
            "NOTHING".to_owned()
        } else {
            format!("UPDATE SET {}", set.join(", "))
        };
        let values = values.collect::<Vec<_>>().join(", ");
        let cell = |cell: &str| (cell != "\\N").then(|| cell.to_owned());
        let row = |line: &str| line.split('\t').map(cell).collect();
        all.push(Inserts {
            sql: format!("INSERT INTO {table} VALUES ({values}) ON CONFLICT ({key}) DO {action}"),
            rows: text.lines().map(row).collect(),
        });
    }
    all
}

/// Row by row, in one transaction.
async fn insert(connection: &mut PgConnection, all: &[Inserts]) -> usize {
    let mut transaction = connection.begin().await.unwrap();
    for Inserts { sql, rows } in all {
        for row in rows {
            let query = row
                .iter()
                .fold(sqlx::query(AssertSqlSafe(sql.as_str())), |query, cell| {
                    query.bind(cell)
                });
            query.execute(&mut *transaction).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
    all.iter().map(|inserts| inserts.rows.len()).sum()
}
