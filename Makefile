# Every target is safe to repeat, as root and as an ordinary user.
#   make run PORT=8001      another port
#   make run VENV=/path     the Python environment elsewhere
#   VC_HOME=/path           data and secrets elsewhere
# DATABASE_URL and CELERY_BROKER_URL, when set, replace the embedded servers.

VENV ?= .venv
PY := $(VENV)/bin/python
EMBEDDED := $(PY) -m voicecompliance.embedded
CODE := voicecompliance core masking audit vault accounts operations retention consent phi \
	aiethics threats
PACKAGES = $(wildcard $(CODE))
PYTEST_ARGS ?=
# The browser's path, for the tests and for what they print; empty where there is none.
CHROMIUM ?= $(firstword $(wildcard /usr/bin/chromium))
export CHROMIUM
export PYTHONUNBUFFERED := 1

# The checks look at the code alone, whatever servers the shell names.
ALONE := env -u DATABASE_URL -u CELERY_BROKER_URL -u CACHE_URL -u VC_HOME

# Values for `check --deploy` alone: nothing is encrypted, signed or reached with them.
NO_KEY := 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
PRODUCTION := DJANGO_SETTINGS_MODULE=voicecompliance.settings_production \
	SECRET_KEY=for-the-deployment-check-alone-Zq7-xK2_mW9-tR4_vB6-nL8_pD3 \
	FIELD_ENCRYPTION_KEYS=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= \
	LOOKUP_KEY=$(NO_KEY) SIGNING_KEY=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= \
	CELERY_BROKER_URL=redis://127.0.0.1:6379/0 CACHE_URL=redis://127.0.0.1:6379/1 \
	ALLOWED_HOSTS=compliance.example.com METRICS_TOKEN=for-the-deployment-check

BENCHES := bench-append bench-guessing bench-health bench-http bench-masking bench-muting bench-recordings \
	bench-report bench-rewrap bench-sealing bench-verify

.DEFAULT_GOAL := help
.PHONY: help install run demo test check clean $(BENCHES)

help:
	@echo "make run      serve admin and API on http://127.0.0.1:8000, with a worker and beat"
	@echo "make demo     load sample data into the running server"
	@echo "make test     run the tests on a database of their own"
	@echo "make check    linters, types, Django's checks, import rules"
	@echo "make install  only make $(VENV)"
	@echo "make bench-NAME    print figures and ratios: $(patsubst bench-%,%,$(BENCHES))"
	@echo "make clean    remove $(VENV) and caches; data and secrets stay"

install:
	@for python in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11; do \
		[ -n "$$python" ] || continue; \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			exec "$$python" -I voicecompliance/embedded/bootstrap.py "$(VENV)"; \
		fi; \
	done; \
	echo "Python 3.11 or newer is needed, and no python3 here is." >&2; \
	echo "Install it (Debian and Ubuntu: apt-get install python3 python3-venv), or name one:" >&2; \
	echo "make run PYTHON=/path/to/python3.11" >&2; exit 1

# exec: make is then the parent that the supervisor watches.
run: install
	@exec $(EMBEDDED) run --die-with-parent

demo: install
	@$(PY) manage.py load_demo

test: install
	@if [ -n "$$CHROMIUM" ]; then echo "... browser tests use $$CHROMIUM"; \
	else echo "... browser tests are skipped: no /usr/bin/chromium (set CHROMIUM to run them)"; fi
	@echo "... database: $$([ -n "$$DATABASE_URL" ] && echo the server of DATABASE_URL || echo embedded)," \
		"broker: $$([ -n "$$CELERY_BROKER_URL" ] && echo the server of CELERY_BROKER_URL || echo embedded)"
	@$(EMBEDDED) exec --ephemeral -- $(PY) -m pytest -p no:valkey -n 2 -q $(PYTEST_ARGS)
	@echo "The tests passed. Next: make run, or make check before a commit."

check: install
	@echo "... ruff"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@echo "... types; Django's checks, for deployment too; missing migrations"
	@$(ALONE) $(EMBEDDED) exec --ephemeral -- sh -ec '\
		$(PY) -m mypy $(PACKAGES); \
		$(PY) manage.py check; \
		$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING; \
		DATABASE_ROLE=owner $(PY) manage.py makemigrations --check --dry-run'
	@echo "... import rules"
	@$(VENV)/bin/lint-imports
	@echo "... bandit"
	@# B608 takes names of our own tables and columns for values; values are always parameters.
	@$(PY) -m bandit -q -ll -s B608 -r $(PACKAGES)
	@echo "Everything is in order. Next: make test."

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.local/*' -prune -exec rm -rf {} +
	@echo "Data and secrets are still in .local. Next: make run."

# On a database of their own that keeps its promises as production does (fsync, synchronous
# commit), thrown away afterwards.
bench-append: BENCH := audit_append
bench-guessing: BENCH := guessing
bench-health: BENCH := health_records
bench-http: BENCH := audit_http
bench-masking: BENCH := masking
bench-muting: BENCH := muting
bench-recordings: BENCH := recording_http
bench-report: BENCH := audit_report
bench-rewrap: BENCH := rewrap
bench-sealing: BENCH := sealing_stream
bench-verify: BENCH := verify_audit
$(BENCHES): install
	@home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT INT TERM && \
		VC_HOME=$$home $(EMBEDDED) exec -- $(PY) -m bench.$(BENCH) $(BENCH_ARGS)
