//! Runs of the collector, when they are due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::FutureExt;
use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use modstats_collector::{Clock, Collector, ExitCode, Report};
use modstats_crds::{Document, Source};
use modstats_store::model::Outcome;

use crate::outlook::Outlook;
use crate::secrets::Secrets;

/// Runs of one lane that may be under way together.
const AT_ONCE: usize = 4;
/// After a failure that may pass by itself the next try comes earlier than the schedule.
const FIRST_RETRY: SignedDuration = SignedDuration::from_mins(5);
const MOST_DOUBLINGS: u32 = 8;

/// What the lanes of one process share.
pub struct Workshop {
    pub collector: Collector,
    pub clock: Arc<dyn Clock>,
    pub secrets: Secrets,
    pub outlook: Outlook,
    /// Whether each run is told on the terminal.
    pub tells_runs: AtomicBool,
}

/// One source of one TrackedMod, and when it is due.
pub struct Task {
    document: Arc<Document>,
    source: Source,
    due: Timestamp,
    failures: u32,
}

impl Task {
    pub fn source(&self) -> Source {
        self.source
    }
}

/// The tasks of documents, all due now. What is not collected is noted in the outlook.
pub fn tasks(workshop: &Workshop, documents: Vec<Document>) -> Vec<Task> {
    let now = workshop.clock.now();
    let mut tasks = Vec::new();
    for document in documents.into_iter().map(Arc::new) {
        for source in document.sources() {
            if document.spec.suspend {
                let note = "suspended: spec.suspend is true".to_owned();
                workshop.outlook.set(&document, source, None, Some(note));
                continue;
            }
            workshop.outlook.set(&document, source, Some(now), None);
            tasks.push(Task {
                document: document.clone(),
                source,
                due: now,
                failures: 0,
            });
        }
    }
    tasks
}

/// Runs tasks whenever they are due, for ever. The tasks of a lane wait for each other, so a
/// platform that is away holds up only the lane that asks it.
pub async fn run(workshop: &Workshop, mut tasks: Vec<Task>) {
    while let Some(due) = tasks.iter().map(|task| task.due).min() {
        workshop.clock.sleep_until(due).await;
        let turn = workshop.clock.now().max(due);
        let mut turns = Vec::new();
        for task in tasks.iter_mut().filter(|task| task.due <= turn) {
            turns.push(run_task(workshop, task).boxed());
        }
        stream::iter(turns)
            .for_each_concurrent(AT_ONCE, |turn| turn)
            .await;
    }
}

async fn run_task(workshop: &Workshop, task: &mut Task) {
    let Workshop {
        collector,
        clock,
        secrets,
        outlook,
        ..
    } = workshop;
    let (credentials, flaw) = secrets.credentials(&task.document, task.source);
    let report = collector
        .collect(&task.document, task.source, task.due, &credentials)
        .await;
    task.failures = if report.record.exit == ExitCode::TryAgain {
        task.failures + 1
    } else {
        0
    };
    let now = clock.now();
    let (schedule, zone) = task.document.schedule(task.source);
    let scheduled = schedule.next_after(now.max(task.due), &zone);
    let next = next_try(scheduled, now, task.failures);
    outlook.set(&task.document, task.source, Some(next), flaw.clone());
    if workshop.tells_runs.load(Ordering::Relaxed) || report.record.outcome == Outcome::Failed {
        tell(task, &report, flaw, next);
    }
    task.due = next;
}

/// The next scheduled time, or an earlier try after failures that may pass by themselves.
fn next_try(scheduled: Option<Timestamp>, now: Timestamp, failures: u32) -> Timestamp {
    let wait = |failures: u32| FIRST_RETRY * 2i32.pow((failures - 1).min(MOST_DOUBLINGS));
    let retry = (failures > 0).then(|| now + wait(failures));
    // A valid schedule always has a next time.
    scheduled
        .into_iter()
        .chain(retry)
        .min()
        .unwrap_or(now + SignedDuration::from_hours(6))
}

/// One line for a run, and one for each of its problems.
fn tell(task: &Task, report: &Report, flaw: Option<String>, next: Timestamp) {
    let Document {
        namespace, name, ..
    } = &*task.document;
    let next = next.strftime("%Y-%m-%d %H:%M UTC");
    let source = task.source;
    println!(
        "{namespace}/{name} {source}: {}, {} requests; next at {next}",
        report.record.outcome, report.record.progress.requests
    );
    let problems = report
        .record
        .problems
        .iter()
        .map(|it| format!("{}: {}", it.subject, it.message));
    for problem in flaw.into_iter().chain(problems) {
        println!("  {problem}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_tried_again_soon_then_later_and_never_past_the_schedule() {
        let now: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
        let scheduled = now + SignedDuration::from_hours(6);
        let minutes = |failures| {
            next_try(Some(scheduled), now, failures)
                .duration_since(now)
                .as_mins()
        };
        assert_eq!([0, 1, 2, 3, 4].map(minutes), [360, 5, 10, 20, 40]);
        assert_eq!(minutes(40), 360);
    }
}
