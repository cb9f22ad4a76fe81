#!/usr/bin/env bash
# The image of the databases that CloudNativePG runs: Debian's PostgreSQL 15 and what it links.
# npm's PostgreSQL lacks pg_basebackup and can't serve here.
set -euo pipefail
. "$here/debian.sh"
root=$tools/node/root-postgres
rm -rf "$root"
mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$tools/node/images"
for name in bin sbin lib lib64; do
  ln -s usr/$name "$root/$name"
done

debian_unpack "$root" postgresql-15 postgresql-client-15 libpq5 libc6 libc-bin libssl3 libxml2 \
  libxslt1.1 libicu72 libldap-2.5-0 libsasl2-2 libgssapi-krb5-2 libkrb5-3 libk5crypto3 \
  libkrb5support0 libcom-err2 libkeyutils1 libpam0g libaudit1 libcap-ng0 libsystemd0 libcap2 \
  libgcrypt20 libgpg-error0 liblz4-1 liblzma5 libzstd1 zlib1g libselinux1 libpcre2-8-0 libuuid1 \
  libstdc++6 libgcc-s1 libreadline8 libtinfo6 libedit2 libbsd0 libmd0 libgnutls30 libp11-kit0 \
  libffi8 libidn2-0 libunistring2 libtasn1-6 libnettle8 libhogweed6 libgmp10 libcrypt1 libacl1 \
  libattr1 dash coreutils tzdata netbase

cd "$root"
rm -rf usr/share/{doc,man,locale,info} usr/lib/postgresql/15/lib/{bitcode,llvmjit*}
mkdir -p tmp run var/lib/postgresql
chmod 1777 tmp
# CloudNativePG runs everything as user 26.
printf '%s\n' root:x:0:0:root:/root:/bin/sh postgres:x:26:26::/var/lib/postgresql:/bin/sh \
  nobody:x:65534:65534::/:/bin/false >etc/passwd
printf '%s\n' root:x:0: postgres:x:26: nogroup:x:65534: >etc/group
printf '%s\n' 'passwd: files' 'group: files' 'hosts: files dns' >etc/nsswitch.conf
for program in usr/lib/postgresql/15/bin/*; do
  ln -sf "../lib/postgresql/15/bin/${program##*/}" usr/bin/
done
/sbin/ldconfig -r .

python3 "$here/image.py" --out "$tools/node/images/postgres.tar" \
  --reference registry.test/postgresql:15 --root "$root" --user 26 --env LANG=C.UTF-8
cd "$tools"
rm -r "$root"
