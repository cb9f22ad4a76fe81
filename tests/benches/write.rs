//! Writing 20 000 observations of versions into PostgreSQL.
//!
//! The opponents write one narrow table: (version, day, downloads). Our path writes the whole
//! truth: versions with their tags, both ends of the day, latest, listings, sum and generation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod measure;

use std::fmt::Write as _;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use measure::{ROUNDS, Times, report};
use modstats_store::model::*;
use modstats_store::{Database, Store};
use modstats_tests::postgres;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, Connection, Executor};

const PROJECTS: usize = 100;
const VERSIONS: usize = 200;

#[tokio::main]
async fn main() {
    let database = postgres().await.database().await;
    let store = Store::open(&Database::Postgres(database.settings()))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let options: PgConnectOptions = database.url().parse().unwrap();
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    connection.execute("CREATE TABLE narrow (version integer, day date, downloads bigint, PRIMARY KEY (version, day))").await.unwrap();

    let mut rows = Times::new("INSERT … ON CONFLICT per row, one transaction");
    let mut copy = Times::new("COPY into the narrow table");
    let mut ours = Times::new("ours, versions never seen before");
    let mut again_rows = Times::new("INSERT … ON CONFLICT per row, again");
    let mut again_ours = Times::new("ours, a later run of the same day");
    for round in 0..ROUNDS {
        let day = i32::try_from(round).unwrap();
        for times in [&mut rows, &mut again_rows] {
            let start = Instant::now();
            per_row(&mut connection, day).await;
            times.rounds.push(start.elapsed());
        }
        let start = Instant::now();
        by_copy(&mut connection, day).await;
        copy.rounds.push(start.elapsed());
        for (hour, times) in [(1, &mut ours), (2, &mut again_ours)] {
            let observations = observations(round, hour);
            let start = Instant::now();
            by_store(&store, observations).await;
            times.rounds.push(start.elapsed());
        }
    }
    report("writing 20 000 new observations", &ours, &[&rows, &copy]);
    report(
        "writing 20 000 observations again",
        &again_ours,
        &[&again_rows],
    );
}

async fn per_row(connection: &mut PgConnection, day: i32) {
    let mut transaction = connection.begin().await.unwrap();
    for version in 0..i32::try_from(PROJECTS * VERSIONS).unwrap() {
        sqlx::query(
            "INSERT INTO narrow VALUES ($1, date '2026-01-01' + $2, $3)
             ON CONFLICT (version, day) DO UPDATE SET downloads = excluded.downloads",
        )
        .bind(version)
        .bind(day)
        .bind(i64::from(version) * 7)
        .execute(&mut *transaction)
        .await
        .unwrap();
    }
    transaction.commit().await.unwrap();
}

async fn by_copy(connection: &mut PgConnection, day: i32) {
    let mut text = String::new();
    for version in 0..PROJECTS * VERSIONS {
        writeln!(text, "{version}\t2027-01-{:02}\t{}", day + 1, version * 7).unwrap();
    }
    let mut copy = connection
        .copy_in_raw("COPY narrow FROM STDIN")
        .await
        .unwrap();
    copy.send(text.into_bytes()).await.unwrap();
    copy.finish().await.unwrap();
}

fn observations(round: usize, hour: i64) -> Observations {
    let asked_at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let asked_at = asked_at + SignedDuration::from_hours(hour);
    let version = |number: usize| VersionObservation {
        id: format!("v{number}"),
        description: Some(VersionDescription {
            name: format!("Version {number}"),
            number: format!("1.{number}"),
            channel: "release".to_owned(),
            published_at: asked_at,
            loaders: vec!["fabric".to_owned()],
            game_versions: vec!["1.21.1".to_owned(), "1.21.4".to_owned()],
        }),
        downloads: i64::try_from(number * 7).unwrap() + hour,
    };
    let listings = (0..PROJECTS).map(|project| VersionListing {
        // Each round has projects of its own, so that its first run meets nothing known.
        project: ProjectKey {
            platform: Platform::Modrinth,
            id: format!("{round}-{project}"),
        },
        asked_at,
        complete: true,
        marker: None,
        versions: (0..VERSIONS).map(version).collect(),
    });
    Observations {
        listings: listings.collect(),
        ..Default::default()
    }
}

async fn by_store(store: &Store, observations: Observations) {
    let started_at = observations.listings[0].asked_at;
    let document = AppliedDocument {
        namespace: "default".to_owned(),
        name: "bench".to_owned(),
        uid: "bench".to_owned(),
        created_at: started_at,
        generation: 1,
        display_name: None,
        entries: Vec::new(),
        declared: Vec::new(),
    };
    let run = NewRun {
        document,
        source: Source::Modrinth,
        scheduled_at: started_at,
        started_at,
        deadline_at: started_at + SignedDuration::from_hours(1),
        interval: SignedDuration::from_hours(6),
    };
    let run = store.begin_run(&run).await.unwrap();
    let end = RunEnd {
        ended_at: started_at,
        outcome: Outcome::Complete,
        progress: Progress::default(),
        problems: Vec::new(),
        pins: Vec::new(),
        observations,
        samples_since: started_at,
    };
    store.end_run(run.id, &end).await.unwrap();
}
