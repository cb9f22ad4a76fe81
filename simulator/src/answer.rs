//! One answer, before it becomes bytes on a connection.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use http::{HeaderName, StatusCode};
use serde::Serialize;
use warp::Reply;
use warp::reply::Response;

pub(crate) const JSON: &str = "application/json";

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    /// The type of its content; may be empty.
    pub kind: &'static str,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Whole(Vec<u8>),
    /// A beginning; then the connection ends.
    Cut(Vec<u8>),
    /// One byte each time.
    Trickle(Vec<u8>, Duration),
    /// A beginning, then blanks for ever.
    Endless(Vec<u8>),
    /// The connection ends without an answer.
    Nothing,
}

impl Answer {
    pub fn new(status: u16, kind: &'static str, body: Body) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            kind,
            body,
        }
    }

    pub fn empty(status: u16) -> Answer {
        Answer::new(status, "", Body::Whole(Vec::new()))
    }

    pub fn json(status: u16, value: &impl Serialize) -> Answer {
        match serde_json::to_vec(value) {
            Ok(json) => Answer::new(status, JSON, Body::Whole(json)),
            Err(error) => Answer::html(500, &error.to_string()),
        }
    }

    /// What stands in front of an API answers in HTML.
    pub fn html(status: u16, text: &str) -> Answer {
        let page =
            format!("<!DOCTYPE html>\n<html><body><h1>{status}</h1><p>{text}</p></body></html>\n");
        Answer::new(status, "text/html", Body::Whole(page.into_bytes()))
    }

    pub fn with(mut self, header: &'static str, value: impl ToString) -> Answer {
        self.headers.push((header, value.to_string()));
        self
    }

    /// False if the client never learns of an answer.
    pub fn arrives(&self) -> bool {
        !matches!(self.body, Body::Nothing)
    }

    /// What takes its time to be sent is given up at the `end`.
    pub fn into_response(self, end: impl Future<Output = ()> + Send + Sync + 'static) -> Response {
        let mut response = match self.body {
            Body::Whole(body) => Response::new(body.into()),
            Body::Cut(begun) => cut(stream::iter([begun.into()])),
            Body::Trickle(body, interval) => {
                let bytes = stream::iter(body).then(move |byte| async move {
                    tokio::time::sleep(interval).await;
                    Bytes::from(vec![byte])
                });
                cut(bytes.take_until(end))
            }
            Body::Endless(begun) => {
                const BLANKS: &[u8] = &[b' '; 1 << 16];
                let blanks = stream::repeat(Bytes::from_static(BLANKS));
                cut(stream::iter([begun.into()]).chain(blanks).take_until(end))
            }
            Body::Nothing => warp::reply::stream(stream::iter([reset()])).into_response(),
        };
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        let kind = Some(self.kind).filter(|kind| !kind.is_empty());
        let kind = kind.map(|kind| ("content-type", kind.to_owned()));
        for (name, value) in self.headers.into_iter().chain(kind) {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

/// A body that fails in the end: the server then drops the connection. A client that by then has as
/// many bytes as the headers promised never notices.
fn cut(sent: impl Stream<Item = Bytes> + Send + Sync + 'static) -> Response {
    let failure = stream::once(async {
        // What was sent before has to leave the buffer, which takes a turn of the scheduler.
        tokio::task::yield_now().await;
        reset()
    });
    warp::reply::stream(sent.map(Ok).chain(failure)).into_response()
}

fn reset() -> io::Result<Bytes> {
    Err(io::ErrorKind::ConnectionReset.into())
}
