# Every verb works from a bare python3 (3.11 or newer); CI calls the same ones.
PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
SHELL_SCRIPTS := .ci/run $(wildcard findings/*.sh)

# .venv holds what the server needs (RUNNING); the first verb that needs more adds the tests' and linters' packages (TESTING).
RUNNING := .venv/.running
TESTING := .venv/.testing

# What people build graphs with: only the tests need it.
AGENTS := tests/assistants/langgraph/requirements

.PHONY: run rename new frontend test test-client test-image test-browser test-approvals test-servers test-proxies test-chaos test-upgrade bench bench-stalls bench-endurance bench-attacks lint lock upgrade clean

# Without a recent Node, / is a plain page.
run: $(RUNNING)
	@$(MAKE) frontend || echo 'The chat page needs Node 20.19 or newer: without it, / is a plain page.'
	$(BIN)/python manage.py

# make rename NAME=acme-chat; not a NAME of the environment, which WSL sets. .venv has the old name, and is made anew.
rename:
	$(PYTHON) -m scripts.rename "$(if $(filter command,$(firstword $(origin NAME))),$(NAME))"
	@rm -rf .venv

# A Django app with a model, tools, an assistant and their test, to begin with: make new APP=orders
new: $(RUNNING)
	$(BIN)/python -m scripts.new "$(APP)"
	@$(BIN)/python manage.py makemigrations $(APP)

frontend: frontend/dist/manifest.json

test: $(TESTING)
	$(BIN)/pytest

test-client: $(TESTING) tests/client/node_modules tests/client/oldest/node_modules
	cd tests/client && PYTHON=$(CURDIR)/$(BIN)/python npm test

test-image: $(TESTING)
	$(BIN)/pytest tests/image

test-browser: $(TESTING)
	$(BIN)/pytest tests/browser

# Ten thousand generated sequences of messages, tools' calls and decisions; `make test` plays a few hundred.
test-approvals: $(TESTING)
	SEQUENCES=10000 $(BIN)/pytest --timeout 0 tests/assistants/llm/test_approval_sequences.py

# Servers that models are behind, other than llama.cpp's, which `make test` talks to.
test-servers: $(TESTING) build/tests/servers/litellm/.installed
	$(BIN)/pytest tests/servers/litellm

# Rolls from an image of an earlier layout of the run log to this one and back. It needs the repository's history.
test-upgrade: $(TESTING)
	$(BIN)/pytest tests/upgrade

# Kills, pauses, fills and replaces the run log's servers under 200 runs on each kind of them; `make test` plays 20.
test-chaos: $(TESTING)
	CHAOS_RUNS=200 $(BIN)/pytest -s --timeout 0 tests/chaos

# Every proxy of docs/proxies.md that is installed or can be; `make test` runs nginx and Caddy alone.
test-proxies: $(TESTING) build/tests/proxies/.installed
	ALL_PROXIES=1 $(BIN)/pytest tests/proxies

# The figures go to build/benchmarks.json too, and those of the first table into a picture.
bench: $(TESTING) build/benchmarks/.installed
	$(BIN)/python -m benchmarks
	build/benchmarks/bin/python -m benchmarks.plot

# How long large requests hold up other replies.
bench-stalls: $(TESTING)
	$(BIN)/python -m benchmarks stalls

# What should not grow: with a conversation, with streams, with time. 100,000 runs take some minutes.
bench-endurance: $(TESTING)
	$(BIN)/python -m benchmarks.endurance

bench-attacks: $(TESTING)
	$(BIN)/python -m benchmarks.attacks

lint: $(TESTING)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	$(BIN)/shellcheck $(SHELL_SCRIPTS)
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml deploy/compose.tls.yaml deploy/compose.postgres.yaml
	$(BIN)/zizmor --offline --quiet .github
	$(BIN)/gixy --skips host_spoofing,proxy_buffering_off nginx.conf # the app checks the Host; streaming is the point

# `make lock` adds missing packages to the locks, `make upgrade` upgrades all versions. The locks have hashes for every
# platform and Python, and no index address. Each is constrained by those before it, so that extras can be combined.
EXTRAS := langgraph postgres jwt
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url $(UPGRADE)
LOCK = $(COMPILE) pyproject.toml
upgrade: UPGRADE := --upgrade
upgrade: lock
	@git diff -U0 -- '*requirements*.txt' | sed -n 's/^\([-+][a-z0-9][^ ]*\).*/\1/p' | sort -u -k1.2 # what has moved
lock: $(TESTING)
	$(LOCK) --output-file requirements.txt
	set -e; constraints="--constraint requirements.txt"; for extra in $(EXTRAS); do \
	  $(LOCK) --extra $$extra $$constraints --output-file requirements-$$extra.txt; \
	  constraints="$$constraints --constraint requirements-$$extra.txt"; \
	done; $(LOCK) --extra dev $(EXTRAS:%=--extra %) $$constraints --output-file requirements-dev.txt
	$(COMPILE) --constraint requirements-dev.txt $(AGENTS).in --output-file $(AGENTS).txt
	$(if $(wildcard benchmarks),$(COMPILE) --constraint requirements.txt benchmarks/requirements.in --output-file benchmarks/requirements.txt)
	$(COMPILE) tests/proxies/requirements.in --output-file tests/proxies/requirements.txt
	$(COMPILE) tests/servers/litellm/requirements.in --output-file tests/servers/litellm/requirements.txt

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist staticfiles frontend/dist frontend/node_modules tests/client/node_modules tests/client/oldest/node_modules tests/browser/firefox/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Recreated when a lock has changed, and removed when it cannot be completed.
$(RUNNING): requirements.txt requirements-dev.txt $(AGENTS).txt
	rm -rf .venv
	( $(PYTHON) -m venv .venv && $(PIP_INSTALL) --require-hashes --requirement requirements.txt ) || { rm -rf .venv; exit 1; }
	touch $@

$(TESTING): $(RUNNING)
	rm $(RUNNING) # if this is interrupted, the next verb starts over
	( $(PIP_INSTALL) --require-hashes --requirement requirements-dev.txt \
	  && $(PIP_INSTALL) --require-hashes --requirement $(AGENTS).txt \
	  && $(PIP_INSTALL) --no-deps --no-build-isolation --editable . ) || { rm -rf .venv; exit 1; }
	touch $(RUNNING) $@

# What is measured and talked to beside this project has an environment of its own.
build/%/.installed: %/requirements.txt
	rm -rf build/$*
	$(PYTHON) -m venv build/$* && build/$*/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

%/node_modules: %/package-lock.json
	cd $* && npm ci --no-fund --no-audit
	touch $@

frontend/dist/manifest.json: frontend/node_modules $(shell find frontend/src frontend/*.json frontend/*.ts -type f)
	cd frontend && npm run build
