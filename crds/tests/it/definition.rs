use std::path::{Path, PathBuf};

use kube::CustomResourceExt;
use modstats_crds::{TrackedMod, crd_yaml, yaml};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn schema() -> Value {
    let definition = serde_json::to_value(TrackedMod::crd()).unwrap();
    definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone()
}

/// All schemas below one, with their paths.
fn below(path: &str, schema: &Value, found: &mut Vec<(String, Value)>) {
    found.push((path.to_owned(), schema.clone()));
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        below(&format!("{path}.{name}"), property, found);
    }
    if schema["items"].is_object() {
        below(&format!("{path}[]"), &schema["items"], found);
    }
}

#[test]
fn the_committed_definitions_are_the_one_of_the_types() {
    // A chart can't take files from elsewhere, so it has a copy.
    for folder in ["crds/generated", "charts/modstats/files"] {
        let path = root().join(folder).join("trackedmods.modstats.dev.yaml");
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == crd_yaml().unwrap(),
            "{} is out of date: run `make generate`",
            path.display()
        );
    }
}

#[test]
fn the_definition_is_small() {
    let size = crd_yaml().unwrap().len();
    assert!(size < 64 * 1024, "the definition has {size} bytes");
}

#[test]
fn every_value_has_a_limit_and_a_known_format() {
    let mut schemas = Vec::new();
    below("", &schema(), &mut schemas);
    for (path, schema) in schemas {
        // Conditions are metav1.Condition as it is everywhere.
        if path.starts_with(".status.conditions[]") {
            continue;
        }
        let format = schema["format"].as_str();
        let limit = match schema["type"].as_str() {
            Some("string") if format == Some("date-time") || schema["enum"].is_array() => continue,
            Some("string") => "maxLength",
            Some("array") => "maxItems",
            Some("integer") => {
                assert_eq!(format, Some("int64"), "{path}");
                continue;
            }
            Some("object" | "boolean") => continue,
            other => panic!("{path} has type {other:?}"),
        };
        assert!(schema[limit].is_u64(), "{path} has no {limit}");
    }
}

#[test]
fn every_field_explains_itself() {
    let mut schemas = Vec::new();
    below("", &schema(), &mut schemas);
    for (path, schema) in schemas.iter().filter(|(path, _)| !path.ends_with("[]")) {
        assert!(
            schema["description"].is_string(),
            "{path} has no description"
        );
    }
}

#[test]
fn no_word_is_a_boolean_to_any_yaml() {
    let mut schemas = Vec::new();
    below("", &schema(), &mut schemas);
    let booleans = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~",
    ];
    for (path, schema) in schemas {
        for word in schema["enum"].as_array().into_iter().flatten() {
            let word = word.as_str().unwrap().to_lowercase();
            assert!(!booleans.contains(&word.as_str()), "{path}: {word}");
        }
    }
}

#[test]
fn kubectl_get_shows_what_matters() {
    let definition = serde_json::to_value(TrackedMod::crd()).unwrap();
    let columns = &definition["spec"]["versions"][0]["additionalPrinterColumns"];
    let names = |priority: i64| -> Vec<String> {
        let columns = columns.as_array().unwrap().iter();
        columns
            .filter(|column| column["priority"].as_i64().unwrap_or_default() == priority)
            .map(|column| column["name"].as_str().unwrap().to_uppercase())
            .collect()
    };
    assert_eq!(
        names(0),
        ["READY", "DOWNLOADS", "MODPACKS", "LAST COLLECTED", "AGE"]
    );
    assert_eq!(names(1), ["SCHEDULE", "REASON"]);
    assert_eq!(definition["spec"]["names"]["shortNames"][0], "tm");
}

#[test]
fn every_example_works_as_it_is() {
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            yaml::read(&text)
                .unwrap_or_else(|problems| panic!("{}: {problems:#?}", path.display()));
            seen += 1;
        }
    }
    assert!(seen > 0, "there are no examples");
}
