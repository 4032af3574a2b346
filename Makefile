# The commands of the project. Each sets up what it needs: Python >= 3.11 and make suffice.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
PY := $(VENV)/bin/python
ARGS ?=
export JIGAP_ENV ?= development
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz attack audit lock sbom faults load check bench run worker screenshots messages shell stop clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	@echo "making a virtual environment with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "installing requirements (once; a minute)"
	@$(PY) -m pip install -q -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	@echo "installing requirements of the tests (once; a minute)"
	@$(PY) -m pip install -q -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

demo: $(VENV)/.runtime  ## run the main job, then serve (ARGS=--once ends after the story)
	@$(PY) manage.py demo $(ARGS)

test: $(VENV)/.development  ## run all tests, one process a core
	@$(PY) -m pytest -n auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder $(ARGS)
ifeq ($(ARGS),)
	@$(PY) -m pytest -m e2e tests/e2e
endif

fuzz: $(VENV)/.development  ## fuzz the readers and the API, two hours (FUZZ_SEED, FUZZ_SECONDS, FUZZ_EXAMPLES)
	@$(PY) -m tests.fuzz
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-100} FUZZ_STEPS=$${FUZZ_STEPS:-60} FUZZ_SEED=$${FUZZ_SEED:-0} $(PY) -m pytest -m fuzz

attack: $(VENV)/.development  ## every attack, the long versions included
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-100} $(PY) -m pytest tests/attacks tests/platform/test_admin_login.py \
		tests/ledger/test_invariants.py tests/merchants/access tests/merchants/webhooks/test_addresses.py $(ARGS)
	@$(VENV)/bin/ruff check --select S --ignore S603 config ledger merchants wallet

audit: $(VENV)/.development  ## known holes of packages; fails where it cannot be asked
	@$(VENV)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock

lock: $(VENV)/.development  ## pin what production installs by hashes (requirements.lock)
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header \
		--no-annotate requirements.txt -o requirements.lock

sbom: $(VENV)/.development  ## list the components of production (var/sbom.json, CycloneDX)
	@mkdir -p var && $(VENV)/bin/cyclonedx-py requirements requirements.lock --of JSON -o var/sbom.json

faults: $(VENV)/.development  ## break the running stack: the whole table, hours; goes on where it stopped (ARGS="--share 0.02")
	@$(PY) -m tests.faults$(if $(findstring --faults,$(ARGS)),.drive) $(ARGS)

load: $(VENV)/.development  ## load the stack at the knee and beyond (ARGS="--minutes 5"; half an hour without)
	@$(PY) -m tests.load $(ARGS)

check: $(VENV)/.development  ## formats, lints, architecture, types, migrations
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	$(VENV)/bin/sqlfluff lint -q ledger/sql merchants/sql wallet/sql
	$(VENV)/bin/typos
	@$(PY) -m config.checks
	@$(PY) manage.py makemigrations --check --dry-run

bench: $(VENV)/.runtime  ## measure, side by side with others (ARGS=--quick for a smoke run)
	@$(PY) bench/run.py $(ARGS)

run: $(VENV)/.runtime  ## serve the pages and the API on port 8600
	@$(PY) manage.py migrate -v 0
	@$(PY) manage.py collectstatic --noinput -v 0
	@DATABASE_POOL=true $(VENV)/bin/gunicorn -c config/gunicorn.py config.wsgi

worker: $(VENV)/.runtime  ## run the Celery worker with its timetable
	@$(VENV)/bin/celery -A config worker --beat --loglevel INFO

screenshots: $(VENV)/.development  ## take the pictures of README and docs anew
	@SCREENSHOTS=docs/images $(PY) -m pytest -m e2e tests/e2e/test_pictures.py tests/e2e/test_admin.py

messages: $(VENV)/.runtime  ## collect what pages say, and compile the Korean words
	@$(PY) -m config.translations

shell: $(VENV)/.runtime  ## a Python shell with the models
	@$(PY) manage.py shell

stop: $(VENV)/.runtime  ## stop the embedded database
	@$(PY) manage.py stop

clean: stop  ## stop, and remove all data and the virtual environment
	rm -rf var $(VENV)
