use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, Secret, ServiceAccount};
use kube::api::{Api, ListParams, ObjectMeta, PostParams};
use modstats_tests::eventually;
use modstats_tests::kubernetes::{ControlPlane, client_of, control_plane, finish_pod, kubectl};
use serde_json::json;

/// Three times what a controller needs on a busy machine.
const CONTROLLER: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_api_server_is_of_the_release_that_the_types_are_of() {
    let client = control_plane().await.client().await;
    let version = client.apiserver_version().await.unwrap();
    assert_eq!((&*version.major, &*version.minor), ("1", "35"));
}

#[tokio::test]
async fn the_audit_log_shows_what_a_service_account_was_refused() {
    let plane = control_plane().await;
    let namespace = plane.namespace("audit").await;
    let account = ServiceAccount {
        metadata: ObjectMeta {
            name: Some("robot".to_owned()),
            ..ObjectMeta::default()
        },
        ..ServiceAccount::default()
    };
    let accounts: Api<ServiceAccount> = Api::namespaced(plane.client().await, &namespace);
    accounts
        .create(&PostParams::default(), &account)
        .await
        .unwrap();

    let robot = client_of(&plane.kubeconfig_for(&namespace, "robot").await).await;
    let secrets: Api<Secret> = Api::namespaced(robot, &namespace);
    let refused = secrets.list(&ListParams::default()).await.unwrap_err();
    assert!(refused.to_string().contains("forbidden"), "{refused}");

    let username = format!("system:serviceaccount:{namespace}:robot");
    let events = plane.audit();
    let mine: Vec<_> = events
        .iter()
        .filter(|event| event.user.username == username)
        .collect();
    assert_eq!(mine.len(), 1, "{mine:#?}");
    let object = mine[0].object_ref.as_ref().unwrap();
    assert_eq!(
        (&*mine[0].verb, &*object.resource, &*object.namespace),
        ("list", "secrets", &*namespace)
    );
    assert_eq!(mine[0].code(), 403);
    assert!(!mine[0].is_allowed());
}

/// Makes a Job and waits for the pod that the Job controller makes of it.
async fn job_with_pod(namespace: &str) -> String {
    let client = control_plane().await.client().await;
    let job: Job = serde_json::from_value(json!({
        "metadata": {"name": "job"},
        "spec": {"backoffLimit": 0, "template": {"spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "main", "image": "registry.test/nothing:1"}],
        }}},
    }))
    .unwrap();
    Api::namespaced(client.clone(), namespace)
        .create(&PostParams::default(), &job)
        .await
        .unwrap();
    let pods: Api<Pod> = Api::namespaced(client, namespace);
    eventually(CONTROLLER, "the Job has a pod", async || {
        let all = pods.list(&ListParams::default()).await.unwrap().items;
        let pod = all.into_iter().next().ok_or("no pod")?;
        Ok::<_, &str>(pod.metadata.name.unwrap())
    })
    .await
}

async fn condition_of_a_job_whose_pod_leaves_with(exit_code: i32) -> String {
    let plane = control_plane().await;
    let namespace = plane.namespace("job").await;
    let pod = job_with_pod(&namespace).await;
    let client = plane.client().await;
    finish_pod(&client, &namespace, &pod, exit_code, "rows=42").await;

    let pods: Api<Pod> = Api::namespaced(client.clone(), &namespace);
    let status = serde_json::to_value(pods.get(&pod).await.unwrap().status).unwrap();
    let terminated = &status["containerStatuses"][0]["state"]["terminated"];
    assert_eq!(terminated["message"], "rows=42");

    let jobs: Api<Job> = Api::namespaced(client, &namespace);
    eventually(CONTROLLER, "the Job has ended", async || {
        let status = jobs.get("job").await.unwrap().status.unwrap_or_default();
        let conditions = status.conditions.unwrap_or_default();
        let end = conditions
            .iter()
            .find(|condition| ["Complete", "Failed"].contains(&&*condition.type_));
        end.map(|end| end.type_.clone())
            .ok_or(format!("{conditions:?}"))
    })
    .await
}

#[tokio::test]
async fn a_job_is_complete_when_its_pod_succeeds() {
    let end = condition_of_a_job_whose_pod_leaves_with(0).await;
    assert_eq!(end, "Complete");
}

#[tokio::test]
async fn a_job_has_failed_when_its_pod_fails() {
    let end = condition_of_a_job_whose_pod_leaves_with(75).await;
    assert_eq!(end, "Failed");
}

#[tokio::test]
async fn a_namespace_with_restricted_pod_security_refuses_a_plain_pod() {
    let plane = control_plane().await;
    let namespace = plane.namespace("strict").await;
    let label = "pod-security.kubernetes.io/enforce=restricted";
    kubectl(plane, &["label", "namespace", &namespace, label])
        .await
        .must_succeed();
    let image = "--image=registry.test/nothing:1";
    let refused = kubectl(plane, &["-n", &namespace, "run", "pod", image]).await;
    assert!(!refused.status.success());
    assert!(
        refused.stderr.contains("violates PodSecurity"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_api_server_can_go_away_and_come_back() {
    let plane = ControlPlane::start().await;
    let namespace = plane.namespace("kept").await;
    let client = plane.client().await;
    let before = plane.pids();

    plane.stop_apiserver();
    client.apiserver_version().await.unwrap_err();
    plane.start_apiserver().await;

    let accounts: Api<ServiceAccount> = Api::namespaced(client, &namespace);
    accounts.get("default").await.unwrap();
    let after = plane.pids();
    assert_eq!((before[0], before[2]), (after[0], after[2]));
    assert_ne!(before[1], after[1]);
    // The controllers find it again.
    plane.namespace("new").await;
}
