use std::collections::HashSet;

use modstats_simulator::Platform::{Curseforge, Modrinth};
use modstats_simulator::catalogue::Kind;
use modstats_simulator::{Fault, Rule, Served};
use serde_json::Value;

use crate::client::{Client, KEY, days_ago, items, noon, numbers};

const GEARS: &str = "quillhaven-gears";

async fn send(client: &Client, path: &str) -> reqwest::Response {
    let url = client.simulator.website_url().join(path).unwrap();
    client.http.get(url).send().await.unwrap()
}

async fn page(client: &Client, id: &str, query: &str) -> Value {
    let response = send(client, &format!("api/v1/mods/{id}/dependents?{query}")).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

/// All of them, page by page.
async fn dependents(client: &Client, id: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for number in 1.. {
        let page = page(client, id, &format!("page={number}&pageSize=50")).await;
        if items(&page["data"]).is_empty() {
            assert_eq!(page["pagination"]["totalCount"], all.len());
            break;
        }
        all.extend_from_slice(items(&page["data"]));
    }
    all
}

#[tokio::test]
async fn pages_of_20_list_each_dependent_once() {
    let client = Client::start().await;
    let id = client.id(Curseforge, GEARS);
    let all = dependents(&client, &id).await;
    assert!(all.len() > 60, "{} dependents", all.len());
    assert_eq!(
        HashSet::<i64>::from_iter(numbers(&all, "id")).len(),
        all.len()
    );
    assert!(numbers(&all, "downloads").is_sorted_by(|a, b| a >= b));

    let first = page(&client, &id, "").await;
    assert_eq!(items(&first["data"]), &all[..20]);
    let expected = serde_json::json!({"index": 0, "pageSize": 20, "totalCount": all.len()});
    assert_eq!(first["pagination"], expected);
    let ignored = page(&client, &id, "index=20&pageSize=3").await;
    assert_eq!(ignored, first);
    let third = page(&client, &id, "page=3&index=7&pageSize=50").await;
    assert_eq!(items(&third["data"]), &all[40..60]);
    assert_eq!(third["pagination"]["index"], 40);
}

#[tokio::test]
async fn they_are_those_whose_newest_version_has_the_mod() {
    let client = Client::start().await;
    let commons = client
        .catalogue()
        .project_by_slug(Curseforge, "sprocket-commons", noon())
        .unwrap();
    let mut counts = Vec::new();
    for at in [days_ago(80), noon()] {
        client.simulator.clock().set(at);
        let found = dependents(&client, &commons.id).await;
        let expected = client.catalogue().projects().iter().filter(|project| {
            let newest = project.listed(at).next_back();
            let has = newest.is_some_and(|version| {
                let mut all = version.dependencies.iter().chain(&version.unstated);
                all.any(|dependency| dependency.project == commons.id)
            });
            project.platform == Curseforge && project.visible(at) && has
        });
        let expected: HashSet<String> = expected.map(|project| project.id.clone()).collect();
        let ids = numbers(&found, "id").into_iter().map(|id| id.to_string());
        assert_eq!(HashSet::from_iter(ids), expected);
        counts.push(found.len());

        let gears = found.iter().find(|found| found["slug"] == GEARS).unwrap();
        assert_eq!(gears["name"], "Quillhaven Gears");
        assert_eq!(gears["authorName"], "maplewright");
        assert_eq!(gears["type"], "RequiredDependency");
        let id = client.id(Curseforge, GEARS);
        let api = &client.get(Curseforge, &format!("v1/mods/{id}")).await["data"];
        assert_eq!(gears["id"].to_string(), id);
        assert_eq!(gears["downloads"], api["downloadCount"]);
        assert_eq!(gears["logoUrl"], api["logo"]["url"]);
        assert_eq!(
            gears["dependentFileName"],
            api["latestFiles"][0]["fileName"]
        );
        let classes: HashSet<_> = found
            .iter()
            .map(|found| {
                let class = &found["categoryClass"];
                let (name, slug) = (&class["name"], &class["slug"]);
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                assert_eq!(class["id"], class["classId"]);
                (class["id"].as_i64().unwrap(), text(name), text(slug))
            })
            .collect();
        let class = |id, name: &str, slug: &str| (id, name.to_owned(), slug.to_owned());
        let both = [
            class(6, "Mods", "mc-mods"),
            class(4471, "Modpacks", "modpacks"),
        ];
        assert_eq!(classes, HashSet::from(both));
    }
    assert!(counts[0] < counts[1], "{counts:?}");
}

#[tokio::test]
async fn the_api_does_not_say_what_a_modpack_contains() {
    let client = Client::start().await;
    let projects = client.catalogue().projects().iter();
    let packs = projects.filter(|p| p.platform == Curseforge && p.kind == Kind::Modpack);
    let containing: Vec<_> = packs
        .filter(|pack| pack.versions.iter().any(|v| !v.unstated.is_empty()))
        .take(5)
        .collect();
    assert_eq!(containing.len(), 5);
    for pack in containing {
        let files = client
            .get(Curseforge, &format!("v1/mods/{}/files", pack.id))
            .await;
        for file in items(&files["data"]) {
            assert!(items(&file["dependencies"]).is_empty());
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let client = Client::start().await;
    for path in [
        "api/v1/mods/1/dependents",
        "api/v1/mods/jei/dependents",
        "api/v1/mods/1",
        "v1/mods",
    ] {
        assert_eq!(send(&client, path).await.status(), 404, "{path}");
    }
    let hidden = client.catalogue().projects().iter();
    let hidden = hidden.filter(|p| p.platform == Curseforge && p.hidden_from.is_some());
    for project in hidden {
        let path = format!("api/v1/mods/{}/dependents", project.id);
        assert_eq!(send(&client, &path).await.status(), 404);
    }
    let id = client.id(Curseforge, GEARS);
    let odd = send(&client, &format!("api/v1/mods/{id}/dependents?page=one")).await;
    assert_eq!(odd.status(), 400);
}

#[tokio::test]
async fn requests_are_counted_apart_and_keys_where_none_belong() {
    let client = Client::start().await;
    let id = client.id(Curseforge, GEARS);
    page(&client, &id, "page=1").await;
    send(&client, "nowhere").await;
    let sites = [
        client.simulator.website_url().join("nowhere"),
        client.simulator.modrinth_url().join("v2/search"),
        client.simulator.curseforge_url().join("v1/mods/1"),
    ];
    for url in sites {
        let request = client.http.get(url.unwrap()).header("x-api-key", KEY);
        request.send().await.unwrap();
    }
    let served = client.simulator.served();
    assert_eq!(served.website["mods/{id}/dependents"], 1);
    assert_eq!(served.website["unknown"], 2);
    assert_eq!((served.total(Modrinth), served.total(Curseforge)), (1, 1));
    assert_eq!(served.keys_astray, 2, "the API's own key isn't astray");
    let told = send(&client, "simulator/requests").await;
    assert_eq!(told.json::<Served>().await.unwrap(), served);
}

#[tokio::test]
async fn faults_of_curseforge_hit_the_website_by_path() {
    let client = Client::start().await;
    let id = client.id(Curseforge, GEARS);
    client.simulator.faults().add(Rule {
        platform: Curseforge,
        path_contains: "/dependents".to_owned(),
        times: 1,
        fault: Fault::Html(403),
    });
    client.get(Curseforge, &format!("v1/mods/{id}")).await;
    let path = format!("api/v1/mods/{id}/dependents");
    assert_eq!(send(&client, &path).await.status(), 403);
    assert_eq!(send(&client, &path).await.status(), 200);
}
