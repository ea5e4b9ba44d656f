# `make run` takes a fresh clone to published tables. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: run install arrays ingest build export docs classifier psql test lint bench soak lock clean help

PYTHON ?= python3
BIN := .venv/bin
DOCS_PORT ?= 8080
SECONDS ?= 600
KILLS ?= 0
BROKER ?= amqp://guest:guest@127.0.0.1//

run: install ## From nothing to published tables: samples or your sources, ingest, dbt build, exports
	$(BIN)/ingest all --build
	$(BIN)/ingest export
	$(BIN)/ingest report

install: $(BIN)/installed ## The environment alone (.venv, from the lock)

$(BIN)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python 3.10 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@$(PYTHON) -c 'import venv, ensurepip' || { echo 'Python comes without venv here; on Debian: apt-get install python3-venv'; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

arrays: install ## numpy, for those who read signatures as arrays
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-arrays.lock

ingest: install ## Land every source
	$(BIN)/ingest all

build: install ## Build and test every model, the models' unit tests included
	$(BIN)/dbt build

export: install ## Write the files declared in dbt_project/models/exports
	$(BIN)/ingest export

docs: install ## What is where, in the browser (DOCS_PORT=8080)
	$(BIN)/dbt docs generate
	$(BIN)/dbt docs serve --port $(DOCS_PORT)

classifier: install ## A stand-in for the classifier (BROKER=amqp://guest:guest@127.0.0.1//)
	$(BIN)/python -m ingest.samples.classifier --broker $(BROKER)

psql: install ## SQL on the published tables, as an analyst
	@$(BIN)/ingest db psql

test: install ## Every test
	$(BIN)/pytest -n 3

lint: install ## ruff, mypy, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt_project

bench: install ## Speed, measured here and now
	$(BIN)/python -m benchmarks

soak: install ## Trouble for SECONDS=600 or KILLS=n: kills, lost folders, a full disk; then books are compared
	$(BIN)/python -m tests.soak $(SECONDS) --kills $(KILLS)

lock: ## Pin anew what pyproject.toml asks for (needs uv)
	uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-emit-index-url \
		--no-strip-extras --no-annotate --no-header --extra dev pyproject.toml -o requirements.lock
	sed -n 's/^arrays = \["\(.*\)"\]/\1/p' pyproject.toml | uv pip compile --quiet --universal \
		--python-version 3.10 --generate-hashes --no-emit-index-url --no-annotate --no-header - \
		-o requirements-arrays.lock

clean: ## Remove what was generated, and the embedded server (own data: FORCE=1)
	@if [ -x $(BIN)/ingest ]; then $(BIN)/ingest clean $(if $(filter 1,$(FORCE)),--force); \
	elif [ -e .postgres ]; then echo 'make install first: .postgres may hold own data'; exit 1; fi

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
