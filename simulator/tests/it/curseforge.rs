use std::collections::HashSet;

use modstats_simulator::Platform::Curseforge;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, days_ago, fits, items, noon, numbers, texts};

const GEARS: &str = "quillhaven-gears";

async fn all_files(client: &Client, id: &str) -> Vec<Value> {
    let mut files = Vec::new();
    loop {
        let path = format!("v1/mods/{id}/files?index={}&pageSize=50", files.len());
        let page = client.get(Curseforge, &path).await;
        fits("curseforge-pagination", [&page["pagination"]]);
        assert_eq!(page["pagination"]["index"], files.len());
        assert_eq!(
            page["pagination"]["resultCount"],
            items(&page["data"]).len()
        );
        files.extend(items(&page["data"]).iter().cloned());
        if files.len() as u64 >= page["pagination"]["totalCount"].as_u64().unwrap() {
            return files;
        }
    }
}

#[tokio::test]
async fn every_answer_has_its_recorded_shape() {
    let client = Client::start().await;
    let all = client
        .catalogue()
        .projects()
        .iter()
        .filter(|p| p.platform == Curseforge);
    let ids: Vec<i64> = all.map(|project| project.id.parse().unwrap()).collect();
    let mods = client
        .post("v1/mods", json!({"modIds": ids, "filterPcOnly": true}))
        .await;
    assert_eq!(
        items(&mods["data"]).len(),
        ids.len() - 1,
        "one is invisible"
    );
    fits("curseforge-mod", items(&mods["data"]));
    for slug in [GEARS, "brambleway-roads"] {
        let id = client.id(Curseforge, slug);
        fits(
            "curseforge-mod",
            [&client.get(Curseforge, &format!("v1/mods/{id}")).await["data"]],
        );
        let files = all_files(&client, &id).await;
        fits("curseforge-file", &files);
        let batch = client
            .post("v1/mods/files", json!({"fileIds": numbers(&files, "id")}))
            .await;
        fits("curseforge-file", items(&batch["data"]));
    }
    let found = client
        .get(Curseforge, "v1/mods/search?gameId=432&classId=4471")
        .await;
    assert_eq!(
        found.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["data", "pagination"]
    );
    fits("curseforge-mod", items(&found["data"]));
    fits("curseforge-pagination", [&found["pagination"]]);
}

#[tokio::test]
async fn totals_are_those_of_the_catalogue_at_the_clocks_time() {
    let client = Client::start().await;
    let id = client.id(Curseforge, GEARS);
    for at in [days_ago(80), days_ago(20), noon()] {
        client.simulator.clock().set(at);
        let found = client.get(Curseforge, &format!("v1/mods/{id}")).await;
        let expected = client.catalogue().downloads(Curseforge, &id, at);
        assert_eq!(found["data"]["downloadCount"].as_i64(), expected);
        for file in all_files(&client, &id).await {
            let expected =
                client
                    .catalogue()
                    .version_downloads(Curseforge, &file["id"].to_string(), at);
            assert_eq!(file["downloadCount"].as_i64(), expected);
        }
    }
    let big = client
        .get(
            Curseforge,
            "v1/mods/search?gameId=432&slug=everdeep-odyssey",
        )
        .await;
    assert!(big["data"][0]["downloadCount"].as_i64().unwrap() > 9_412_345_678);
}

#[tokio::test]
async fn files_come_in_pages_newest_first() {
    let client = Client::start().await;
    let id = client.id(Curseforge, GEARS);
    let files = all_files(&client, &id).await;
    // One of the 137 has vanished by now.
    assert_eq!(files.len(), 136);
    assert_eq!(HashSet::<i64>::from_iter(numbers(&files, "id")).len(), 136);
    assert!(numbers(&files, "id").is_sorted_by(|a, b| a > b));

    let path = format!("v1/mods/{id}/files");
    let page = client.get(Curseforge, &path).await;
    assert_eq!(items(&page["data"]).len(), 50);
    let page = client
        .get(Curseforge, &format!("{path}?pageSize=1000"))
        .await;
    assert_eq!(page["pagination"]["pageSize"], 50);
    let page = client.get(Curseforge, &format!("{path}?index=9950")).await;
    assert_eq!(page["pagination"]["resultCount"], 0);
    let beyond = client.send(Curseforge, &format!("{path}?index=9951")).await;
    assert_eq!(beyond.status(), 400);
}

#[tokio::test]
async fn a_mod_tells_whenever_a_file_comes_or_vanishes() {
    let client = Client::start().await;
    let id = client.id(Curseforge, GEARS);
    let mut before: Option<(Value, Vec<Value>)> = None;
    let (mut came, mut vanished) = (0, 0);
    for day in (0..=60).rev() {
        client.simulator.clock().set(days_ago(day));
        let found = client.get(Curseforge, &format!("v1/mods/{id}")).await;
        let (found, files) = (&found["data"], all_files(&client, &id).await);
        assert_eq!(found["latestFilesIndexes"], newest_by_game(&files));
        assert_eq!(found["mainFileId"], files[0]["id"]);
        let modified = found["dateModified"].clone();
        if let Some((then, had)) = before {
            let ids = |files: &[Value]| HashSet::<i64>::from_iter(numbers(files, "id"));
            let (had, has) = (ids(&had), ids(&files));
            came += has.difference(&had).count();
            vanished += had.difference(&has).count();
            assert_eq!(modified != then, has != had, "{day} days ago");
        }
        before = Some((modified, files));
    }
    assert!(came > 3, "{came} came");
    assert_eq!(vanished, 1);
}

/// Of files, newest first, those that are the newest of a game version and a loader.
fn newest_by_game(files: &[Value]) -> Value {
    let mut newest: Vec<Value> = Vec::new();
    for file in files {
        let sorts = items(&file["sortableGameVersions"]);
        let of_type = |loader: bool| {
            let fits = move |sort: &&Value| (sort["gameVersionTypeId"] == 68_441) == loader;
            let fits = sorts.iter().filter(fits);
            fits.filter(|sort| sort["gameVersionTypeId"] != 75_208)
        };
        for loader in of_type(true) {
            let loader = match loader["gameVersionName"].as_str().unwrap() {
                "Forge" => 1,
                "Fabric" => 4,
                "Quilt" => 5,
                _ => 6,
            };
            for game in of_type(false) {
                let index = json!({
                    "gameVersion": game["gameVersion"],
                    "fileId": file["id"],
                    "filename": file["fileName"],
                    "releaseType": file["releaseType"],
                    "gameVersionTypeId": game["gameVersionTypeId"],
                    "modLoader": loader,
                });
                let same = |other: &Value| {
                    ["gameVersion", "modLoader"].map(|key| &other[key])
                        == ["gameVersion", "modLoader"].map(|key| &index[key])
                };
                if !newest.iter().any(same) {
                    newest.push(index);
                }
            }
        }
    }
    Value::Array(newest)
}

#[tokio::test]
async fn batches_leave_out_what_is_unknown() {
    let client = Client::start().await;
    let gears: i64 = client.id(Curseforge, GEARS).parse().unwrap();
    let roads: i64 = client.id(Curseforge, "brambleway-roads").parse().unwrap();
    let found = client
        .post("v1/mods", json!({"modIds": [roads, 1, gears, roads]}))
        .await;
    assert_eq!(numbers(items(&found["data"]), "id"), [gears, roads]);
    assert_eq!(found.as_object().unwrap().len(), 1, "no pagination");

    let files = all_files(&client, &gears.to_string()).await;
    let newest = files[0]["id"].as_i64().unwrap();
    let found = client
        .post("v1/mods/files", json!({"fileIds": [1, newest]}))
        .await;
    assert_eq!(found["data"], json!([files[0]]));

    let request = client
        .request(Curseforge, Method::POST, "v1/mods")
        .body("[]");
    assert_eq!(request.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_key_is_needed_and_checked() {
    let client = Client::start().await;
    let url = client
        .simulator
        .curseforge_url()
        .join("v1/mods/search?gameId=432")
        .unwrap();
    for key in [None, Some("another"), Some("")] {
        let mut request = client.http.get(url.clone());
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), 403, "{key:?}");
        assert_eq!(refused.headers()["content-length"], "0");
    }
    assert_eq!(
        client
            .send(Curseforge, "v1/mods/search?gameId=432")
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn search_finds_slugs_by_class_and_names() {
    let client = Client::start().await;
    let search = async |query: &str| {
        let path = format!("v1/mods/search?gameId=432&{query}");
        let found = client.get(Curseforge, &path).await;
        texts(items(&found["data"]), "slug")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(search("classId=6&slug=quillhaven-gears").await, [GEARS]);
    assert_eq!(
        search("classId=4471&slug=quillhaven-gears").await,
        Vec::<String>::new()
    );
    assert_eq!(
        search("classId=6&slug=quillhaven").await,
        Vec::<String>::new()
    );
    assert_eq!(
        search("searchFilter=BRAMBLEway").await,
        ["brambleway-roads"]
    );
    assert_eq!(
        search("classId=6&slug=glimmerfen-lights").await,
        Vec::<String>::new()
    );
    let page = client.get(Curseforge, "v1/mods/search?gameId=1").await;
    assert_eq!(page["pagination"]["totalCount"], 0);
    assert_eq!(
        client.send(Curseforge, "v1/mods/search").await.status(),
        400
    );
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let client = Client::start().await;
    for path in ["v1/mods/1", "v1/mods/1/files", "v1/mods/jei", "v1/nowhere"] {
        assert_eq!(client.send(Curseforge, path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn authors_may_forbid_downloads_by_others() {
    let client = Client::start().await;
    let roads = client.id(Curseforge, "brambleway-roads");
    let found = client.get(Curseforge, &format!("v1/mods/{roads}")).await;
    assert_eq!(found["data"]["allowModDistribution"], false);
    assert!(
        all_files(&client, &roads)
            .await
            .iter()
            .all(|file| file["downloadUrl"].is_null())
    );
}
