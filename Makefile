.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
# Node comes from the Python environment; the CDK CLI from node_modules.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export AWS_EC2_METADATA_DISABLED := true
export CDK_DISABLE_CLI_TELEMETRY := true

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.ready node_modules/.ready ## Install the locked Python environment, Node and the CDK CLI

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || { echo "creating .venv"; $(PYTHON) -m venv .venv; }
	@echo "installing the locked Python environment"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@# uv installs in parallel, and aws-cdk-lib and one of its dependencies bring a file of the same name: aws-cdk-lib comes last.
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps --reinstall-package aws-cdk-lib -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.ready: package.json package-lock.json .venv/.ready
	@echo "installing the CDK CLI"
	@npm ci --silent --no-audit --no-fund
	@touch $@

BROWSER := tests/browser/.chromium

.PHONY: browser
browser: $(BROWSER)/.ready ## Install the headless browser that the tests use

$(BROWSER)/.ready: tests/browser/package.json tests/browser/package-lock.json tests/browser/unpack.mjs .venv/.ready
	@echo "installing the browser"
	@npm ci --prefix tests/browser --silent --no-audit --no-fund --ignore-scripts --omit=optional
	@rm -rf $(BROWSER)
	@node tests/browser/unpack.mjs $(BROWSER)
	@touch $@

CONFORMANCE := tests/conformance

.PHONY: conformance
conformance: $(CONFORMANCE)/node_modules/.ready ## Install AWS's IAM data and the policy evaluator that the tests use

$(CONFORMANCE)/node_modules/.ready: $(CONFORMANCE)/package.json $(CONFORMANCE)/package-lock.json .venv/.ready
	@echo "installing the policy evaluator"
	@npm ci --prefix $(CONFORMANCE) --silent --no-audit --no-fund --ignore-scripts
	@touch $@

.PHONY: lock
lock: .venv/.ready ## Renew requirements.lock and the lock files of npm
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements.lock
	npm install --package-lock-only --no-audit --no-fund
	npm install --prefix tests/browser --package-lock-only --no-audit --no-fund
	npm install --prefix $(CONFORMANCE) --package-lock-only --no-audit --no-fund

.PHONY: synth
synth: setup ## Synthesize the sample organisation through every gate
	cdk synth --quiet --no-notices
	python -m gates.lint

.PHONY: demo
demo: setup ## Deploy the sample organisation into a local AWS, read it back, and let a quarter go by
	python -m demo

.PHONY: picture
picture: demo ## Renew the picture of the quarter in docs/guides/demo.md
	cp build/demo/quarter.png docs/images/quarter.png

.PHONY: readme
readme: setup browser ## Renew the finding and the picture of the plan in README.md
	python -m tests.contract.test_readme
	RENEW_PICTURE=1 pytest -q tests/browser/test_picture.py

.PHONY: test
test: setup browser conformance ## Run the suite without the slow layers
	pytest

.PHONY: test-full
test-full: setup browser conformance ## Run the whole suite, with deployments and property tests at depth
	pytest -m "slow or not slow" --hypothesis-profile=deep

# Which tests measure: the suite by default, folders or files for a quick look.
TESTS ?= tests patching_constructs

.PHONY: coverage
coverage: setup browser conformance ## Print the branches that the tests take; fail below 95 % where it matters
	@rm -rf build/coverage
	coverage run -m pytest $(TESTS)
	@coverage combine --quiet
	@coverage json --quiet -o build/coverage/report.json
	@python -m gates.branch_coverage build/coverage/report.json

# In a copy without the installed parts of the tests: mutmut copies all of tests/ once more.
.PHONY: mutation
mutation: setup ## Change analysis and rules in small ways; list the changes that no test notices
	@rm -rf build/mutation
	@mkdir -p build/mutation
	@git ls-files -z | xargs -0 cp --parents -t build/mutation
	cd build/mutation && mutmut run --max-children 1 && mutmut results

.PHONY: integ
integ: setup ## Prove it in an AWS account of yours: asks first, costs up to 2 USD (docs/guides/real-account.md)
	python -m tests.integ $(ARGS)

.PHONY: check
check: format-check lint types build synth ## Run what a pull request has to pass besides the tests

.PHONY: format
format: setup ## Format the code
	ruff format
	ruff check --fix --select I

.PHONY: format-check
format-check: setup
	ruff format --check

.PHONY: lint
lint: setup ## Lint the code
	ruff check

.PHONY: types
types: setup ## Check the types
	mypy

.PHONY: schema
schema: setup ## Export the JSON Schema of patching.yaml
	python -m patching_constructs.settings.schema > patching.schema.json

.PHONY: findings
findings: setup ## Renew docs/findings.md
	python -m tests.contract.findings_page > docs/findings.md

.PHONY: build
build: setup ## Build the wheel
	rm -rf dist
	python -m build --no-isolation --wheel --outdir dist . > /dev/null
	@ls dist

.PHONY: bench
bench: setup ## Measure the figures of docs/benchmarks.md
	python -m bench

.PHONY: clean
clean: ## Remove everything that the other targets made
	rm -rf .venv node_modules tests/browser/node_modules $(BROWSER) $(CONFORMANCE)/node_modules cdk.out dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
