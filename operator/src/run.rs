//! What became of the runs: read from their Jobs, pods and last words.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ContainerStatus, Event, Pod};
use kube::ResourceExt;
use modstats_crds::{Document, Outcome, Source, TerminationMessage, clean};

use crate::dereference::Children;
use crate::names::{CONTAINER, DOCUMENT, JOB_NAME, SCHEDULED_AT, SOURCE, projects_hash};

/// A message in a status is for people, and the schema bounds it.
const LONGEST: usize = 500;
/// How long before its Job's creation a run can have been due, and after it by the clocks' difference.
const LATEST: SignedDuration = SignedDuration::from_hours(31 * 24);
const EARLIEST: SignedDuration = SignedDuration::from_hours(1);
/// Why a container waits, where waiting is normal.
const PATIENT: [&str; 2] = ["ContainerCreating", "PodInitializing"];

/// A run of one source, as far as it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub job: String,
    pub source: Source,
    pub scheduled_at: Timestamp,
    pub end: End,
}

#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// It goes on; perhaps something holds it up.
    Running { trouble: Option<Trouble> },
    /// It told how it ended.
    Told(Box<TerminationMessage>),
    /// It is over and told nothing.
    Silent(Trouble),
    /// It ended well, and whoever could tell more is gone.
    Gone,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub reason: String,
    pub message: String,
}

impl End {
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            End::Running { .. } | End::Gone => None,
            End::Told(message) => Some(message.outcome),
            End::Silent(_) => Some(Outcome::Lost),
        }
    }
}

/// The latest runs of a document's sources, oldest first. Runs of other documents, be it another
/// TrackedMod of that name or another set of projects, are not its runs.
pub fn runs(document: &Document, children: &Children) -> Vec<Run> {
    let mut runs: Vec<Run> = children
        .jobs
        .iter()
        .filter_map(|job| run(document, job, children))
        .collect();
    runs.sort_by_key(|run| (run.scheduled_at, run.end.outcome().is_some()));
    runs
}

fn run(document: &Document, job: &Job, children: &Children) -> Option<Run> {
    // One that is being deleted may have lost its pods already.
    if job.metadata.deletion_timestamp.is_some() {
        return None;
    }
    let source: Source = job.labels().get(SOURCE)?.parse().ok()?;
    let template = &job.spec.as_ref()?.template;
    let annotations = template.metadata.as_ref()?.annotations.as_ref()?;
    let of = Document::from_json(annotations.get(DOCUMENT)?).ok()?;
    let same =
        of.uid == document.uid && projects_hash(&of, source) == projects_hash(document, source);
    if !same {
        return None;
    }
    let name = job.name_any();
    let mut pods: Vec<&Pod> = children
        .pods
        .iter()
        .filter(|pod| pod.labels().get(JOB_NAME) == Some(&name))
        .collect();
    // Of several attempts the last one counts.
    pods.sort_by_key(|pod| pod.creation_timestamp().map(|time| time.0));
    Some(Run {
        job: name,
        source,
        scheduled_at: scheduled_at(job, annotations.get(SCHEDULED_AT)),
        end: end(document, source, job, &pods, &children.events),
    })
}

/// As the collector reads it: stated, or the minutes since 1970 in the Job's name. A Job made by hand
/// may end in any number, so they must be near its creation.
fn scheduled_at(job: &Job, stated: Option<&String>) -> Timestamp {
    let stated = stated.and_then(|at| at.parse().ok());
    let created = job.creation_timestamp().map(|time| time.0);
    let from_name = || {
        let name = job.name_any();
        let minutes: i64 = name.rsplit_once('-')?.1.parse().ok()?;
        let at = Timestamp::from_second(minutes.checked_mul(60)?).ok()?;
        let late = created?.duration_since(at);
        (late >= -EARLIEST && late <= LATEST).then_some(at)
    };
    stated
        .or_else(from_name)
        .or(created)
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

fn end(document: &Document, source: Source, job: &Job, pods: &[&Pod], events: &[Event]) -> End {
    let told = pods
        .iter()
        .rev()
        .find_map(|pod| told(document, source, pod));
    match (finished(job), told) {
        (Some(_), Some(message)) => End::Told(Box::new(message)),
        (Some((true, _)), None) if pods.is_empty() => End::Gone,
        (Some((_, why)), None) => {
            let trouble = pods.last().and_then(|pod| cut_short(pod));
            End::Silent(trouble.unwrap_or(why))
        }
        (None, _) => {
            let held_up = pods.last().and_then(|pod| held_up(pod, events));
            let trouble = held_up.or_else(|| refused(job, pods, events));
            End::Running { trouble }
        }
    }
}

/// If the Job is over: whether it is complete, and why it ended.
fn finished(job: &Job) -> Option<(bool, Trouble)> {
    let conditions = job.status.as_ref()?.conditions.as_ref()?;
    let over = conditions
        .iter()
        .find(|it| it.status == "True" && matches!(it.type_.as_str(), "Complete" | "Failed"))?;
    let why = Trouble {
        reason: over.reason.clone().unwrap_or_else(|| over.type_.clone()),
        message: shown(
            over.message
                .as_deref()
                .unwrap_or("the run ended without a word"),
        ),
    };
    Some((over.type_ == "Complete", why))
}

/// The last words of a pod's collector, if they are ours and about this document.
fn told(document: &Document, source: Source, pod: &Pod) -> Option<TerminationMessage> {
    let terminated = container(pod)?.state.as_ref()?.terminated.as_ref()?;
    let message: TerminationMessage = serde_json::from_str(terminated.message.as_ref()?).ok()?;
    let of = message.document.as_ref();
    let ours = message.modstats == 1
        && message.source == source
        && of.is_none_or(|of| of.uid == document.uid);
    ours.then_some(message)
}

fn container(pod: &Pod) -> Option<&ContainerStatus> {
    let statuses = pod.status.as_ref()?.container_statuses.as_ref()?;
    statuses.iter().find(|status| status.name == CONTAINER)
}

/// Why a container that has ended told nothing: killed for its memory, mostly.
fn cut_short(pod: &Pod) -> Option<Trouble> {
    let terminated = container(pod)?.state.as_ref()?.terminated.as_ref()?;
    Some(Trouble {
        reason: terminated
            .reason
            .clone()
            .unwrap_or_else(|| "Error".to_owned()),
        message: shown(&format!(
            "the collector ended with exit code {} and without a word",
            terminated.exit_code
        )),
    })
}

/// Why a pod can't start: no node, no image, a Secret or a key of it that isn't there.
fn held_up(pod: &Pod, events: &[Event]) -> Option<Trouble> {
    let waiting = container(pod).and_then(|container| container.state.as_ref()?.waiting.as_ref());
    let waiting = waiting.filter(|waiting| waiting.reason.is_some());
    let is_patient = waiting.is_none_or(|waiting| {
        let reason = waiting.reason.as_deref().unwrap_or_default();
        PATIENT.contains(&reason)
    });
    // A volume that can't be mounted is told by events alone.
    if is_patient && let Some(trouble) = warned(pod.uid(), events) {
        return Some(trouble);
    }
    let waiting = waiting.filter(|_| !is_patient);
    if let Some(waiting) = waiting {
        let message = waiting.message.as_deref().unwrap_or_default();
        return Some(Trouble {
            reason: waiting.reason.clone().unwrap_or_default(),
            message: shown(message),
        });
    }
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    let unscheduled = conditions
        .iter()
        .find(|it| it.type_ == "PodScheduled" && it.status == "False")?;
    Some(Trouble {
        reason: unscheduled.reason.clone().unwrap_or_default(),
        message: shown(unscheduled.message.as_deref().unwrap_or_default()),
    })
}

/// Why a Job has no pod at all: a policy or a quota refuses it.
fn refused(job: &Job, pods: &[&Pod], events: &[Event]) -> Option<Trouble> {
    if !pods.is_empty() {
        return None;
    }
    warned(job.uid(), events)
}

/// The newest warning about an object.
fn warned(uid: Option<String>, events: &[Event]) -> Option<Trouble> {
    let event = events
        .iter()
        .filter(|event| event.involved_object.uid == uid)
        .max_by_key(|event| event.last_timestamp.as_ref().map(|time| time.0))?;
    Some(Trouble {
        reason: event.reason.clone().unwrap_or_default(),
        message: shown(event.message.as_deref().unwrap_or_default()),
    })
}

fn shown(text: &str) -> String {
    clean(text, LONGEST)
}

#[cfg(test)]
mod tests {
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
        assert_eq!(told[0].1.as_deref(), Some("OOMKilled"));
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
        let stated = "2026-02-01T10:00:00Z";
        assert_eq!(at(json!({SCHEDULED_AT: stated})), stated);
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
        assert_eq!(trouble.reason, "FailedMount");
    }
}
