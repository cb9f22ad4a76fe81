#!/usr/bin/env bash
# Puts what the lock file names into target/web/, unless it is there.
set -euo pipefail
cd "$(dirname "$0")"
npm=$(realpath -m ../../target/web)
if ! cmp -s package-lock.json "$npm/installed.json"; then
  mkdir -p "$npm"
  cp package.json package-lock.json .npmrc "$npm"
  (cd "$npm" && npm ci --ignore-scripts --no-progress)
  cp package-lock.json "$npm/installed.json"
fi
