#!/usr/bin/env bash
# cgroups.sh make|remove NAME: a control group at the top of every hierarchy, for a node's pods.
set -euo pipefail
action=$1 name=$2
top=/sys/fs/cgroup

make() {
  if [ -e $top/cgroup.controllers ]; then
    echo "+cpu +cpuset +memory +pids" >$top/cgroup.subtree_control
    mkdir "$top/$name"
    return
  fi
  for hierarchy in $top/*/; do
    mkdir "$hierarchy$name"
    if [ -e "$hierarchy/cpuset.cpus" ]; then
      # A new group of version 1 may use no processor at all.
      cat "$hierarchy/cpuset.cpus" >"$hierarchy$name/cpuset.cpus"
      cat "$hierarchy/cpuset.mems" >"$hierarchy$name/cpuset.mems"
    fi
  done
}

# A group can't be removed before the kernel has buried the last process in it.
remove() {
  local left
  for _ in {1..250}; do
    left=$(find $top -maxdepth 2 -name "$name")
    if [ -z "$left" ]; then
      return
    fi
    # shellcheck disable=SC2086
    find $left -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.02
  done
}

"$action"
