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

use crate::{
    BasePath, BasePathError, Clients, FRESH_FOR, Listeners, Rate, ServeError, Settings, StoreSlot,
    TrustedProxiesError, serve,
};

const BUILD: &str = env!("CARGO_PKG_VERSION");
const LISTEN: &str = "0.0.0.0:8080";
/// Nothing of what ends the program early passes by itself.
const CONFIGURATION: u8 = 78;

fn help() -> String {
    let Rate { per_minute, burst } = Rate::default();
    format!(
        "\
Environment:
{DATABASE_HELP}
  MODSTATS_LISTEN              address and port to serve on, default {LISTEN}
  MODSTATS_METRICS_LISTEN      address and port for /metrics alone; default: it is among the pages
  MODSTATS_BASE_PATH           where the dashboard lies on its host, as in /stats; default: the root
  MODSTATS_TRUSTED_PROXIES     addresses and networks, as in 10.0.0.0/8,fd00::/8, whose word counts
                               (X-Forwarded-For, X-Forwarded-Proto); the same machine's always does
  MODSTATS_RATE_PER_MINUTE, MODSTATS_RATE_BURST
                               how many requests a client may make in a minute, and at once after a
                               pause; default {per_minute} and {burst}; 0 per minute: as many as it likes
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
struct Arguments {
    /// Wins over MODSTATS_BASE_PATH
    #[arg(long, value_name = "PATH")]
    base_path: Option<BasePath>,
}

#[derive(Debug, thiserror::Error)]
enum ProgramError {
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    #[error("{name}: cannot listen on {address:?}: {source}; give one like {LISTEN}")]
    Listen {
        name: &'static str,
        address: String,
        source: std::io::Error,
    },
    #[error("MODSTATS_BASE_PATH: {0}")]
    BasePath(BasePathError),
    #[error("MODSTATS_TRUSTED_PROXIES: {0}")]
    TrustedProxies(TrustedProxiesError),
    #[error("cannot wait for signals: {0}")]
    Signals(std::io::Error),
    #[error(transparent)]
    Serve(#[from] ServeError),
}

pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed standard output is nobody's loss.
            let _ = error.print();
            return match error.use_stderr() {
                true => ExitCode::from(CONFIGURATION),
                false => ExitCode::SUCCESS,
            };
        }
    };
    match show(arguments, Environment(&|name| std::env::var_os(name))).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("modstats-dashboard: {error}");
            ExitCode::from(CONFIGURATION)
        }
    }
}

/// Serves the dashboard until the end.
async fn show(arguments: Arguments, environment: Environment<'_>) -> Result<(), ProgramError> {
    let telemetry = modstats_telemetry::init(modstats_telemetry::Settings {
        service: "modstats-dashboard",
        version: BUILD,
        log_format: LogFormat::Text,
        default_filter: "info,sqlx=warn",
    })?;
    let database = PostgresSettings::from_environment(environment)?;
    let settings = Settings {
        store: StoreSlot::connecting(Database::Postgres(database)),
        base_path: match arguments.base_path {
            Some(base_path) => base_path,
            None => text(environment, "MODSTATS_BASE_PATH")?
                .parse()
                .map_err(ProgramError::BasePath)?,
        },
        clients: Clients {
            trusted_proxies: text(environment, "MODSTATS_TRUSTED_PROXIES")?
                .parse()
                .map_err(ProgramError::TrustedProxies)?,
            rate: rate(environment)?,
        },
        now: Arc::new(Timestamp::now),
        fresh_for: FRESH_FOR,
        build: BUILD,
        sample_data: false,
        outlook: Arc::new(Vec::new),
    };
    let stop = Stop::new().map_err(ProgramError::Signals)?;
    let address = environment.get("MODSTATS_LISTEN")?;
    let listeners = Listeners {
        pages: listen(
            "MODSTATS_LISTEN",
            address.unwrap_or_else(|| LISTEN.to_owned()),
        )
        .await?,
        metrics: match environment.get("MODSTATS_METRICS_LISTEN")? {
            Some(address) => Some(listen("MODSTATS_METRICS_LISTEN", address).await?),
            None => None,
        },
    };
    let served = serve(listeners, settings, stop.asked()).await;
    telemetry.shutdown();
    Ok(served?)
}

fn text(environment: Environment<'_>, name: &'static str) -> Result<String, EnvironmentError> {
    Ok(environment.get(name)?.unwrap_or_default())
}

fn rate(environment: Environment<'_>) -> Result<Option<Rate>, EnvironmentError> {
    let default = Rate::default();
    let per_minute = environment.parsed(
        "MODSTATS_RATE_PER_MINUTE",
        "a number of requests, or 0 for no limit",
        default.per_minute.get(),
        |text| text.parse().ok(),
    )?;
    let burst = environment.parsed(
        "MODSTATS_RATE_BURST",
        "a number of requests, at least 1",
        default.burst,
        |text| text.parse().ok(),
    )?;
    Ok(Rate::new(per_minute, burst))
}

async fn listen(name: &'static str, address: String) -> Result<TcpListener, ProgramError> {
    TcpListener::bind(&address)
        .await
        .map_err(|source| ProgramError::Listen {
            name,
            address,
            source,
        })
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
