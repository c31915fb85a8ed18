# The commands of this project. `make help` lists them.
.DEFAULT_GOAL := help
CARGO := cargo
# The demo, the tests and the load driver talk to simulators on loopback: the test profile allows that, a production build does not have the option.
TEST_PROFILE := --features hub/test-profile

.PHONY: help demo test test-rust test-peers lint bench check fuzz-smoke docs

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## three simulated member states, a hub, a bank, a country system; ARGS=--check exits after the tour
	@scripts/install-missing build
	$(CARGO) build --release --locked -p hub -p conformance $(TEST_PROFILE) --bins
	target/release/conformance demo $(ARGS)

test: ## everything: unit, contract suites, end to end with a real Redis, a browser and independent peers
	@scripts/install-missing test
	@$(MAKE) --no-print-directory test-rust
	@$(MAKE) --no-print-directory test-peers

test-rust: ## the Rust tests alone (needs redis-server)
	$(CARGO) build --workspace --locked --bins
	$(CARGO) test --workspace --locked --no-fail-fast
	$(CARGO) test -p hub --locked --no-fail-fast # once more as it is shipped, without the test profile

test-peers: ## the independent peers alone (needs node, npm, python3, chromium, go)
	$(CARGO) build --workspace --locked --bins --example write_log
	conformance/peers/run

lint: ## format, clippy, house rules
	@scripts/install-missing build
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	scripts/house-rules

bench: ## CPU per operation beside its floor, measured in one run; writes target/bench/latest.json
	@scripts/install-missing bench
	$(CARGO) build --release --locked -p hub -p conformance $(TEST_PROFILE) --bins
	target/release/conformance load $(ARGS)

docs: ## the API documentation
	$(CARGO) doc --workspace --no-deps --locked

fuzz-smoke: ## every parser under libFuzzer, SECONDS=10 each (needs cargo-fuzz)
	@scripts/install-missing build
	fuzz/run $(or $(SECONDS),10)
