//! What became of the runs: read from their Jobs, pods and last words.

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::batch::v1::{Job, JobCondition};
use k8s_openapi::api::core::v1::{ContainerStatus, Event, Pod};
use kube::{Resource, ResourceExt};
use modstats_crds::{Document, Outcome, Source, TerminationMessage, due_in_name};

use crate::dereference::Children;
use crate::names::{CONTAINER, DOCUMENT, JOB_NAME, SCHEDULED_AT, SOURCE, projects_hash};
use crate::trouble::Trouble;

/// How long before its Job's creation a run can have been due.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(31 * 24);
/// How long after it, by the difference of the clocks.
const LONGEST_LEAD: SignedDuration = SignedDuration::from_hours(1);
/// What a starting pod may be warned of before it counts: much of it comes right by itself.
const SETTLED: SignedDuration = SignedDuration::from_secs(60);
/// How long a Job may have no pod before that counts.
const UNSTARTED: SignedDuration = SignedDuration::from_secs(10);
/// Why a container waits, where waiting is normal.
const PATIENT: [&str; 2] = ["ContainerCreating", "PodInitializing"];
/// How a Job's conditions name its end.
const COMPLETE: &str = "Complete";
const FAILED: &str = "Failed";
const DEADLINE_EXCEEDED: &str = "DeadlineExceeded";
/// Of a container that ended by itself.
const ERROR: &str = "Error";

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
    /// It goes on, by its last attempt since then; perhaps something holds it up.
    Running {
        since: Timestamp,
        trouble: Option<Trouble>,
    },
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
pub fn runs(document: &Document, children: &Children, now: Timestamp) -> Vec<Run> {
    let mut runs: Vec<Run> = children
        .jobs
        .iter()
        .filter_map(|job| run(document, job, children, now))
        .collect();
    runs.sort_by_key(|run| (run.scheduled_at, run.end.outcome().is_some()));
    runs
}

fn run(document: &Document, job: &Job, children: &Children, now: Timestamp) -> Option<Run> {
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
        end: match told(document, source, &pods) {
            told if is_finished(job) => ended(job, &pods, told),
            _ => End::Running {
                since: since(job, pods.last().copied()),
                trouble: trouble(job, &pods, &children.events, now),
            },
        },
    })
}

/// As the collector reads it: stated, or the minutes since 1970 in the Job's name. Of a Job made by hand
/// either may be anything, so it must be near the Job's creation.
fn scheduled_at(job: &Job, stated: Option<&String>) -> Timestamp {
    let created = job.creation_timestamp().map(|time| time.0);
    let near = |at: &Timestamp| {
        let late = created.map(|created| created.duration_since(*at));
        late.is_some_and(|late| late >= -LONGEST_LEAD && late <= LONGEST_WAIT)
    };
    let stated = stated.and_then(|at| at.parse().ok());
    stated
        .filter(near)
        .or_else(|| due_in_name(&job.name_any()).filter(near))
        .or(created)
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

fn ended(job: &Job, pods: &[&Pod], told: Option<TerminationMessage>) -> End {
    let is_complete = over(job).is_some_and(|it| it.type_ == COMPLETE);
    match told {
        Some(message) => End::Told(Box::new(message)),
        None if is_complete && pods.is_empty() => End::Gone,
        None => End::Silent(cut_short(job, pods.last().copied())),
    }
}

pub fn is_finished(job: &Job) -> bool {
    over(job).is_some()
}

/// The condition that says that a Job is over, and why.
fn over(job: &Job) -> Option<&JobCondition> {
    let mut conditions = job.status.as_ref()?.conditions.iter().flatten();
    conditions.find(|it| it.status == "True" && [COMPLETE, FAILED].contains(&it.type_.as_str()))
}

/// What the last attempt that said anything said.
fn told(document: &Document, source: Source, pods: &[&Pod]) -> Option<TerminationMessage> {
    let mut newest_first = pods.iter().rev();
    newest_first.find_map(|pod| last_words(document, source, pod))
}

/// The last words of a pod's collector, if they are ours and about this document.
fn last_words(document: &Document, source: Source, pod: &Pod) -> Option<TerminationMessage> {
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

/// Why a run that is over told nothing: whoever ended it says it best.
fn cut_short(job: &Job, pod: Option<&Pod>) -> Trouble {
    let over = over(job).cloned().unwrap_or_default();
    let why = Trouble::stated(
        over.reason.as_ref().unwrap_or(&over.type_),
        over.message
            .as_deref()
            .unwrap_or("the run ended without a word"),
    );
    let terminated = pod.and_then(|pod| container(pod)?.state.as_ref()?.terminated.as_ref());
    let crashed = terminated.map(|it| {
        let message = format!(
            "the collector ended with exit code {} and without a word",
            it.exit_code
        );
        Trouble::stated(it.reason.as_deref().unwrap_or(ERROR), &message)
    });
    let named = terminated.is_some_and(|it| it.reason.as_deref().is_some_and(|it| it != ERROR));
    if let Some(trouble) = pod.and_then(interrupted) {
        trouble
    } else if !named && over.reason.as_deref() == Some(DEADLINE_EXCEEDED) {
        why
    } else {
        crashed.unwrap_or(why)
    }
}

/// By whom a pod was ended that did nothing wrong.
fn interrupted(pod: &Pod) -> Option<Trouble> {
    let status = pod.status.as_ref()?;
    // Its Job's own deadline is told by the Job.
    if let Some(reason) = status.reason.as_ref().filter(|it| *it != DEADLINE_EXCEEDED) {
        return Some(stated(Some(reason), status.message.as_ref()));
    }
    let mut conditions = status.conditions.iter().flatten();
    let target = conditions.find(|it| it.type_ == "DisruptionTarget" && it.status == "True")?;
    Some(stated(target.reason.as_ref(), target.message.as_ref()))
}

fn since(job: &Job, pod: Option<&Pod>) -> Timestamp {
    let created = pod.and_then(ResourceExt::creation_timestamp);
    let created = created.or_else(|| job.creation_timestamp());
    created.map_or(Timestamp::UNIX_EPOCH, |time| time.0)
}

/// What holds up a run that goes on: its pod can't start, or there is none.
fn trouble(job: &Job, pods: &[&Pod], events: &[Event], now: Timestamp) -> Option<Trouble> {
    match pods.last() {
        Some(pod) => held_up(pod, events, now),
        // A policy or a quota refuses it.
        None => warned(job.uid(), events),
    }
}

/// Whether nobody has begun with a Job that should run. Only events tell why.
pub fn is_without_pod(job: &Job, now: Timestamp) -> bool {
    let status = job.status.clone().unwrap_or_default();
    let pods = [status.active, status.succeeded, status.failed];
    let is_suspended = job.spec.as_ref().is_some_and(|it| it.suspend == Some(true));
    pods.into_iter().flatten().all(|count| count == 0)
        && !is_suspended
        && is_older(job, UNSTARTED, now)
}

/// Whether a pod doesn't start and doesn't say why: a volume that can't be mounted is told by events alone.
pub fn is_stuck(pod: &Pod, now: Timestamp) -> bool {
    let phase = pod.status.as_ref().and_then(|it| it.phase.as_deref());
    phase == Some("Pending") && says_why(pod).is_none() && is_older(pod, SETTLED, now)
}

fn is_older(object: &impl Resource, age: SignedDuration, now: Timestamp) -> bool {
    let created = object.meta().creation_timestamp.as_ref();
    created.is_some_and(|created| now.duration_since(created.0) >= age)
}

/// Why a pod can't start: no node, no image, a Secret or a key of it that isn't there.
fn held_up(pod: &Pod, events: &[Event], now: Timestamp) -> Option<Trouble> {
    match is_stuck(pod, now) {
        true => warned(pod.uid(), events),
        false => says_why(pod),
    }
}

/// What a pod itself says of why it can't start.
fn says_why(pod: &Pod) -> Option<Trouble> {
    let state = container(pod).and_then(|container| container.state.as_ref());
    let waiting = state.and_then(|state| state.waiting.as_ref());
    let impatient = waiting.filter(|it| {
        let reason = it.reason.as_deref();
        reason.is_some_and(|reason| !PATIENT.contains(&reason))
    });
    if let Some(waiting) = impatient {
        return Some(stated(waiting.reason.as_ref(), waiting.message.as_ref()));
    }
    let mut conditions = pod.status.as_ref()?.conditions.iter().flatten();
    let unscheduled = conditions.find(|it| it.type_ == "PodScheduled" && it.status == "False")?;
    let (reason, message) = (unscheduled.reason.as_ref(), unscheduled.message.as_ref());
    Some(stated(reason, message))
}

/// The newest warning about an object. That no node was found is outdated once one is.
fn warned(uid: Option<String>, events: &[Event]) -> Option<Trouble> {
    let event = events
        .iter()
        .filter(|event| event.involved_object.uid == uid)
        .filter(|event| event.reason.as_deref() != Some("FailedScheduling"))
        .max_by_key(|event| last_seen(event))?;
    Some(stated(event.reason.as_ref(), event.message.as_ref()))
}

/// Old and new clients of the API fill in different fields.
fn last_seen(event: &Event) -> Option<Timestamp> {
    let series = event.series.as_ref();
    let counted = event.last_timestamp.as_ref().map(|it| it.0);
    let repeated = || Some(series?.last_observed_time.as_ref()?.0);
    let once = || event.event_time.as_ref().map(|it| it.0);
    counted.or_else(repeated).or_else(once)
}

fn stated(reason: Option<&String>, message: Option<&String>) -> Trouble {
    let text = |it: Option<&String>| it.cloned().unwrap_or_default();
    Trouble::stated(&text(reason), &text(message))
}
