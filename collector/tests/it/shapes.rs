//! The decoders need no more than what every recorded answer has.

use std::collections::BTreeSet;

use jiff::Timestamp;
use modstats_collector::platform::{curseforge, modrinth};
use modstats_simulator::Platform;
use modstats_simulator::shape::{Shape, Type};
use serde_json::{Map, Value, json};

use crate::support::{KEY, World};

fn shape(name: &str) -> Shape {
    let path = format!("{}/../tests/shapes/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// The least that fits a shape: no optional key, null wherever it is allowed, empty lists.
fn least(shape: &Shape) -> Value {
    let required: Vec<(&str, &BTreeSet<Type>)> = shape
        .paths()
        .filter(|(path, ..)| {
            let within = |(outer, _, optional): (&str, &BTreeSet<Type>, bool)| {
                optional && (*path == outer || path.starts_with(&format!("{outer}.")))
            };
            !path.contains('[') && !shape.paths().any(within)
        })
        .map(|(path, types, _)| (path, types))
        .collect();
    let mut root = Value::Null;
    for (path, types) in required {
        let value = match types.first() {
            Some(Type::Null) | None => Value::Null,
            Some(Type::Boolean) => json!(false),
            Some(Type::Integer) => json!(7),
            Some(Type::Number) => json!(7.0),
            // Fit for a text and for a time.
            Some(Type::String) => json!("2026-01-01T00:00:00Z"),
            Some(Type::Array) => json!([]),
            Some(Type::Object) => Value::Object(Map::new()),
        };
        let keys: Vec<&str> = path.split('.').skip(1).collect();
        match keys.split_last() {
            None => root = value,
            Some((last, parents)) => {
                let parent = parents
                    .iter()
                    .try_fold(&mut root, |at, key| at.get_mut(*key));
                if let Some(Value::Object(parent)) = parent {
                    parent.insert((*last).to_owned(), value);
                }
            }
        }
    }
    root
}

#[test]
fn decoders_require_nothing_that_some_answers_lack() {
    let with_id = |mut value: Value, id: Value| {
        value["id"] = id;
        value
    };
    let asked_at = Timestamp::UNIX_EPOCH;

    let value = with_id(least(&shape("modrinth-project")), json!("AANobbMI"));
    assert!(value.get("downloads").is_some(), "{value}");
    assert_eq!(modrinth::project(&value, asked_at).unwrap().flaws, []);

    let value = with_id(least(&shape("modrinth-version")), json!("yaoBL9D9"));
    assert_eq!(modrinth::version(&value).unwrap().flaws, []);

    let value = least(&shape("curseforge-mod"));
    assert_eq!(curseforge::project(&value, asked_at).unwrap().flaws, []);

    let value = least(&shape("curseforge-file"));
    assert_eq!(curseforge::file(&value).unwrap().flaws, []);
}

#[tokio::test]
async fn every_simulated_answer_is_decoded_without_a_flaw() {
    let world = World::new().await;
    let client = reqwest::Client::builder()
        .user_agent("modstats-test")
        .build()
        .unwrap();
    let get = async |url: url::Url| -> Value {
        let answer = client
            .get(url)
            .header("x-api-key", KEY)
            .send()
            .await
            .unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    };
    let now = world.clock.now();
    let visible: Vec<_> = world
        .catalogue()
        .projects()
        .iter()
        .filter(|p| p.visible(now))
        .collect();
    assert!(visible.len() > 300);
    let mut versions = 0;
    for (place, project) in visible.into_iter().enumerate() {
        if place % 200 == 0 {
            // The simulated Modrinth counts requests by its own clock.
            world
                .clock
                .set(now + jiff::SignedDuration::from_mins(i64::try_from(place / 100).unwrap()));
        }
        let id = &project.id;
        let items = match project.platform {
            Platform::Modrinth => {
                let base = world.simulator.modrinth_url();
                let value = get(base.join(&format!("v2/project/{id}")).unwrap()).await;
                assert_eq!(modrinth::project(&value, now).unwrap().flaws, []);
                get(base.join(&format!("v2/project/{id}/version")).unwrap()).await
            }
            Platform::Curseforge => {
                let base = world.simulator.curseforge_url();
                let value = get(base.join(&format!("v1/mods/{id}")).unwrap()).await;
                assert_eq!(curseforge::project(&value["data"], now).unwrap().flaws, []);
                get(base.join(&format!("v1/mods/{id}/files")).unwrap()).await["data"].take()
            }
        };
        for item in items.as_array().unwrap() {
            versions += 1;
            let decoded = match project.platform {
                Platform::Modrinth => modrinth::version(item),
                Platform::Curseforge => curseforge::file(item),
            };
            assert_eq!(decoded.unwrap().flaws, []);
        }
    }
    assert!(versions > 1000, "{versions}");
}
