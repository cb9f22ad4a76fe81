#!/usr/bin/env bash
# Puts the tests' tools under target/tools/, part by part. A part whose inputs have not changed is
# left as it is. Nothing is installed on the machine; Go's and npm's caches stay where they are.
# What only a Kubernetes node needs is left out with NODE=none, and where a cluster is named; what only
# the benchmarks need comes with the argument "bench".
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
mkdir -p ../../target/tools
tools=$(cd ../../target/tools && pwd)
export here tools

# need PROGRAM WHY: stops, and says what to install.
need() {
  if ! command -v "$1" >/dev/null; then
    echo "$1 is missing: $2" >&2
    exit 1
  fi
}
export -f need

# part NAME INPUT...: runs NAME.sh unless it was done with the same inputs.
part() {
  local name=$1 stamp
  shift
  stamp=$(find "$name.sh" "$@" -type f | LC_ALL=C sort | xargs sha256sum | sha256sum)
  if [ "$(cat "$tools/$name.stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -f "$tools/$name.stamp"
    "./$name.sh"
    echo "$stamp" >"$tools/$name.stamp"
  fi
}

part npm package.json package-lock.json .npmrc
part kubernetes go.sh kubernetes helm
if [ "${NODE:-}" != none ] && [ -z "${MODSTATS_TEST_KUBECONFIG:-}" ]; then
  part node go.sh debian.sh image.py coredns cnpg pause
  part postgres debian.sh image.py
fi
if [ "${1:-}" = bench ] && { [ -z "${NGINX:-}" ] || [ -z "${WRK:-}" ]; }; then
  part bench debian.sh
fi
