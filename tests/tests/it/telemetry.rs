//! What a process that ends at once leaves at a collector.

use std::time::Duration;

use modstats_tests::{Certificate, Process, run};

use crate::otlp::{Receiver, attribute, hex};

const SHORT: Duration = Duration::from_secs(60);
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

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
    let receiver = Receiver::default();
    let mut variables = receiver.listen(None).await;
    variables.push(("TRACEPARENT", TRACEPARENT.to_owned()));
    variables.push(("MODSTATS_LOG_FORMAT", "json".to_owned()));
    let child = child(&variables).await;

    let (resource, outer) = receiver.span("outer");
    let (_, inner) = receiver.span("inner");
    assert_eq!(receiver.count("modstats_test_items"), Some(3));
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
    let receiver = Receiver::default();
    let mut variables = receiver.listen(None).await;
    let named = [
        ("OTEL_SERVICE_NAME", "nightly".to_owned()),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment=test".to_owned()),
    ];
    child(&[&variables[..], &named].concat()).await;
    let (resource, _) = receiver.span("outer");
    let name = attribute(&resource.attributes, "service.name");
    assert_eq!(name.as_deref(), Some("nightly"));
    let deployment = attribute(&resource.attributes, "deployment");
    assert_eq!(deployment.as_deref(), Some("test"));

    let before = receiver.spans().len();
    variables.push(("OTEL_SDK_DISABLED", "true".to_owned()));
    let child = child(&variables).await;
    assert_eq!(receiver.spans().len(), before);
    assert_eq!(child.stdout(), "headers {}\n");
    assert!(child.stderr().contains("inside"), "{}", child.stderr());
}

#[tokio::test]
async fn a_collector_with_a_private_authority_is_trusted_by_its_certificate() {
    let certificate = Certificate::create(&run::run().new_folder("collector"));
    let receiver = Receiver::default();
    let mut variables = receiver.listen(Some(&certificate)).await;
    let child_without = child(&variables).await;
    assert_eq!(receiver.spans(), []);
    let log = child_without.stderr();
    assert!(log.contains("UnknownIssuer"), "{log}");

    let authority = certificate.authority.display().to_string();
    variables.push(("OTEL_EXPORTER_OTLP_CERTIFICATE", authority));
    child(&variables).await;
    receiver.span("outer");
    assert_eq!(receiver.count("modstats_test_items"), Some(3));
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
    let receiver = Receiver::default();
    let mut variables = receiver.listen(None).await;
    let key = "authorization=Bearer%20s3cr3t-key".to_owned();
    variables.push(("OTEL_EXPORTER_OTLP_HEADERS", key));
    variables.push(("MODSTATS_LOG", "trace".to_owned()));
    let child = child(&variables).await;
    let (metadata, _) = receiver.traces.lock().unwrap()[0].clone();
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
