# `make demo` and `make test` set up everything themselves; nothing else needs to be typed first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# An archive waits for the disk with each commit: where the system has room in memory the tests have theirs there.
ROOM := $(shell test "$$(df -k --output=avail /dev/shm 2>&1 | tail -n 1)" -gt 1000000 2>&1 && echo PYTEST_DEBUG_TEMPROOT=/dev/shm)
PYTEST := $(ROOM) $(BIN)/python -m pytest -n 2 --dist worksteal

.PHONY: demo test soak coverage check format picture bench-crawl bench-extraction bench-storage bench-versions bench-evidence bench-diff system constraints clean help

help:  ## lists the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "fonds needs Python 3.11 or later; '$(PYTHON)' is older. Try: make PYTHON=python3.11 demo" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "Python has no 'venv' here. On Debian: apt-get install python3-venv" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,browser,evidence,notify,pdf,web]'
	@touch $@

demo: $(VENV)/.ready  ## crawls a small publisher on 127.0.0.1 three times and shows what changed
	@$(BIN)/fonds demo

test: $(VENV)/.ready  ## runs the tests, on both cores
	$(PYTEST)

soak: $(VENV)/.ready  ## the tests of survival and of damaged pages in their long form, in about five hours; as root, with ../shared beside the checkout
	FONDS_SOAK=1 $(BIN)/python -m pytest -n 0 -s tests/test_survival.py tests/test_determinism.py tests/test_hostile.py tests/test_patterns.py tests/test_archive_fixity.py tests/test_archive_machine.py tests/test_copies_of_crawls.py tests/test_reparse.py

coverage: $(VENV)/.ready  ## runs the tests and says which lines and branches none of them reaches
	$(PYTEST) --cov --cov-branch --cov-report=term-missing --cov-fail-under=95

check: $(VENV)/.ready  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.ready  ## formats the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

picture: $(VENV)/.ready  ## draws docs/demo.svg anew from the demo's real output
	$(BIN)/python docs/picture.py

$(VENV)/.bench: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $@

bench-crawl: $(VENV)/.bench  ## measures fetch and crawl beside Scrapy and wget, in five minutes; wants what `make system` installs
	@$(BIN)/python -m benchmarks.crawl

bench-extraction: $(VENV)/.bench  ## measures reading beside trafilatura and resiliparse, in three minutes; wants pages with gold text
	@$(BIN)/python -m benchmarks.extraction

bench-storage: $(VENV)/.ready  ## measures how bodies are kept beside zstd alone, WARC and git, in two minutes; wants series of revisions
	@$(BIN)/python -m benchmarks.storage

bench-versions: $(VENV)/.ready  ## measures how versions are kept and asked beside JSON in a column, in fifteen minutes
	@$(BIN)/python -m benchmarks.versions

bench-evidence: $(VENV)/.ready  ## measures what the log costs a crawl, and verifying 10,000 captures, in ten minutes; wants what `make system` installs
	@$(BIN)/python -m benchmarks.evidence

bench-diff: $(VENV)/.ready  ## measures comparisons beside what others compare by, in five minutes; wants series of revisions
	@$(BIN)/python -m benchmarks.diff

system:  ## installs chromium, nginx-light, openssl, sqlite3 and wget where one is missing (Debian's packages; as root, else by sudo)
	@PATH=$$PATH:/usr/sbin; command -v chromium && command -v nginx && command -v openssl && command -v sqlite3 && command -v wget || { \
		run=; [ "$$(id -u)" = 0 ] || run=sudo; \
		$$run apt-get update -q && $$run apt-get install -qy --no-install-recommends chromium nginx-light openssl sqlite3 wget; }

constraints: $(VENV)/.ready  ## resolves the versions in constraints.txt again
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --no-header --upgrade -o constraints.txt

clean:  ## removes what the other targets made
	rm -rf $(VENV) data/demo .mypy_cache .pytest_cache .ruff_cache .hypothesis
