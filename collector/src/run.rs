//! One run, from its committed start to its committed end.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use modstats_crds::message::DocumentIdentity;
use modstats_crds::{Document, PinnedProject};
use modstats_store::model::{
    Entry, NewRun, Observations, OpenRun, Outcome, Pin, Platform, Progress, RunEnd, VersionListing,
};
use modstats_telemetry::SpanExt;
use tracing::{Instrument, field::Empty};

use crate::Collector;
use crate::clock::instant;
use crate::credentials::Credentials;
use crate::database::patiently;
use crate::document::{new_run, source_of};
use crate::platform::{self, Listed, ListingFlaw};
use crate::problem::{Problems, Reason};
use crate::report::{Report, last_known};
use crate::resolve::{Resolved, keys, pins_of, resolve};

/// How long a run waits for a database that is away before anything is recorded of it. A failover
/// takes half a minute.
const PATIENCE_AT_START: Duration = Duration::from_secs(60);
/// Between two reports of a run's progress.
const PROGRESS: SignedDuration = SignedDuration::from_secs(10);
/// So many flaws of one listing are named.
const FLAWS: usize = 3;

/// Everything that the platform was asked for, and what came of it.
#[derive(Default)]
struct Learned {
    observations: Observations,
    pins: Vec<Pin>,
    new_pins: Vec<Pin>,
    problems: Problems,
    progress: Progress,
}

/// A run, in a span and with metrics of its own.
pub(crate) async fn collect(
    collector: &Collector,
    document: &Document,
    platform: Platform,
    scheduled_at: Timestamp,
    credentials: &Credentials,
) -> Report {
    let span = tracing::info_span!(
        "collect",
        namespace = document.namespace,
        name = document.name,
        source = %platform,
        outcome = Empty,
        requests = Empty,
    );
    if tracing::Span::current().is_none() {
        // Fails only where nothing is exported.
        let _ = span.set_parent(modstats_telemetry::environment());
    }
    let begun = Instant::now();
    let report = run(collector, document, platform, scheduled_at, credentials)
        .instrument(span.clone())
        .await;
    span.record("outcome", report.outcome.as_str());
    span.record("requests", report.progress.requests);
    report.measure(platform, begun.elapsed());
    report
}

async fn run(
    collector: &Collector,
    document: &Document,
    platform: Platform,
    scheduled_at: Timestamp,
    credentials: &Credentials,
) -> Report {
    let (clock, store) = (&*collector.clock, &collector.store);
    let longest = collector.timeouts.run;
    let run = new_run(document, platform, scheduled_at, instant(clock), longest);

    // The start is committed first, so that a run that dies is seen to be lost.
    let begin_until = run.started_at + PATIENCE_AT_START.min(longest / 2);
    let begun = patiently(clock, begin_until, || store.begin_run(&run))
        .instrument(commit("start"))
        .await;
    let open = match begun {
        Ok(open) => open,
        Err(error) => return Report::unrecorded(document, platform, &error, instant(clock)),
    };

    // Asked first, written last: no transaction is open while the network is waited for. The last
    // tenth of the time belongs to the commit.
    let until = run.deadline_at - longest / 10;
    let mut learned = learn(collector, &run, &open, platform, credentials, until).await;

    let outcome = learned.problems.outcome(learned.has_anything());
    let end = RunEnd {
        ended_at: instant(clock),
        outcome,
        progress: learned.progress,
        problems: learned.problems.to_list(),
        pins: learned.new_pins,
        observations: learned.observations,
    };
    let committed = patiently(clock, run.deadline_at, || store.end_run(open.id, &end))
        .instrument(commit("end"))
        .await;
    let outcome = match committed {
        Ok(()) => outcome,
        Err(error) => {
            learned.problems.add_database(&error);
            Outcome::Failed
        }
    };
    let mut report = Report {
        run: Some(open.id),
        progress: learned.progress,
        ..Report::new(
            source_of(platform),
            outcome,
            &learned.problems,
            instant(clock),
        )
    };
    let said = &mut report.message;
    said.document = Some(DocumentIdentity::of(document));
    said.projects = learned.pins.into_iter().map(pinned).collect();
    match last_known(store, &run, platform, said.ended_at).await {
        Ok(totals) => (said.downloads, said.stale) = totals,
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

/// Asks the platform: which projects, their totals, their versions.
async fn learn(
    collector: &Collector,
    run: &NewRun,
    open: &OpenRun,
    platform: Platform,
    credentials: &Credentials,
    until: Timestamp,
) -> Learned {
    let (clock, store) = (&*collector.clock, &collector.store);
    let mut learned = Learned::default();
    let entries: Vec<Entry> = run
        .document
        .entries
        .iter()
        .filter(|entry| entry.platform == platform)
        .cloned()
        .collect();
    if entries.is_empty() {
        let message = format!("the document names no project on {platform}; add spec.{platform}");
        learned
            .problems
            .add(Reason::InvalidDocument, platform.as_str(), message);
        return learned;
    }
    let api = match platform::open(collector.http(platform, until), platform, credentials) {
        Ok(api) => api,
        Err(error) => {
            learned
                .problems
                .add(error.reason(), platform.as_str(), error);
            return learned;
        }
    };

    let pinned = pins_of(&open.pins, platform);
    let stated = api.totals(&keys(&entries, &pinned)).await;
    let Resolved {
        projects,
        invisible,
        pins,
        new_pins,
        problems,
    } = resolve(&entries, &pinned, &stated);
    learned.problems = problems;
    (learned.pins, learned.new_pins) = (pins, new_pins);
    learned.progress.projects = count(projects.len());
    learned.observations.invisible = invisible.into_iter().collect();

    let questions: Vec<_> = projects
        .iter()
        .map(|(project, (name, _))| {
            let api = &api;
            async move { (name, api.versions(project).await) }
        })
        .collect();
    let mut listings = stream::iter(questions).buffer_unordered(api.in_flight());
    let mut reported_at = clock.now();
    while let Some((name, listed)) = listings.next().await {
        match listed {
            Ok(Listed { listing, flaws }) => {
                learned.add_listing(listing);
                add_flaws(&mut learned.problems, name, &flaws);
            }
            Err(error) => {
                let message = format!("its versions: {error}");
                learned.problems.add(error.reason(), name, message);
            }
        }
        if clock.now().duration_since(reported_at) >= PROGRESS {
            reported_at = clock.now();
            learned.progress.requests = api.http().sent();
            if let Err(error) = store.report_progress(open.id, learned.progress).await {
                tracing::debug!(%error, "the progress could not be reported");
            }
        }
    }
    drop(listings);
    learned.progress.requests = api.http().sent();
    learned.observations.projects = projects.into_values().map(|(_, project)| project).collect();
    learned
        .observations
        .listings
        .sort_by(|a, b| a.project.cmp(&b.project));
    learned
}

impl Learned {
    fn has_anything(&self) -> bool {
        !self.observations.projects.is_empty() || !self.observations.invisible.is_empty()
    }

    fn add_listing(&mut self, listing: VersionListing) {
        self.progress.versions += count(listing.versions.len());
        self.observations.listings.push(listing);
    }
}

fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}

fn add_flaws(problems: &mut Problems, name: &str, flaws: &[ListingFlaw]) {
    for flaw in flaws.iter().take(FLAWS) {
        let reason = match flaw {
            ListingFlaw::Unreadable(_) | ListingFlaw::Field(_) => Reason::UnreadableItem,
            ListingFlaw::Short { .. } | ListingFlaw::Capped { .. } => Reason::IncompleteListing,
            ListingFlaw::Page(error) => error.reason(),
        };
        problems.add(reason, name, flaw);
    }
    if let Some(more) = flaws.len().checked_sub(FLAWS).filter(|more| *more > 0) {
        problems.add(
            Reason::UnreadableItem,
            name,
            format!("so it is with {more} more"),
        );
    }
}
