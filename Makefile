# One comment a task. `make demo` and `make test` do all the set-up a fresh machine needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test quick soak train card clean

# Score the sample export with the released model; say where the run folder and the report are, and the top three.
demo: $(VENV)/.scoring
	$(BIN)/conduct score examples/nightly.csv --out runs
	$(BIN)/conduct show runs --top 3

# Everything needed, then lint, types and all tests. A browser is installed where it is missing (README).
test: $(VENV)/.testing
	./tests/system.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "slow or not slow" -n 2 --dist loadfile

# The fast tests only.
quick: $(VENV)/.testing
	$(BIN)/python -m pytest

# 100,000 rows, killed three times; writes dated figures to docs/soak/. About half an hour.
soak: $(VENV)/.testing
	$(BIN)/python -m conduct_training.soak

# Fit, calibrate, evaluate and register the linear reader in MLflow.
train: $(VENV)/.testing
	$(BIN)/mlflow run . --env-manager local

clean:
	rm -rf $(VENV) runs

$(VENV)/.scoring: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	touch $@

$(VENV)/.testing: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e '.[training,data,encoder,test]'
	touch $@ $(VENV)/.scoring

# Evaluate the released reader; write its card and the figures of the README.
card: $(VENV)/.testing
	$(BIN)/python -m conduct_training.card
