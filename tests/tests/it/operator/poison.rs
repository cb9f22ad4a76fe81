//! Objects that our types can't read, let in by a definition of another version: each is told about,
//! and holds up nobody else.

use std::collections::BTreeMap;

use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;
use modstats_tests::kubernetes::ControlPlane;
use serde_json::Value;

use super::raw::create;
use super::*;

const GOOD: usize = 100;

/// Specs, and the field that is told to be wrong.
fn unreadable() -> Vec<(&'static str, Value)> {
    let modrinth = |it: Value| json!({"modrinth": it});
    let curseforge = |it: Value| json!({"curseforge": it});
    let projects = |it: Value| json!({"curseforge": {"projects": it, "apiKeySecretRef": {"name": "curseforge"}}});
    let with = |field: &str, it: Value| json!({"modrinth": {"projects": ["gears"]}, field: it});
    vec![
        ("spec", Value::Null),
        ("spec", json!("gears")),
        ("spec", json!([7])),
        ("spec.modrinth", modrinth(json!("gears"))),
        ("spec.modrinth.projects", modrinth(json!({}))),
        (
            "spec.modrinth.projects",
            modrinth(json!({"projects": "gears"})),
        ),
        (
            "spec.modrinth.projects",
            modrinth(json!({"projects": {"0": "gears"}})),
        ),
        (
            "spec.modrinth.projects[1]",
            modrinth(json!({"projects": ["gears", 7]})),
        ),
        (
            "spec.modrinth.projects[0]",
            modrinth(json!({"projects": [null]})),
        ),
        ("spec.curseforge.projects[0]", projects(json!(["4711"]))),
        ("spec.curseforge.projects[0]", projects(json!([u64::MAX]))),
        ("spec.curseforge.projects[0]", projects(json!([1e300]))),
        ("spec.curseforge.projects[0]", projects(json!([1.5]))),
        ("spec.curseforge.projects", projects(json!(4711))),
        (
            "spec.curseforge.apiKeySecretRef",
            curseforge(json!({"projects": [4711]})),
        ),
        (
            "spec.curseforge.apiKeySecretRef",
            curseforge(json!({"projects": [4711], "apiKeySecretRef": "curseforge"})),
        ),
        (
            "spec.curseforge.apiKeySecretRef.name",
            curseforge(json!({"projects": [4711], "apiKeySecretRef": {"key": "a"}})),
        ),
        ("spec.modpacks", with("modpacks", json!(true))),
        (
            "spec.modpacks.modrinth",
            with("modpacks", json!({"modrinth": "Sometimes"})),
        ),
        (
            "spec.modpacks.curseforge",
            with("modpacks", json!({"curseforge": "Ftb"})),
        ),
        (
            "spec.modpacks.curseforgeIds",
            with("modpacks", json!({"curseforgeIds": "all"})),
        ),
        ("spec.schedule", with("schedule", json!(17))),
        ("spec.schedule", with("schedule", json!(["17 * * * *"]))),
        ("spec.timeZone", with("timeZone", json!(1))),
        ("spec.suspend", with("suspend", json!("yes"))),
        ("spec.suspend", with("suspend", json!("\u{1b}[31mno"))),
        ("spec.database", with("database", json!("modstats-db"))),
        (
            "spec.database.clusterRef.name",
            with("database", json!({"clusterRef": {}})),
        ),
        (
            "spec.database.secretRef.name",
            with("database", json!({"secretRef": {"name": 7}})),
        ),
        (
            "spec.displayName",
            with("displayName", json!({"en": "Gears", "fr": "Engrenages"})),
        ),
    ]
}

/// Written by another version, or by nobody who knows: the spec beside them can be read.
fn odd_statuses() -> Vec<Value> {
    vec![
        json!("none"),
        json!(["none"]),
        json!({"observedGeneration": "three"}),
        json!({"conditions": "fine"}),
        json!({"conditions": [{"type": "Ready"}]}),
        json!({"downloads": 1e300}),
        json!({"lastCollectionTime": "yesterday"}),
        json!({"collectNow": true}),
        json!({"sources": {"modrinth": {}}}),
        json!({"sources": [{"source": "elsewhere"}]}),
        json!({"sources": [{"source": "modrinth", "outcome": "postponed"}]}),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_read_is_told_about_and_holds_up_none_of_a_hundred_others() {
    // Of its own: the definition is everybody's.
    let plane = ControlPlane::start().await;
    let mut ground = Ground::new(&plane, ELSEWHERE).await;
    loosen_the_definition(&ground).await;
    for number in 0..GOOD / 2 {
        create(&ground, &good(number)).await.unwrap();
    }
    for (number, (_, spec)) in unreadable().into_iter().enumerate() {
        let name = format!("bad-{number}");
        create(&ground, &object(&name, spec)).await.unwrap();
    }
    for number in GOOD / 2..GOOD {
        create(&ground, &good(number)).await.unwrap();
    }
    good_ones_are_ready(&ground, 1).await;
    bad_ones_are_told_about(&ground).await;
    let told = count(&ground).await;

    // Again after a start among them; nothing is told twice by one operator.
    ground.restart_operator().await;
    for number in 0..GOOD {
        let suspend = Patch::Merge(json!({"spec": {"suspend": true}}));
        let name = good(number)["metadata"]["name"]
            .as_str()
            .unwrap()
            .to_owned();
        dynamic(&ground)
            .patch(&name, &PatchParams::default(), &suspend)
            .await
            .unwrap();
    }
    good_ones_are_ready(&ground, 2).await;
    // A Cluster that comes has everybody looked at once more.
    install_cluster_crd(ground.plane).await;
    ground.ready_cluster().await;
    ground.settled_writes().await;
    assert_eq!(count(&ground).await, told * 2);

    // A change is told with its own words, and a good one heals it.
    let mend = |spec: Value| Patch::Merge(json!({ "spec": spec }));
    let api = dynamic(&ground);
    let worse = mend(json!({"suspend": 7}));
    api.patch("bad-3", &PatchParams::default(), &worse)
        .await
        .unwrap();
    eventually(SOON, "the change is told", async || {
        let notes = notes(&ground).await;
        let said = notes["bad-3"]
            .iter()
            .any(|note| note.contains("spec.suspend: is `7`"));
        said.then_some(())
            .ok_or_else(|| format!("{:?}", notes["bad-3"]))
    })
    .await;
    let good = mend(json!({"modrinth": {"projects": ["gears"]}, "suspend": true}));
    api.patch("bad-3", &PatchParams::default(), &good)
        .await
        .unwrap();
    eventually(SOON, "it is reconciled", async || {
        is_ready(&api.get("bad-3").await.unwrap())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_can_not_be_read_is_made_anew_and_keeps_what_can() {
    let plane = ControlPlane::start().await;
    let ground = Ground::new(&plane, ELSEWHERE).await;
    loosen_the_definition(&ground).await;
    let api = dynamic(&ground);
    for (number, status) in odd_statuses().into_iter().enumerate() {
        let name = format!("odd-{number}");
        let spec = json!({"modrinth": {"projects": ["gears"]}, "suspend": true});
        create(&ground, &object(&name, spec)).await.unwrap();
        let ready = format!("{status} gives way");
        eventually(SOON, "it is ready", async || {
            is_ready(&api.get(&name).await.unwrap())
        })
        .await;
        let mut odd = status;
        if odd.is_object() {
            odd["modpacks"] = json!(5);
        }
        let keeps = odd.is_object();
        let odd = Patch::Merge(json!({ "status": odd }));
        api.patch_status(&name, &PatchParams::default(), &odd)
            .await
            .unwrap();
        eventually(SOON, &ready, async || {
            let now = api.get(&name).await.unwrap();
            let read: TrackedMod = now.clone().try_parse().map_err(|error| error.to_string())?;
            let kept = read.status.unwrap_or_default().modpacks;
            if keeps && kept != Some(5) {
                return Err(format!("{kept:?} is left"));
            }
            is_ready(&now)
        })
        .await;
    }
}

fn object(name: &str, spec: Value) -> Value {
    json!({
        "apiVersion": "modstats.dev/v1alpha1", "kind": "TrackedMod",
        "metadata": {"name": name}, "spec": spec,
    })
}

fn good(number: usize) -> Value {
    let spec = json!({
        "modrinth": {"projects": [format!("gears-{number}")]},
        "modpacks": {"modrinth": "Disabled"},
    });
    object(&format!("good-{number}"), spec)
}

fn dynamic(ground: &Ground<'_>) -> Api<DynamicObject> {
    let resource = TrackedMod::api_resource();
    Api::namespaced_with(ground.client.clone(), &ground.namespace, &resource)
}

/// As one of a version that allows everything.
async fn loosen_the_definition(ground: &Ground<'_>) {
    let definitions: Api<CustomResourceDefinition> = Api::all(ground.client.clone());
    let name = TrackedMod::crd_name();
    let mut definition = definitions.get(name).await.unwrap();
    let loose = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    definition.spec.versions[0].schema = serde_json::from_value(loose).unwrap();
    definitions
        .replace(name, &Default::default(), &definition)
        .await
        .unwrap();
    // It names no project, which the real one refuses.
    let probe = object("probe", json!({}));
    eventually(SOON, "the definition is loose", async || {
        create(ground, &probe)
            .await
            .map_err(|answer| answer.message)
    })
    .await;
    dynamic(ground)
        .delete("probe", &Default::default())
        .await
        .unwrap();
}

fn is_ready(object: &DynamicObject) -> Result<(), String> {
    let conditions = object
        .data
        .pointer("/status/conditions")
        .and_then(Value::as_array);
    let ready = conditions
        .into_iter()
        .flatten()
        .any(|it| it["type"] == "Ready" && it["status"] == "True");
    ready
        .then_some(())
        .ok_or_else(|| format!("{:#}", object.data))
}

async fn good_ones_are_ready(ground: &Ground<'_>, generation: i64) {
    eventually(SOON * 2, "the good ones are ready", async || {
        let all = dynamic(ground).list(&ListParams::default()).await.unwrap();
        let ready = all.items.iter().filter(|it| {
            let observed = it.data.pointer("/status/observedGeneration");
            is_ready(it).is_ok() && observed == Some(&json!(generation))
        });
        let ready = (ready.count(), ground.cron_jobs().await.len());
        match ready == (GOOD, GOOD) {
            true => Ok(()),
            false => Err(format!("{ready:?}\n{}", ground.operator.output())),
        }
    })
    .await;
}

/// By the names of what they are about.
async fn notes(ground: &Ground<'_>) -> BTreeMap<String, Vec<String>> {
    let events: Api<Event> = ground.api();
    let mut notes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let warnings = ListParams::default().fields("reason=Unreadable,type=Warning");
    for event in events.list(&warnings).await.unwrap() {
        assert!(event.series.is_none(), "told again: {event:?}");
        let about = event.regarding.unwrap().name.unwrap();
        notes.entry(about).or_default().push(event.note.unwrap());
    }
    notes
}

async fn count(ground: &Ground<'_>) -> usize {
    notes(ground).await.values().map(Vec::len).sum()
}

async fn bad_ones_are_told_about(ground: &Ground<'_>) {
    let bad = unreadable();
    eventually(SOON, "each bad one is told about", async || {
        let notes = notes(ground).await;
        if notes.len() < bad.len() {
            return Err(format!("{notes:#?}\n{}", ground.operator.output()));
        }
        for (number, (field, _)) in bad.iter().enumerate() {
            let note = &notes[&format!("bad-{number}")][0];
            assert!(note.starts_with(&format!("{field}: ")), "{field}: {note}");
            assert!(
                note.contains("bring the CustomResourceDefinition"),
                "{note}"
            );
            assert!(!note.chars().any(char::is_control), "{note:?}");
        }
        Ok(())
    })
    .await;
}
