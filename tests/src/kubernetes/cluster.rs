//! What tests ask of a cluster, whoever runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use kube::api::{Api, ObjectMeta, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::{Value, json};

use super::command::kubectl;
use crate::{Certificate, eventually};

/// Three times what the controllers need on a busy machine.
const CONTROLLERS: Duration = Duration::from_secs(60);

pub struct Cluster {
    /// For what belongs to this cluster and goes with the run.
    folder: PathBuf,
    kubeconfig: PathBuf,
    files: AtomicU32,
}

impl Cluster {
    pub(super) fn new(folder: &Path, kubeconfig: PathBuf) -> Self {
        Self {
            folder: folder.to_owned(),
            kubeconfig,
            files: AtomicU32::new(0),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The administrator's.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The administrator's. A client lives on the runtime that it was made on, so each test makes
    /// its own.
    pub async fn client(&self) -> Client {
        client_of(&self.kubeconfig).await
    }

    /// A new namespace, in which pods can be made; its name begins with `label`.
    pub async fn namespace(&self, label: &str) -> String {
        let client = self.client().await;
        let namespace = Namespace {
            metadata: ObjectMeta {
                generate_name: Some(format!("{label}-")),
                ..ObjectMeta::default()
            },
            ..Namespace::default()
        };
        let created = Api::all(client.clone())
            .create(&PostParams::default(), &namespace)
            .await
            .unwrap_or_else(|error| panic!("namespace {label}: {error}"));
        let name = created.metadata.name.expect("the API server names it");
        self.default_account(&client, &name).await;
        name
    }

    /// Waits for the ServiceAccount that every pod of a namespace needs.
    pub(super) async fn default_account(&self, client: &Client, namespace: &str) {
        let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), namespace);
        eventually(CONTROLLERS, "the controllers work", async || {
            accounts
                .get("default")
                .await
                .map_err(|error| format!("{namespace}: {error}"))
        })
        .await;
    }

    /// A kubeconfig that speaks as a ServiceAccount, with a token as its pods have.
    pub async fn kubeconfig_for(&self, namespace: &str, account: &str) -> PathBuf {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.client().await, namespace);
        let request = TokenRequest {
            spec: TokenRequestSpec {
                expiration_seconds: Some(3600),
                ..TokenRequestSpec::default()
            },
            ..TokenRequest::default()
        };
        let token = accounts
            .create_token_request(account, &PostParams::default(), &request)
            .await
            .unwrap_or_else(|error| panic!("a token for {namespace}/{account}: {error}"))
            .status
            .expect("the API server gives a token")
            .token;
        let mut kubeconfig =
            Kubeconfig::read_from(&self.kubeconfig).expect("the kubeconfig was just used");
        for user in &mut kubeconfig.auth_infos {
            let token = serde_json::from_value(json!({ "token": token }));
            user.auth_info = Some(token.expect("a token is enough"));
        }
        let text = serde_json::to_string(&kubeconfig).expect("a kubeconfig is JSON");
        self.file(&format!("{namespace}-{account}.kubeconfig"), &text)
    }

    /// Creates or changes what a manifest of one or several objects describes.
    pub async fn apply(&self, namespace: &str, manifest: &str) {
        let path = self.file("manifest.yaml", manifest);
        let path = path.to_str().expect("the run's folder is UTF-8");
        let arguments = ["apply", "--server-side", "-n", namespace, "-f", path];
        kubectl(self, &arguments).await.must_succeed();
    }

    /// A new file of this cluster.
    pub(super) fn file(&self, name: &str, text: &str) -> PathBuf {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{number}-{name}"));
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }
}

/// A client with the credentials of a kubeconfig.
pub async fn client_of(kubeconfig: &Path) -> Client {
    // kube asks for the process's TLS provider. Another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let explain = |error: &dyn std::error::Error| -> ! {
        panic!("{}: {error}", kubeconfig.display());
    };
    let read = Kubeconfig::read_from(kubeconfig).unwrap_or_else(|error| explain(&error));
    let mut config = Config::from_custom_kubeconfig(read, &KubeConfigOptions::default())
        .await
        .unwrap_or_else(|error| explain(&error));
    // A test sees what the server answered, not what it answers after a while.
    config.default_retry = false;
    Client::try_from(config).unwrap_or_else(|error| explain(&error))
}

/// A kubeconfig for a server whose certificate is of the same authority as the client's.
pub(super) fn kubeconfig(server: &str, client: &Certificate) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "tests", "cluster": {
            "server": server,
            "certificate-authority": client.authority,
        }}],
        "users": [{"name": "client", "user": {
            "client-certificate": client.certificate,
            "client-key": client.key,
        }}],
        "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "client"}}],
        "current-context": "tests",
    })
}
