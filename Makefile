# Two commands: `make demo` and `make test`. Both make .venv once; a second run is quick.
PYTHON ?= python3
SERVE ?= 1
PORT ?= 8000
BIN := .venv/bin
EXTRAS = tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']
PEERS = $$($(BIN)/python -c "import tomllib; print(*$(EXTRAS)['bench'])")
# The pins hold for what builds the package too.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check-slow bench bench-cells gallery format clean help

help:
	@echo "make demo        assess the sample, write out/map.html, serve on 127.0.0.1:$(PORT) (SERVE=0: do not serve)"
	@echo "make test        style, types, layers of imports, every quick test"
	@echo "make check-slow  tests that take minutes: Bosnia at 25 m, wheel and editable installs"
	@echo "make bench       seconds by stage; walking surfaces and windows against peers; gains and many dates against assessments"
	@echo "make bench-cells how the sample's results change with the size and place of the cells"
	@echo "make gallery     pictures of every page into maps/gallery, to be looked at"
	@echo "make format      format the code"

demo: .venv/demo.stamp
	$(BIN)/hazard-service demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow"

check-slow: .venv/test.stamp
	$(BIN)/python -m pytest -m slow

bench: .venv/bench.stamp
	$(BIN)/python benchmarks/stages.py
	$(BIN)/python benchmarks/closing.py
	$(BIN)/python benchmarks/surfaces.py
	$(BIN)/python benchmarks/windows.py
	$(BIN)/python benchmarks/gains.py
	$(BIN)/python benchmarks/series.py
	$(BIN)/python benchmarks/features.py
	$(BIN)/python benchmarks/downloads.py

bench-cells: .venv/demo.stamp
	$(BIN)/python benchmarks/cells.py

gallery: .venv/test.stamp
	$(BIN)/python tests/gallery.py

format: .venv/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv out

.venv/demo.stamp: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -e .
	touch $@

.venv/test.stamp: .venv/demo.stamp
	$(BIN)/python -m pip install --quiet -e ".[test]"
	touch $@

# A peer that has no build for this system must not stop the others, so each is asked for alone.
.venv/bench.stamp: .venv/demo.stamp
	for peer in $(PEERS); do $(BIN)/python -m pip install --quiet $$peer || echo "left out: $$peer"; done
	touch $@
