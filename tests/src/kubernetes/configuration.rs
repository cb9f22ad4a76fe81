//! What a node's servers are told.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::network::Network;
use crate::Certificate;

/// Writes every file that `tools/node/init.sh` and the servers that it starts read.
pub fn write(
    folder: &Path,
    system: &Path,
    network: &Network,
    cgroup: &str,
    server: &Certificate,
    proxy_kubeconfig: &Path,
) {
    for name in ["containerd", "kubelet", "cni", "pods"] {
        fs::create_dir(folder.join(name)).expect("the folder is new");
    }
    let nameservers = format!("nameserver {}\n", network.host);
    for (name, text) in [
        ("resolv.conf", nameservers),
        ("containerd.toml", containerd(folder, system)),
        (
            "cni/10-bridge.conflist",
            bridge(folder, network).to_string(),
        ),
        (
            "kubelet.json",
            kubelet(folder, network, cgroup, server).to_string(),
        ),
        (
            "kube-proxy.json",
            kube_proxy(network, proxy_kubeconfig).to_string(),
        ),
    ] {
        fs::write(folder.join(name), text).expect("the folder is new");
    }
}

fn containerd(folder: &Path, system: &Path) -> String {
    format!(
        r#"version = 2
root = "{root}"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.test/pause:1"
  # Without CAP_SYS_RESOURCE, which machines in containers lack, runc would fail.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{plugins}"
    conf_dir = "{configuration}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
"#,
        root = folder.join("containerd").display(),
        plugins = system.join("usr/lib/cni").display(),
        configuration = folder.join("cni").display(),
    )
}

fn bridge(folder: &Path, network: &Network) -> Value {
    json!({"cniVersion": "0.4.0", "name": "bridge", "plugins": [{
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": true,
        // A pod may reach itself through its Service.
        "hairpinMode": true,
        "ipam": {
            "type": "host-local",
            "dataDir": folder.join("cni/addresses"),
            "ranges": [[{"subnet": network.pods}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }]})
}

fn kubelet(folder: &Path, network: &Network, cgroup: &str, server: &Certificate) -> Value {
    json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "authentication": {
            "anonymous": {"enabled": false},
            "webhook": {"enabled": true},
            "x509": {"clientCAFile": server.authority},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": server.certificate,
        "tlsPrivateKeyFile": server.key,
        "clusterDNS": [network.dns()],
        "clusterDomain": "cluster.local",
        "resolvConf": folder.join("resolv.conf"),
        "podLogsDir": folder.join("pods"),
        "volumePluginDir": folder.join("kubelet/plugins"),
        "failCgroupV1": false,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": cgroup,
        "enforceNodeAllocatable": ["pods"],
        "failSwapOn": false,
        "makeIPTablesUtilChains": false,
        "readOnlyPort": 0,
        "healthzPort": 0,
        // It shares memory and disk with everything else on the machine.
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "nodefs.inodesFree": "1%",
            "imagefs.available": "1%",
        },
        // There is no registry to fetch an image from again.
        "imageGCHighThresholdPercent": 100,
        "shutdownGracePeriod": "0s",
    })
}

fn kube_proxy(network: &Network, kubeconfig: &Path) -> Value {
    json!({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": kubeconfig},
        "hostnameOverride": "node",
        "clusterCIDR": network.pods,
        // These belong to the whole machine.
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
        "healthzBindAddress": "",
        "metricsBindAddress": "127.0.0.1:10249",
        "nftables": {"minSyncPeriod": "100ms"},
    })
}
