# Every verb works from a bare python3 (3.11 or newer); CI calls the same ones.
PYTHON ?= python3
BIN := .venv/bin
SHELL_SCRIPTS := .ci/run

.PHONY: run frontend test test-client test-image test-browser bench bench-attacks lint lock clean

# Without Node, or with one that is too old, / is a plain page.
run: .venv
	@$(MAKE) frontend || echo 'The chat page needs Node 20.19 or newer: without it, / is a plain page.'
	$(BIN)/python manage.py

frontend: frontend/dist/chat.js

test: .venv
	$(BIN)/pytest

test-client: .venv tests/client/node_modules
	cd tests/client && PYTHON=$(CURDIR)/$(BIN)/python npm test

test-image: .venv
	$(BIN)/pytest tests/image

test-browser: .venv
	$(BIN)/pytest tests/browser

bench: .venv
	$(BIN)/python -m benchmarks

bench-attacks: .venv
	$(BIN)/python -m benchmarks.attacks

lint: .venv
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	$(BIN)/shellcheck $(SHELL_SCRIPTS)
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml deploy/compose.tls.yaml
	$(BIN)/zizmor --offline --quiet .github
	$(BIN)/gixy --skips host_spoofing,proxy_buffering_off nginx.conf # the app checks the Host; streaming is the point

# Recompiles the locked requirements: hashes for every platform and Python, no index address.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --upgrade --extra llm pyproject.toml
lock: .venv
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra langgraph --constraint requirements.txt --output-file requirements-langgraph.txt
	$(LOCK) --extra dev --extra langgraph --constraint requirements-langgraph.txt --output-file requirements-dev.txt

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist staticfiles frontend/dist frontend/node_modules tests/client/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made anew when what it holds has changed; removed when it could not be finished.
.venv: requirements-dev.txt
	rm -rf .venv
	$(PYTHON) -m venv .venv
	( $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt \
	  && $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ) \
	  || { rm -rf .venv; exit 1; }
	touch .venv

%/node_modules: %/package-lock.json
	cd $* && npm ci --no-fund --no-audit
	touch $@

frontend/dist/chat.js: frontend/node_modules $(shell find frontend/src frontend/*.json frontend/*.ts -type f)
	cd frontend && npm run build
