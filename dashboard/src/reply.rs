//! Answers: bodies with their headers, and troubles in the words of a page or of the API.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use modstats_store::StoreErrorKind;
use serde::Serialize;
use warp::reply::Response as Reply;

use crate::cache::Entry;
use crate::pages::{Chrome, Page, TroublePage};
use crate::query::QueryError;

pub const HTML: &str = "text/html; charset=utf-8";
pub const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// Seconds after which a database that is away is worth another try.
const RETRY_AFTER: &str = "10";

const SECURITY: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
];

pub fn secure(headers: &mut HeaderMap) {
    for (name, value) in SECURITY {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Why a request gets no view.
#[derive(Clone, Debug)]
pub enum Trouble {
    NotFound,
    NoSuchMod {
        namespace: String,
        name: String,
    },
    MethodNotAllowed,
    /// A page is found at another address: that is its canonical spelling.
    Elsewhere(String),
    Query {
        error: QueryError,
        /// The address of the same page without what can't be followed.
        instead: Option<String>,
    },
    Database(StoreErrorKind),
    /// A defect of the dashboard.
    Internal,
}

/// RFC 9457.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
}

impl Trouble {
    pub fn of_program(error: QueryError) -> Trouble {
        Trouble::Query {
            error,
            instead: None,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Trouble::NotFound | Trouble::NoSuchMod { .. } => StatusCode::NOT_FOUND,
            Trouble::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Trouble::Elsewhere(_) => StatusCode::PERMANENT_REDIRECT,
            Trouble::Query { .. } => StatusCode::BAD_REQUEST,
            Trouble::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
            Trouble::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Trouble::NotFound => "There is no such page",
            Trouble::NoSuchMod { .. } => "There is no such mod",
            Trouble::MethodNotAllowed => "Only reading is possible here",
            Trouble::Elsewhere(_) => "The page has another address",
            Trouble::Query { .. } => "The query can’t be followed",
            Trouble::Database(StoreErrorKind::NoSchema) => "No data yet",
            Trouble::Database(_) => "The data can’t be read",
            Trouble::Internal => "Something is wrong with the dashboard",
        }
    }

    fn text(&self) -> String {
        match self {
            Trouble::NotFound => "Nothing is served at this address.".to_owned(),
            Trouble::NoSuchMod { namespace, name } => {
                format!("No TrackedMod {name} in the namespace {namespace} has been collected.")
            }
            Trouble::MethodNotAllowed => "This address answers GET and HEAD.".to_owned(),
            Trouble::Elsewhere(_) => "This is another spelling of its address.".to_owned(),
            Trouble::Query { error, .. } => error.to_string(),
            Trouble::Database(kind) => database_state(*kind).to_owned(),
            Trouble::Internal => "The request failed inside of the dashboard.".to_owned(),
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Trouble::NotFound | Trouble::MethodNotAllowed => "All mods are on the first page.",
            Trouble::NoSuchMod { .. } => {
                "Look for its name on the first page. A new mod appears with its first collection."
            }
            Trouble::Elsewhere(_) => "The link leads there.",
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
            Trouble::MethodNotAllowed => {
                headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            Trouble::Database(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
            }
            Trouble::Elsewhere(url) => {
                if let Ok(location) = HeaderValue::from_str(url) {
                    headers.insert(header::LOCATION, location);
                }
            }
            _ => {}
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
    let content_type = if entry.page.is_some() { HTML } else { JSON };
    let mut reply = match is_known(request, &entry.etag) {
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
