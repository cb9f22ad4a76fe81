use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

/// Ends a pod as a kubelet would: its first container left with this exit code, and wrote this
/// termination message.
pub async fn finish_pod(
    client: &Client,
    namespace: &str,
    pod: &str,
    exit_code: i32,
    message: &str,
) {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let explain = |error: kube::Error| -> ! { panic!("pod {namespace}/{pod}: {error}") };
    let spec = pods
        .get(pod)
        .await
        .unwrap_or_else(|error| explain(error))
        .spec
        .expect("a pod has a spec");
    let container = &spec.containers[0];
    let (phase, reason) = match exit_code {
        0 => ("Succeeded", "Completed"),
        _ => ("Failed", "Error"),
    };
    let now = Time(Timestamp::now());
    let status = json!({"status": {
        "phase": phase,
        "conditions": [{"type": "Ready", "status": "False", "reason": "PodCompleted"}],
        "containerStatuses": [{
            "name": container.name,
            "image": container.image,
            "imageID": "sha256:0",
            "ready": false,
            "started": false,
            "restartCount": 0,
            "state": {"terminated": {
                "exitCode": exit_code,
                "reason": reason,
                "message": message,
                "startedAt": now,
                "finishedAt": now,
            }},
        }],
    }});
    pods.patch_status(pod, &PatchParams::default(), &Patch::Merge(&status))
        .await
        .unwrap_or_else(|error| explain(error));
}
