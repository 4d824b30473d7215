# `make` alone explains itself.

PYTHON ?= python3
UV ?= uv
DATA ?= bramka-data
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check format ui docs screens wheel bench soak lock clean

help:  ## say what can be made
	@echo "make WORD [ARGS='…'] where WORD is one of"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: ui  ## start everything with the demo; ARGS='--gateway-port 9080'
	@exec $(BIN)/bramka up --demo --data $(DATA) $(ARGS)

# Hundreds of processes start: none should have to compile what another one did.
test: export PYTHONDONTWRITEBYTECODE =
test: ui $(VENV)/test.stamp  ## run the tests; ARGS='tests/app -k port'
	@.ci/packages postgres redis-server nginx chromium Rscript gcc python-headers
	@$(BIN)/python hatch_build.py run test
	$(BIN)/pytest -m 'not soak' --numprocesses 3 --no-loadscope-reorder $(ARGS)

check: ui $(VENV)/check.stamp  ## format, lint, types, import contracts, spelling
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell
	@$(BIN)/python hatch_build.py run lint
	@$(BIN)/python hatch_build.py run types

format: ui $(VENV)/check.stamp  ## put every file into its form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix-only
	@$(BIN)/python hatch_build.py run format

ui: $(VENV)/run.stamp  ## build the browser faces, if their source changed
	@$(BIN)/python hatch_build.py build

docs: $(VENV)/run.stamp  ## write docs/reference anew from the code
	$(BIN)/python docs/generate.py

screens: ui $(VENV)/test.stamp  ## take pictures of all pages into reports/screens; ARGS='--face studio'
	@.ci/packages chromium
	$(BIN)/python -m tests.browser.screens $(ARGS)

wheel: ui $(VENV)/test.stamp  ## build dist/*.whl, its hot path compiled to machine code
	@.ci/packages gcc python-headers
	@$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

bench: $(VENV)/bench.stamp  ## race the gateway and the hashing against others
	@.ci/packages nginx nginx-lua wrk gcc python-headers
	$(BIN)/python -m benchmarks $(ARGS)

soak: ui $(VENV)/test.stamp  ## run the long tests that `make test` leaves out
	@.ci/packages postgres redis-server nginx
	$(BIN)/pytest -m soak $(ARGS)

lock:  ## choose versions anew within pyproject.toml (needs uv)
	.ci/lock $(UV)

clean:  ## delete the virtual environment and all caches, not the data
	rm -rf $(VENV) ui/node_modules src/bramka/portals/static/ui .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
	find . -name __pycache__ -prune -exec rm -rf {} +

# A stamp is newer than its lock once everything in the lock is installed.

$(VENV)/pyvenv.cfg:
	@echo "making the virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
	  || $(PYTHON) -m venv --clear --without-pip $(VENV)

# Debian's python3 without python3-venv cannot put pip inside; its own pip serves.
install = echo "installing $(1)"; \
	if [ -x $(BIN)/pip ]; then pip="$(BIN)/python -m pip"; \
	else pip="$(PYTHON) -m pip --python $(BIN)/python"; fi; \
	$$pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
	  --only-binary :all: --requirement $(1)

$(VENV)/run.stamp: requirements/run.lock pyproject.toml hatch_build.py | $(VENV)/pyvenv.cfg
	@$(call install,requirements/run.lock) && \
	{ $(BIN)/python hatch_build.py has-node || { $(call install,requirements/node.lock); } } && \
	$$pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --editable .
	@touch $@

$(VENV)/%.stamp: requirements/%.lock $(VENV)/run.stamp
	@$(call install,$<)
	@touch $@
