#!/usr/bin/env bash
# What a Kubernetes node needs: containerd and its helpers from Debian, and the images of the
# sandbox container, of CoreDNS and of the CloudNativePG operator.
set -euo pipefail
. "$here/go.sh"
. "$here/debian.sh"

for program in apt-get dpkg-deb python3 ip nsenter unshare; do
  need $program "the tests' node is made of packages of Debian 12, and needs python3, iproute2 and \
util-linux. Elsewhere let MODSTATS_TEST_KUBECONFIG name a cluster, or leave its tests out with NODE=none."
done

node=$tools/node
rm -rf "$node"/{sysroot,root-*}
mkdir -p "$node"/{sysroot,images}

debian_unpack "$node/sysroot" containerd runc containernetworking-plugins \
  nftables libnftables1 libnftnl11 libjansson4 libedit2 libmnl0 libseccomp2

# image NAME REFERENCE ARGUMENT...: images/NAME.tar from the folder root-NAME.
image() {
  mkdir -p "$node/root-$1/tmp"
  python3 "$here/image.py" --out "$node/images/$1.tar" --reference "$2" --root "$node/root-$1" "${@:3}"
  rm -r "$node/root-$1"
}

go_build pause . "$node/root-pause/pause"
image pause registry.test/pause:1 --entrypoint /pause --user 65535:65535

go_build coredns . "$node/root-coredns/coredns"
image coredns registry.test/coredns:1 --entrypoint /coredns

# The operator copies itself into the database's pods from this path.
module=github.com/cloudnative-pg/cloudnative-pg
go_build cnpg $module/cmd/manager "$node/root-cnpg/operator/manager_amd64"
ln -s operator/manager_amd64 "$node/root-cnpg/manager"
image cnpg registry.test/cloudnative-pg:1 --entrypoint /manager --user 65532:65532

# Its own manifest, with our image and room to start quickly.
version=$(cd "$here/cnpg" && go list -m -f '{{.Version}}' $module)
folder=$(cd "$here/cnpg" && go list -m -f '{{.Dir}}' $module)
sed -e "s#ghcr.io/cloudnative-pg/cloudnative-pg:.*#registry.test/cloudnative-pg:1#" \
  -e 's#imagePullPolicy: Always#imagePullPolicy: IfNotPresent#' \
  -e '/limits:/,/requests:/s#cpu: 100m#cpu: "2"#' \
  "$folder/releases/cnpg-${version#v}.yaml" >"$node/cnpg.yaml"
