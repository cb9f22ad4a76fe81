//! One run, from its committed start to its committed end.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use modstats_crds::message::DocumentIdentity;
use modstats_crds::{Document, PinnedProject, Source};
use modstats_store::model::{NewRun, Observations, OpenRun, Pin, Progress, RunEnd, RunId};
use modstats_telemetry::SpanExt;
use tracing::{Instrument, field::Empty};

use crate::Collector;
use crate::clock::{Clock, instant};
use crate::credentials::Credentials;
use crate::database::patiently;
use crate::document::new_run;
use crate::http::Cost;
use crate::platform::Api;
use crate::problem::Problems;
use crate::report::{Record, Report, last_known};
use crate::{downloads, modpacks};

/// How long a run waits for a database that is away before anything is recorded of it. A failover
/// takes half a minute.
const PATIENCE_AT_START: Duration = Duration::from_secs(60);
/// Between two reports of a run's progress.
const PROGRESS: SignedDuration = SignedDuration::from_secs(10);

/// Everything that platforms were asked for, and what came of it.
#[derive(Default)]
pub(crate) struct Learned {
    pub observations: Observations,
    pub pins: Vec<Pin>,
    pub new_pins: Vec<Pin>,
    pub problems: Problems,
    pub progress: Progress,
}

/// What a run asks with.
pub(crate) struct Asking<'a> {
    pub collector: &'a Collector,
    pub document: &'a Document,
    pub run: &'a NewRun,
    pub open: &'a OpenRun,
    pub credentials: &'a Credentials,
    /// No question goes out after it.
    pub until: Timestamp,
}

/// A run, in a span and with metrics of its own.
pub(crate) async fn collect(
    collector: &Collector,
    document: &Document,
    source: Source,
    scheduled_at: Timestamp,
    credentials: &Credentials,
) -> Report {
    let span = tracing::info_span!(
        "collect",
        namespace = document.namespace,
        name = document.name,
        source = %source,
        outcome = Empty,
        requests = Empty,
        retries = Empty,
        bytes = Empty,
        rows = Empty,
    );
    if tracing::Span::current().is_none() {
        // Fails only where nothing is exported.
        let _ = span.set_parent(modstats_telemetry::environment());
    }
    let begun = Instant::now();
    let report = run(collector, document, source, scheduled_at, credentials)
        .instrument(span.clone())
        .await;
    report.record.trace(&span);
    report.record.measure(begun.elapsed());
    report
}

async fn run(
    collector: &Collector,
    document: &Document,
    source: Source,
    scheduled_at: Timestamp,
    credentials: &Credentials,
) -> Report {
    let (clock, store) = (&*collector.clock, &collector.store);
    let longest = collector.timeouts.run;
    let run = new_run(document, source, scheduled_at, instant(clock), longest);

    // The start is committed first, so that a run that dies is seen to be lost.
    let begin_until = run.started_at + PATIENCE_AT_START.min(longest / 2);
    let begun = patiently(clock, begin_until, || store.begin_run(&run))
        .instrument(commit("start"))
        .await;
    let open = match begun {
        Ok(open) => open,
        Err(error) => {
            let record = Record::unrecorded(source, &run, &error, instant(clock));
            return Report::new(record, Some(DocumentIdentity::of(document)));
        }
    };

    // Asked first, written last: no transaction is open while the network is waited for. The last
    // tenth of the time belongs to the commit.
    let asking = Asking {
        collector,
        document,
        run: &run,
        open: &open,
        credentials,
        until: run.deadline_at - longest / 10,
    };
    let learned = match source {
        Source::Modrinth | Source::Curseforge => downloads::learn(&asking, source).await,
        Source::Modpacks => modpacks::learn(&asking).await,
    };

    let mut record = Record {
        run: Some(open.id),
        progress: learned.progress,
        ..Record::new(
            source,
            learned.outcome(),
            scheduled_at,
            run.started_at,
            instant(clock),
            &learned.problems,
        )
    };
    record.take_listings(&learned.observations);
    let pins = learned.pins;
    let end = RunEnd {
        ended_at: record.ended_at,
        outcome: record.outcome,
        progress: record.progress,
        problems: record.problems.clone(),
        pins: learned.new_pins,
        observations: learned.observations,
        samples_since: run.started_at - collector.samples_kept,
    };
    let committed = patiently(clock, run.deadline_at, || store.end_run(open.id, &end))
        .instrument(commit("end"))
        .await;
    match committed {
        Ok(rows) => record.rows = rows,
        Err(error) => record.fail(learned.problems, &error),
    }
    let mut report = Report::new(record, Some(DocumentIdentity::of(document)));
    let said = &mut report.message;
    if source != Source::Modpacks {
        said.projects = pins.into_iter().map(pinned).collect();
    }
    match last_known(store, &run, source, said.ended_at).await {
        Ok(known) => (said.downloads, said.stale, said.modpacks) = known,
        // The run is told by its end; a status without totals keeps the former ones.
        Err(error) => tracing::warn!(%error, "the totals could not be read"),
    }
    report
}

fn pinned(pin: Pin) -> PinnedProject {
    PinnedProject {
        project: pin.entry.entry,
        id: pin.project.id,
    }
}

fn commit(of: &'static str) -> tracing::Span {
    tracing::info_span!("commit", of)
}

impl Learned {
    fn outcome(&self) -> modstats_store::model::Outcome {
        let it = &self.observations;
        let anything = !it.projects.is_empty() || !it.invisible.is_empty();
        self.problems.outcome(anything)
    }

    /// Adds what questions to one platform cost.
    pub fn spend(&mut self, api: &dyn Api) {
        self.progress = with_cost(self.progress, api);
    }
}

fn with_cost(progress: Progress, api: &dyn Api) -> Progress {
    let costs = api.https().into_iter().map(|http| http.cost());
    costs.fold(progress, |sum, cost: Cost| Progress {
        requests: sum.requests + cost.requests,
        retries: sum.retries + cost.retries,
        bytes: sum.bytes + cost.bytes,
        ..sum
    })
}

/// Tells from time to time how far a run is.
pub(crate) struct Reporter<'a> {
    collector: &'a Collector,
    run: RunId,
    told_at: Timestamp,
}

impl<'a> Reporter<'a> {
    pub fn new(asking: &Asking<'a>) -> Self {
        Reporter {
            collector: asking.collector,
            run: asking.open.id,
            told_at: asking.collector.clock.now(),
        }
    }

    pub async fn tell(&mut self, progress: Progress, api: &dyn Api) {
        let clock: &dyn Clock = &*self.collector.clock;
        if clock.now().duration_since(self.told_at) < PROGRESS {
            return;
        }
        self.told_at = clock.now();
        let progress = with_cost(progress, api);
        let told = self.collector.store.report_progress(self.run, progress);
        if let Err(error) = told.await {
            tracing::debug!(%error, "the progress could not be reported");
        }
    }
}
