//! What became of the runs: read from their Jobs, pods and last words.

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ContainerStatus, Event, Pod};
use kube::ResourceExt;
use modstats_crds::{Document, Outcome, Source, TerminationMessage, due_in_name};

use crate::dereference::Children;
use crate::names::{CONTAINER, DOCUMENT, JOB_NAME, SCHEDULED_AT, SOURCE, projects_hash};
use crate::trouble::Trouble;

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

/// As the collector reads it: stated, or the minutes since 1970 in the Job's name. Of a Job made by hand
/// either may be anything, so it must be near the Job's creation.
fn scheduled_at(job: &Job, stated: Option<&String>) -> Timestamp {
    let created = job.creation_timestamp().map(|time| time.0);
    let near = |at: &Timestamp| {
        let late = created.map(|created| created.duration_since(*at));
        late.is_some_and(|late| late >= -EARLIEST && late <= LATEST)
    };
    let stated = stated.and_then(|at| at.parse().ok());
    stated
        .filter(near)
        .or_else(|| due_in_name(&job.name_any()).filter(near))
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
    let reason = over.reason.as_ref().unwrap_or(&over.type_);
    let message = over.message.as_deref();
    let why = Trouble::stated(reason, message.unwrap_or("the run ended without a word"));
    Some((over.type_ == "Complete", why))
}

/// The last words of a pod's collector, if they are ours and about this document.
fn told(document: &Document, source: Source, pod: &Pod) -> Option<TerminationMessage> {
    let terminated = container(pod)?.state.as_ref()?.terminated.as_ref()?;
    let message = TerminationMessage::from_json(terminated.message.as_ref()?)?;
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
    let message = format!(
        "the collector ended with exit code {} and without a word",
        terminated.exit_code
    );
    Some(Trouble::stated(
        terminated.reason.as_deref().unwrap_or("Error"),
        &message,
    ))
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
        return Some(trouble(&waiting.reason, &waiting.message));
    }
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    let unscheduled = conditions
        .iter()
        .find(|it| it.type_ == "PodScheduled" && it.status == "False")?;
    Some(trouble(&unscheduled.reason, &unscheduled.message))
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
    Some(trouble(&event.reason, &event.message))
}

fn trouble(reason: &Option<String>, message: &Option<String>) -> Trouble {
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    Trouble::stated(&text(reason), &text(message))
}
