# The commands themselves are in tlcourse/commands. Each target first creates the environment in .venv, once.
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
LAB := .venv/.lab
DEV := .venv/.dev
SITE := .venv/.site
TLCOURSE := $(BIN)/tlcourse

# The first suitable Python on this machine; `make lab PYTHON=/path/to/python3.12` names another one.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c '$(FITS)' 2>/dev/null && echo $$python && break; done)

.PHONY: help lab demo test test-all build site results colab-check teachers bench screenshots bad-submissions clean
.DEFAULT_GOAL := help
.NOTPARALLEL:  # two sets of packages must not be installed at the same time

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' Makefile

lab: $(LAB)  ## open JupyterLab on the start page
	@$(TLCOURSE) lab

demo: $(LAB)  ## run the main results live (JSON=FILE also writes the numbers)
	@$(TLCOURSE) demo $(if $(JSON),--json "$(JSON)")

test: $(DEV)  ## run the linters and the fast tests: under 5 minutes on two idle cores
	@$(TLCOURSE) test

test-all: $(DEV) $(SITE)  ## run the linters and every test, as CI does
	@$(TLCOURSE) test --all

build: $(DEV)  ## generate notebooks and tables from solutions/*.py (UNITS="01 02" for some)
	@$(TLCOURSE) build $(UNITS)

site: $(SITE)  ## build the website in build/site
	@$(TLCOURSE) site

results: $(LAB)  ## measure data/results again (NAMES="headline" for some; QUICK=1 for one seed of each)
	@$(TLCOURSE) results $(if $(QUICK),--quick) $(NAMES)

teachers: $(LAB)  ## train the teachers of faces and of text again (NAMES="texts_bert" for some)
	@$(TLCOURSE) teachers $(NAMES)

bench: $(LAB)  ## measure the speed, as ratios within one run (JSON=FILE also writes the numbers)
	@$(TLCOURSE) bench $(if $(JSON),--json "$(JSON)")

colab-check: $(DEV)  ## install and run the units with Colab's versions (tests/support/colab.txt); needs a network
	@$(BIN)/python tests/support/colab_check.py

screenshots: $(DEV)  ## take the screenshots of the documentation again; needs Chromium
	@$(TLCOURSE) screenshots

bad-submissions: $(LAB)  ## grade hundreds of bad submissions among honest ones (JSON=FILE also writes the numbers)
	@$(TLCOURSE) bad-submissions $(if $(JSON),--json "$(JSON)")

clean:  ## remove the environment and all build output; keeps notebooks, marks and data
	rm -rf .venv build .pytest_cache .ruff_cache

# A stamp file for each set of packages. The sets for authors and for the site include the set for students.
$(LAB): EXTRAS := lab
$(DEV): EXTRAS := lab dev
$(SITE): EXTRAS := lab site
$(LAB) $(DEV) $(SITE): pyproject.toml constraints.txt
	@"$(PYTHON)" -c '$(FITS)' 2>/dev/null || { echo "tlcourse needs Python 3.11, 3.12 or 3.13; found: \
	`"$(or $(PYTHON),python3)" --version 2>&1 | head -n 1`. Install one from https://www.python.org/downloads and run make again, \
	or name yours: make PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: \
	install its venv package (Debian, Ubuntu: sudo apt install python3-venv) and run make again"; exit 1; }
	@"$(PYTHON)" -I tlcourse/commands/install.py $(EXTRAS)
