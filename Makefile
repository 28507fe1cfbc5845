# A Gentle Guide to LSTM Networks. `make` lists what can be made.

# Without the settings of who calls make, see tools/alone.py
ALONE = bin/python -I tools/alone.py
PY = .venv/$(ALONE)

ifeq ($(wildcard tools/alone.py),)
$(error This Makefile works in the folder of the book: make -C FOLDER)
endif

# What JupyterLab writes into a notebook that says nothing of the notebook
NOISE = $(foreach key,codemirror_mode file_extension mimetype nbconvert_exporter pygments_lexer version, \
	metadata.language_info.$(key)) metadata.widgets

.PHONY: help setup tools build offline twice machines edited book lab test unit names lint links audit bench experiments rehearse new-chapter student collect gentle picture tidy clean
.DEFAULT_GOAL := help
.NOTPARALLEL:

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "make %-11s %s\n", $$1, $$2 }'

setup: ## make .venv with the pinned packages, if it is not there yet
	@sh tools/setup.sh

tools: ## make _build/tools, with what lint, audit and rehearse need
	@sh tools/setup.sh _build/tools tools/requirements.txt

build: setup ## run every notebook and build the book into _build/html
	@$(PY) tools/build.py

offline: build ## make a zip and a PDF of the book, for reading offline, into _build/html/downloads
	@CHROMIUM=$$($(PY) tools/chromium.py) && export CHROMIUM && $(PY) tools/offline.py

twice: setup ## build the book twice from nothing, and name the files that differ
	@$(PY) tools/twice.py

machines: setup ## run the notebooks as other processors would, and name what fails
	@$(PY) tools/machines.py

edited: setup ## change a number in the chapters, as readers do, and run all: 150 times (RUN="15 training")
	@$(PY) tools/edited.py $(RUN)

book: setup ## build the book and show it on 127.0.0.1 (PORT=8000)
	@$(PY) tools/serve.py --check $(PORT)
	@$(PY) tools/build.py
	@$(PY) tools/serve.py $(PORT)

lab: setup ## open the chapters in JupyterLab
	@$(PY) -m jupyterlab chapters $(if $(PORT),--port=$(PORT)) $(LAB)

# The matrices are small: on a busy machine a second thread multiplies the time.
test: export OPENBLAS_NUM_THREADS = 1
test: setup ## run every check; a Chromium is found or fetched
	@$(PY) tools/check.py

unit: export OPENBLAS_NUM_THREADS = 1
unit: setup ## the library's own tests: no build, no browser
	@$(PY) -m pytest -n auto -p no:playwright tests/unit

names: setup ## where each public name of the library is used; one that tests alone use fails
	@$(PY) tools/names.py

lint: setup tools ## code, types, spelling and workflows
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) tools/files.py _build/tools/$(ALONE) -m codespell_lib
	@_build/tools/bin/zizmor --offline --quiet --persona=auditor .github

links: build ## ask for every page elsewhere that the book links to
	@$(PY) tools/links.py

audit: tools ## look the pinned packages up among the known vulnerabilities
	@_build/tools/$(ALONE) -m pip_audit --strict --requirement requirements.txt --no-deps --disable-pip

bench: setup ## speed next to PyTorch, which is installed for this alone, into _build/bench
	@sh tools/setup.sh _build/bench benchmarks/requirements.txt
	@_build/bench/$(ALONE) benchmarks/run.py
	@CHROMIUM=$$($(PY) tools/chromium.py) && export CHROMIUM && $(PY) tools/build.py && $(PY) benchmarks/browser.py

experiments: ## the experiments of 1997 and more; stored trials are kept (RUN="--quick" CLUSTER=tcp://…)
	@sh tools/setup.sh _build/experiments-env experiments/requirements.txt
	@_build/experiments-env/$(ALONE) experiments/run.py $(if $(CLUSTER),--cluster $(CLUSTER)) $(RUN)

rehearse: build tools ## Binder and Colab, in environments of their own, and JupyterLab with numbers changed
	@CHROMIUM=$$($(PY) tools/chromium.py) && export CHROMIUM && $(PY) -m pytest -v -s tests/browser/rehearse.py tests/browser/changed.py

new-chapter: setup ## begin a chapter that passes the tests (NAME=peepholes TITLE="Peepholes")
	@$(PY) tools/new_chapter.py "$(NAME)" "$(TITLE)"

student: setup ## the chapters for a class, with answer cells and without solutions, into _build/student
	@$(PY) tools/student.py

collect: setup ## put the answers handed in (FOLDER=answers) into one table, answers.csv there
	@$(PY) tools/collect.py "$(FOLDER)"

gentle: build ## how long each chapter of the guide is for a reader
	@CHROMIUM=$$($(PY) tools/chromium.py) && export CHROMIUM && $(PY) tools/gentle.py

picture: build ## take the picture of README anew, docs/cell.webp
	@CHROMIUM=$$($(PY) tools/chromium.py) && export CHROMIUM && $(PY) tools/picture.py

tidy: setup ## strip outputs from the notebooks, but for the cells tagged keep_output
	@$(PY) -m nbstripout --keep-id --keep-count --extra-keys "$(NOISE)" chapters/*.ipynb

clean: ## remove what was built; .venv stays
	rm -rf _build .hypothesis test-results *.egg-info
