use std::collections::HashSet;

use jiff::SignedDuration;
use modstats_simulator::Platform::Modrinth;
use modstats_simulator::catalogue::Kind;

use crate::client::{Client, items, noon, numbers, texts};

const GEARS: &str = "quillhaven-gears";

#[tokio::test]
async fn search_finds_the_modpacks_that_contain_a_mod() {
    let client = Client::start().await;
    let id = client.id(Modrinth, GEARS);
    let depends = |versions: &[modstats_simulator::catalogue::Version]| {
        let mut all = versions.iter().flat_map(|version| &version.dependencies);
        all.any(|dependency| dependency.project == id)
    };
    let packs = client
        .catalogue()
        .projects()
        .iter()
        .filter(|p| p.kind == Kind::Modpack);
    let packs: Vec<_> = packs.filter(|p| p.visible(noon())).collect();
    let once: HashSet<_> = packs
        .iter()
        .filter(|p| depends(&p.versions))
        .map(|p| p.id.as_str())
        .collect();
    let still = packs
        .iter()
        .filter(|p| depends(&p.versions[p.versions.len() - 1..]));
    assert!(
        still.count() < once.len(),
        "the index also knows packs that dropped the mod"
    );

    let field = "compatible_dependency_project_ids";
    let expression = format!("project_types = `modpack` AND {field} = `{id}`");
    let facets = format!(r#"[["project_types:modpack"],["{field}:{id}"]]"#);
    for (key, filter) in [("new_filters", &expression), ("facets", &facets)] {
        let mut found = HashSet::new();
        let mut offset = 0;
        loop {
            let at = offset.to_string();
            let query = [
                (key, filter.as_str()),
                ("limit", "30"),
                ("offset", &at),
                ("index", "downloads"),
            ];
            let page = client.modrinth("v2/search", &query).await;
            assert_eq!(page["total_hits"], once.len());
            assert_eq!(page["offset"], offset);
            let hits = items(&page["hits"]);
            assert!(numbers(hits, "downloads").is_sorted_by(|a, b| a >= b));
            found.extend(texts(hits, "project_id").into_iter().map(str::to_owned));
            offset += hits.len();
            if hits.is_empty() {
                break;
            }
        }
        assert_eq!(
            HashSet::from_iter(found.iter().map(String::as_str)),
            once,
            "{filter}"
        );
    }
    let query = [
        ("query", "quillhaven"),
        ("facets", r#"[["project_type:mod"]]"#),
    ];
    let by_name = client.modrinth("v2/search", &query).await;
    assert_eq!(by_name["total_hits"], 1);
    assert_eq!(by_name["limit"], 10);
}

#[tokio::test]
async fn the_newest_first_a_second_page_continues_where_the_first_ended() {
    let client = Client::start().await;
    let id = client.id(Modrinth, GEARS);
    let filter =
        format!("project_types = `modpack` AND compatible_dependency_project_ids = `{id}`");
    let page = async |offset: usize, limit: usize| {
        let (offset, limit) = (offset.to_string(), limit.to_string());
        let query = [
            ("new_filters", filter.as_str()),
            ("index", "newest"),
            ("offset", &offset),
            ("limit", &limit),
        ];
        client.modrinth("v2/search", &query).await
    };
    let (first, second) = (page(0, 50).await, page(50, 50).await);
    let both = page(0, 100).await;
    let total = both["total_hits"].as_u64().unwrap();
    assert!(total > 100, "{total} packs");
    assert_eq!(
        (&first["total_hits"], &second["total_hits"]),
        (&total.into(), &total.into())
    );
    let hits = [items(&first["hits"]), items(&second["hits"])].concat();
    assert_eq!(hits, items(&both["hits"]));
    assert_eq!(
        HashSet::<&str>::from_iter(texts(&hits, "project_id")).len(),
        100
    );
    assert!(texts(&hits, "date_created").is_sorted_by(|a, b| a >= b));
    assert!(
        texts(&hits, "project_type")
            .iter()
            .all(|kind| *kind == "modpack")
    );
}

#[tokio::test]
async fn search_lags_and_is_capped_to_32_bits() {
    let client = Client::start().await;
    let at = noon() + SignedDuration::from_mins(59);
    client.simulator.clock().set(at);
    let id = client.id(Modrinth, GEARS);
    let found = client.modrinth("v2/search", &[("query", GEARS)]).await;
    let indexed = client.catalogue().downloads(Modrinth, &id, noon()).unwrap();
    assert_eq!(found["hits"][0]["downloads"], indexed);
    assert_ne!(
        client.get(Modrinth, &format!("v2/project/{id}")).await["downloads"],
        indexed
    );

    let found = client
        .modrinth("v2/search", &[("query", "skyfarers-almanac")])
        .await;
    assert_eq!(found["hits"][0]["downloads"], i32::MAX);
    let project = client.get(Modrinth, "v2/project/skyfarers-almanac").await;
    assert!(project["downloads"].as_i64().unwrap() > i64::from(i32::MAX));
}
