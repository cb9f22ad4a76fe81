//! `modstats demo`: everything at once, and every figure true by the simulator's clock.

use jiff::Timestamp;
use modstats_simulator::catalogue::{Catalogue, Kind, Platform};
use modstats_tests::{Signal, Theme, Window, browser};
use serde_json::Value;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_show_what_the_platforms_stated_and_every_run_really_asked() {
    let demo = Running::start(&["demo", "--listen", "127.0.0.1:0"], &[]).await;
    let simulated = demo.process.output();
    let addresses = simulated
        .lines()
        .find(|line| line.starts_with("simulated Modrinth"))
        .unwrap();
    let words: Vec<&str> = addresses.split_whitespace().collect();
    let (modrinth, curseforge) = (words[2], words[4]);

    // The independent computation: the catalogue's pure functions, at the instants on the page.
    let present = json(&format!("{modrinth}simulator/catalogue")).await;
    let present: Timestamp = present["present"].as_str().unwrap().parse().unwrap();
    let catalogue = Catalogue::new(present);

    let window = Window {
        width: 1280,
        height: 900,
        theme: Theme::Light,
        javascript: false,
        ..Window::default()
    };
    let page = browser().await.page(window).await;
    let mut checked = 0;
    for it in catalogue.mods() {
        assert_eq!(
            page.goto(&format!("{}/mods/default/{}", demo.origin, it.slug))
                .await,
            200
        );
        // Each row of the table of projects: platform, id, downloads and the instant of the answer.
        let rows = page
            .eval(
                "[...document.querySelectorAll('section[aria-labelledby=projects-heading] tbody tr')].map(row => ({
                    platform: row.cells[1].innerText, id: row.cells[2].innerText,
                    downloads: row.cells[3].innerText, at: row.querySelector('time').dateTime }))",
            )
            .await;
        let mut sum = 0;
        for row in rows.as_array().unwrap() {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            let platform = match text("platform").as_str() {
                "Modrinth" => Platform::Modrinth,
                "CurseForge" => Platform::Curseforge,
                other => panic!("{other} is no platform"),
            };
            let at: Timestamp = text("at").parse().unwrap();
            let stated = catalogue.downloads(platform, &text("id"), at).unwrap();
            assert_eq!(number(&text("downloads")), stated, "{} {row}", it.title);
            sum += stated;
            checked += 1;
        }
        let total = page.text(".card:first-child .big").await;
        assert_eq!(
            number(&total),
            sum,
            "{}: the total is the sum of the last known values",
            it.title
        );
        assert_eq!(
            page.requests_outside(&demo.origin).await,
            Vec::<String>::new()
        );
        assert_eq!(page.errors().await, Vec::<String>::new());
    }
    assert!(checked >= 10, "only {checked} projects were on the pages");
    let tracked = &catalogue.mods()[0];
    let path = format!("mods/default/{}", tracked.slug);
    page.goto(&format!("{}/{path}/modpacks", demo.origin)).await;
    let current = number(&page.text("#modpacks .figures .current").await);
    let told = demo
        .json(&format!("/api/v1/{path}/modpacks?limit=500"))
        .await;
    check_modpacks(
        &catalogue,
        tracked.modrinth.as_deref().unwrap(),
        current,
        &told,
    );

    let (runs, days) = all_runs(&demo).await;
    assert!(runs.len() >= 90, "only {} runs", runs.len());
    assert!(days >= 90, "the runs span {days} days");
    assert!(
        runs.iter()
            .all(|run| run["state"] == "complete" || run["state"] == "partial")
    );
    for (address, source) in [(modrinth, "modrinth"), (curseforge, "curseforge")] {
        let served = json(&format!("{address}simulator/requests")).await;
        let served: i64 = served[source]
            .as_object()
            .unwrap()
            .values()
            .map(|count| count.as_i64().unwrap())
            .sum();
        let claimed: i64 = runs
            .iter()
            // The modpacks are asked for on Modrinth only.
            .filter(|run| {
                run["source"] == source || run["source"] == "modpacks" && source == "modrinth"
            })
            .map(|run| run["requests"].as_i64().unwrap())
            .sum();
        assert_eq!(
            claimed, served,
            "what the runs of {source} claim is what was served"
        );
    }
    let asked = Window {
        theme: Theme::Dark,
        width: 390,
        height: 844,
        javascript: true,
        ..Window::default()
    };
    let phone = browser().await.page(asked).await;
    for path in ["/", "/runs", "/mods/default/quillhaven-gears"] {
        phone.goto(&format!("{}{path}", demo.origin)).await;
        let wider = phone
            .eval("document.documentElement.scrollWidth > innerWidth")
            .await;
        assert_eq!(
            wider,
            Value::Bool(false),
            "{path} scrolls sideways on a phone"
        );
        let violations = phone.violations().await;
        assert!(violations.is_empty(), "{path}: {violations:?}");
    }
    let mut demo = demo;
    demo.process.signal(Signal::INT);
    assert!(
        demo.process.wait(SHORT).await.success(),
        "{}",
        demo.process.output()
    );
}

/// Whether the modpacks are those that contained a project when they were asked for.
fn check_modpacks(catalogue: &Catalogue, project: &str, current: i64, told: &Value) {
    let instant = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    let asked_at = instant(&told["freshness"][0]["asked_at"]);
    let dependents = catalogue.dependents(Platform::Modrinth, project, asked_at);
    let packs = dependents.iter().filter(|it| it.kind == Kind::Modpack);
    let mut expected: Vec<&str> = packs.map(|it| it.id.as_str()).collect();
    let mut found: Vec<&str> = Vec::new();
    for pack in told["modpacks"].as_array().unwrap() {
        let id = pack["id"].as_str().unwrap();
        let downloads = &pack["downloads"];
        let at = instant(&downloads["observed_at"]);
        let stated = catalogue.downloads(Platform::Modrinth, id, at);
        assert_eq!(downloads["value"].as_i64(), stated, "{pack}");
        if pack["state"] == "current" {
            found.push(id);
        }
    }
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected, "at {asked_at}");
    assert!(found.len() > 3, "only {} modpacks", found.len());
    assert_eq!(usize::try_from(current), Ok(found.len()), "on the page");
}

/// All runs, page by page, and how many days lie between the first and the last.
async fn all_runs(demo: &Running) -> (Vec<Value>, i64) {
    let mut runs: Vec<Value> = Vec::new();
    loop {
        let before = runs
            .last()
            .map_or(String::new(), |run| format!("&before={}", run["id"]));
        let page = demo.json(&format!("/api/v1/runs?limit=100{before}")).await;
        let page = page["runs"].as_array().unwrap().clone();
        if page.is_empty() {
            break;
        }
        runs.extend(page);
    }
    let started = |run: &Value| {
        run["started_at"]
            .as_str()
            .unwrap()
            .parse::<Timestamp>()
            .unwrap()
    };
    let days = started(&runs[0])
        .duration_since(started(runs.last().unwrap()))
        .as_hours()
        / 24;
    // The first and the last are of day 0 and of today: both count.
    (runs, days + 1)
}

/// 1,234,567 as a person reads it.
fn number(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("{text:?} is no number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_it_also_while_it_collects() {
    let mut process = modstats_tests::Process::start(
        "modstats",
        &["demo", "--days", "700", "--listen", "127.0.0.1:0"],
        &[],
    );
    process.wait_for_line(SHORT, "sample data").await;
    process.signal(Signal::INT);
    assert!(process.wait(SHORT).await.success(), "{}", process.output());
}
