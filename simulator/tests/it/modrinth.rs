use std::collections::HashSet;

use jiff::SignedDuration;
use modstats_simulator::Platform::Modrinth;
use modstats_simulator::catalogue::Kind;
use modstats_simulator::{Fault, Rule};
use reqwest::Method;

use crate::client::{Client, days_ago, fits, items, json, noon, numbers, options, texts};

const GEARS: &str = "quillhaven-gears";

#[tokio::test]
async fn every_answer_has_its_recorded_shape() {
    let client = Client::start().await;
    let all = client.catalogue().projects().iter();
    let ids: Vec<_> = all
        .filter(|p| p.platform == Modrinth)
        .map(|p| &p.id)
        .collect();
    for ids in ids.chunks(100) {
        let query = [("ids", json(&ids))];
        let query = [(query[0].0, query[0].1.as_str())];
        fits(
            "modrinth-project",
            items(&client.modrinth("v2/projects", &query).await),
        );
    }
    fits(
        "modrinth-project",
        [&client.get(Modrinth, "v2/project/tidewheel-harbours").await],
    );
    let versions = client
        .get(Modrinth, &format!("v2/project/{GEARS}/version"))
        .await;
    fits("modrinth-version", items(&versions));
    let pack = client
        .get(Modrinth, "v2/project/everdeep-odyssey/version")
        .await;
    fits("modrinth-version", items(&pack));
    let batch = json(&texts(&items(&pack)[..1], "id"));
    fits(
        "modrinth-version",
        items(&client.modrinth("v2/versions", &[("ids", &batch)]).await),
    );
    for offset in ["0", "100", "200"] {
        let query = [("limit", "100"), ("offset", offset)];
        fits(
            "modrinth-search",
            [&client.modrinth("v2/search", &query).await],
        );
    }
    for path in [
        "v2/projects?ids=x",
        "v2/versions?ids=x",
        "v2/search?facets=x",
        "v2/nothing",
    ] {
        let error = client.send(Modrinth, path).await;
        fits("modrinth-error", [&error.json().await.unwrap()]);
    }
}

#[tokio::test]
async fn totals_are_those_of_the_catalogue_at_the_clocks_time() {
    let client = Client::start().await;
    let id = client.id(Modrinth, GEARS);
    for at in [days_ago(80), days_ago(3), noon()] {
        client.simulator.clock().set(at);
        let project = client.get(Modrinth, &format!("v2/project/{id}")).await;
        let expected = client.catalogue().downloads(Modrinth, &id, at);
        assert_eq!(project["downloads"].as_i64(), expected);

        let versions = client
            .get(Modrinth, &format!("v2/project/{id}/version"))
            .await;
        let listed = texts(items(&versions), "id");
        let counts = numbers(items(&versions), "downloads");
        let expected: Vec<_> = listed
            .iter()
            .map(|id| {
                client
                    .catalogue()
                    .version_downloads(Modrinth, id, at)
                    .unwrap()
            })
            .collect();
        assert_eq!(counts, expected);
        assert!(texts(items(&versions), "date_published").is_sorted_by(|a, b| a >= b));
        let mut oldest_first = listed.clone();
        oldest_first.reverse();
        assert_eq!(project["versions"], serde_json::json!(oldest_first));
    }
}

#[tokio::test]
async fn a_project_lists_its_versions_oldest_first() {
    let client = Client::start().await;
    for day in [60, 36, 34, 0] {
        client.simulator.clock().set(days_ago(day));
        let mods = client.catalogue().projects().iter();
        let mods = mods.filter(|p| p.platform == Modrinth && p.kind == Kind::Mod);
        for id in mods.filter(|p| p.visible(days_ago(day))).map(|p| &p.id) {
            let path = format!("v2/project/{id}");
            let found = client.get(Modrinth, &path).await;
            let listed = client.get(Modrinth, &format!("{path}/version")).await;
            let mut listed = texts(items(&listed), "id");
            listed.reverse();
            assert_eq!(found["versions"], serde_json::json!(listed));
        }
    }
}

#[tokio::test]
async fn batches_leave_out_what_is_unknown_and_choose_their_order() {
    let client = Client::start().await;
    let asked = [
        "moorstone-library",
        "nothing-here",
        "TIDEWHEEL-harbours",
        "glimmerfen-lights",
    ];
    let tide = client.id(Modrinth, "tidewheel-harbours");
    let query = json(
        &asked
            .iter()
            .copied()
            .chain([tide.as_str()])
            .collect::<Vec<_>>(),
    );
    let found = client.modrinth("v2/projects", &[("ids", &query)]).await;
    let slugs: HashSet<_> = texts(items(&found), "slug").into_iter().collect();
    assert_eq!(
        slugs,
        HashSet::from(["moorstone-library", "tidewheel-harbours"])
    );
    assert_eq!(items(&found).len(), 2, "an id and a slug of one project");

    let versions = client
        .get(Modrinth, &format!("v2/project/{GEARS}/version"))
        .await;
    let ids = texts(items(&versions), "id");
    let found = client
        .modrinth("v2/versions", &[("ids", &json(&ids))])
        .await;
    let order = texts(items(&found), "id");
    assert_ne!(order, ids);
    assert_eq!(HashSet::<&str>::from_iter(order), HashSet::from_iter(ids));
}

#[tokio::test]
async fn bad_ids_are_refused_and_unknown_projects_have_no_body() {
    let client = Client::start().await;
    for (path, ids) in [
        ("v2/projects", "sodium"),
        ("v2/projects", r#"["a\u0062"]"#),
        ("v2/projects", "[1]"),
        ("v2/versions", r#"["not-an-id"]"#),
    ] {
        let request = client
            .request(Modrinth, Method::GET, path)
            .query(&[("ids", ids)]);
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), 400, "{path} {ids}");
        let error: serde_json::Value = refused.json().await.unwrap();
        assert_eq!(error["error"], "request_error");
    }
    // The last one is there, but nobody sees it any more.
    for id in [
        "nothing",
        "nothing/version",
        "nothing/check",
        "glimmerfen-lights",
    ] {
        let missing = client.send(Modrinth, &format!("v2/project/{id}")).await;
        assert_eq!(missing.status(), 404);
        assert_eq!(missing.text().await.unwrap(), "");
    }
    let nowhere = client.send(Modrinth, "v2/nowhere").await;
    assert_eq!(nowhere.status(), 404);
    let error: serde_json::Value = nowhere.json().await.unwrap();
    assert_eq!(error["error"], "not_found");
}

#[tokio::test]
async fn a_slug_resolves_to_who_has_it_at_the_time() {
    let client = Client::start().await;
    let id = client.id(Modrinth, "copperwick-semaphores");
    let check = "v2/project/copperwick-semaphores/check";
    client.simulator.clock().set(days_ago(45));
    assert_eq!(client.get(Modrinth, check).await["id"], *id);
    client.simulator.clock().set(days_ago(35));
    assert_eq!(client.send(Modrinth, check).await.status(), 404);
    client.simulator.clock().set(days_ago(10));
    assert_ne!(client.get(Modrinth, check).await["id"], *id);
    let renamed = client.get(Modrinth, &format!("v2/project/{id}")).await;
    assert_eq!(renamed["title"], "Copperwick Signals");
}

#[tokio::test]
async fn versions_are_filtered_by_loader_and_game_version() {
    let client = Client::start().await;
    let path = format!("v2/project/{GEARS}/version");
    let all = client
        .modrinth(&path, &[("include_changelog", "false")])
        .await;
    assert_eq!(items(&all).len(), 131);
    assert!(
        items(&all)
            .iter()
            .all(|version| version.get("changelog").is_none())
    );
    let with = client.modrinth(&path, &[]).await;
    assert!(
        items(&with)
            .iter()
            .all(|version| version["changelog"].is_string())
    );

    let query = [
        ("loaders", r#"["forge","quilt"]"#),
        ("game_versions", r#"["26.2"]"#),
    ];
    let some = client.modrinth(&path, &query).await;
    let expected: Vec<_> = items(&with)
        .iter()
        .filter(|v| v["loaders"][0] == "forge")
        .filter(|v| items(&v["game_versions"]).iter().any(|game| game == "26.2"))
        .cloned()
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(items(&some), expected);
    let ignored = client.modrinth(&path, &[("loaders", "forge")]).await;
    assert_eq!(
        items(&ignored).len(),
        131,
        "what isn't JSON filters nothing"
    );
}

#[tokio::test]
async fn the_rate_limit_runs_on_the_simulators_clock() {
    let client = Client::with(modstats_simulator::Options {
        rate_limit_per_minute: 3,
        ..options()
    })
    .await;
    let header = |response: &reqwest::Response, name: &str| {
        response.headers()[name]
            .to_str()
            .unwrap()
            .parse::<i64>()
            .unwrap()
    };
    for remaining in [2, 1, 0] {
        // A 404 costs as much as anything else.
        let answer = client.send(Modrinth, "v2/project/nothing").await;
        assert_eq!(answer.status(), 404);
        assert_eq!(header(&answer, "x-ratelimit-limit"), 3);
        assert_eq!(header(&answer, "x-ratelimit-remaining"), remaining);
    }
    let refused = client.send(Modrinth, "v2/project/nothing").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "x-ratelimit-remaining"), 0);
    assert_eq!(header(&refused, "x-ratelimit-reset"), 60);
    let error: serde_json::Value = refused.json().await.unwrap();
    assert_eq!(error["error"], "ratelimit_error");
    fits("modrinth-error", [&error]);

    client
        .simulator
        .clock()
        .set(noon() + SignedDuration::from_secs(20));
    assert_eq!(
        client.send(Modrinth, "v2/project/nothing").await.status(),
        404
    );
    assert_eq!(
        client.send(Modrinth, "v2/project/nothing").await.status(),
        429
    );
    client.simulator.faults().add(Rule {
        platform: Modrinth,
        path_contains: String::new(),
        times: 1,
        fault: Fault::RateLimited { headers: true },
    });
    client.send(Modrinth, "v2/project/nothing").await;
    assert_eq!(client.simulator.served().limited, 2, "not the fault");
}

#[tokio::test]
async fn fewer_may_come_at_once_than_in_a_minute() {
    let client = Client::with(modstats_simulator::Options {
        rate_limit_per_minute: 60,
        rate_limit_burst: Some(2),
        ..options()
    })
    .await;
    let sent = async |second: i64| {
        let now = noon() + SignedDuration::from_secs(second);
        client.simulator.clock().set(now);
        let answer = client.send(Modrinth, "v2/project/nothing").await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-ratelimit-limit"), "2");
        let left = (header("x-ratelimit-remaining"), header("x-ratelimit-reset"));
        (answer.status().as_u16(), left.0 + "/" + &left.1)
    };
    let answered = |status, left: &str| (status, left.to_owned());
    for (second, expected) in [
        (0, answered(404, "1/1")),
        (0, answered(404, "0/2")),
        (0, answered(429, "0/2")),
        (1, answered(404, "0/2")),
        (1, answered(429, "0/2")),
        // However long nobody asks, no more than the burst is saved.
        (600, answered(404, "1/1")),
        (600, answered(404, "0/2")),
        (600, answered(429, "0/2")),
    ] {
        assert_eq!(sent(second).await, expected, "at {second} s");
    }
    assert_eq!(client.simulator.served().limited, 3);
}

#[tokio::test]
async fn a_request_has_to_say_who_asks() {
    let client = Client::start().await;
    let nobody = reqwest::Client::new();
    let url = client.simulator.modrinth_url().join("v2/search").unwrap();
    let refused = nobody.get(url).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.headers()["content-type"], "text/html");
}
