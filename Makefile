# nearcare: `make demo` shows it working, `make test` proves it, `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help setup build demo test check accept torture fuzz lint tidy units bench clean

SWIFT ?= swift
# ARCHITECTURE.md says why the Swift runtime is inside.
RELEASE := -c release --static-swift-stdlib
CHECKED := --explicit-target-dependency-import-check error

help:
	@echo 'make setup   install the Debian packages that are missing'
	@echo 'make demo    set up, build, index a made-up sample, search it, book a slot'
	@echo 'make test    build and run every test'
	@echo 'make check   what continuous integration runs: lint, strict build, tests, tidy'
	@echo 'make accept  whole programs on real files beside the repository, against a full scan'
	@echo 'make torture power loss, kills, failing disks, races and checked histories, all offers and clocks; hours'
	@echo 'make fuzz    arbitrary bytes to every reader of outside text; FUZZ_SECONDS=600 for longer'
	@echo 'make bench   candidates, availability and bookings beside their peers'
	@echo 'make build   the release programs, .build/release/nearcare and .build/release/indexer'
	@echo 'make clean   remove what was built'

setup:
	@.ci/setup

build: setup
	$(SWIFT) build $(RELEASE) $(CHECKED)

demo: build
	@.ci/demo .build/release

test: setup
	$(SWIFT) test $(CHECKED)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests indexer data Benchmarks Fuzzing/Sources

tidy:
	@.ci/tidy

accept: build
	@Tests/Acceptance/run .build/release

torture: build
	@Tests/Torture/run .build/release
	NEARCARE_ROUNDS=1000 $(SWIFT) test $(CHECKED) --filter SearchIndexTests.SafetyTests
	NEARCARE_ROUNDS=625 $(SWIFT) test $(CHECKED) --filter BookingTests.ModelTests
	NEARCARE_OFFERS=100000 $(SWIFT) test $(CHECKED) --filter BookingTests.OfferTests
	NEARCARE_ORACLE=full $(SWIFT) test $(CHECKED) --filter SchedulingTests.ClockChangeOracleTests

fuzz: setup
	@Fuzzing/run

units: build
	@.ci/units .build/release

check: setup lint tidy
	$(SWIFT) build --build-tests $(CHECKED)
	$(SWIFT) test $(CHECKED)
	@$(MAKE) accept units
	@Tests/Torture/run .build/release --short
	@FUZZ_SECONDS=45 Fuzzing/run

bench: setup
	@Benchmarks/run candidates
	@Benchmarks/run availability
	@Benchmarks/run bookings

clean:
	$(SWIFT) package clean
