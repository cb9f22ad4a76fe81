//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{Response, StatusCode};
use tokio::net::TcpListener;
use warp::Filter;

use crate::metrics::CONTENT_TYPE;
use crate::reconcile::Context;

/// Ready once the TrackedMods are known; an API server that is away later changes nothing.
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
            let message = "the TrackedMods are not known yet: the API server doesn't answer, refuses, or lacks the CustomResourceDefinition\n";
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
