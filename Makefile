# LSP Graph. `make serve` and `make test` do their own set-up; nothing but Python 3.11+ and make is needed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
WEB    := hatch_build.py $(wildcard web/*.json web/*.mjs web/src/*)

.PHONY: setup serve test check fmt build bench docs lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml $(WEB)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, this is: $$($(PYTHON) --version); set PYTHON=…" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is needed (on Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-binary owlready2 --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

build: setup ## sources -> a new version of the store
	$(BIN)/lsp-graph build

serve: setup ## builds the graph where there is none and serves it
	$(BIN)/lsp-graph serve

test: setup ## all tests, in random order
	$(BIN)/python -m pytest -n auto

check: setup ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## every benchmark; results go to bench/RESULTS
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r bench/requirements.lock
	$(BIN)/python -m bench

docs: setup ## the ontology's reference page, into site/
	$(BIN)/python docs/build_reference.py site

lock: ## pin the dependencies anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --all-extras --group dev --output-file requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group bench --output-file bench/requirements.lock

clean:
	rm -rf $(VENV) .lsp-graph site .mypy_cache .ruff_cache .pytest_cache .hypothesis
