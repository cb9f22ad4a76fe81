//! Schedules that nobody keeps: the CronJob controller is away, or refuses.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use kube::ResourceExt;
use modstats_crds::{Document, Source, TrackedModStatus};

use crate::build::{STARTING_DEADLINE, longest_run, zone_name};
use crate::config::CollectorConfig;
use crate::dereference::Children;
use crate::names::{self, MANAGER};
use crate::ownership::controller_uid;
use crate::run::{Run, is_finished};

/// How long after its time a run can still start, and a little more for who starts it.
const LATE: SignedDuration = SignedDuration::from_secs(STARTING_DEADLINE + 300);

/// A source's run that should have been there long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    pub source: Source,
    pub cron_job: String,
    pub due: Timestamp,
}

pub fn overdue(
    document: &Document,
    children: &Children,
    runs: &[Run],
    status: Option<&TrackedModStatus>,
    config: &CollectorConfig,
    now: Timestamp,
) -> Vec<Overdue> {
    let longest = SignedDuration::from_secs(longest_run(config)) + LATE;
    let sources = document.sources().into_iter();
    sources
        .filter_map(|source| {
            let name = names::cron_job(document, source);
            let mut cron_jobs = children.cron_jobs.iter();
            let cron_job = cron_jobs.find(|it| it.name_any() == name)?;
            // It is what the next one waits for, whatever it collects, unless nobody ends it.
            let goes_on = |job: &Job| {
                let created = job.creation_timestamp().map(|time| time.0);
                controller_uid(job) == cron_job.uid()
                    && !is_finished(job)
                    && created.is_some_and(|created| now.duration_since(created) < longest)
            };
            if children.jobs.iter().any(goes_on) {
                return None;
            }
            let known = status.and_then(|it| it.of(source));
            let told = known.and_then(|known| known.last_schedule_time.as_ref());
            let started = runs
                .iter()
                .filter(|run| run.source == source)
                .map(|run| run.scheduled_at)
                .chain(told.map(|time| time.0))
                .max();
            let due = missed(document, source, cron_job, started, now)?;
            Some(Overdue {
                source,
                cron_job: name,
                due,
            })
        })
        .collect()
}

/// The newest occurrence that is too late by now and after which nothing started. None while the
/// CronJob isn't as it should be, or was changed by us since: such an occurrence was never its own.
fn missed(
    document: &Document,
    source: Source,
    cron_job: &CronJob,
    started: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    let (schedule, zone) = document.schedule(source);
    let spec = cron_job.spec.as_ref()?;
    let in_force = spec.suspend != Some(true)
        && spec.schedule == schedule.to_string()
        && spec.time_zone == Some(zone_name(&zone));
    if !in_force {
        return None;
    }
    let due = schedule.previous_before(now - LATE, &zone)?;
    let status = cron_job.status.as_ref();
    let scheduled = status.and_then(|it| it.last_schedule_time.as_ref());
    let known = [started, scheduled.map(|time| time.0), changed(cron_job)];
    let newest = known.into_iter().flatten().max()?;
    (due > newest).then_some(due)
}

/// When we made it what it is.
fn changed(cron_job: &CronJob) -> Option<Timestamp> {
    let fields = cron_job.metadata.managed_fields.iter().flatten();
    fields
        .filter(|entry| entry.manager.as_deref() == Some(MANAGER))
        .filter_map(|entry| entry.time.as_ref())
        .map(|time| time.0)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::build;
    use crate::build::tests::{config, modrinth_alone};
    use crate::run::End;
    use serde_json::json;

    /// Applied at 10:00; the schedule is the document's, at 17 past every sixth hour in Paris.
    fn judged(
        at: &str,
        change: impl FnOnce(&mut CronJob),
        jobs: &[Job],
        runs: &[Run],
    ) -> Option<String> {
        let validated = modrinth_alone();
        let made: Timestamp = "2026-01-29T10:00:00Z".parse().unwrap();
        let desired = build(&validated, &config(), None, made);
        let mut cron_job = desired.cron_jobs[&Source::Modrinth].clone();
        cron_job.metadata.managed_fields = Some(vec![
            serde_json::from_value(json!({"manager": MANAGER, "time": made})).unwrap(),
        ]);
        cron_job.metadata.uid = Some("c".to_owned());
        change(&mut cron_job);
        let children = Children {
            cron_jobs: vec![cron_job],
            jobs: jobs.to_vec(),
            ..Children::default()
        };
        let now = at.parse().unwrap();
        let found = overdue(&validated.document, &children, runs, None, &config(), now);
        found.first().map(|it| it.due.to_string())
    }

    #[test]
    fn a_run_is_missed_when_it_can_no_longer_start() {
        assert_eq!(judged("2026-01-29T11:51:00Z", |_| {}, &[], &[]), None);
        let due = Some("2026-01-29T11:17:00Z".to_owned());
        assert_eq!(judged("2026-01-29T11:53:00Z", |_| {}, &[], &[]), due);
        assert_eq!(judged("2026-01-29T16:00:00Z", |_| {}, &[], &[]), due);
    }

    #[test]
    fn what_ran_is_not_missed() {
        let late = "2026-01-29T12:00:00Z";
        let ran = Run {
            job: "a".to_owned(),
            source: Source::Modrinth,
            scheduled_at: "2026-01-29T11:17:00Z".parse().unwrap(),
            end: End::Gone,
        };
        assert_eq!(judged(late, |_| {}, &[], &[ran]), None);
        let told = |it: &mut CronJob| {
            it.status = Some(
                serde_json::from_value(json!({"lastScheduleTime": "2026-01-29T11:17:00Z"}))
                    .unwrap(),
            );
        };
        assert_eq!(judged(late, told, &[], &[]), None);
    }

    /// Of any set of projects.
    #[test]
    fn what_waits_for_the_run_before_it_is_not_missed() {
        let late = "2026-01-29T12:00:00Z";
        let job = |cron_job: &str, created: &str, status: serde_json::Value| -> Job {
            let owner = json!({
                "apiVersion": "batch/v1", "kind": "CronJob", "name": "c", "uid": cron_job, "controller": true,
            });
            let metadata = json!({"creationTimestamp": created, "ownerReferences": [owner]});
            serde_json::from_value(json!({"metadata": metadata, "status": status})).unwrap()
        };
        let with = |job| judged(late, |_| {}, &[job], &[]);
        let (today, active) = ("2026-01-29T11:00:00Z", json!({"active": 1}));
        assert_eq!(with(job("c", today, active.clone())), None);
        let due = Some("2026-01-29T11:17:00Z".to_owned());
        let over = json!({"conditions": [{"type": "Complete", "status": "True"}]});
        assert_eq!(with(job("c", today, over)), due);
        assert_eq!(with(job("another", today, active.clone())), due);
        let forgotten = job("c", "2026-01-29T05:17:00Z", active);
        assert_eq!(with(forgotten), due, "nobody ends it");
    }

    #[test]
    fn what_was_not_in_force_then_is_not_missed() {
        let late = "2026-01-29T12:00:00Z";
        let spec = |change: fn(&mut k8s_openapi::api::batch::v1::CronJobSpec)| {
            move |it: &mut CronJob| change(it.spec.as_mut().unwrap())
        };
        assert_eq!(
            judged(late, spec(|it| it.suspend = Some(true)), &[], &[]),
            None
        );
        assert_eq!(
            judged(
                late,
                spec(|it| it.schedule = "1 1 * * *".to_owned()),
                &[],
                &[]
            ),
            None
        );
        assert_eq!(judged("2026-01-29T10:30:00Z", |_| {}, &[], &[]), None);
    }
}
