//! Schedules that nobody keeps: the CronJob controller is away, or refuses.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::batch::v1::CronJob;
use kube::ResourceExt;
use modstats_crds::{Document, Source, TrackedModStatus};

use crate::build::{STARTING_DEADLINE, longest_run, zone_name};
use crate::config::CollectorConfig;
use crate::dereference::Children;
use crate::names::{self, MANAGER};
use crate::run::{End, Run};

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
            let runs = || runs.iter().filter(|run| run.source == source);
            // It may be what the next one waits for, unless nobody ends it.
            let goes_on = |run: &Run| {
                matches!(run.end, End::Running { .. })
                    && now.duration_since(run.scheduled_at) < longest
            };
            if runs().any(goes_on) {
                return None;
            }
            let known = status.and_then(|it| it.of(source));
            let told = known.and_then(|known| known.last_schedule_time.as_ref());
            let started = runs()
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
    use serde_json::json;

    /// Applied at 10:00; the schedule is the document's, at 17 past every sixth hour in Paris.
    fn judged(at: &str, change: impl FnOnce(&mut CronJob), runs: &[Run]) -> Option<String> {
        let validated = modrinth_alone();
        let made: Timestamp = "2026-01-29T10:00:00Z".parse().unwrap();
        let desired = build(&validated, &config(), None, made);
        let mut cron_job = desired.cron_jobs[&Source::Modrinth].clone();
        cron_job.metadata.managed_fields = Some(vec![
            serde_json::from_value(json!({"manager": MANAGER, "time": made})).unwrap(),
        ]);
        change(&mut cron_job);
        let children = Children {
            cron_jobs: vec![cron_job],
            ..Children::default()
        };
        let now = at.parse().unwrap();
        let found = overdue(&validated.document, &children, runs, None, &config(), now);
        found.first().map(|it| it.due.to_string())
    }

    fn run(at: &str, end: End) -> Run {
        Run {
            job: "a".to_owned(),
            source: Source::Modrinth,
            scheduled_at: at.parse().unwrap(),
            end,
        }
    }

    #[test]
    fn a_run_is_missed_when_it_can_no_longer_start() {
        assert_eq!(judged("2026-01-29T11:51:00Z", |_| {}, &[]), None);
        let due = Some("2026-01-29T11:17:00Z".to_owned());
        assert_eq!(judged("2026-01-29T11:53:00Z", |_| {}, &[]), due);
        assert_eq!(judged("2026-01-29T16:00:00Z", |_| {}, &[]), due);
    }

    #[test]
    fn what_ran_or_runs_is_not_missed() {
        let late = "2026-01-29T12:00:00Z";
        assert_eq!(
            judged(late, |_| {}, &[run("2026-01-29T11:17:00Z", End::Gone)]),
            None
        );
        let goes_on = |at| run(at, End::Running { trouble: None });
        assert_eq!(
            judged(late, |_| {}, &[goes_on("2026-01-29T11:00:00Z")]),
            None
        );
        let due = Some("2026-01-29T11:17:00Z".to_owned());
        let forgotten = goes_on("2026-01-29T05:17:00Z");
        assert_eq!(judged(late, |_| {}, &[forgotten]), due, "nobody ends it");
        let told = |it: &mut CronJob| {
            it.status = Some(
                serde_json::from_value(json!({"lastScheduleTime": "2026-01-29T11:17:00Z"}))
                    .unwrap(),
            );
        };
        assert_eq!(judged(late, told, &[]), None);
    }

    #[test]
    fn what_was_not_in_force_then_is_not_missed() {
        let late = "2026-01-29T12:00:00Z";
        let spec = |change: fn(&mut k8s_openapi::api::batch::v1::CronJobSpec)| {
            move |it: &mut CronJob| change(it.spec.as_mut().unwrap())
        };
        assert_eq!(judged(late, spec(|it| it.suspend = Some(true)), &[]), None);
        assert_eq!(
            judged(late, spec(|it| it.schedule = "1 1 * * *".to_owned()), &[]),
            None
        );
        assert_eq!(judged("2026-01-29T10:30:00Z", |_| {}, &[]), None);
    }
}
