//! The connections of a [`FaultProxy`](super::FaultProxy).

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::plan::{Failure, Fault, Moment};
use super::{ApiRequest, Shared, Watches};

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Served,
    /// Open, and without any answer.
    Silent,
    Cut,
}

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Of one hop alone, or told anew by whoever sends the body on.
const OF_THE_HOP: [HeaderName; 4] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
];

pub async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let (stream, _) = listener.accept().await.expect("the listener is open");
        let fate = {
            let mut network = shared.network.lock().unwrap();
            let (sender, receiver) = watch::channel(network.fate);
            network.connections.push(sender);
            receiver
        };
        tokio::spawn(serve(stream, shared.clone(), fate));
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, mut fate: watch::Receiver<Fate>) {
    let of_requests = fate.clone();
    let service = service_fn(move |request| {
        let (shared, mut fate) = (shared.clone(), of_requests.clone());
        async move {
            tokio::select! {
                response = answer(&shared, request) => response,
                () = becomes(&mut fate, Fate::Silent) => std::future::pending().await,
            }
        }
    });
    let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // A client that goes away is nobody's fault.
        _ = serving => {}
        () = becomes(&mut fate, Fate::Cut) => {}
    }
}

async fn becomes(fate: &mut watch::Receiver<Fate>, awaited: Fate) {
    if fate.wait_for(|fate| *fate == awaited).await.is_err() {
        // Nobody is left who could decide.
        std::future::pending().await
    }
}

/// An error ends the connection.
async fn answer(shared: &Shared, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let asked = ApiRequest::read(&parts.method, &parts.uri, &body);
    shared.seen.lock().unwrap().push(asked.clone());
    let fault = match shared.plan.next(&asked) {
        Some((Moment::BeforeSent, fault)) => match meet(fault, &asked).await? {
            Some(failure) => return Ok(failure),
            None => None,
        },
        Some((Moment::AfterCommitted, fault)) => Some(fault),
        None => None,
    };
    let url = format!("{}{}", shared.server, parts.uri);
    let sent = shared
        .client
        .request(parts.method, url)
        .headers(passed_on(&parts.headers))
        .body(body)
        .send();
    let reply = sent.await.map_err(io::Error::other)?;
    let (status, headers) = (reply.status(), passed_on(reply.headers()));
    let body = if asked.verb == "watch" && status.is_success() {
        Tail::new(reply, asked.resource.clone(), shared.watches.subscribe()).into_body()
    } else {
        let bytes = reply.bytes().await.map_err(io::Error::other)?;
        full(bytes)
    };
    if let Some(fault) = fault
        && let Some(failure) = meet(fault, &asked).await?
    {
        return Ok(failure);
    }
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in OF_THE_HOP {
        headers.remove(name);
    }
    headers
}

fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// What the client gets instead of the reply, if anything. An error ends the connection.
async fn meet(fault: Fault, request: &ApiRequest) -> io::Result<Option<Response<Body>>> {
    let cut = || io::Error::other("cut, as the test wants it");
    match fault {
        Fault::Fail(Failure::Cut) => Err(cut()),
        Fault::Fail(Failure::Silence) => std::future::pending().await,
        Fault::Fail(Failure::Status(410)) if request.verb == "watch" => Ok(Some(expiry())),
        Fault::Fail(Failure::Status(code)) => Ok(Some(refusal(code))),
        Fault::Fail(Failure::Later(seconds)) => {
            let mut response = refusal(429);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
            Ok(Some(response))
        }
        Fault::Hold { reached, released } => {
            // The test may have lost its interest.
            let _ = reached.send(request.clone());
            released.await.map_err(|_| cut())?;
            Ok(None)
        }
    }
}

/// As the API server words it.
fn refusal(code: u16) -> Response<Body> {
    let mut response = json_response(&status(code));
    *response.status_mut() = StatusCode::from_u16(code).expect("it is one of those below");
    response
}

/// A watch that can't begin where it is asked to begins all the same, and tells so.
fn expiry() -> Response<Body> {
    json_response(&json!({"type": "ERROR", "object": status(410)}))
}

fn status(code: u16) -> Value {
    let reason = match code {
        409 => "Conflict",
        410 => "Expired",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        other => panic!("{other} is no answer that this proxy knows"),
    };
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": "as the test wants it", "reason": reason, "code": code,
    })
}

fn json_response(body: &Value) -> Response<Body> {
    let mut response = Response::new(full(format!("{body}\n")));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// What a watch goes on to tell.
struct Tail {
    reply: reqwest::Response,
    resource: String,
    watches: watch::Receiver<Watches>,
    cuts_before: usize,
}

impl Tail {
    fn new(reply: reqwest::Response, resource: String, watches: watch::Receiver<Watches>) -> Self {
        let cuts_before = watches.borrow().cuts;
        Self {
            reply,
            resource,
            watches,
            cuts_before,
        }
    }

    fn into_body(self) -> Body {
        let told = stream::try_unfold(self, |mut tail| async {
            let chunk = tail.next().await?;
            Ok(chunk.map(|chunk| (Frame::data(chunk), tail)))
        });
        StreamBody::new(told).boxed_unsync()
    }

    /// What comes next, as soon as it may pass.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let before = self.cuts_before;
        let mut watches = self.watches.clone();
        let chunk = tokio::select! {
            chunk = self.reply.chunk() => chunk.map_err(io::Error::other)?,
            _ = watches.wait_for(|watches| watches.cuts > before) => None,
        };
        let passing =
            |watches: &Watches| watches.cuts > before || !watches.frozen.contains(&self.resource);
        let watches = self.watches.wait_for(passing).await;
        match watches.map_err(io::Error::other)?.cuts > before {
            true => Err(io::Error::other("cut, as the test wants it")),
            false => Ok(chunk),
        }
    }
}
