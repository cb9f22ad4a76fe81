//! The tables of the pages as files.

use modstats_dashboard::StoreSlot;
use modstats_store::Store;
use modstats_store::model::{Outcome, Platform, Source};
use reqwest::Method;
use serde_json::{Value, json};

use crate::pages::{history, nuclear};
use crate::seed::{Found, Project, Subject, at, collect, fail, list_modpacks, pack};
use crate::{Served, database};

const MOD: &str = "/mods/default/create-nuclear";

/// 60 packs that contain the mod, and one whose name is a formula.
async fn packs(store: &Store) {
    let packs = (0..60_i64).map(|number| {
        let (id, name) = (format!("p{number}"), format!("Pack {number}"));
        let pack = pack(Platform::Modrinth, &id, &name, 1_000 + number);
        (pack, Found::Inside)
    });
    let formula = pack(Platform::Modrinth, "f", "=HYPERLINK(\"x\",\"y\")", 5);
    let packs = packs.chain([(formula, Found::Inside)]).collect();
    let when = at("2026-11-21T03:43Z");
    let (subject, platform) = (nuclear(), Platform::Modrinth);
    list_modpacks(store, &subject, platform, when, Outcome::Complete, packs).await;
}

async fn served() -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    history(&store).await;
    packs(&store).await;
    let failed = at("2026-11-22T13:00Z");
    fail(&store, &nuclear(), Source::Curseforge, failed, "-1 \"x\"").await;
    (Served::start(StoreSlot::open(store), vec![]).await, folder)
}

/// The rows of a file, each with its cells by the names of the columns.
async fn rows(served: &Served, path: &str) -> Vec<Value> {
    let text = served.text(path).await;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let records = reader.records().map(Result::unwrap);
    records
        .map(|record| {
            let cells = heads.iter().zip(&record);
            let cells = cells.map(|(name, cell)| (name.to_owned(), json!(cell)));
            Value::Object(cells.collect())
        })
        .collect()
}

fn column(rows: &[Value], name: &str) -> Vec<String> {
    let cell = |row: &Value| match &row[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    rows.iter().map(cell).collect()
}

/// What stands between the pieces of a page that begin so, up to `<`.
fn shown(page: &str, before: &str) -> Vec<String> {
    let pieces = page.split(before).skip(1);
    pieces
        .map(|it| it.split('<').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_file_has_the_rows_of_its_page_in_their_order_and_those_it_cuts_off() {
    let (served, _folder) = served().await;
    for query in ["", "?sort=name", "?q=pack+1", "?state=new"] {
        let file = rows(&served, &format!("{MOD}/modpacks.csv{query}")).await;
        let sign = if query.is_empty() { '?' } else { '&' };
        let page = served
            .text(&format!("{MOD}/modpacks{query}{sign}packs=all"))
            .await;
        assert_eq!(column(&file, "id"), shown(&page, "<bdi><code>"), "{query}");
    }
    assert_eq!(
        rows(&served, &format!("{MOD}/modpacks.csv")).await.len(),
        61
    );
    let cut = served.text(&format!("{MOD}/modpacks")).await;
    assert_eq!(shown(&cut, "<bdi><code>").len(), 50);

    let versions = format!("{MOD}/modrinth/versions.csv?sort=name");
    let page = served.text(&format!("{MOD}/modrinth?sort=name")).await;
    let file = rows(&served, &versions).await;
    assert_eq!(
        column(&file, "number"),
        shown(&page, "<bdi class=\"label\">")
    );
    assert_eq!(column(&file, "growth"), ["0", "120"]);
    assert_eq!(column(&file, "growth_from"), ["2026-10-25"; 2]);
    assert_eq!(file[0]["loaders"], "fabric;forge;neoforge");
    assert!(
        rows(&served, &format!("{MOD}/curseforge/versions.csv"))
            .await
            .is_empty()
    );

    let runs = served.text("/runs?state=failed").await;
    let file = rows(&served, "/runs.csv?state=failed").await;
    let ids: Vec<String> = runs
        .split("<tr data-run=\"")
        .skip(1)
        .map(|it| it.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(column(&file, "id"), ids);
    assert_eq!(file[0]["problems"], "KeyRefused curseforge: -1 \"x\"");
    assert_eq!(rows(&served, "/runs.csv?limit=7").await.len(), 7);

    let mods = rows(&served, "/mods.csv").await;
    let api = served.json("/api/v1/mods").await;
    assert_eq!(mods.len(), 1);
    assert_eq!(
        mods[0]["downloads"],
        api["mods"][0]["downloads"]["value"].to_string()
    );
    assert_eq!(mods[0]["yesterday"], "1100");
    let yesterday = json!({"value": 1_100, "complete": true, "correction": false});
    assert_eq!(api["mods"][0]["yesterday"], yesterday);
    assert_eq!(mods[0]["growth_28d_to"], "2026-11-21");
    assert!(rows(&served, "/mods.csv?q=nobody").await.is_empty());
}

#[tokio::test]
async fn json_has_the_same_names_with_their_types() {
    let (served, _folder) = served().await;
    for path in [
        "/mods",
        "/runs",
        &format!("{MOD}/modpacks"),
        &format!("{MOD}/modrinth/versions"),
        &format!("{MOD}/modrinth/tags"),
        &format!("{MOD}/modrinth/publishing"),
        &format!("{MOD}/history"),
    ] {
        let csv = rows(&served, &format!("{path}.csv")).await;
        let json = served.json(&format!("{path}.json")).await;
        let json = json.as_array().unwrap();
        assert!(!json.is_empty() && json.len() == csv.len(), "{path}");
        for (typed, plain) in json.iter().zip(&csv) {
            for (name, value) in typed.as_object().unwrap() {
                let said = match value {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    Value::Array(texts) => {
                        let texts: Vec<_> = texts.iter().map(|it| it.as_str().unwrap()).collect();
                        texts.join(";")
                    }
                    other => other.to_string(),
                };
                let plain = plain[name].as_str().unwrap();
                assert_eq!(plain.trim_start_matches('\''), said, "{path} {name}");
            }
        }
    }
    let packs = served.json(&format!("{MOD}/modpacks.json?q=pack+59")).await;
    assert_eq!(
        packs[0],
        json!({
            "platform": "modrinth", "id": "p59", "slug": "p59", "name": "Pack 59", "downloads": 1_059,
            "downloads_observed_at": "2026-11-21T03:43:00Z", "downloads_since_added": 0,
            "state": "current", "new": false, "since": "2026-11-21T03:43:00Z", "known_since": true,
            "until": null, "page_url": "https://modrinth.example/p59",
        })
    );
}

#[tokio::test]
async fn a_spreadsheet_takes_no_name_for_a_formula() {
    let (served, _folder) = served().await;
    let csv = served.text(&format!("{MOD}/modpacks.csv")).await;
    assert!(
        csv.contains("\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
        "{csv}"
    );
    assert!(csv.contains("\r\n") && !csv.replace("\r\n", "").contains('\n'));
}

#[tokio::test]
async fn a_file_is_named_typed_and_sent_once() {
    let (served, _folder) = served().await;
    let csv = served.get(&format!("{MOD}/modpacks.csv?sort=name")).await;
    let header = |name: &str| csv.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"default-create-nuclear-modpacks.csv\""
    );
    assert_eq!(header("cache-control"), "no-cache");
    assert!(
        csv.headers().get("content-length").is_none(),
        "it is streamed"
    );
    let again = served
        .client
        .get(csv.url().clone())
        .header("if-none-match", header("etag"))
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    let json = served.get(&format!("{MOD}/modpacks.json?sort=name")).await;
    assert_eq!(json.headers()["content-type"], "application/json");
    assert_ne!(json.headers()["etag"], csv.headers()["etag"]);
    let head = served.ask(Method::HEAD, "/runs.csv").await;
    assert_eq!(head.status(), 200);
    assert_eq!(
        head.headers()["content-disposition"],
        "attachment; filename=\"runs.csv\""
    );
    assert_eq!(head.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn an_address_of_a_file_is_followed_as_that_of_its_page() {
    let (served, _folder) = served().await;
    for (asked, canonical) in [
        ("/mods.csv?utm_source=x&sort=total", "/mods.csv"),
        ("/runs.json?limit=50&before=9", "/runs.json?before=9"),
        (
            "/mods/default/create-nuclear/modpacks.csv?state=lost&sort=since",
            "/mods/default/create-nuclear/modpacks.csv?state=lost",
        ),
    ] {
        let response = served.get(asked).await;
        assert_eq!(response.status(), 308, "{asked}");
        assert_eq!(response.headers()["location"], canonical, "{asked}");
    }
    let broken = served
        .get(&format!("{MOD}/modpacks.csv?state=odd&q=a"))
        .await;
    assert_eq!(broken.status(), 400);
    let told = broken.text().await.unwrap();
    assert!(
        told.contains(&format!("href=\"{MOD}/modpacks.csv?q=a\"")),
        "{told}"
    );
    let nobodys = format!("{MOD}/modpacks.csv?project=modrinth:nobody");
    assert_eq!(served.get(&nobodys).await.status(), 400);
    for nowhere in [
        "/mods/default/nobody/modpacks.csv",
        "/mods/default/create-nuclear/modrinth/versions.xml",
        "/mods/default/create-nuclear/versions.csv",
        "/mods/default/create-nuclear/tags.csv",
        "/mods/default/create-nuclear/modrinth/history.csv",
        "/mods/default/create-nuclear/hangar/versions.csv",
        "/mods.tsv",
        "/nothing.csv",
    ] {
        assert_eq!(served.get(nowhere).await.status(), 404, "{nowhere}");
    }
}

/// The addresses of the files that a page leads to.
fn files(page: &str) -> Vec<String> {
    let links = page.split("<p class=\"exports").skip(1);
    let links = links.flat_map(|it| it.split("href=\"").skip(1).take(2));
    let address = |it: &str| it.split('"').next().unwrap().replace("&#38;", "&");
    links.map(address).collect()
}

#[tokio::test]
async fn every_page_with_a_table_leads_to_its_files() {
    let (served, _folder) = served().await;
    for (page, tables) in [
        ("/?q=create", &["/mods.csv?q=create"][..]),
        ("/runs?limit=9", &["/runs.csv?limit=9"]),
        ("{}", &["{}/history.csv?period=28d&compare=previous"]),
        (
            "{}?project=modrinth:createnuclear&period=7d&compare=none&chart=total",
            &["{}/history.csv?project=modrinth:createnuclear&period=7d"],
        ),
        (
            "{}/modrinth?period=7d&sort=name",
            &[
                "{}/history.csv?platform=modrinth&period=7d&compare=previous",
                "{}/modrinth/tags.csv?period=7d&sort=name",
                "{}/modrinth/publishing.csv?period=7d&sort=name",
                "{}/modrinth/versions.csv?period=7d&sort=name",
            ],
        ),
        (
            "{}/curseforge",
            &["{}/history.csv?platform=curseforge&period=28d&compare=previous"],
        ),
        ("{}/modpacks?state=all", &["{}/modpacks.csv?state=all"]),
        ("{}/history?by=week", &["{}/history.csv?by=week"]),
        (
            "/compare?item=mod:default/create-nuclear",
            &["/compare.csv?item=mod:default/create-nuclear"],
        ),
    ] {
        let html = served.text(&page.replace("{}", MOD)).await;
        let expected = tables.iter().flat_map(|table| {
            let csv = table.replace("{}", MOD);
            let json = csv.replace(".csv", ".json");
            [csv, json]
        });
        let found = files(&html);
        assert_eq!(found, expected.collect::<Vec<_>>(), "{page}");
        for link in found {
            assert_eq!(served.get(&link).await.status(), 200, "{link}");
        }
    }
}

#[tokio::test]
async fn what_has_not_run_yet_has_files_without_rows() {
    let (store, _folder) = database().await;
    let subject = Subject {
        projects: vec![Project::new(Platform::Modrinth, "one", "One")],
        ..nuclear()
    };
    let when = at("2026-11-20T03:12Z");
    collect(&store, &subject, Platform::Modrinth, when, 100, vec![]).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    for path in [
        format!("{MOD}/modpacks"),
        format!("{MOD}/modrinth/versions"),
        format!("{MOD}/modrinth/tags"),
        format!("{MOD}/modrinth/publishing"),
        format!("{MOD}/curseforge/tags"),
    ] {
        assert!(rows(&served, &format!("{path}.csv")).await.is_empty());
        assert_eq!(served.json(&format!("{path}.json")).await, json!([]));
    }
}
