"""`patching plan --diff OLD NEW`: what changes from one state of the templates to another."""

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from patching_constructs.cli.scenario_options import CheckedScenario, read_scenario

if TYPE_CHECKING:
    from patching_constructs.analysis.costs.window_units import CostAssumptions
    from patching_constructs.plan.diff.change import Comparison
    from patching_constructs.plan.state import State

DIFF_FORMATS = ("text", "json", "markdown")


def render_diff(options: argparse.Namespace) -> str:
    """Compare the two paths of parsed options, and render what changes.

    Raises:
        ArgumentError: If there are not two paths, or the format is not one of a comparison.
        ReadingError: If a file cannot be read.
    """
    from patching_constructs.cli.arguments import ArgumentError

    if len(options.paths) != 2:
        message = f"--diff: not two PATHs, got {len(options.paths)}; allowed: OLD and NEW"
        raise ArgumentError(message)
    if options.format not in DIFF_FORMATS:
        message = f"--format: not with --diff, got {options.format!r}; allowed: {', '.join(DIFF_FORMATS)}"
        raise ArgumentError(message)
    return _formatter(options.format)(_compare(options))


def _compare(options: argparse.Namespace) -> "Comparison":
    from patching_constructs.cli.plan import cost_assumptions
    from patching_constructs.plan.diff.compare import compare

    today = dt.datetime.now(dt.UTC).date()
    scenarios = [
        read_scenario(argparse.Namespace(**{**vars(options), "paths": [path]}), today=today)
        for path in options.paths
    ]
    old, new = (
        _states(scenario, root=str(Path(path)), today=today, assumptions=cost_assumptions(options))
        for scenario, path in zip(scenarios, options.paths, strict=True)
    )
    return compare(old, new, acknowledgements=scenarios[1].acknowledgements, today=today)


def _states(
    scenario: CheckedScenario, *, root: str, today: dt.date, assumptions: "CostAssumptions"
) -> "list[State]":
    from patching_constructs.cli.report import in_reading_order
    from patching_constructs.plan.build import build_plan
    from patching_constructs.plan.state import State
    from patching_constructs.rules.acknowledged_findings import judge
    from patching_constructs.rules.estate import check_estates

    states = []
    for estate in scenario.estates:
        findings = check_estates([estate], scenario.options)
        judged = judge(findings, scenario.acknowledgements, today=today)
        plan = build_plan(
            estate,
            scenario.options,
            findings=in_reading_order(judged),
            today=today,
            cost_assumptions=assumptions,
        )
        states.append(State(estate=estate, plan=plan, root=root))
    return states


def _formatter(name: str) -> "Callable[[Comparison], str]":
    match name:
        case "json":
            from patching_constructs.cli.diff_formats.json import format_json

            return format_json
        case "markdown":
            from patching_constructs.cli.diff_formats.markdown import format_markdown

            return format_markdown
    from patching_constructs.cli.diff_formats.text import format_text

    return format_text
