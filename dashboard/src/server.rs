//! The accept loop: bounded connections, bounded waits, an end in bounded time.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::FutureExt;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use modstats_telemetry::{SpanExt, extract};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tracing::Instrument;
use warp::filters::BoxedFilter;
use warp::reply::Response as Reply;

use crate::Settings;
use crate::assets::Assets;
use crate::preferences::Preferences;
use crate::reply::{Trouble, secure};
use crate::routes::{App, route_of, routes};

/// More connections than this wait in the kernel.
const CONNECTIONS: usize = 512;
/// For a whole request header, and for the next request on an idle connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);
/// No connection lives longer, however slowly its client reads.
const LIFETIME: Duration = Duration::from_secs(300);
/// For requests under way when the end is asked for.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the address of the dashboard can't be told: {0}")]
    Address(#[source] std::io::Error),
    #[error("this build lacks the dashboard's style sheet or logo: build it anew")]
    Assets,
}

/// Serves until `shutdown` is done, and returns when the last connection is closed or its grace
/// is over.
pub async fn serve(
    listener: TcpListener,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Address)?;
    let app = Arc::new(App::new(settings, Assets::new().ok_or(ServeError::Assets)?));
    let service = Requests {
        filters: routes(app.clone()),
        app,
    };
    let (stop, stopping) = watch::channel(false);
    let limit = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    tracing::info!(%address, "the dashboard is listening");
    loop {
        let permit = tokio::select! {
            Ok(permit) = limit.clone().acquire_owned() => permit,
            () = &mut shutdown => break,
        };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, service.clone(), stopping.clone(), permit));
                }
                // Out of file descriptors, or the client is gone already.
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    service.app.stopping.store(true, Ordering::Relaxed);
    let _ = stop.send(true);
    let closed = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, closed).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "closing connections that did not end"
        );
        connections.shutdown().await;
    }
    tracing::info!("the dashboard has stopped");
    Ok(())
}

async fn connection(
    stream: TcpStream,
    service: Requests,
    mut stopping: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(64 * 1024)
        .serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| service.clone().answer(request)),
        );
    let mut connection = pin!(connection);
    tokio::select! {
        result = connection.as_mut() => return debug_end(result),
        _ = stopping.wait_for(|stopping| *stopping) => {}
        () = tokio::time::sleep(LIFETIME) => {}
    }
    connection.as_mut().graceful_shutdown();
    if let Ok(result) = tokio::time::timeout(GRACE, connection).await {
        debug_end(result);
    }
}

fn debug_end(result: hyper::Result<()>) {
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[derive(Clone)]
struct Requests {
    app: Arc<App>,
    filters: BoxedFilter<(Reply,)>,
}

impl Requests {
    /// Whatever happens inside, an answer with all headers.
    async fn answer(self, request: Request<Incoming>) -> Result<Reply, Infallible> {
        let started = Instant::now();
        let path = request.uri().path().to_owned();
        let route = route_of(&path);
        let preferences = Preferences::of(request.headers());
        let span = tracing::info_span!("http", method = %request.method(), route, status = tracing::field::Empty);
        let _ = span.set_parent(extract(request.headers()));
        let filters = TowerToHyperService::new(warp::service(self.filters.clone()));
        let request = match self.below_base_path(request) {
            Ok(request) => request,
            Err(trouble) => return Ok(self.trouble(&trouble, &path, &preferences)),
        };
        let answer = AssertUnwindSafe(filters.call(request)).catch_unwind();
        let mut reply = match answer.instrument(span.clone()).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(never)) => match never {},
            Err(_) => {
                tracing::error!(route, "a request panicked");
                self.trouble(&Trouble::Internal, &path, &preferences)
            }
        };
        if let Some(trouble) = reply.extensions_mut().remove::<Trouble>() {
            reply = self.trouble(&trouble, &path, &preferences);
        }
        secure(reply.headers_mut());
        let status = reply.status().as_u16();
        span.record("status", status);
        self.app.metrics.answered(route, status, started.elapsed());
        Ok(reply)
    }

    /// The request as the routes know it; why it isn't meant for them.
    fn below_base_path(&self, request: Request<Incoming>) -> Result<Request<Incoming>, Trouble> {
        let base = &self.app.settings.base_path;
        if base.is_root() {
            return Ok(request);
        }
        let (mut head, body) = request.into_parts();
        let query = head
            .uri
            .query()
            .map_or_else(String::new, |query| format!("?{query}"));
        let path = head.uri.path();
        let Some(rest) = base.strip(path) else {
            let home = base.join("/");
            return Err(match path == home.trim_end_matches('/') {
                true => Trouble::Elsewhere(format!("{home}{query}")),
                false => Trouble::NotFound,
            });
        };
        // A part of an address is one itself.
        if let Ok(uri) = format!("{rest}{query}").parse() {
            head.uri = uri;
        }
        Ok(Request::from_parts(head, body))
    }

    fn trouble(&self, trouble: &Trouble, path: &str, preferences: &Preferences) -> Reply {
        let of_api = path == "/api" || path.starts_with("/api/");
        trouble.reply(&self.app.chrome, (!of_api).then_some(preferences))
    }
}
