//! Answers: bodies with their headers, and troubles in the words of a page or of the API.

use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use modstats_store::StoreErrorKind;
use serde::Serialize;
use utoipa::ToSchema;
use warp::reply::Response as Reply;

use crate::cache::Entry;
use crate::pages::{Chrome, Page, TroublePage};
use crate::query::QueryError;
use crate::server::Allowance;

pub const HTML: &str = "text/html; charset=utf-8";
pub const JSON: &str = "application/json";
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

/// Why there is no answer, as RFC 9457 tells it.
#[derive(Serialize, ToSchema)]
pub struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
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

    fn title(&self) -> &'static str {
        match self {
            Trouble::Elsewhere(_) => "This has moved",
            Trouble::NotFound => "There is no such page",
            Trouble::NoSuchMod { .. } => "There is no such mod",
            Trouble::MethodNotAllowed(_) => "This can’t be done here",
            Trouble::Address => "The address is broken",
            Trouble::AddressTooLong => "The address is too long",
            Trouble::HeadersTooLarge => "The request is too large",
            Trouble::BodyTooLarge => "Too much was sent",
            Trouble::BodyTooSlow => "The request came too slowly",
            Trouble::BodyBroken => "The request broke off",
            Trouble::TooManyRequests(_) => "Too many requests",
            Trouble::TooSlow => "This took too long",
            Trouble::Query { .. } => "The query can’t be followed",
            Trouble::Database(StoreErrorKind::NoSchema) => "No data yet",
            Trouble::Database(_) => "The data can’t be read",
            Trouble::Internal => "Something is wrong with the dashboard",
        }
    }

    fn text(&self) -> String {
        match self {
            Trouble::Elsewhere(address) => format!("It is at {address}"),
            Trouble::NotFound => "Nothing is served at this address.".to_owned(),
            Trouble::NoSuchMod { namespace, name } => {
                format!("No TrackedMod {name} in the namespace {namespace} has been collected.")
            }
            Trouble::MethodNotAllowed(allowed) => {
                format!("This address answers to {allowed} only.")
            }
            Trouble::Address => "No page has an address with such characters.".to_owned(),
            Trouble::AddressTooLong => "No page has an address as long as this one.".to_owned(),
            Trouble::HeadersTooLarge => {
                "The request has too many headers, or too long ones.".to_owned()
            }
            Trouble::BodyTooLarge => "The request holds more than any form here.".to_owned(),
            Trouble::BodyTooSlow => "The rest of the request didn’t come in time.".to_owned(),
            Trouble::BodyBroken => "The rest of the request makes no sense.".to_owned(),
            Trouble::TooManyRequests(next) => format!(
                "So many requests came from your address that the next one has to wait for {} s.",
                whole_seconds(*next)
            ),
            Trouble::TooSlow => "The answer wasn’t ready in time.".to_owned(),
            Trouble::Query { error, .. } => error.to_string(),
            Trouble::Database(kind) => database_state(*kind).to_owned(),
            Trouble::Internal => "The request failed inside of the dashboard.".to_owned(),
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Trouble::Elsewhere(_) => "Follow the address.",
            Trouble::TooManyRequests(_) | Trouble::TooSlow => "Try again a little later.",
            Trouble::HeadersTooLarge => "Remove the cookies of this site, and try again.",
            Trouble::BodyTooLarge | Trouble::BodyTooSlow | Trouble::BodyBroken => "Try again.",
            Trouble::NotFound
            | Trouble::MethodNotAllowed(_)
            | Trouble::Address
            | Trouble::AddressTooLong => "All mods are on the first page.",
            Trouble::NoSuchMod { .. } => {
                "Look for its name on the first page. A new mod appears with its first collection."
            }
            Trouble::Query { .. } => "Change the address, or go on without it.",
            Trouble::Database(StoreErrorKind::NoSchema) => {
                "The first collection creates the tables. Nothing needs to be done here."
            }
            Trouble::Database(StoreErrorKind::Unavailable) => {
                "The dashboard tries again with the next request."
            }
            Trouble::Database(StoreErrorKind::TooNew) => "Update the dashboard.",
            Trouble::Database(_) | Trouble::Internal => "The dashboard’s log has the details.",
        }
    }

    /// Where to go instead.
    fn instead(&self) -> Option<&str> {
        match self {
            Trouble::Elsewhere(url) => Some(url),
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

    /// The answer, for programs or for people.
    pub fn reply(&self, chrome: &Chrome, for_programs: bool) -> Reply {
        let (status, text) = (self.status(), self.text());
        let (content_type, body) = if for_programs {
            let (field, value) = match self {
                Trouble::Query { error, .. } => (error.field(), error.given()),
                _ => (None, None),
            };
            let problem = Problem {
                r#type: "about:blank",
                title: self.title(),
                status: status.as_u16(),
                detail: &text,
                field,
                value,
            };
            (PROBLEM, serde_json::to_string(&problem).unwrap_or_default())
        } else {
            let page = TroublePage {
                status: status.as_u16(),
                heading: self.title(),
                text: text.clone(),
                advice: self.advice(),
                instead: self.instead().map(str::to_owned),
            };
            match Page::Trouble(page).render(chrome, None) {
                Ok(html) => (HTML, html),
                Err(_) => ("text/plain; charset=utf-8", text),
            }
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
pub fn database_state(kind: StoreErrorKind) -> &'static str {
    match kind {
        StoreErrorKind::NoSchema => "The database has no tables yet.",
        StoreErrorKind::TooNew => "The database is of a newer version than this dashboard.",
        StoreErrorKind::Unavailable => "The database can’t be reached.",
        StoreErrorKind::Configuration => {
            "The database refuses: its address, file, user or permissions are wrong."
        }
        StoreErrorKind::Query => "A query to the database failed.",
    }
}

/// A rendered view, or "not modified" for who has it already.
pub fn of_entry(entry: &Entry, request: &HeaderMap) -> Reply {
    let known = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == entry.etag || tag == "*");
    let content_type = if entry.page.is_some() { HTML } else { JSON };
    let mut reply = match known {
        true => {
            let mut reply = Response::new(Bytes::new().into());
            *reply.status_mut() = StatusCode::NOT_MODIFIED;
            reply
        }
        false => body_of(content_type, entry.body.clone()),
    };
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(etag) = HeaderValue::from_str(&entry.etag) {
        headers.insert(header::ETAG, etag);
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
