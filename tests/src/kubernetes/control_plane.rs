//! A real Kubernetes without any node: etcd, kube-apiserver and kube-controller-manager.

use std::fs;
use std::ops::Deref;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use kube::Client;
use rustix::process::Signal;
use tokio::sync::OnceCell;

use super::audit::{self, AuditEvent};
use super::cluster::{client_of, kubeconfig};
use super::{Cluster, Component};
use crate::run::{free_port, run};
use crate::{Authority, Certificate, eventually, tools};

/// A second or two each, with nothing else to do.
const STARTUP: Duration = Duration::from_secs(120);
/// The key of the ServiceAccounts' tokens.
const ACCOUNTS: &str = "accounts";

/// The run's control plane, started with the first call. Tests share it by namespaces; one that
/// touches what has no namespace, stops something or counts requests starts one of its own.
pub async fn control_plane() -> &'static ControlPlane {
    static SHARED: OnceCell<ControlPlane> = OnceCell::const_new();
    SHARED.get_or_init(ControlPlane::start).await
}

pub struct ControlPlane {
    cluster: Cluster,
    etcd: Mutex<Component>,
    apiserver: Mutex<Component>,
    controllers: Component,
    arguments: Vec<String>,
    authority: Authority,
    server: String,
}

/// Where the API server listens, and the network of its Services.
pub(super) struct Address {
    pub host: String,
    pub port: u16,
    /// The first two numbers of the Services' addresses.
    pub services: String,
}

impl Deref for ControlPlane {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.cluster
    }
}

impl ControlPlane {
    /// One of the caller's own. It ends when it is dropped.
    pub async fn start() -> Self {
        Self::start_at(&Address {
            host: "127.0.0.1".to_owned(),
            port: free_port(),
            services: "10.96".to_owned(),
        })
        .await
    }

    pub(super) async fn start_at(address: &Address) -> Self {
        let folder = run().new_folder("control-plane");
        let pki = folder.join("pki");
        fs::create_dir(&pki).expect("the folder is new");
        let authority = Authority::create(&pki);
        fs::write(folder.join("audit.yaml"), audit::POLICY).expect("the folder is new");

        let etcd = start_etcd(&folder).await;

        let server = format!("https://{}:{}", address.host, address.port);
        let write_kubeconfig = |name: &str, certificate: &Certificate| {
            let path = folder.join(name);
            fs::write(&path, kubeconfig(&server, certificate).to_string())
                .expect("the folder is new");
            path
        };
        let admin = authority.client("admin", "admin", Some("system:masters"));
        let cluster = Cluster::new(&folder, write_kubeconfig("admin.kubeconfig", &admin));
        let arguments = apiserver_arguments(&folder, &authority, address);
        let apiserver = Component::start(
            "kube-apiserver",
            tools::kubernetes("kube-apiserver"),
            &arguments,
            &folder,
        );
        let apiserver = Mutex::new(apiserver);
        ready(&cluster, &apiserver).await;

        let user = "system:kube-controller-manager";
        let manager = write_kubeconfig(
            "controllers.kubeconfig",
            &authority.client("controllers", user, None),
        );
        let controllers = start_controllers(&folder, &manager);
        let plane = Self {
            cluster,
            etcd: Mutex::new(etcd),
            apiserver,
            controllers,
            arguments,
            authority,
            server,
        };
        plane
            .default_account(&plane.client().await, "default")
            .await;
        plane
    }

    /// Everything that was asked of the API server so far. An answered request is in it.
    pub fn audit(&self) -> Vec<AuditEvent> {
        self.audit_with("")
    }

    /// What a ServiceAccount has asked for so far.
    pub fn requests_of(&self, namespace: &str, account: &str) -> Vec<AuditEvent> {
        let user = format!("system:serviceaccount:{namespace}:{account}");
        let mut events = self.audit_with(&user);
        events.retain(|event| event.user.username == user);
        events
    }

    fn audit_with(&self, part: &str) -> Vec<AuditEvent> {
        audit::read(&self.folder().join("audit.log"), part)
    }

    /// Kills the API server. Every connection to it breaks, and new ones are refused.
    pub fn stop_apiserver(&self) {
        self.apiserver.lock().unwrap().end(Signal::KILL);
    }

    /// Starts it again, at the same address and with all that it had stored.
    pub async fn start_apiserver(&self) {
        let again = Component::start(
            "kube-apiserver",
            tools::kubernetes("kube-apiserver"),
            &self.arguments,
            self.folder(),
        );
        *self.apiserver.lock().unwrap() = again;
        ready(&self.cluster, &self.apiserver).await;
    }

    /// Kills etcd. The API server stays, and can neither read nor write.
    pub fn stop_etcd(&self) {
        self.etcd.lock().unwrap().end(Signal::KILL);
    }

    /// Starts it again with all that it had stored, and waits for the API server to find it.
    pub async fn start_etcd(&self) {
        let again = start_etcd(self.folder()).await;
        *self.etcd.lock().unwrap() = again;
        ready(&self.cluster, &self.apiserver).await;
    }

    /// The process ids of etcd, the API server and the controllers.
    pub fn pids(&self) -> [u32; 3] {
        let apiserver = self.apiserver.lock().unwrap().pid();
        [
            self.etcd.lock().unwrap().pid(),
            apiserver,
            self.controllers.pid(),
        ]
    }

    /// The API server's address.
    pub(super) fn server(&self) -> &str {
        &self.server
    }

    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// A kubeconfig for a component that proves who it is by a certificate.
    pub(super) fn component_kubeconfig(
        &self,
        name: &str,
        user: &str,
        group: Option<&str>,
    ) -> PathBuf {
        let certificate = self.authority.client(name, user, group);
        let text = kubeconfig(&self.server, &certificate).to_string();
        self.file(&format!("{name}.kubeconfig"), &text)
    }
}

async fn start_etcd(folder: &Path) -> Component {
    let arguments = [
        "--name=default".to_owned(),
        format!("--data-dir={}", folder.join("etcd").display()),
        format!("--listen-client-urls={}", socket(folder)),
        // Nobody looks for it anywhere but at its socket.
        "--advertise-client-urls=http://127.0.0.1:1".to_owned(),
        "--listen-peer-urls=http://127.0.0.1:0".to_owned(),
        "--initial-advertise-peer-urls=http://127.0.0.1:1".to_owned(),
        "--initial-cluster=default=http://127.0.0.1:1".to_owned(),
        // The data need not outlive a power cut.
        "--unsafe-no-fsync".to_owned(),
        "--log-level=warn".to_owned(),
    ];
    let mut etcd = Component::start("etcd", tools::kubernetes("etcd"), arguments, folder);
    eventually(STARTUP, "etcd listens", async || {
        etcd.must_run();
        match UnixStream::connect(folder.join("etcd.sock")) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("{error}\n{}", etcd.last_words())),
        }
    })
    .await;
    etcd
}

fn socket(folder: &Path) -> String {
    format!("unix://{}", folder.join("etcd.sock").display())
}

fn apiserver_arguments(folder: &Path, authority: &Authority, address: &Address) -> Vec<String> {
    let Address {
        host,
        port,
        services,
    } = address;
    let first_service = format!("{services}.0.1");
    let names = [
        host,
        &first_service,
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    ];
    let server = authority.server("apiserver", &names);
    let kubelets = authority.client("kubelets", "kube-apiserver", Some("system:masters"));
    // Without a node, and so without pods, nobody looks for it by its Service.
    let reconciler = if host == "127.0.0.1" { "none" } else { "lease" };
    // Any key pair will do to sign tokens with.
    let accounts = authority.server(ACCOUNTS, &[]);
    let file = |path: &Path| path.display().to_string();
    [
        ("etcd-servers", socket(folder)),
        ("bind-address", host.clone()),
        ("advertise-address", host.clone()),
        ("secure-port", port.to_string()),
        // A restarted server takes the port although the old one's connections linger.
        ("permit-port-sharing", "true".to_owned()),
        ("endpoint-reconciler-type", reconciler.to_owned()),
        ("service-cluster-ip-range", format!("{services}.0.0/16")),
        ("tls-cert-file", file(&server.certificate)),
        ("tls-private-key-file", file(&server.key)),
        ("client-ca-file", file(&server.authority)),
        (
            "service-account-issuer",
            "https://kubernetes.default.svc.cluster.local".to_owned(),
        ),
        ("service-account-signing-key-file", file(&accounts.key)),
        ("service-account-key-file", file(&accounts.certificate)),
        ("authorization-mode", "Node,RBAC".to_owned()),
        (
            "enable-admission-plugins",
            "NodeRestriction,OwnerReferencesPermissionEnforcement".to_owned(),
        ),
        ("kubelet-client-certificate", file(&kubelets.certificate)),
        ("kubelet-client-key", file(&kubelets.key)),
        ("kubelet-certificate-authority", file(&kubelets.authority)),
        ("kubelet-preferred-address-types", "InternalIP".to_owned()),
        ("audit-policy-file", file(&folder.join("audit.yaml"))),
        ("audit-log-path", file(&folder.join("audit.log"))),
        // The event is in the file before the answer is on its way.
        ("audit-log-mode", "blocking".to_owned()),
        // In MiB; 0 would mean 100, and another file from then on.
        ("audit-log-maxsize", "1000000".to_owned()),
        ("allow-privileged", "true".to_owned()),
        ("profiling", "false".to_owned()),
    ]
    .map(|(flag, value)| format!("--{flag}={value}"))
    .into()
}

fn start_controllers(folder: &Path, kubeconfig: &Path) -> Component {
    let pki = folder.join("pki");
    let arguments = [
        format!("--kubeconfig={}", kubeconfig.display()),
        "--leader-elect=false".to_owned(),
        "--secure-port=0".to_owned(),
        "--profiling=false".to_owned(),
        // Each controller shows in the audit log by a name of its own.
        "--use-service-account-credentials=true".to_owned(),
        // With the defaults the start alone takes four seconds more.
        "--kube-api-qps=300".to_owned(),
        "--kube-api-burst=600".to_owned(),
        format!(
            "--service-account-private-key-file={}",
            pki.join(ACCOUNTS).with_extension("key").display()
        ),
        format!("--root-ca-file={}", pki.join("ca.crt").display()),
    ];
    let name = "kube-controller-manager";
    Component::start(name, tools::kubernetes(name), arguments, folder)
}

async fn ready(cluster: &Cluster, apiserver: &Mutex<Component>) {
    let client: Client = client_of(cluster.kubeconfig()).await;
    eventually(STARTUP, "the API server is ready", async || {
        apiserver.lock().unwrap().must_run();
        let request = http::Request::get("/readyz").body(Vec::new());
        let request = request.expect("the path is valid");
        match client.request_text(request).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let words = apiserver.lock().unwrap().last_words();
                Err(format!("{error}\n{words}"))
            }
        }
    })
    .await;
}
