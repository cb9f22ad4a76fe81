#!/usr/bin/env bash
# Bundles src/ into ../assets/, or into the folder that is named: each file also compressed, as it
# goes over the wire.
set -euo pipefail
out=$(realpath "${1:-$(dirname "$0")/../assets}")
cd "$(dirname "$0")"
./install.sh
modules=$(realpath ../../target/web/node_modules)

bundle() {
  NODE_PATH=$modules "$modules/.bin/esbuild" "$@" --bundle --minify --format=esm \
    --target=es2022,chrome123,firefox120,safari17.5 --outdir="$out" --log-level=warning
}
bundle src/modstats.css
# What a page loads later lies in chunks, whose names change with their content.
rm -f "$out"/chunk-*
bundle src/modstats.js --splitting --chunk-names=chunk-[name]-[hash] --loader:.css=text
for file in "$out"/{modstats.css,modstats.js,chunk-*.js}; do
  node compress.mjs "$file"
done
