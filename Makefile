# make help lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

setup: $(READY)  ## create the environment

run: $(READY)  ## show one answer, then start the bot (in the sandbox without Slack tokens)
	$(BIN)/python -m bot run --demonstrate

test: $(READY)  ## run the tests
	$(BIN)/python -m pytest -q

check: $(READY)  ## lint, types, structure, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q

bench: $(READY)  ## measure: ratios in one run (RETRIEVAL_DIR: a folder of test collections)
	$(BIN)/python -m pip install --quiet bm25s tantivy
	$(BIN)/python -m tests.bench.share
	$(BIN)/python -m tests.bench.ingest
	if test -n "$$RETRIEVAL_DIR"; then $(BIN)/python -m tests.bench.retrieval; fi
	$(BIN)/python -m tests.bench.excerpts

bench-million: $(READY)  ## find among a million excerpts; takes hours
	$(BIN)/python -m pip install --quiet bm25s tantivy
	$(BIN)/python -m tests.bench.excerpts 1000000

storm: $(READY)  ## kills, faults, outages and hostile texts on both databases (about an hour; root for the full disk)
	$(BIN)/python -m tests.storms.questions --count 300
	$(BIN)/python -m tests.storms.questions --count 300 --postgresql
	$(BIN)/python -m tests.storms.kill ingest 50
	$(BIN)/python -m tests.storms.kill ingest 50 --postgresql
	$(BIN)/python -m tests.storms.outages
	$(BIN)/python -m tests.storms.hostile --count 10000
	$(BIN)/python -m tests.storms.throughput

soak: $(READY)  ## a steady load for MINUTES (default 60): memory and file handles stay flat
	$(BIN)/python -m tests.storms.soak --minutes $(or $(MINUTES),60)

pictures: $(READY)  ## pictures of the sandbox's main views, in PICTURES (default: pictures/)
	PICTURES="$(or $(PICTURES),pictures)" $(BIN)/python -m pytest -q tests/sandbox/test_page.py tests/sandbox/test_page_comfort.py tests/sandbox/test_page_with_the_bot.py

kept: $(READY)  ## list recorded replies that a changed prompt no longer fits
	$(BIN)/python -m bot kept

fuzz-feeds: $(READY)  ## parse every feed in FEED_CORPUS=DIR
	FEED_CORPUS="$(FEED_CORPUS)" $(BIN)/python -m tests.storms.fuzz_feeds

audit: $(READY)  ## known weaknesses of the dependencies; fails when nothing could be audited
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/pip-audit --strict --skip-editable

format: $(READY)  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: help setup run test check bench bench-million storm soak pictures kept fuzz-feeds audit format
