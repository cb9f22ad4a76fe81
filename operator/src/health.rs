//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{Response, StatusCode};
use kube::api::ListParams;
use modstats_crds::TrackedMod;
use tokio::net::TcpListener;
use warp::Filter;

use crate::controller;
use crate::metrics::CONTENT_TYPE;
use crate::reconcile::Context;
use crate::words::words;

/// Between two looks at the API server.
const PROBE: Duration = Duration::from_secs(10);

/// Keeps `ready` true while the API server lets TrackedMods be read.
pub async fn probe(context: Arc<Context>, ready: Arc<AtomicBool>) {
    let api = controller::api::<TrackedMod>(&context.client, &context.config.watch);
    let one = ListParams::default().limit(1);
    let mut failing = false;
    loop {
        let failure = match tokio::time::timeout(PROBE, api.list_metadata(&one)).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(words(&error)),
            Err(_) => Some("no answer".to_owned()),
        };
        let was_ready = ready.swap(failure.is_none(), Ordering::Relaxed);
        match failure {
            None if !was_ready => tracing::info!("TrackedMods can be read"),
            Some(error) if !failing => tracing::warn!(error, "TrackedMods cannot be read"),
            _ => {}
        }
        failing = !ready.load(Ordering::Relaxed);
        tokio::time::sleep(PROBE).await;
    }
}

/// An API server that is away affects readiness alone: a restart wouldn't bring it back.
pub async fn serve(
    listener: TcpListener,
    context: Arc<Context>,
    ready: Arc<AtomicBool>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let health =
        warp::path!("healthz").map(|| answer(StatusCode::OK, "text/plain", "ok\n".to_owned()));
    let readiness = warp::path!("readyz").map(move || {
        if ready.load(Ordering::Relaxed) {
            answer(StatusCode::OK, "text/plain", "ok\n".to_owned())
        } else {
            let message = "TrackedMods cannot be read: the API server doesn't answer, refuses, or lacks the CustomResourceDefinition\n";
            answer(StatusCode::SERVICE_UNAVAILABLE, "text/plain", message.to_owned())
        }
    });
    let metrics = warp::path!("metrics").map(move || match context.metrics.text() {
        Ok(text) => answer(StatusCode::OK, CONTENT_TYPE, text),
        Err(error) => answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            "text/plain",
            error.to_string(),
        ),
    });
    warp::serve(health.or(readiness).unify().or(metrics).unify())
        .incoming(listener)
        .graceful(shutdown)
        .run()
        .await;
}

fn answer(status: StatusCode, content_type: &'static str, body: String) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let value = http::HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, value);
    response
}
