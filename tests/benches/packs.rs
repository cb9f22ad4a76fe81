//! The latest downloads of a mod's 600 modpacks: what their page reads, against the newest day of
//! each in the history; with 650 000 days of history, and with 16 times as many.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod collecting;
mod measure;

use std::collections::BTreeMap;

use collecting::{NAMESPACE, collect, collector, document};
use jiff::Timestamp;
use measure::{Times, report};
use modstats_crds::Source;
use modstats_simulator::{Bulk, Clock, Options, Simulator};
use modstats_store::{Database, Store};
use modstats_tests::postgres;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, Connection, Executor, Row};
use serde_json::json;

const ROUNDS: usize = 5;
/// Of each contestant in a round.
const READS: usize = 5;
const MOD: &str = "bench";
const PACKS: usize = 600;
/// The day of the run is one of them.
const DAYS: usize = 1_083;
/// So many days there are in the end for each of the mod's packs' days.
const TIMES: usize = 16;

type Downloads = BTreeMap<String, i64>;

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = postgres().await.database().await;
    let settings = Database::Postgres(database.settings());
    let store = Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    let options: PgConnectOptions = database.url().parse().unwrap();
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    discover(&store).await;

    add_history(&mut connection).await;
    let small = compare(&store, &mut connection).await;
    add_others(&mut connection).await;
    add_history(&mut connection).await;
    let large = compare(&store, &mut connection).await;
    for (small, large) in small.iter().zip(&large) {
        report("among 16 times as many days", "reads", small, &[large]);
    }
}

/// The mod's first run, which finds its packs.
async fn discover(store: &Store) {
    let now = Timestamp::now();
    let simulator = Simulator::start(Options {
        clock: Clock::at(now),
        bulk: Some(Bulk {
            mods: 1,
            versions: 3,
            modpacks: PACKS,
        }),
        ..Options::default()
    })
    .await
    .unwrap();
    let spec = json!({"modrinth": {"projects": [simulator.catalogue().bulk_mods()[0]]}});
    let document = document(MOD, now, &spec);
    let collector = collector(store, &simulator);
    collect(&collector, &document, Source::Modpacks, now).await;
}

/// As many other modpacks as it takes, of which nobody asks here.
async fn add_others(connection: &mut PgConnection) {
    let others = i64::try_from((TIMES - 1) * PACKS).unwrap();
    let sql = "INSERT INTO project (platform, platform_id, kind, name, visible)
        SELECT 'modrinth', 'other-' || nth, 'modpack', 'Other pack ' || nth, true
        FROM generate_series(1, $1) nth";
    sqlx::query(sql)
        .bind(others)
        .execute(&mut *connection)
        .await
        .unwrap();
    let sql = "INSERT INTO project_latest (project_id, observed_at, downloads)
        SELECT id, now(), id FROM project WHERE platform_id LIKE 'other-%'";
    connection.execute(sql).await.unwrap();
}

/// The days before today of every modpack that has none, as runs would have left them.
async fn add_history(connection: &mut PgConnection) {
    let days = i32::try_from(DAYS - 1).unwrap();
    let sql = "INSERT INTO daily_stats
            (project_id, origin, day, first_at, last_at, first_downloads, last_downloads)
        SELECT latest.project_id, 0, day, day + time '03:43', day + time '03:43',
            latest.downloads * nth / ($1 + 1), latest.downloads * nth / ($1 + 1)
        FROM project_latest latest JOIN project ON project.id = latest.project_id,
            generate_series(1, $1) nth, LATERAL (SELECT current_date - $1 - 1 + nth AS day) days
        WHERE project.kind = 'modpack' AND NOT EXISTS (
            SELECT 1 FROM daily_stats WHERE project_id = latest.project_id AND day < current_date - 1)
        ORDER BY day, project_id";
    sqlx::query(sql)
        .bind(days)
        .execute(&mut *connection)
        .await
        .unwrap();
    // As autovacuum would in time.
    connection.execute("VACUUM ANALYZE").await.unwrap();
}

/// Both read the same; gives back the times of both.
async fn compare(store: &Store, connection: &mut PgConnection) -> [Times; 3] {
    let mut page = Times::new("what the page reads: names, states, downloads");
    let mut latest = Times::new("their downloads alone, from the table of latest");
    let mut history = Times::new("DISTINCT ON over their history");
    let ids = ids(connection).await;
    let packs = known(store).await;
    assert_eq!(packs.len(), PACKS);
    for sql in [LATEST, DISTINCT_ON] {
        assert!(read(connection, sql, &ids).await == packs);
    }
    for _ in 0..ROUNDS {
        page.round(async {
            for _ in 0..READS {
                known(store).await;
            }
            READS
        })
        .await;
        for (times, sql) in [(&mut latest, LATEST), (&mut history, DISTINCT_ON)] {
            times
                .round(async {
                    for _ in 0..READS {
                        read(connection, sql, &ids).await;
                    }
                    READS
                })
                .await;
        }
    }
    let rows: i64 = sqlx::query("SELECT count(*) FROM daily_stats")
        .fetch_one(&mut *connection)
        .await
        .unwrap()
        .get(0);
    let title = format!("latest downloads of {PACKS} modpacks among {rows} days");
    report(&title, "reads", &page, &[&latest, &history]);
    [page, latest, history]
}

/// By what the page of modpacks asks of the store.
async fn known(store: &Store) -> Downloads {
    let snapshot = store.snapshot().await.unwrap();
    let packs = snapshot.modpacks(NAMESPACE, MOD).await.unwrap();
    let packs = packs.into_iter().map(|it| it.modpack);
    packs
        .map(|pack| (pack.key.id, pack.totals.unwrap().downloads))
        .collect()
}

async fn ids(connection: &mut PgConnection) -> Vec<i32> {
    let sql = "SELECT DISTINCT modpack_id FROM modpack_edge ORDER BY modpack_id";
    let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

const LATEST: &str = "
    SELECT platform_id, downloads FROM project JOIN project_latest ON project_id = id
    WHERE project_id = ANY($1)";
const DISTINCT_ON: &str = "
    SELECT platform_id, downloads FROM project JOIN (
        SELECT DISTINCT ON (project_id) project_id, last_downloads AS downloads FROM daily_stats
        WHERE project_id = ANY($1) ORDER BY project_id, day DESC) newest ON project_id = id";

async fn read(connection: &mut PgConnection, sql: &'static str, ids: &[i32]) -> Downloads {
    let rows = sqlx::query(sql).bind(ids).fetch_all(connection).await;
    let rows = rows.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
