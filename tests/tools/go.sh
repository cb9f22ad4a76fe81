# What the Go parts share; sourced by them.
# shellcheck shell=bash

need go "the tests build Kubernetes from its Go modules. Install Go 1.26 or newer (https://go.dev/dl)."

# These are part of the build cache's key: with others, everything is compiled anew.
export CGO_ENABLED=0 GOFLAGS="-buildvcs=false -trimpath"

# go_build MODULE PACKAGE OUTPUT [LINKER FLAGS]: a program of one of the modules beside this file.
go_build() {
  (cd "$here/$1" && go build -ldflags "-s -w ${4:-}" -o "$3" "$2")
}
