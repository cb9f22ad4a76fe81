//! The accept loop: bounded connections, bounded waits, an end in bounded time.

mod address;
mod clients;
mod connections;
mod rate;
mod requests;
mod stream;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub(crate) use rate::Allowance;

pub use clients::{TrustedProxies, TrustedProxiesError};
pub use rate::Rate;

use crate::Settings;
use crate::app::App;
use crate::assets::Assets;
use connections::{Connections, Place};
pub use requests::Port;
use requests::Requests;
use stream::Stream;

/// Of each port. Where there are more, one that waits gives way.
const CONNECTIONS: usize = 512;
/// No connection lives longer, however slowly its client reads.
const LIFETIME: Duration = Duration::from_secs(300);
/// For requests under way when the end is asked for.
const GRACE: Duration = Duration::from_secs(10);
/// More than a request may have, so that there is something to answer to one that has too many.
const HEADERS_READ: usize = 500;
/// The head of a request, while it comes in.
const BUFFER: usize = 64 * 1024;

/// What clients may do, and whose word about them counts.
#[derive(Clone, Debug, Default)]
pub struct Clients {
    pub trusted_proxies: TrustedProxies,
    /// None: as often as they like.
    pub rate: Option<Rate>,
}

/// Where to listen.
#[derive(Debug)]
pub struct Listeners {
    pub pages: TcpListener,
    /// None: metrics are among the pages.
    pub metrics: Option<TcpListener>,
}

impl From<TcpListener> for Listeners {
    fn from(pages: TcpListener) -> Listeners {
        Listeners {
            pages,
            metrics: None,
        }
    }
}

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
    listeners: impl Into<Listeners>,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let Listeners { pages, metrics } = listeners.into();
    let address = pages.local_addr().map_err(ServeError::Address)?;
    let assets = Assets::new().ok_or(ServeError::Assets)?;
    let port = match &metrics {
        None => Port::Everything,
        Some(_) => Port::AllButMetrics,
    };
    let app = Arc::new(App::new(settings, assets, port));
    let (stop, stopping) = watch::channel(false);
    // The first visitor needn't wait until it is connected.
    let ahead = app.settings.store.clone();
    tokio::spawn(async move { drop(ahead.snapshot().await) });
    let mut ports = JoinSet::new();
    if let Some(listener) = metrics {
        let address = listener.local_addr().map_err(ServeError::Address)?;
        let requests = Requests::new(app.clone(), Port::Metrics);
        ports.spawn(accept(listener, requests, stopping.clone()));
        tracing::info!(%address, "metrics are there");
    }
    ports.spawn(accept(pages, Requests::new(app.clone(), port), stopping));
    tracing::info!(%address, "the dashboard is listening");
    shutdown.await;
    app.stopping.store(true, Ordering::Relaxed);
    let _ = stop.send(true);
    ports.join_all().await;
    tracing::info!("the dashboard has stopped");
    Ok(())
}

/// Lets everybody in, until it is time to stop.
async fn accept(listener: TcpListener, requests: Requests, stopping: watch::Receiver<bool>) {
    let requests = Arc::new(requests);
    let places = Connections::new(CONNECTIONS);
    let mut tasks = JoinSet::new();
    let mut stopped = stopping.clone();
    let mut stopped = pin!(async move { drop(stopped.wait_for(|stopping| *stopping).await) });
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => match places.admit(peer.ip()) {
                    Some(place) => {
                        let id = place.id;
                        let served = connection(stream, peer, place, requests.clone(), stopping.clone());
                        places.runs(id, tasks.spawn(served));
                    }
                    None => tracing::debug!(%peer, "too many requests are under way"),
                },
                // Out of file descriptors, or the client is gone already.
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    places.close_one();
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = tasks.join_next() => {}
            () = &mut stopped => break,
        }
    }
    drop(listener);
    let closed = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, closed).await.is_err() {
        tracing::warn!(
            connections = tasks.len(),
            "closing connections that did not end"
        );
        tasks.shutdown().await;
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    requests: Arc<Requests>,
    mut stopping: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let activity = &place.activity;
    let connection = http1::Builder::new()
        // The stream has its own.
        .header_read_timeout(None)
        .max_headers(HEADERS_READ)
        .max_buf_size(BUFFER)
        .serve_connection(
            TokioIo::new(Stream::new(stream, activity.clone())),
            service_fn(|request| requests.answer(request, peer, activity.clone())),
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
