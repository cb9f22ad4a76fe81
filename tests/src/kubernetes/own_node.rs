//! A node of the tests' own: containerd, kubelet and kube-proxy in namespaces of their own, in
//! front of a control plane that runs on this machine.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, Service};
use kube::api::{Api, ListParams};
use rustix::process::geteuid;

use super::command::output;
use super::control_plane::Address;
use super::network::Network;
use super::{Component, ControlPlane, configuration, kubectl};
use crate::processes::processes;
use crate::run::run;
use crate::{Relay, eventually, tools};

/// Three times what it takes on a busy machine.
const STARTUP: Duration = Duration::from_secs(120);
/// Enough for every database of the tests: nobody makes a volume free again.
const VOLUMES: u32 = 32;

pub struct OwnNode {
    plane: ControlPlane,
    network: Network,
    /// The first process of the node's namespaces.
    first: i32,
    _scheduler: Component,
    _namespaces: Component,
}

impl OwnNode {
    pub async fn start() -> Self {
        assert!(
            geteuid().is_root(),
            "a Kubernetes node needs root. Let MODSTATS_TEST_KUBECONFIG name a cluster instead \
             (kind, k3d), or leave these tests out with NODE=none."
        );
        let network = Network::take();
        network.connect();
        let plane = ControlPlane::start_at(&Address {
            host: network.host.clone(),
            port: 6443,
            services: network.services.clone(),
        })
        .await;
        let scheduler = start_scheduler(&plane);

        let folder = run().new_folder("node");
        let (first, namespaces) = start_namespaces(&folder, &plane, &network).await;
        let own = Self {
            plane,
            network,
            first,
            _scheduler: scheduler,
            _namespaces: namespaces,
        };
        own.import_own_images().await;
        own.set_up(&folder).await;
        own
    }

    pub fn plane(&self) -> &ControlPlane {
        &self.plane
    }

    pub fn host_address(&self) -> String {
        self.network.host.clone()
    }

    pub async fn forward(&self, namespace: &str, service: &str, port: u16) -> u16 {
        let services: Api<Service> = Api::namespaced(self.plane.client().await, namespace);
        let service = services.get(service).await;
        let service = service.unwrap_or_else(|error| panic!("{namespace}: {error}"));
        let address = service.spec.and_then(|spec| spec.cluster_ip);
        let address = address.and_then(|address| address.parse().ok());
        // Its address could be used as it is, but certificates are for names, and `localhost` is the
        // one that this machine knows. `kubectl port-forward` breaks all connections when one is
        // reset.
        let address = address.expect("the Service has an address");
        Relay::start(SocketAddr::new(address, port)).port()
    }

    /// A command in the node's namespaces.
    fn command(&self, program: &str) -> Command {
        let mut command = run().command("nsenter");
        let first = self.first.to_string();
        command
            .args(["--target", &first])
            .args(["--mount", "--net", "--pid", "--uts", "--ipc", "--"])
            .arg(program)
            .envs(environment());
        command
    }

    pub fn import(&self, archive: &Path) -> Command {
        let mut command = self.command("ctr");
        command
            .args(["--address", "/run/containerd/containerd.sock"])
            .args(["--namespace", "k8s.io", "images", "import"])
            .arg(archive);
        command
    }

    async fn import_own_images(&self) {
        for name in ["pause", "coredns"] {
            let archive = tools::node(&format!("images/{name}.tar"));
            output(self.import(&archive)).await.must_succeed();
        }
    }

    /// DNS, storage, and the end of all waiting.
    async fn set_up(&self, folder: &Path) {
        let read = |name: &str| {
            let path = tools::node_script(name);
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let dns = read("dns.yaml").replace("SERVICES", &self.network.services);
        self.plane.apply("kube-system", &dns).await;
        let mut storage = read("storage.yaml");
        for number in 0..VOLUMES {
            storage += &volume(number, &folder.join("volumes"));
        }
        self.plane.apply("default", &storage).await;

        let nodes: Api<Node> = Api::all(self.plane.client().await);
        eventually(STARTUP, "the node is Ready", async || {
            let all = nodes.list(&ListParams::default()).await;
            let all = all.map_err(|error| error.to_string())?.items;
            let conditions = all.into_iter().filter_map(|node| node.status?.conditions);
            let conditions: Vec<_> = conditions.flatten().collect();
            match conditions
                .iter()
                .any(|condition| condition.type_ == "Ready" && condition.status == "True")
            {
                true => Ok(()),
                false => Err(format!("{conditions:?}\n{}", last_line(folder))),
            }
        })
        .await;
        let rollout = [
            "-n",
            "kube-system",
            "rollout",
            "status",
            "deployment/coredns",
        ];
        kubectl(&self.plane, &rollout).await.must_succeed();
    }
}

fn start_scheduler(plane: &ControlPlane) -> Component {
    let user = "system:kube-scheduler";
    let kubeconfig = plane.component_kubeconfig("scheduler", user, None);
    let arguments = [
        format!("--kubeconfig={}", kubeconfig.display()),
        "--leader-elect=false".to_owned(),
        "--secure-port=0".to_owned(),
        "--profiling=false".to_owned(),
    ];
    let name = "kube-scheduler";
    Component::start(name, tools::kubernetes(name), arguments, plane.folder())
}

/// Starts `tools/node/init.sh` as the first process of new namespaces, links them to this machine
/// and waits for containerd.
async fn start_namespaces(
    folder: &Path,
    plane: &ControlPlane,
    network: &Network,
) -> (i32, Component) {
    let cgroup = make_cgroups();
    let server = plane
        .authority()
        .server("kubelet-server", &[&network.node, "node"]);
    let proxy = plane.component_kubeconfig("kube-proxy", "system:kube-proxy", None);
    let group = Some("system:nodes");
    let kubelet = plane.component_kubeconfig("kubelet", "system:node:node", group);
    let system = tools::node("sysroot");
    configuration::write(folder, &system, network, &cgroup, &server, &proxy);

    let mut command = run().command("unshare");
    // `--kill-child`: the end of this process is the end of the first one, and so of all.
    command
        .args(["--mount", "--net", "--pid", "--uts", "--ipc", "--fork"])
        .args(["--kill-child", "--mount-proc", "--propagation", "private"])
        .arg(tools::node_script("init.sh"))
        .envs(environment())
        .env("FOLDER", folder)
        .env(
            "PROGRAMS",
            tools::kubernetes("kubelet")
                .parent()
                .expect("it lies in a folder"),
        )
        .env("ADDRESS", &network.node)
        .env("GATEWAY", &network.host)
        .env("KUBELET_KUBECONFIG", kubelet);
    let mut namespaces = Component::spawn("namespaces", command, folder);
    let parent = namespaces.pid().cast_signed();
    let first = eventually(STARTUP, "the namespaces are there", async || {
        namespaces.must_run();
        let all = processes().expect("/proc can be read");
        let first = all.iter().find(|entry| entry.parent == parent);
        first.map(|entry| entry.pid).ok_or("unshare has no child")
    })
    .await;
    network.reach(first);
    let listening = format!("/proc/{first}/root/run/containerd/containerd.sock");
    eventually(STARTUP, "containerd listens", async || {
        namespaces.must_run();
        match Path::new(&listening).exists() {
            true => Ok(()),
            false => Err(namespaces.last_words()),
        }
    })
    .await;
    (first, namespaces)
}

/// The programs of Debian's packages, which are unpacked but not installed.
fn environment() -> [(&'static str, String); 2] {
    let system = tools::node("sysroot");
    let system = system.display();
    let path = std::env::var("PATH").unwrap_or_default();
    [
        ("PATH", format!("{system}/usr/bin:{system}/usr/sbin:{path}")),
        (
            "LD_LIBRARY_PATH",
            format!("{system}/usr/lib/{}-linux-gnu", std::env::consts::ARCH),
        ),
    ]
}

/// A control group for the node's pods in every hierarchy, and their end with the run.
fn make_cgroups() -> String {
    let name = format!("modstats-test-{}", run().group());
    let script = tools::node_script("cgroups.sh");
    run().at_end(&format!("'{}' remove {name}", script.display()));
    let status = Command::new(&script).args(["make", &name]).status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "{} make {name} failed",
        script.display()
    );
    format!("/{name}")
}

fn volume(number: u32, folder: &Path) -> String {
    let path = folder.join(number.to_string());
    fs::create_dir_all(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    format!(
        "---
apiVersion: v1
kind: PersistentVolume
metadata: {{name: local-{number}}}
spec:
  capacity: {{storage: 2Gi}}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: local
  local: {{path: {path}}}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{{key: kubernetes.io/hostname, operator: In, values: [node]}}]
",
        path = path.display()
    )
}

fn last_line(folder: &Path) -> String {
    let log = fs::read_to_string(folder.join("kubelet.log")).unwrap_or_default();
    log.lines().last().unwrap_or_default().to_owned()
}
