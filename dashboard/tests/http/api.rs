//! The API keeps what its own description says. `MODSTATS_SOAK=1` asks it thousands of times.

use jsonschema::Validator;
use modstats_dashboard::StoreSlot;
use modstats_store::Database;
use modstats_store::model::Platform;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::pages::{history, nuclear};
use crate::seed::{at, collect, version};
use crate::{Served, database};

const MOD: &str = "/api/v1/mods/default/create-nuclear";

async fn served() -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    history(&store).await;
    (Served::start(StoreSlot::open(store), vec![]).await, folder)
}

/// The description as the API serves it.
struct Spec(Value);

impl Spec {
    async fn of(served: &Served) -> Spec {
        Spec(served.json("/api/openapi.json").await)
    }

    fn operations(&self) -> impl Iterator<Item = (&str, &Value)> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        paths.map(|(path, item)| (path.as_str(), &item["get"]))
    }

    fn parameters(operation: &Value, place: &str) -> Vec<Value> {
        let all = operation["parameters"].as_array().into_iter().flatten();
        all.filter(|it| it["in"] == place).cloned().collect()
    }

    /// Of an answer, by its status; None where the description doesn't have it.
    fn schema(&self, operation: &Value, status: u16) -> Option<Validator> {
        let contents = operation["responses"].get(status.to_string())?["content"].as_object()?;
        let mut schema = contents.values().next()?["schema"].clone();
        schema["components"] = self.0["components"].clone();
        Some(jsonschema::draft202012::new(&schema).unwrap())
    }
}

/// Asks, and holds the answer against the description.
async fn ask(served: &Served, spec: &Spec, operation: &Value, address: &str) -> u16 {
    let response = served.get(address).await;
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let schema = spec.schema(operation, status);
    let schema = schema.unwrap_or_else(|| panic!("{address}: {status} isn't described: {text}"));
    let answer: Value = serde_json::from_str(&text).unwrap();
    let problems: Vec<String> = schema
        .iter_errors(&answer)
        .map(|it| it.to_string())
        .collect();
    assert!(problems.is_empty(), "{address}: {problems:?}: {text}");
    status
}

fn filled(path: &str, namespace: &str, name: &str) -> String {
    path.replace("{namespace}", namespace)
        .replace("{name}", name)
}

#[tokio::test]
async fn the_description_is_one_of_openapi_3_1_whose_references_lead_somewhere() {
    let (served, _folder) = served().await;
    let spec = Spec::of(&served).await;
    assert!(spec.0["openapi"].as_str().unwrap().starts_with("3.1"));
    let text = spec.0.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(spec.0.pointer(pointer).is_some(), "{pointer}");
    }
    for (name, schema) in spec.0["components"]["schemas"].as_object().unwrap() {
        let properties = schema["properties"].as_object().map_or(0, |it| it.len());
        let required = schema["required"].as_array().map_or(0, Vec::len);
        assert_eq!(properties, required, "{name}: null says what isn't known");
    }
}

/// Nothing is described that isn't served, and no query is served that isn't described.
#[tokio::test]
async fn every_address_of_the_description_answers_as_it_says() {
    let (served, _folder) = served().await;
    let spec = Spec::of(&served).await;
    for (path, operation) in spec.operations() {
        let address = filled(path, "default", "create-nuclear");
        assert_eq!(ask(&served, &spec, operation, &address).await, 200);
        if path.contains('{') {
            let nobody = filled(path, "default", "nobody");
            assert_eq!(ask(&served, &spec, operation, &nobody).await, 404);
        }
        let odd = format!("{address}?nonsense=1");
        assert_eq!(ask(&served, &spec, operation, &odd).await, 400);
        let told = served.get(&odd).await.text().await.unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        let described: Vec<String> = Spec::parameters(operation, "query")
            .iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect();
        let detail = told["detail"].as_str().unwrap();
        let (_, known) = detail.rsplit_once("known are:").unwrap();
        assert_eq!(known.trim(), described.join(", "), "{path}");
        for parameter in Spec::parameters(operation, "query") {
            let address = format!("{address}?{}=%00", parameter["name"].as_str().unwrap());
            assert_eq!(ask(&served, &spec, operation, &address).await, 400);
        }
    }
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v1/mods/a",
        "/api/v1/nothing",
        "/api/v2/mods",
    ] {
        assert_eq!(served.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_list_that_is_walked_in_pages_names_everything_once() {
    let (store, _folder) = database().await;
    let versions = (0..7).map(|number| {
        let published = at("2026-11-01T00:00Z");
        version(
            &format!("v{number}"),
            &format!("1.{number}"),
            published,
            number,
        )
    });
    let asked = at("2026-11-22T03:12Z");
    let versions: Vec<_> = versions.collect();
    collect(&store, &nuclear(), Platform::Modrinth, asked, 10, versions).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let mut ids = Vec::new();
    let mut address = format!("{MOD}/versions?limit=3");
    loop {
        let page = served.json(&address).await;
        let versions = page["versions"].as_array().unwrap();
        assert!(versions.len() <= 3);
        ids.extend(
            versions
                .iter()
                .map(|it| it["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next_after"].as_str() else {
            break;
        };
        address = format!("{MOD}/versions?limit=3&after={next}");
    }
    let whole = served.json(&format!("{MOD}/versions")).await;
    let all = whole["versions"].as_array().unwrap().iter();
    let all: Vec<_> = all
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, all);
    assert_eq!(ids.len(), 7);
}

/// A value for a parameter: mostly one that it can be.
fn value_of(schema: &Value) -> BoxedStrategy<String> {
    let described = if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().map(|it| it.as_str().unwrap().to_owned());
        proptest::sample::select(words.collect::<Vec<_>>()).boxed()
    } else if schema["type"] == "integer" {
        let range = schema["minimum"].as_i64().unwrap()..=schema["maximum"].as_i64().unwrap();
        range.prop_map(|it| it.to_string()).boxed()
    } else if schema["format"] == "date" {
        (2024..2028, 1..=12, 1..=28)
            .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
            .boxed()
    } else {
        let known = [
            "default/create-nuclear",
            "modrinth:v1",
            "modrinth:p1",
            "curseforge:1",
            "mod:default/create-nuclear",
            "version:modrinth:v1",
        ];
        proptest::sample::select(known.map(str::to_owned).to_vec()).boxed()
    };
    prop_oneof![4 => described, 1 => "\\PC{0,12}", 1 => "[-0-9]{0,20}"].boxed()
}

fn request(spec: &Spec) -> BoxedStrategy<(Value, String)> {
    let operations = spec.operations().map(|(path, operation)| {
        let (path, operation) = (path.to_owned(), operation.clone());
        let given = Spec::parameters(&operation, "query").into_iter().map(|it| {
            let name = it["name"].as_str().unwrap().to_owned();
            let values = match it["schema"]["type"] == "array" {
                true => proptest::collection::vec(value_of(&it["schema"]["items"]), 0..3).boxed(),
                false => proptest::option::weighted(0.2, value_of(&it["schema"]))
                    .prop_map(Vec::from_iter)
                    .boxed(),
            };
            values.prop_map(move |values| {
                let named = values.into_iter().map(|value| (name.clone(), value));
                named.collect::<Vec<_>>()
            })
        });
        let given: Vec<_> = given.collect();
        let names = prop_oneof![4 => Just("create-nuclear".to_owned()), 1 => "[a-z]{1,9}"];
        (given, names).prop_map(move |(given, name)| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(given.into_iter().flatten());
            let address = filled(&path, "default", &name);
            (operation.clone(), format!("{address}?{}", query.finish()))
        })
    });
    proptest::strategy::Union::new(operations.collect::<Vec<_>>()).boxed()
}

#[tokio::test]
async fn whatever_is_asked_is_answered_as_described() {
    let (served, _folder) = served().await;
    let spec = Spec::of(&served).await;
    let soak = std::env::var_os("MODSTATS_SOAK").is_some();
    let mut runner = TestRunner::deterministic();
    let requests = request(&spec);
    let mut answers = [0, 0, 0];
    for _ in 0..if soak { 6_000 } else { 300 } {
        let (operation, address) = requests.new_tree(&mut runner).unwrap().current();
        match ask(&served, &spec, &operation, &address).await {
            200 => answers[0] += 1,
            400 => answers[1] += 1,
            404 => answers[2] += 1,
            other => panic!("{address}: {other}"),
        }
    }
    assert!(answers.iter().all(|it| *it > 10), "{answers:?}");
    println!(
        "{}",
        json!({"200": answers[0], "400": answers[1], "404": answers[2]})
    );
}

#[tokio::test]
async fn the_reference_has_all_of_the_description_in_both_languages() {
    let (served, _folder) = served().await;
    let spec = Spec::of(&served).await;
    let page = served.text("/api").await;
    for (path, operation) in spec.operations() {
        let (_, section) = page
            .split_once(&format!("<code>GET {path}</code></h3>"))
            .unwrap_or_else(|| panic!("{path} is not on the page"));
        let section = section
            .split("<div class=\"panel reference\"")
            .next()
            .unwrap();
        let example = filled(path, "default", "my-mod");
        assert!(
            section.contains(&format!("$MODSTATS{example}&#34;</code>")),
            "{section}"
        );
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap();
            let row = format!("<th scope=\"row\"><code>{name}</code>");
            assert!(section.contains(&row), "{path}: {name}");
            let meaning = parameter["description"].as_str().unwrap();
            assert!(!meaning.starts_with(':'), "{path}: {name} has no meaning");
            let meaning = meaning.split(['<', '\'', '"']).next().unwrap();
            assert!(section.contains(meaning), "{path}: {meaning}");
        }
        for status in operation["responses"].as_object().unwrap().keys() {
            let row = format!("<th scope=\"row\">{status}</th>");
            assert!(section.contains(&row), "{path}: {status}");
        }
    }
    for (name, schema) in spec.0["components"]["schemas"].as_object().unwrap() {
        let id = format!("id=\"schema-{name}\"");
        let (_, section) = page.split_once(&id).unwrap_or_else(|| panic!("{name}"));
        let section = section
            .split("<div class=\"panel reference\"")
            .next()
            .unwrap();
        for field in schema["properties"].as_object().into_iter().flatten() {
            let row = format!("<code>{}</code></th>", field.0);
            assert!(section.contains(&row), "{name}: {}", field.0);
        }
    }
    // Every link within the page leads somewhere.
    for target in page.split("href=\"#").skip(1) {
        let target = target.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
    let french = served
        .client
        .get(format!("http://{}/api", served.address))
        .header("accept-language", "fr");
    let french = french.send().await.unwrap();
    assert_eq!(french.headers()["vary"], "Cookie, Accept-Language");
    let french = french.text().await.unwrap();
    assert!(french.contains(">Réponses</h4>") && french.contains("<p lang=\"en\">"));
    assert!(served.text("/").await.contains("<a href=\"/api\">API</a>"));
}

#[tokio::test]
async fn the_reference_has_one_address_and_needs_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = Database::Sqlite(folder.path().join("nowhere/modstats.db"));
    let served = Served::start(StoreSlot::connecting(nowhere), vec![]).await;
    assert_eq!(served.get("/api").await.status(), 200);
    let odd = served.get("/api?x=1").await;
    assert_eq!(
        (odd.status().as_u16(), &odd.headers()["location"]),
        (308, &"/api".parse().unwrap())
    );
}
