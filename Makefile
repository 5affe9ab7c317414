# make demo [AUTO=1]   the desk on its embedded parts
# make test            all tests, in three processes         make test ARGS=tests/core   some, in one
# make check           static checks                         make bench [ONLY="mt5 imports"]   figures
# make snapshots       what every view says, in each language, written anew
# make sim [SIM_WEEKS=100] [SIM_SEED=1000]   simulated weeks of a desk, more than the tests play
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input install -q
# Three, though two cores are few: tests wait as much as they compute. Whole files, so that what a module sets up
# is set up once; in the order of tests/conftest.py.
ALL    := -n 3 --dist loadfile --no-loadscope-reorder
LOCK   := $(BIN)/uv -q pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml

.PHONY: demo test check bench sim pictures snapshots lock clean
demo: $(VENV)/.run
	@exec $(BIN)/tapdesk demo $(if $(AUTO),--auto)

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(or $(ARGS),$(ALL))

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(ONLY)

sim: $(VENV)/.dev
	$(BIN)/python -m tests.sim --weeks $(or $(SIM_WEEKS),100) --seed $(or $(SIM_SEED),1000)

pictures: $(VENV)/.dev
	$(BIN)/python -m tests.browser.pictures

snapshots: $(VENV)/.dev
	find tests/bot -path '*/snapshots/*.txt' -delete
	SNAPSHOTS=write $(BIN)/python -m pytest -n 2 $$(grep -rl check_shown tests/bot --include='test_*.py')

lock: $(VENV)/.dev
	$(LOCK) --group build -o requirements.txt
	$(LOCK) --group dev --extra otel -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.run: requirements.txt pyproject.toml
	@echo "Building the environment in $(VENV), under a minute, only this once ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --progress-bar on --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	@echo "Adding what the tests and checks need ..."
	@$(PIP) --no-deps --require-hashes -r requirements-dev.txt
	@touch $@
