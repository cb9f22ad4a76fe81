//! What a process that ends at once leaves at a collector.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use modstats_tests::{Certificate, Process, run};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::metrics::v1::{metric, number_data_point};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use tonic::metadata::MetadataMap;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

const SHORT: Duration = Duration::from_secs(60);
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// An OTLP collector that keeps everything: one listener for traces, one for metrics.
#[derive(Clone, Default)]
struct Collector {
    traces: Arc<Mutex<Vec<(MetadataMap, ExportTraceServiceRequest)>>>,
    metrics: Arc<Mutex<Vec<ExportMetricsServiceRequest>>>,
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        self.traces.lock().unwrap().push((metadata, request));
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.metrics.lock().unwrap().push(request.into_inner());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

impl Collector {
    /// Listens; gives back the variables that name the endpoints.
    async fn listen(&self, certificate: Option<&Certificate>) -> Vec<(&'static str, String)> {
        let scheme = if certificate.is_some() {
            "https"
        } else {
            "http"
        };
        let server = || match certificate {
            None => Server::builder(),
            Some(Certificate {
                certificate, key, ..
            }) => {
                let read = |path| std::fs::read(path).unwrap();
                let identity = Identity::from_pem(read(certificate), read(key));
                Server::builder()
                    .tls_config(ServerTlsConfig::new().identity(identity))
                    .unwrap()
            }
        };
        let incoming = || TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let endpoint = |incoming: &TcpIncoming| {
            let port = incoming.local_addr().unwrap().port();
            format!("{scheme}://localhost:{port}")
        };
        let (traces, metrics) = (incoming(), incoming());
        let variables = vec![
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint(&traces)),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", endpoint(&metrics)),
        ];
        let service = TraceServiceServer::new(self.clone());
        tokio::spawn(server().serve_with_incoming(service, traces));
        let service = MetricsServiceServer::new(self.clone());
        tokio::spawn(server().serve_with_incoming(service, metrics));
        variables
    }

    /// Every span, with what its process says about itself.
    fn spans(&self) -> Vec<(Resource, Span)> {
        let traces = self.traces.lock().unwrap();
        traces
            .iter()
            .flat_map(|(_, request)| &request.resource_spans)
            .flat_map(|of_resource| {
                let resource = of_resource.resource.clone().unwrap();
                let scopes = of_resource.scope_spans.iter();
                let spans = scopes.flat_map(|scope| scope.spans.clone());
                spans.map(move |span| (resource.clone(), span))
            })
            .collect()
    }

    fn span(&self, name: &str) -> (Resource, Span) {
        let spans = self.spans();
        let found = spans.iter().find(|(_, span)| span.name == name);
        found
            .cloned()
            .unwrap_or_else(|| panic!("{name} is not among {spans:?}"))
    }

    /// The last value of a counter.
    fn count(&self, name: &str) -> Option<i64> {
        let requests = self.metrics.lock().unwrap();
        let mut metrics = requests
            .iter()
            .flat_map(|request| &request.resource_metrics)
            .flat_map(|of_resource| &of_resource.scope_metrics)
            .flat_map(|scope| &scope.metrics);
        let data = metrics.rfind(|metric| metric.name == name)?;
        let Some(metric::Data::Sum(sum)) = &data.data else {
            panic!("{name} is no counter: {data:?}")
        };
        match sum.data_points[0].value {
            Some(number_data_point::Value::AsInt(value)) => Some(value),
            other => panic!("{name} is {other:?}"),
        }
    }
}

fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        other => panic!("{key} is {other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs the child to its end with these variables.
async fn child(variables: &[(&str, String)]) -> Process {
    let environment: Vec<_> = variables
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let mut child = Process::start("modstats-test-child", &["telemetry"], &environment);
    let status = child.wait(SHORT).await;
    assert!(status.success(), "{status}: {}", child.output());
    child
}

#[tokio::test]
async fn a_short_process_delivers_its_spans_and_metrics() {
    let collector = Collector::default();
    let mut variables = collector.listen(None).await;
    variables.push(("TRACEPARENT", TRACEPARENT.to_owned()));
    variables.push(("MODSTATS_LOG_FORMAT", "json".to_owned()));
    let child = child(&variables).await;

    let (resource, outer) = collector.span("outer");
    let (_, inner) = collector.span("inner");
    assert_eq!(collector.count("modstats_test_items"), Some(3));
    assert_eq!(hex(&outer.trace_id), TRACE);
    assert_eq!(hex(&outer.parent_span_id), "b7ad6b7169203331");
    assert_eq!(inner.trace_id, outer.trace_id);
    assert_eq!(inner.parent_span_id, outer.span_id);
    let name = attribute(&outer.attributes, "mod_name");
    assert_eq!(name.as_deref(), Some("Create"));
    for (key, value) in [
        ("service.name", "modstats-test-child"),
        ("service.version", "1.2.3"),
    ] {
        let found = attribute(&resource.attributes, key);
        assert_eq!(found.as_deref(), Some(value), "{key}");
    }

    let log = child.stderr();
    let line: serde_json::Value = serde_json::from_str(log.trim()).unwrap();
    assert_eq!(line["fields"]["message"], "inside");
    assert_eq!(line["trace_id"], TRACE);
    assert_eq!(line["span_id"], hex(&outer.span_id));
    let header = format!("00-{TRACE}-{}-01", hex(&outer.span_id));
    assert!(child.stdout().contains(&header), "{}", child.stdout());
}

#[tokio::test]
async fn the_environment_names_the_service_and_can_turn_everything_off() {
    let collector = Collector::default();
    let mut variables = collector.listen(None).await;
    let named = [
        ("OTEL_SERVICE_NAME", "nightly".to_owned()),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment=test".to_owned()),
    ];
    child(&[&variables[..], &named].concat()).await;
    let (resource, _) = collector.span("outer");
    let name = attribute(&resource.attributes, "service.name");
    assert_eq!(name.as_deref(), Some("nightly"));
    let deployment = attribute(&resource.attributes, "deployment");
    assert_eq!(deployment.as_deref(), Some("test"));

    let before = collector.spans().len();
    variables.push(("OTEL_SDK_DISABLED", "true".to_owned()));
    let child = child(&variables).await;
    assert_eq!(collector.spans().len(), before);
    assert_eq!(child.stdout(), "headers {}\n");
    assert!(child.stderr().contains("inside"), "{}", child.stderr());
}

#[tokio::test]
async fn a_collector_with_a_private_authority_is_trusted_by_its_certificate() {
    let certificate = Certificate::create(&run::run().new_folder("collector"));
    let collector = Collector::default();
    let mut variables = collector.listen(Some(&certificate)).await;
    let child_without = child(&variables).await;
    assert_eq!(collector.spans(), []);
    let log = child_without.stderr();
    assert!(log.contains("UnknownIssuer"), "{log}");

    let authority = certificate.authority.display().to_string();
    variables.push(("OTEL_EXPORTER_OTLP_CERTIFICATE", authority));
    child(&variables).await;
    collector.span("outer");
    assert_eq!(collector.count("modstats_test_items"), Some(3));
}

#[tokio::test]
async fn a_process_ends_also_when_its_collector_is_away_or_silent() {
    let away = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint =
        |listener: &std::net::TcpListener| format!("http://{}", listener.local_addr().unwrap());
    let endpoints = [endpoint(&away), endpoint(&silent)];
    drop(away);
    for endpoint in endpoints {
        let child = child(&[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]).await;
        let log = child.stderr();
        assert!(log.contains("may not have reached"), "{log}");
    }
}

#[tokio::test]
async fn what_the_exporter_cannot_do_is_a_warning() {
    let child = child(&[
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://localhost:4318".to_owned(),
        ),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf".to_owned()),
    ])
    .await;
    let log = child.stderr();
    assert!(log.contains("OTEL_EXPORTER_OTLP_PROTOCOL is"), "{log}");
    assert!(log.contains("inside"), "{log}");
}

#[tokio::test]
async fn the_collectors_key_reaches_the_collector_and_never_the_log() {
    let collector = Collector::default();
    let mut variables = collector.listen(None).await;
    let key = "authorization=Bearer%20s3cr3t-key".to_owned();
    variables.push(("OTEL_EXPORTER_OTLP_HEADERS", key));
    variables.push(("MODSTATS_LOG", "trace".to_owned()));
    let child = child(&variables).await;
    let (metadata, _) = collector.traces.lock().unwrap()[0].clone();
    assert_eq!(metadata.get("authorization").unwrap(), "Bearer s3cr3t-key");
    assert!(child.stderr().contains("TRACE"), "{}", child.stderr());
    assert!(!child.stderr().contains("s3cr3t"), "{}", child.stderr());
}

#[tokio::test]
async fn a_mistake_in_the_log_settings_is_an_error() {
    let environment = [("MODSTATS_LOG_FORMAT", "yaml")];
    let mut child = Process::start("modstats-test-child", &["telemetry"], &environment);
    assert!(!child.wait(SHORT).await.success());
    let output = child.output();
    assert!(
        output.contains("MODSTATS_LOG_FORMAT is \"yaml\""),
        "{output}"
    );
}
