//! Rows don't depend on the order in which runs arrive, nor on how many arrive at once.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use futures::future::join_all;
use jiff::Timestamp;
use modstats_collector::Collector;
use modstats_crds::{Document, Source};
use modstats_simulator::{Catalogue, Clock as SimulatedClock, Fault, Gate, Platform};
use modstats_store::entity;
use modstats_store::model::Outcome;
use modstats_tests::soak;
use sea_orm::EntityTrait;
use serde_json::json;
use tokio::sync::OnceCell;

use super::{World, another, before, collect, curseforge, document};
use crate::ground::{Ground, assert_same_facts};
use crate::on_both;
use crate::truth::assert_true;

const SOURCES: [Source; 3] = [Source::Modrinth, Source::Curseforge, Source::Modpacks];

/// Around two midnights, when nothing but numbers changes on the platforms: scheduled runs, a
/// collect-now in the last microsecond of a day, retries after midnight.
const QUIET: [(i64, &str); 8] = [
    (2, "18:17:00"),
    (2, "23:59:59.999999"),
    (1, "00:00:00"),
    (1, "00:20:00"),
    (1, "12:17:00"),
    (1, "23:50:00"),
    (0, "00:05:00"),
    (0, "06:17:00"),
];

/// Around what happens on the platforms: a version vanishes, a counter falls and recovers, a project
/// turns invisible.
const EVENTFUL: [(i64, &str); 10] = [
    (36, "23:50:00"),
    (35, "00:10:00"),
    (35, "10:29:00"),
    (35, "10:31:00"),
    (34, "00:00:00"),
    (25, "10:00:00"),
    (25, "10:30:00"),
    (24, "00:05:00"),
    (20, "12:00:00"),
    (20, "21:00:00"),
];

/// The same platforms at several instants.
struct Days {
    worlds: Vec<World>,
    document: Document,
    /// Those of CurseForge's projects that the document names.
    named: Vec<i64>,
}

#[derive(Clone, Copy)]
struct Run<'a> {
    world: &'a World,
    source: Source,
}

impl Days {
    /// Two mods with all that is collected of them.
    async fn quiet() -> Days {
        Days::of_packs("Website").await
    }

    async fn of_packs(website: &str) -> Days {
        let worlds = worlds(&QUIET).await;
        let (first, mods) = (&worlds[0], ["copperwick-semaphores", "semaphore-posts"]);
        let projects = mods.map(|slug| first.id(Platform::Modrinth, slug));
        let files = mods.map(|slug| first.number(slug));
        let declared = ["everdeep-odyssey", "deep-down"].map(|slug| first.number(slug));
        let document = document(json!({
            "modrinth": {"projects": projects},
            "curseforge": curseforge(&files),
            "modpacks": {"curseforge": website, "curseforgeIds": declared},
        }));
        let named = files.into_iter().chain(declared).collect();
        Days {
            worlds,
            document,
            named,
        }
    }

    async fn eventful() -> Days {
        let worlds = worlds(&EVENTFUL).await;
        let mods = ["quillhaven-gears", "glimmerfen-lights"];
        let files = mods.map(|slug| worlds[0].number(slug));
        let document = document(json!({
            "modrinth": {"projects": mods}, "curseforge": curseforge(&files),
        }));
        let named = files.to_vec();
        Days {
            worlds,
            document,
            named,
        }
    }

    fn runs(&self, sources: &[Source]) -> Vec<Run<'_>> {
        let worlds = self.worlds.iter();
        let of = |world| sources.iter().map(move |source| (world, *source));
        let runs = worlds.flat_map(of);
        runs.map(|(world, source)| Run { world, source }).collect()
    }

    /// What the runs arrive in; a collector for each instant.
    fn arriving_in<'a>(&'a self, ground: &'a Ground) -> Arriving<'a> {
        let worlds = self.worlds.iter();
        Arriving {
            document: &self.document,
            collectors: worlds
                .map(|world| (world.now(), world.collector(&ground.store)))
                .collect(),
        }
    }

    fn catalogue(&self) -> &Catalogue {
        self.worlds[0].catalogue()
    }
}

struct Arriving<'a> {
    document: &'a Document,
    collectors: BTreeMap<Timestamp, Collector>,
}

impl Arriving<'_> {
    async fn one(&self, run: Run<'_>) {
        let now = run.world.now();
        let report = collect(&self.collectors[&now], self.document, run.source, now).await;
        assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
    }

    async fn in_order(&self, runs: &[Run<'_>]) {
        for run in runs {
            self.one(*run).await;
        }
    }

    async fn at_once(&self, runs: &[Run<'_>]) {
        join_all(runs.iter().map(|run| self.one(*run))).await;
    }
}

async fn worlds(instants: &[(i64, &str)]) -> Vec<World> {
    join_all(
        instants
            .iter()
            .map(|(days, time)| World::at(before(*days, time))),
    )
    .await
}

/// What the runs of the quiet days leave if each waits for the one before.
async fn expected(days: &Days) -> &'static BTreeSet<String> {
    static EXPECTED: OnceCell<BTreeSet<String>> = OnceCell::const_new();
    let in_order = || async {
        let ground = Ground::sqlite().await;
        days.arriving_in(&ground)
            .in_order(&days.runs(&SOURCES))
            .await;
        assert_as_stated(&ground, days.catalogue()).await;
        days.facts(&ground).await
    };
    EXPECTED.get_or_init(in_order).await
}

/// An order that is the same for the same number every time.
fn shuffled<T: Clone>(items: &[T], seed: u64) -> Vec<T> {
    let place = |index: usize| {
        let mut hasher = DefaultHasher::new();
        (seed, index).hash(&mut hasher);
        hasher.finish()
    };
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| place(*index));
    order
        .into_iter()
        .map(|index| items[index].clone())
        .collect()
}

/// The fields that tell of the arrival itself.
///
/// - A TrackedMod's projects and packs join with the run that comes first, and "since added" counts
///   from the first answer after that.
/// - An interval begins with the first answer that arrives: an older one changes nothing. The same
///   goes for when it was noticed that something is gone.
/// - A list is walked, and so has a marker, unless what is known already makes that superfluous.
const ARRIVAL: [(&str, &[&str]); 6] = [
    ("tracked_project", &["joined_at"]),
    (
        "declared_modpack",
        &["joined_at", "baseline_at", "baseline_downloads"],
    ),
    (
        "modpack_edge",
        &["opened_at", "opened_day", "baseline_downloads"],
    ),
    ("version", &["gone_at"]),
    ("project", &["invisible_since"]),
    ("listing", &["marker"]),
];
/// CurseForge's website is asked once a day, by the run that comes first, and the packs that it names
/// with it: when that was is the arrival's affair, too.
const WEBSITE: [(&str, &[&str]); 1] = [("modpack_edge curseforge", &["presence_at"])];

impl Days {
    /// The facts that are the same in whatever order they came to be known.
    async fn facts(&self, ground: &Ground) -> BTreeSet<String> {
        let named: Vec<String> = self.named.iter().map(i64::to_string).collect();
        let by_website = |fact: &String| {
            let mut words = fact.split([' ', ':', '/']);
            let (table, platform, id) = (words.next(), words.next(), words.next());
            let listing = table == Some("listing") && fact.contains("subject: \"modpacks\"");
            let unnamed = id.is_some_and(|id| !named.iter().any(|it| it == id));
            platform == Some("curseforge") && (listing || unnamed)
        };
        let facts = ground.facts().await.into_iter();
        let kept: Vec<String> = facts.filter(|fact| !by_website(fact)).collect();
        let blanked: BTreeSet<String> = kept.iter().map(|fact| blanked(fact)).collect();
        assert_eq!(blanked.len(), kept.len(), "a row is there twice");
        blanked
    }
}

fn blanked(fact: &str) -> String {
    let mut fact = fact.to_owned();
    for (table, fields) in ARRIVAL.iter().chain(&WEBSITE) {
        if !fact.starts_with(&format!("{table} ")) {
            continue;
        }
        for field in *fields {
            let start = fact.find(&format!(" {field}: ")).unwrap() + field.len() + 3;
            let length = fact[start..].find([',', '}']).unwrap();
            fact.replace_range(start..start + length, "…");
        }
    }
    fact
}

fn instant(at: DateTime<Utc>) -> Timestamp {
    Timestamp::from_microsecond(at.timestamp_micros()).unwrap()
}

/// Every stored row says what the platform stated at the instant that stands beside it.
async fn assert_as_stated(ground: &Ground, catalogue: &Catalogue) {
    assert_true(ground, catalogue, |at| at, "after all runs").await;
}

/// The intervals and the declared packs begin where the order of arrival says.
async fn assert_begun_by(ground: &Ground, catalogue: &Catalogue, runs: &[Run<'_>]) {
    let joined = runs[0].world.now();
    let of_packs = || runs.iter().filter(|run| run.source == Source::Modpacks);
    let opened = of_packs().next().unwrap().world.now();
    let counted = of_packs()
        .map(|run| run.world.now())
        .filter(|at| *at >= joined)
        .min();
    let db = &ground.connection;
    let packs = entity::project::Entity::find().all(db).await.unwrap();
    for edge in entity::modpack_edge::Entity::find().all(db).await.unwrap() {
        let pack = packs.iter().find(|row| row.id == edge.modpack_id).unwrap();
        let platform = match pack.platform.as_str() {
            "modrinth" => Platform::Modrinth,
            _ => Platform::Curseforge,
        };
        let downloads = catalogue.downloads(platform, &pack.platform_id, opened);
        assert_eq!(instant(edge.opened_at), opened, "{edge:?}");
        assert_eq!(edge.baseline_downloads, downloads, "{edge:?}");
    }
    for pack in entity::declared_modpack::Entity::find()
        .all(db)
        .await
        .unwrap()
    {
        let stated = |at| {
            catalogue
                .downloads(Platform::Curseforge, &pack.platform_id, at)
                .unwrap()
        };
        assert_eq!(instant(pack.joined_at), joined, "{pack:?}");
        assert_eq!(pack.baseline_at.map(instant), counted, "{pack:?}");
        assert_eq!(pack.baseline_downloads, counted.map(stated), "{pack:?}");
    }
}

fn orders() -> u64 {
    if soak() { 20 } else { 1 }
}

on_both! {
    async fn runs_in_any_order_end_in_the_same_rows(ground: Ground) {
        let days = Days::quiet().await;
        let expected = expected(&days).await;
        let runs = days.runs(&SOURCES);
        let reversed: Vec<Run> = runs.iter().rev().copied().collect();
        let shuffles = (0..orders()).map(|seed| shuffled(&runs, seed));
        for (nth, order) in std::iter::once(reversed).chain(shuffles).enumerate() {
            let ground = another(&ground).await;
            days.arriving_in(&ground).in_order(&order).await;
            let facts = days.facts(&ground).await;
            assert_same_facts(expected, &facts, &format!("order {nth}"));
            assert_as_stated(&ground, days.catalogue()).await;
            assert_begun_by(&ground, days.catalogue(), &order).await;
        }
    }
}

on_both! {
    async fn what_vanishes_and_what_falls_reads_the_same_in_any_order(ground: Ground) {
        let days = Days::eventful().await;
        let runs = days.runs(&SOURCES[..2]);
        let in_order = Ground::sqlite().await;
        days.arriving_in(&in_order).in_order(&runs).await;
        assert_as_stated(&in_order, days.catalogue()).await;
        let expected = days.facts(&in_order).await;
        // Only what is known can vanish: the first runs are the first in every order.
        let (known, others) = runs.split_at(2);
        for seed in 0..orders() {
            let ground = another(&ground).await;
            let arriving = days.arriving_in(&ground);
            arriving.in_order(known).await;
            arriving.in_order(&shuffled(others, seed)).await;
            let facts = days.facts(&ground).await;
            assert_same_facts(&expected, &facts, &format!("order {seed}"));
            assert_as_stated(&ground, days.catalogue()).await;
        }
    }
}

on_both! {
    async fn two_runs_at_once_leave_what_one_after_the_other_leaves(ground: Ground) {
        let days = Days::quiet().await;
        let expected = expected(&days).await;
        for seed in 0..orders() {
            let ground = another(&ground).await;
            let arriving = days.arriving_in(&ground);
            for pair in shuffled(&days.runs(&SOURCES), seed).chunks(2) {
                arriving.at_once(pair).await;
            }
            let facts = days.facts(&ground).await;
            assert_same_facts(expected, &facts, &format!("pairs of order {seed}"));
            assert_as_stated(&ground, days.catalogue()).await;
        }
    }
}

on_both! {
    async fn eight_runs_at_once_of_one_source_or_of_all_leave_the_same_rows(ground: Ground) {
        let days = Days::quiet().await;
        let expected = expected(&days).await;
        let of_all = days.runs(&SOURCES);
        let of_one: Vec<Run> = SOURCES.iter().flat_map(|source| days.runs(&[*source])).collect();
        for (runs, what) in [(shuffled(&of_all, 7), "of all"), (of_one, "of one")] {
            let ground = another(&ground).await;
            let arriving = days.arriving_in(&ground);
            for eight in runs.chunks(8) {
                arriving.at_once(eight).await;
            }
            assert_same_facts(expected, &days.facts(&ground).await, what);
            assert_as_stated(&ground, days.catalogue()).await;
        }
    }
}

on_both! {
    async fn one_run_made_eight_times_at_once_leaves_what_it_leaves_alone(ground: Ground) {
        let days = Days::quiet().await;
        let alone = Ground::sqlite().await;
        let (arriving, eightfold) = (days.arriving_in(&alone), days.arriving_in(&ground));
        for run in days.runs(&SOURCES).into_iter().take(SOURCES.len()) {
            arriving.one(run).await;
            eightfold.at_once(&[run; 8]).await;
            let what = format!("eight times {}", run.source);
            assert_same_facts(&alone.facts().await, &ground.facts().await, &what);
        }
    }
}

on_both! {
    async fn a_run_that_is_held_up_past_midnight_counts_for_the_day_on_which_it_asked(ground: Ground) {
        let days = Days::of_packs("Disabled").await;
        for source in SOURCES {
            let ground = another(&ground).await;
            let (evening, others) = (&days.worlds[1], [&days.worlds[2], &days.worlds[3]]);
            let (platform, last, passing) = match source {
                Source::Modrinth => (Platform::Modrinth, "/v2/versions", 0),
                Source::Curseforge => (Platform::Curseforge, "index=0", 1),
                Source::Modpacks => (Platform::Curseforge, "/v1/mods", 0),
            };
            let gate = Gate::closed();
            evening.fault(platform, last, passing, Fault::Pass);
            evening.fault(platform, last, 1, Fault::Hold(gate.clone()));
            let clock = SimulatedClock::at(evening.now());
            let arriving = days.arriving_in(&ground);
            let collector = evening.collector_by(&ground.store, clock.clone());
            let held = collect(&collector, &days.document, source, evening.now());
            let meanwhile = async {
                gate.reached().await;
                for world in others {
                    arriving.one(Run { world, source }).await;
                }
                clock.set(before(1, "00:10:00"));
                gate.open();
            };
            let (report, ()) = tokio::join!(held, meanwhile);
            assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
            assert_eq!(report.record.ended_at, before(1, "00:10:00"));
            evening.simulator.faults().clear();

            let in_order = Ground::sqlite().await;
            let arriving = days.arriving_in(&in_order);
            for world in [evening].into_iter().chain(others) {
                arriving.one(Run { world, source }).await;
            }
            let (one, other) = (days.facts(&in_order).await, days.facts(&ground).await);
            assert_same_facts(&one, &other, &format!("{source} held up"));
            assert_as_stated(&ground, days.catalogue()).await;
            let rows = entity::daily_stats::Entity::find().all(&ground.connection).await.unwrap();
            let evening_day = rows.iter().filter(|row| row.last_at.map(instant) == Some(evening.now()));
            assert_eq!(evening_day.count() * 2, rows.len(), "each project has two days");
        }
    }
}
