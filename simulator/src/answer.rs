//! One answer, before it becomes bytes on a connection.

use bytes::Bytes;
use futures::{StreamExt, stream};
use serde::Serialize;
use warp::Reply;
use warp::reply::Response;

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Empty,
    Json(Vec<u8>),
    Html(String),
    /// The beginning of JSON; then the connection ends.
    Cut(Vec<u8>),
    /// The connection ends without an answer.
    Nothing,
}

impl Answer {
    pub fn new(status: u16, body: Body) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body,
        }
    }

    pub fn empty(status: u16) -> Answer {
        Answer::new(status, Body::Empty)
    }

    pub fn json(status: u16, value: &impl Serialize) -> Answer {
        match serde_json::to_vec(value) {
            Ok(json) => Answer::new(status, Body::Json(json)),
            Err(error) => Answer::html(500, &error.to_string()),
        }
    }

    /// What stands in front of an API answers in HTML.
    pub fn html(status: u16, text: &str) -> Answer {
        let page =
            format!("<!DOCTYPE html>\n<html><body><h1>{status}</h1><p>{text}</p></body></html>\n");
        Answer::new(status, Body::Html(page))
    }

    pub fn with(mut self, header: &'static str, value: impl ToString) -> Answer {
        self.headers.push((header, value.to_string()));
        self
    }

    /// False if the client never learns of an answer.
    pub fn arrives(&self) -> bool {
        !matches!(self.body, Body::Nothing)
    }

    pub fn into_response(self) -> Response {
        let (kind, mut response) = match self.body {
            Body::Empty => (None, Response::default()),
            Body::Json(json) => (Some("application/json"), Response::new(json.into())),
            Body::Html(page) => (Some("text/html"), Response::new(page.into())),
            Body::Cut(json) => (Some("application/json"), cut(Some(json))),
            Body::Nothing => (None, cut(None)),
        };
        *response.status_mut() = http::StatusCode::from_u16(self.status).unwrap_or_default();
        let kind = kind.map(|kind| ("content-type", kind.to_owned()));
        for (name, value) in self.headers.into_iter().chain(kind) {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// A body that fails: the server then drops the connection.
fn cut(begun: Option<Vec<u8>>) -> Response {
    let sends = begun.is_some();
    let begun = stream::iter(begun.map(|json| Ok(Bytes::from(json))));
    let failure = stream::once(async move {
        if sends {
            // What was sent before has to leave the buffer, which takes a turn of the scheduler.
            tokio::task::yield_now().await;
        }
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    warp::reply::stream(begun.chain(failure)).into_response()
}
