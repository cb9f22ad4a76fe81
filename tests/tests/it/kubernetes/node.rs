//! Without root, or a cluster instead, `NODE=none` leaves these out.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, LogParams, PostParams};
use modstats_tests::kubernetes::node;
use modstats_tests::{Database, eventually};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

/// Three times what a pod needs on a busy machine.
const POD: Duration = Duration::from_secs(60);

/// Runs a pod of one of our programs to its end, as strictly as the product's own pods.
async fn run_to_its_end(
    client: &Client,
    namespace: &str,
    image: &str,
    arguments: &[&str],
) -> Value {
    let pod: Pod = serde_json::from_value(json!({
        "metadata": {"name": "pod"},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": false,
            "securityContext": {
                "runAsNonRoot": true,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [{
                "name": "main",
                "image": image,
                "args": arguments,
                "terminationMessagePolicy": "FallbackToLogsOnError",
                "securityContext": {
                    "allowPrivilegeEscalation": false,
                    "readOnlyRootFilesystem": true,
                    "capabilities": {"drop": ["ALL"]},
                },
            }],
        },
    }))
    .unwrap();
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    pods.create(&PostParams::default(), &pod).await.unwrap();
    eventually(POD, "the pod has ended", async || {
        let status = pods.get("pod").await.unwrap().status;
        let status = serde_json::to_value(status).unwrap();
        let terminated = &status["containerStatuses"][0]["state"]["terminated"];
        match terminated {
            Value::Null => Err(status),
            _ => Ok(terminated.clone()),
        }
    })
    .await
}

#[tokio::test]
async fn a_program_of_ours_runs_in_a_pod_and_its_words_are_seen() {
    let node = node().await;
    let client = node.client().await;
    let namespace = node.namespace("pod").await;
    let image = node.program_image("modstats-collector").await;
    let end = run_to_its_end(&client, &namespace, &image, &["--help"]).await;
    assert_eq!(end["exitCode"], 0, "{end}");
    let pods: Api<Pod> = Api::namespaced(client, &namespace);
    let log = pods.logs("pod", &LogParams::default()).await.unwrap();
    assert!(log.contains("Usage: modstats-collector"), "{log}");
}

#[tokio::test]
async fn the_last_words_of_a_program_that_fails_are_its_termination_message() {
    let node = node().await;
    let client = node.client().await;
    let namespace = node.namespace("pod").await;
    let image = node.program_image("modstats-collector").await;
    let end = run_to_its_end(&client, &namespace, &image, &["--no-such-option"]).await;
    assert_ne!(end["exitCode"], 0, "{end}");
    let message = end["message"].as_str().unwrap();
    assert!(message.contains("--no-such-option"), "{end}");
}

async fn is_encrypted(database: &Database) -> Result<bool, String> {
    let connection = sea_orm::Database::connect(database.url())
        .await
        .map_err(|error| error.to_string())?;
    let backend = connection.get_database_backend();
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let row = connection
        .query_one_raw(sea_orm::Statement::from_string(backend, sql))
        .await
        .unwrap()
        .unwrap();
    connection.close().await.unwrap();
    Ok(row.try_get_by_index(0).unwrap())
}

#[tokio::test]
async fn a_database_of_cloudnative_pg_shows_a_certificate_of_its_authority() {
    let node = node().await;
    let namespace = node.namespace("database").await;
    let database = node.database_cluster(&namespace, "db").await;
    assert_eq!(is_encrypted(&database).await, Ok(true));

    let stranger = Database {
        ca_path: modstats_tests::postgres().await.database().await.ca_path,
        ..database
    };
    let refused = is_encrypted(&stranger).await.unwrap_err();
    assert!(refused.contains("certificate"), "{refused}");
}
