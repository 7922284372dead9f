"""Workflows and hooks run what the Makefile has, so that a pull request is checked as README says."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def _commands(workflow: Path) -> list[str]:
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_make_targets_and_nothing_else(workflow: Path) -> None:
    commands = _commands(workflow)
    assert commands
    assert {command.removeprefix("make ") for command in commands} <= TARGETS


def test_the_workflows_run_all_that_continuous_integration_runs() -> None:
    run_by_ci = {line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("make ")}
    assert run_by_ci == {command for workflow in WORKFLOWS for command in _commands(workflow)}


def test_the_hooks_run_make_targets() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    entries = {hook["entry"].removeprefix("make ") for hook in repository["hooks"]}
    assert entries
    assert entries <= TARGETS
