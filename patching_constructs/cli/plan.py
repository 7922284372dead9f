"""`patching plan`: what templates will do, for people."""

import argparse
import datetime as dt
import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patching_constructs.cli.exit_status import ExitStatus
from patching_constructs.cli.progress import progress
from patching_constructs.cli.scenario_options import add_scenario_options, read_scenario
from patching_constructs.cli.unusable_input import ended_by_unusable_input

if TYPE_CHECKING:
    from patching_constructs.analysis.costs.window_units import CostAssumptions
    from patching_constructs.plan.plan import Plan

_FORMATS = ("text", "json", "markdown", "ics", "html")


def add_command(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = commands.add_parser(
        "plan",
        help="show when every ring is patched, how a patch travels through them, and what it uses",
        description="Show what the maintenance windows of CloudFormation templates will do: a calendar of "
        "rings and freezes, how a patch travels, exposure, quotas and findings. Exit status: 0 the plan is "
        "made, whatever its findings; 2 unusable input.",
    )
    add_scenario_options(parser)
    parser.add_argument(
        "--diff",
        action="store_true",
        help="take two PATHs, OLD and NEW, and show what changes (formats: text, json, markdown)",
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write the plan there (default: standard output)"
    )
    parser.add_argument(
        "--output-kilobytes",
        metavar="COUNT",
        help="output of a command on one node, assumed for the cost of logs (default: 100)",
    )
    parser.add_argument("--with-scans", action="store_true", help="ics: include windows that only scan")
    parser.add_argument(
        "--with-patch-tuesdays", action="store_true", help="ics: include Microsoft's releases"
    )
    parser.set_defaults(
        run=lambda options: ended_by_unusable_input(parser, lambda: _run(options)),
    )


def _run(options: argparse.Namespace) -> ExitStatus:
    text = _text(options)
    if options.output is not None:
        _write(options.output, text)
        return ExitStatus.CLEAN
    if options.format == "ics" and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # RFC 5545 wants UTF-8, and CRLF everywhere
    sys.stdout.write(text)
    return ExitStatus.CLEAN


def _text(options: argparse.Namespace) -> str:
    if options.diff:
        from patching_constructs.cli.plan_diff import render_diff

        return render_diff(options)
    return _formatter(options)(_plan(options))


def _write(file: Path, text: str) -> None:
    from patching_constructs.cli.arguments import ArgumentError

    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        message = f"--output: cannot be written, got {str(file)!r}: {(error.strerror or str(error)).lower()}"
        raise ArgumentError(message) from error


def _plan(options: argparse.Namespace) -> "Plan":
    from patching_constructs.cli.report import in_reading_order
    from patching_constructs.plan.build import build_plan
    from patching_constructs.rules.acknowledged_findings import judge
    from patching_constructs.rules.estate import check_estates

    today = dt.datetime.now(dt.UTC).date()
    with progress() as track:
        scenario = read_scenario(options, today=today, track=track)
        findings = [
            *scenario.settings_findings,
            *check_estates(scenario.estates, scenario.options, track=track),
        ]
    return build_plan(
        scenario.estates[0],
        scenario.options,
        findings=in_reading_order(judge(findings, scenario.acknowledgements, today=today)),
        today=today,
        cost_assumptions=cost_assumptions(options),
    )


def cost_assumptions(options: argparse.Namespace) -> "CostAssumptions":
    """Return what the costs take for granted, by the options of the command.

    Raises:
        ArgumentError: If an option cannot be used.
    """
    from patching_constructs.analysis.costs.window_units import CostAssumptions
    from patching_constructs.cli.arguments import parse_kilobytes

    if options.output_kilobytes is None:
        return CostAssumptions()
    return CostAssumptions(output_kilobytes=parse_kilobytes(options.output_kilobytes))


def _formatter(options: argparse.Namespace) -> "Callable[[Plan], str]":
    match options.format:
        case "json":
            from patching_constructs.cli.plan_formats.json import format_json

            return format_json
        case "markdown":
            from patching_constructs.cli.plan_formats.markdown import format_markdown

            return format_markdown
        case "html":
            from patching_constructs.cli.plan_formats.html import format_html

            return format_html
        case "ics":
            from patching_constructs.cli.plan_formats.ics import format_ics

            return partial(
                format_ics,
                with_scans=options.with_scans,
                with_patch_tuesdays=options.with_patch_tuesdays,
            )
    from patching_constructs.cli.plan_formats.text import format_text

    return format_text
