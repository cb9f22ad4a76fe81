//! The program `modstats-dashboard`: the dashboard over a PostgreSQL database, until it is asked to
//! stop. It starts without the database, and without its tables, and shows them when they come.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use jiff::Timestamp;
use modstats_store::environment::{DATABASE_HELP, Environment, EnvironmentError};
use modstats_store::{Database, PostgresSettings};
use modstats_telemetry::{LogFormat, TelemetryError};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{BasePathError, ServeError, Settings, StoreSlot, serve};

const BUILD: &str = env!("CARGO_PKG_VERSION");
const LISTEN: &str = "0.0.0.0:8080";
/// Nothing of what ends the program early passes by itself.
const CONFIGURATION: u8 = 78;

fn help() -> String {
    format!(
        "\
Environment:
{DATABASE_HELP}
  MODSTATS_LISTEN              address and port to serve on, default {LISTEN}
  MODSTATS_BASE_PATH           where the dashboard lies on its host, as in /stats; default: the root
  MODSTATS_LOG, MODSTATS_LOG_FORMAT
                               log filter, as in info; text or json
  OTEL_*                       where traces go
  PGOPTIONS, PGSSLCERT, PGSSLKEY
                               must not be set

Exit codes:
  0   asked to stop (SIGTERM, SIGINT)
  78  a person must act first: wrong configuration, or the address is taken"
    )
}

/// Shows what was recorded: pages, charts and an API. It only reads.
///
/// The database may be away, or empty: pages say so until it answers.
#[derive(Debug, Parser)]
#[command(name = "modstats-dashboard", version, after_help = help())]
struct Arguments {}

#[derive(Debug, thiserror::Error)]
enum ProgramError {
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    #[error("MODSTATS_LISTEN: cannot listen on {address:?}: {source}; give one like {LISTEN}")]
    Listen {
        address: String,
        source: std::io::Error,
    },
    #[error("MODSTATS_BASE_PATH: {0}")]
    BasePath(BasePathError),
    #[error("cannot wait for signals: {0}")]
    Signals(std::io::Error),
    #[error(transparent)]
    Serve(#[from] ServeError),
}

pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    if let Err(error) = Arguments::try_parse_from(arguments) {
        // A closed standard output is nobody's loss.
        let _ = error.print();
        return match error.use_stderr() {
            true => ExitCode::from(CONFIGURATION),
            false => ExitCode::SUCCESS,
        };
    }
    match show(Environment(&|name| std::env::var_os(name))).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("modstats-dashboard: {error}");
            ExitCode::from(CONFIGURATION)
        }
    }
}

/// Serves the dashboard until the end.
async fn show(environment: Environment<'_>) -> Result<(), ProgramError> {
    let telemetry = modstats_telemetry::init(modstats_telemetry::Settings {
        service: "modstats-dashboard",
        version: BUILD,
        log_format: LogFormat::Text,
        default_filter: "info,sqlx=warn",
    })?;
    let database = PostgresSettings::from_environment(environment)?;
    let address = environment
        .get("MODSTATS_LISTEN")?
        .unwrap_or_else(|| LISTEN.to_owned());
    let base_path = environment
        .get("MODSTATS_BASE_PATH")?
        .unwrap_or_default()
        .parse()
        .map_err(ProgramError::BasePath)?;
    let stop = Stop::new().map_err(ProgramError::Signals)?;
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|source| ProgramError::Listen { address, source })?;
    let settings = Settings {
        store: StoreSlot::connecting(Database::Postgres(database)),
        now: Arc::new(Timestamp::now),
        base_path,
        build: BUILD,
        sample_data: false,
        outlook: Arc::new(Vec::new),
    };
    let served = serve(listener, settings, stop.asked()).await;
    telemetry.shutdown();
    Ok(served?)
}

struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// From now on the signals are waited for, instead of ending the process at once.
    fn new() -> std::io::Result<Stop> {
        Ok(Stop {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
