//! Logs, traces and metrics of every binary, set up in one place.
//!
//! Logs always go to standard error, as text or JSON. Traces and metrics leave the process by OTLP
//! over gRPC, and only when the standard `OTEL_*` variables ask for it.
//!
//! | variable | meaning |
//! |---|---|
//! | `MODSTATS_LOG`, else `RUST_LOG` | log filter, as in `info,modstats_collector=debug` |
//! | `MODSTATS_LOG_FORMAT` | `text` or `json` |
//! | `OTEL_SDK_DISABLED` | `true` turns traces and metrics off |
//! | `OTEL_TRACES_EXPORTER`, `OTEL_METRICS_EXPORTER` | `otlp` or `none`; unset: `otlp` if an endpoint is set |
//! | `OTEL_EXPORTER_OTLP_ENDPOINT` | the collector, as in `http://localhost:4317`; also `_TRACES_ENDPOINT`, `_METRICS_ENDPOINT` |
//! | `OTEL_EXPORTER_OTLP_CERTIFICATE` | PEM file of the authority that signed the collector's certificate; also per signal |
//! | `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` | what the collector is told about this process |
//! | `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` | which traces are kept |
//! | `TRACEPARENT`, `TRACESTATE` | the trace that this process continues, see [`environment`] |
//!
//! The SDK reads its further variables itself: headers, timeout, compression, batch sizes and the
//! metric interval.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod context;
mod export;
mod log;

use std::io::IsTerminal;
use std::str::FromStr;
use std::time::Duration;

use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{FilterExt, LevelFilter, dynamic_filter_fn};
use tracing_subscriber::layer::{self, SubscriberExt};
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer};

pub use context::{environment, extract, inject};
pub use opentelemetry::{Context, KeyValue, metrics};
/// `set_parent` and `context` on [`tracing::Span`].
pub use tracing_opentelemetry::OpenTelemetrySpanExt as SpanExt;

/// The longest that one signal's last export may hold up the end of the process.
const FLUSH: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// What a binary says about itself; the environment wins over all of it but the version.
pub struct Settings {
    pub service: &'static str,
    pub version: &'static str,
    pub log_format: LogFormat,
    /// Used where neither `MODSTATS_LOG` nor `RUST_LOG` is set.
    pub default_filter: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error(
        "{variable} is {value:?}, which is no log filter ({source}); write for example \"info\" or \"info,modstats_collector=debug\""
    )]
    Filter {
        variable: &'static str,
        value: String,
        source: tracing_subscriber::filter::ParseError,
    },
    #[error("MODSTATS_LOG_FORMAT is {value:?}; write \"text\" or \"json\"")]
    Format { value: String },
    #[error("logging is already set up in this process: {0}")]
    Twice(#[from] TryInitError),
}

/// Keeps the exporters alive. Dropping it, or calling [`Telemetry::shutdown`], sends what is left.
#[must_use = "telemetry ends when this is dropped"]
pub struct Telemetry {
    exporters: Option<Exporters>,
}

struct Exporters {
    traces: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
    /// The connections live on a runtime of their own, so that the last export neither depends on
    /// the program's runtime nor blocks it.
    runtime: tokio::runtime::Runtime,
}

/// Sets up logs, and traces and metrics if the environment asks for them.
///
/// Only a mistake in the log settings is an error. What is wrong with the export of traces and
/// metrics is logged as a warning: nobody wants to lose a collection because of it.
pub fn init(settings: Settings) -> Result<Telemetry, TelemetryError> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let filter = log_filter(&variable, settings.default_filter)?;
    let format = match variable("MODSTATS_LOG_FORMAT") {
        None => settings.log_format,
        Some(value) => value
            .parse()
            .map_err(|()| TelemetryError::Format { value })?,
    };
    let ansi = std::io::stderr().is_terminal() && variable("NO_COLOR").is_none();

    let export::Started {
        exporters,
        complaints,
    } = export::start(&settings, &variable);
    let spans = exporters
        .as_ref()
        .and_then(|exporters| exporters.traces.as_ref())
        .map(export::span_layer);
    tracing_subscriber::registry()
        .with(log::layer(format, ansi, std::io::stderr).with_filter(filter.and(asked_each_time())))
        .with(spans)
        .try_init()?;
    for complaint in complaints {
        tracing::warn!("{complaint}");
    }
    Ok(Telemetry { exporters })
}

/// Makes a filter decide about every single event and span.
///
/// A layer's filter leaves its last decision to whatever comes next on the thread. Where that was
/// about a record of the `log` crate, as after every query of sqlx, the next event or span whose
/// filter is not asked, because its answer is always yes, would be lost (tokio-rs/tracing#2519).
fn asked_each_time<S>() -> impl layer::Filter<S> {
    dynamic_filter_fn(|_, _| true).with_max_level_hint(LevelFilter::TRACE)
}

fn log_filter(
    variable: &impl Fn(&str) -> Option<String>,
    default: &'static str,
) -> Result<EnvFilter, TelemetryError> {
    let (name, value) = ["MODSTATS_LOG", "RUST_LOG"]
        .into_iter()
        .find_map(|name| Some((name, variable(name)?)))
        .unwrap_or(("the built-in log filter", default.to_owned()));
    EnvFilter::builder()
        .parse(&value)
        .map_err(|source| TelemetryError::Filter {
            variable: name,
            value,
            source,
        })
}

/// The instruments of this process; they do nothing where metrics are not exported.
pub fn meter() -> metrics::Meter {
    opentelemetry::global::meter("modstats")
}

impl Telemetry {
    /// Sends everything that is left, for at most ten seconds.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        let Some(exporters) = self.exporters.take() else {
            return;
        };
        let traces = exporters
            .traces
            .map(|provider| ("traces", provider.shutdown_with_timeout(FLUSH)));
        let metrics = exporters
            .metrics
            .map(|provider| ("metrics", provider.shutdown_with_timeout(FLUSH)));
        for (signal, outcome) in [traces, metrics].into_iter().flatten() {
            if let Err(error) = outcome {
                tracing::warn!("the last {signal} may not have reached the collector: {error}");
            }
        }
        exporters.runtime.shutdown_background();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(variables: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        };
        log_filter(&variable, "warn")
            .map(|filter| filter.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_log_filter_is_ours_then_rusts_then_the_default() {
        assert_eq!(filter(&[]).unwrap(), "warn");
        assert_eq!(filter(&[("RUST_LOG", "info")]).unwrap(), "info");
        let both = [("RUST_LOG", "info"), ("MODSTATS_LOG", "debug")];
        assert_eq!(filter(&both).unwrap(), "debug");
        let error = filter(&[("MODSTATS_LOG", "modstats=loud")]).unwrap_err();
        assert!(
            error.contains("MODSTATS_LOG is \"modstats=loud\""),
            "{error}"
        );
    }
}
