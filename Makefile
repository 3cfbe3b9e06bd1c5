# Everything a person does with the project starts here. Each target does its own set-up, on any
# machine with make and Python 3.11 or newer (venv and pip included); git is not needed.

PYTHON ?= python3
PERIOD ?= 2021-H1
PORT ?= 3000
REVIEW_PORT ?= 3001
LAB_PORT ?= 8888
LOCKFLAGS ?=
HISTORY ?=

BIN := .venv/bin
# Dagster reads its settings from $DAGSTER_HOME/dagster.yaml and wants an absolute path.
export DAGSTER_HOME := $(CURDIR)/.dagster

# A virtual environment does not survive being moved, copied or losing its Python: .venv/.home
# remembers where it was made, and any doubt has it made again.
ifneq ($(shell $(BIN)/python -V >/dev/null 2>&1 && cat .venv/.home 2>/dev/null),$(CURDIR))
.PHONY: $(BIN)/uv
endif

.DEFAULT_GOAL := help
.PHONY: help setup settings run test test-long format ui review-ui lab bench sample sample-history audit licences lock clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: .venv/.ready settings ## make .venv and install what requirements.lock names

run: setup ## evaluate the shipped period (PERIOD=2021-H1) and render its report
	$(BIN)/qcdc run $(PERIOD)

# The tests of a file stay with one worker: what they share is made once.
test: setup ## lint, format, types, import layers, notebooks, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	find notebooks -name .ipynb_checkpoints -prune -o -name '*.ipynb' \
	  -exec $(BIN)/nbstripout --keep-id --verify {} +
	$(BIN)/pytest -n 2 --dist loadfile

test-long: setup ## fuzz, soak, scale and fresh-clone tests
	$(BIN)/pytest -n 2 --dist loadfile --long -m long

format: setup ## what `make test` would ask for: format, sort imports, strip notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find notebooks -name .ipynb_checkpoints -prune -o -name '*.ipynb' \
	  -exec $(BIN)/nbstripout --keep-id {} +

ui: setup ## Dagster on 127.0.0.1 (PORT=3000)
	$(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p $(PORT)

review-ui: setup ## the same to look at only, for reviewers (REVIEW_PORT=3001)
	$(BIN)/dagster-webserver -w workspace.yaml -h 127.0.0.1 -p $(REVIEW_PORT) --read-only

# The language stands in .jupyter/overrides.json; what a user changes goes to .dagster/jupyter.
# News, update checks and the extension manager would call the internet.
lab: setup ## JupyterLab in Vietnamese on 127.0.0.1 (LAB_PORT=8888)
	$(BIN)/jupyter lab \
	  --ServerApp.ip=127.0.0.1 --ServerApp.port=$(LAB_PORT) --ServerApp.root_dir="$(CURDIR)" \
	  --LabApp.default_url=/lab/tree/notebooks \
	  --LabApp.app_settings_dir="$(CURDIR)/.jupyter" \
	  --LabApp.user_settings_dir="$(DAGSTER_HOME)/jupyter/user-settings" \
	  --LabApp.workspaces_dir="$(DAGSTER_HOME)/jupyter/workspaces" \
	  --LabApp.extension_manager=readonly \
	  --LabApp.news_url=None \
	  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
	  $(if $(filter 0,$(shell id -u)),--allow-root)

bench: setup ## P1 to P12 beside their peers, small sizes (docs/benchmarks.md)
	$(BIN)/python -m benchmarks

sample: setup ## write the illustrative workbooks of raw/ again
	$(BIN)/python -m pipelines.sample

sample-history: setup ## write the illustrative workbooks of 2016 to 2026 (HISTORY=2016-H1,2016-H2)
	$(BIN)/python -m pipelines.sample history $(if $(HISTORY),--periods $(HISTORY))

audit: setup ## known vulnerabilities of what the lock names, and the security lint
	$(BIN)/ruff check --select S .
	$(BIN)/python -m tests.security.audit

licences: setup ## write docs/licences.md again
	$(BIN)/python -m tests.security.licences

# Depends on uv alone: a changed pyproject.toml cannot be installed before it is locked.
lock: $(BIN)/uv ## compile requirements.lock (LOCKFLAGS=--upgrade for newer versions)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --group dev \
	  $(LOCKFLAGS) pyproject.toml -o requirements.lock --quiet

clean: ## remove what `make run` builds, and caches
	rm -rf warehouse build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o \
	  \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
	rm -f .venv/.ready

distclean: clean ## remove the environment and Dagster's history too
	rm -rf .venv .dagster

# --- set-up -------------------------------------------------------------------------------------

define NO_PYTHON

Cần Python 3.11 trở lên, nhưng "$(PYTHON)" không chạy được hoặc cũ hơn.
  Cài Python mới hơn, rồi chỉ rõ tên chương trình, ví dụ: make PYTHON=python3.12 run
Python 3.11 or newer is needed, but "$(PYTHON)" does not run or is older.
  Install a newer Python and name it, for example: make PYTHON=python3.12 run

endef
export NO_PYTHON

define NO_VENV

Python "$(PYTHON)" thiếu mô-đun venv hoặc ensurepip, không tạo được môi trường .venv.
  Trên Debian/Ubuntu: apt-get install python3-venv (quyền quản trị), rồi chạy lại lệnh make.
Python "$(PYTHON)" lacks venv or ensurepip, so .venv cannot be made.
  On Debian/Ubuntu: apt-get install python3-venv (as root), then run make again.

endef
export NO_VENV

# uv's own block of the lock is enough for pip to install it with its hashes.
$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { printf '%s\n' "$$NO_PYTHON" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { printf '%s\n' "$$NO_VENV" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	awk '/^[^ ]/ {keep = /^uv==/} keep' requirements.lock > .venv/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes --no-deps -r .venv/uv.lock
	@printf '%s' "$(CURDIR)" > .venv/.home

.venv/.ready: $(BIN)/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --python $(BIN)/python --require-hashes --no-deps -r requirements.lock
	$(BIN)/uv pip install --python $(BIN)/python --no-deps --no-build-isolation -e .
	$(BIN)/uv pip check --python $(BIN)/python
	@touch $@

# Newer settings take the place of the copy, what the office changed itself stays: always asked.
settings: .venv/.ready
	@$(BIN)/python -m pipelines.orchestration.home
