use super::*;
use crate::build::tests::document;
use serde_json::{Value, json};

const NAME: &str = "create-nuclear-modrinth-6a0e-29494100";

fn now() -> Timestamp {
    "2026-01-29T10:05:00Z".parse().unwrap()
}

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
    let runs = runs(&document(), &children, now()).into_iter();
    runs.map(|run| {
        let trouble = match &run.end {
            End::Running { trouble, .. } => trouble.clone(),
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
        runs(&document(), &children, now())[0]
            .scheduled_at
            .to_string()
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

fn warning(reason: &str, message: &str, more: Value) -> Event {
    let mut event = json!({
        "metadata": {}, "involvedObject": {"uid": "p"}, "type": "Warning",
        "reason": reason, "message": message,
    });
    let fields = event.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    serde_json::from_value(event).unwrap()
}

fn starting() -> Pod {
    let mut pod = pod(1, json!({"waiting": {"reason": "ContainerCreating"}}));
    pod.metadata.uid = Some("p".to_owned());
    pod.status.as_mut().unwrap().phase = Some("Pending".to_owned());
    pod
}

#[test]
fn a_volume_that_can_not_be_mounted_for_a_minute_is_told_by_an_event() {
    let event = [warning(
        "FailedMount",
        "secret \"db-ca\" not found",
        json!({}),
    )];
    assert_eq!(held_up(&starting(), &[], now()), None);
    let soon = "2026-01-29T10:00:31Z".parse().unwrap();
    assert_eq!(held_up(&starting(), &event, soon), None, "it may come yet");
    let trouble = held_up(&starting(), &event, now()).unwrap();
    assert_eq!(trouble.reason, "SecretMissing");
}

#[test]
fn that_no_node_was_found_is_outdated_once_one_is() {
    let event = [warning("FailedScheduling", "0/1 nodes", json!({}))];
    assert_eq!(held_up(&starting(), &event, now()), None);
    let mut pod = starting();
    let status = pod.status.as_mut().unwrap();
    let unscheduled = json!([
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"},
    ]);
    status.conditions = serde_json::from_value(unscheduled).unwrap();
    let trouble = held_up(&pod, &event, now()).unwrap();
    assert_eq!(trouble.reason, "Unschedulable");
}

/// Everywhere else they say nothing new, and each question for them is dear.
#[test]
fn events_are_asked_for_where_nothing_else_tells_what_is_wrong() {
    let created: Timestamp = "2026-01-29T10:00:01Z".parse().unwrap();
    let after = |seconds| created + SignedDuration::from_secs(seconds);
    assert!(!is_stuck(&starting(), after(59)));
    assert!(is_stuck(&starting(), after(60)));
    let mut running = starting();
    running.status.as_mut().unwrap().phase = Some("Running".to_owned());
    assert!(!is_stuck(&running, after(60)));
    let mut says_why = pod(1, json!({"waiting": {"reason": "ErrImagePull"}}));
    says_why.status.as_mut().unwrap().phase = Some("Pending".to_owned());
    assert!(!is_stuck(&says_why, after(60)));

    let job = |suspend: bool, status: Value| -> Job {
        let metadata = json!({"creationTimestamp": created});
        let spec = json!({"suspend": suspend, "template": {}});
        serde_json::from_value(json!({"metadata": metadata, "spec": spec, "status": status}))
            .unwrap()
    };
    let refused = job(false, json!({"ready": 0}));
    assert!(!is_without_pod(&refused, after(9)));
    assert!(is_without_pod(&refused, after(10)));
    assert!(!is_without_pod(&job(true, Value::Null), after(10)));
    for status in [
        json!({"active": 1}),
        json!({"failed": 1}),
        json!({"succeeded": 1}),
    ] {
        assert!(!is_without_pod(&job(false, status), after(10)));
    }
}

#[test]
fn of_several_warnings_the_newest_counts_whatever_field_tells_when_it_was() {
    let events = [
        warning("A", "", json!({"lastTimestamp": "2026-01-29T10:00:01Z"})),
        warning("B", "", json!({"eventTime": "2026-01-29T10:00:02.000000Z"})),
        warning(
            "C",
            "",
            json!({
                "eventTime": "2026-01-29T09:00:00.000000Z",
                "series": {"count": 7, "lastObservedTime": "2026-01-29T10:00:03.000000Z"},
            }),
        ),
        warning("D", "", json!({})),
    ];
    let newest = |events: &[Event]| held_up(&starting(), events, now()).unwrap().reason;
    assert_eq!(newest(&events), "C");
    assert_eq!(newest(&events[..2]), "B");
    assert_eq!(newest(&[events[3].clone(), events[0].clone()]), "A");
}

#[test]
fn a_run_without_a_word_is_told_by_whoever_ended_it() {
    let crashed = json!({"terminated": {"exitCode": 143, "reason": "Error"}});
    let killed = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
    let with = |state: &Value, status: Value| {
        let mut pod = json!(pod(1, state.clone()));
        let fields = pod["status"].as_object_mut().unwrap();
        fields.extend(status.as_object().unwrap().clone());
        serde_json::from_value(pod).unwrap()
    };
    let evicted = json!({"reason": "Evicted", "message": "The node was low on resource"});
    let drained = json!({"conditions": [
        {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"},
    ]});
    let nothing = json!({});
    for (state, status, job_says, reason) in [
        (&crashed, &nothing, "BackoffLimitExceeded", "Crashed"),
        (&crashed, &nothing, "DeadlineExceeded", "OutOfTime"),
        (&killed, &nothing, "DeadlineExceeded", "OutOfMemory"),
        (&crashed, &evicted, "BackoffLimitExceeded", "Interrupted"),
        (&crashed, &drained, "DeadlineExceeded", "Interrupted"),
    ] {
        let job = job(&document(), json!({}), over("Failed", job_says));
        let told = ends(job, vec![with(state, status.clone())]);
        let expected = (Some(Outcome::Lost), Some(reason.to_owned()));
        assert_eq!(told, [expected], "{status}");
    }
}
