# Everything sets itself up: `make run` starts Guiju, `make test` proves that all holds.
PYTHON ?= python3
BIN := .venv/bin
export GUIJU_HOME ?= $(CURDIR)/var
# Without compiled bytecode every process compiles 1,600 modules anew: four seconds a start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup setup-dev test check fix assets demo docs bench crash fuzz clean

run: setup ## Start everything; Ctrl-C stops it. `make run ARGS="--port 9000"` passes options on.
	@exec $(BIN)/guiju up $(ARGS)

setup: ## Bring .venv, packages, translations and assets up to date.
	@$(PYTHON) scripts/setup.py

setup-dev:
	@$(PYTHON) scripts/setup.py --dev

test: setup-dev ## Everything that must hold.
	@scripts/debian-packages
	@$(BIN)/python scripts/check.py
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest -n 2 --dist loadgroup
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

check: setup-dev ## The part that needs no running product.
	@scripts/debian-packages
	@$(BIN)/python scripts/check.py

fix: setup-dev ## Mend what tools can mend.
	@$(BIN)/ruff check -q --fix . || true
	@$(BIN)/ruff format -q .

assets: setup ## Bring the front-end files.
	@$(BIN)/python scripts/assets.py

demo: setup ## Load the demo organisation.
	@$(BIN)/guiju demo load $(ARGS)

docs: setup-dev ## Write the reference pages and build the documentation.
	@LC_ALL=C.UTF-8 $(BIN)/python scripts/reference.py
	@$(BIN)/mkdocs build --strict --quiet

bench: setup-dev ## Print what governing costs, as ratios measured side by side.
	@for file in bench/*.py; do $(BIN)/python $$file || exit 1; done

crash: setup-dev ## Kill processes at ten random instants of an import of 20,000 rows.
	@GUIJU_TEST_CRASH=full $(BIN)/pytest tests/crash -s

fuzz: setup-dev ## Try three hundred new examples on each test that holds for all values.
	@GUIJU_TEST_FUZZ=300 $(BIN)/pytest -m hypothesis --timeout 3600

clean: ## Remove what can be made again; the data in var/ stays.
	@rm -rf .venv node_modules src/guiju/console/static/vendor site test-results .coverage .coverage.*
