//! Traces and metrics by OTLP over gRPC: what the environment asks for, and the exporters for it.

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::tonic_types::transport::{Certificate, ClientTlsConfig};
use opentelemetry_otlp::{ExporterBuildError, MetricExporter, SpanExporter, WithTonicConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use crate::{Exporters, Settings, asked_each_time};

/// Exporters as far as they could be started, and what was wrong with the others.
pub struct Started {
    pub exporters: Option<Exporters>,
    pub complaints: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
enum Signal {
    Traces,
    Metrics,
}

impl Signal {
    /// As in the middle of a variable's name.
    fn word(self) -> &'static str {
        match self {
            Self::Traces => "TRACES",
            Self::Metrics => "METRICS",
        }
    }

    /// `OTEL_EXPORTER_OTLP_<SIGNAL>_<SETTING>`, else `OTEL_EXPORTER_OTLP_<SETTING>`: name and value.
    fn setting(
        self,
        setting: &str,
        variable: &impl Fn(&str) -> Option<String>,
    ) -> Option<(String, String)> {
        [
            format!("OTEL_EXPORTER_OTLP_{}_{setting}", self.word()),
            format!("OTEL_EXPORTER_OTLP_{setting}"),
        ]
        .into_iter()
        .find_map(|name| variable(&name).map(|value| (name, value)))
    }

    /// Whether the environment asks for this signal; an error says why it can't be had.
    fn asked(self, variable: &impl Fn(&str) -> Option<String>) -> Result<bool, String> {
        if variable("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(false);
        }
        let name = format!("OTEL_{}_EXPORTER", self.word());
        match variable(&name).as_deref().map(str::trim) {
            None if self.setting("ENDPOINT", variable).is_none() => return Ok(false),
            Some("none") => return Ok(false),
            None | Some("otlp") => {}
            Some(other) => {
                return Err(format!(
                    "{name} is {other:?}, which modstats doesn't have; write \"otlp\" or \"none\""
                ));
            }
        }
        match self.setting("PROTOCOL", variable) {
            Some((name, protocol)) if protocol != "grpc" => Err(format!(
                "{name} is {protocol:?}, but modstats sends OTLP over gRPC only; write \"grpc\" and the collector's gRPC endpoint (port 4317)"
            )),
            _ => Ok(true),
        }
    }

    fn tls(self, variable: &impl Fn(&str) -> Option<String>) -> Result<ClientTlsConfig, String> {
        let config = ClientTlsConfig::new().with_enabled_roots();
        let Some((name, path)) = self.setting("CERTIFICATE", variable) else {
            return Ok(config);
        };
        let pem = std::fs::read(&path)
            .map_err(|error| format!("{name} is {path:?}, which can't be read: {error}"))?;
        Ok(config.ca_certificate(Certificate::from_pem(pem)))
    }
}

/// Starts what the environment asks for; the connections themselves are made later.
pub fn start(settings: &Settings, variable: &impl Fn(&str) -> Option<String>) -> Started {
    let mut complaints = Vec::new();
    let mut wanted = |signal: Signal| {
        let tls = signal
            .asked(variable)
            .and_then(|asked| asked.then(|| signal.tls(variable)).transpose());
        tls.map_err(|complaint| complaints.push(complaint))
            .ok()
            .flatten()
    };
    let wanted = (wanted(Signal::Traces), wanted(Signal::Metrics));
    let exporters = match wanted {
        (None, None) => None,
        (traces, metrics) => exporters(
            traces,
            metrics,
            &resource(settings, variable),
            &mut complaints,
        )
        .map_err(|error| {
            complaints.push(format!("traces and metrics are not exported: {error}"));
        })
        .ok(),
    };
    Started {
        exporters,
        complaints,
    }
}

fn exporters(
    traces: Option<ClientTlsConfig>,
    metrics: Option<ClientTlsConfig>,
    resource: &Resource,
    complaints: &mut Vec<String>,
) -> std::io::Result<Exporters> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("telemetry")
        .enable_all()
        .build()?;
    let entered = runtime.enter();
    let mut failed = |signal: &str, error: ExporterBuildError| {
        complaints.push(format!("{signal} are not exported: {error}"));
    };
    let traces = traces.and_then(|tls| {
        let exporter = SpanExporter::builder().with_tonic().with_tls_config(tls);
        match exporter.build() {
            Ok(exporter) => Some(
                SdkTracerProvider::builder()
                    .with_resource(resource.clone())
                    .with_batch_exporter(exporter)
                    .build(),
            ),
            Err(error) => {
                failed("traces", error);
                None
            }
        }
    });
    let metrics = metrics.and_then(|tls| {
        let exporter = MetricExporter::builder().with_tonic().with_tls_config(tls);
        match exporter.build() {
            Ok(exporter) => Some(
                SdkMeterProvider::builder()
                    .with_resource(resource.clone())
                    .with_periodic_exporter(exporter)
                    .build(),
            ),
            Err(error) => {
                failed("metrics", error);
                None
            }
        }
    });
    if let Some(provider) = &metrics {
        opentelemetry::global::set_meter_provider(provider.clone());
    }
    drop(entered);
    Ok(Exporters {
        traces,
        metrics,
        runtime,
    })
}

fn resource(settings: &Settings, variable: &impl Fn(&str) -> Option<String>) -> Resource {
    let resource = Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.name", settings.service),
            KeyValue::new("service.version", settings.version),
        ])
        .with_detectors(&[
            Box::new(TelemetryResourceDetector),
            Box::new(EnvResourceDetector::new()),
        ]);
    match variable("OTEL_SERVICE_NAME") {
        Some(name) => resource.with_service_name(name),
        None => resource,
    }
    .build()
}

/// Records our own spans of level `INFO` and above. Those of libraries stay out: the exporter's
/// own connection is made of the same ones, and would export itself for ever.
pub fn span_layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let ours = filter_fn(|metadata| {
        metadata.target().starts_with("modstats") && *metadata.level() <= Level::INFO
    });
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("modstats"))
        .with_filter(ours.and(asked_each_time()))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use opentelemetry_sdk::error::OTelSdkResult;
    use opentelemetry_sdk::trace::{SpanData, SpanExporter as Exporter};
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    fn asked(signal: Signal, variables: &[(&str, &str)]) -> Result<bool, String> {
        signal.asked(&|name: &str| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_is_exported_unless_it_is_asked_for() {
        assert_eq!(asked(Signal::Traces, &[]), Ok(false));
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317");
        assert_eq!(asked(Signal::Traces, &[endpoint]), Ok(true));
        assert_eq!(asked(Signal::Metrics, &[endpoint]), Ok(true));
        assert_eq!(
            asked(Signal::Metrics, &[("OTEL_METRICS_EXPORTER", "otlp")]),
            Ok(true)
        );
        assert_eq!(
            asked(
                Signal::Metrics,
                &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector")]
            ),
            Ok(false)
        );
        for off in [
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_SDK_DISABLED", "TRUE"),
        ] {
            assert_eq!(asked(Signal::Traces, &[endpoint, off]), Ok(false));
        }
    }

    #[test]
    fn what_cannot_be_had_is_named_with_its_variable() {
        let zipkin = asked(Signal::Traces, &[("OTEL_TRACES_EXPORTER", "zipkin")]).unwrap_err();
        assert!(
            zipkin.contains("OTEL_TRACES_EXPORTER is \"zipkin\""),
            "{zipkin}"
        );
        let http = asked(
            Signal::Metrics,
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
                ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf"),
            ],
        )
        .unwrap_err();
        assert!(
            http.contains("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL is \"http/protobuf\""),
            "{http}"
        );
    }

    #[derive(Debug, Clone, Default)]
    struct Names(Arc<Mutex<Vec<String>>>);

    impl Exporter for Names {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            let names = batch.into_iter().map(|span| span.name.into_owned());
            self.0.lock().unwrap().extend(names);
            Ok(())
        }
    }

    #[test]
    fn only_our_own_spans_from_info_up_are_recorded() {
        let names = Names::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(names.clone())
            .build();
        let subscriber = tracing_subscriber::registry().with(span_layer(&provider));
        tracing::subscriber::with_default(subscriber, || {
            drop(tracing::info_span!("ours"));
            drop(tracing::debug_span!("too fine"));
            drop(tracing::error_span!(target: "h2::client", "the exporter's own"));
        });
        assert_eq!(*names.0.lock().unwrap(), ["ours"]);
    }
}
