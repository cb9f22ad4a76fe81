//! What goes to the API server and comes back: every call is counted, and watches leave a trace of
//! their progress.

use std::task::{self, Poll};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use http_body_util::combinators::MapFrame;
use kube::client::Body;
use tower::{Layer, Service};

use crate::metrics::Metrics;
use crate::pulse::Pulse;

/// Goes around a client's connection.
#[derive(Clone)]
pub struct Wire {
    pub metrics: Metrics,
    /// Of a client that only watches.
    pub pulse: Option<Pulse>,
}

#[derive(Clone)]
pub struct Wired<S> {
    inner: S,
    wire: Wire,
}

impl<S> Layer<S> for Wire {
    type Service = Wired<S>;

    fn layer(&self, inner: S) -> Wired<S> {
        Wired {
            inner,
            wire: self.clone(),
        }
    }
}

type Frame = http_body::Frame<Bytes>;
type Heard<B> = MapFrame<B, Box<dyn FnMut(Frame) -> Frame + Send>>;

impl<S, B> Service<Request<Body>> for Wired<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + 'static,
{
    type Response = Response<Heard<B>>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Self::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let call = Call::of(&request);
        let wire = self.wire.clone();
        let answer = self.inner.call(request);
        async move {
            let answer = answer.await;
            let code = answer.as_ref().map_or(0, |it| it.status().as_u16());
            wire.metrics.called(call.verb, &call.resource, code);
            let answer = answer?;
            if call.verb == "list"
                && answer.status().is_success()
                && let Some(pulse) = &wire.pulse
            {
                pulse.listed();
            }
            let heard = move || {
                if let Some(pulse) = &wire.pulse {
                    pulse.felt(&call.resource);
                }
            };
            heard();
            Ok(answer.map(|body| {
                let heard = move |frame| {
                    heard();
                    frame
                };
                body.map_frame(Box::new(heard) as Box<dyn FnMut(Frame) -> Frame + Send>)
            }))
        }
        .boxed()
    }
}

/// A call as RBAC and the audit log name it.
#[derive(Debug, PartialEq, Eq)]
struct Call {
    verb: &'static str,
    /// Plural, with its subresource.
    resource: String,
}

impl Call {
    /// The path is `/api/v1/…` or `/apis/GROUP/VERSION/…`, then `namespaces/NAMESPACE/` where it is
    /// for one, then `RESOURCE/NAME/SUBRESOURCE` or the start of that.
    fn of<B>(request: &Request<B>) -> Call {
        let path = request.uri().path().trim_start_matches('/');
        let mut parts = path.split('/');
        let versions = if parts.next() == Some("api") { 1 } else { 2 };
        let mut parts: Vec<&str> = parts.skip(versions).collect();
        if parts.len() > 2 && parts[0] == "namespaces" {
            parts.drain(..2);
        }
        let query = request.uri().query().unwrap_or_default();
        let watches = query.split('&').any(|it| it == "watch=true");
        let verb = match *request.method() {
            Method::GET if watches => "watch",
            Method::GET if parts.len() > 1 => "get",
            Method::GET => "list",
            Method::POST => "create",
            Method::PATCH => "patch",
            Method::DELETE => "delete",
            _ => "other",
        };
        let resource = match parts[..] {
            [resource, _, subresource] => format!("{resource}/{subresource}"),
            [resource, ..] => resource.to_owned(),
            [] => "none".to_owned(),
        };
        Call { verb, resource }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_the_names_that_rbac_gives_it() {
        for (method, uri, verb, resource) in [
            (
                "GET",
                "/apis/batch/v1/namespaces/a/cronjobs?labelSelector=b&watch=true",
                "watch",
                "cronjobs",
            ),
            (
                "GET",
                "/apis/modstats.dev/v1alpha1/trackedmods?limit=500",
                "list",
                "trackedmods",
            ),
            (
                "GET",
                "/apis/modstats.dev/v1alpha1/namespaces/a/trackedmods/b",
                "get",
                "trackedmods",
            ),
            (
                "PATCH",
                "/apis/modstats.dev/v1alpha1/namespaces/a/trackedmods/b/status?force=true",
                "patch",
                "trackedmods/status",
            ),
            ("GET", "/api/v1/namespaces/namespaces/pods", "list", "pods"),
            (
                "POST",
                "/apis/batch/v1/namespaces/a/jobs?",
                "create",
                "jobs",
            ),
            (
                "DELETE",
                "/apis/batch/v1/namespaces/a/cronjobs/b",
                "delete",
                "cronjobs",
            ),
            ("GET", "/", "list", "none"),
        ] {
            let request = Request::builder().method(method).uri(uri).body(()).unwrap();
            let expected = Call {
                verb,
                resource: resource.to_owned(),
            };
            assert_eq!(Call::of(&request), expected, "{uri}");
        }
    }
}
