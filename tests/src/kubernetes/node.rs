//! A cluster with a node, on which pods really run.

use std::collections::HashMap;
use std::ops::Deref;
use std::path::Path;

use tokio::sync::{Mutex, OnceCell};

use super::command::output;
use super::given::Given;
use super::own_node::OwnNode;
use super::{Cluster, ControlPlane, image};

/// The run's node, started with the first call. Tests share it by namespaces.
///
/// A test that calls this belongs into a module named `node`, so that `NODE=none` finds it.
pub async fn node() -> &'static Node {
    static SHARED: OnceCell<Node> = OnceCell::const_new();
    SHARED.get_or_init(Node::start).await
}

pub struct Node {
    ground: Ground,
    /// What [`Node::program_image`] has imported: references by program.
    programs: Mutex<HashMap<String, String>>,
    pub(super) cnpg: OnceCell<()>,
}

enum Ground {
    Own(Box<OwnNode>),
    Given(Given),
}

impl Deref for Node {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        match &self.ground {
            Ground::Own(own) => own.plane(),
            Ground::Given(given) => given.cluster(),
        }
    }
}

impl Node {
    async fn start() -> Self {
        assert!(
            std::env::var("NODE").as_deref() != Ok("none"),
            "NODE=none leaves out tests in modules named `node`; this one is elsewhere"
        );
        let ground = match Given::named() {
            Some(given) => Ground::Given(given),
            None => Ground::Own(Box::new(OwnNode::start().await)),
        };
        Self {
            ground,
            programs: Mutex::default(),
            cnpg: OnceCell::new(),
        }
    }

    /// Whether the tests run it themselves.
    pub fn is_own(&self) -> bool {
        matches!(self.ground, Ground::Own(_))
    }

    /// The control plane in front of a node of the tests' own, for its audit log and for faults.
    pub fn control_plane(&self) -> &ControlPlane {
        match &self.ground {
            Ground::Own(own) => own.plane(),
            Ground::Given(_) => panic!("this needs a node of the tests' own"),
        }
    }

    /// The address at which pods reach a server of this machine; it listens there, or everywhere.
    pub fn host_address(&self) -> String {
        match &self.ground {
            Ground::Own(own) => own.host_address(),
            Ground::Given(given) => given.host_address(),
        }
    }

    /// A port of `127.0.0.1` that leads to a port of a Service.
    pub async fn forward(&self, namespace: &str, service: &str, port: u16) -> u16 {
        match &self.ground {
            Ground::Own(own) => own.forward(namespace, service, port).await,
            Ground::Given(given) => given.forward(namespace, service, port).await,
        }
    }

    /// Hands the node an image; pods with `imagePullPolicy: IfNotPresent` find it.
    pub async fn import_image(&self, archive: &Path) {
        let import = match &self.ground {
            Ground::Own(own) => own.import(archive),
            Ground::Given(given) => given.import(archive),
        };
        output(import).await.must_succeed();
    }

    /// The reference of an image with a program of this workspace, which the node has.
    pub async fn program_image(&self, program: &str) -> String {
        let mut programs = self.programs.lock().await;
        if let Some(reference) = programs.get(program) {
            return reference.clone();
        }
        let reference = format!("registry.test/{program}:test");
        self.import_image(&image(program, &reference).await).await;
        programs.insert(program.to_owned(), reference.clone());
        reference
    }
}
