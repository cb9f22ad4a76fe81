//! Questions to one platform: bounded in time and size, repeated with patience, to its host alone.

use std::error::Error;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use modstats_crds::clean;
use modstats_store::model::Platform;
use modstats_telemetry::KeyValue;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Response, StatusCode, redirect};
use serde::de::IgnoredAny;
use serde_json::Value;
use tracing::{Instrument, Span, field::Empty};
use url::Url;

use crate::clock::{Clock, instant};
use crate::error::{AskError, LARGEST_BODY};
use crate::limit::{Limiter, told_to_wait};

/// How platforms know who asks; the address is `repository` of the workspace's `Cargo.toml`.
pub const USER_AGENT: &str = concat!(
    "modstats/",
    env!("CARGO_PKG_VERSION"),
    " (+",
    env!("CARGO_PKG_REPOSITORY"),
    ")"
);

const ATTEMPTS: u32 = 4;

/// Bounds on everything that a run waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    pub connect: Duration,
    /// Without a byte.
    pub read: Duration,
    /// One request with its answer.
    pub request: Duration,
    /// A whole run, its last commit included.
    pub run: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(20),
            request: Duration::from_secs(60),
            run: Duration::from_secs(1200),
        }
    }
}

/// An answer that is no success, as far as a platform has its own meaning for it.
pub(crate) struct Refusal<'a> {
    pub status: StatusCode,
    /// None if it could not be read whole.
    pub body: Option<&'a [u8]>,
    /// Whether the platform has answered anything in this run.
    pub answered_before: bool,
}

pub(crate) struct Question<'a> {
    /// The path with its parameters' names: what traces and metrics show instead of an address.
    pub route: &'static str,
    pub path: &'a [&'a str],
    pub query: &'a [(&'a str, &'a str)],
    /// Sent as JSON by POST; a GET without it.
    pub body: Option<&'a Value>,
}

/// What questions cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Repetitions included.
    pub requests: i64,
    pub retries: i64,
    /// Of the answers' bodies, unpacked.
    pub bytes: i64,
}

/// JSON, and the instant just before it was asked for.
#[derive(Debug)]
pub(crate) struct Answer {
    pub asked_at: Timestamp,
    pub body: Vec<u8>,
}

struct Failure {
    error: AskError,
    told_to_wait: Option<Duration>,
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        Failure {
            error,
            told_to_wait: None,
        }
    }
}

/// A client for one host; it trusts some authorities besides the system's.
pub(crate) fn client(timeouts: &Timeouts, authorities: &[Certificate]) -> reqwest::Result<Client> {
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.read)
        .tls_certs_merge(authorities.iter().cloned())
        .build()
}

/// One run's questions to one platform.
pub(crate) struct Http<'a> {
    platform: Platform,
    client: &'a Client,
    base: &'a Url,
    headers: HeaderMap,
    understand: fn(&Refusal<'_>) -> Option<AskError>,
    limiter: Limiter<'a>,
    clock: &'a dyn Clock,
    request_timeout: Duration,
    /// No request goes out after it.
    until: Timestamp,
    attempts: u32,
    sent: AtomicI64,
    repeated: AtomicI64,
    received: AtomicI64,
    answered: AtomicBool,
    over: OnceLock<AskError>,
}

impl<'a> Http<'a> {
    pub fn new(
        client: &'a Client,
        base: &'a Url,
        limiter: Limiter<'a>,
        clock: &'a dyn Clock,
        request_timeout: Duration,
        until: Timestamp,
    ) -> Self {
        Http {
            platform: limiter.platform(),
            client,
            base,
            headers: HeaderMap::new(),
            understand: |_| None,
            limiter,
            clock,
            request_timeout,
            until,
            attempts: ATTEMPTS,
            sent: AtomicI64::new(0),
            repeated: AtomicI64::new(0),
            received: AtomicI64::new(0),
            answered: AtomicBool::new(false),
            over: OnceLock::new(),
        }
    }

    /// Sends a header with every request.
    pub fn with_header(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    /// Asks `understand` first what a refusal means.
    pub fn understanding(mut self, understand: fn(&Refusal<'_>) -> Option<AskError>) -> Self {
        self.understand = understand;
        self
    }

    /// Never asks twice.
    pub fn once(mut self) -> Self {
        self.attempts = 1;
        self
    }

    pub fn cost(&self) -> Cost {
        Cost {
            requests: self.sent.load(Ordering::Relaxed),
            retries: self.repeated.load(Ordering::Relaxed),
            bytes: self.received.load(Ordering::Relaxed),
        }
    }

    pub async fn ask(&self, question: &Question<'_>) -> Result<Answer, AskError> {
        let method = if question.body.is_some() {
            "POST"
        } else {
            "GET"
        };
        let span = tracing::info_span!(
            "request",
            otel.kind = "client",
            platform = %self.platform,
            http.request.method = method,
            http.route = question.route,
            http.response.status_code = Empty,
            retries = Empty,
            error = Empty,
        );
        let result = self.ask_patiently(question).instrument(span.clone()).await;
        if let Err(error) = &result {
            span.record("error", tracing::field::display(error));
            if error.concerns_all() {
                let _ = self.over.set(error.clone());
            }
        }
        result
    }

    /// Every question only reads, those by POST too: repeating one changes nothing.
    async fn ask_patiently(&self, question: &Question<'_>) -> Result<Answer, AskError> {
        let mut attempt = 0;
        loop {
            self.wait_for_turn().await?;
            let Failure {
                error,
                told_to_wait,
            } = match self.send(question).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let Some(backoff) = error.backoff().filter(|_| attempt + 1 < self.attempts) else {
                return Err(error);
            };
            let wait = backoff.wait(attempt, told_to_wait, chance());
            let next = instant(self.clock) + wait;
            if next >= self.until {
                return Err(error);
            }
            tracing::info!(%error, next_try = %next, route = question.route, "trying again");
            Span::current().record("retries", attempt + 1);
            if matches!(error, AskError::Throttled { .. }) {
                self.limiter.pause(next);
            }
            self.clock.sleep_until(next).await;
            self.repeated.fetch_add(1, Ordering::Relaxed);
            attempt += 1;
        }
    }

    async fn wait_for_turn(&self) -> Result<(), AskError> {
        if let Some(error) = self.over.get() {
            return Err(error.clone());
        }
        let turn = self
            .limiter
            .turn(self.clock, self.until)
            .await
            .map_err(|error| AskError::Database(error.to_string()))?;
        if turn >= self.until {
            return Err(AskError::OutOfTime);
        }
        if turn > self.clock.now() {
            self.clock.sleep_until(turn).await;
        }
        // Another question may have found out in the meantime.
        self.over.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    async fn send(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        let asked_at = instant(self.clock);
        let left = self
            .until
            .duration_since(asked_at)
            .try_into()
            .unwrap_or_default();
        let url = address(self.base, question);
        let request = match question.body {
            None => self.client.get(url),
            Some(body) => self.client.post(url).json(body),
        };
        self.sent.fetch_add(1, Ordering::Relaxed);
        let response = request
            .headers(self.headers.clone())
            .timeout(self.request_timeout.min(left))
            .send()
            .await
            .map_err(|error| self.transport(error))
            .inspect_err(|_| self.count(question, "none"))?;

        let status = response.status();
        self.count(question, status.as_str());
        Span::current().record("http.response.status_code", status.as_u16());
        let now = instant(self.clock);
        self.limiter.hear(response.headers(), now);
        let told_to_wait = told_to_wait(response.headers(), now);
        let foreign = foreign_type(response.headers());
        let body = self.body(response).await;
        if status.is_success() {
            let body = body?;
            check_json(status, foreign, &body)?;
            self.answered.store(true, Ordering::Relaxed);
            return Ok(Answer { asked_at, body });
        }
        let refusal = Refusal {
            status,
            body: body.as_deref().ok(),
            answered_before: self.answered.load(Ordering::Relaxed),
        };
        let error = (self.understand)(&refusal).unwrap_or_else(|| meaning(&refusal));
        Err(Failure {
            error,
            told_to_wait,
        })
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, AskError> {
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.transport(error))?
        {
            if body.len() + chunk.len() > LARGEST_BODY {
                return Err(AskError::TooLarge);
            }
            body.extend_from_slice(&chunk);
            let received = i64::try_from(chunk.len()).unwrap_or(i64::MAX);
            self.received.fetch_add(received, Ordering::Relaxed);
        }
        Ok(body)
    }

    fn transport(&self, error: reqwest::Error) -> AskError {
        let host = self.base.host_str().unwrap_or_default().to_owned();
        if error.is_connect() {
            AskError::Unreachable {
                host,
                cause: cause(&error),
            }
        } else if error.is_timeout() {
            AskError::TimedOut { host }
        } else {
            AskError::BrokenOff {
                cause: cause(&error),
            }
        }
    }

    fn count(&self, question: &Question<'_>, status: &str) {
        modstats_telemetry::meter()
            .u64_counter("modstats.collector.requests")
            .with_description("Requests to platforms, repetitions included")
            .build()
            .add(
                1,
                &[
                    KeyValue::new("platform", self.platform.as_str()),
                    KeyValue::new("route", question.route),
                    KeyValue::new("status", status.to_owned()),
                ],
            );
    }
}

/// The question's address: always below `base`, whatever the path's segments are.
fn address(base: &Url, question: &Question<'_>) -> Url {
    let mut url = base.clone();
    // Only an address without a host has no segments; `Endpoints` holds none.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(question.path);
    }
    if !question.query.is_empty() {
        url.query_pairs_mut().extend_pairs(question.query);
    }
    url
}

/// The type of a body that doesn't call itself JSON, such as a page of something in between.
fn foreign_type(headers: &HeaderMap) -> Option<String> {
    let stated = headers.get(CONTENT_TYPE)?.to_str().unwrap_or("?");
    let kind = stated.split(';').next().unwrap_or_default().trim();
    let json = kind.eq_ignore_ascii_case("application/json")
        || kind.to_ascii_lowercase().ends_with("+json");
    (!json).then(|| clean(stated, 60))
}

fn check_json(status: StatusCode, foreign: Option<String>, body: &[u8]) -> Result<(), AskError> {
    let error = match serde_json::from_slice::<IgnoredAny>(body) {
        Ok(_) => match foreign {
            None => return Ok(()),
            Some(kind) => return Err(AskError::NotCalledJson { status, kind }),
        },
        Err(error) => error,
    };
    if error.is_eof() && !body.is_empty() {
        return Err(AskError::BrokenOff {
            cause: format!("its JSON ends at byte {}", body.len()),
        });
    }
    Err(AskError::NotJson {
        status,
        beginning: beginning(body),
    })
}

fn meaning(refusal: &Refusal<'_>) -> AskError {
    let status = refusal.status;
    let detail = refusal.detail();
    match status {
        StatusCode::NOT_FOUND => AskError::NotFound { status },
        StatusCode::GONE => AskError::Retired { status, detail },
        StatusCode::URI_TOO_LONG => AskError::TooLong,
        StatusCode::TOO_MANY_REQUESTS => AskError::Throttled { status, detail },
        _ if status.is_redirection() => AskError::Redirected { status },
        _ if status.is_server_error() => AskError::Server { status, detail },
        _ => AskError::Refused { status, detail },
    }
}

impl Refusal<'_> {
    pub fn is_json(&self) -> bool {
        self.body
            .is_some_and(|body| serde_json::from_slice::<IgnoredAny>(body).is_ok())
    }

    /// What the platform says about it, as `: text`.
    pub fn detail(&self) -> String {
        let Some(body) = self.body else {
            return String::new();
        };
        let said = match serde_json::from_slice::<Value>(body) {
            Ok(json) => ["description", "errorMessage", "error"]
                .iter()
                .find_map(|field| json.get(field)?.as_str())
                .map(|text| clean(text, 200)),
            Err(_) => Some(beginning(body)),
        };
        said.filter(|said| !said.is_empty())
            .map_or_else(String::new, |said| format!(": {said}"))
    }
}

fn beginning(body: &[u8]) -> String {
    clean(&String::from_utf8_lossy(&body[..body.len().min(400)]), 80)
}

/// The innermost reason, which says most; the address in the outer ones is left out.
fn cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    clean(&innermost.to_string(), 200)
}

/// A number between 0 and 1, another one each time.
#[expect(clippy::cast_precision_loss, reason = "any number will do")]
fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(()) as f64 / u64::MAX as f64
}
