//! What a run says when it is over.

use std::time::Duration;

use jiff::Timestamp;
use modstats_crds::message::{self, DocumentIdentity, Stale};
use modstats_crds::{Source, TerminationMessage};
use modstats_store::model::{
    ListingSubject, Membership, NewRun, Observations, Outcome, Platform, Problem, Progress, RunId,
};
use modstats_store::{Store, StoreError};
use modstats_telemetry::KeyValue;

use crate::problem::{ExitCode, Problems};

/// How a run went: the one place from which the log, the message, the metrics and the trace take
/// what they tell. The page reads the same from the database.
#[derive(Clone, Debug)]
pub struct Record {
    /// None where its start could not be recorded.
    pub run: Option<RunId>,
    pub source: Source,
    pub scheduled_at: Timestamp,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub outcome: Outcome,
    pub exit: ExitCode,
    pub progress: Progress,
    /// Rows of facts that were written.
    pub rows: i64,
    /// How its questions ended: what was asked, how, how often.
    pub listings: Vec<(ListingSubject, Outcome, usize)>,
    pub problems: Vec<Problem>,
}

impl Record {
    pub(crate) fn new(
        source: Source,
        outcome: Outcome,
        scheduled_at: Timestamp,
        started_at: Timestamp,
        ended_at: Timestamp,
        problems: &Problems,
    ) -> Self {
        Record {
            run: None,
            source,
            scheduled_at,
            started_at,
            ended_at,
            outcome,
            exit: problems.exit(outcome),
            progress: Progress::default(),
            rows: 0,
            listings: Vec::new(),
            problems: problems.to_list(),
        }
    }

    /// Of a run of which not even the start could be recorded.
    pub(crate) fn unrecorded(
        source: Source,
        run: &NewRun,
        error: &StoreError,
        now: Timestamp,
    ) -> Self {
        let mut problems = Problems::default();
        problems.add_database(error);
        let (scheduled_at, started_at) = (run.scheduled_at, run.started_at);
        Record::new(
            source,
            Outcome::Failed,
            scheduled_at,
            started_at,
            now,
            &problems,
        )
    }

    pub(crate) fn take_listings(&mut self, observations: &Observations) {
        let versions = observations.listings.iter();
        let versions = versions.map(|it| (ListingSubject::Versions, it.outcome()));
        let modpacks = observations.modpacks.iter();
        let modpacks = modpacks.map(|it| (ListingSubject::Modpacks, it.outcome));
        let unanswered = observations.unanswered.iter();
        let unanswered = unanswered.map(|it| (it.subject, Outcome::Failed));
        for (subject, outcome) in versions.chain(modpacks).chain(unanswered) {
            let known = self.listings.iter_mut();
            match known
                .into_iter()
                .find(|it| (it.0, it.1) == (subject, outcome))
            {
                Some((_, _, times)) => *times += 1,
                None => self.listings.push((subject, outcome, 1)),
            }
        }
    }

    /// Its end could not be written: nothing of it is recorded.
    pub(crate) fn fail(&mut self, mut problems: Problems, error: &StoreError) {
        problems.add_database(error);
        self.outcome = Outcome::Failed;
        self.exit = problems.exit(Outcome::Failed);
        self.problems = problems.to_list();
    }

    /// To the log: the run, then everything that went wrong.
    pub(crate) fn log(&self) {
        let Progress {
            requests,
            retries,
            bytes,
            projects,
            versions,
        } = self.progress;
        tracing::info!(
            source = %self.source,
            outcome = %self.outcome,
            scheduled_at = %self.scheduled_at,
            started_at = %self.started_at,
            ended_at = %self.ended_at,
            requests,
            retries,
            bytes,
            projects,
            versions,
            rows = self.rows,
            "the run ended"
        );
        for problem in &self.problems {
            tracing::warn!(
                reason = problem.reason,
                subject = problem.subject,
                "{}",
                problem.message
            );
        }
    }

    /// To the run's span.
    pub(crate) fn trace(&self, span: &tracing::Span) {
        span.record("outcome", self.outcome.as_str());
        span.record("requests", self.progress.requests);
        span.record("retries", self.progress.retries);
        span.record("bytes", self.progress.bytes);
        span.record("rows", self.rows);
    }

    pub(crate) fn measure(&self, took: Duration) {
        let meter = modstats_telemetry::meter();
        let source = KeyValue::new("source", self.source.as_str());
        let labels = [
            source.clone(),
            KeyValue::new("outcome", self.outcome.as_str()),
        ];
        meter
            .u64_counter("modstats.collector.runs")
            .with_description("Runs that came to an end")
            .build()
            .add(1, &labels);
        meter
            .f64_histogram("modstats.collector.run.duration")
            .with_unit("s")
            .with_description("How long runs took")
            .build()
            .record(took.as_secs_f64(), &labels);
        let counters = [
            (
                "retries",
                "Requests that were repeated",
                self.progress.retries,
            ),
            (
                "received",
                "Bytes of answers, unpacked",
                self.progress.bytes,
            ),
            ("rows", "Rows of facts that were written", self.rows),
        ];
        for (name, description, value) in counters {
            meter
                .u64_counter(format!("modstats.collector.{name}"))
                .with_description(description)
                .build()
                .add(value.unsigned_abs(), std::slice::from_ref(&source));
        }
        for (subject, outcome, times) in &self.listings {
            meter
                .u64_counter("modstats.collector.listings")
                .with_description("Complete questions, by how they ended")
                .build()
                .add(
                    u64::try_from(*times).unwrap_or(u64::MAX),
                    &[
                        source.clone(),
                        KeyValue::new("subject", subject.as_str()),
                        KeyValue::new("outcome", outcome.as_str()),
                    ],
                );
        }
    }
}

/// A run's record, and what its pod is told.
#[derive(Clone, Debug)]
pub struct Report {
    pub record: Record,
    pub message: TerminationMessage,
}

impl Report {
    pub(crate) fn new(record: Record, document: Option<DocumentIdentity>) -> Self {
        let outcome = match record.outcome {
            Outcome::Complete => modstats_crds::Outcome::Complete,
            Outcome::Partial => modstats_crds::Outcome::Partial,
            Outcome::Failed => modstats_crds::Outcome::Failed,
        };
        let told = |problem: &Problem| message::Problem {
            subject: problem.subject.clone(),
            reason: problem.reason.clone(),
            message: problem.message.clone(),
        };
        let errors = record.problems.iter().map(told).collect();
        let message = TerminationMessage::new(record.source, outcome, record.ended_at, errors);
        Report {
            message: TerminationMessage {
                document,
                ..message
            },
            record,
        }
    }
}

/// What is known of a source: downloads of its present members, what of that is older than the run,
/// and the number of modpacks.
type Known = (Option<i64>, Option<Stale>, Option<i64>);

pub(crate) async fn last_known(
    store: &Store,
    run: &NewRun,
    source: Source,
    now: Timestamp,
) -> Result<Known, StoreError> {
    let (namespace, name) = (&run.document.namespace, &run.document.name);
    let snapshot = store.snapshot().await?;
    let platform = match source {
        Source::Modrinth => Platform::Modrinth,
        Source::Curseforge => Platform::Curseforge,
        Source::Modpacks => {
            let packs = snapshot.modpacks(namespace, name).await?;
            let contains = |membership: &Membership| {
                matches!(
                    membership,
                    Membership::Current { .. } | Membership::Declared { .. }
                )
            };
            let packs = packs.iter().filter(|pack| contains(&pack.membership));
            return Ok((None, None, i64::try_from(packs.count()).ok()));
        }
    };
    let view = snapshot.tracked_mod(namespace, name, now).await?;
    let members = view.map(|view| view.members).unwrap_or_default();
    let totals: Vec<_> = members
        .iter()
        .filter(|member| member.left_at.is_none() && member.project.key.platform == platform)
        .filter_map(|member| member.project.totals)
        .collect();
    let downloads = totals
        .iter()
        .map(|totals| totals.downloads)
        .reduce(i64::saturating_add);
    let old = totals
        .iter()
        .map(|totals| totals.observed_at)
        .filter(|at| *at < run.started_at);
    let stale = old.clone().min().map(|since| Stale {
        projects: old.count(),
        since,
    });
    Ok((downloads, stale, None))
}
