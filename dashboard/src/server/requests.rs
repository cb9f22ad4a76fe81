//! What happens to a request before and after its route.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use modstats_telemetry::{SpanExt, extract};
use tokio::time::{Instant, timeout};
use tracing::{Instrument, Span, field};
use warp::filters::BoxedFilter;
use warp::reply::Response as Reply;

use super::address;
use super::clients::Origin;
use super::rate::{Allowance, Rates};
use super::stream::Activity;
use crate::app::App;
use crate::preferences::Preferences;
use crate::reply::{Secured, allowance_headers, preflight};
use crate::routes::{is_of_api, methods_of, route_of, routes};
use crate::trouble::Trouble;

/// Browsers send some twenty.
const MOST_HEADERS: usize = 100;
const MOST_HEADER_BYTES: usize = 32 * 1024;
/// No form of ours comes near.
const LARGEST_BODY: usize = 16 * 1024;
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Longer than any route waits for the database.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// What is served on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    Everything,
    AllButMetrics,
    Metrics,
}

/// The requests of one port.
pub struct Requests {
    app: Arc<App>,
    filters: BoxedFilter<(Reply,)>,
    rates: Option<Rates>,
    port: Port,
}

impl Requests {
    pub fn new(app: Arc<App>, port: Port) -> Requests {
        Requests {
            filters: routes(&app),
            rates: app.settings.clients.rate.map(Rates::new),
            app,
            port,
        }
    }

    /// Whatever happens inside, an answer with all headers.
    pub async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        activity: Arc<Activity>,
    ) -> Result<Response<Answer<impl Body<Data = Bytes, Error = warp::Error> + use<>>>, Infallible>
    {
        activity.answering();
        let started = Instant::now();
        let asked = Asked::new(&request, peer, self);
        let span = asked.span(&request);
        let _ = span.set_parent(extract(request.headers()));
        let allowance = self.allowance(&asked);
        let made = self.make(request, &asked, allowance, &activity);
        let made = AssertUnwindSafe(timeout(ANSWER_TIMEOUT, made)).catch_unwind();
        let mut reply = match made.instrument(span.clone()).await {
            Ok(Ok(Ok(reply))) => reply,
            Ok(Ok(Err(trouble))) => {
                if trouble.ends_connection() {
                    activity.leaves_unread(true);
                }
                self.trouble(&trouble, &asked)
            }
            Ok(Err(_)) => {
                tracing::error!(route = asked.route, "a request took too long");
                self.trouble(&Trouble::TooSlow, &asked)
            }
            Err(_) => {
                tracing::error!(route = asked.route, "a request panicked");
                self.trouble(&Trouble::Internal, &asked)
            }
        };
        if let Some(trouble) = reply.extensions_mut().remove::<Trouble>() {
            reply = self.trouble(&trouble, &asked);
        }
        asked.secured.write(reply.headers_mut());
        if let Some(allowance) = allowance.filter(|it| asked.secured.of_api || !it.allowed) {
            allowance_headers(&allowance, reply.headers_mut());
        }
        if activity.has_unread() {
            let close = HeaderValue::from_static("close");
            reply.headers_mut().insert(header::CONNECTION, close);
        }
        let status = reply.status();
        span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            span.record("otel.status_code", "ERROR");
        }
        let took = started.elapsed();
        self.app
            .metrics
            .answered(&asked.method, asked.route, status.as_u16(), took);
        Ok(reply.map(|body| Answer { body, activity }))
    }

    async fn make(
        &self,
        request: Request<Incoming>,
        asked: &Asked,
        allowance: Option<Allowance>,
        activity: &Activity,
    ) -> Result<Reply, Trouble> {
        let request = self.receive(request, asked, allowance, activity).await?;
        if request.method() == Method::OPTIONS {
            return Ok(preflight());
        }
        let filters = TowerToHyperService::new(warp::service(self.filters.clone()));
        match filters.call(request).await {
            Ok(reply) => Ok(reply),
            Err(never) => match never {},
        }
    }

    /// The request as its route shall see it: whole, below the base path, and not too much.
    async fn receive(
        &self,
        request: Request<Incoming>,
        asked: &Asked,
        allowance: Option<Allowance>,
        activity: &Activity,
    ) -> Result<Request<Full<Bytes>>, Trouble> {
        let (mut head, body) = request.into_parts();
        activity.leaves_unread(!body.is_end_stream());
        if let Some(refused) = allowance.filter(|it| !it.allowed) {
            return Err(Trouble::TooManyRequests(refused.next));
        }
        check_headers(&head.headers)?;
        address::check(&head.uri)?;
        let Some(path) = &asked.path else {
            return Err(self.elsewhere(&head.uri));
        };
        let of_metrics = path == "/metrics";
        let served = match self.port {
            Port::Everything => true,
            Port::AllButMetrics => !of_metrics,
            Port::Metrics => of_metrics,
        };
        if !served {
            return Err(Trouble::NotFound);
        }
        let allowed = methods_of(path);
        if !allowed
            .split(", ")
            .any(|method| method == head.method.as_str())
        {
            return Err(Trouble::MethodNotAllowed(allowed));
        }
        let query = query_of(&head.uri);
        // A part of an address is one itself.
        head.uri = format!("{path}{query}")
            .parse()
            .map_err(|_| Trouble::Address)?;
        activity.receiving_body();
        let body = receive_body(body).await?;
        activity.leaves_unread(false);
        activity.answering();
        Ok(Request::from_parts(head, Full::new(body)))
    }

    /// What lies outside of the base path.
    fn elsewhere(&self, uri: &http::Uri) -> Trouble {
        let base = &self.app.settings.base_path;
        match !base.is_root() && uri.path() == base.to_string() {
            true => Trouble::Elsewhere(format!("{}{}", base.join("/"), query_of(uri))),
            false => Trouble::NotFound,
        }
    }

    /// None where nobody counts: on the same machine, and for those that ask how we are.
    fn allowance(&self, asked: &Asked) -> Option<Allowance> {
        let rates = self.rates.as_ref()?;
        let exempt =
            asked.origin.client.is_local() || ["/healthz", "/readyz"].contains(&asked.route);
        (!exempt).then(|| rates.ask(asked.origin.client, Instant::now()))
    }

    fn trouble(&self, trouble: &Trouble, asked: &Asked) -> Reply {
        let preferences = (!asked.secured.of_api).then_some(&asked.preferences);
        trouble.reply(&self.app.chrome, preferences)
    }
}

/// What is told of a request in its answer, its span and the metrics.
struct Asked {
    method: Method,
    /// Below the base path.
    path: Option<String>,
    route: &'static str,
    origin: Origin,
    secured: Secured,
    preferences: Preferences,
}

impl Asked {
    fn new(request: &Request<Incoming>, peer: SocketAddr, requests: &Requests) -> Asked {
        let settings = &requests.app.settings;
        let path = match requests.port {
            // Its port is its own.
            Port::Metrics => Some(request.uri().path()).filter(|path| path.starts_with('/')),
            _ => settings.base_path.strip(request.uri().path()),
        };
        let origin = Origin::of(peer, request.headers(), &settings.clients.trusted_proxies);
        Asked {
            method: request.method().clone(),
            route: path.map_or("other", route_of),
            secured: Secured {
                of_api: path.is_some_and(is_of_api),
                by_tls: origin.by_tls,
                whole_host: settings.base_path.is_root(),
            },
            path: path.map(str::to_owned),
            preferences: Preferences::of(request.headers()),
            origin,
        }
    }

    /// Named as in OpenTelemetry's conventions for HTTP. Queries may hold what nobody else should
    /// read.
    fn span(&self, request: &Request<Incoming>) -> Span {
        let known = crate::metrics::known_method(&self.method);
        let name = match (known, self.route) {
            ("_OTHER", _) => "HTTP".to_owned(),
            (method, "other") => method.to_owned(),
            (method, route) => format!("{method} {route}"),
        };
        let span = tracing::info_span!(
            "request",
            otel.name = name,
            otel.kind = "server",
            otel.status_code = field::Empty,
            http.request.method = known,
            http.route = field::Empty,
            http.response.status_code = field::Empty,
            url.path = request.uri().path(),
        );
        if self.route != "other" {
            span.record("http.route", self.route);
        }
        span
    }
}

fn query_of(uri: &http::Uri) -> String {
    uri.query()
        .map_or_else(String::new, |query| format!("?{query}"))
}

fn check_headers(headers: &HeaderMap) -> Result<(), Trouble> {
    let bytes =
        |(name, value): (&header::HeaderName, &HeaderValue)| name.as_str().len() + value.len();
    let too_many = headers.len() > MOST_HEADERS;
    match too_many || headers.iter().map(bytes).sum::<usize>() > MOST_HEADER_BYTES {
        true => Err(Trouble::HeadersTooLarge),
        false => Ok(()),
    }
}

async fn receive_body(body: Incoming) -> Result<Bytes, Trouble> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > LARGEST_BODY {
        return Err(Trouble::BodyTooLarge);
    }
    match timeout(BODY_TIMEOUT, Limited::new(body, LARGEST_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Trouble::BodyTooLarge),
        Ok(Err(_)) => Err(Trouble::BodyBroken),
        Err(_) => Err(Trouble::BodyTooSlow),
    }
}

/// The body of an answer: when it is sent, the connection is idle.
pub struct Answer<B> {
    body: B,
    activity: Arc<Activity>,
}

impl<B: Body + Unpin> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for Answer<B> {
    fn drop(&mut self) {
        self.activity.idle();
    }
}
