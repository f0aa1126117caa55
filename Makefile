# Every target runs from a fresh clone; `make help` lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
WORKERS ?= 2
SPREAD := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: help setup sso run test check fmt lint types imports size lockcheck cov bench translations lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## virtual environment with what running needs, browser code of others
	@scripts/bootstrap runtime

sso: ## what single sign-on of staff needs besides (docs/sso.md)
	@scripts/bootstrap sso

run: setup ## the main job with the sandbox, on this machine alone
	@$(PY) -m gateway demo

test: ## all tests; installs what is missing when it may, says what it skipped and why
	@scripts/bootstrap test
	@$(PYTEST) $(SPREAD) $(ARGS)

check: ## format, lint, types, import contracts, sizes, drift, tests with coverage
	@scripts/bootstrap test
	@$(MAKE) --no-print-directory lint types imports size lockcheck
	@$(MAKE) --no-print-directory cov

fmt: ## formats the code
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

lint: ## format and lint, without changing anything
	@.venv/bin/ruff format --check . && .venv/bin/ruff check .

types: ## mypy, strict
	@.venv/bin/mypy

imports: ## who may import whom
	@.venv/bin/lint-imports

size: ## no file over 400 lines, no function over 50
	@$(PY) scripts/sizes.py

lockcheck: ## lock files hold names, versions and hashes, and no address
	@! grep -n '://' requirements/*.lock
	@! git ls-files | grep -E '(^|/)(uv\.lock|pylock\.toml)$$'
	@! { test -f peers/package-lock.json && grep -n '"resolved"' peers/package-lock.json; }

cov: ## tests with coverage
	@.venv/bin/coverage erase
	@.venv/bin/coverage run -m pytest $(SPREAD) $(ARGS)
	@.venv/bin/coverage combine -q
	@.venv/bin/coverage report --skip-covered --fail-under=$(or $(LEAST),95)

bench: ## speed and memory as ratios, in one run (docs/performance.md)
	@scripts/bootstrap test
	@$(PY) -m bench $(ARGS)

translations: ## brings console/locale up to date with the words of the code
	@$(PY) scripts/translations.py

lock: ## renews the lock files from requirements/*.in
	@for set in runtime dev; do uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate -q requirements/$$set.in -o requirements/$$set.lock; done
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q \
	  -c requirements/runtime.lock requirements/sso.in -o requirements/sso.lock
	@uv pip compile --no-deps --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate -q requirements/assets.in -o requirements/assets.lock
