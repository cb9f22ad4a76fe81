//! Step 3: the children of a validated TrackedMod, as they should be. Touches nothing.

mod pod;
#[cfg(test)]
pub mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use k8s_openapi::api::batch::v1::{
    CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec, PodFailurePolicy,
    PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::Resource;
use modstats_crds::{Document, Source, TrackedMod, TrackedModStatus};
use tracing::instrument;

use crate::config::CollectorConfig;
use crate::names::{self, CONTAINER, SCHEDULED_AT};
use crate::validate::Validated;

/// A run that is later than this waits for the next time; more than ten seconds, or the CronJob
/// controller might never be in time.
pub const STARTING_DEADLINE: i64 = 1800;
const RETRIES: i32 = 1;
/// For pulling the image, waiting for a node, and between two attempts.
const ALLOWANCE: i64 = 600;
/// Finished Jobs outside the schedule go after a day; CronJobs keep their last ones themselves.
const KEPT: i32 = 86_400;
/// The collector's exit code for what a person must mend first: a second attempt ends the same.
const CONFIGURATION: i32 = 78;

/// Everything that should be there.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    pub cron_jobs: BTreeMap<Source, CronJob>,
    pub jobs: Vec<Job>,
}

#[instrument(skip_all)]
pub fn build(
    validated: &Validated,
    config: &CollectorConfig,
    status: Option<&TrackedModStatus>,
    now: Timestamp,
) -> Desired {
    let document = &validated.document;
    let sources = document.sources();
    let cron_jobs = sources
        .iter()
        .map(|source| (*source, cron_job(validated, config, *source)));
    let mut jobs = Vec::new();
    if validated.may_run() {
        for source in &sources {
            if first_run_is_due(document, *source, status) {
                let name = names::first_job(document, *source);
                // Whoever makes it first sets the time: a Job that is there stays as it is.
                jobs.push(job(validated, config, *source, name, now));
            }
            if let Some((hash, at)) = collect_now_is_due(validated, *source, status) {
                // Asked for again after another value, it is another request.
                let request = format!("{hash} {at}");
                let name = names::collect_now_job(document, *source, &request);
                jobs.push(job(validated, config, *source, name, at));
            }
        }
    }
    Desired {
        cron_jobs: cron_jobs.collect(),
        jobs,
    }
}

/// The status holds the hash before the Job is made, so that it is made once: a hash without an
/// outcome is made good, a failed run waits for the schedule.
fn first_run_is_due(
    document: &Document,
    source: Source,
    status: Option<&TrackedModStatus>,
) -> bool {
    let hash = names::projects_hash(document, source);
    let known = status.and_then(|status| status.of(source));
    known
        .is_some_and(|known| known.projects_hash.as_ref() == Some(&hash) && known.outcome.is_none())
}

/// As with first runs: only what the status holds already, and no run was scheduled after it.
fn collect_now_is_due(
    validated: &Validated,
    source: Source,
    status: Option<&TrackedModStatus>,
) -> Option<(String, Timestamp)> {
    let asked = validated.collect_now.as_ref()?;
    let status = status?;
    let answered = status.collect_now.as_ref()?;
    let at = answered.time.0;
    let scheduled = status
        .of(source)
        .and_then(|known| known.last_schedule_time.as_ref());
    let due = answered.hash == *asked && scheduled.is_none_or(|scheduled| scheduled.0 < at);
    due.then(|| (asked.clone(), at))
}

fn cron_job(validated: &Validated, config: &CollectorConfig, source: Source) -> CronJob {
    let document = &validated.document;
    let (schedule, zone) = document.schedule(source);
    CronJob {
        metadata: metadata(document, source, names::cron_job(document, source)),
        spec: Some(CronJobSpec {
            schedule: schedule.to_string(),
            time_zone: Some(zone_name(&zone)),
            suspend: Some(document.spec.suspend),
            concurrency_policy: Some("Forbid".to_owned()),
            starting_deadline_seconds: Some(STARTING_DEADLINE),
            successful_jobs_history_limit: Some(1),
            failed_jobs_history_limit: Some(1),
            job_template: JobTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(names::labels(document, source)),
                    ..ObjectMeta::default()
                }),
                spec: Some(job_spec(validated, config, source, None)),
            },
        }),
        status: None,
    }
}

/// As CronJobs take it.
pub fn zone_name(zone: &TimeZone) -> String {
    match zone.iana_name() {
        Some(name) if *zone != TimeZone::UTC => name.to_owned(),
        _ => "Etc/UTC".to_owned(),
    }
}

/// A run outside the schedule. A CronJob complains of Jobs that it didn't make, so the TrackedMod
/// owns it.
fn job(
    validated: &Validated,
    config: &CollectorConfig,
    source: Source,
    name: String,
    scheduled_at: Timestamp,
) -> Job {
    let mut spec = job_spec(validated, config, source, Some(scheduled_at));
    spec.ttl_seconds_after_finished = Some(KEPT);
    Job {
        metadata: metadata(&validated.document, source, name),
        spec: Some(spec),
        status: None,
    }
}

fn job_spec(
    validated: &Validated,
    config: &CollectorConfig,
    source: Source,
    scheduled_at: Option<Timestamp>,
) -> JobSpec {
    let mut template = pod::template(validated, config, source);
    if let Some(at) = scheduled_at {
        let annotations = template
            .metadata
            .get_or_insert_default()
            .annotations
            .get_or_insert_default();
        annotations.insert(SCHEDULED_AT.to_owned(), at.to_string());
    }
    JobSpec {
        backoff_limit: Some(RETRIES),
        active_deadline_seconds: Some(longest_run(config)),
        pod_failure_policy: Some(failure_policy()),
        template,
        ..JobSpec::default()
    }
}

/// In seconds, from the Job's start.
pub fn longest_run(config: &CollectorConfig) -> i64 {
    let attempts = i64::from(RETRIES) + 1;
    attempts * config.deadline_seconds + ALLOWANCE
}

fn failure_policy() -> PodFailurePolicy {
    let given_up = PodFailurePolicyRule {
        action: "FailJob".to_owned(),
        on_exit_codes: Some(PodFailurePolicyOnExitCodesRequirement {
            container_name: Some(CONTAINER.to_owned()),
            operator: "In".to_owned(),
            values: vec![CONFIGURATION],
        }),
        on_pod_conditions: None,
    };
    // A drained node is no fault of the run.
    let disrupted = PodFailurePolicyRule {
        action: "Ignore".to_owned(),
        on_exit_codes: None,
        on_pod_conditions: Some(vec![PodFailurePolicyOnPodConditionsPattern {
            status: Some("True".to_owned()),
            type_: "DisruptionTarget".to_owned(),
        }]),
    };
    PodFailurePolicy {
        rules: vec![given_up, disrupted],
    }
}

fn metadata(document: &Document, source: Source, name: String) -> ObjectMeta {
    ObjectMeta {
        name: Some(name),
        namespace: Some(document.namespace.clone()),
        labels: Some(names::labels(document, source)),
        owner_references: Some(vec![owner(document)]),
        ..ObjectMeta::default()
    }
}

/// Without `blockOwnerDeletion`, which would need a right of its own and hold up deletions.
fn owner(document: &Document) -> OwnerReference {
    OwnerReference {
        api_version: TrackedMod::api_version(&()).into_owned(),
        kind: TrackedMod::kind(&()).into_owned(),
        name: document.name.clone(),
        uid: document.uid.clone(),
        controller: Some(true),
        block_owner_deletion: None,
    }
}
