use super::*;
use crate::build::tests::document;
use serde_json::{Value, json};

const NAME: &str = "create-nuclear-modrinth-6a0e-29494100";

fn job(of: &Document, annotations: Value, status: Value) -> Job {
    let mut annotations = annotations;
    annotations[DOCUMENT] = json!(serde_json::to_string(of).unwrap());
    serde_json::from_value(json!({
        "metadata": {
            "name": NAME, "uid": "j", "labels": {SOURCE: "modrinth"},
            "creationTimestamp": "2026-01-29T00:20:05Z",
        },
        "spec": {"template": {"metadata": {"annotations": annotations}}},
        "status": status,
    }))
    .unwrap()
}

fn pod(second: u32, state: Value) -> Pod {
    serde_json::from_value(json!({
        "metadata": {
            "name": format!("pod-{second}"), "labels": {JOB_NAME: NAME},
            "creationTimestamp": format!("2026-01-29T10:00:{second:02}Z"),
        },
        "status": {"containerStatuses": [{
            "name": CONTAINER, "image": "", "imageID": "", "ready": false, "restartCount": 0, "state": state,
        }]},
    }))
    .unwrap()
}

fn said(uid: &str, outcome: &str) -> Value {
    let message = json!({
        "modstats": 1, "source": "modrinth", "document": {"uid": uid, "generation": 3},
        "outcome": outcome, "endedAt": "2026-01-29T10:01:00Z",
    });
    json!({"terminated": {"exitCode": 0, "message": message.to_string()}})
}

fn over(type_: &str, reason: &str) -> Value {
    json!({"conditions": [{"type": type_, "status": "True", "reason": reason, "message": "why"}]})
}

fn ends(job: Job, pods: Vec<Pod>) -> Vec<(Option<Outcome>, Option<String>)> {
    let children = Children {
        jobs: vec![job],
        pods,
        ..Children::default()
    };
    let runs = runs(&document(), &children).into_iter();
    runs.map(|run| {
        let trouble = match &run.end {
            End::Running { trouble } => trouble.clone(),
            End::Silent(trouble) => Some(trouble.clone()),
            End::Told(_) | End::Gone => None,
        };
        (run.end.outcome(), trouble.map(|it| it.reason))
    })
    .collect()
}

#[test]
fn the_last_attempt_that_told_something_counts_once_the_job_is_over() {
    let pods = || {
        vec![
            pod(2, said("6a0e", "partial")),
            pod(1, said("6a0e", "failed")),
        ]
    };
    let done = job(
        &document(),
        json!({}),
        over("Complete", "CompletionsReached"),
    );
    assert_eq!(ends(done, pods()), [(Some(Outcome::Partial), None)]);
    let open = job(&document(), json!({}), json!({"active": 1}));
    assert_eq!(ends(open, pods()), [(None, None)]);
}

#[test]
fn words_of_others_are_none() {
    let failed = || {
        job(
            &document(),
            json!({}),
            over("Failed", "BackoffLimitExceeded"),
        )
    };
    for state in [
        said("another", "complete"),
        json!({"terminated": {"exitCode": 0, "message": "{\"modstats\":1}"}}),
        json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}}),
    ] {
        let told = ends(failed(), vec![pod(1, state)]);
        assert_eq!(told[0].0, Some(Outcome::Lost), "{told:?}");
    }
    let killed = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
    let told = ends(failed(), vec![pod(1, killed)]);
    assert_eq!(told[0].1.as_deref(), Some("OutOfMemory"));
    assert_eq!(
        ends(failed(), vec![])[0].1.as_deref(),
        Some("BackoffLimitExceeded")
    );
}

#[test]
fn runs_of_another_uid_or_other_projects_are_not_its_runs() {
    let mut other = document();
    other.uid = "another".to_owned();
    assert!(ends(job(&other, json!({}), Value::Null), vec![]).is_empty());
    let mut other = document();
    other
        .spec
        .modrinth
        .as_mut()
        .unwrap()
        .projects
        .push("more".to_owned());
    assert!(ends(job(&other, json!({}), Value::Null), vec![]).is_empty());
    let mut other = document();
    other.generation += 1;
    other.spec.display_name = Some("Another name".to_owned());
    assert_eq!(
        ends(job(&other, json!({}), Value::Null), vec![]),
        [(None, None)]
    );
}

#[test]
fn the_time_that_it_was_due_is_stated_or_in_the_jobs_name() {
    let at = |annotations| {
        let children = Children {
            jobs: vec![job(&document(), annotations, Value::Null)],
            ..Children::default()
        };
        runs(&document(), &children)[0].scheduled_at.to_string()
    };
    assert_eq!(at(json!({})), "2026-01-29T00:20:00Z");
    let stated = "2026-01-28T10:00:00Z";
    assert_eq!(at(json!({SCHEDULED_AT: stated})), stated);
    // Far from the Job's creation it can't be true, and would outlast every run to come.
    let far = "9999-01-01T00:00:00Z";
    assert_eq!(at(json!({SCHEDULED_AT: far})), "2026-01-29T00:20:00Z");
    let mut by_hand = job(&document(), json!({}), Value::Null);
    by_hand.metadata.name = Some("manual-1769646000".to_owned());
    let created = Timestamp::from_second(1_769_646_005).unwrap();
    assert_eq!(scheduled_at(&by_hand, None), created);
}

#[test]
fn what_ended_well_is_not_lost_when_its_pod_goes() {
    let complete = job(
        &document(),
        json!({}),
        over("Complete", "CompletionsReached"),
    );
    assert_eq!(ends(complete.clone(), vec![]), [(None, None)]);
    let mut going = complete;
    going.metadata.deletion_timestamp = going.metadata.creation_timestamp.clone();
    assert!(ends(going, vec![]).is_empty());
}

#[test]
fn a_volume_that_can_not_be_mounted_is_told_by_an_event() {
    let event = serde_json::from_value(json!({
        "metadata": {}, "involvedObject": {"uid": "p"}, "type": "Warning",
        "reason": "FailedMount", "message": "secret \"db-ca\" not found",
    }));
    let mut pod = pod(1, json!({"waiting": {"reason": "ContainerCreating"}}));
    assert_eq!(held_up(&pod, &[]), None);
    pod.metadata.uid = Some("p".to_owned());
    let trouble = held_up(&pod, &[event.unwrap()]).unwrap();
    assert_eq!(trouble.reason, "SecretMissing");
}
