# Every target creates or updates the environment by itself; nothing happens when nothing changed.
# UV (the installer) lives in .uv, the environment in .venv, both beside this file.

EXPERIMENT ?= experiments/first.yaml
RUNS ?= runs
UV_VERSION := 0.13.0
PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3 python; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
  && echo $$p && break; done)
# Another environment beside it: make fast VENV=.venv-3.13 PYTHON=python3.13
VENV ?= .venv
BIN := $(VENV)/bin
COMPILE := .uv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11
# Once `make parts` has been here, every later step keeps what it installed.
LOCK = $(if $(wildcard $(VENV)/.parts),requirements-real.lock,requirements.lock)

# Packages with plug-ins, a requirement a line, written by `make plugin`.
PLUGINS := plugins.txt

# With the bytecode written once, every later process starts seconds sooner.
unexport PYTHONDONTWRITEBYTECODE
export UV_COMPILE_BYTECODE := 1

ANSWERS := convergence diversity control fitness modulated collaboration searches seeding matching

.PHONY: answers match compare docs networks pretrained parts plugin real test fast wheel newcomer lint bench faults fuzz peers rivals format ui lock clean help

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

match: $(BIN)/.ready ## find a patch for a sound: make match SOUND=kick.wav (without it, one that ships)
	$(BIN)/ga-synth match $(if $(SOUND),"$(SOUND)",--demo)

compare: $(BIN)/.ready ## run the first comparison (EXPERIMENT=file.yaml for another) and print the answer
	$(BIN)/ga-synth run $(EXPERIMENT) --out $(RUNS)

answers: $(BIN)/.ready ## run the smoke size of every question's experiment, and a page with all answers
	@set -e; for e in $(ANSWERS); do $(BIN)/ga-synth run experiments/$$e.yaml --size smoke --out $(RUNS); done
	$(BIN)/ga-synth run experiments/calibration.yaml --size smoke --out $(RUNS)
	$(BIN)/ga-synth calibrate calibration-smoke --comparisons 200 --out $(RUNS)
	$(BIN)/ga-synth report --out $(RUNS)

networks: $(BIN)/.ready ## train 18 small networks on a common dataset, seed searches by the one that ships, and print tables
	$(BIN)/ga-synth dataset $(RUNS)/datasets/small --size 12000
	$(BIN)/ga-synth run experiments/networks.yaml --out $(RUNS) \
	  $(foreach i,0 1 2 3 4 5 6 7 8 9 10 11 12 13,--set networks.$(i).dataset=$(abspath $(RUNS))/datasets/small)
	$(BIN)/ga-synth run experiments/proposals.yaml --size smoke --out $(RUNS)

pretrained: $(BIN)/.ready ## train and measure the network that ships (an hour on two cores; resumes)
	$(BIN)/python -m benchmarks.pretrained --out $(RUNS)

# Three on two cores: while one waits for Ray or a server, two compute.
test: $(BIN)/.ready ## run all tests
	$(BIN)/pytest -n 3 --dist loadfile

TESTS ?= tests
fast: $(BIN)/.ready ## run the tests that need neither Ray nor a browser (TESTS=tests/synth for some)
	$(BIN)/pytest -n 2 --dist loadfile -m 'not slow' $(TESTS)

wheel: .uv/bin/uv ## build the wheel into dist/
	@rm -rf build dist
	.uv/bin/uv build --quiet --wheel --out-dir dist .

docs: $(BIN)/.ready ## build the guide as a site into site/html, its notebook run; a warning is an error
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet --doctree-dir site/doctrees docs site/html
	@echo site/html/index.html

newcomer: $(BIN)/.ready ## what a newcomer does, from the wheel alone in an empty folder, timed and checked
	.ci/wheel

lint: $(BIN)/.ready ## check style, types and the one-way imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(BIN)/.ready ## time render, score, candidate and breeding against baselines
	$(BIN)/python -W ignore -m benchmarks

# By pip, which takes a build of torch for the CPU where it is told of one; uv would always fetch CUDA.
peers: $(BIN)/.ready ## install the peers that bench and rivals then compare with ours (torch and others, 1 GB)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --editable '.[peers]'

rivals: $(BIN)/.ready ## search with other libraries' methods beside descent, and print a table (an hour)
	PYTHONPATH=$(CURDIR) OMP_NUM_THREADS=1 $(BIN)/python -W ignore -m benchmarks.rivals --out $(RUNS)

format: $(BIN)/.ready ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

ui: $(BIN)/.ready ## open the MLflow UI on what was run
	$(BIN)/ga-synth ui --out $(RUNS)

lock: .uv/bin/uv ## resolve the dependencies again
	$(COMPILE) --extra dev pyproject.toml -o requirements.lock
	$(COMPILE) --extra dev --extra real --constraint requirements.lock pyproject.toml -o requirements-real.lock

clean: ## remove the environment (never what was run)
	rm -rf .venv .venv-* .uv build dist site *.egg-info

TIMES ?= 36
HITS ?= 1
faults: $(BIN)/.ready ## kill and damage real runs, resume them, compare every byte, and print a table (TIMES=300 HITS=7: an hour)
	$(BIN)/python -m benchmarks.faults --times $(TIMES) --hits $(HITS)

CASES ?= 2000
fuzz: $(BIN)/.ready ## read mutated experiments, settings, maps, patches and sounds (CASES=50000: a quarter of an hour)
	$(BIN)/python -m benchmarks.fuzz --cases $(CASES)

real: parts ## play and search a plug-in, Vital, Pure Data and a MIDI rig, small, and print a table
	$(BIN)/python -m benchmarks.real --out $(RUNS)

parts: $(BIN)/.ready ## install what plug-ins, Vital, Pure Data and MIDI need of Python (some of it GPL)
	@touch $(VENV)/.parts && rm -f $(BIN)/.ready && $(MAKE) --no-print-directory $(BIN)/.ready

# What the file names is installed again whenever the environment is updated.
plugin: $(BIN)/.ready ## install a plug-in's package, and keep it: make plugin PACKAGE=folder (or its name)
	@test -n "$(PACKAGE)" || { echo "make: which package? make plugin PACKAGE=../my-plugin"; exit 2; }
	@line="$(if $(wildcard $(PACKAGE)/pyproject.toml),--editable $(abspath $(PACKAGE)),$(PACKAGE))"; \
	  .uv/bin/uv pip install --quiet --python $(BIN)/python $$line \
	  && { grep -qxF -- "$$line" $(PLUGINS) 2>/dev/null || echo "$$line" >>$(PLUGINS); }

$(BIN)/.ready: requirements.lock requirements-real.lock pyproject.toml $(wildcard $(PLUGINS)) .uv/bin/uv
	@test -x $(BIN)/python || .uv/bin/uv venv --quiet --python $(PYTHON) --no-python-downloads $(VENV)
	.uv/bin/uv pip sync --quiet --require-hashes --python $(BIN)/python $(LOCK)
	.uv/bin/uv pip install --quiet --no-deps --python $(BIN)/python --editable .
	@test ! -s $(PLUGINS) || .uv/bin/uv pip install --quiet --python $(BIN)/python --requirement $(PLUGINS)
	@touch $@

.uv/bin/uv:
	@test -n "$(PYTHON)" || { echo "make: needs Python 3.11, 3.12 or 3.13 (or: make PYTHON=/path/to/python3.12)"; exit 2; }
	@$(PYTHON) -m venv .uv 2>/dev/null || $(PYTHON) -m venv --without-pip .uv
	@.uv/bin/python -m pip --version >/dev/null 2>&1 \
	  && .uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
	  || $(PYTHON) -m pip --python .uv/bin/python install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
	  || { rm -rf .uv; echo "make: this Python has neither ensurepip nor pip; install python3-venv or python3-pip"; exit 2; }
