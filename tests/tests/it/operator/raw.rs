//! TrackedMods as any client may send them, whatever our own types would allow.

use serde_json::Value;

use super::*;

/// Posts a TrackedMod; gives back what was stored, or the API server's own answer.
pub async fn create(ground: &Ground<'_>, object: &Value) -> Result<Value, kube::core::Status> {
    let path = format!(
        "/apis/modstats.dev/v1alpha1/namespaces/{}/trackedmods",
        ground.namespace
    );
    let request = http::Request::post(path)
        .header("Content-Type", "application/json")
        .body(serde_json::to_vec(object).unwrap())
        .unwrap();
    match ground.client.request(request).await {
        Ok(stored) => Ok(stored),
        Err(kube::Error::Api(status)) => Err(*status),
        Err(error) => panic!("{error}"),
    }
}

/// Every text in a value, keys of maps too.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| [vec![name.as_str()], texts(value)].concat())
            .collect(),
        _ => Vec::new(),
    }
}
