#!/usr/bin/env python3
"""Puts a container image together without a registry or a daemon.

From a folder:   image.py --root FOLDER --reference REF --out TAR --entrypoint /program
From a program:  image.py --binary PATH --reference REF --out TAR

The second holds the program, its loader and libraries as ldd names them, the machine's CA
certificates and nothing else, and runs it as user 65532. `docker load` and `ctr images import`
take the archive. The same files give the same bytes: times are 0, owner and group are root.
"""

import argparse
import hashlib
import io
import json
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
EPOCH = "1970-01-01T00:00:00Z"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--root", type=Path, help="folder that becomes /")
    source.add_argument("--binary", type=Path, help="program that becomes the entrypoint")
    parser.add_argument("--reference", required=True, help="name:tag")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--entrypoint", nargs="*", default=[])
    parser.add_argument("--user", default="")
    parser.add_argument("--env", nargs="*", default=[])
    return parser.parse_args()


def libraries(binary):
    """The loader and the shared libraries of a program, at the paths where it looks for them."""
    found = subprocess.run(["ldd", binary], capture_output=True, text=True)
    if "not a dynamic executable" in found.stderr or "statically linked" in found.stdout:
        return []
    if found.returncode != 0 or "not found" in found.stdout:
        sys.exit(f"ldd {binary}: {found.stdout}{found.stderr}")
    # "libc.so.6 => /lib/libc.so.6 (0x…)", or the loader alone: "/lib64/ld-linux-x86-64.so.2 (0x…)"
    return [Path(path) for path in re.findall(r"(/\S+) \(0x", found.stdout)]


def copy(source, root, destination):
    target = root / str(destination).lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def program_root(binary, root):
    """A file system for one program."""
    copy(binary, root, f"/{binary.name}")
    (root / binary.name).chmod(0o755)
    for library in libraries(binary):
        copy(library, root, library)
    if not CERTIFICATES.exists():
        sys.exit(f"{CERTIFICATES} is missing. Install the package ca-certificates.")
    copy(CERTIFICATES, root, CERTIFICATES)
    # /etc/hosts before DNS, as everywhere.
    (root / "etc/nsswitch.conf").write_text("hosts: files dns\n")
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


def plain(entry):
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    return entry


def layer(root):
    """The folder as a tar, in a temporary file, and its digest."""
    file = tempfile.TemporaryFile()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(root.iterdir()):
            tar.add(path, arcname=path.name, filter=plain)
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return file, digest.hexdigest()


def write(out, reference, root, entrypoint, user, env):
    file, digest = layer(root)
    config = json.dumps({
        "architecture": ARCHITECTURES[platform.machine()],
        "os": "linux",
        "created": EPOCH,
        "config": {
            "Entrypoint": entrypoint,
            "User": user,
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *env],
            "WorkingDir": "/",
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created": EPOCH}],
    }).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = [{"Config": name, "RepoTags": [reference], "Layers": [f"{digest}.tar"]}]
    out.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(out, "w") as tar:
        def add(name, size, data):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = size, 0o644
            tar.addfile(entry, data)

        for member, data in [("manifest.json", json.dumps(manifest).encode()), (name, config)]:
            add(member, len(data), io.BytesIO(data))
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        add(f"{digest}.tar", size, file)


def main():
    given = arguments()
    if given.root:
        write(given.out, given.reference, given.root, given.entrypoint, given.user, given.env)
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        program_root(given.binary.resolve(), root)
        entrypoint = given.entrypoint or [f"/{given.binary.name}"]
        user = given.user or "65532:65532"
        write(given.out, given.reference, root, entrypoint, user, given.env)


main()
