# Two commands are all the set-up: `make run` and `make test`. The rest is for developers.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet

BENCHES := bench-kill bench-load bench-faults bench-forms bench-kb bench-reports-text \
  bench-reports bench-activities bench-recognition bench-survey-exports

.PHONY: run test check format lock $(BENCHES)

run: $(VENV)/.run
	@exec $(PY) -m bot run

test: $(VENV)/.dev
	@$(PY) -m pytest $(ARGS)

check: $(VENV)/.dev
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy .
	@$(VENV)/bin/lint-imports

format: $(VENV)/.dev
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@echo "Installing what the bot needs (once, about a minute) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing what the tests need (once, about a minute) ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.run

$(BENCHES): $(VENV)/.dev
	@$(PY) -m bench.$(subst -,_,$(@:bench-%=%)) $(ARGS)

# Hashes, no addresses. Needs uv; only for whoever changes a dependency.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url -q -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url -q -o requirements-dev.lock
