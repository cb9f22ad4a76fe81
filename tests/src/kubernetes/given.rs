//! The cluster that `MODSTATS_TEST_KUBECONFIG` names, where this machine gives no root for a node.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use super::command::with_kubeconfig;
use super::{Cluster, Component};
use crate::run::{free_port, run};
use crate::{eventually, tools};

const FORWARD: Duration = Duration::from_secs(60);

pub struct Given {
    cluster: Cluster,
    forwards: Mutex<Vec<Component>>,
}

impl Given {
    pub fn named() -> Option<Self> {
        let kubeconfig = std::env::var_os("MODSTATS_TEST_KUBECONFIG")?;
        Some(Self {
            cluster: Cluster::new(&run().new_folder("cluster"), PathBuf::from(kubeconfig)),
            forwards: Mutex::default(),
        })
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    pub fn host_address(&self) -> String {
        variable("MODSTATS_TEST_HOST", "this machine's address for pods")
    }

    pub fn import(&self, archive: &Path) -> Command {
        let import = variable("MODSTATS_TEST_IMPORT", "a command that takes an archive");
        let mut command = run().command("sh");
        command
            .args(["-c", &format!("{import} \"$0\"")])
            .arg(archive);
        command
    }

    pub async fn forward(&self, namespace: &str, service: &str, port: u16) -> u16 {
        let here = free_port();
        // kubectl ends, and all of its connections with it, as soon as one of them is reset.
        let mut command = with_kubeconfig(Path::new("sh"), &self.cluster);
        command
            .args(["-c", r#"while true; do "$0" "$@"; sleep 0.1; done"#])
            .arg(tools::kubectl())
            .args(["port-forward", "--namespace", namespace])
            .args([format!("service/{service}"), format!("{here}:{port}")]);
        let name = format!("forward-{here}");
        let mut forward = Component::spawn(&name, command, self.cluster.folder());
        eventually(FORWARD, "the port is forwarded", async || {
            forward.must_run();
            match forward.last_words() {
                words if words.contains("Forwarding from") => Ok(()),
                words => Err(words),
            }
        })
        .await;
        self.forwards.lock().unwrap().push(forward);
        here
    }
}

fn variable(name: &str, what: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("with MODSTATS_TEST_KUBECONFIG, {name} must be {what}"))
}
