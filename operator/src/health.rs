//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::Stream;
use http::{Response, StatusCode};
use kube::api::ListParams;
use modstats_crds::TrackedMod;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::Instant;
use warp::Filter;

use crate::metrics::CONTENT_TYPE;
use crate::pulse::{Judgement, Pulse};
use crate::reconcile::Context;
use crate::words::words;

/// Between two looks at the API server, and at the watches.
const PROBE: Duration = Duration::from_secs(10);

/// How the operator is, as far as it can tell itself.
pub struct Health {
    pub pulse: Pulse,
    /// Since when the API server lets TrackedMods be read.
    answers_since: watch::Sender<Option<Instant>>,
    restarted_at: Mutex<Option<Instant>>,
}

impl Health {
    pub fn new() -> Health {
        Health {
            pulse: Pulse::new(Instant::now()),
            answers_since: watch::Sender::new(None),
            restarted_at: Mutex::default(),
        }
    }

    fn judge(&self) -> Judgement {
        let restarted_at = *self.restarted();
        let answers_since = *self.answers_since.borrow();
        self.pulse
            .judge(answers_since, restarted_at, Instant::now())
    }

    fn restarted(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.restarted_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when all watches are to be started anew, and names the one that is stuck.
    pub async fn stuck(&self) -> &'static str {
        loop {
            if let Judgement::Stuck(resource) = self.judge() {
                *self.restarted() = Some(Instant::now());
                return resource;
            }
            tokio::time::sleep(PROBE).await;
        }
    }

    /// An item each time that the API server is back: what failed meanwhile needn't wait longer.
    pub fn recoveries(&self) -> impl Stream<Item = ()> + Send + use<> {
        let mut answers_since = self.answers_since.subscribe();
        answers_since.mark_unchanged();
        futures::stream::unfold(answers_since, |mut answers_since| async {
            let back = answers_since.wait_for(Option::is_none).await.is_ok()
                && answers_since.wait_for(Option::is_some).await.is_ok();
            back.then_some(((), answers_since))
        })
    }
}

/// Keeps asking the API server for TrackedMods.
pub async fn probe(context: Arc<Context>, health: Arc<Health>) {
    let api = context.config.watch.api::<TrackedMod>(&context.client);
    let one = ListParams::default().limit(1);
    let mut failing = false;
    loop {
        let failure = match tokio::time::timeout(PROBE, api.list_metadata(&one)).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(words(&error)),
            Err(_) => Some("no answer".to_owned()),
        };
        let was_ready = health.answers_since.borrow().is_some();
        match failure {
            None if !was_ready => {
                tracing::info!("TrackedMods can be read");
                health.answers_since.send_replace(Some(Instant::now()));
                failing = false;
            }
            None => {}
            Some(error) => {
                if !failing {
                    tracing::warn!(error, "TrackedMods cannot be read");
                }
                health.answers_since.send_replace(None);
                failing = true;
            }
        }
        tokio::time::sleep(PROBE).await;
    }
}

/// An API server that is away affects readiness alone: a restart wouldn't bring it back.
pub async fn serve(
    listener: TcpListener,
    context: Arc<Context>,
    health: Arc<Health>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let alive = health.clone();
    let alive = warp::path!("healthz").map(move || match alive.judge() {
        Judgement::Wedged(resource) => {
            let message =
                format!("the watch of {resource} is stuck, and starting it anew didn't help\n");
            answer(StatusCode::SERVICE_UNAVAILABLE, "text/plain", message)
        }
        Judgement::Fine | Judgement::Stuck(_) => {
            answer(StatusCode::OK, "text/plain", "ok\n".to_owned())
        }
    });
    let ready = warp::path!("readyz").map(move || {
        if health.answers_since.borrow().is_some() {
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
    warp::serve(alive.or(ready).unify().or(metrics).unify())
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
