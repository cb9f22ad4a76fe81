//! The program `modstats-dashboard`, as its pod runs it.

use std::time::Duration;

use modstats_tests::{Database, Process, Signal, eventually, postgres};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use tokio::net::{TcpListener, TcpStream};

use crate::ground::Ground;

const SHORT: Duration = Duration::from_secs(60);

/// Starts it with what a Secret of the user's own gives it, and returns its address, too.
async fn start(database: &Database) -> (Process, String) {
    let port = database.port.to_string();
    let authority = std::fs::read_to_string(&database.ca_path).unwrap();
    let variables = [
        ("MODSTATS_LISTEN", "127.0.0.1:0"),
        ("MODSTATS_DATABASE_HOST", &database.host),
        ("MODSTATS_DATABASE_PORT", &port),
        ("MODSTATS_DATABASE_DBNAME", &database.dbname),
        ("MODSTATS_DATABASE_USERNAME", &database.username),
        ("MODSTATS_DATABASE_PASSWORD", &database.password),
        ("MODSTATS_DATABASE_CA_PEM", &authority),
        ("MODSTATS_DATABASE_CA", ""),
    ];
    let mut program = Process::start("modstats-dashboard", &[], &variables);
    let line = program
        .wait_for_line(SHORT, "the dashboard is listening")
        .await;
    let (_, address) = line.split_once("address=").unwrap();
    let address = address.split_whitespace().next().unwrap();
    (program, format!("http://{address}"))
}

async fn ask(url: String) -> (u16, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let response = reqwest::get(url).await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Waits for an answer with this status that contains this text.
async fn until(url: &str, status: u16, part: &str) {
    let what = format!("{url} answers {status} with {part:?}");
    eventually(SHORT, &what, async || {
        let (answered, text) = ask(url.to_owned()).await;
        if answered == status && text.contains(part) {
            Ok(())
        } else {
            Err(format!("{answered}: {text}"))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_without_a_database_and_shows_it_when_it_comes() {
    let server = postgres().await.database().await;
    let real = (server.host.clone(), server.port);
    let reserved = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut away = server.clone();
    away.host = "127.0.0.1".to_owned();
    away.port = reserved.local_addr().unwrap().port();
    drop(reserved);

    let (mut dashboard, url) = start(&away).await;
    assert_eq!(ask(format!("{url}/readyz")).await.0, 200);
    until(&url, 503, "can’t be reached").await;
    assert_eq!(ask(format!("{url}/api/v1/mods")).await.0, 503);

    let way = TcpListener::bind(("127.0.0.1", away.port)).await.unwrap();
    tokio::spawn(async move {
        loop {
            let (mut from, _) = way.accept().await.unwrap();
            let mut to = TcpStream::connect(real.clone()).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut from, &mut to).await });
        }
    });
    until(&url, 503, "No data yet").await;

    let settings = modstats_store::Database::Postgres(server.settings());
    let store = modstats_store::Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    until(&format!("{url}/api/v1/mods"), 200, "\"mods\":[]").await;

    dashboard.signal(Signal::TERM);
    let status = dashboard.wait(SHORT).await;
    assert_eq!(status.code(), Some(0), "{}", dashboard.output());
    assert!(!dashboard.output().contains(&away.password));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_answered_before_it_ends() {
    let ground = Ground::postgres().await;
    let (mut dashboard, url) = start(ground.database.as_ref().unwrap()).await;
    let mods = format!("{url}/api/v1/mods");
    until(&mods, 200, "\"mods\":[]").await;

    let lock = ground.connection.begin().await.unwrap();
    let exclusive = "LOCK TABLE generation IN ACCESS EXCLUSIVE MODE";
    lock.execute_unprepared(exclusive).await.unwrap();
    let answer = tokio::spawn(ask(mods));
    eventually(SHORT, "the request waits for the database", async || {
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE wait_event_type = 'Lock' AND datname = current_database()";
        let statement = Statement::from_string(DbBackend::Postgres, waiting);
        let row = ground.connection.query_one_raw(statement).await.unwrap();
        match row.unwrap().try_get_by_index::<i64>(0).unwrap() {
            0 => Err("nobody waits"),
            _ => Ok(()),
        }
    })
    .await;
    dashboard.signal(Signal::TERM);
    let address = url.strip_prefix("http://").unwrap();
    eventually(
        SHORT,
        "nobody is let in any more",
        async || match TcpStream::connect(address).await {
            Ok(_) => Err("connected"),
            Err(_) => Ok(()),
        },
    )
    .await;
    lock.rollback().await.unwrap();
    assert_eq!(answer.await.unwrap().0, 200);
    assert_eq!(dashboard.wait(SHORT).await.code(), Some(0));
}

#[tokio::test]
async fn what_a_person_must_mend_ends_it_with_78() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let database = [
        ("MODSTATS_DATABASE_HOST", "db"),
        ("MODSTATS_DATABASE_DBNAME", "app"),
        ("MODSTATS_DATABASE_USERNAME", "app"),
        ("MODSTATS_DATABASE_PASSWORD", "x"),
    ];
    for (name, value) in [
        ("MODSTATS_DATABASE_HOST", ""),
        ("MODSTATS_DATABASE_PORT", "tcp://10.0.0.1:5432"),
        ("MODSTATS_LISTEN", "everywhere"),
        ("MODSTATS_LISTEN", &taken),
        ("MODSTATS_LOG_FORMAT", "xml"),
        ("PGOPTIONS", ""),
    ] {
        let mut variables = database.to_vec();
        variables.push((name, value));
        let mut program = Process::start("modstats-dashboard", &[], &variables);
        let status = program.wait(SHORT).await;
        let said = program.stderr();
        assert_eq!(status.code(), Some(78), "{name}={value}: {said}");
        assert!(said.contains(name) && said.contains(value), "{said}");
    }
    for (argument, code) in [("--help", 0), ("--version", 0), ("--listen", 78)] {
        let mut program = Process::start("modstats-dashboard", &[argument], &[]);
        assert_eq!(program.wait(SHORT).await.code(), Some(code), "{argument}");
    }
}
