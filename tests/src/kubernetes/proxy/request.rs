//! What is asked of the API server, in the words of its audit log.

use http::{Method, Uri};
use serde_json::Value;

/// A field that the request doesn't name is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiRequest {
    pub verb: String,
    pub resource: String,
    pub subresource: String,
    pub namespace: String,
    pub name: String,
}

impl ApiRequest {
    /// `body` is looked at for the name of what is created.
    pub(super) fn read(method: &Method, uri: &Uri, body: &[u8]) -> Self {
        let mut parts = uri.path().split('/').filter(|part| !part.is_empty());
        // `api/v1` or `apis/<group>/<version>`.
        let before_resource = if parts.next() == Some("apis") { 2 } else { 1 };
        let mut parts = parts.skip(before_resource).peekable();
        let mut namespace = String::new();
        if parts.peek() == Some(&"namespaces") {
            parts.next();
            namespace = parts.next().unwrap_or_default().to_owned();
        }
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (resource, mut name, subresource) = (next(), next(), next());
        if *method == Method::POST && name.is_empty() {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            name = body["metadata"]["name"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
        }
        Self {
            verb: verb(method, uri, &name).to_owned(),
            resource,
            subresource,
            namespace,
            name,
        }
    }

    /// Whether it is to change anything.
    pub fn is_write(&self) -> bool {
        !["get", "list", "watch"].contains(&self.verb.as_str())
    }
}

fn verb(method: &Method, uri: &Uri, name: &str) -> &'static str {
    let watches = uri.query().is_some_and(|query| {
        query
            .split('&')
            .any(|part| ["watch=true", "watch=1"].contains(&part))
    });
    match *method {
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if name.is_empty() => "deletecollection",
        Method::DELETE => "delete",
        _ if watches => "watch",
        _ if name.is_empty() => "list",
        _ => "get",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_as_the_audit_log_tells_them() {
        for (method, uri, told) in [
            (Method::GET, "/api/v1/pods?limit=1", "list pods   "),
            (
                Method::GET,
                "/api/v1/namespaces/n/pods?&watch=true&limit=1",
                "watch pods  n ",
            ),
            (
                Method::POST,
                "/apis/batch/v1/namespaces/n/jobs?",
                "create jobs  n made",
            ),
            (
                Method::PATCH,
                "/apis/modstats.dev/v1alpha1/namespaces/n/trackedmods/gears/status?force=true",
                "patch trackedmods status n gears",
            ),
            (
                Method::DELETE,
                "/apis/batch/v1/namespaces/n/cronjobs/a",
                "delete cronjobs  n a",
            ),
        ] {
            let body = br#"{"metadata": {"name": "made"}}"#;
            let request = ApiRequest::read(&method, &uri.parse().unwrap(), body);
            let ApiRequest {
                verb,
                resource,
                subresource,
                namespace,
                name,
            } = &request;
            assert_eq!(
                format!("{verb} {resource} {subresource} {namespace} {name}"),
                told
            );
            assert_eq!(
                request.is_write(),
                !matches!(&**verb, "get" | "list" | "watch")
            );
        }
    }
}
