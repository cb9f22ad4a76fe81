# Debian's packages, unpacked but not installed; sourced by the parts that use them.
# shellcheck shell=bash

for program in apt-get dpkg-deb python3 ip nsenter unshare; do
  need $program "the tests' node is made of packages of Debian 12, and needs python3, iproute2 and \
util-linux. Elsewhere let MODSTATS_TEST_KUBECONFIG name a cluster, or leave its tests out with NODE=none."
done

# debian_unpack FOLDER PACKAGE...: without running any of their scripts.
debian_unpack() {
  local folder=$1 downloads package
  shift
  downloads=$(mktemp -d)
  if ! (cd "$downloads" && apt-get download -qq -o APT::Sandbox::User=root "$@"); then
    echo "The lists of packages may be missing or old: apt-get update."
    apt-get update -qq
    (cd "$downloads" && apt-get download -qq -o APT::Sandbox::User=root "$@")
  fi
  for package in "$downloads"/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$folder"
  done
  rm -r "$downloads"
}
