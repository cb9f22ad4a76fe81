# Debian's packages, unpacked but not installed; sourced by the parts that use them.
# shellcheck shell=bash

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
