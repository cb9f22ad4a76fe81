//! Databases as CloudNativePG runs them.

use std::fs;
use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use kube::api::Api;
use serde_json::json;

use super::{Node, kubectl};
use crate::{Database, eventually, tools};

/// Three times what a busy machine needs.
const READY: &str = "--timeout=300s";
const WEBHOOK: Duration = Duration::from_secs(60);

impl Node {
    /// Installs the CloudNativePG operator, unless that was done before; a given cluster has it.
    pub async fn cnpg(&self) {
        self.cnpg
            .get_or_init(async || self.install_cnpg().await)
            .await;
    }

    async fn install_cnpg(&self) {
        if self.is_own() {
            for name in ["cnpg", "postgres"] {
                let archive = tools::node(&format!("images/{name}.tar"));
                self.import_image(&archive).await;
            }
            let manifest = fs::read_to_string(tools::node("cnpg.yaml"));
            let manifest = manifest.expect("it was just found");
            self.apply("cnpg-system", &manifest).await;
        }
        let deployment = "deployment/cnpg-controller-manager";
        let rollout = ["-n", "cnpg-system", "rollout", "status", deployment, READY];
        kubectl(self, &rollout).await.must_succeed();
    }

    /// What a `Cluster` needs as its `imageName`; a given cluster can do without.
    pub fn operand_image(&self) -> Option<&'static str> {
        self.is_own().then_some("registry.test/postgresql:15")
    }

    /// A new `Cluster` with one instance, ready to be used.
    pub async fn database_cluster(&self, namespace: &str, name: &str) -> Database {
        self.cnpg().await;
        let mut manifest = json!({
            "apiVersion": "postgresql.cnpg.io/v1",
            "kind": "Cluster",
            "metadata": {"name": name},
            "spec": {
                "instances": 1,
                "enablePDB": false,
                "storage": {"size": "1Gi"},
                "certificates": {"serverAltDNSNames": ["localhost"]},
            },
        });
        if let Some(image) = self.operand_image() {
            manifest["spec"]["imageName"] = json!(image);
        }
        let path = self.file("cluster.json", &manifest.to_string());
        let path = path.to_str().expect("the run's folder is UTF-8");
        // The webhook's Service may lag behind its pod for a moment.
        eventually(WEBHOOK, "the operator's webhook answers", async || {
            let apply = kubectl(self, &["apply", "-n", namespace, "-f", path]).await;
            match apply.status.success() {
                true => Ok(()),
                false => Err(apply.stderr),
            }
        })
        .await;
        let cluster = format!("cluster/{name}");
        let wait = [
            "wait",
            "--for=condition=Ready",
            "-n",
            namespace,
            &cluster,
            READY,
        ];
        kubectl(self, &wait).await.must_succeed();
        self.database(namespace, name).await
    }

    /// The database of a `Cluster` for programs on this machine, as the user that owns it. The
    /// certificate is checked: `serverAltDNSNames` of the `Cluster` must list `localhost`.
    pub async fn database(&self, namespace: &str, cluster: &str) -> Database {
        let secrets: Api<Secret> = Api::namespaced(self.client().await, namespace);
        let secret = async |name: String, key: &str| {
            let secret = secrets.get(&name).await;
            let secret = secret.unwrap_or_else(|error| panic!("Secret {name}: {error}"));
            let value = secret.data.and_then(|mut data| data.remove(key));
            let value = value.unwrap_or_else(|| panic!("Secret {name} has no {key}"));
            String::from_utf8(value.0).expect("CloudNativePG writes text")
        };
        let app = format!("{cluster}-app");
        let authority = secret(format!("{cluster}-ca"), "ca.crt").await;
        let service = format!("{cluster}-rw");
        Database {
            host: "localhost".to_owned(),
            port: self.forward(namespace, &service, 5432).await,
            dbname: secret(app.clone(), "dbname").await,
            username: secret(app.clone(), "username").await,
            password: secret(app, "password").await,
            ca_path: self.file("ca.crt", &authority),
        }
    }
}
