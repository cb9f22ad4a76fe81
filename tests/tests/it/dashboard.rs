//! The program `modstats-dashboard`, as its pod runs it.

use std::time::{Duration, Instant};

use modstats_tests::{Database, Postgres, Process, Relay, Signal, eventually, postgres};
use opentelemetry_proto::tonic::trace::v1::Span;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use tokio::net::{TcpListener, TcpStream};

use crate::ground::Ground;
use crate::otlp::{Receiver, attribute, hex};

const SHORT: Duration = Duration::from_secs(60);

/// Starts it with what a Secret of the user's own gives it, and returns its address, too.
async fn start(database: &Database) -> (Process, String) {
    start_with(database, &[]).await
}

async fn start_with(database: &Database, more: &[(&str, &str)]) -> (Process, String) {
    let port = database.port.to_string();
    let authority = std::fs::read_to_string(&database.ca_path).unwrap();
    let mut variables = vec![
        ("MODSTATS_LISTEN", "127.0.0.1:0"),
        ("MODSTATS_DATABASE_HOST", &database.host),
        ("MODSTATS_DATABASE_PORT", &port),
        ("MODSTATS_DATABASE_DBNAME", &database.dbname),
        ("MODSTATS_DATABASE_USERNAME", &database.username),
        ("MODSTATS_DATABASE_PASSWORD", &database.password),
        ("MODSTATS_DATABASE_CA_PEM", &authority),
        ("MODSTATS_DATABASE_CA", ""),
    ];
    variables.extend(more);
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

/// Ten seconds are promised.
const WHOLE_AGAIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn it_outlasts_a_crash_of_the_database_and_is_whole_again_soon() {
    let mut server = Postgres::start().await;
    let database = server.database().await;
    let settings = modstats_store::Database::Postgres(database.settings());
    let store = modstats_store::Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await.unwrap();
    let (dashboard, url) = start(&database).await;
    let (page, mods) = (format!("{url}/"), format!("{url}/api/v1/mods"));
    until(&page, 200, "No mods yet").await;
    until(&mods, 200, "\"mods\":[]").await;
    // So that its pool is full of connections that will break.
    let crowd = (0..20).map(|_| ask(mods.clone()));
    futures::future::join_all(crowd).await;

    server.crash();
    // What was known a moment ago holds for a moment more.
    until(&mods, 503, "").await;
    until(&page, 200, "Last known state").await;
    let started = Instant::now();
    for _ in 0..10 {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let response = reqwest::get(&mods).await.unwrap();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "10");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let (status, text) = ask(page.clone()).await;
        assert!(
            status == 200 && text.contains("Last known state"),
            "{status}: {text}"
        );
        assert_eq!(ask(format!("{url}/readyz")).await.0, 200);
    }
    assert!(started.elapsed() < SHORT, "{:?}", started.elapsed());

    server.recover().await;
    let back = Instant::now();
    until(&mods, 200, "\"mods\":[]").await;
    let whole = ask(page).await.1;
    assert!(!whole.contains("Last known state"), "{whole}");
    assert!(back.elapsed() < WHOLE_AGAIN, "{:?}", back.elapsed());
    println!("whole again after {:?}", back.elapsed());
    assert!(dashboard.is_running());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_notices_a_database_that_is_silent_and_one_that_speaks_again() {
    let database = postgres().await.database().await;
    let settings = modstats_store::Database::Postgres(database.settings());
    let store = modstats_store::Store::open(&settings).await.unwrap();
    store.migrate().await.unwrap();
    let target = std::net::SocketAddr::from(([127, 0, 0, 1], database.port));
    let relay = Relay::start(target);
    let mut through = database.clone();
    through.port = relay.port();
    let (_dashboard, url) = start(&through).await;
    let mods = format!("{url}/api/v1/mods");
    until(&mods, 200, "\"mods\":[]").await;
    futures::future::join_all((0..20).map(|_| ask(mods.clone()))).await;

    // As after a failover that nobody was told of: old connections say nothing, new ones work.
    relay.silence();
    let silent = Instant::now();
    eventually(WHOLE_AGAIN, "it is whole again", async || {
        match ask(mods.clone()).await {
            (200, _) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    println!("whole again after {:?}", silent.elapsed());
}

/// One of the predecessor's: it needed the right to make tables, and after one failed read or a lost
/// connection every later read failed.
#[tokio::test(flavor = "multi_thread")]
async fn defect_25_it_needs_the_right_to_read_alone_and_reads_on_after_a_failure() {
    let ground = Ground::postgres().await;
    let owned = ground.database.clone().unwrap();
    let reader = format!("reader_of_{}", owned.dbname);
    let administration = sea_orm::Database::connect(owned.administration().url());
    let administration = administration.await.unwrap();
    let administer = async |sql: String| administration.execute_unprepared(&sql).await.unwrap();
    administer(format!("CREATE ROLE {reader} LOGIN PASSWORD '{reader}'")).await;
    administer(format!(
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}"
    ))
    .await;
    let (dashboard, url) = start(&Database {
        username: reader.clone(),
        password: reader.clone(),
        ..owned
    })
    .await;
    // Each asks anew, as no answer to it is known yet.
    let limits = std::cell::Cell::new(0);
    let ask_often = async || {
        let asked = (0..20).map(|_| {
            limits.set(limits.get() + 1);
            ask(format!("{url}/api/v1/mods?limit={}", limits.get()))
        });
        let answers = futures::future::join_all(asked).await;
        answers
            .into_iter()
            .map(|(status, _)| status)
            .collect::<Vec<_>>()
    };
    until(&format!("{url}/"), 200, "No mods yet").await;
    assert_eq!(ask_often().await, [200; 20]);

    ground.sql("ALTER TABLE tracked_mod RENAME TO away").await;
    assert!(ask_often().await.iter().all(|status| *status >= 500));
    ground.sql("ALTER TABLE away RENAME TO tracked_mod").await;
    assert_eq!(ask_often().await, [200; 20]);

    let connections = format!("FROM pg_stat_activity WHERE usename = '{reader}'");
    administer(format!("SELECT pg_terminate_backend(pid) {connections}")).await;
    until(&format!("{url}/api/v1/runs"), 200, "\"runs\":[]").await;
    assert_eq!(ask_often().await, [200; 20]);
    assert!(dashboard.is_running());
}

#[tokio::test(flavor = "multi_thread")]
async fn its_requests_are_traces_and_its_figures_are_exported() {
    let ground = Ground::postgres().await;
    let receiver = Receiver::default();
    let variables = receiver.listen(None).await;
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    let (mut dashboard, url) = start_with(ground.database.as_ref().unwrap(), &variables).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let secret = "s3cr3t";
    let addresses = [
        format!("/?q={secret}"),
        "/mods/default/none".to_owned(),
        format!("/nowhere?q={secret}"),
        "/runs".to_owned(),
    ];
    for address in addresses {
        let request = client
            .get(format!("{url}{address}"))
            .header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"));
        request.send().await.unwrap();
    }
    dashboard.signal(Signal::TERM);
    assert_eq!(dashboard.wait(SHORT).await.code(), Some(0));

    let (_, request) = receiver.span("GET /runs");
    assert_eq!(hex(&request.trace_id), trace);
    assert_eq!(hex(&request.parent_span_id), "b7ad6b7169203331");
    let route = attribute(&request.attributes, "http.route");
    assert_eq!(route.as_deref(), Some("/runs"));
    let (_, missing) = receiver.span("GET /mods/{namespace}/{name}");
    let path = attribute(&missing.attributes, "url.path");
    assert_eq!(path.as_deref(), Some("/mods/default/none"));
    let status = |span: &Span| {
        let found = span
            .attributes
            .iter()
            .find(|it| it.key == "http.response.status_code");
        format!("{:?}", found.unwrap().value)
    };
    assert!(status(&missing).contains("404"), "{missing:?}");
    let (_, other) = receiver.span("GET");
    assert_eq!(attribute(&other.attributes, "http.route"), None);
    let spans = receiver.spans();
    for part in ["query", "render"] {
        let inside = spans
            .iter()
            .any(|(_, span)| span.name == part && span.parent_span_id == request.span_id);
        assert!(inside, "no {part} in {spans:?}");
    }
    assert!(
        !format!("{spans:?}").contains(secret),
        "queries are nobody's business"
    );
    for name in [
        "http.server.request.duration",
        "modstats.dashboard.cache.lookups",
        "modstats.dashboard.generation",
        "modstats.dashboard.generation.since",
        "db.client.connection.count",
        "db.client.connection.max",
    ] {
        assert!(receiver.has_metric(name), "{name}");
    }
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
    // Not what was answered before.
    let answer = tokio::spawn(ask(format!("{mods}?limit=7")));
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
        ("MODSTATS_METRICS_LISTEN", &taken),
        ("MODSTATS_BASE_PATH", "stats/"),
        ("MODSTATS_TRUSTED_PROXIES", "10.0.0.0/8,ingress"),
        ("MODSTATS_RATE_PER_MINUTE", "many"),
        ("MODSTATS_RATE_BURST", "0"),
        ("MODSTATS_LOG_FORMAT", "xml"),
        ("PGOPTIONS", ""),
    ] {
        let mut variables = database.to_vec();
        variables.push((name, value));
        let mut program = Process::start("modstats-dashboard", &[], &variables);
        let status = program.wait(SHORT).await;
        let said = program.stderr();
        assert_eq!(status.code(), Some(78), "{name}={value}: {said}");
        let value = value.rsplit(',').next().unwrap();
        assert!(said.contains(name) && said.contains(value), "{said}");
    }
    for (argument, code) in [
        ("--help", 0),
        ("--version", 0),
        ("--listen", 78),
        ("--base-path=stats", 78),
    ] {
        let mut program = Process::start("modstats-dashboard", &[argument], &[]);
        assert_eq!(program.wait(SHORT).await.code(), Some(code), "{argument}");
    }
}
