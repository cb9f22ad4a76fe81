//! Answers: bodies with their headers, and troubles in the words of a page or of the API.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use modstats_store::StoreErrorKind;
use serde::Serialize;
use warp::reply::Response as Reply;

use crate::cache::Entry;
use crate::language::Words;
use crate::pages::{Chrome, Frame, Page, TroublePage};
use crate::preferences::Preferences;
use crate::query::QueryError;

pub const HTML: &str = "text/html; charset=utf-8";
pub const JSON: &str = "application/json";
/// What a page depends on besides its address.
const VARIES: &str = "Cookie, Accept-Language";
/// What all addresses answer but the one for preferences.
pub const READING: &str = "GET, HEAD";
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
    /// What is asked for lies at this address, for good.
    Elsewhere(String),
    NoSuchMod {
        namespace: String,
        name: String,
    },
    /// The address answers these methods only.
    Method(&'static str),
    /// Something would be changed from a page of another site.
    Forbidden,
    TooLarge,
    NoLength,
    Query(QueryError),
    Database(StoreErrorKind),
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

/// RFC 9457.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: String,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
}

impl Trouble {
    fn status(&self) -> StatusCode {
        match self {
            Trouble::Elsewhere(_) => StatusCode::PERMANENT_REDIRECT,
            Trouble::NotFound | Trouble::NoSuchMod { .. } => StatusCode::NOT_FOUND,
            Trouble::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Trouble::Forbidden => StatusCode::FORBIDDEN,
            Trouble::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Trouble::NoLength => StatusCode::LENGTH_REQUIRED,
            Trouble::Query(_) => StatusCode::BAD_REQUEST,
            Trouble::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
            Trouble::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn told(&self) -> Told {
        match self {
            Trouble::Elsewhere(_) => told!("trouble-elsewhere"),
            Trouble::NotFound => told!("trouble-not-found"),
            Trouble::NoSuchMod { .. } => told!("trouble-no-such-mod"),
            Trouble::Method(_) => told!("trouble-method"),
            Trouble::Forbidden => told!("trouble-forbidden"),
            Trouble::TooLarge | Trouble::NoLength => told!("trouble-too-large"),
            Trouble::Query(QueryError::Value { .. }) => Told {
                text: "trouble-query.value",
                ..told!("trouble-query")
            },
            Trouble::Query(QueryError::Key { .. }) => Told {
                text: "trouble-query.unknown",
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
        }
    }

    fn text(&self, words: &Words) -> String {
        let key = self.told().text;
        match self {
            Trouble::Elsewhere(address) => words.with(key, &[("address", address.into())]),
            Trouble::NoSuchMod { namespace, name } => words.with(
                key,
                &[("name", name.into()), ("namespace", namespace.into())],
            ),
            Trouble::Method(methods) => words.with(key, &[("methods", (*methods).into())]),
            Trouble::Query(QueryError::Value {
                field,
                value,
                expected,
            }) => words.with(
                key,
                &[
                    ("field", (*field).into()),
                    ("value", value.into()),
                    ("expected", expected.into()),
                ],
            ),
            Trouble::Query(QueryError::Key { field, known }) => {
                words.with(key, &[("field", field.into()), ("known", (*known).into())])
            }
            Trouble::NotFound
            | Trouble::Forbidden
            | Trouble::TooLarge
            | Trouble::NoLength
            | Trouble::Database(_)
            | Trouble::Internal => words.text(key),
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
                notice: None,
            };
            match page.render(&frame) {
                Ok(html) => (HTML, html),
                Err(_) => ("text/plain; charset=utf-8", page.text),
            }
        } else {
            let (field, value) = match self {
                Trouble::Query(QueryError::Value { field, value, .. }) => {
                    (Some(*field), Some(value.as_str()))
                }
                Trouble::Query(QueryError::Key { field, .. }) => (Some(field.as_str()), None),
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
            Trouble::Method(methods) => {
                headers.insert(header::ALLOW, HeaderValue::from_static(methods));
            }
            Trouble::Database(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
            }
            _ => {}
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
    if entry.page.is_some() {
        headers.insert(header::VARY, HeaderValue::from_static(VARIES));
    }
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
        Trouble::Method(READING),
        Trouble::Forbidden,
        Trouble::TooLarge,
        Trouble::NoLength,
        Trouble::Query(QueryError::value("zz", "zz", "zz")),
        Trouble::Query(QueryError::Key {
            field: "zz".to_owned(),
            known: "zz",
        }),
        Trouble::Internal,
    ]);
    troubles
}
