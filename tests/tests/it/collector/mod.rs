//! The collector on both databases, and its program on PostgreSQL as a CronJob runs it.

mod outward;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use modstats_collector::{Collector, Report, Timeouts};
use modstats_crds::{Document, Source};
use modstats_simulator::{
    Clock as SimulatedClock, Fault, Gate, Options, Platform, Rule, Simulator,
};
use modstats_store::model::Outcome;
use modstats_tests::{Process, Signal, eventually};
use serde_json::{Value, json};

use crate::ground::{Ground, assert_same_facts};
use crate::otlp::{Receiver, attribute, hex};
use crate::platforms::{Standing, addresses, borrowed, credentials, endpoints, no_limits};

const SHORT: Duration = Duration::from_secs(60);

async fn simulator() -> Simulator {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = SimulatedClock::at("2026-01-20T09:00:00Z".parse().unwrap());
    Simulator::start(Options {
        clock,
        ..Options::default()
    })
    .await
    .unwrap()
}

fn document(simulator: &Simulator) -> Document {
    let tracked = &simulator.catalogue().mods()[0];
    let text = json!({
        "namespace": "default", "name": "gears", "uid": "u", "generation": 1,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "spec": {
            "modrinth": {"projects": [tracked.slug, tracked.modrinth]},
            "curseforge": {"projects": [tracked.curseforge], "apiKeySecretRef": {"name": "a", "key": "b"}},
        },
    });
    Document::from_json(&text.to_string()).unwrap()
}

async fn collect(ground: &Ground, simulator: &Simulator, source: Source) -> Report {
    let collector = Collector::new(
        ground.store.clone(),
        Arc::new(Standing(simulator.clock().clone())),
        endpoints(simulator),
        no_limits(),
        Timeouts::default(),
    )
    .unwrap();
    let scheduled_at = simulator.clock().now();
    collector
        .collect(&document(simulator), source, scheduled_at, &credentials())
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_runs_end_in_equal_rows_on_both_databases() {
    let simulator = simulator().await;
    let (sqlite, postgres) = (Ground::sqlite().await, Ground::postgres().await);
    let start = simulator.clock().now();
    for hours in [0, 7, 20, 60] {
        simulator
            .clock()
            .set(start + SignedDuration::from_hours(hours));
        for ground in [&sqlite, &postgres] {
            for source in [Source::Modrinth, Source::Curseforge] {
                assert_eq!(
                    collect(ground, &simulator, source).await.record.outcome,
                    Outcome::Complete
                );
            }
        }
    }
    assert_same_facts(
        &sqlite.facts().await,
        &postgres.facts().await,
        "SQLite and PostgreSQL",
    );
}

/// PostgreSQL here; the collector's own tests do the same on SQLite.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_dropped_at_each_request_and_repeated_ends_in_equal_rows() {
    let simulator = simulator().await;
    let expected = Ground::postgres().await;
    collect(&expected, &simulator, Source::Curseforge).await;
    let expected = expected.facts().await;
    for request in 0.. {
        let ground = Ground::postgres().await;
        let gate = Gate::closed();
        let rule = |times, fault| Rule {
            platform: Platform::Curseforge,
            path_contains: "/v1".to_owned(),
            times,
            fault,
        };
        simulator.faults().clear();
        simulator.faults().add(rule(request, Fault::Pass));
        simulator.faults().add(rule(1, Fault::Hold(gate.clone())));
        let finished = tokio::select! {
            _ = collect(&ground, &simulator, Source::Curseforge) => true,
            () = gate.reached() => false,
        };
        gate.open();
        simulator.faults().clear();
        if finished {
            assert!(request >= 3, "only {request} requests");
            break;
        }
        assert!(
            !ground
                .facts()
                .await
                .iter()
                .any(|fact| fact.starts_with("daily_stats"))
        );
        collect(&ground, &simulator, Source::Curseforge).await;
        assert_same_facts(
            &expected,
            &ground.facts().await,
            &format!("dropped at request {request}"),
        );
    }
}

/// The program as a CronJob runs it: settings from the environment, the document from a file.
fn start(
    ground: &Ground,
    simulator: &Simulator,
    folder: &Path,
    source: &str,
    more: &[(&str, &str)],
) -> Process {
    let file = folder.join("document.json");
    std::fs::write(&file, serde_json::to_string(&document(simulator)).unwrap()).unwrap();
    let log = folder.join("termination-log");
    let log = ("MODSTATS_TERMINATION_LOG", log.display().to_string());
    let database = ground.database.as_ref().unwrap().environment();
    let variables: Vec<_> = database
        .into_iter()
        .chain(addresses(simulator))
        .chain([log])
        .collect();
    let mut environment = borrowed(&variables);
    // The last of a name counts.
    environment.extend(more);
    let arguments = ["--source", source, "--document", file.to_str().unwrap()];
    Process::start("modstats-collector", &arguments, &environment)
}

fn message(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("termination-log")).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_collects_over_tls_and_leaves_its_message() {
    let simulator = simulator().await;
    let ground = Ground::empty_postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let mut run = start(&ground, &simulator, folder.path(), "modrinth", &[]);
    assert_eq!(run.wait(SHORT).await.code(), Some(0), "{}", run.output());
    let id = simulator.catalogue().mods()[0].modrinth.clone().unwrap();
    let now = simulator.clock().now();
    let stated = simulator
        .catalogue()
        .downloads(Platform::Modrinth, &id, now)
        .unwrap();
    let message = message(folder.path());
    assert_eq!(message["downloads"], stated, "{message}");
    assert_eq!(message["outcome"], "complete", "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_one_trace_from_its_start_over_its_requests_to_its_end() {
    let simulator = simulator().await;
    let ground = Ground::empty_postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::default();
    let endpoints = receiver.listen(None).await;
    let mut variables: Vec<_> = endpoints
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = format!("00-{trace}-b7ad6b7169203331-01");
    variables.push(("TRACEPARENT", &parent));
    let key = Options::default().curseforge_key;
    variables.push(("MODSTATS_CURSEFORGE_API_KEY", &key));
    let source = "curseforge";
    let mut run = start(&ground, &simulator, folder.path(), source, &variables);
    assert!(run.wait(SHORT).await.success(), "{}", run.output());

    let (resource, collect) = receiver.span("collect");
    let named = |key, value: &str| {
        let found = attribute(&resource.attributes, key);
        assert_eq!(found.as_deref(), Some(value), "{key}");
    };
    named("service.name", "modstats-collector");
    named("service.version", env!("CARGO_PKG_VERSION"));
    assert_eq!(hex(&collect.trace_id), trace);
    assert_eq!(hex(&collect.parent_span_id), "b7ad6b7169203331");
    let of_run = |key| attribute(&collect.attributes, key).unwrap();
    assert_eq!(of_run("source"), source);
    assert_eq!(of_run("outcome"), "complete");

    let spans = receiver.spans();
    let children = |name: &str| -> Vec<_> {
        let named = spans.iter().map(|(_, span)| span);
        named.filter(|span| span.name == name).collect()
    };
    let (requests, commits) = (children("request"), children("commit"));
    let sent = simulator.served().total(Platform::Curseforge);
    assert_eq!(requests.len() as u64, sent, "{spans:?}");
    for span in requests.iter().chain(&commits) {
        assert_eq!(span.trace_id, collect.trace_id, "{span:?}");
        assert_eq!(span.parent_span_id, collect.span_id, "{span:?}");
    }
    for request in &requests {
        let route = attribute(&request.attributes, "http.route").unwrap();
        assert!(route.starts_with("/v1/mods"), "{route}");
    }
    let commits: Vec<_> = commits
        .iter()
        .map(|commit| attribute(&commit.attributes, "of").unwrap())
        .collect();
    assert_eq!(commits, ["start", "end"]);
    assert!(!format!("{spans:?}").contains(&key), "the key is in a span");
    assert_eq!(receiver.count("modstats.collector.runs"), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_ends_the_program_for_good_and_an_absent_platform_does_not() {
    let simulator = simulator().await;
    let ground = Ground::empty_postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let key = ("MODSTATS_CURSEFORGE_API_KEY", "$2a$10$canary.in.the.mine");
    let mut run = start(&ground, &simulator, folder.path(), "curseforge", &[key]);
    assert_eq!(run.wait(SHORT).await.code(), Some(78), "{}", run.output());
    assert!(message(folder.path()).to_string().contains("KeyRefused"));
    let away = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let away = format!("http://{away}/");
    let url = ("MODSTATS_MODRINTH_URL", away.as_str());
    let mut unreachable = start(&ground, &simulator, folder.path(), "modrinth", &[url]);
    assert_eq!(
        unreachable.wait(SHORT).await.code(),
        Some(75),
        "{}",
        unreachable.output()
    );
    let said = format!(
        "{}{}{}",
        run.output(),
        unreachable.output(),
        message(folder.path())
    );
    assert!(!said.contains("canary"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_killed_after_each_commit_and_repeated_ends_in_equal_rows() {
    let simulator = simulator().await;
    let key = Options::default().curseforge_key;
    let key = [("MODSTATS_CURSEFORGE_API_KEY", key.as_str())];
    let folder = tempfile::tempdir().unwrap();
    let undisturbed = Ground::postgres().await;
    let mut run = start(&undisturbed, &simulator, folder.path(), "curseforge", &key);
    assert!(run.wait(SHORT).await.success(), "{}", run.output());
    let expected = without_instants(undisturbed.facts().await);
    let generation = async |ground: &Ground| {
        ground
            .store
            .snapshot()
            .await
            .unwrap()
            .generation()
            .await
            .unwrap()
    };
    let commits = generation(&undisturbed).await;
    assert!(commits >= 2, "a start and an end");
    for commit in 1..=commits {
        let ground = Ground::postgres().await;
        let mut killed = start(&ground, &simulator, folder.path(), "curseforge", &key);
        eventually(SHORT, "the commit is there", async || {
            let seen = generation(&ground).await;
            if seen >= commit {
                Ok(())
            } else {
                Err(format!("{seen}: {}", killed.output()))
            }
        })
        .await;
        killed.signal(Signal::KILL);
        killed.wait(SHORT).await;
        let mut again = start(&ground, &simulator, folder.path(), "curseforge", &key);
        assert!(again.wait(SHORT).await.success(), "{}", again.output());
        let facts = without_instants(ground.facts().await);
        // A run that was killed after its last commit was observed twice.
        let facts = if commit == commits {
            one_each(facts)
        } else {
            facts
        };
        let expected = if commit == commits {
            one_each(expected.clone())
        } else {
            expected.clone()
        };
        assert_same_facts(&expected, &facts, &format!("killed after commit {commit}"));
    }
}

/// The program runs on the machine's clock: all but its instants is the same every time.
fn without_instants(facts: BTreeSet<String>) -> BTreeSet<String> {
    let mask = |fact: String| {
        let words: Vec<&str> = fact
            .split(", ")
            .filter(|word| !word.contains("at: "))
            .collect();
        words.join(", ")
    };
    facts.into_iter().map(mask).collect()
}

/// Samples carry nothing but their instant besides the numbers.
fn one_each(facts: BTreeSet<String>) -> BTreeSet<String> {
    facts
        .into_iter()
        .filter(|fact| !fact.starts_with("sample") && !fact.starts_with("listing"))
        .collect()
}
