//! What a table says on its page, in its file and in the API is the same.

use modstats_dashboard::StoreSlot;
use modstats_store::model::Platform;
use serde_json::{Value, json};

use crate::pages::{history, nuclear};
use crate::seed::{Project, Subject, at, collect, version};
use crate::{Served, database};

const MOD: &str = "/mods/default/create-nuclear";

async fn served() -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    history(&store).await;
    (Served::start(StoreSlot::open(store), vec![]).await, folder)
}

/// A table of a page, by its id.
fn table<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, table) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    table.split("</table>").next().unwrap()
}

/// The numbers of a table's rows, without their signs and commas.
fn numbers(table: &str) -> Vec<(String, Vec<String>)> {
    let rows = table.split("<tr data-from=\"").skip(1);
    let row = |row: &str| {
        let (row, _) = row.split_once("</tr>").unwrap();
        let numbers = row.split("<td class=\"number\">").skip(1);
        let number = |cell: &str| {
            let text = cell.split('<').next().unwrap().replace('−', "-");
            text.replace(['+', ',', '–'], "")
        };
        let from = row.split('"').next().unwrap();
        (from.to_owned(), numbers.map(number).collect())
    };
    rows.map(row).collect()
}

/// A number as [`numbers`] has it.
fn told(number: &Value) -> String {
    number
        .as_i64()
        .map_or_else(String::new, |it| it.to_string())
}

#[tokio::test]
async fn a_history_and_a_comparison_are_the_same_on_the_page_in_the_file_and_in_the_api() {
    let (served, _folder) = served().await;
    let compared = "item=mod:default/create-nuclear&item=version:modrinth:v2&period=28d";
    for (page, api) in [
        (
            format!("{MOD}/history?by=week"),
            format!("/api/v1{MOD}/history?by=week"),
        ),
        (
            format!("{MOD}/history?period=48h"),
            format!("/api/v1{MOD}/history?period=48h"),
        ),
        (
            format!("{MOD}/history?of=version:modrinth:v2"),
            format!("/api/v1{MOD}/history?of=version:modrinth:v2"),
        ),
        (
            format!("/compare?{compared}"),
            format!("/api/v1/compare?{compared}"),
        ),
    ] {
        let shown = numbers(table(&served.text(&page).await, "figure-table"));
        let file = served.json(&page.replace('?', ".json?")).await;
        let api = served.json(&api).await;
        let rows = api["rows"].as_array().unwrap();
        assert!(shown.len() > 3 && rows.len() == shown.len(), "{page}");
        let mut lines = file.as_array().unwrap().iter();
        for ((from, shown), row) in shown.iter().zip(rows) {
            let start = if row["from"].is_null() {
                "run_at"
            } else {
                "from"
            };
            assert_eq!(&row[start], from.as_str(), "{page}");
            let mut numbers_told = Vec::new();
            for (index, cell) in row["series"].as_array().unwrap().iter().enumerate() {
                let line = lines.next().unwrap();
                for name in ["from", "to", "run_at"] {
                    assert_eq!(line[name], row[name], "{page} {from} {name}");
                }
                for (name, value) in cell.as_object().unwrap() {
                    assert_eq!(&line[name], value, "{page} {from} {name}");
                }
                let events = if index == 0 {
                    row["events"].clone()
                } else {
                    json!([])
                };
                assert_eq!(line["events"], events, "{page} {from}");
                numbers_told.extend([told(&cell["total"]), told(&cell["growth"])]);
            }
            assert_eq!(shown, &numbers_told, "{page} {from}");
        }
        assert!(lines.next().is_none(), "{page}");
    }
    let file = served.json(&format!("{MOD}/history.json?period=7d")).await;
    assert_eq!(
        file[6],
        json!({
            "metric": "downloads", "series": "all", "name": "All", "from": "2026-11-20",
            "to": "2026-11-20", "run_at": null, "total": 2_500_764_900_i64, "growth": 1_100,
            "complete": true, "gap": false, "stated": 2_500_764_350_i64,
            "stated_at": "2026-11-20T12:00:00Z", "events": [],
        })
    );
}

#[tokio::test]
async fn the_chart_of_a_mod_has_the_rows_of_the_file_that_it_leads_to() {
    let (store, _folder) = database().await;
    history(&store).await;
    // A platform of which nothing is known has no column.
    let half = Subject {
        name: "half",
        projects: vec![
            Project::new(Platform::Modrinth, "half", "Half"),
            Project::new(Platform::Curseforge, "12345", "Half"),
        ],
        ..nuclear()
    };
    for day in ["2026-11-20T03:12Z", "2026-11-21T03:12Z"] {
        collect(&store, &half, Platform::Modrinth, at(day), 10, vec![]).await;
    }
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    for (page, series) in [
        (MOD.to_owned(), 3),
        (format!("{MOD}?period=48h"), 3),
        (
            format!("{MOD}?project=modrinth:createnuclear&period=12mo"),
            1,
        ),
        (format!("{MOD}/modrinth?period=7d&compare=none"), 1),
        (format!("{MOD}/curseforge?period=month"), 1),
        ("/mods/default/half".to_owned(), 1),
    ] {
        let page_text = served.text(&page).await;
        let shown = numbers(table(&page_text, "figure-table"));
        let file = page_text.split("href=\"").skip(1);
        let mut file = file.map(|it| it.split('"').next().unwrap().replace("&#38;", "&"));
        let file = file.find(|it| it.contains("/history.json")).unwrap();
        let file = served.json(&file).await;
        let lines = file.as_array().unwrap();
        assert_eq!(lines.len(), shown.len() * series, "{page}");
        for ((from, shown), row) in shown.iter().zip(lines.chunks(series)) {
            let start = if row[0]["from"].is_null() {
                "run_at"
            } else {
                "from"
            };
            assert_eq!(&row[0][start], from.as_str(), "{page}");
            let told: Vec<String> = row
                .iter()
                .flat_map(|it| [told(&it["total"]), told(&it["growth"])])
                .collect();
            assert_eq!(shown, &told, "{page} {from}");
        }
    }
}

/// What stands after each of these pieces, up to `<`.
fn after<'a>(text: &'a str, piece: &'a str) -> impl Iterator<Item = &'a str> {
    let found = text.split(piece).skip(1);
    found.map(|it| it.split('<').next().unwrap())
}

#[tokio::test]
async fn downloads_by_tag_are_the_same_on_the_page_in_the_file_and_in_the_api() {
    let (served, _folder) = served().await;
    for (query, tags) in [("", 6), ("?period=7d", 6), ("?period=12mo&by=loader", 3)] {
        let page = served.text(&format!("{MOD}/modrinth{query}")).await;
        let file = served
            .json(&format!("{MOD}/modrinth/tags.json{query}"))
            .await;
        let sign = if query.is_empty() { '?' } else { '&' };
        let api = served
            .json(&format!("/api/v1{MOD}/tags{query}{sign}platform=modrinth"))
            .await;
        let (_, keys) = page.split_once("id=\"tags\"").unwrap();
        let (_, keys) = keys.split_once("<span class=\"legend\">").unwrap();
        let (keys, _) = keys.split_once("</figcaption>").unwrap();
        let growths = after(keys, "<span class=\"change\">");
        let shown: Vec<String> = after(keys, "<bdi>")
            .zip(growths)
            .map(|(tag, growth)| format!("{tag} {growth}"))
            .collect();
        let of_period = api["tags"].as_array().unwrap().iter();
        let of_period: Vec<String> = of_period
            .map(|it| format!("{} +{}", it["tag"].as_str().unwrap(), it["growth"]))
            .collect();
        assert_eq!((&shown, shown.len()), (&of_period, tags), "{query}");

        let table = table(&page, "tags-table");
        let heads: Vec<&str> = after(table, "<bdi>").collect();
        let rows = api["rows"].as_array().unwrap();
        let shown = numbers(table);
        assert!(shown.len() > 4 && rows.len() == shown.len(), "{query}");
        let mut lines = file.as_array().unwrap().iter();
        for ((from, shown), row) in shown.iter().zip(rows) {
            assert_eq!(&row["from"], from.as_str(), "{query}");
            let cells = row["tags"].as_array().unwrap();
            let names: Vec<&str> = cells.iter().map(|it| it["tag"].as_str().unwrap()).collect();
            assert_eq!(names, heads, "{query}");
            let growths: Vec<String> = cells.iter().map(|it| told(&it["growth"])).collect();
            assert_eq!(&growths, shown, "{query} {from}");
            for cell in cells {
                let line = lines.next().unwrap();
                let mut expected = cell.clone();
                expected["by"] = api["by"].clone();
                expected["from"] = row["from"].clone();
                expected["to"] = row["to"].clone();
                assert_eq!(line, &expected, "{query}");
            }
        }
        assert!(lines.next().is_none(), "{query}");
    }
}

#[tokio::test]
async fn the_months_of_versions_are_the_same_on_the_page_in_the_file_and_in_the_api() {
    let (store, _folder) = database().await;
    let versions = [
        ("v1", "1.0", "2026-01-31T23:59Z"),
        ("v2", "2.0-beta", "2026-11-01T00:00Z"),
        ("v3", "2.0", "2026-11-02T00:00Z"),
        ("v4", "2.0", "2026-11-02T01:00Z"),
    ];
    let versions = versions.map(|(id, number, when)| version(id, number, at(when), 10));
    let (subject, when) = (nuclear(), at("2026-11-22T03:12Z"));
    collect(
        &store,
        &subject,
        Platform::Modrinth,
        when,
        40,
        versions.to_vec(),
    )
    .await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let page = served.text(&format!("{MOD}/modrinth")).await;
    let table = table(&page, "published-table");
    assert_eq!(
        numbers(table),
        [
            (
                "2026-11-01".to_owned(),
                vec!["2".to_owned(), "1".to_owned()]
            ),
            (
                "2026-01-01".to_owned(),
                vec!["1".to_owned(), "0".to_owned()]
            ),
        ]
    );
    let names: Vec<&str> = after(table, "<td class=\"remarks\"><bdi>").collect();
    assert_eq!(names, ["2.0, 2.0-beta", "1.0"]);
    let months = json!([
        {
            "from": "2026-11-01", "to": "2026-11-22", "release": 2, "beta": 1, "alpha": 0,
            "other": 0, "versions": ["2.0", "2.0-beta"],
        },
        {
            "from": "2026-01-01", "to": "2026-01-31", "release": 1, "beta": 0, "alpha": 0,
            "other": 0, "versions": ["1.0"],
        },
    ]);
    let file = served
        .json(&format!("{MOD}/modrinth/publishing.json"))
        .await;
    assert_eq!(file, months);
    let api = served.json(&format!("/api/v1{MOD}/publishing")).await;
    assert_eq!(api["months"], months);
    let other = format!("/api/v1{MOD}/publishing?platform=curseforge");
    assert_eq!(served.json(&other).await["months"], json!([]));
}
