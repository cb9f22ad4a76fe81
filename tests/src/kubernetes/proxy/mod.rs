//! Between a client and the API server: sees every request, and does to it what a network or a
//! server in trouble does.

mod connection;
mod plan;
mod request;

use std::collections::BTreeSet;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kube::config::Kubeconfig;
use reqwest::Certificate;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use super::ControlPlane;
use connection::Fate;
use plan::{Fault, Plan};

pub use plan::{Failure, Held, Moment};
pub use request::ApiRequest;

/// Passes plain HTTP on a loopback port on to the API server, with whatever credentials come with it.
pub struct FaultProxy {
    port: u16,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    server: String,
    client: reqwest::Client,
    plan: Plan,
    seen: Mutex<Vec<ApiRequest>>,
    network: Mutex<Network>,
    watches: watch::Sender<Watches>,
}

/// What becomes of new connections, and all that were ever made.
struct Network {
    fate: Fate,
    connections: Vec<watch::Sender<Fate>>,
}

/// What watches go through.
#[derive(Default)]
struct Watches {
    frozen: BTreeSet<String>,
    /// How often they were cut.
    cuts: usize,
}

impl FaultProxy {
    pub async fn start(plane: &ControlPlane) -> Self {
        // reqwest asks for the process's TLS provider. Another test may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authority = fs::read(plane.authority().path()).expect("the control plane wrote it");
        let authority = Certificate::from_pem(&authority).expect("it is a certificate");
        let client = reqwest::Client::builder()
            .tls_certs_only([authority])
            .http1_only()
            .no_gzip()
            .no_proxy()
            .build()
            .expect("the settings are valid");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a loopback port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let shared = Arc::new(Shared {
            server: plane.server().to_owned(),
            client,
            plan: Plan::default(),
            seen: Mutex::default(),
            network: Mutex::new(Network {
                fate: Fate::Served,
                connections: Vec::new(),
            }),
            watches: watch::Sender::default(),
        });
        let accepting = tokio::spawn(connection::accept(listener, shared.clone()));
        Self {
            port,
            shared,
            accepting,
        }
    }

    /// A kubeconfig as a given one, but through this proxy.
    pub fn kubeconfig(&self, direct: &Path) -> PathBuf {
        let mut kubeconfig = Kubeconfig::read_from(direct).expect("the harness wrote it");
        for cluster in &mut kubeconfig.clusters {
            let cluster = cluster.cluster.as_mut().expect("the harness named it");
            cluster.server = Some(format!("http://127.0.0.1:{}", self.port));
        }
        let text = serde_json::to_string(&kubeconfig).expect("a kubeconfig is JSON");
        let path = direct.with_extension(format!("{}.kubeconfig", self.port));
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// Every request so far, in the order in which they came.
    pub fn requests(&self) -> Vec<ApiRequest> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Holds the `nth` of the requests to come that match.
    pub fn hold(
        &self,
        nth: usize,
        which: impl Fn(&ApiRequest) -> bool + Send + Sync + 'static,
        moment: Moment,
    ) -> Held {
        let (reach, reached) = oneshot::channel();
        let (release, released) = oneshot::channel();
        let fault = Fault::Hold {
            reached: reach,
            released,
        };
        self.shared.plan.add(nth, which, moment, fault);
        Held { reached, release }
    }

    /// Fails the `nth` of the requests to come that match.
    pub fn fail(
        &self,
        nth: usize,
        which: impl Fn(&ApiRequest) -> bool + Send + Sync + 'static,
        moment: Moment,
        failure: Failure,
    ) {
        self.shared
            .plan
            .add(nth, which, moment, Fault::Fail(failure));
    }

    /// Fails each request to come that matches, until [`relent`](Self::relent).
    pub fn fail_every(
        &self,
        which: impl Fn(&ApiRequest) -> bool + Send + Sync + 'static,
        moment: Moment,
        failure: Failure,
    ) {
        self.shared.plan.add_lasting(which, moment, failure);
    }

    /// Ends what [`fail_every`](Self::fail_every) began. What is silent by then stays so.
    pub fn relent(&self) {
        self.shared.plan.end_lasting();
    }

    /// Whether each fault that was planned for one request has happened.
    pub fn is_through(&self) -> bool {
        self.shared.plan.is_empty()
    }

    /// Keeps back what watches of a resource tell, while their connections stay open.
    pub fn freeze(&self, resource: &str) {
        self.shared.watches.send_modify(|watches| {
            watches.frozen.insert(resource.to_owned());
        });
    }

    /// Delivers what was kept back.
    pub fn thaw(&self) {
        self.shared
            .watches
            .send_modify(|watches| watches.frozen.clear());
    }

    /// Ends every watch, and what was kept back is lost.
    pub fn cut_watches(&self) {
        self.shared.watches.send_modify(|watches| {
            watches.frozen.clear();
            watches.cuts += 1;
        });
    }

    /// Nothing is answered any more, and nobody is told. Connections that are open now, or made
    /// meanwhile, stay so for ever.
    pub fn black_hole(&self) {
        self.network(Fate::Silent);
    }

    /// Every connection ends, and new ones end at once.
    pub fn refuse(&self) {
        self.network(Fate::Cut);
    }

    /// New connections are served again.
    pub fn heal(&self) {
        self.shared.network.lock().unwrap().fate = Fate::Served;
    }

    fn network(&self, fate: Fate) {
        let mut network = self.shared.network.lock().unwrap();
        network.fate = fate;
        network.connections.retain(|it| !it.is_closed());
        for connection in &network.connections {
            connection.send_replace(fate);
        }
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.network(Fate::Cut);
    }
}
