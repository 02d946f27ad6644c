# Everything needs only Python 3.11 or newer and PyPI; make papers needs TeX as well.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
JOBS ?= 2
DIGITS ?= 30
SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help install prove test fuzz mutation tampering papers benchmark clean distclean

help:
	@echo "make prove      prove every result, write certificates, check them, and print the table"
	@echo "make test       ruff, mypy --strict, pytest with doctests and coverage"
	@echo "make fuzz       feed the checker of certificates inputs found by coverage, for SECONDS=60"
	@echo "make tampering  judge every mutant of every example certificate (ten minutes and more)"
	@echo "make mutation   change the checker in every small way and run its tests on each (hours)"
	@echo "make papers     typeset every proof to papers/*.pdf (needs pdflatex)"
	@echo "make benchmark  measure integrators, limits and enclosed trajectories against named alternatives"
	@echo "make clean      remove what the other targets made, but not $(VENV)"
	@echo "make distclean  remove $(VENV) too"

install: $(STAMP)

# A candidate must run: a version manager may leave a command in the path that does not.
$(STAMP): setup.cfg pyproject.toml
	@if ! $(BIN)/python -c '' 2>/dev/null; then \
	  for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14 python; do \
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      found="$$candidate"; break; \
	    fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "No Python 3.11 or newer with its venv module was found (on Debian: apt install python3 python3-venv); or name one: make PYTHON=/path/to/python" >&2; \
	    exit 1; \
	  fi; \
	  "$$found" -m venv --clear $(VENV); \
	fi
	$(BIN)/python -m pip install --quiet --editable '.[test,dev]'
	@touch $@

prove: $(STAMP)
	$(BIN)/implicitreg prove --digits $(DIGITS) --certificates build/certificates

test: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n $(JOBS) --doctest-modules --cov --cov-report=term tests implicitreg_sym proofs

fuzz: $(STAMP)
	$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	$(BIN)/python fuzz/fuzz_checker.py -max_total_time=$(SECONDS)

tampering: $(STAMP)
	ALL_MUTANTS=1 $(BIN)/python -m pytest -s -m slow tests/checker/test_tampering.py

mutation: $(STAMP)
	$(BIN)/python -m pip install --quiet --editable '.[mutation]'
	$(BIN)/mutmut run --max-children $(JOBS)
	$(BIN)/mutmut results

papers: $(STAMP)
	$(BIN)/implicitreg papers --into papers

benchmark: $(STAMP)
	$(BIN)/python benchmarks/trajectory.py
	$(BIN)/python benchmarks/validated_trajectory.py
	$(BIN)/python benchmarks/huge_precision.py

clean:
	rm -rf build dist *.egg-info papers mutants fuzz/corpus htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find implicitreg_sym proofs tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)
