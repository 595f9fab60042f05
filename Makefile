# Plainchart. `make help` lists what there is; `make run` is all you need to look at it.
SHELL := /bin/bash
# Not called PYTHON: that is what somebody may name for bin/setup, and make would hand on its own instead.
OURS := .venv/bin/python
PORT ?= 8000
# How many tests run side by side (one more than there are cores, since some of them wait); the long checks' size.
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))
N ?=
TESTS ?= tests
# Some machines forbid compiled Python files; with them every start is half a second faster.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test prove bench clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | while IFS='|' read -r name words; do printf '  make %-8s %s\n' "$$name" "$$words"; done
	@echo "Other commands: bin/portal --help, bin/dev, bin/ci, bin/lock, bin/pictures"

setup: ## install what is needed to run; again and again does no harm
	@bin/setup

run: setup ## set up, make the demo clinic, serve it on http://localhost:8000 (PORT=8001 moves it)
	@bin/portal demo
	@exec bin/portal serve --port $(PORT)

# Databases that live as long as one test are kept in memory where it has room for all of them: a tenth less to wait.
ROOMY = $(shell df --output=avail -m /dev/shm 2>/dev/null | awk '$$1 + 0 > 3000 {print "/dev/shm"}')

# In the order of their names the files with few but long tests come first, so that nobody waits for one of them at the end.
test: ## set up for tests and run them all, on SQLite and on PostgreSQL (TESTS=tests/test_x.py for some)
	@bin/setup --tests
	@TMPDIR=$(or $(TMPDIR),$(ROOMY),/tmp) $(OURS) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 10 --durations-min 3 $(TESTS)

prove: ## the long checks at full size (N= sets the size, TESTS= picks some)
	@bin/setup --tests
	@PROVE_N=$(N) $(OURS) -m pytest -s $(if $(filter tests,$(TESTS)),tests/prove,$(TESTS))

bench: ## what things cost on this machine
	@bin/setup --tests
	@$(OURS) -m bench

clean: ## remove what setup and runs made, but never the database in var/
	@rm -rf .venv build .pytest_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
