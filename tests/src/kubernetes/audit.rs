//! Who asked the API server for what, as it wrote it down before it answered.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use serde::Deserialize;

/// Every request and its answer, without their bodies.
pub const POLICY: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
";

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    pub verb: String,
    #[serde(rename = "requestURI")]
    pub request_uri: String,
    pub user: AuditUser,
    #[serde(default)]
    pub user_agent: String,
    pub object_ref: Option<AuditObject>,
    response_status: Option<AuditStatus>,
    request_received_timestamp: Timestamp,
    stage_timestamp: Timestamp,
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct AuditUser {
    pub username: String,
}

/// What was asked for. A field that the request doesn't name is empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditObject {
    pub api_group: String,
    pub resource: String,
    pub subresource: String,
    pub namespace: String,
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
struct AuditStatus {
    code: u16,
}

impl AuditEvent {
    /// The HTTP status; 0 while a watch is still open.
    pub fn code(&self) -> u16 {
        self.response_status
            .as_ref()
            .map_or(0, |status| status.code)
    }

    /// From the request's arrival to its answer.
    pub fn took(&self) -> Duration {
        let took = self
            .stage_timestamp
            .duration_since(self.request_received_timestamp);
        took.unsigned_abs()
    }

    /// Whether it was to change anything.
    pub fn is_write(&self) -> bool {
        !["get", "list", "watch"].contains(&self.verb.as_str())
    }

    /// Whether RBAC let it pass; something else may have refused it nevertheless.
    pub fn is_allowed(&self) -> bool {
        self.annotations
            .get("authorization.k8s.io/decision")
            .is_some_and(|decision| decision == "allow")
    }
}

/// The events so far, as far as their text contains `part`. A line that is being written is left
/// for the next time.
pub fn read(log: &Path, part: &str) -> Vec<AuditEvent> {
    let text = fs::read_to_string(log).unwrap_or_else(|error| {
        panic!(
            "{}: {error}. Only a control plane of the tests' own has an audit log.",
            log.display()
        )
    });
    let (complete, _) = text.rsplit_once('\n').unwrap_or_default();
    complete
        .lines()
        .filter(|line| line.contains(part))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}
