//! The cluster that `MODSTATS_TEST_KUBECONFIG` names, where this machine gives no root for a node.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tokio::sync::Mutex;

use super::command::with_kubeconfig;
use super::{Cluster, Component};
use crate::run::run;
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
        let mut forwards = self.forwards.lock().await;
        let mut command = with_kubeconfig(&tools::kubectl(), &self.cluster);
        let service = format!("service/{service}");
        command.args([
            "port-forward",
            "-n",
            namespace,
            &service,
            &format!(":{port}"),
        ]);
        let name = format!("forward-{}", forwards.len());
        let mut forward = Component::spawn(&name, command, self.cluster.folder());
        let port = eventually(FORWARD, "the port is forwarded", async || {
            forward.must_run();
            let words = forward.last_words();
            let port = words.lines().find_map(|line| {
                let (port, _) = line
                    .strip_prefix("Forwarding from 127.0.0.1:")?
                    .split_once(' ')?;
                port.parse().ok()
            });
            port.ok_or(words)
        })
        .await;
        forwards.push(forward);
        port
    }
}

fn variable(name: &str, what: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("with MODSTATS_TEST_KUBECONFIG, {name} must be {what}"))
}
