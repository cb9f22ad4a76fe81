//! What a run says when it is over.

use std::time::Duration;

use jiff::Timestamp;
use modstats_crds::message::{self, DocumentIdentity, Stale};
use modstats_crds::{Document, Source, TerminationMessage};
use modstats_store::model::{NewRun, Outcome, Platform, Problem, Progress, RunId};
use modstats_store::{Store, StoreError};
use modstats_telemetry::KeyValue;

use crate::document::source_of;
use crate::problem::{ExitCode, Problems};

/// How a run went.
#[derive(Clone, Debug)]
pub struct Report {
    /// None where its start could not be recorded.
    pub run: Option<RunId>,
    pub outcome: Outcome,
    pub exit: ExitCode,
    pub progress: Progress,
    pub problems: Vec<Problem>,
    pub message: TerminationMessage,
}

impl Report {
    pub(crate) fn new(
        source: Source,
        outcome: Outcome,
        problems: &Problems,
        ended_at: Timestamp,
    ) -> Self {
        let said = match outcome {
            Outcome::Complete => modstats_crds::Outcome::Complete,
            Outcome::Partial => modstats_crds::Outcome::Partial,
            Outcome::Failed => modstats_crds::Outcome::Failed,
        };
        let problems_in_words = problems.to_list();
        let told = |problem: &Problem| message::Problem {
            subject: problem.subject.clone(),
            reason: problem.reason.clone(),
            message: problem.message.clone(),
        };
        let errors = problems_in_words.iter().map(told).collect();
        Report {
            run: None,
            outcome,
            exit: problems.exit(outcome),
            progress: Progress::default(),
            message: TerminationMessage::new(source, said, ended_at, errors),
            problems: problems_in_words,
        }
    }

    /// Of a run of which not even the start could be recorded.
    pub(crate) fn unrecorded(
        document: &Document,
        platform: Platform,
        error: &StoreError,
        now: Timestamp,
    ) -> Self {
        let mut problems = Problems::default();
        problems.add_database(error);
        let mut report = Report::new(source_of(platform), Outcome::Failed, &problems, now);
        report.message.document = Some(DocumentIdentity::of(document));
        report
    }

    pub(crate) fn measure(&self, platform: Platform, took: Duration) {
        let meter = modstats_telemetry::meter();
        let labels = [
            KeyValue::new("source", platform.as_str()),
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
    }
}

/// The sum over the TrackedMod's present members, and what of it is older than the run.
pub(crate) async fn last_known(
    store: &Store,
    run: &NewRun,
    platform: Platform,
    now: Timestamp,
) -> Result<(Option<i64>, Option<Stale>), StoreError> {
    let (namespace, name) = (&run.document.namespace, &run.document.name);
    let snapshot = store.snapshot().await?;
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
    Ok((downloads, stale))
}
