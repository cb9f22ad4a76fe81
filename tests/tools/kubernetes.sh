#!/usr/bin/env bash
# Kubernetes and etcd, in one program of many names, and Helm.
set -euo pipefail
. "$here/go.sh"
programs=$tools/kubernetes/bin
mkdir -p "$programs"

# Clients and Helm read the version that the API server states.
version=k8s.io/component-base/version
go_build kubernetes . "$programs/kube" "-X $version.gitVersion=v1.35.8 -X $version.gitMajor=1 \
-X $version.gitMinor=35 -X $version.gitTreeState=clean -X $version.buildDate=2026-01-01T00:00:00Z"
for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
  ln -f "$programs/kube" "$programs/$name"
done

# Without a server to ask, as in "helm template", Helm goes by the version that it was built for.
helm=helm.sh/helm/v3
go_build helm $helm/cmd/helm "$programs/helm" "-X $helm/internal/version.version=v3.20.2 \
-X $helm/pkg/chartutil.k8sVersionMajor=1 -X $helm/pkg/chartutil.k8sVersionMinor=35 \
-X $helm/pkg/lint/rules.k8sVersionMajor=1 -X $helm/pkg/lint/rules.k8sVersionMinor=35"
