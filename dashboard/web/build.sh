#!/usr/bin/env bash
# Bundles src/ into ../assets/, or into the folder that is named: each file also compressed, as it
# goes over the wire.
set -euo pipefail
out=$(realpath "${1:-$(dirname "$0")/../assets}")
cd "$(dirname "$0")"
./install.sh
../../target/web/node_modules/.bin/esbuild src/modstats.css src/modstats.js --bundle --minify \
  --format=esm --target=es2022,chrome123,firefox120,safari17.5 --outdir="$out" --log-level=warning
for file in "$out"/modstats.{css,js}; do
  node compress.mjs "$file"
done
