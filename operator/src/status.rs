//! Step 5: what the TrackedMod's status says, from what was applied and observed.

#[cfg(test)]
mod tests;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use modstats_crds::{
    CollectNow, Outcome, PinnedProject, Source, SourceStatus, TrackedMod, TrackedModStatus,
};

use crate::apply::ApplyError;
use crate::conditions::{
    COLLECTION_SUCCEEDED, ConditionStatus, DATABASE_READY, READY, RECONCILING, STALLED, Said,
    merged, said,
};
use crate::names;
use crate::overdue::Overdue;
use crate::run::{End, Run};
use crate::trouble::{IMAGE_UNAVAILABLE, Trouble};
use crate::validate::{Prospect, Readiness, Validated, Validity};

/// What one reconcile came to.
pub enum Verdict<'a> {
    /// What is there can't be read, and won't be until somebody changes that.
    Blocked(&'a Trouble),
    /// What was built before goes on.
    InvalidSpec(&'a str),
    Valid(&'a Validity, Seen<'a>),
}

/// What became of the runs, of those that should have been, and of the children.
pub struct Seen<'a> {
    pub runs: &'a [Run],
    pub overdue: &'a [Overdue],
    pub failure: Option<&'a ApplyError>,
}

/// The status to write at `now`, which has whole seconds; equal to the present one where nothing changed.
pub fn status(tracked_mod: &TrackedMod, verdict: &Verdict, now: Timestamp) -> TrackedModStatus {
    let before = tracked_mod.status.clone().unwrap_or_default();
    let generation = tracked_mod.metadata.generation;
    let mut after = TrackedModStatus {
        observed_generation: generation,
        ..before.clone()
    };
    let mut troubled = Vec::new();
    if let Verdict::Valid(validity, seen) = verdict {
        let document = validity.document();
        let sources = document.sources();
        after.modpacks = before
            .modpacks
            .filter(|_| sources.contains(&Source::Modpacks));
        after.sources.clear();
        for source in sources {
            let known = before.of(source);
            let mut status = known.cloned().unwrap_or_else(|| nothing_known(source));
            if let Validity::Collectable(validated) = validity {
                collectable(&mut status, validated);
            }
            let trouble = take_over_all(&mut status, &mut after.modpacks, seen.runs);
            let entries = names::entries(document, source);
            status.projects.retain(|pin| entries.contains(&pin.project));
            if let Some(trouble) = trouble {
                troubled.push((source, trouble));
            }
            after.sources.push(status);
        }
        if let Validity::Collectable(validated) = validity {
            after.collect_now = collect_now(validated, before.collect_now.as_ref(), now);
        }
        let downloads = after.sources.iter().filter_map(|it| it.downloads);
        after.downloads = downloads.reduce(i64::saturating_add);
        let successes = after
            .sources
            .iter()
            .filter_map(|it| it.last_success_time.as_ref());
        after.last_collection_time = successes.max_by_key(|time| time.0).cloned();
    }
    let said = conditions(verdict, &before, &after, &troubled);
    after.conditions = merged(&before.conditions, said, generation, now);
    after
}

/// Kubernetes keeps no fractions: a time with one would never equal what was stored.
pub fn whole_seconds(at: Timestamp) -> Timestamp {
    let rounding = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Trunc);
    at.round(rounding).unwrap_or(at)
}

/// What a source's status says once its CronJob can be built. Where a run may be made, it holds the
/// hash of what that will collect.
fn collectable(status: &mut SourceStatus, validated: &Validated) {
    let (document, source) = (&validated.document, status.source);
    status.cron_job = Some(names::cron_job(document, source));
    status.schedule = Some(document.schedule(source).0.to_string());
    let hash = names::projects_hash(document, source);
    if validated.may_run() && status.projects_hash.as_ref() != Some(&hash) {
        status.projects_hash = Some(hash);
        status.outcome = None;
        set_cause(status, None);
    }
}

/// What a source's runs tell goes into its status, and what they tell of modpacks into the
/// TrackedMod's own. Gives back what holds up or failed the last one.
fn take_over_all(
    status: &mut SourceStatus,
    modpacks: &mut Option<i64>,
    runs: &[Run],
) -> Option<Trouble> {
    let mut trouble = None;
    let source = status.source;
    for run in runs.iter().filter(|run| run.source == source) {
        let scheduled_at = whole_seconds(run.scheduled_at);
        let last = status.last_schedule_time.as_ref().map(|time| time.0);
        // Where no outcome is known of this set of projects, an old one is better than none.
        let is_old = last.is_some_and(|last| scheduled_at < last);
        if is_old && (status.outcome.is_some() || !matches!(run.end, End::Told(_))) {
            continue;
        }
        status.last_schedule_time = Some(Time(last.unwrap_or(scheduled_at).max(scheduled_at)));
        trouble = take_over(status, modpacks, run);
    }
    trouble
}

fn nothing_known(source: Source) -> SourceStatus {
    SourceStatus {
        source,
        cron_job: None,
        schedule: None,
        projects_hash: None,
        last_schedule_time: None,
        last_success_time: None,
        outcome: None,
        downloads: None,
        job: None,
        projects: Vec::new(),
        reason: None,
        message: None,
    }
}

/// What a run tells goes into the status; what is told of it already isn't told worse when its pod or
/// the cause is gone. Gives back what keeps it from ending well.
fn take_over(status: &mut SourceStatus, modpacks: &mut Option<i64>, run: &Run) -> Option<Trouble> {
    let told_already = status.job.as_ref() == Some(&run.job);
    let trouble = match &run.end {
        End::Gone => return None,
        End::Running { trouble: None, .. } => return None,
        End::Running {
            trouble: Some(trouble),
            ..
        } => {
            let is_told = told_already && status.reason.as_ref() == Some(&trouble.reason);
            if !(is_told && trouble.reason == IMAGE_UNAVAILABLE) {
                set_cause(status, Some(trouble));
            }
            Some(trouble.clone())
        }
        End::Silent(trouble) => {
            if !told_already {
                set_cause(status, Some(trouble));
            }
            if !(told_already && status.outcome == Some(Outcome::Failed)) {
                status.outcome = Some(Outcome::Lost);
            }
            Some(trouble.clone())
        }
        End::Told(message) => {
            status.outcome = Some(message.outcome);
            // The downloads of modpacks are not the mod's.
            match status.source {
                Source::Modrinth | Source::Curseforge => {
                    status.downloads = message.downloads.or(status.downloads);
                }
                Source::Modpacks => *modpacks = message.modpacks.or(*modpacks),
            }
            let first = Trouble::told(&message.errors, message.errors_left_out);
            set_cause(status, first.as_ref());
            for pin in &message.projects {
                remember(&mut status.projects, pin);
            }
            // Notes of a run that recorded something hold nothing up.
            if matches!(message.outcome, Outcome::Complete | Outcome::Partial) {
                let ended_at = whole_seconds(message.ended_at);
                let last = status.last_success_time.as_ref().map(|time| time.0);
                status.last_success_time = Some(Time(last.unwrap_or(ended_at).max(ended_at)));
                None
            } else {
                first
            }
        }
    };
    status.job = Some(run.job.clone());
    trouble
}

fn set_cause(status: &mut SourceStatus, trouble: Option<&Trouble>) {
    status.reason = trouble.map(|it| it.reason.clone());
    status.message = trouble.map(|it| it.message.clone());
}

/// Pins that the message had no room for keep their last value.
fn remember(pins: &mut Vec<PinnedProject>, pin: &PinnedProject) {
    match pins.iter_mut().find(|it| it.project == pin.project) {
        Some(known) => known.id.clone_from(&pin.id),
        None => pins.push(pin.clone()),
    }
}

/// Answered as soon as a run may be made; its Jobs are made once the status holds the hash.
fn collect_now(
    validated: &Validated,
    before: Option<&CollectNow>,
    now: Timestamp,
) -> Option<CollectNow> {
    let answered = before.map(|it| &it.hash);
    match &validated.collect_now {
        Some(hash) if validated.may_run() && answered != Some(hash) => Some(CollectNow {
            hash: hash.clone(),
            time: Time(now),
        }),
        _ => before.cloned(),
    }
}

fn conditions(
    verdict: &Verdict,
    before: &TrackedModStatus,
    after: &TrackedModStatus,
    troubled: &[(Source, Trouble)],
) -> Vec<Said> {
    let (mut conditions, database) = match verdict {
        Verdict::Blocked(it) => (
            waiting(&it.reason, &it.message),
            said(
                DATABASE_READY,
                ConditionStatus::Unknown,
                it.reason.clone(),
                it.message.clone(),
            ),
        ),
        Verdict::InvalidSpec(problem) => (
            stalled("InvalidSpec", problem),
            kept(before, DATABASE_READY),
        ),
        Verdict::Valid(validity, seen) => (
            general(validity, seen.failure),
            database_ready(validity.readiness()),
        ),
    };
    conditions.push(database);
    conditions.push(match verdict {
        Verdict::Blocked(_) | Verdict::InvalidSpec(_) => kept(before, COLLECTION_SUCCEEDED),
        Verdict::Valid(_, seen) => collection(after, troubled, seen.overdue),
    });
    conditions
}

/// Ready, Reconciling and Stalled.
fn general(validity: &Validity, failure: Option<&ApplyError>) -> Vec<Said> {
    let database = validity.readiness();
    let (reason, message) = (database.reason, database.message.as_str());
    match (failure, database.prospect) {
        (Some(error @ ApplyError::NameTaken { .. }), _) => stalled("NameTaken", &error.to_string()),
        (Some(error), _) => waiting("ApplyFailed", &error.to_string()),
        (None, Prospect::Unnamed) => stalled(reason, message),
        (None, Prospect::Awaited) => waiting(reason, message),
        (None, Prospect::Ready) if validity.document().spec.suspend => {
            ready("Suspended", "spec.suspend is true: nothing is collected")
        }
        (None, Prospect::Ready) => ready("Ready", "collected on schedule"),
    }
}

/// Until somebody changes something.
fn stalled(reason: &str, message: &str) -> Vec<Said> {
    vec![
        said(READY, ConditionStatus::False, reason, message),
        said(RECONCILING, ConditionStatus::False, reason, ""),
        said(STALLED, ConditionStatus::True, reason, message),
    ]
}

/// For what comes by itself.
fn waiting(reason: &str, message: &str) -> Vec<Said> {
    vec![
        said(READY, ConditionStatus::False, reason, message),
        said(RECONCILING, ConditionStatus::True, reason, message),
        said(STALLED, ConditionStatus::False, reason, ""),
    ]
}

fn ready(reason: &str, message: &str) -> Vec<Said> {
    vec![
        said(READY, ConditionStatus::True, reason, message),
        said(RECONCILING, ConditionStatus::False, reason, ""),
        said(STALLED, ConditionStatus::False, reason, ""),
    ]
}

fn database_ready(database: &Readiness) -> Said {
    let is_ready = ConditionStatus::of(database.prospect == Prospect::Ready);
    said(
        DATABASE_READY,
        is_ready,
        database.reason,
        database.message.clone(),
    )
}

/// What can't be told now stays as it was.
fn kept(before: &TrackedModStatus, type_: &'static str) -> Said {
    match before.conditions.iter().find(|it| it.type_ == type_) {
        None => said(type_, ConditionStatus::Unknown, "NotYetKnown", ""),
        Some(it) => {
            let state = match it.status.as_str() {
                "True" => ConditionStatus::True,
                "False" => ConditionStatus::False,
                _ => ConditionStatus::Unknown,
            };
            said(type_, state, it.reason.clone(), it.message.clone())
        }
    }
}

/// How the last runs of all sources ended: the worst one speaks.
fn collection(
    status: &TrackedModStatus,
    troubled: &[(Source, Trouble)],
    overdue: &[Overdue],
) -> Said {
    let says =
        |state, reason: &str, message: String| said(COLLECTION_SUCCEEDED, state, reason, message);
    if let Some(it) = overdue.first() {
        let message = format!(
            "{}: no run has started since the one due at {}; see the events of the CronJob {}, and whether the cluster's CronJob controller runs",
            it.source, it.due, it.cron_job
        );
        return says(ConditionStatus::False, "Overdue", message);
    }
    let sources = &status.sources;
    let reason = |it: &SourceStatus| it.reason.clone().unwrap_or_else(|| "Failed".to_owned());
    let words = |it: &SourceStatus| {
        let message = it.message.as_deref().unwrap_or("no more is known");
        format!("{}: {}: {message}", it.source, reason(it))
    };
    let failed = |it: &&SourceStatus| matches!(it.outcome, Some(Outcome::Failed | Outcome::Lost));
    let held_up = |it: &&SourceStatus| troubled.iter().any(|(source, _)| *source == it.source);
    let mut speaking = sources.iter().filter(failed);
    if let Some(it) = speaking.next().or_else(|| sources.iter().find(held_up)) {
        return says(ConditionStatus::False, &reason(it), words(it));
    }
    if let Some(it) = sources.iter().find(|it| it.outcome.is_none()) {
        let message = format!("{}: no run has ended yet", it.source);
        return says(ConditionStatus::Unknown, "NotYetCollected", message);
    }
    let partial = |it: &&SourceStatus| it.outcome == Some(Outcome::Partial);
    if let Some(it) = sources.iter().find(partial) {
        return says(ConditionStatus::True, "Partial", words(it));
    }
    says(
        ConditionStatus::True,
        "Complete",
        "every project was recorded".to_owned(),
    )
}
