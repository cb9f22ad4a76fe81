#!/usr/bin/env bash
# Puts the tests' tools under target/tools/, part by part. A part whose inputs have not changed is
# left as it is. Nothing is installed on the machine; Go's and npm's caches stay where they are.
# NODE=none leaves out what only a Kubernetes node needs.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
mkdir -p ../../target/tools
tools=$(cd ../../target/tools && pwd)
export here tools

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
if [ "${NODE:-}" != none ]; then
  part node go.sh image.py coredns cnpg pause
  part postgres image.py
fi
