# Everything that is done to Grover. `make help` lists it.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
HOST ?= 127.0.0.1
PORT ?= 8000
JOBS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? n : 4)))
PYTEST := $(BIN)/pytest -n $(JOBS)
POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/grover
MONGODB_URL ?= mongodb://127.0.0.1:27017/?replicaSet=rs0
# The database goes between the hosts and the options of the URL.
MONGODB_DATABASE_URL = $(shell $(BIN)/python -c 'import sys, urllib.parse as u; p = u.urlsplit(sys.argv[1]); print(u.urlunsplit(p._replace(path=p.path.rstrip("/") or "/grover")))' '$(MONGODB_URL)')

.PHONY: help run test test-postgres test-mongo proof check fix bench docs schema lock clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.runtime ## Serve on 127.0.0.1:8000 with demo data, documentation, admin and sockets
	@$(BIN)/python scripts/check_port.py $(HOST) $(PORT)
	@mkdir -p staticfiles
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) seed
	@grep -qs '^PUBLIC_URL=' .env || export PUBLIC_URL="$${PUBLIC_URL:-http://$(HOST):$(PORT)}"; \
	  $(MANAGE) runserver --noreload $(HOST):$(PORT)

test: $(VENV)/.dev ## Run all tests on SQLite
	$(PYTEST)

test-postgres: $(VENV)/.dev ## Run all tests on PostgreSQL, at POSTGRES_URL
	DATABASE_URL='$(POSTGRES_URL)' $(PYTEST)

test-mongo: $(VENV)/.dev ## Run all tests on MongoDB, at MONGODB_URL
	DATABASE_URL='$(MONGODB_DATABASE_URL)' $(PYTEST)

check: $(VENV)/.dev ## Check format, style, types, imports, migrations and generated documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_layout.py
	$(MANAGE) check
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) generate_docs --check
	@$(MANAGE) spectacular --validate --fail-on-warn --file .openapi.new && diff -u openapi.yaml .openapi.new; \
	  status=$$?; rm -f .openapi.new; \
	  test $$status -eq 0 || { echo 'openapi.yaml is out of date: run make schema'; exit 1; }

fix: $(VENV)/.dev ## Format, and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

PROOFS := tests/payments/test_bank.py tests/payments/test_histories.py tests/payments/test_money_machine.py \
  tests/payments/test_paying_once.py tests/realtime/test_chaos.py
proof: $(VENV)/.dev ## Prove at full size what the tests prove in short, on all three databases
	PROOF=whole $(PYTEST) $(PROOFS)
	PROOF=whole DATABASE_URL='$(POSTGRES_URL)' $(PYTEST) $(PROOFS)
	PROOF=whole DATABASE_URL='$(MONGODB_DATABASE_URL)' $(PYTEST) $(PROOFS)

bench: $(VENV)/.dev ## Measure speed against PostgreSQL and Redis
	$(BIN)/python -m bench

docs: $(VENV)/.dev ## Write the generated documents
	$(MANAGE) generate_docs

schema: $(VENV)/.dev ## Write openapi.yaml
	$(MANAGE) spectacular --validate --fail-on-warn --file openapi.yaml

lock: $(VENV)/.dev ## Pin the newest allowed versions of all packages, with hashes
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header -c requirements.txt requirements-dev.in -o requirements-dev.txt

clean: ## Remove the environment, the demo's data and all caches
	rm -rf $(VENV) var staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.runtime: requirements.txt scripts/install.sh
	@scripts/install.sh $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt scripts/install.sh
	@scripts/install.sh $(VENV) requirements-dev.txt
	@touch $@ $(VENV)/.runtime
