"""`patching check`: findings about templates."""

import argparse
import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patching_constructs.cli.exit_status import ExitStatus

if TYPE_CHECKING:
    from patching_constructs.cli.report import Report

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
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="template (JSON or YAML), folder of templates, or cdk.out"
    )
    parser.add_argument("--from", dest="from_", metavar="DATE", help="first day looked at (default: today)")
    parser.add_argument(
        "--until", metavar="DATE", help="day after the last (default: 24 months after the first)"
    )
    parser.add_argument(
        "--rings",
        metavar="RINGS",
        help="rings, earliest first, as patch groups: dev,test,prod; or ring=pattern (default: the marks of "
        "patching-constructs)",
    )
    parser.add_argument(
        "--production", metavar="RINGS", help="rings that are production (default: the last that installs)"
    )
    parser.add_argument(
        "--acknowledgements",
        metavar="FILE",
        type=Path,
        help="accepted findings (default: patching-acknowledgements.yaml, if there is one)",
    )
    parser.add_argument(
        "--fail-on", choices=_LEVELS, default="error", help="lowest level that fails (default: error)"
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    parser.set_defaults(run=lambda options: _run(parser, options))


def _run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> ExitStatus:
    from patching_constructs.cli.arguments import ArgumentError
    from patching_constructs.model.finding import Level
    from patching_constructs.reading.error import ReadingError

    try:
        report = _check(options)
    except ArgumentError as error:
        parser.error(str(error))
    except ReadingError as error:
        print(f"patching: {error}", file=sys.stderr)  # noqa: T201 - the command line speaks
        return ExitStatus.UNUSABLE_INPUT
    sys.stdout.write(_formatter(options.format)(report))
    fail_on = Level[options.fail_on.upper()]
    failed = any(finding.level >= fail_on for finding in report.open_findings)
    return ExitStatus.FINDINGS if failed else ExitStatus.CLEAN


def _check(options: argparse.Namespace) -> "Report":
    from patching_constructs.cli.arguments import parse_horizon, parse_names, parse_rings
    from patching_constructs.cli.report import Report, in_reading_order
    from patching_constructs.reading.acknowledgement_file import DEFAULT_FILE, read_acknowledgements
    from patching_constructs.reading.templates import read_estates
    from patching_constructs.rules.acknowledgements import judge
    from patching_constructs.rules.estate import CheckOptions, check_estates
    from patching_constructs.rules.ids import FindingId

    today = dt.datetime.now(dt.UTC).date()
    horizon = parse_horizon(options.from_, options.until, today=today)
    check_options = CheckOptions(
        horizon=horizon,
        rings=() if options.rings is None else parse_rings(options.rings),
        production=() if options.production is None else parse_names(options.production),
    )
    file = options.acknowledgements
    if file is None and DEFAULT_FILE.is_file():
        file = DEFAULT_FILE
    acknowledgements = () if file is None else read_acknowledgements(file, finding_ids=set(FindingId))
    estates = read_estates(options.paths)
    findings = check_estates(estates, check_options)
    acknowledged = (*acknowledgements, *estates[0].acknowledgements)
    return Report(
        judged=in_reading_order(judge(findings, acknowledged, today=today)),
        from_=horizon.from_.date(),
        until=horizon.until.date(),
    )


def _formatter(name: str) -> "Callable[[Report], str]":
    match name:
        case "json":
            from patching_constructs.cli.json_format import format_json

            return format_json
        case "sarif":
            from patching_constructs.cli.sarif_format import format_sarif

            return format_sarif
        case "github":
            from patching_constructs.cli.github_format import format_github

            return format_github
    from patching_constructs.cli.text_format import format_text

    return format_text
