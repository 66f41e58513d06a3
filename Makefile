# Everything a newcomer needs; `make help` says what there is.

VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SOURCES := app.py fou pages tests

.DEFAULT_GOAL := help
.PHONY: help run test check ready bench

help: ## say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.runs ## install what is needed and open the dashboard
	@test -e "$${FOU_DATABASE:-data/fou.duckdb}" || $(BIN)/python -m fou demo documents
	$(BIN)/streamlit run app.py

check: $(VENV)/.tests ## look for mistakes without running anything
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# What the tests need is fetched while mypy thinks, which is half a minute on one core. A test in a browser waits for a good
# part of its time, so there are half as many workers again as there are cores.
test: $(VENV)/.tests ## check, then run every test
	@$(MAKE) --no-print-directory --jobs=2 ready
	$(BIN)/pytest --numprocesses "$$(( $$(getconf _NPROCESSORS_ONLN) * 3 / 2 ))" --dist loadfile --no-loadscope-reorder

ready: check $(VENV)/.chromium $(VENV)/.nginx $(VENV)/provider/.installed

bench: $(VENV)/.tests ## measure how fast it is
	$(BIN)/python -m tests.benchmarks

# The stamps below make the second run quick: each is made again only when what it depends on is newer.

$(BIN)/python:
	@for python in python3.11 python3; do \
	    if $$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        exec $$python -m venv $(VENV); \
	    fi; \
	done; \
	echo "Fou needs Python 3.11 or later with the venv module; on Debian: apt-get install python3-venv" >&2; \
	exit 1

$(VENV)/.runs: requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

# uv fetches and compiles on all cores what takes pip three times as long; where it is not to be had, pip does it.
$(VENV)/.tests: requirements-test.txt requirements.txt | $(BIN)/python
	{ $(PIP) uv==0.13.9 && $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python \
	    -r requirements-test.txt; } || $(PIP) -r requirements-test.txt
	@touch $@ $(VENV)/.runs

# The tests open the dashboard in a real browser. Debian's without a screen takes a third less time, and is fetched where
# it can be; otherwise one that is there, or Playwright's own.
$(VENV)/.chromium: | $(VENV)/.tests
	@if command -v chromium-headless-shell; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get && apt-get update -q && \
	    apt-get install -qy --no-install-recommends chromium-headless-shell; then :; \
	elif command -v chromium || command -v chromium-browser || command -v google-chrome; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get && apt-get install -qy chromium; then :; \
	elif $(BIN)/playwright install chromium; then :; \
	else echo "The browser tests need Chromium, and none is installed: install it with your system's packages" \
	          "(on Debian: apt-get install chromium) and run make test again." >&2; exit 1; \
	fi
	@touch $@

# They put nginx in front, as the README does: the one that is there, or Debian's program, unpacked and not installed,
# so that no web server of the system's own is started. After the browser: two cannot use apt-get at a time.
$(VENV)/.nginx: | $(BIN)/python $(VENV)/.chromium
	@if PATH="$$PATH:/usr/sbin" command -v nginx; then :; \
	elif command -v apt-get && { [ "$$(id -u)" != 0 ] || apt-get update -q; } && cd $(VENV) && rm -f nginx_*.deb && \
	    apt-get download -q nginx && dpkg-deb -x nginx_*.deb nginx && nginx/usr/sbin/nginx -v; then :; \
	else echo "The tests of a server need nginx, and none is installed: install it with your system's packages" \
	          "(on Debian: apt-get install nginx) and run make test again." >&2; exit 1; \
	fi
	@touch $@

# They sign in with a real OpenID provider, which is written for Node.js.
NODE := node -e 'process.exit(+(parseInt(process.versions.node) < 18))' && npm --version
$(VENV)/.node: | $(BIN)/python $(VENV)/.nginx
	@if $(NODE); then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get && apt-get update -q && \
	    apt-get install -qy --no-install-recommends nodejs npm && $(NODE); then :; \
	else echo "The tests of signing in need Node.js 18 or later and npm: install them with your system's packages" \
	          "(on Debian: apt-get install nodejs npm) and run make test again." >&2; exit 1; \
	fi
	@touch $@

PROVIDER := tests/browser/provider/package.json tests/browser/provider/package-lock.json
$(VENV)/provider/.installed: $(PROVIDER) | $(VENV)/.node
	@mkdir -p $(@D)
	cp $(PROVIDER) $(@D)
	cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
