//! What pages and API say.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use modstats_dashboard::SourceOutlook;
use modstats_store::Store;
use modstats_store::model::{Platform, Source};
use modstats_store::time::midnight;
use serde_json::Value;

use crate::seed::{Project, Subject, at, begin, collect, fail, version};
use crate::{Served, StoreSlot, database};

pub fn nuclear() -> Subject {
    Subject {
        namespace: "default",
        name: "create-nuclear",
        display_name: Some("Create Nuclear"),
        projects: vec![
            Project::new(Platform::Modrinth, "createnuclear", "Create Nuclear"),
            Project::new(Platform::Curseforge, "989797", "Create: Nuclear"),
        ],
        declared: &[],
    }
}

/// 60 days of both platforms, twice a day; Modrinth grows by 1,000 a day, CurseForge by 100.
pub async fn history(store: &Store) {
    let subject = nuclear();
    for ago in (0..60).rev() {
        let day = midnight(jiff::civil::date(2026, 11, 22)) - SignedDuration::from_hours(24 * ago);
        for hour in [0, 12] {
            let now = day + SignedDuration::from_hours(hour);
            let grown = (60 - ago) * 2 + hour / 12;
            let published = at("2026-11-01T17:00Z");
            let versions = |downloads: i64| match now > published {
                true => vec![
                    version("v2", "2.0", published, downloads),
                    version("v1", "1.0", at("2026-01-01T00:00Z"), 5),
                ],
                false => vec![version("v1", "1.0", at("2026-01-01T00:00Z"), 5)],
            };
            collect(
                store,
                &subject,
                Platform::Modrinth,
                now,
                2_500_000_000 + grown * 500,
                versions(grown),
            )
            .await;
            collect(
                store,
                &subject,
                Platform::Curseforge,
                now,
                700_000 + grown * 50,
                Vec::new(),
            )
            .await;
        }
    }
}

fn grouped(number: &Value) -> String {
    let digits = number.as_i64().unwrap().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[tokio::test]
async fn pages_and_api_say_the_same_figures() {
    let (store, _folder) = database().await;
    history(&store).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let list = served.json("/api/v1/mods").await;
    let one = served.json("/api/v1/mods/default/create-nuclear").await;
    let front = served.text("/").await;
    let page = served.text("/mods/default/create-nuclear").await;
    let week = "/mods/default/create-nuclear?period=7d";
    let week = served.text(week).await;

    assert_eq!(one["downloads"]["value"], 2_500_060_500_i64 + 706_050);
    assert_eq!(one["downloads"]["observed_at"], "2026-11-22T12:00:00Z");
    assert_eq!(list["mods"][0]["downloads"], one["downloads"]);
    assert_eq!(one["growth_28d"]["value"], 28 * 1_100);
    assert_eq!(one["growth_28d"]["previous"], 28 * 1_100);
    assert_eq!(
        (&one["growth_28d"]["from"], &one["growth_28d"]["to"]),
        (&"2026-10-25".into(), &"2026-11-21".into())
    );
    assert_eq!(one["growth_7d"]["value"], 7 * 1_100);
    let platforms = one["platforms"].as_array().unwrap();
    assert_eq!(platforms.len(), 2);
    for figures in platforms.iter().chain([&one]) {
        let total = grouped(&figures["downloads"]["value"]);
        assert!(front.contains(&total) && page.contains(&total), "{total}");
        for (growth, page) in [("growth_7d", &week), ("growth_28d", &page)] {
            let growth = format!("+{}", grouped(&figures[growth]["value"]));
            assert!(page.contains(&growth), "{growth}");
        }
        for people in ["followers", "thumbs_up"] {
            if !figures[people].is_null() {
                assert!(
                    page.contains(&grouped(&figures[people]["value"])),
                    "{people}"
                );
            }
        }
    }
    // The release started from 0, the version before it from its baseline.
    let versions = served
        .json("/api/v1/mods/default/create-nuclear/versions")
        .await;
    let versions = versions["versions"].as_array().unwrap();
    let growth: Vec<_> = versions
        .iter()
        .map(|it| (it["number"].as_str().unwrap(), it["growth"].as_i64()))
        .collect();
    assert_eq!(growth, [("2.0", Some(121)), ("1.0", Some(0))]);
    let modrinth = served.text("/mods/default/create-nuclear/modrinth").await;
    let sum = &one["platforms"][0]["versions_downloads"];
    assert_eq!(sum["value"], 126);
    assert!(modrinth.contains("<strong class=\"sum-over-versions\">126</strong>"));
}

/// The text of an Overview's figure, with one space for any white space.
fn fact(page: &str, name: &str) -> String {
    let (_, fact) = page.split_once(&format!("data-fact=\"{name}\"")).unwrap();
    let (fact, _) = fact.split_once("</div>").unwrap();
    let pieces = fact.split('<').filter_map(|it| Some(it.split_once('>')?.1));
    let text: Vec<&str> = pieces.flat_map(str::split_whitespace).collect();
    text.join(" ")
}

#[tokio::test]
async fn an_overview_and_the_api_say_the_same_of_the_morning() {
    let (store, _folder) = database().await;
    history(&store).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let page = served.text("/mods/default/create-nuclear").await;
    let api = "/api/v1/mods/default/create-nuclear/figures";
    let said = served.json(api).await;

    assert_eq!(said["growth"]["value"], 28 * 1_100);
    assert_eq!(said["growth"]["compared"]["previous"], 28 * 1_100);
    assert_eq!(
        fact(&page, "yesterday"),
        "Yesterday +1,100 21 Nov 2026 no change against +1,100, 14 Nov 2026"
    );
    let yesterday = &said["yesterday"];
    assert_eq!(
        (&yesterday["value"], &yesterday["compared"]["previous"]),
        (&1_100.into(), &1_100.into())
    );
    // At 15:20 the counters were 138 and 13 beyond those of noon, 500 and 50 in 12 hours.
    let last = &said["last_24h"];
    assert_eq!(last["value"], 1_100 - 138 - 13);
    assert_eq!(last["to"], "2026-11-22T12:00:00Z");
    assert!(fact(&page, "last-24h").starts_with("Last 24 hours +949 "));
    assert_eq!(said["velocity"]["per_day"], 1_100.0);
    assert_eq!(
        fact(&page, "velocity"),
        "Velocity 1,100 a day 7,700 a week 33,481 a month Mean of 25 Oct 2026 to 21 Nov 2026."
    );
    assert_eq!(said["milestone"]["value"], 5_000_000_000_i64);
    assert_eq!(said["milestone"]["reached_on"], Value::Null);
    assert_eq!(said["milestone"]["reached"], "distant");
    assert_eq!(
        fact(&page, "milestone"),
        "Next milestone 5,000,000,000 Not within a hundred years at the present velocity."
    );
    let release = &said["releases"][0];
    assert_eq!(
        (
            &release["name"],
            &release["downloads"],
            &release["previous_downloads"]
        ),
        (&"2.0".into(), &121.into(), &Value::Null)
    );
    assert!(
        fact(&page, "release").starts_with(
            "Newest release 2.0 121 after 20 d 19 h; of 1.0 at the same age nothing is known"
        ),
        "{}",
        fact(&page, "release")
    );
    assert_eq!(said["new_modpacks"], Value::Null);
    let shares: Vec<_> = said["platforms"].as_array().unwrap().iter().collect();
    assert_eq!(shares[0]["share_in_thousandths"], 1_000);
    // Of one platform's project alone.
    let one = format!("{api}?project=curseforge:989797&period=7d&compare=none");
    let one = served.json(&one).await;
    assert_eq!(one["growth"]["value"], 7 * 100);
    assert_eq!(one["growth"]["compared"], Value::Null);
    let page = served
        .text("/mods/default/create-nuclear?project=curseforge:989797")
        .await;
    assert!(fact(&page, "yesterday").contains("+100 "));
}

#[tokio::test]
async fn a_series_has_points_and_daily_growth() {
    let (store, _folder) = database().await;
    history(&store).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let path = "/api/v1/mods/default/create-nuclear/series?from=2026-11-20&to=2026-11-22";
    let series = served.json(path).await;
    let days: Vec<_> = series["growth"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| {
            (
                day["day"].as_str().unwrap(),
                day["growth"].as_i64().unwrap(),
                day["complete"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        days,
        [
            ("2026-11-20", 1_100, true),
            ("2026-11-21", 1_100, true),
            ("2026-11-22", 550, false)
        ]
    );
    let modrinth = &series["projects"][0];
    assert_eq!(
        (&modrinth["platform"], &modrinth["id"]),
        (&"modrinth".into(), &"createnuclear".into())
    );
    let points = modrinth["points"].as_array().unwrap();
    assert_eq!(
        points.len(),
        6,
        "two a day, and none from outside of the range"
    );
    assert_eq!(
        points[0],
        serde_json::json!({"at": "2026-11-20T00:00:00Z", "value": 2_500_058_000_i64, "origin": "collected", "import": null})
    );
    let followers = served.json(&format!("{path}&metric=followers")).await;
    assert_eq!(
        followers["projects"][0]["points"].as_array().unwrap().len(),
        6
    );
    assert_eq!(
        followers["projects"][1]["points"],
        Value::Array(vec![]),
        "CurseForge has none"
    );
}

#[tokio::test]
async fn every_run_is_on_one_page_of_runs() {
    let (store, _folder) = database().await;
    let subject = nuclear();
    for hour in 0..23 {
        let when = at("2026-11-21T00:12Z") + SignedDuration::from_hours(hour);
        collect(
            &store,
            &subject,
            Platform::Modrinth,
            when,
            100 + hour,
            vec![],
        )
        .await;
    }
    begin(&store, &subject, Source::Modrinth, at("2026-11-22T15:19Z")).await;
    begin(
        &store,
        &subject,
        Source::Curseforge,
        at("2026-11-22T05:00Z"),
    )
    .await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let (mut seen, mut states, mut path) = (
        Vec::new(),
        BTreeSet::new(),
        "/api/v1/runs?limit=7".to_owned(),
    );
    loop {
        let page = served.json(&path).await;
        for run in page["runs"].as_array().unwrap() {
            seen.push(run["id"].as_i64().unwrap());
            states.insert(run["state"].as_str().unwrap().to_owned());
        }
        let Some(before) = page["next_before"].as_i64() else {
            break;
        };
        path = format!("/api/v1/runs?limit=7&before={before}");
    }
    assert_eq!(seen.len(), 25);
    assert!(
        seen.windows(2).all(|pair| pair[0] > pair[1]),
        "newest first, none twice: {seen:?}"
    );
    assert_eq!(
        states.into_iter().collect::<Vec<_>>(),
        ["complete", "lost", "running"]
    );

    let (open, ended) = (&served.json("/api/v1/runs").await["runs"], 2);
    assert_eq!(open[0]["rows"], Value::Null);
    let told = ["requests", "retries", "bytes"].map(|name| open[ended][name].as_i64());
    assert_eq!(told, [Some(3), Some(1), Some(123_456)]);
    let rows = open[ended]["rows"].as_i64().unwrap();
    assert!(rows > 0);

    let first = served.text("/runs").await;
    assert_eq!(first.matches("data-run=").count(), 25);
    for told in [
        "1 retry",
        "123.4\u{a0}kB",
        &format!("<td class=\"number\">{rows}</td>"),
    ] {
        assert_eq!(first.matches(told).count(), 23, "{told}");
    }
    assert!(!first.contains(">Older<"));
    let older = served.text(&format!("/runs?before={}", seen[20])).await;
    assert_eq!(older.matches("data-run=").count(), 4);
    assert!(older.contains(">Newest<"));
    let none = served.text("/runs?mod=default/none").await;
    assert!(none.contains("Nothing has been collected yet"));
}

#[tokio::test]
async fn what_has_no_data_yet_says_when_it_will() {
    let (store, _folder) = database().await;
    let waiting = SourceOutlook {
        namespace: "default".to_owned(),
        name: "waiting".to_owned(),
        source: Source::Modrinth,
        next_at: Some(at("2026-11-22T15:31Z")),
        note: None,
    };
    let packs = SourceOutlook {
        source: Source::Modpacks,
        next_at: None,
        note: Some("suspended: spec.suspend is true".to_owned()),
        ..waiting.clone()
    };
    begin(
        &store,
        &nuclear(),
        Source::Modrinth,
        at("2026-11-22T15:19Z"),
    )
    .await;
    let served = Served::start(StoreSlot::open(store), vec![waiting, packs]).await;
    for path in ["/", "/mods/default/waiting"] {
        let page = served.text(path).await;
        assert!(page.contains("not collected yet"), "{path}: {page}");
        assert!(
            page.contains("datetime=\"2026-11-22T15:31:00Z\""),
            "{path}: {page}"
        );
        assert!(
            page.contains("suspended: spec.suspend is true"),
            "{path}: {page}"
        );
    }
    let page = served.text("/mods/default/create-nuclear").await;
    assert!(
        page.contains("No data yet") && page.contains("collecting since"),
        "{page}"
    );
    assert_eq!(served.get("/mods/default/other").await.status(), 404);
}

#[tokio::test]
async fn a_failure_is_told_with_its_reason_and_the_last_success() {
    let (store, _folder) = database().await;
    let subject = nuclear();
    collect(
        &store,
        &subject,
        Platform::Modrinth,
        at("2026-11-22T03:12Z"),
        10,
        vec![],
    )
    .await;
    collect(
        &store,
        &subject,
        Platform::Curseforge,
        at("2026-11-22T03:12Z"),
        10,
        vec![],
    )
    .await;
    fail(
        &store,
        &subject,
        Source::Curseforge,
        at("2026-11-22T09:23Z"),
        "the key was refused",
    )
    .await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let page = served.text("/mods/default/create-nuclear").await;
    let lines: Vec<&str> = page.split("<li class=\"").skip(1).collect();
    assert!(
        lines[0].starts_with("good")
            && lines[0].contains("22 Nov 2026, 03:12 UTC</time>, complete"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("warning") && lines[1].contains("the key was refused"),
        "{}",
        lines[1]
    );
    assert!(
        lines[1].contains("Last collected <time datetime=\"2026-11-22T03:12:04Z\""),
        "{}",
        lines[1]
    );
}
