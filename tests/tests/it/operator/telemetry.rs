//! What the operator tells of itself: traces, metrics, and a timely end.

use modstats_tests::Signal;
use modstats_tests::kubernetes::{ApiRequest, Moment, control_plane};
use modstats_tests::run::free_port;

use opentelemetry_proto::tonic::trace::v1::Span;

use super::*;
use crate::otlp::{Receiver, attribute};

#[tokio::test(flavor = "multi_thread")]
async fn a_reconcile_is_one_trace_with_its_steps_as_spans() {
    let receiver = Receiver::default();
    let mut endpoints = receiver.listen(None).await;
    endpoints.push(("OTEL_BSP_SCHEDULE_DELAY", "200".to_owned()));
    let setup = Setup {
        database: ELSEWHERE,
        environment: &endpoints,
        ..Setup::default()
    };
    let ground = Ground::set_up(control_plane().await, setup).await;
    ground.apply(GEARS_ANYWHERE).await;
    ground.condition("Ready", "True", "Ready").await;
    eventually(SOON, "a whole reconcile is told", async || {
        let spans = receiver.spans();
        let has = |root: &Span, step: &str| {
            spans.iter().any(|(_, span)| {
                span.name == step
                    && span.trace_id == root.trace_id
                    && span.parent_span_id == root.span_id
            })
        };
        let whole = spans.iter().find(|(_, root)| {
            let steps = ["read", "dereference", "apply", "status"];
            root.name == "reconcile" && steps.iter().all(|step| has(root, step))
        });
        let Some((resource, root)) = whole else {
            let names: Vec<_> = spans.iter().map(|(_, span)| &span.name).collect();
            return Err(format!("{names:?}"));
        };
        let service = attribute(&resource.attributes, "service.name");
        assert_eq!(service.as_deref(), Some("modstats-operator"));
        let of = |key| attribute(&root.attributes, key).unwrap();
        assert_eq!([of("namespace"), of("name")], [&*ground.namespace, "gears"]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_each_source_and_forget_it_with_its_tracked_mod() {
    let port = free_port();
    let setup = Setup {
        database: ELSEWHERE,
        port,
        ..Setup::default()
    };
    let ground = Ground::set_up(control_plane().await, setup).await;
    ground.apply(GEARS_ANYWHERE).await;
    ground
        .end(Source::Modrinth, Outcome::Complete, Some(1), None)
        .await;
    ground
        .end(
            Source::Curseforge,
            Outcome::Failed,
            None,
            Some("KeyRefused"),
        )
        .await;
    let namespace = &ground.namespace;
    let of = |source: &str| format!(r#"{{namespace="{namespace}",name="gears",source="{source}""#);
    let told = [
        format!("modstats_operator_source_last_success_timestamp_seconds{}}} 1", of("modrinth")),
        format!(r#"modstats_operator_source_outcome{},outcome="complete"}} 1"#, of("modrinth")),
        format!(r#"modstats_operator_source_outcome{},outcome="failed"}} 1"#, of("curseforge")),
        r#"modstats_operator_trackedmods{condition="CollectionSucceeded",status="False"} 1"#.to_owned(),
        r#"modstats_operator_api_calls_total{verb="patch",resource="trackedmods/status",code="200"}"#.to_owned(),
        r#"modstats_operator_api_calls_total{verb="create",resource="jobs",code="201"} 3"#.to_owned(),
        "modstats_operator_reconcile_duration_seconds_count".to_owned(),
    ];
    eventually(SOON, "the sources are told", async || {
        let text = metrics(port).await;
        match told.iter().find(|line| !text.contains(*line)) {
            None => Ok(()),
            Some(missing) => Err(format!("{missing} is not in\n{text}")),
        }
    })
    .await;
    let last_success = format!("last_success_timestamp_seconds{}", of("curseforge"));
    assert!(!metrics(port).await.contains(&last_success));

    ground.delete().await;
    eventually(SOON, "it is forgotten", async || {
        let text = metrics(port).await;
        match text.contains("gears") {
            false => Ok(()),
            true => Err(text),
        }
    })
    .await;
}

pub async fn metrics(port: u16) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("http://127.0.0.1:{port}/metrics");
    let answer = reqwest::get(url).await.unwrap().error_for_status().unwrap();
    answer.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_when_told_to_though_the_api_server_is_silent() {
    let setup = Setup {
        database: ELSEWHERE,
        through_proxy: true,
        ..Setup::default()
    };
    let mut ground = Ground::set_up(control_plane().await, setup).await;
    let mut held = ground
        .proxy()
        .hold(1, ApiRequest::is_write, Moment::BeforeSent);
    ground.apply(GEARS_ANYWHERE).await;
    held.reached().await;
    ground.operator.signal(Signal::TERM);
    // Kubernetes' own patience; a reconcile that nobody gives up would take twice as long.
    let status = ground.operator.wait(Duration::from_secs(30)).await;
    assert!(status.success(), "{}", ground.operator.output());
}
