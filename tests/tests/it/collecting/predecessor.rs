//! The defects of the predecessor's collector, each by the number under which it was found, and
//! that they are none here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use modstats_collector::{Collector, ExitCode};
use modstats_crds::{Outcome as ToldOutcome, Source};
use modstats_simulator::{Bulk, Clock as SimulatedClock, Fault, Options, Platform};
use modstats_store::model::{
    Membership, Metric, ModpackFreshness, Outcome, ProjectView, RunView, Source as StoredSource,
    VersionView,
};
use modstats_store::time::day_of;
use modstats_store::{Database, RunPage, Store, entity, growth};
use modstats_tests::{Process, Signal};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{
    PRESENT, Standing, World, another, before, collect, curseforge, dashboard, document,
    document_of, page, reasons, view,
};
use crate::ground::Ground;
use crate::on_both;
use crate::platforms::endpoints;
use crate::store::at;

const SHORT: Duration = Duration::from_secs(60);
const GEARS: &str = "quillhaven-gears";

/// The one project of `default/demo`.
async fn project(ground: &Ground) -> ProjectView {
    view(ground).await.members.remove(0).project
}

async fn versions(ground: &Ground) -> Vec<VersionView> {
    let id = project(ground).await.id;
    let snapshot = ground.store.snapshot().await.unwrap();
    snapshot
        .versions(&[id], Some(day_of(before(90, "00:00:00"))))
        .await
        .unwrap()
}

on_both! {
    async fn defect_07_every_page_of_files_counts(ground: Ground) {
        let world = World::at(before(40, "06:00:00")).await;
        let id = world.number(GEARS);
        let document = document(json!({"curseforge": curseforge(&[id])}));
        let gears = world.catalogue().project(Platform::Curseforge, &id.to_string()).unwrap();
        let mut known = (0, 0);
        for now in [before(40, "06:00:00"), before(1, "06:00:00")] {
            world.go_to(now);
            world.complete(&ground, &document, Source::Curseforge).await;
            let listed = gears.listed(now);
            let files: Vec<i64> = listed.map(|file| gears.version_downloads(file, now)).collect();
            let sum = project(&ground).await.version_sum.unwrap();
            assert!(files.len() > 100, "three pages, not {} files", files.len());
            assert_eq!(sum.downloads, files.iter().sum::<i64>());
            assert_eq!(sum.versions, i64::try_from(files.len()).unwrap());
            // New files push none of the old ones off.
            assert!(sum.downloads > known.0 && sum.versions > known.1, "{sum:?} after {known:?}");
            known = (sum.downloads, sum.versions);
        }
    }
}

on_both! {
    async fn defect_08_a_deleted_version_takes_nothing_from_the_total(ground: Ground) {
        let world = World::at(before(35, "10:00:00")).await;
        let id = world.id(Platform::Modrinth, GEARS);
        let document = document(json!({"modrinth": {"projects": [id]}}));
        let gears = world.catalogue().project(Platform::Modrinth, &id).unwrap();
        let gone = gears.versions.iter().find(|version| version.gone_from.is_some()).unwrap();
        let mut totals = Vec::new();
        for now in [before(35, "10:00:00"), before(35, "11:00:00"), before(34, "10:00:00")] {
            world.go_to(now);
            world.complete(&ground, &document, Source::Modrinth).await;
            let total = project(&ground).await.totals.unwrap().downloads;
            assert_eq!(total, gears.downloads(now), "the platform's own total");
            totals.push(total);
        }
        assert!(totals.is_sorted(), "{totals:?}");
        let versions = versions(&ground).await;
        let deleted = versions.iter().find(|version| version.platform_id == gone.id).unwrap();
        assert_eq!(deleted.gone_at, Some(before(35, "11:00:00")));
        let last = gears.version_downloads(gone, before(35, "10:00:00"));
        assert_eq!(deleted.latest.unwrap().value, last, "what it had is kept");

        let snapshot = ground.store.snapshot().await.unwrap();
        let (from, to) = (day_of(before(36, "00:00:00")), day_of(at(PRESENT)));
        let id = project(&ground).await.id;
        let readings = snapshot.readings(&[id], Metric::Downloads, from, to).await.unwrap();
        let series = growth::series(&readings[&id], &[], None);
        assert!(series.corrections.is_empty() && series.days.iter().all(|day| day.growth >= 0));
    }
}

on_both! {
    async fn defect_09_versions_of_one_name_stay_apart_and_their_names_are_renewed(ground: Ground) {
        let world = World::at(before(0, "06:00:00")).await;
        let id = world.id(Platform::Modrinth, GEARS);
        let document = document(json!({"modrinth": {"projects": [id]}}));
        let gears = world.catalogue().project(Platform::Modrinth, &id).unwrap();
        world.complete(&ground, &document, Source::Modrinth).await;
        let stored = versions(&ground).await;
        let mut named: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for version in &stored {
            let name = (version.name.clone(), version.number.clone());
            named.entry(name).or_default().push(version.latest.unwrap().value);
        }
        let same = named.values().filter(|downloads| downloads.len() > 1).count();
        assert!(same > 10, "only {same} names are there more than once");
        assert_eq!(stored.len(), gears.listed(world.now()).count());
        for version in gears.listed(world.now()) {
            let row = stored.iter().find(|row| row.platform_id == version.id).unwrap();
            let stated = gears.version_downloads(version, world.now());
            assert_eq!(row.latest.unwrap().value, stated, "{row:?}");
        }

        world.go_to(before(0, "12:00:00"));
        for (key, with) in [("version_number", "9.9"), ("title", "Gears, Renamed")] {
            let path = if key == "title" { "/v2/projects" } else { "/version" };
            world.fault(Platform::Modrinth, path, 1, Fault::Replace { key, with: Some(json!(with)) });
        }
        world.complete(&ground, &document, Source::Modrinth).await;
        let renamed = versions(&ground).await;
        assert_eq!(renamed.len(), stored.len(), "all of one number now, and none lost");
        assert!(renamed.iter().all(|version| version.number.as_deref() == Some("9.9")));
        assert_eq!(project(&ground).await.name.as_deref(), Some("Gears, Renamed"));
    }
}

/// A server that answers everything with one JSON text; its address.
async fn answering(json: Value) -> reqwest::Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let body = json.to_string();
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let answer = format!("{head}content-length: {length}\r\n\r\n{body}");
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            // The few bytes of a question come at once.
            let _ = connection.read(&mut [0; 4096]).await;
            let _ = connection.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}/").parse().unwrap()
}

on_both! {
    async fn defect_10_large_counters_and_long_names_fit_and_one_bad_item_costs_itself(ground: Ground) {
        let world = World::at(before(0, "06:00:00")).await;
        let large = i64::from(i32::MAX) * 5;
        let pack = |id: i64, name: &str, downloads: Value| json!({
            "id": id, "classId": 4471, "slug": format!("pack-{id}"), "name": name,
            "downloadCount": downloads,
        });
        let long = "Ж".repeat(300);
        let packs = json!({"data": [
            pack(1, "Large", json!(large)),
            pack(2, "Too large", json!(9_223_372_036_854_775_808_u64)),
            pack(3, &long, json!(3)),
        ]});
        let mut endpoints = endpoints(&world.simulator);
        endpoints.curseforge = answering(packs).await;
        let spec = json!({
            "curseforge": curseforge(&[7]), "modpacks": {"curseforgeIds": [1, 2, 3]},
        });
        let document = document(spec);
        let clock = Arc::new(Standing(SimulatedClock::at(world.now())));
        let (limits, timeouts) = Default::default();
        let collector = Collector::new(ground.store.clone(), clock, endpoints, limits, timeouts);
        let report = collect(&collector.unwrap(), &document, Source::Modpacks, world.now()).await;
        assert_eq!(report.record.outcome, Outcome::Partial, "{report:?}");
        assert_eq!(reasons(&report), ["UnreadableItem"]);
        assert_eq!(report.record.problems[0].subject, "2");

        let snapshot = ground.store.snapshot().await.unwrap();
        let packs = snapshot.modpacks("default", "demo").await.unwrap();
        let stored: Vec<_> = packs
            .iter()
            .map(|pack| (pack.modpack.key.id.as_str(), pack.modpack.totals.unwrap().downloads))
            .collect();
        assert_eq!(stored, [("1", large), ("3", 3)]);
        let name = packs[1].modpack.name.as_deref().unwrap();
        assert_eq!(name, long.chars().take(name.chars().count()).collect::<String>());
        assert!(name.chars().count() >= 255, "{name}");
    }
}

on_both! {
    async fn defect_11_the_last_seven_days_are_days_and_not_rows(ground: Ground) {
        // Eight readings over five weeks: the last seven of them are no week.
        let world = World::at(before(36, "00:00:00")).await;
        let id = world.id(Platform::Modrinth, "emberglass-kilns");
        let document = document(json!({"modrinth": {"projects": [id]}}));
        let read_on = [36, 31, 26, 21, 16, 11, 6, 0];
        for days in read_on {
            world.go_to(before(days, "00:00:00"));
            world.complete(&ground, &document, Source::Modrinth).await;
        }
        let stated = |days| {
            let now = before(days, "00:00:00");
            world.catalogue().downloads(Platform::Modrinth, &id, now).unwrap()
        };
        let (from, to) = (day_of(before(7, "00:00:00")), day_of(before(1, "00:00:00")));
        let snapshot = ground.store.snapshot().await.unwrap();
        let id = project(&ground).await.id;
        let readings = snapshot.readings(&[id], Metric::Downloads, from, to).await.unwrap();
        let days: Vec<_> = readings[&id].iter().map(|it| it.day).collect();
        let expected = [11, 6, 0].map(|days| day_of(before(days, "00:00:00")));
        assert_eq!(days, expected, "the one within, and its neighbours");
        // Between the midnights with which the days begin and end: one is read, one lies between.
        let begin = stated(11) + (stated(6) - stated(11)) * 4 / 5;
        let seven_days = growth::series(&readings[&id], &[], None).growth_between(from, to).unwrap();
        assert_eq!(seven_days.value, stated(0) - begin);
        let served = dashboard(&ground.store, at(PRESENT)).await;
        let told: Value = serde_json::from_str(&page(&format!("{served}/api/v1/mods")).await).unwrap();
        assert_eq!(told["mods"][0]["growth_7d"]["value"], seven_days.value);
    }
}

on_both! {
    async fn defect_15_growth_and_the_last_collection_are_told_whenever_they_are_known(ground: Ground) {
        let world = World::at(before(8, "00:00:00")).await;
        let id = world.id(Platform::Modrinth, "emberglass-kilns");
        let document = document(json!({"modrinth": {"projects": [id]}}));
        for days in (0..=8).rev() {
            world.go_to(before(days, "00:00:00"));
            world.complete(&ground, &document, Source::Modrinth).await;
        }
        let stated = |days| {
            let now = before(days, "00:00:00");
            world.catalogue().downloads(Platform::Modrinth, &id, now).unwrap()
        };
        let served = dashboard(&ground.store, before(0, "01:00:00")).await;
        let address = format!("{served}/api/v1/mods/default/demo");
        let told: Value = serde_json::from_str(&page(&address).await).unwrap();
        assert!(stated(0) > stated(7));
        assert_eq!(told["growth_7d"]["value"], stated(0) - stated(7));
        assert_eq!(told["downloads"]["value"], stated(0));
        assert_eq!(told["downloads"]["observed_at"], at(PRESENT).to_string());
        assert_eq!(told["sources"][0]["last_success_at"], at(PRESENT).to_string());
        let shown = page(&format!("{served}/mods/default/demo")).await;
        assert!(!shown.contains("N/A"), "{shown}");
    }
}

on_both! {
    async fn defect_17_dates_keep_their_instant_whatever_their_digits_and_the_zone(ground: Ground) {
        if let Some(database) = &ground.database {
            let zone = "SET TimeZone TO 'Asia/Kathmandu'";
            ground.sql(&format!("ALTER DATABASE {} {zone}", database.dbname)).await;
            ground.sql(&format!("ALTER ROLE {} {zone}", database.username)).await;
        }
        let store = Store::open(&ground.settings).await.unwrap();
        // In Kathmandu it is the next day already.
        let world = World::at(before(0, "23:30:00")).await;
        let id = world.number("emberglass-kilns");
        let document = document(json!({"curseforge": curseforge(&[id])}));
        let dates = ["2025-11-25T23:46:58.84Z", "2025-11-25T23:46:38.3Z", "2025-11-25T23:46:38Z"];
        for date in dates {
            let fault = Fault::Replace { key: "fileDate", with: Some(json!(date)) };
            world.fault(Platform::Curseforge, "index=0", 1, fault);
            let collector = world.collector(&store);
            let report = collect(&collector, &document, Source::Curseforge, world.now()).await;
            assert_eq!(report.record.outcome, Outcome::Complete, "{report:?}");
            for version in versions(&ground).await {
                assert_eq!(version.published_at, Some(at(date)), "{version:?}");
            }
            world.go_to(world.now() + SignedDuration::from_mins(1));
        }
        let days = entity::daily_stats::Entity::find().all(&ground.connection).await.unwrap();
        assert_eq!(days.len(), 1);
        assert_eq!(days[0].day.to_string(), "2026-01-20");
        if ground.database.is_some() {
            let sql = "SELECT max(extract(epoch FROM published_at))::bigint FROM version";
            let statement = Statement::from_string(DbBackend::Postgres, sql);
            let row = ground.connection.query_one_raw(statement).await.unwrap().unwrap();
            let stored: i64 = row.try_get_by_index(0).unwrap();
            assert_eq!(stored, at(dates[2]).as_second());
        }
    }
}

/// The packs that are known to contain the mod today.
async fn containing(ground: &Ground) -> BTreeSet<(String, i64)> {
    let snapshot = ground.store.snapshot().await.unwrap();
    let packs = snapshot.modpacks("default", "demo").await.unwrap();
    let current = |membership| {
        matches!(
            membership,
            Membership::Current { .. } | Membership::Declared { .. }
        )
    };
    packs
        .into_iter()
        .filter(|pack| current(pack.membership))
        .map(|pack| {
            (
                pack.modpack.key.to_string(),
                pack.modpack.totals.unwrap().downloads,
            )
        })
        .collect()
}

on_both! {
    async fn defect_19_an_error_drops_no_pack_and_a_partial_failure_is_told(ground: Ground) {
        let world = World::at(before(1, "06:00:00")).await;
        let id = world.id(Platform::Modrinth, "emberglass-kilns");
        let declared = world.number("deep-down");
        let document = document(json!({
            "modrinth": {"projects": [id]}, "curseforge": curseforge(&[7]),
            "modpacks": {"curseforgeIds": [declared]},
        }));
        world.complete(&ground, &document, Source::Modpacks).await;
        let known = containing(&ground).await;
        assert!(known.len() > 5, "{known:?}");

        // The declared pack's platform is away: the others' numbers are new, its own the last ones.
        world.go_to(before(1, "12:00:00"));
        world.fault(Platform::Curseforge, "/v1/mods", 4, Fault::Status(500));
        let partial = world.collect(&ground, &document, Source::Modpacks).await;
        let told = (partial.record.outcome, partial.record.exit, reasons(&partial));
        assert_eq!(told, (Outcome::Partial, ExitCode::Done, vec!["Unreachable"]));
        assert_eq!(partial.message.outcome, ToldOutcome::Partial);
        assert_eq!(partial.message.errors[0].subject, declared.to_string());
        let names = |packs: &BTreeSet<(String, i64)>| {
            packs.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>()
        };
        let then = containing(&ground).await;
        assert_eq!(names(&then), names(&known));
        let kept: Vec<_> = then.intersection(&known).filter(|(key, _)| key.starts_with("curse")).collect();
        assert_eq!(kept.len(), 1, "{then:?}");

        // Everything is away.
        world.go_to(before(1, "18:00:00"));
        world.fault(Platform::Curseforge, "/v1/mods", 4, Fault::Status(500));
        world.fault(Platform::Modrinth, "/v2", 4, Fault::Status(500));
        let failed = world.collect(&ground, &document, Source::Modpacks).await;
        let told = (failed.record.outcome, failed.record.exit);
        assert_eq!(told, (Outcome::Failed, ExitCode::TryAgain));
        assert_eq!(containing(&ground).await, then);

        world.go_to(before(0, "06:00:00"));
        world.complete(&ground, &document, Source::Modpacks).await;
        assert_eq!(names(&containing(&ground).await), names(&known));
    }
}

on_both! {
    async fn defect_20_packs_of_modrinth_are_collected_as_modrinths(ground: Ground) {
        let world = World::at(before(0, "06:00:00")).await;
        let (id, number) = (world.id(Platform::Modrinth, GEARS), world.number(GEARS));
        let document = document(json!({
            "modrinth": {"projects": [id]}, "curseforge": curseforge(&[number]),
            "modpacks": {"curseforge": "Website"},
        }));
        world.complete(&ground, &document, Source::Modpacks).await;
        let found = containing(&ground).await;
        let on = |platform, name: &str, id: &str| -> BTreeSet<(String, i64)> {
            let packs = world.catalogue().dependents(platform, id, world.now()).into_iter();
            let packs = packs.filter(|it| it.kind == modstats_simulator::catalogue::Kind::Modpack);
            packs.map(|it| (format!("{name} {}", it.id), it.downloads(world.now()))).collect()
        };
        let modrinths = on(Platform::Modrinth, "modrinth", &id);
        let others = on(Platform::Curseforge, "curseforge", &number.to_string());
        assert!(modrinths.len() > 50 && others.len() > 50);
        let (on_modrinth, on_curseforge): (BTreeSet<_>, BTreeSet<_>) =
            found.into_iter().partition(|(key, _)| key.starts_with("modrinth"));
        let differences = |one: &BTreeSet<_>, other| one.symmetric_difference(other).count();
        assert_eq!(differences(&modrinths, &on_modrinth), 0);
        assert_eq!(differences(&others, &on_curseforge), 0);
    }
}

on_both! {
    async fn defect_21_a_refusal_amid_the_websites_pages_is_no_end_of_the_list(ground: Ground) {
        for fault in [Fault::Html(403), Fault::Status(404), Fault::Html(200), Fault::RateLimited { headers: false }] {
            let ground = another(&ground).await;
            let world = World::at(before(2, "06:00:00")).await;
            let number = world.number(GEARS);
            let spec = json!({
                "curseforge": curseforge(&[number]), "modpacks": {"curseforge": "Website"},
            });
            let document = document(spec.clone());
            world.complete(&ground, &document, Source::Modpacks).await;
            let known = containing(&ground).await.len();
            assert!(known > 50, "{known} packs");
            let pages = || world.simulator.served().website["mods/{id}/dependents"];
            let all = pages();
            assert!(all > 3, "{all} pages");

            world.go_to(before(1, "06:00:00"));
            world.fault(Platform::Curseforge, "dependents?page=3", 1, fault.clone());
            let refused = world.complete(&ground, &document, Source::Modpacks).await;
            assert_eq!(reasons(&refused), ["WebsiteRefused"], "{fault:?}");
            assert_eq!(refused.message.errors[0].reason, "WebsiteRefused");
            assert_eq!(pages(), all + 3, "{fault:?}: no page after it, and not that one again");
            // Neither a collect-now nor another collector or TrackedMod asks again on this day.
            world.go_to(before(1, "09:00:00"));
            let again = world.complete(&ground, &document, Source::Modpacks).await;
            assert_eq!(reasons(&again), ["AskedToday"]);
            let other = Store::open(&ground.settings).await.unwrap();
            let others = document_of("other", spec);
            collect(&world.collector(&other), &others, Source::Modpacks, world.now()).await;
            assert_eq!(pages(), all + 3, "{fault:?}");

            assert_eq!(containing(&ground).await.len(), known, "{fault:?} took packs away");
            let db = &ground.connection;
            let edges = entity::modpack_edge::Entity::find().all(db).await.unwrap();
            assert!(edges.iter().all(|edge| edge.closed_at.is_none() && edge.absent_at.is_none()));
            let fresh = freshness(&ground).await;
            assert_eq!(fresh.outcome, Some(Outcome::Failed));
            assert_eq!(fresh.complete_at, Some(before(2, "06:00:00")));

            world.go_to(before(0, "06:00:00"));
            let next_day = world.complete(&ground, &document, Source::Modpacks).await;
            assert_eq!((reasons(&next_day), pages()), (vec![], all + 3 + all), "{fault:?}");
            assert_eq!(freshness(&ground).await.outcome, Some(Outcome::Complete));
        }
    }
}

/// How the question for the one project's modpacks ended last.
async fn freshness(ground: &Ground) -> ModpackFreshness {
    let snapshot = ground.store.snapshot().await.unwrap();
    let mut all = snapshot.modpack_freshness("default", "demo").await.unwrap();
    all.remove(0)
}

/// Modpacks whose slugs end in numbers, and what contains them.
async fn many_packs(modpacks: usize) -> World {
    let bulk = Bulk {
        mods: 7,
        versions: 2,
        modpacks,
    };
    let clock = SimulatedClock::at(before(0, "06:00:00"));
    World::with(Options {
        clock,
        bulk: Some(bulk),
        ..Options::default()
    })
    .await
}

on_both! {
    async fn defect_22_a_slug_that_ends_in_a_number_is_no_id(ground: Ground) {
        let world = many_packs(30).await;
        let document = document(json!({"modrinth": {"projects": ["bulk-mod-0", "bulk-mod-6"]}}));
        let report = world.complete(&ground, &document, Source::Modrinth).await;
        let pinned: Vec<_> = report.message.projects.iter().map(|it| it.id.clone()).collect();
        let ids = world.catalogue().bulk_mods();
        assert_eq!(pinned, [ids[0].clone(), ids[6].clone()]);

        world.complete(&ground, &document, Source::Modpacks).await;
        let snapshot = ground.store.snapshot().await.unwrap();
        let packs = snapshot.modpacks("default", "demo").await.unwrap();
        let stored: BTreeSet<_> = packs
            .iter()
            .map(|pack| (pack.modpack.key.id.clone(), pack.modpack.slug.clone().unwrap()))
            .collect();
        let slugs = (0..30).map(|nth| format!("bulk-pack-{nth}"));
        let stated: BTreeSet<_> = slugs
            .map(|slug| (world.id(Platform::Modrinth, &slug), slug))
            .collect();
        assert_eq!(stored, stated);
    }
}

on_both! {
    async fn defect_23_hundreds_of_packs_take_few_requests_and_patience_is_kept(ground: Ground) {
        let world = many_packs(600).await;
        let document = document(json!({"modrinth": {"projects": ["bulk-mod-0"]}}));
        let throttled = Fault::Throttled { status: 429, headers: vec![("retry-after", "17".to_owned())] };
        world.fault(Platform::Modrinth, "/v2/search", 1, throttled);
        let begun = world.now();
        let report = world.complete(&ground, &document, Source::Modpacks).await;
        assert_eq!(containing(&ground).await.len(), 600);
        assert!(report.record.progress.requests <= 12, "{:?}", report.record.progress);
        assert_eq!(report.record.progress.retries, 1);
        let waited = world.now().duration_since(begun).as_secs();
        assert!((17..20).contains(&waited), "{waited} s");
    }
}

on_both! {
    async fn defect_23_an_empty_project_is_no_error_and_an_error_no_empty_project(ground: Ground) {
        let world = World::at(before(1, "06:00:00")).await;
        let empty = document(json!({"modrinth": {"projects": ["createnuclear"]}}));
        let report = world.complete(&ground, &empty, Source::Modpacks).await;
        assert_eq!(reasons(&report), [""; 0]);
        assert!(containing(&ground).await.is_empty());
        assert_eq!(freshness(&ground).await.outcome, Some(Outcome::Complete), "it is known to have none");

        let ground = another(&ground).await;
        let full = document(json!({"modrinth": {"projects": ["emberglass-kilns"]}}));
        world.complete(&ground, &full, Source::Modpacks).await;
        let known = containing(&ground).await;
        world.go_to(before(0, "06:00:00"));
        world.fault(Platform::Modrinth, "/v2/search", 4, Fault::Status(500));
        let report = world.collect(&ground, &full, Source::Modpacks).await;
        assert_eq!((report.record.outcome, reasons(&report)), (Outcome::Partial, vec!["Unreachable"]));
        assert_eq!(freshness(&ground).await.outcome, Some(Outcome::Failed));
        assert_eq!(containing(&ground).await.len(), known.len(), "none is lost");
    }
}

/// Real lanes, on a clock that jumps: the days before today in a few seconds.
#[tokio::test(flavor = "multi_thread")]
async fn defect_24_the_schedule_does_not_drift() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("demo.db");
    let path = file.to_str().unwrap();
    let arguments = [
        "demo",
        "--days",
        "6",
        "--db",
        path,
        "--listen",
        "127.0.0.1:0",
    ];
    let mut demo = Process::start("modstats", &arguments, &[]);
    demo.wait_for_line(SHORT, "open http://").await;
    demo.signal(Signal::INT);
    assert!(demo.wait(SHORT).await.success(), "{}", demo.output());

    let store = Store::open(&Database::Sqlite(file)).await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let all = RunPage {
        limit: 10_000,
        ..RunPage::default()
    };
    let mut runs = snapshot.runs(&all, Timestamp::now()).await.unwrap();
    runs.sort_by_key(|run| (run.name.clone(), run.source, run.scheduled_at));
    let of_downloads = |run: &&RunView| run.source != StoredSource::Modpacks;
    let downloads: Vec<&RunView> = runs.iter().filter(of_downloads).collect();
    let lanes =
        downloads.chunk_by(|one, other| (&one.name, one.source) == (&other.name, other.source));
    for lane in lanes {
        assert!(lane.len() >= 6, "{lane:?}");
        // The first run is made at once. None of the others waits for the one before it.
        assert!(lane[1].scheduled_at.duration_since(lane[0].scheduled_at) <= lane[0].interval);
        for pair in lane[1..].windows(2) {
            let apart = pair[1].scheduled_at.duration_since(pair[0].scheduled_at);
            assert_eq!(apart, pair[0].interval, "{pair:?}");
        }
    }
}

on_both! {
    async fn defect_24_a_day_keeps_its_first_and_last_reading_and_each_run_its_own(ground: Ground) {
        let times = ["00:17:00", "06:17:00", "12:17:00", "18:17:00"];
        let world = World::at(before(1, times[0])).await;
        let id = world.id(Platform::Modrinth, GEARS);
        let document = document(json!({"modrinth": {"projects": [id]}}));
        for time in times {
            world.go_to(before(1, time));
            world.complete(&ground, &document, Source::Modrinth).await;
        }
        let stated = |time| world.catalogue().downloads(Platform::Modrinth, &id, before(1, time));
        let days = entity::daily_stats::Entity::find().all(&ground.connection).await.unwrap();
        let ends = (days[0].first_downloads, days[0].last_downloads);
        assert_eq!((days.len(), ends), (1, (stated(times[0]), stated(times[3]))));
        let samples = entity::sample::Entity::find().all(&ground.connection).await.unwrap();
        let samples: Vec<_> = samples.iter().map(|row| Some(row.downloads)).collect();
        assert_eq!(samples, times.map(stated));
    }
}
