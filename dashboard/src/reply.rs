//! Answers: bodies with their headers.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use warp::reply::Response as Reply;

use crate::cache::{Body, Entry, File};
use crate::coding::{Packed, accepts};
use crate::export::pieces;
use crate::server::Allowance;

pub const HTML: &str = "text/html; charset=utf-8";
pub const TEXT: &str = "text/plain; charset=utf-8";
pub const JSON: &str = "application/json";
/// What a page depends on besides its address.
const VARIES: &str = "Cookie, Accept-Language, Accept-Encoding";
pub const PROBLEM: &str = "application/problem+json";

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
pub fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
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
    let mut reply = body_of(TEXT, text.into());
    reply
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}
