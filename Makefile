# Needs Python 3.11 to 3.13 and make, nothing else: everything besides comes from the hashed lock files into .venv.
RIGHT_PYTHON := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c '$(RIGHT_PYTHON)' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run.stamp
DEV_STAMP := $(VENV)/.dev.stamp
CI := $(VENV)/ci
CI_STAMP := $(VENV)/.ci.stamp
SHIPPED := $(VENV)/shipped
SHIPPED_STAMP := $(VENV)/.shipped.stamp
SBOM := dist/plut-api.cdx.json
BANK_CLIENT := dist/bank-client
SEMGREP := $(CI)/bin/semgrep scan --strict --metrics=off --disable-version-check --config .ci/semgrep.yaml
PLUT := $(BIN)/python -m plut_api
export PYTHONPATH := src

.DEFAULT_GOAL := help
.PHONY: help run demo test soak check lint format types security sbom audit migrate migration contract bank-client seed \
	shell-db bench lock clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-12s %s\n", $$1, $$2 }'

run: $(RUN_STAMP) ## Start everything: database, migrations, sample, worker, server
	@$(PLUT) run

demo: $(RUN_STAMP) ## Tell one programme from overlap to five proven outcomes and a loan, over HTTP
	@$(PLUT) demo

test: $(DEV_STAMP) ## Run the tests (T=path for some of them)
	$(BIN)/pytest $(if $(T),$(T),-n 2 --dist worksteal)

soak: $(DEV_STAMP) ## Run the long tests: 650,000 rows, 10,000 fuzz cases, hundredfold repeats
	FUZZ_CASES=10000 $(BIN)/pytest -m soak $(T)

check: ## Run all that CI runs
	bash .ci/run

lint: $(DEV_STAMP) ## Lint code (security rules included) and imports between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

format: $(DEV_STAMP) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEV_STAMP) ## Check types
	$(BIN)/mypy

security: $(DEV_STAMP) $(CI_STAMP) ## Look for unsafe code and for secrets that slipped in
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src migrations examples
	$(SEMGREP) --test .ci/semgrep.py
	$(SEMGREP) --error --quiet src migrations
	@$(BIN)/python .ci/secrets.py

sbom: $(SHIPPED_STAMP) ## Write the bill of materials of what is shipped (CycloneDX), and check it
	@mkdir -p dist
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--output-file $(SBOM) $(SHIPPED)/bin/python
	@$(BIN)/python .ci/sbom.py $(SBOM) requirements.lock

audit: $(CI_STAMP) ## Ask for known flaws of the dependencies (needs the internet; asking in vain is a failure)
	$(CI)/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock

migrate: $(RUN_STAMP) ## Bring the database to this release
	$(PLUT) migrate

migration: $(DEV_STAMP) ## Draft a migration from the tables (m="Add what")
	$(PLUT) draft-migration "$(m)"

contract: $(DEV_STAMP) ## Write openapi/ from the code, compare and lint it
	$(PLUT) openapi export
	$(PLUT) openapi lint

bank-client: $(DEV_STAMP) $(CI_STAMP) ## Generate a bank's client from the contract, and let it do a bank's work
	@mkdir -p dist
	@PYTHONPATH= $(CI)/bin/openapi-python-client generate --path openapi/plut-v1.yaml --overwrite \
		--config examples/bank_client.yaml --output-path $(BANK_CLIENT) > $(BANK_CLIENT).log 2>&1 \
		|| { cat $(BANK_CLIENT).log; exit 1; }
	PYTHONPATH=src:$(BANK_CLIENT) $(BIN)/pytest -m generated tests/examples/test_bank_side.py

seed: $(RUN_STAMP) ## Load the invented sample (SCALE=n multiplies it)
	$(PLUT) seed --sample $(if $(SCALE),--scale $(SCALE))

shell-db: $(RUN_STAMP) ## Open psql on the database
	$(PLUT) shell-db

bench: $(DEV_STAMP) ## Print the benchmark table of ratios
	$(BIN)/python -m benchmarks

lock: $(DEV_STAMP) ## Resolve the dependencies again into the lock files
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile .ci/tools.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --quiet -o .ci/tools.lock

clean: ## Remove what was made here, the local database too
	rm -rf $(VENV) .plut dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(RIGHT_PYTHON)' || { \
		echo "Python 3.11, 3.12 or 3.13 is needed. Found: $$($(or $(PYTHON),python3) --version 2>&1)." \
			"Name one that is not on the PATH like this: make PYTHON=/path/to/python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "▸ Making $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUN_STAMP): requirements.lock | $(VENV)/bin/python
	@echo "▸ Installing what the server needs (about a minute the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -c 'import pathlib, sysconfig; here = pathlib.Path("src").resolve(); \
		pathlib.Path(sysconfig.get_path("purelib"), "plut_api.pth").write_text(f"{here}\n")'
	@printf '#!/bin/sh\nexec "%s/python" -m plut_api "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/plut && chmod +x $(BIN)/plut
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(RUN_STAMP)
	@echo "▸ Installing what developing needs (about a minute the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# Tools that cannot live with the server's own dependencies: semgrep pins an older opentelemetry-api.
$(CI_STAMP): .ci/tools.lock | $(VENV)/bin/python
	@echo "▸ Installing semgrep, pip-audit and openapi-python-client apart from the rest …"
	@$(BIN)/python -m venv --clear $(CI)
	@PYTHONPATH= $(CI)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/tools.lock
	@touch $@

$(SHIPPED_STAMP): requirements.lock $(DEV_STAMP)
	@echo "▸ Installing what is shipped, and nothing else …"
	@$(BIN)/python -m venv --clear --without-pip $(SHIPPED)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(SHIPPED)/bin/python requirements.lock
	@touch $@
