//! Answers: bodies with their headers, and troubles in the words of a page or of the API.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use modstats_store::StoreErrorKind;
use serde::Serialize;
use utoipa::ToSchema;
use warp::reply::Response as Reply;

use crate::cache::{Body, Entry, File};
use crate::coding::{Packed, accepts};
use crate::export::pieces;
use crate::language::{Argument, Words};
use crate::pages::{Chrome, Frame, Page, TroublePage};
use crate::preferences::Preferences;
use crate::query::QueryError;
use crate::server::Allowance;

pub const HTML: &str = "text/html; charset=utf-8";
pub const JSON: &str = "application/json";
/// What a page depends on besides its address.
const VARIES: &str = "Cookie, Accept-Language, Accept-Encoding";
pub const PROBLEM: &str = "application/problem+json";

/// Seconds after which a database that is away is worth another try.
const RETRY_AFTER: u64 = 10;

const SECURITY: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Without any, a form would tell us nothing of where it comes from either.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
];

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// What scripts of any site may do with the API, which is the same for everybody.
const SHARED: [(HeaderName, &str); 3] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "ETag, Link, RateLimit, RateLimit-Policy, Retry-After",
    ),
    (CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"),
];

const PREFLIGHT: [(HeaderName, &str); 3] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
    (header::ACCESS_CONTROL_MAX_AGE, "86400"),
];

/// Where an answer goes, as far as browsers must know what may be done with it.
#[derive(Clone, Copy, Debug)]
pub struct Secured {
    pub of_api: bool,
    pub by_tls: bool,
    /// No other site shares the host's name.
    pub whole_host: bool,
}

impl Secured {
    pub fn write(&self, headers: &mut HeaderMap) {
        let shared = match self.of_api {
            true => &SHARED[..],
            false => &[],
        };
        for (name, value) in SECURITY.iter().chain(shared) {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if self.by_tls {
            let year = match self.whole_host {
                true => "max-age=31536000; includeSubDomains",
                false => "max-age=31536000",
            };
            let year = HeaderValue::from_static(year);
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
    }
}

/// The answer to a browser that asks what scripts of other sites may do.
pub fn preflight() -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = StatusCode::NO_CONTENT;
    for (name, value) in PREFLIGHT {
        reply
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    reply
}

/// As in the IETF's draft-ietf-httpapi-ratelimit-headers.
pub fn allowance_headers(allowance: &Allowance, headers: &mut HeaderMap) {
    let policy = format!(
        "\"client\";q={};w={}",
        allowance.rate.burst,
        whole_seconds(allowance.rate.window())
    );
    let now = format!(
        "\"client\";r={};t={}",
        allowance.remaining,
        whole_seconds(allowance.reset)
    );
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", now)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// Rounded up, so that whoever waits for so long has waited long enough.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Why a request gets no view.
#[derive(Clone, Debug)]
pub enum Trouble {
    NotFound,
    /// What is asked for lies at this address, for good.
    Elsewhere(String),
    NoSuchMod {
        namespace: String,
        name: String,
    },
    /// The methods that are.
    MethodNotAllowed(&'static str),
    /// Something would be changed from a page of another site.
    Forbidden,
    Address,
    AddressTooLong,
    HeadersTooLarge,
    BodyTooLarge,
    BodyTooSlow,
    BodyBroken,
    /// When the next one is answered.
    TooManyRequests(Duration),
    Query {
        error: QueryError,
        /// The address of the same page without what can't be followed.
        instead: Option<String>,
    },
    Database(StoreErrorKind),
    TooSlow,
    /// A defect of the dashboard.
    Internal,
}

/// The keys of what is said of a trouble.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    heading: &'static str,
    pub text: &'static str,
    /// What can be done about it.
    advice: &'static str,
}

macro_rules! told {
    ($key:literal) => {
        Told {
            heading: $key,
            text: concat!($key, ".text"),
            advice: concat!($key, ".advice"),
        }
    };
}

/// Why there is no answer, as RFC 9457 tells it.
#[derive(Serialize, ToSchema)]
pub struct Problem<'a> {
    r#type: &'static str,
    title: String,
    status: u16,
    detail: String,
    /// The query parameter that can't be followed, and what was given for it.
    field: Option<&'a str>,
    value: Option<&'a str>,
}

impl Trouble {
    pub fn of_program(error: QueryError) -> Trouble {
        Trouble::Query {
            error,
            instead: None,
        }
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Trouble::Elsewhere(_) => StatusCode::PERMANENT_REDIRECT,
            Trouble::NotFound | Trouble::NoSuchMod { .. } => StatusCode::NOT_FOUND,
            Trouble::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Trouble::Forbidden => StatusCode::FORBIDDEN,
            Trouble::Address | Trouble::BodyBroken | Trouble::Query { .. } => {
                StatusCode::BAD_REQUEST
            }
            Trouble::AddressTooLong => StatusCode::URI_TOO_LONG,
            Trouble::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Trouble::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Trouble::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Trouble::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Trouble::Database(_) | Trouble::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Trouble::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn told(&self) -> Told {
        match self {
            Trouble::Elsewhere(_) => told!("trouble-elsewhere"),
            Trouble::NotFound => told!("trouble-not-found"),
            Trouble::NoSuchMod { .. } => told!("trouble-no-such-mod"),
            Trouble::MethodNotAllowed(_) => told!("trouble-method"),
            Trouble::Forbidden => told!("trouble-forbidden"),
            Trouble::Address => told!("trouble-address"),
            Trouble::AddressTooLong => told!("trouble-address-too-long"),
            Trouble::HeadersTooLarge => told!("trouble-headers-too-large"),
            Trouble::BodyTooLarge => told!("trouble-body-too-large"),
            Trouble::BodyTooSlow => told!("trouble-body-too-slow"),
            Trouble::BodyBroken => told!("trouble-body-broken"),
            Trouble::TooManyRequests(_) => told!("trouble-too-many-requests"),
            Trouble::TooSlow => told!("trouble-too-slow"),
            Trouble::Query { error, .. } => Told {
                text: match error {
                    QueryError::Value { .. } => "trouble-query.value",
                    QueryError::Unknown { .. } => "trouble-query.unknown",
                    QueryError::Repeated { .. } => "trouble-query.repeated",
                    QueryError::TooLong => "trouble-query.too-long",
                },
                ..told!("trouble-query")
            },
            Trouble::Database(kind) => database_state(*kind),
            Trouble::Internal => told!("trouble-internal"),
        }
    }

    pub fn page(&self, words: &Words) -> TroublePage {
        let told = self.told();
        TroublePage {
            status: self.status().as_u16(),
            heading: words.text(told.heading),
            text: self.text(words),
            advice: words.text(told.advice),
            instead: self.instead().map(str::to_owned),
        }
    }

    fn text(&self, words: &Words) -> String {
        let with = |args: &[(&'static str, Argument<'_>)]| words.with(self.told().text, args);
        match self {
            Trouble::Elsewhere(address) => with(&[("address", address.into())]),
            Trouble::NoSuchMod { namespace, name } => {
                with(&[("name", name.into()), ("namespace", namespace.into())])
            }
            Trouble::MethodNotAllowed(methods) => with(&[("methods", (*methods).into())]),
            Trouble::TooManyRequests(next) => with(&[(
                "seconds",
                i64::try_from(whole_seconds(*next))
                    .unwrap_or(i64::MAX)
                    .into(),
            )]),
            Trouble::Query { error, .. } => match error {
                QueryError::Value {
                    field,
                    value,
                    expected,
                } => with(&[
                    ("field", (*field).into()),
                    ("value", value.into()),
                    ("expected", expected.as_ref().into()),
                ]),
                QueryError::Unknown { field, known } => {
                    with(&[("field", field.into()), ("known", known.into())])
                }
                QueryError::Repeated { field } => with(&[("field", field.into())]),
                QueryError::TooLong => words.text(self.told().text),
            },
            Trouble::NotFound
            | Trouble::Forbidden
            | Trouble::Address
            | Trouble::AddressTooLong
            | Trouble::HeadersTooLarge
            | Trouble::BodyTooLarge
            | Trouble::BodyTooSlow
            | Trouble::BodyBroken
            | Trouble::TooSlow
            | Trouble::Database(_)
            | Trouble::Internal => words.text(self.told().text),
        }
    }

    /// Where to go instead.
    fn instead(&self) -> Option<&str> {
        match self {
            Trouble::Query { instead, .. } => instead.as_deref(),
            _ => None,
        }
    }

    /// Whether nothing more is read of a client.
    pub fn ends_connection(&self) -> bool {
        matches!(
            self,
            Trouble::HeadersTooLarge | Trouble::AddressTooLong | Trouble::TooManyRequests(_)
        )
    }

    /// When it is worth another try.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Trouble::TooManyRequests(next) => Some(whole_seconds(*next).max(1)),
            Trouble::Database(_) | Trouble::TooSlow => Some(RETRY_AFTER),
            _ => None,
        }
    }

    /// The answer, to a person with preferences, or to a program in English.
    pub fn reply(&self, chrome: &Chrome, preferences: Option<&Preferences>) -> Reply {
        let status = self.status();
        let (content_type, body) = if let Some(preferences) = preferences {
            let words = &preferences.words();
            let page = self.page(words);
            let frame = Frame {
                chrome,
                words,
                preferences,
                address: &chrome.links.mods(),
            };
            match page.render(&frame) {
                Ok(html) => (HTML, html),
                Err(_) => ("text/plain; charset=utf-8", page.text),
            }
        } else {
            let (field, value) = match self {
                Trouble::Query { error, .. } => (error.field(), error.given()),
                _ => (None, None),
            };
            let words = Preferences::default().words();
            let problem = Problem {
                r#type: "about:blank",
                title: words.text(self.told().heading),
                status: status.as_u16(),
                detail: self.text(&words),
                field,
                value,
            };
            (PROBLEM, serde_json::to_string(&problem).unwrap_or_default())
        };
        let mut reply = body_of(content_type, body.into());
        *reply.status_mut() = status;
        let headers = reply.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Trouble::Elsewhere(address) => {
                if let Ok(address) = HeaderValue::from_str(address) {
                    headers.insert(header::LOCATION, address);
                }
            }
            Trouble::MethodNotAllowed(allowed) => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
            }
            _ => {}
        }
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        reply
    }
}

/// What is wrong with the database, without what only its operator may know.
pub fn database_state(kind: StoreErrorKind) -> Told {
    match kind {
        StoreErrorKind::NoSchema => told!("trouble-no-schema"),
        StoreErrorKind::TooNew => told!("trouble-too-new"),
        StoreErrorKind::Unavailable => told!("trouble-unavailable"),
        StoreErrorKind::Configuration => told!("trouble-configuration"),
        StoreErrorKind::Query => told!("trouble-database-query"),
    }
}

/// Whether the client has what bears this tag.
pub fn is_known(request: &HeaderMap, etag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == etag || tag == "*")
}

/// A rendered view, or "not modified" for who has it already.
pub fn of_entry(entry: &Entry, request: &HeaderMap) -> Reply {
    let packed = accepts(request, Packed::CODING) && !matches!(entry.body, Body::File(_));
    // Each coding of it is a thing of its own.
    let etag = match packed {
        true => format!("\"{}-{}\"", entry.tag, Packed::CODING),
        false => format!("\"{}\"", entry.tag),
    };
    let mut reply = match is_known(request, &etag) {
        true => {
            let mut reply = Response::new(Bytes::new().into());
            *reply.status_mut() = StatusCode::NOT_MODIFIED;
            reply
        }
        false => match &entry.body {
            Body::Page(html) => text_of(HTML, html, packed),
            Body::Json(json) => text_of(JSON, json, packed),
            Body::File(file) => file_of(file),
        },
    };
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let varies = match entry.body {
        Body::Page(_) => Some(VARIES),
        Body::Json(_) => Some("Accept-Encoding"),
        Body::File(_) => None,
    };
    if let Some(varies) = varies {
        headers.insert(header::VARY, HeaderValue::from_static(varies));
    }
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    reply
}

fn text_of(content_type: &'static str, text: &Packed, packed: bool) -> Reply {
    if !packed {
        return body_of(content_type, text.unpack().into());
    }
    let mut reply = body_of(content_type, text.bytes().clone());
    let coding = HeaderValue::from_static(Packed::CODING);
    reply.headers_mut().insert(header::CONTENT_ENCODING, coding);
    reply
}

/// A table, sent as fast as it is taken.
fn file_of(file: &File) -> Reply {
    let pieces = pieces(file.table.clone(), file.format).map(Ok::<_, Infallible>);
    let stream = warp::reply::stream(futures::stream::iter(pieces));
    let mut reply = warp::Reply::into_response(stream);
    let headers = reply.headers_mut();
    let content_type = HeaderValue::from_static(file.format.content_type());
    headers.insert(header::CONTENT_TYPE, content_type);
    let saved = format!("attachment; filename=\"{}\"", file.name);
    if let Ok(saved) = HeaderValue::from_str(&saved) {
        headers.insert(header::CONTENT_DISPOSITION, saved);
    }
    reply
}

pub fn body_of(content_type: &'static str, body: Bytes) -> Reply {
    let mut reply = Response::new(body.into());
    reply
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

pub fn plain(text: &'static str) -> Reply {
    let mut reply = body_of("text/plain; charset=utf-8", text.into());
    reply
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

#[cfg(test)]
pub fn sample_troubles() -> Vec<Trouble> {
    use StoreErrorKind::{Configuration, NoSchema, Query, TooNew, Unavailable};
    let kinds = [NoSchema, TooNew, Unavailable, Configuration, Query];
    let mut troubles: Vec<Trouble> = kinds.map(Trouble::Database).into();
    troubles.extend([
        Trouble::NotFound,
        Trouble::Elsewhere("/zz".to_owned()),
        Trouble::NoSuchMod {
            namespace: "zz".to_owned(),
            name: "zz".to_owned(),
        },
        Trouble::MethodNotAllowed("GET, HEAD"),
        Trouble::Forbidden,
        Trouble::Address,
        Trouble::AddressTooLong,
        Trouble::HeadersTooLarge,
        Trouble::BodyTooLarge,
        Trouble::BodyTooSlow,
        Trouble::BodyBroken,
        Trouble::TooManyRequests(Duration::from_secs(7)),
        Trouble::TooSlow,
        Trouble::Internal,
    ]);
    let zz = || "zz".to_owned();
    let queries = [
        QueryError::value("zz", "zz", "zz"),
        QueryError::Unknown {
            field: zz(),
            known: zz(),
        },
        QueryError::Repeated { field: zz() },
        QueryError::TooLong,
    ];
    troubles.extend(queries.map(|error| Trouble::Query {
        error,
        instead: Some("#zz".to_owned()),
    }));
    troubles
}
