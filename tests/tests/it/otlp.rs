//! A receiver of traces and metrics, as an OpenTelemetry collector is one.

use std::sync::{Arc, Mutex};

use modstats_tests::Certificate;
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

/// Keeps everything: one listener for traces, one for metrics.
#[derive(Clone, Default)]
pub struct Receiver {
    pub traces: Arc<Mutex<Vec<(MetadataMap, ExportTraceServiceRequest)>>>,
    metrics: Arc<Mutex<Vec<ExportMetricsServiceRequest>>>,
}

#[tonic::async_trait]
impl TraceService for Receiver {
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
impl MetricsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.metrics.lock().unwrap().push(request.into_inner());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

impl Receiver {
    /// Listens; gives back the variables that name the endpoints.
    pub async fn listen(&self, certificate: Option<&Certificate>) -> Vec<(&'static str, String)> {
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
    pub fn spans(&self) -> Vec<(Resource, Span)> {
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

    pub fn span(&self, name: &str) -> (Resource, Span) {
        let spans = self.spans();
        let found = spans.iter().find(|(_, span)| span.name == name);
        found
            .cloned()
            .unwrap_or_else(|| panic!("{name} is not among {spans:?}"))
    }

    pub fn has_metric(&self, name: &str) -> bool {
        let requests = self.metrics.lock().unwrap();
        let mut metrics = requests
            .iter()
            .flat_map(|request| &request.resource_metrics)
            .flat_map(|of_resource| &of_resource.scope_metrics)
            .flat_map(|scope| &scope.metrics);
        metrics.any(|metric| metric.name == name)
    }

    /// The last value of a counter.
    pub fn count(&self, name: &str) -> Option<i64> {
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

pub fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        other => panic!("{key} is {other:?}"),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
