//! Whatever a user writes is refused at admission, by the name of the field, or it stands in the
//! document alone, where nothing expands it.

mod cases;
mod last_words;

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use modstats_crds::validate;
use modstats_tests::kubernetes::control_plane;
use serde_json::Value;

use super::raw::{create, texts};
use super::*;
use cases::{COLLECT_NOW, Case, cases, harmless};

/// Only the calendar and the time zone database refuse these; the API server knows neither.
const BEYOND_ADMISSION: [&str; 3] = ["spec.schedule", "spec.modpacks.schedule", "spec.timeZone"];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_written_is_refused_by_its_field_or_stands_in_the_document_alone() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    let mut stored = vec![accepted(&ground, &harmless("harmless")).await];
    let mut refused = 0;
    for (number, case) in cases().iter().enumerate() {
        let object = case.object(number);
        let verdict = verdict(&object);
        match create(&ground, &object).await {
            Ok(object) => {
                let known = |field: &String| BEYOND_ADMISSION.contains(&field.as_str());
                assert!(
                    verdict.iter().all(known),
                    "{case}: accepted, but {verdict:?}"
                );
                stored.push(object);
            }
            Err(answer) => {
                refused += 1;
                is_refused_rightly(case, &answer, &verdict);
            }
        }
    }
    // The others' are reconciled all the same, those that come later too.
    stored.push(accepted(&ground, &harmless("afterwards")).await);
    assert!(
        refused >= 200 && stored.len() >= 60,
        "{refused} and {}",
        stored.len()
    );

    let (valid, invalid): (Vec<_>, Vec<_>) =
        stored.into_iter().partition(|it| verdict(it).is_empty());
    let rendered = rendered(&ground, &valid).await;
    let pattern = &rendered["harmless"];
    for object in &valid {
        let name = object["metadata"]["name"].as_str().unwrap();
        is_inert(object, &rendered[name], pattern);
    }
    have_names_of_their_own(&rendered);
    assert!(invalid.len() >= 5, "{}", invalid.len());
    for object in &invalid {
        is_told(&ground, object).await;
    }
    shows_no_control_characters(&ground).await;
}

/// The fields that our own verdict refuses.
fn verdict(object: &Value) -> BTreeSet<String> {
    match serde_json::from_value::<TrackedMod>(object.clone()) {
        Ok(tracked_mod) => {
            let violations = validate(&tracked_mod).err().unwrap_or_default();
            violations.into_iter().map(|it| it.field).collect()
        }
        Err(error) => BTreeSet::from([error.to_string()]),
    }
}

async fn accepted(ground: &Ground<'_>, object: &Value) -> Value {
    create(ground, object).await.unwrap()
}

fn is_refused_rightly(case: &Case, answer: &kube::core::Status, verdict: &BTreeSet<String>) {
    assert!([400, 422].contains(&answer.code), "{case}: {answer:?}");
    assert!(
        answer.message.contains(&case.field()),
        "{case}: {}",
        answer.message
    );
    if case.is_of_the_contract() {
        assert!(
            !verdict.is_empty(),
            "{case}: refused only by the API server: {}",
            answer.message
        );
    }
}

/// What the operator made for one TrackedMod.
#[derive(Default)]
struct Children {
    cron_jobs: Vec<CronJob>,
    jobs: Vec<Job>,
}

/// Waits until everything is made for each of them.
async fn rendered(ground: &Ground<'_>, valid: &[Value]) -> BTreeMap<String, Children> {
    let expected: BTreeMap<String, (usize, usize)> = valid
        .iter()
        .map(|object| {
            let tracked_mod: TrackedMod = serde_json::from_value(object.clone()).unwrap();
            let sources = tracked_mod.spec.sources().len();
            let runs = 1 + usize::from(object.pointer(COLLECT_NOW).is_some());
            (tracked_mod.name_any(), (sources, sources * runs))
        })
        .collect();
    eventually(SOON * 2, "everything is made", async || {
        let mut found: BTreeMap<String, Children> = BTreeMap::new();
        let owner =
            |metadata: &ObjectMeta| metadata.owner_references.as_ref().unwrap()[0].name.clone();
        for it in ground.cron_jobs().await {
            found
                .entry(owner(&it.metadata))
                .or_default()
                .cron_jobs
                .push(it);
        }
        // Those of CronJobs are owned by these.
        let of_our_own = |it: &Job| it.owner_references()[0].kind == "TrackedMod";
        for it in ground.jobs().await.into_iter().filter(of_our_own) {
            found.entry(owner(&it.metadata)).or_default().jobs.push(it);
        }
        let counts = found
            .iter()
            .map(|(name, it)| (name.clone(), (it.cron_jobs.len(), it.jobs.len())));
        let counts: BTreeMap<_, _> = counts.collect();
        if counts == expected {
            return Ok(found);
        }
        let wrong: Vec<_> = expected
            .iter()
            .filter(|(name, it)| counts.get(*name) != Some(it))
            .collect();
        let more: Vec<_> = counts
            .keys()
            .filter(|name| !expected.contains_key(*name))
            .collect();
        Err(format!(
            "missing {wrong:?}, more {more:?}\n{}",
            ground.operator.output()
        ))
    })
    .await
}

fn is_inert(object: &Value, children: &Children, pattern: &Children) {
    let name = object["metadata"]["name"].as_str().unwrap();
    for cron_job in &children.cron_jobs {
        let template = &cron_job.spec.as_ref().unwrap().job_template;
        let labels = template.metadata.as_ref().unwrap().labels.as_ref();
        assert_eq!(labels, Some(cron_job.labels()));
        let template = &template.spec.as_ref().unwrap().template;
        carries_the_document(object, cron_job.labels(), template);
        let model = |it: &&CronJob| {
            it.labels()["modstats.dev/source"] == cron_job.labels()["modstats.dev/source"]
        };
        let model = pattern.cron_jobs.iter().find(model).unwrap();
        let model = &model
            .spec
            .as_ref()
            .unwrap()
            .job_template
            .spec
            .as_ref()
            .unwrap()
            .template;
        assert_eq!(
            without_references(object, template),
            without_references(&harmless(""), model),
            "{name}"
        );
    }
    for job in &children.jobs {
        let template = &job.spec.as_ref().unwrap().template;
        carries_the_document(object, job.labels(), template);
    }
}

fn carries_the_document(
    object: &Value,
    labels: &BTreeMap<String, String>,
    template: &PodTemplateSpec,
) {
    let metadata = template.metadata.as_ref().unwrap();
    let name = object["metadata"]["name"].as_str().unwrap();
    assert_eq!(labels["modstats.dev/tracked-mod"], name);
    for (key, value) in labels {
        assert_eq!(
            metadata.labels.as_ref().unwrap().get(key),
            Some(value),
            "{name}"
        );
    }
    let ours = ["modstats.dev/document", "modstats.dev/scheduled-at"];
    let annotations = metadata.annotations.as_ref().unwrap();
    assert!(
        annotations.keys().all(|key| ours.contains(&key.as_str())),
        "{annotations:?}"
    );
    let document: Value = serde_json::from_str(&annotations[ours[0]]).unwrap();
    assert_eq!(document["spec"], object["spec"], "{name}");
    assert_eq!(document["uid"], object["metadata"]["uid"]);
    Document::from_json(&annotations[ours[0]]).unwrap();
}

/// A pod without what names Secrets and their keys: the only words of a user that it may hold, as
/// the spec has them.
fn without_references(object: &Value, template: &PodTemplateSpec) -> Value {
    let spec = &object["spec"];
    let key = &spec["curseforge"]["apiKeySecretRef"];
    let database = spec.pointer("/database/secretRef/name");
    let mut pod = serde_json::to_value(template.spec.as_ref().unwrap()).unwrap();
    for variable in pod["containers"][0]["env"].as_array_mut().unwrap() {
        let of_the_key = variable["name"] == "MODSTATS_CURSEFORGE_API_KEY";
        let Some(reference) = variable.pointer_mut("/valueFrom/secretKeyRef") else {
            continue;
        };
        if of_the_key {
            assert_eq!(
                (&reference["name"], &reference["key"]),
                (&key["name"], &key["key"])
            );
            reference["key"].take();
        } else {
            assert_eq!(Some(&reference["name"]), database);
        }
        reference["name"].take();
    }
    pod
}

fn have_names_of_their_own(rendered: &BTreeMap<String, Children>) {
    let cron_jobs = rendered
        .values()
        .flat_map(|it| it.cron_jobs.iter().map(ResourceExt::name_any));
    let jobs = rendered
        .values()
        .flat_map(|it| it.jobs.iter().map(ResourceExt::name_any));
    let names: Vec<String> = cron_jobs.chain(jobs).collect();
    for name in &names {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(name.len() <= 52 && name.chars().all(allowed), "{name}");
    }
    let different: BTreeSet<&String> = names.iter().collect();
    assert_eq!(different.len(), names.len());
}

/// What admission can't see becomes a condition that names the field.
async fn is_told(ground: &Ground<'_>, object: &Value) {
    let api: Api<TrackedMod> = ground.api();
    let name = object["metadata"]["name"].as_str().unwrap();
    eventually(SOON, "the verdict is told", async || {
        let status = api.get(name).await.unwrap().status.unwrap_or_default();
        let stalled = status.conditions.iter().find(|it| it.type_ == "Stalled");
        match stalled {
            Some(it)
                if it.reason == "InvalidSpec"
                    && BEYOND_ADMISSION
                        .iter()
                        .any(|field| it.message.contains(field)) =>
            {
                Ok(())
            }
            other => Err(format!("{name}: {other:?}")),
        }
    })
    .await;
}

async fn shows_no_control_characters(ground: &Ground<'_>) {
    let api: Api<TrackedMod> = ground.api();
    let all = api.list(&ListParams::default()).await.unwrap();
    let mut shown: Vec<Value> = all.items.iter().map(|it| json!(it.status)).collect();
    let events: Api<k8s_openapi::api::events::v1::Event> = ground.api();
    let events = events.list(&ListParams::default()).await.unwrap();
    assert!(!events.items.is_empty());
    shown.extend(
        events
            .items
            .iter()
            .map(|it| json!([it.note, it.reason, it.action])),
    );
    shown.push(json!(ground.operator.output().lines().collect::<Vec<_>>()));
    for value in &shown {
        let odd = |c: char| {
            c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        for text in texts(value) {
            assert!(!text.chars().any(odd), "{text:?}");
        }
    }
}
