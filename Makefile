# The commands of the project; `make help` lists them. What each needs is installed by itself (tools/setup), where built
# things go is decided in tools/env.sh.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
# One cargo build at a time: they share a target folder and would only wait for each other.
.NOTPARALLEL:
.DEFAULT_GOAL := help

ENV := . tools/env.sh
ADDR := $${HOOKPROOF_ADDR:-127.0.0.1:3000}
# How long `make fuzz` spends on each target.
FUZZ_SECONDS ?= 60

##@ Use it

.PHONY: run
run: ## Build and start the console on http://127.0.0.1:3000, with the embedded database in data/
	tools/setup build
	tools/build debug
	$(ENV); say "starting: open http://$(ADDR) in a browser (Ctrl-C stops it)"; exec "$$CARGO_TARGET_DIR/debug/hookproof" serve

.PHONY: demo
demo: ## The same with stand-ins of the providers that post to it, and a week of history
	tools/setup build
	tools/build debug
	$(ENV); say "starting the demo: open http://$(ADDR) in a browser (Ctrl-C stops it)"; exec "$$CARGO_TARGET_DIR/debug/hookproof" demo

.PHONY: build
build: ## Build the release binary and its site
	tools/setup build
	tools/build release

.PHONY: bin
bin: ## Print the path of the release binary (use: make -s bin)
	@$(ENV); echo "$$CARGO_TARGET_DIR/release/hookproof"

##@ Work on it

.PHONY: test
test: ## Everything: format, lints, dependencies, tests on both databases, the site, the browser tests
	tools/setup test
	tools/test

.PHONY: test-rust
test-rust: ## Only the tests in Rust, on both databases
	tools/setup test
	tools/test rust

.PHONY: test-end2end
test-end2end: ## Only the browser tests
	tools/setup test
	tools/test build end2end

.PHONY: test-api
test-api: ## Only hold a running server to the description of its API (schemathesis)
	tools/setup test
	tools/test build api

.PHONY: test-signatures
test-signatures: ## Only let the standardwebhooks packages of npm and PyPI check what we sign
	tools/setup test
	tools/test signatures

.PHONY: test-crash
test-crash: ## Kill the server under load, again and again, on both databases, and look for what was promised
	tools/setup test
	$(ENV); tools/postgres run cargo test --locked --release -p hookproof --test crash -- --nocapture --test-threads 1

.PHONY: test-walkthrough
test-walkthrough: ## Follow the steps of CONTRIBUTING.md's "Add a provider" and run their vectors
	tools/setup test
	tools/walkthrough

.PHONY: bench-ingest
bench-ingest: ## Measure the door for webhooks on both databases, beside a bare handler
	tools/setup test
	$(ENV); tools/postgres run cargo bench --locked -p hookproof --bench ingest

.PHONY: bench-delivery
bench-delivery: ## Measure forwarding on both databases, beside a plain loop and with dead destinations
	tools/setup test
	$(ENV); tools/postgres run cargo bench --locked -p hookproof --bench delivery

.PHONY: fuzz
fuzz: ## Fuzz the providers' parsing and verifying, FUZZ_SECONDS for each target
	tools/setup fuzz
	tools/fuzz $(FUZZ_SECONDS)

.PHONY: fmt
fmt: ## Format the Rust sources
	$(ENV); cargo fmt --all

.PHONY: lint
lint: ## Format check, clippy and the rules for dependencies
	tools/setup test
	tools/test format lints dependencies

.PHONY: audit
audit: ## Ask the advisory database about the dependencies (needs the network)
	tools/setup test
	$(ENV); cargo deny --locked check advisories

.PHONY: setup
setup: ## Only install what building and testing need
	tools/setup test

.PHONY: clean
clean: ## Remove what was built, but not the tools
	$(ENV); cargo clean; rm -rf node_modules end2end/results end2end/screenshots

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
