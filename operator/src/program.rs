//! The program `modstats-operator`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use kube::Client;
use kube::client::ClientBuilder;
use kube::runtime::events::{Recorder, Reporter};
use modstats_telemetry::{LogFormat, Settings};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::{Config, ConfigError};
use crate::controller;
use crate::health::{self, Health};
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::names::MANAGER;
use crate::pulse::Pulse;
use crate::reconcile::Context;
use crate::wire::Wire;

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// For one answer of the API server; a watch is renewed more often.
const READ_TIMEOUT: Duration = Duration::from_secs(25);
/// For reconciles under way when the operator is to end; Kubernetes gives it 30 s.
const FAREWELL: Duration = Duration::from_secs(8);
/// For requests to the operator that are under way then.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// As `sysexits.h` calls a wrong configuration.
const CONFIGURATION: u8 = 78;

/// Turns TrackedMods into CronJobs that collect, and tells how that goes.
#[derive(Debug, Parser)]
#[command(name = "modstats-operator", version)]
struct Arguments {
    /// The operator's configuration, a YAML file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, thiserror::Error)]
enum ProgramError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("cannot find out how to reach Kubernetes: {0}")]
    Kubernetes(#[from] kube::config::InferConfigError),
    #[error("cannot make a client for Kubernetes: {0}")]
    Client(#[from] Box<kube::Error>),
    #[error("listen: cannot listen on {address}: {source}")]
    Listen {
        address: std::net::SocketAddr,
        source: std::io::Error,
    },
    #[error("cannot listen for signals: {0}")]
    Signals(std::io::Error),
}

pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed standard output is nobody's loss.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { CONFIGURATION } else { 0 });
        }
    };
    let telemetry = modstats_telemetry::init(Settings {
        service: "modstats-operator",
        version: VERSION,
        log_format: LogFormat::Text,
        default_filter: "info",
    });
    let telemetry = match telemetry {
        Ok(telemetry) => telemetry,
        Err(error) => {
            eprintln!("modstats-operator: {error}");
            return ExitCode::from(CONFIGURATION);
        }
    };
    let result = operate(&arguments).await;
    let code = match &result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            match error {
                ProgramError::Config(_) => ExitCode::from(CONFIGURATION),
                _ => ExitCode::FAILURE,
            }
        }
    };
    telemetry.shutdown();
    code
}

async fn operate(arguments: &Arguments) -> Result<(), ProgramError> {
    let config = Config::read(&arguments.config)?;
    let stop = stop_on_signals().map_err(ProgramError::Signals)?;
    let listener =
        TcpListener::bind(config.listen)
            .await
            .map_err(|source| ProgramError::Listen {
                address: config.listen,
                source,
            })?;
    let mut kubernetes = kube::Config::infer().await?;
    kubernetes.connect_timeout = Some(CONNECT_TIMEOUT);
    kubernetes.read_timeout = Some(READ_TIMEOUT);
    // A reconcile that fails is tried again as a whole, with a back-off of its own.
    kubernetes.default_retry = false;
    let metrics = Metrics::new(VERSION);
    let client = client(&kubernetes, &metrics, None)?;
    let reporter = Reporter {
        controller: MANAGER.to_owned(),
        instance: std::env::var("HOSTNAME").ok(),
    };
    let context = Arc::new(Context {
        recorder: Recorder::new(client.clone(), reporter),
        client,
        config,
        memory: Memory::default(),
        metrics,
        turns: controller::turns(),
    });

    let health = Arc::new(Health::new());
    let probing = tokio::spawn(health::probe(context.clone(), health.clone()));
    let serving = tokio::spawn(health::serve(
        listener,
        context.clone(),
        health.clone(),
        stopped(stop.clone()),
    ));
    tracing::info!(version = VERSION, "the operator has started");
    let overtime = async {
        stopped(stop.clone()).await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        controlled = control(&context, &kubernetes, &health, &stop) => controlled?,
        () = overtime => tracing::warn!("a reconcile under way was given up"),
    }
    probing.abort();
    // It ends with the same signal, but for a client that never ends its request.
    let _ = tokio::time::timeout(LAST_ANSWERS, serving).await;
    tracing::info!("the operator has stopped");
    Ok(())
}

/// Runs the controller, over new connections each time that a watch is stuck.
async fn control(
    context: &Arc<Context>,
    kubernetes: &kube::Config,
    health: &Health,
    stop: &watch::Receiver<bool>,
) -> Result<(), ProgramError> {
    loop {
        let watching = client(kubernetes, &context.metrics, Some(health.pulse.clone()))?;
        let stopped = stopped(stop.clone());
        let recoveries = futures::stream::select(health.recoveries(), health.pulse.lists());
        let controller = controller::run(context.clone(), watching, recoveries, stopped);
        tokio::select! {
            () = controller => return Ok(()),
            resource = health.stuck() => {
                context.metrics.restarted();
                tracing::warn!(resource, "a watch made no progress; all are started anew");
            }
        }
    }
}

fn client(
    kubernetes: &kube::Config,
    metrics: &Metrics,
    pulse: Option<Pulse>,
) -> Result<Client, ProgramError> {
    let wire = Wire {
        metrics: metrics.clone(),
        pulse,
    };
    let builder = ClientBuilder::try_from(kubernetes.clone()).map_err(Box::new)?;
    Ok(builder.with_layer(&wire).build())
}

fn stop_on_signals() -> std::io::Result<watch::Receiver<bool>> {
    let (stop, stopping) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = stop.send(true);
    });
    Ok(stopping)
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that nobody is left who could ask.
    let _ = stop.wait_for(|stop| *stop).await;
}
