#!/usr/bin/env bash
# The first process of a node's own mount, network, process, host name and IPC namespaces: when it
# ends, the kernel ends every other process in them, pods included, and their mounts and links go.
# src/kubernetes/own_node.rs starts it; FOLDER holds what configuration.rs beside that has written.
set -euo pipefail
trap exit INT TERM

mount -t tmpfs -o mode=755 tmpfs /run
# overlayfs takes no layers from another overlayfs, which /tmp may be.
mount -t tmpfs -o mode=711 tmpfs "$FOLDER/containerd"

# The harness moves the link's end in here.
ip link set lo up
until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
ip address add "$ADDRESS/24" dev eth0
ip link set eth0 up
ip route add default via "$GATEWAY"
echo 1 >/proc/sys/net/ipv4/ip_forward
# So that a pod reaches a Service whose pod is on the same bridge.
if ! echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables; then
  echo "modprobe br_netfilter, and overlay and nf_tables if they are missing, too"
  exit 1
fi
hostname node

# keep NAME COMMAND...: runs it, and again when it ends.
keep() {
  local name=$1
  shift
  while true; do
    "$@" >>"$FOLDER/$name.log" 2>&1 </dev/null || true
    echo "$name ended" >>"$FOLDER/$name.log"
    sleep 0.5
  done &
}
keep containerd containerd --config "$FOLDER/containerd.toml"
keep kube-proxy "$PROGRAMS/kube-proxy" --config "$FOLDER/kube-proxy.json"
until [ -S /run/containerd/containerd.sock ]; do sleep 0.02; done
keep kubelet "$PROGRAMS/kubelet" --config "$FOLDER/kubelet.json" --root-dir "$FOLDER/kubelet" \
  --kubeconfig "$KUBELET_KUBECONFIG" --hostname-override node --node-ip "$ADDRESS"
wait
