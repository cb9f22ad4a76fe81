use jiff::tz::TimeZone;
use modstats_crds::{Document, DocumentError, Platform, Source, TrackedModSpec, default_schedule};
use serde_json::{Value, json};

fn document(spec: Value) -> Result<Document, DocumentError> {
    let document = json!({
        "namespace": "modstats",
        "name": "create-nuclear",
        "uid": "0b5c",
        "generation": 3,
        "creationTimestamp": "2026-01-02T03:04:05Z",
        "spec": spec,
    });
    Document::from_json(&document.to_string())
}

fn curseforge() -> Value {
    json!({"projects": [989797], "apiKeySecretRef": {"name": "curseforge"}})
}

#[test]
fn travels_as_json() {
    let spec = json!({"modrinth": {"projects": ["sodium"]}, "schedule": "5 4 * * *"});
    let sent = document(spec).unwrap();
    assert_eq!(sent.generation, 3);
    assert_eq!(sent.creation_timestamp.to_string(), "2026-01-02T03:04:05Z");
    let text = serde_json::to_string(&sent).unwrap();
    assert!(
        text.contains(r#""creationTimestamp":"2026-01-02T03:04:05Z""#),
        "{text}"
    );
    assert_eq!(Document::from_json(&text).unwrap(), sent);
    assert_eq!(serde_json::from_str::<Document>(&text).unwrap(), sent);
}

#[test]
fn what_a_newer_version_adds_is_passed_over() {
    let spec = json!({"modrinth": {"projects": ["sodium"], "later": 1}, "later": {}});
    assert!(document(spec).is_ok());
}

#[test]
fn an_unreadable_or_invalid_document_is_refused() {
    let error = Document::from_json("{").unwrap_err().to_string();
    assert!(
        error.starts_with("the document is not readable: "),
        "{error}"
    );
    let error = Document::from_json(r#"{"namespace": "a"}"#)
        .unwrap_err()
        .to_string();
    assert!(error.contains("missing field `name`"), "{error}");
    let error = document(json!({"schedule": "* * * * *"}))
        .unwrap_err()
        .to_string();
    assert!(error.contains("spec: names no project"), "{error}");
    assert!(
        error.contains("; spec.schedule: \"* * * * *\": the minute \"*\""),
        "{error}"
    );
}

#[test]
fn asks_for_the_sources_of_its_spec() {
    use Source::{Curseforge, Modpacks, Modrinth};
    let on_modrinth = json!({"projects": ["sodium"]});
    let cases = [
        (json!({"modrinth": on_modrinth}), vec![Modrinth, Modpacks]),
        (
            json!({"modrinth": on_modrinth, "modpacks": {"modrinth": "Disabled"}}),
            vec![Modrinth],
        ),
        (json!({"curseforge": curseforge()}), vec![Curseforge]),
        (
            json!({"curseforge": curseforge(), "modpacks": {"curseforge": "Website"}}),
            vec![Curseforge, Modpacks],
        ),
        (
            json!({"curseforge": curseforge(), "modpacks": {"curseforgeIds": [356103]}}),
            vec![Curseforge, Modpacks],
        ),
        (
            json!({"modrinth": on_modrinth, "curseforge": curseforge()}),
            vec![Modrinth, Curseforge, Modpacks],
        ),
    ];
    for (spec, expected) in cases {
        assert_eq!(
            document(spec.clone()).unwrap().sources(),
            expected,
            "{spec}"
        );
    }
}

#[test]
fn given_schedules_are_local_and_default_ones_utc() {
    let spec = json!({
        "modrinth": {"projects": ["sodium"]},
        "modpacks": {"schedule": "43 3 * * *"},
        "timeZone": "Asia/Kathmandu",
    });
    let document = document(spec).unwrap();
    let (schedule, zone) = document.schedule(Source::Modrinth);
    assert_eq!(schedule, default_schedule("modstats", "create-nuclear"));
    assert_eq!(zone, TimeZone::UTC);
    assert_eq!(document.schedule(Source::Curseforge).0, schedule);
    let (schedule, zone) = document.schedule(Source::Modpacks);
    assert_eq!(schedule.to_string(), "43 3 * * *");
    assert_eq!(zone.iana_name(), Some("Asia/Kathmandu"));
}

#[test]
fn what_is_left_out_has_a_default() {
    let spec: TrackedModSpec = serde_json::from_value(json!({"curseforge": curseforge()})).unwrap();
    assert_eq!(spec.time_zone, "Etc/UTC");
    assert_eq!(spec.curseforge.unwrap().api_key_secret_ref.key, "api-key");
    assert!(!spec.suspend);
}

#[test]
fn words_are_the_same_everywhere() {
    for source in Source::ALL {
        assert_eq!(source.to_string().parse::<Source>().as_ref(), Ok(source));
        assert_eq!(serde_json::to_value(source).unwrap(), source.as_str());
    }
    let error = "bukkit".parse::<Platform>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`bukkit` is no platform: use one of modrinth, curseforge"
    );
}
