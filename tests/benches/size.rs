//! What a year of 300 versions takes in either database, written by two runs a day.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod run;

use jiff::{SignedDuration, Timestamp};
use modstats_store::{Database, Store};
use modstats_tests::postgres;
use run::{listing, run, version};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

const VERSIONS: usize = 300;
const DAYS: i64 = 365;
/// The UTC hours of a day's runs.
const HOURS: [i64; 2] = [3, 21];

#[tokio::main]
async fn main() {
    println!("\n{VERSIONS} versions x {DAYS} days: bytes of version_stats per version and day");
    let database = postgres().await.database().await;
    write(&Database::Postgres(database.settings())).await;
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    for (title, vacuum) in [("as runs leave it", "VACUUM"), ("rewritten", "VACUUM FULL")] {
        execute(&connection, &format!("{vacuum} version_stats")).await;
        let whole = per_row(&connection, "pg_total_relation_size('version_stats')").await;
        let index = per_row(&connection, "pg_indexes_size('version_stats')").await;
        let rows = whole - index;
        println!("  PostgreSQL, {title:<18} {whole:>6.1}  (rows {rows:.1}, index {index:.1})");
    }

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bench.db");
    write(&Database::Sqlite(path.clone())).await;
    let url = format!("sqlite:{}", path.display());
    let connection = sea_orm::Database::connect(url).await.unwrap();
    let pages = "(SELECT sum(pgsize) FROM dbstat WHERE name = 'version_stats')";
    let whole = per_row(&connection, pages).await;
    println!("  SQLite, {:<22} {whole:>6.1}", "as runs leave it");
    execute(&connection, "VACUUM").await;
    let whole = per_row(&connection, pages).await;
    println!("  SQLite, {:<22} {whole:>6.1}", "rewritten");
}

async fn write(database: &Database) {
    let store = Store::open(database).await.unwrap();
    store.migrate().await.unwrap();
    let start: Timestamp = "2025-06-02T00:00:00Z".parse().unwrap();
    for hour in (0..DAYS).flat_map(|day| HOURS.map(|hour| 24 * day + hour)) {
        let versions = (0..VERSIONS).map(|number| {
            // No two grow alike.
            version(number, 1000 + hour * i64::try_from(number).unwrap())
        });
        let asked_at = start + SignedDuration::from_hours(hour);
        run(
            &store,
            vec![listing("project".to_owned(), asked_at, versions.collect())],
        )
        .await;
    }
}

async fn execute(connection: &DatabaseConnection, sql: &str) {
    connection.execute_unprepared(sql).await.unwrap();
}

async fn per_row(connection: &DatabaseConnection, bytes: &str) -> f64 {
    let sql =
        format!("SELECT CAST({bytes} AS double precision) / (SELECT count(*) FROM version_stats)");
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}
