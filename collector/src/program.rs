//! The program `modstats-collector`: one run, told to its pod, to the log and by its exit code.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use jiff::Timestamp;
use modstats_crds::{Document, Source};
use modstats_store::environment::{DATABASE_HELP, Environment};
use modstats_store::model::Outcome;
use modstats_store::{Store, StoreError};
use modstats_telemetry::{LogFormat, Settings};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{self, Config};
use crate::database::patiently;
use crate::problem::Problems;
use crate::{Clock, Collector, ExitCode, Reason, Record, Report, SystemClock};

/// How long the database may be away before the program gives up for this time.
const PATIENCE: Duration = Duration::from_secs(60);

fn help() -> String {
    format!(
        "\
Environment:
{DATABASE_HELP}
  MODSTATS_CURSEFORGE_API_KEY  your own key of console.curseforge.com, as it is; for the source
                               curseforge, and for modpacks on CurseForge
  MODSTATS_MODRINTH_URL        default https://api.modrinth.com/
  MODSTATS_CURSEFORGE_URL      default https://api.curseforge.com/
  MODSTATS_CURSEFORGE_WEBSITE_URL
                               default https://www.curseforge.com/, asked for modpacks only where the
                               document says so; no other host is ever asked
  MODSTATS_MODRINTH_PER_MINUTE, MODSTATS_MODRINTH_BURST
                               how many requests go to Modrinth, default 240, and at once after a
                               pause, default 50; shared by all that use the same database
  MODSTATS_CURSEFORGE_PER_MINUTE, MODSTATS_CURSEFORGE_BURST
                               the same for CurseForge, default 60 and 10
  MODSTATS_TRUSTED_CA          PEM file of authorities to trust besides the system's, as of a proxy
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
                               the way to the platforms, and for which hosts there is none
  MODSTATS_SCHEDULED_AT        when the run was due, as 2026-01-05T09:17:00Z; else
  MODSTATS_JOB_NAME            a Job's name whose end is that time in minutes since 1970; else now
  MODSTATS_DEADLINE_SECONDS    the longest time of the run, default 1200
  MODSTATS_SAMPLE_DAYS         for how many days every run's totals are kept, default 30; the ends of
                               each day are kept for ever
  MODSTATS_TERMINATION_LOG     file for the last words (one line of JSON, at most 4096 bytes),
                               default /dev/termination-log if it exists
  MODSTATS_LOG, MODSTATS_LOG_FORMAT
                               log filter, as in info; text or json
  OTEL_*, TRACEPARENT          where traces and metrics go, and the trace to continue
  PGOPTIONS, PGSSLCERT, PGSSLKEY
                               must not be set

Exit codes:
  0   complete, or partial: what is missing is named
  75  nothing was recorded, try again: rate limit, platform or database away
  78  nothing was recorded, and a person must act first: key refused or missing, nothing ever
      found, wrong configuration or document"
    )
}

/// Records the downloads of one TrackedMod's projects on one platform, or of the modpacks that
/// contain them, once.
#[derive(Debug, Parser)]
#[command(name = "modstats-collector", version, after_help = help())]
struct Arguments {
    /// What to collect: modrinth, curseforge or modpacks.
    #[arg(long)]
    source: Source,
    /// The TrackedMod as JSON: namespace, name, uid, generation, creationTimestamp, spec.
    #[arg(long, value_name = "FILE")]
    document: PathBuf,
}

pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed standard output is nobody's loss.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::Configuration
            } else {
                ExitCode::Done
            };
        }
    };
    let telemetry = modstats_telemetry::init(Settings {
        service: "modstats-collector",
        version: env!("CARGO_PKG_VERSION"),
        log_format: LogFormat::Text,
        // Every statement of a migration is a notice of the database.
        default_filter: "info,sqlx=warn,sea_orm_migration=warn",
    });
    let telemetry = match telemetry {
        Ok(telemetry) => telemetry,
        Err(error) => {
            eprintln!("modstats-collector: {error}");
            return ExitCode::Configuration;
        }
    };
    let environment = Environment(&|name| std::env::var_os(name));
    let report = tokio::select! {
        ended = collect(&arguments, environment) => ended,
        () = asked_to_stop() => {
            let text = "the run was asked to stop; nothing of it was recorded";
            Err(Problems::one(Reason::Stopped, "modstats-collector", text))
        }
    };
    let report = report.unwrap_or_else(|problems| {
        let now = Timestamp::now();
        let due = config::scheduled_at(environment, now);
        let (source, failed) = (arguments.source, Outcome::Failed);
        Report::new(Record::new(source, failed, due, now, now, &problems), None)
    });
    tell(&report, config::termination_log(environment).as_deref());
    telemetry.shutdown();
    report.record.exit
}

/// Makes the run, or says why none could be made.
async fn collect(arguments: &Arguments, environment: Environment<'_>) -> Result<Report, Problems> {
    let wrong = |error: &dyn std::error::Error| {
        Problems::one(Reason::InvalidConfiguration, "modstats-collector", error)
    };
    let config = Config::from_environment(environment).map_err(|error| wrong(&error))?;
    let document = read_document(&arguments.document)?;
    let clock = SystemClock;
    let until = clock.now() + PATIENCE.min(config.timeouts.run / 2);
    let database = |error: StoreError| {
        let mut problems = Problems::default();
        problems.add_database(&error);
        problems
    };
    let store = patiently(&clock, until, || Store::open(&config.database))
        .await
        .map_err(database)?;
    patiently(&clock, until, || store.migrate())
        .await
        .map_err(database)?;

    let scheduled_at = config::scheduled_at(environment, clock.now());
    let collector = Collector::new(
        store,
        Arc::new(clock),
        config.endpoints,
        config.limits,
        config.timeouts,
    )
    .map_err(|error| wrong(&error))?
    .keeping_samples(config.samples_kept);
    let collector = match &config.trusted_ca {
        None => collector,
        Some(path) => collector.trusting(path).map_err(|error| wrong(&error))?,
    };
    Ok(collector
        .collect(
            &document,
            arguments.source,
            scheduled_at,
            &config.credentials,
        )
        .await)
}

fn read_document(path: &Path) -> Result<Document, Problems> {
    let wrong = |error: &dyn std::error::Error| {
        Problems::one(Reason::InvalidDocument, path.display().to_string(), error)
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    Document::from_json(&text).map_err(|error| wrong(&error))
}

/// Says everything to the log and to the pod.
fn tell(report: &Report, termination_log: Option<&Path>) {
    report.record.log();
    let Some(path) = termination_log else { return };
    if let Err(error) = std::fs::write(path, report.message.to_json()) {
        tracing::warn!(%error, path = %path.display(), "the termination message is lost");
    }
}

/// Waits for SIGTERM or SIGINT. Whatever the run is at is dropped then: a transaction that is not
/// committed never was.
async fn asked_to_stop() {
    let signals = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    );
    match signals {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}
