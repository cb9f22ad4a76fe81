//! Every fault at every kind of request, on both databases: what is stored afterwards is true,
//! nothing that was known is lost, and the next run makes up for it.
//!
//! A history exists from two days. On the third a run meets the fault, once or for good; a day
//! later one doesn't. `MODSTATS_SOAK=1` runs every case, otherwise each fault meets each kind on one
//! of the databases, once or for good.

mod events;
mod faults;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use modstats_collector::{Collector, Report, Timeouts};
use modstats_crds::{Document, Source};
use modstats_simulator::{Clock as SimulatedClock, Options, Platform, Rule, Simulator};
use modstats_store::model::Outcome;
use modstats_tests::soak;
use serde_json::json;

use crate::ground::{Ground, Template, assert_same_facts};
use crate::platforms::{Standing, credentials, endpoints, no_limits};
use crate::truth::assert_true;
use faults::{Answer, Case, Times};

const PRESENT: &str = "2026-01-20T00:00:00Z";
/// However a run fares, it ends.
const BOUND: Duration = Duration::from_secs(120);

pub fn present() -> Timestamp {
    PRESENT.parse().unwrap()
}

/// The first hour of a day that lies so many days before the present.
pub fn day(before: i64) -> Timestamp {
    present() - SignedDuration::from_hours(24 * before - 3)
}

/// Platforms whose clock stands. It may be moved forward only: their rate limit remembers.
pub async fn simulator(at: Timestamp) -> Simulator {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = Options {
        clock: SimulatedClock::at(at),
        present: Some(present()),
        // Its own limit is a matter of its own.
        rate_limit_per_minute: 1_000_000,
        ..Options::default()
    };
    Simulator::start(options).await.unwrap()
}

/// Three projects on Modrinth, whose versions are asked for together, and one whose list is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracked {
    Three,
    One,
}

pub fn document(simulator: &Simulator, tracked: Tracked) -> Document {
    let mods = simulator.catalogue().mods();
    let ids = |count: usize| -> Vec<_> {
        let ids = mods.iter().filter_map(|it| it.modrinth.clone());
        ids.take(count).collect()
    };
    let modrinth = match tracked {
        Tracked::Three => ids(3),
        Tracked::One => ids(1),
    };
    let curseforge: Vec<i64> = mods.iter().filter_map(|it| it.curseforge).take(2).collect();
    let packs = simulator.catalogue().projects().iter();
    let packs = packs.filter(|it| {
        it.platform == Platform::Curseforge && it.summary.is_ascii() && it.visible(day(60))
    });
    let packs = packs.filter(|it| it.kind == modstats_simulator::catalogue::Kind::Modpack);
    let declared: Vec<i64> = packs.take(2).map(|it| it.id.parse().unwrap()).collect();
    let document = json!({
        "namespace": "default", "name": "gears", "uid": "u", "generation": 1,
        "creationTimestamp": "2025-01-01T00:00:00Z",
        "spec": {
            "modrinth": {"projects": modrinth},
            "curseforge": {"projects": curseforge, "apiKeySecretRef": {"name": "a", "key": "b"}},
            "modpacks": {"curseforge": "Website", "curseforgeIds": declared},
        },
    });
    Document::from_json(&document.to_string()).unwrap()
}

pub async fn collect(
    ground: &Ground,
    simulator: &Simulator,
    tracked: Tracked,
    source: Source,
    timeouts: Timeouts,
) -> Report {
    let document = document(simulator, tracked);
    collect_document(ground, simulator, &document, source, timeouts).await
}

pub async fn collect_document(
    ground: &Ground,
    simulator: &Simulator,
    document: &Document,
    source: Source,
    timeouts: Timeouts,
) -> Report {
    let collector = Collector::new(
        ground.store.clone(),
        Arc::new(Standing(simulator.clock().clone())),
        endpoints(simulator),
        no_limits(),
        timeouts,
    )
    .unwrap();
    let credentials = credentials();
    let due = simulator.clock().now();
    let run = collector.collect(document, source, due, &credentials);
    tokio::time::timeout(BOUND, run).await.expect("a run ends")
}

/// A kind of request, and how a run comes to make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    pub source: Source,
    pub platform: Platform,
    /// What its path contains, and those of the requests that could take its place.
    pub paths: &'static [&'static str],
    pub tracked: Tracked,
    /// Days between the history and the run that meets the fault.
    pub days: i64,
    /// Tables that only this kind of request can change.
    pub brings: &'static [&'static str],
}

const VERSIONS: &[&str] = &[
    "version ",
    "version_loader",
    "version_game_version",
    "version_stats",
    "version_latest",
];
const NUMBERS: &[&str] = &["daily_stats", "sample", "project_latest", "version_stats"];

pub const KINDS: &[Kind] = &[
    Kind {
        name: "Modrinth's projects",
        source: Source::Modrinth,
        platform: Platform::Modrinth,
        paths: &["/v2/projects"],
        tracked: Tracked::Three,
        days: 1,
        brings: NUMBERS,
    },
    Kind {
        name: "Modrinth's versions by their ids",
        source: Source::Modrinth,
        platform: Platform::Modrinth,
        paths: &["/v2/versions", "/version?"],
        tracked: Tracked::Three,
        days: 1,
        brings: VERSIONS,
    },
    Kind {
        name: "a list of versions on Modrinth",
        source: Source::Modrinth,
        platform: Platform::Modrinth,
        paths: &["/version?"],
        tracked: Tracked::One,
        days: 1,
        brings: VERSIONS,
    },
    Kind {
        name: "CurseForge's mods",
        source: Source::Curseforge,
        platform: Platform::Curseforge,
        paths: &["/v1/mods"],
        tracked: Tracked::One,
        days: 1,
        brings: NUMBERS,
    },
    Kind {
        name: "CurseForge's files by their ids",
        source: Source::Curseforge,
        platform: Platform::Curseforge,
        paths: &["/v1/mods/files", "/files?"],
        tracked: Tracked::One,
        days: 1,
        brings: VERSIONS,
    },
    Kind {
        name: "a page of files",
        source: Source::Curseforge,
        platform: Platform::Curseforge,
        paths: &["/files?"],
        tracked: Tracked::One,
        days: 9,
        brings: VERSIONS,
    },
    Kind {
        name: "Modrinth's search for modpacks",
        source: Source::Modpacks,
        platform: Platform::Modrinth,
        paths: &["/v2/search"],
        tracked: Tracked::One,
        days: 9,
        brings: &[],
    },
    Kind {
        name: "what modpacks contain",
        source: Source::Modpacks,
        platform: Platform::Modrinth,
        paths: &["/v2/versions"],
        tracked: Tracked::One,
        days: 9,
        brings: &[],
    },
    Kind {
        name: "CurseForge's modpacks",
        source: Source::Modpacks,
        platform: Platform::Curseforge,
        paths: &["/v1/mods"],
        tracked: Tracked::One,
        days: 9,
        brings: &[],
    },
    Kind {
        name: "CurseForge's website",
        source: Source::Modpacks,
        platform: Platform::Curseforge,
        paths: &["/dependents"],
        tracked: Tracked::One,
        days: 9,
        brings: &["modpack_edge curseforge"],
    },
];

const SOURCES: [Source; 3] = [Source::Modrinth, Source::Curseforge, Source::Modpacks];

/// What each kind starts from, and what it comes to without a fault.
struct History {
    before: Template,
    before_facts: BTreeSet<String>,
    undisturbed: BTreeSet<String>,
    /// After the run of the day after.
    recovered: BTreeSet<String>,
}

async fn history(sqlite: bool, kind: &Kind) -> History {
    let ground = async || {
        if sqlite {
            Ground::sqlite().await
        } else {
            Ground::postgres().await
        }
    };
    let before = ground().await;
    let start = day(30 + kind.days);
    let simulator = &simulator(start - SignedDuration::from_hours(24)).await;
    for at in [start - SignedDuration::from_hours(24), start] {
        simulator.clock().set(at);
        for source in SOURCES {
            let run = collect(
                &before,
                simulator,
                kind.tracked,
                source,
                Timeouts::default(),
            )
            .await;
            assert_eq!(run.record.outcome, Outcome::Complete, "{run:?}");
        }
    }
    let before_facts = before.facts().await;
    let before = before.close().await;
    let other = before.copy().await;
    simulator.clock().set(day(30));
    let run = collect(
        &other,
        simulator,
        kind.tracked,
        kind.source,
        Timeouts::default(),
    )
    .await;
    assert_eq!(run.record.outcome, Outcome::Complete, "{run:?}");
    let undisturbed = other.facts().await;
    simulator.clock().set(day(29));
    collect(
        &other,
        simulator,
        kind.tracked,
        kind.source,
        Timeouts::default(),
    )
    .await;
    History {
        before,
        before_facts,
        undisturbed,
        recovered: today(&other.facts().await),
    }
}

/// What is so today, without what tells of the way there.
fn today(facts: &BTreeSet<String>) -> BTreeSet<String> {
    const TODAY: [&str; 8] = [
        "project ",
        "version ",
        "version_loader",
        "version_game_version",
        "project_latest",
        "version_latest",
        "modpack_check",
        "modpack_edge",
    ];
    let so = facts
        .iter()
        .filter(|fact| TODAY.iter().any(|table| fact.starts_with(table)));
    so.map(|fact| {
        // Whether an interval is over counts, not when that was found out; on CurseForge it takes two
        // days to find out.
        let fact = if fact.starts_with("modpack_edge curseforge") {
            &without(fact, &["closed_at"])
        } else {
            &over(fact)
        };
        without(
            fact,
            &[
                "opened_at",
                "opened_day",
                "baseline",
                "known_since",
                "gone_at",
                "presence_at",
                "absent_at",
            ],
        )
    })
    .collect()
}

fn over(fact: &str) -> String {
    let word = |word: &str| match word.starts_with("closed_at: Some") {
        true => "over".to_owned(),
        false => word.to_owned(),
    };
    fact.split(", ").map(word).collect::<Vec<_>>().join(", ")
}

fn without(fact: &str, fields: &[&str]) -> String {
    let words = fact.split(", ");
    let kept = words.filter(|word| !fields.iter().any(|field| word.contains(field)));
    kept.collect::<Vec<_>>().join(", ")
}

fn of<'a>(facts: &'a BTreeSet<String>, tables: &[&str]) -> BTreeSet<&'a String> {
    let of = |fact: &&String| tables.iter().any(|table| fact.starts_with(table));
    facts.iter().filter(of).collect()
}

async fn check(case: &Case, history: &History, simulator: &Simulator, later: &Simulator) {
    let what = case.to_string();
    let Case { kind, fault, times } = case;
    let ground = history.before.copy().await;
    simulator.faults().clear();
    let astray = simulator.served().keys_astray;
    for path in kind.paths {
        simulator.faults().add(Rule {
            platform: kind.platform,
            path_contains: (*path).to_owned(),
            times: match times {
                Times::Once => 1,
                Times::Always => usize::MAX,
            },
            fault: fault.fault.clone(),
        });
        if *times == Times::Once {
            break;
        }
    }
    let run = collect(
        &ground,
        simulator,
        kind.tracked,
        kind.source,
        fault.timeouts(),
    )
    .await;
    simulator.faults().clear();
    assert_eq!(
        simulator.served().keys_astray,
        astray,
        "{what}: the key went astray"
    );
    assert_true(&ground, simulator.catalogue(), |at| at, &what).await;
    let facts = ground.facts().await;
    let lost: Vec<_> = of(&history.before_facts, NUMBERS)
        .into_iter()
        .filter(|fact| !fact.starts_with("project_latest") && !facts.contains(*fact))
        .collect();
    assert!(lost.is_empty(), "{what} lost {lost:#?}");

    let reasons: Vec<&str> = run
        .record
        .problems
        .iter()
        .map(|it| it.reason.as_str())
        .collect();
    let said = format!("{what}: {} {reasons:?}", run.record.outcome);
    match case.expected() {
        Answer::Complete => {
            assert_eq!(run.record.outcome, Outcome::Complete, "{said}");
            // Whether a list was walked is no fact.
            let plain = |facts: &BTreeSet<String>| -> BTreeSet<String> {
                facts
                    .iter()
                    .map(|fact| without(fact, &["marker"]))
                    .collect()
            };
            assert_same_facts(&plain(&history.undisturbed), &plain(&facts), &what);
        }
        Answer::Told(reason) => {
            assert!(reasons.contains(&reason), "{said} instead of {reason}");
            if reason != "WebsiteRefused" {
                assert_ne!(run.record.outcome, Outcome::Complete, "{said}");
            }
            assert_ne!(run.message.errors, [], "{said}");
            let brought = of(&facts, kind.brings) != of(&history.before_facts, kind.brings);
            let never = *times == Times::Always;
            assert!(
                !(never && brought),
                "{said}: what had no answer brought something"
            );
        }
        Answer::Part(reason) => {
            assert!(reasons.contains(&reason), "{said} instead of {reason}");
            assert_ne!(run.record.outcome, Outcome::Complete, "{said}");
        }
    }

    let again = collect(
        &ground,
        later,
        kind.tracked,
        kind.source,
        Timeouts::default(),
    )
    .await;
    assert_eq!(
        again.record.outcome,
        Outcome::Complete,
        "{what}, and then {again:?}"
    );
    assert_true(&ground, simulator.catalogue(), |at| at, &what).await;
    assert_same_facts(&history.recovered, &today(&ground.facts().await), &what);
}

/// All cases of one kind on one database.
async fn matrix(sqlite: bool, kind: &'static Kind) {
    let history = history(sqlite, kind).await;
    let (then, later) = (simulator(day(30)).await, simulator(day(29)).await);
    let mut checked = 0;
    for (nth, fault) in faults::all().into_iter().enumerate() {
        for (turn, times) in [Times::Once, Times::Always].into_iter().enumerate() {
            let case = Case {
                kind: *kind,
                fault: fault.clone(),
                times,
            };
            // A quarter of the cases; the others only in soak.
            let mine = (nth + turn + 2 * usize::from(sqlite)).is_multiple_of(4);
            if case.applies() && (soak() || mine) {
                check(&case, &history, &then, &later).await;
                checked += 1;
            }
        }
    }
    println!("{}: {checked} cases", kind.name);
    assert!(checked >= 10, "{} has only {checked} cases", kind.name);
}

macro_rules! kinds {
    ($($name:ident = $index:literal),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::matrix(true, &super::KINDS[$index]).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::matrix(false, &super::KINDS[$index]).await; })+
        }
    };
}

kinds! {
    modrinths_projects = 0,
    modrinths_versions_by_their_ids = 1,
    a_list_of_versions_on_modrinth = 2,
    curseforges_mods = 3,
    curseforges_files_by_their_ids = 4,
    a_page_of_files = 5,
    modrinths_search_for_modpacks = 6,
    what_modpacks_contain = 7,
    curseforges_modpacks = 8,
    curseforges_website = 9,
}
