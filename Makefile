# One command for each purpose; CI runs the same ones. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build build-ci demo test test-rust test-php test-matrix test-joomla test-browser bench lint lint-rust lint-php lint-joomla deny fuzz mutants package package-check clean

# The build script of ext-php-rs runs again if these change, so every target uses the same values.
export PHP ?= $(shell command -v php)

EXTENSION := $(CURDIR)/target/release/libcloversync.so
# Of the benchmarks. The package's static helper starts faster than the one that is linked on this machine.
HELPER ?= $(CURDIR)/target/release/clover-helper
# Files of another build, such as those of a package, take the place of these; then only the simulator is built.
EXTENSION_CI ?= $(CURDIR)/target/ci/libcloversync.so
HELPER_CI ?= $(CURDIR)/target/ci/clover-helper
SIMULATOR_CI := $(CURDIR)/target/ci/clover-simulator
SECONDS_OF_FUZZING ?= 600
FUZZ_TARGETS ?= wire webhook
MUTANTS ?= money pricing quantity text order seal webhook ledger mapping
MUTANTS_CLIENT ?= oauth token_manager verdict retry
# Called with a crate's name, its modules and what to build and run of its tests; without modules it does nothing.
MUTATE = $(if $(strip $2),PROPTEST_CASES=32 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0 nice cargo mutants \
	--package clover-$1 --test-package clover-$1 $(foreach module,$2,--file 'crates/clover-$1/src/$(module).rs') \
	--timeout 15 --jobs 1 --output target/mutants/$1 $(MUTANTS_OPTIONS) $(foreach part,$3,--cargo-arg=$(part)),:)
# Mago is built once for each version, in about seven minutes; MAGO is the path of an existing program.
MAGO_VERSION := 1.29.0
MAGO ?= target/tools/mago-$(MAGO_VERSION)/bin/mago

# cargo-deny takes longer: DENY is the path of an existing program.
DENY_VERSION := 0.20.2
DENY ?= target/tools/cargo-deny-$(DENY_VERSION)/bin/cargo-deny
# Zig links release builds. Both come from PyPI; ZIG_TOOLS is the path of an existing folder with both.
ZIG_VERSION := 0.14.1
ZIGBUILD_VERSION := 0.24.1
ZIG_TOOLS ?= target/tools/zig-$(ZIG_VERSION)-$(ZIGBUILD_VERSION)
# The same with Joomla's own classes in place of dev/stubs: `make lint-joomla` with JOOMLA_ROOT, a site with J2Commerce.
ANALYZED_JOOMLA := $(addprefix php-plugin/,lib/src/Joomla $(addprefix plg_,$(addsuffix _cloversync,task console actionlog privacy webservices)))
RUNS ?= sqlite+extension mariadb+extension sqlite+helper
PHPUNIT_SUITES ?= extension,shop,resilience

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install missing Debian packages; prints the list first
	@scripts/setup.sh

build: setup ## Release build: the extension and the simulator
	cargo build --release --locked --package cloversync --package clover-helper --package clover-simulator

build-ci: setup ## The build for the tests: release code without link-time optimization
	cargo build --profile ci --locked --package clover-simulator \
		$(if $(findstring file,$(origin EXTENSION_CI)),--package cloversync) $(if $(findstring file,$(origin HELPER_CI)),--package clover-helper)

demo: build ## An end-to-end run from connect to an unchanged sync, against the simulator
	@scripts/demo.sh

test: test-rust test-php test-joomla test-browser ## Every test

test-rust: setup
	cargo test --workspace --locked

test-php: build-ci ## PHPUnit on SQLite and MariaDB, with extension and helper; RUNS, PHPUNIT_SUITES, PHPUNIT_OPTIONS and WORKERS are a choice
	CLOVERSYNC_EXTENSION=$(EXTENSION_CI) CLOVERSYNC_HELPER=$(HELPER_CI) CLOVERSYNC_SIMULATOR=$(SIMULATOR_CI) RUNS="$(RUNS)" \
		SUITES="$(PHPUNIT_SUITES)" php scripts/test-php.php $(PHPUNIT_OPTIONS)

test-matrix: ## The extension suite with other PHP programs (PHPS) and the files of make package; skipped without PHPS
ifneq ($(PHPS),)
	cargo build --profile ci --locked --package clover-simulator
endif
	@CLOVERSYNC_SIMULATOR=$(SIMULATOR_CI) PHPS="$(PHPS)" LIBRARIES="$(LIBRARIES)" scripts/test-matrix.sh $(PHPUNIT_OPTIONS)

test-joomla: ## The app's classes inside the Joomla that JOOMLA_ROOT points to; skipped without it
ifeq ($(JOOMLA_ROOT),)
	@echo "test-joomla: skipped, JOOMLA_ROOT is not set"
else
	$(MAKE) build-ci
	export JOOMLA_ROOT="$(JOOMLA_ROOT)" CLOVERSYNC_EXTENSION=$(EXTENSION_CI) CLOVERSYNC_SIMULATOR=$(SIMULATOR_CI); \
	phpunit() { php -d extension=$(EXTENSION_CI) -d zend.assertions=1 "$$(type -P phpunit)" --configuration phpunit-joomla.xml --fail-on-skipped "$$@" $(PHPUNIT_OPTIONS); }; \
	phpunit --testsuite joomla && CLOVERSYNC_TEST_DATABASE=joomla-pdo phpunit --testsuite drivers
endif

test-browser: ## The steps of the owner's manual in a browser, on the throw-away site of JOOMLA_ROOT and JOOMLA_URL; skipped without it
ifeq ($(JOOMLA_URL),)
	@echo "test-browser: skipped, JOOMLA_URL is not set"
else
	@test -f "$${PACKAGE:-dist/app_cloverpos.zip}" || { echo "test-browser: make package first" >&2; exit 1; }
	cd tests-php/browser && { test -d node_modules/playwright-core || npm ci --no-fund --no-audit; } && \
		PACKAGE="$${PACKAGE:-$(CURDIR)/dist/app_cloverpos.zip}" npm test --silent
endif

bench: build ## All promised figures as one table; BENCH=import,unchanged runs a selection, CLOVERSYNC_ENGINE=helper the helper
	@scripts/setup.sh --bench
	CLOVERSYNC_EXTENSION=$(EXTENSION) CLOVERSYNC_HELPER=$(abspath $(HELPER)) \
		CLOVERSYNC_SIMULATOR=$(CURDIR)/target/release/clover-simulator BENCH="$(BENCH)" BENCH_ITEMS="$(BENCH_ITEMS)" \
		php $(if $(filter helper,$(CLOVERSYNC_ENGINE)),,-d extension=$(EXTENSION)) benches/bench.php

lint: lint-rust lint-php ## Formatting, clippy, documentation, Mago and syntax; fails on any finding

lint-rust: setup
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked --quiet

lint-php: setup $(MAGO)
	$(MAGO) format --check
	$(MAGO) format --check dev/stubs
	$(MAGO) lint
	$(MAGO) analyze
	php -n scripts/engine-classes.php --check
	@find php-plugin cli dev scripts stubs tests-php benches -name '*.php' -print0 | xargs -0 -n1 -P2 php -n -l | grep -v '^No syntax errors' ; test $${PIPESTATUS[0]} -eq 0
	@find scripts .ci cloversync -type f \( -name '*.sh' -o -name run -o -name cloversync \) -print0 | xargs -0 -n1 bash -n

lint-joomla: $(MAGO) ## Compare dev/stubs with a real Joomla, by analysis; JOOMLA_ROOT is a site with J2Commerce
	php scripts/analyze-joomla.php $(MAGO) $(ANALYZED_JOOMLA)

$(MAGO):
	cargo install mago --version $(MAGO_VERSION) --locked --root target/tools/mago-$(MAGO_VERSION)

deny: setup $(DENY) ## Licenses, banned packages and sources of all dependencies (deny.toml)
	$(DENY) --locked check bans licenses sources

$(DENY):
	cargo install cargo-deny --version $(DENY_VERSION) --locked --root target/tools/cargo-deny-$(DENY_VERSION)

fuzz: setup ## Fuzz FUZZ_TARGETS (wire webhook) for SECONDS_OF_FUZZING (600) in total; needs nightly Rust
	command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
	for target in $(FUZZ_TARGETS); do \
		cargo +nightly fuzz run $$target -- -max_total_time=$$(($(SECONDS_OF_FUZZING) / $(words $(FUZZ_TARGETS)))) -rss_limit_mb=4096 || exit 1; \
	done

mutants: setup ## Mutation testing: MUTANTS of clover-core, MUTANTS_CLIENT of clover-client; MUTANTS_OPTIONS="--shard 0/8 --sharding round-robin" runs a part
	command -v cargo-mutants >/dev/null || cargo install cargo-mutants --locked
	mkdir -p target/mutants
	$(call MUTATE,core,$(foreach module,$(MUTANTS),$(module) $(module)/*),--lib --test=rules)
	$(call MUTATE,client,$(MUTANTS_CLIENT),--lib --test=retrying --test=tokens --test=wire)

package: setup $(ZIG_TOOLS) ## dist/: the Joomla package, the extension's libraries and PIE archives; docs/releasing.md has the variables
	@scripts/setup.sh --package
	@ZIG_TOOLS=$(ZIG_TOOLS) scripts/build-release.sh
	@scripts/package.sh

package-check: setup ## The same for this machine only, without link-time optimization, in target/package-check
	@$(MAKE) --no-print-directory package PROFILE=ci CARGO_PROFILE_CI_STRIP=symbols MACHINES=$(shell uname -m) \
		FOLDER=target/package-check/files DIST=target/package-check/dist

$(ZIG_TOOLS):
	@scripts/setup.sh --package
	rm -rf $@.part
	python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target $@.part \
		ziglang==$(ZIG_VERSION) cargo-zigbuild==$(ZIGBUILD_VERSION)
	mv $@.part $@

clean: ## Remove all build output
	cargo clean
	rm -rf dist var fuzz/target
