CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := target/tools/bin/cargo-deny
CARGO_FUZZ_VERSION := 0.13.2
CARGO_FUZZ := target/tools/bin/cargo-fuzz
FUZZ_TARGETS := $(basename $(notdir $(wildcard collector/fuzz/fuzz_targets/*.rs)))
SECONDS := 60

.PHONY: help run build tools test soak bench fuzz lint advisories generate cargo-deny cargo-fuzz
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## the demo: simulated platforms, sample data, the dashboard; no network
	cargo run --release -- demo

# With the tests' features, so that nothing is compiled twice.
build: ## every program, for development and for the tests
	cargo build --workspace --bins --tests

tools: ## what the tests need besides Rust, into target/tools/ (needs Go and Node.js)
	@tests/tools/build.sh
	@dashboard/web/install.sh

# Tests that need a Kubernetes node lie in modules named `node`.
test: tools build ## every test; matrices and kill points as a sample
ifeq ($(NODE),none)
	cargo test --workspace -- --skip ::node::
	@echo && echo "Left out by NODE=none:" && \
	cargo test --quiet -p modstats-tests --test it -- --list ::node:: | sed '/: test$$/!d; s///' | \
	awk '{ print "  " $$0 } END { print NR " tests that need a node were left out." }'
else
	cargo test --workspace
endif

soak: export MODSTATS_SOAK = 1
soak: test ## every test with the full counts

bench: tools ## ratios, measured side by side
	@tests/tools/build.sh bench
	cargo build --release -p modstats-tests -p modstats-collector -p modstats-dashboard -p modstats-operator \
	  --bins --benches
	cargo bench -p modstats-tests

# What is found on the way stays in target/, apart from the kept corpus.
fuzz: cargo-fuzz ## odd answers for each decoder, for SECONDS=60 each (needs nightly Rust)
	@set -e; for target in $(FUZZ_TARGETS); do \
	  mkdir -p target/fuzz/corpus/$$target; \
	  RUSTUP_TOOLCHAIN=nightly $(CARGO_FUZZ) run --fuzz-dir collector/fuzz --target-dir target/fuzz \
	    $$target target/fuzz/corpus/$$target collector/fuzz/corpus/$$target \
	    -- -max_total_time=$(SECONDS); \
	done

lint: cargo-deny ## formatting, clippy, licences and sources of the dependencies
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	$(CARGO_DENY) check --hide-inclusion-graph bans licenses sources

advisories: cargo-deny ## known faults of the dependencies (needs the network)
	$(CARGO_DENY) check advisories

generate: ## the CustomResourceDefinition, from crds/; the pages' style and script, from dashboard/web/
	crd=$$(cargo run --quiet -p modstats-crds --bin crdgen) && \
	printf '%s\n' "$$crd" | tee crds/generated/trackedmods.modstats.dev.yaml \
	  > charts/modstats/files/trackedmods.modstats.dev.yaml
	dashboard/web/build.sh

cargo-deny:
	@$(CARGO_DENY) --version 2>/dev/null | grep -qx 'cargo-deny $(CARGO_DENY_VERSION)' || \
	cargo install --locked --root target/tools cargo-deny --version $(CARGO_DENY_VERSION)

cargo-fuzz:
	@$(CARGO_FUZZ) --version 2>/dev/null | grep -qx 'cargo-fuzz $(CARGO_FUZZ_VERSION)' || \
	cargo install --locked --root target/tools cargo-fuzz --version $(CARGO_FUZZ_VERSION)
