//! What a year of 300 versions takes in either database, written by two runs a day.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod run;

use jiff::{SignedDuration, Timestamp};
use modstats_store::{Database, Store};
use modstats_tests::postgres;
use run::{listing, run, version};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

const VERSIONS: usize = 300;
const DAYS: usize = 365;
/// The UTC hours of a day's runs.
const HOURS: [usize; 2] = [3, 21];

#[tokio::main]
async fn main() {
    println!("\n{VERSIONS} versions x {DAYS} days: bytes of version_stats per version and day");
    let database = postgres().await.database().await;
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    let mut dead = 0;
    write(&Database::Postgres(database.settings()), async |day| {
        dead += VERSIONS * (HOURS.len() - 1);
        // When autovacuum does it by its defaults; here a year takes a minute.
        if dead > 50 + VERSIONS * day / 5 {
            execute(&connection, "VACUUM version_stats").await;
            dead = 0;
        }
    })
    .await;
    for (title, prepare) in [
        ("as runs leave it", "SELECT 1"),
        ("rewritten", "VACUUM FULL version_stats"),
    ] {
        execute(&connection, prepare).await;
        let whole = per_row(&connection, "pg_total_relation_size('version_stats')").await;
        let index = per_row(&connection, "pg_indexes_size('version_stats')").await;
        let rows = whole - index;
        println!("  PostgreSQL, {title:<18} {whole:>6.1}  (rows {rows:.1}, index {index:.1})");
    }

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bench.db");
    write(&Database::Sqlite(path.clone()), async |_| {}).await;
    let url = format!("sqlite:{}", path.display());
    let connection = sea_orm::Database::connect(url).await.unwrap();
    let pages = "(SELECT sum(pgsize) FROM dbstat WHERE name = 'version_stats')";
    let whole = per_row(&connection, pages).await;
    println!("  SQLite, {:<22} {whole:>6.1}", "as runs leave it");
    execute(&connection, "VACUUM").await;
    let whole = per_row(&connection, pages).await;
    println!("  SQLite, {:<22} {whole:>6.1}", "rewritten");
}

/// Two runs a day; `tidy` comes after each day, with the number of days so far.
async fn write(database: &Database, mut tidy: impl AsyncFnMut(usize)) {
    let store = Store::open(database).await.unwrap();
    store.migrate().await.unwrap();
    let start: Timestamp = "2025-06-02T00:00:00Z".parse().unwrap();
    for day in 0..DAYS {
        for hour in HOURS.map(|hour| 24 * day + hour) {
            // No two grow alike.
            let versions =
                (0..VERSIONS).map(|number| version(number, 1000 + (hour * number) as i64));
            let asked_at = start + SignedDuration::from_hours(hour as i64);
            let project = "project".to_owned();
            run(&store, vec![listing(project, asked_at, versions.collect())]).await;
        }
        tidy(day + 1).await;
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
