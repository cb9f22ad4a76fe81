use std::process::ExitCode;

use clap::Parser;
use modstats_standalone::{Arguments, run};
use modstats_telemetry::{LogFormat, Settings};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The one TLS provider of the process; fails only where there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let telemetry = match modstats_telemetry::init(Settings {
        service: "modstats",
        version: env!("CARGO_PKG_VERSION"),
        log_format: LogFormat::Text,
        // The terminal shows what matters in `standalone`'s own words; what goes wrong with the export
        // of traces has none.
        default_filter: "error,modstats_telemetry=warn,opentelemetry=warn",
    }) {
        Ok(telemetry) => telemetry,
        Err(error) => return fail(&error, ExitCode::from(78)),
    };
    let stop = match stop_on_signals() {
        Ok(stop) => stop,
        Err(error) => return fail(&error, ExitCode::FAILURE),
    };
    let result = run(arguments, stop).await;
    telemetry.shutdown();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, error.exit_code()),
    }
}

fn fail(error: &dyn std::error::Error, code: ExitCode) -> ExitCode {
    eprintln!("modstats: {error}");
    code
}

/// Turns true with the first interrupt or request to terminate; a second one ends the process.
fn stop_on_signals() -> std::io::Result<watch::Receiver<bool>> {
    let (stop, stopped) = watch::channel(false);
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    tokio::spawn(async move {
        for end in [false, true] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if end {
                std::process::exit(130);
            }
            stop.send_replace(true);
        }
    });
    Ok(stopped)
}
