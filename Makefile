# The one door to Heatwatch. "make" alone lists the targets that are meant for people.
#
# PYTHON names the interpreter that makes .venv (3.11 or newer); everything else comes out of requirements/.

PYTHON ?= python3
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
WORKERS ?= 2
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check
STATIC := monitor/web/static
ASSET_SOURCES := $(shell find assets/js assets/css -type f 2>/dev/null) assets/package.json assets/package-lock.json

# A desk started from a checkout keeps its data there, unless the environment says otherwise.
run demo migrate: export HEATWATCH_HOME ?= $(CURDIR)/data

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test check lint types migrate screenshots bench bench-peers evaluate reliability messages docs lock assets build clean format dev coverage properties

help: ## List these targets
	@echo "Heatwatch: make <target>"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

# ---------------------------------------------------------------- for people who run a desk

run: $(VENV)/run.stamp assets ## Set up on first use, then start web and worker on 127.0.0.1:8000 (ARGS=...)
	@exec $(VENV)/bin/heatwatch up $(ARGS)

demo: $(VENV)/run.stamp assets ## Start a desk filled with a rehearsal, and a receiver that shows its messages
	@exec $(VENV)/bin/heatwatch demo $(ARGS)

migrate: $(VENV)/run.stamp ## Bring the database to the newest schema
	@$(VENV)/bin/heatwatch migrate $(ARGS)

# ---------------------------------------------------------------- for people who change it

dev: $(VENV)/dev.stamp assets ## Set up everything a contributor needs, and start nothing

test: dev system-parts ## Run the tests, browser included (ARGS="-k silence")
	@$(VENV)/bin/pytest -n $(WORKERS) $(ARGS)

check: lint types test ## What CI runs: lint, types, test

lint: $(VENV)/dev.stamp ## Check style and formatting
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

format: $(VENV)/dev.stamp ## Format, and repair what ruff can repair by itself
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format .

types: $(VENV)/dev.stamp ## Check types
	@$(VENV)/bin/mypy

reliability: dev system-parts ## Kill processes and cut connections for real (minutes)
	@$(VENV)/bin/pytest -m reliability -p no:randomly $(ARGS)

properties: dev ## Run the property tests of the engine and of all parsers on thousands of examples, 200 replays (minutes)
	@$(VENV)/bin/pytest -q -n $(WORKERS) --hypothesis-profile=thorough tests/domain tests/sources tests/egress tests/services/test_replay_equivalence.py $(ARGS)

coverage: dev ## Show which branches of domain and packs no test takes
	@$(VENV)/bin/pytest -q -n $(WORKERS) --cov=monitor/domain --cov=monitor/packs --cov-branch --cov-report=term tests/domain tests/packs

bench: dev assets ## Measure speed against plain baselines, about 10 minutes (ARGS="scoring pages")
	@$(PY) -m bench $(ARGS)

bench-peers: dev ## Measure Prometheus and Alertmanager beside it, where their Debian packages are installed
	@$(PY) -m bench peers

evaluate: dev ## Judge the default rule on real months, beside others' policies (ARGS="--file deaths.csv")
	@$(PY) -m evaluation $(ARGS)

screenshots: dev system-parts ## Take the pictures in docs/ from a running demo
	@$(PY) tests/browser/screenshots.py $(ARGS)

messages: $(VENV)/dev.stamp ## Bring the catalogues in monitor/locale up to date with what code and templates say
	@$(PY) -m tests.languages.catalogue

docs: $(VENV)/dev.stamp ## Check that every setting, command and pack field is documented
	@$(VENV)/bin/pytest -q tests/test_docs.py $(ARGS)

lock: $(VENV)/dev.stamp ## Resolve newer versions and write requirements/ and assets/package-lock.json again
	@rm -f uv.lock
	@$(VENV)/bin/uv lock --quiet --python $(PY)
	@set -e; export="$(VENV)/bin/uv export --frozen --no-emit-project --no-header --no-annotate --quiet"; \
	  $$export --no-default-groups --output-file requirements/run.txt >/dev/null; \
	  $$export --only-group build --output-file requirements/build.txt >/dev/null; \
	  $$export --all-groups --output-file requirements/dev.txt >/dev/null
	@cd assets && rm -rf node_modules package-lock.json && \
	  PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm install --package-lock-only --ignore-scripts --silent
	@$(VENV)/bin/pytest -q -p no:randomly tests/test_locks.py

build: dev ## Build the wheel into dist/
	@$(PY) -m build --wheel --no-isolation --outdir dist .

clean: ## Remove what was built or installed; data/ stays
	@rm -rf $(VENV) dist build htmlcov .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@rm -rf assets/node_modules $(STATIC)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- how they are made

assets: $(STATIC)/app.js ## Build the browser code

$(STATIC)/app.js: $(ASSET_SOURCES) assets/node_modules/.stamp
	@echo "Building the browser code"
	@cd assets && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm run --silent build
	@touch $@

assets/node_modules/.stamp: assets/package-lock.json assets/.npmrc | $(VENV)/node.stamp
	@echo "Installing the browser libraries"
	@cd assets && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm ci --ignore-scripts --silent
	@touch $@

# Either set of requirements brings Node; the run set is the smaller one.
$(VENV)/node.stamp: | $(VENV)/run.stamp
	@touch $@

$(VENV)/python.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not installed. Heatwatch needs Python 3.11 or newer; name one with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: $(PYTHON) is $$($(PYTHON) -V 2>&1). Heatwatch needs Python 3.11 or newer; name one with PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "make: $(PYTHON) cannot make virtual environments (no ensurepip). On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) -V)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: requirements/run.txt requirements/build.txt pyproject.toml $(VENV)/python.stamp
	@echo "Installing what Heatwatch needs to run (first time: about half a minute)"
	@$(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements/run.txt -r requirements/build.txt
	@$(PIP_INSTALL) --no-deps --no-index --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "Installing what contributors need"
	@$(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

# PostgreSQL and Chromium for the tests: those that are there, else (as root, on Debian) the distribution's.
# Without them the tests say loudly what they skip; with CI set in the environment they fail instead.
.PHONY: system-parts
system-parts:
	@if ! ls "$$(pg_config --bindir 2>/dev/null)/initdb" /usr/lib/postgresql/*/bin/initdb 2>/dev/null | grep -q .; then \
	  $(call apt_install,postgresql); fi
	@if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null \
	  && ! command -v google-chrome >/dev/null; then $(call apt_install,chromium fonts-dejavu-core); fi

define apt_install
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
  echo "Installing $(1) for the tests"; \
  (apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $(1)) \
    >/dev/null 2>&1 </dev/null || echo "Could not install $(1); the tests that need it will say so" >&2; \
else echo "Not found and not installed (needs root and apt): $(1)" >&2; fi
endef
