//! Why a request gets no view, told in the words of a page or of the API.

use std::time::Duration;

use http::StatusCode;
use http::header::{self, HeaderValue};
use modstats_store::StoreErrorKind;
use serde::Serialize;
use utoipa::ToSchema;
use warp::reply::Response as Reply;

use crate::language::{Argument, Words};
use crate::pages::{Chrome, Frame, Page, TroublePage};
use crate::preferences::Preferences;
use crate::query::QueryError;
use crate::reply::{HTML, PROBLEM, TEXT, body_of, whole_seconds};

/// Seconds after which a database that is away is worth another try.
const RETRY_AFTER: u64 = 10;

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
                Err(_) => (TEXT, page.text),
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
