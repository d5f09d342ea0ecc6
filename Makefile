# `make help` lists the targets. Everything runs in .venv, made by plain pip from the hashed lock.
# Set-up speaks on stderr only, so that `make demo ARGS="--once --json"` writes JSON lines and nothing else.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test test-long browser contract check bench lock

# Under `env -i` there is no PATH at all, and Python cannot find itself.
PATH ?= /usr/local/bin:/usr/bin:/bin
export PATH

BIN := .venv/bin
READY := .venv/.ready
PYTHONS := python3.11 python3.12 python3 python3.13
# Tests wait more than they compute: real processes, real time-outs.
WORKERS ?= 5
CHROMIUMS := chromium chromium-browser google-chrome google-chrome-stable
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name words; do printf '  make %-10s %s\n' "$$name" "$$words"; done

demo: $(READY) ## four practice systems, a customer base, and the hub between them (ARGS="--once --json" ...)
	@exec $(BIN)/hub demo $(ARGS)

test: $(READY) ## every test but the long forms (ARGS="tests/hub -k vault" for some; BROWSER=no without a browser)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS); status=$$?; \
	[ "$(BROWSER)" != no ] || echo "The browser tests were not run (BROWSER=no)."; \
	exit $$status

test-long: $(READY) ## the long forms: 10,000 histories for each promise
	@CONCORD_EXAMPLES=$${CONCORD_EXAMPLES:-10000} $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --timeout 7200 -m long $(ARGS)

browser: $(READY) ## a Chromium for the browser tests, if there is none
	@for one in $(CHROMIUMS); do \
	  if found="$$(command -v "$$one")"; then echo "The browser tests use $$found."; exit 0; fi; \
	done; \
	$(BIN)/playwright install chromium || { echo "Chromium could not be fetched. Install it by your package manager (on Debian and Ubuntu: apt install chromium)." >&2; exit 1; }

contract: $(READY) ## connectors and twins against the vendors' published shapes (HUB_VENDOR_SPECS=folder)
	@$(BIN)/python -m pytest -m contract $(ARGS)

check: $(READY) ## format, lint, types, layers, sizes and owners
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/test_house.py

bench: $(READY) .venv-bench/.ready ## how fast, side by side with dlt (ARGS="--records 10000" for a quick look)
	@$(BIN)/python -m benchmarks $(ARGS)

lock: ## compile the locks again (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: see https://docs.astral.sh/uv/" >&2; exit 1; }
	@cd requirements && for name in *.in; do $(LOCK) "$$name" -o "$${name%.in}.txt" || exit 1; done

# What we are compared with stays apart: it brings packages that Concord does not need.
.venv-bench/.ready: requirements/bench.txt | $(READY)
	@exec 1>&2; set -e; \
	echo "Installing what requirements/bench.txt locks ..."; \
	$(BIN)/python -m venv .venv-bench; \
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt; \
	touch $@

# The ready mark is written last: an interrupted installation is taken up again.
$(READY): requirements/test.txt
	@exec 1>&2; set -e; \
	if [ ! -x $(BIN)/python ]; then \
	  for one in $(PYTHONS); do \
	    if "$$one" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then found="$$one"; break; fi; \
	  done; \
	  [ -n "$$found" ] || { echo "Concord needs Python 3.11, 3.12 or 3.13, and none is on the path ($(PYTHONS)). Install one, then try again."; exit 1; }; \
	  echo "Making .venv with $$("$$found" --version) ..."; \
	  "$$found" -m venv .venv || { rm -rf .venv; echo "$$found cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv)."; exit 1; }; \
	fi; \
	echo "Installing what requirements/test.txt locks (about a minute the first time) ..."; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	touch $@
