"""`patching check`: findings about templates."""

import argparse
import datetime as dt
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from patching_constructs.cli.exit_status import ExitStatus
from patching_constructs.cli.progress import progress
from patching_constructs.cli.scenario_options import add_scenario_options, read_scenario
from patching_constructs.cli.unusable_input import ended_by_unusable_input

if TYPE_CHECKING:
    from patching_constructs.cli.report import CheckReport

_FORMATS = ("text", "json", "sarif", "github")
_LEVELS = ("error", "warning", "info")


def add_command(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = commands.add_parser(
        "check",
        help="find what is wrong with baselines, windows and the order of rings",
        description="Find what is wrong with the patch baselines and maintenance windows of CloudFormation "
        "templates, and prove that rings are patched in order. Exit status: 0 clean, 1 findings, 2 unusable "
        "input.",
    )
    add_scenario_options(parser)
    parser.add_argument(
        "--fail-on", choices=_LEVELS, default="error", help="lowest level that fails (default: error)"
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    parser.set_defaults(run=lambda options: ended_by_unusable_input(parser, lambda: _run(options)))


def _run(options: argparse.Namespace) -> ExitStatus:
    from patching_constructs.model.finding import Level

    report = _check(options)
    sys.stdout.write(_formatter(options.format)(report))
    fail_on = Level[options.fail_on.upper()]
    failed = any(finding.level >= fail_on for finding in report.open_findings)
    return ExitStatus.FINDINGS if failed else ExitStatus.CLEAN


def _check(options: argparse.Namespace) -> "CheckReport":
    from patching_constructs.cli.report import CheckReport, in_reading_order
    from patching_constructs.rules.acknowledged_findings import judge
    from patching_constructs.rules.estate import check_estates

    today = dt.datetime.now(dt.UTC).date()
    with progress() as track:
        scenario = read_scenario(options, today=today, track=track)
        findings = [
            *scenario.settings_findings,
            *check_estates(scenario.estates, scenario.options, track=track),
        ]
    horizon = scenario.options.horizon
    return CheckReport(
        judged=in_reading_order(judge(findings, scenario.acknowledgements, today=today)),
        from_=horizon.from_.date(),
        until=horizon.until.date(),
    )


def _formatter(name: str) -> "Callable[[CheckReport], str]":
    match name:
        case "json":
            from patching_constructs.cli.check_formats.json import format_json

            return format_json
        case "sarif":
            from patching_constructs.cli.check_formats.sarif import format_sarif

            return format_sarif
        case "github":
            from patching_constructs.cli.check_formats.github import format_github

            return format_github
    from patching_constructs.cli.check_formats.text import format_text

    return format_text
