#!/usr/bin/env bash
# What the dashboard is measured with and against: wrk and nginx, from Debian.
set -euo pipefail
. "$here/debian.sh"
for program in apt-get dpkg-deb; do
  need $program "the benchmarks take nginx and wrk from packages of Debian 12. Elsewhere let NGINX and \
WRK name these programs."
done

bench=$tools/bench
rm -rf "$bench"
mkdir -p "$bench"/{root,bin,lib}
debian_unpack "$bench/root" nginx wrk libluajit-5.1-2 libssl3 libpcre2-8-0 libcrypt1 zlib1g
cd "$bench"
mv root/usr/sbin/nginx root/usr/bin/wrk bin
find root -name 'lib*.so*' -exec mv -t lib {} +
rm -r root
