"""What every command looks at: templates, a horizon, rings, and what is accepted."""

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from patching_constructs.model.acknowledgement import Acknowledgement
    from patching_constructs.model.estate import Estate
    from patching_constructs.rules.estate import CheckOptions


class Scenario(NamedTuple):
    """What is looked at.

    Attributes:
        estates: Every way in which the templates can be deployed, at least one.
        options: What the check of an estate depends on besides the estate.
        acknowledgements: The accepted findings, of the file and of the templates.
    """

    estates: "tuple[Estate, ...]"
    options: "CheckOptions"
    acknowledgements: "tuple[Acknowledgement, ...]"


def add_scenario_options(parser: argparse.ArgumentParser) -> None:
    """Add the paths and the options that `read_scenario` understands."""
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


def read_scenario(options: argparse.Namespace, *, today: dt.date) -> Scenario:
    """Turn parsed options into what is looked at.

    Args:
        options: What a parser with `add_scenario_options` has parsed.
        today: The day that the horizon begins with by default.

    Raises:
        ArgumentError: If an option cannot be used.
        ReadingError: If a file cannot be read.
    """
    from patching_constructs.cli.arguments import parse_horizon, parse_names, parse_rings
    from patching_constructs.reading.acknowledgement_file import DEFAULT_FILE, read_acknowledgements
    from patching_constructs.reading.templates import read_estates
    from patching_constructs.rules.estate import CheckOptions
    from patching_constructs.rules.ids import FindingId

    check_options = CheckOptions(
        horizon=parse_horizon(options.from_, options.until, today=today),
        rings=() if options.rings is None else parse_rings(options.rings),
        production=() if options.production is None else parse_names(options.production),
    )
    file = options.acknowledgements
    if file is None and DEFAULT_FILE.is_file():
        file = DEFAULT_FILE
    acknowledgements = () if file is None else read_acknowledgements(file, finding_ids=set(FindingId))
    estates = tuple(read_estates(options.paths))
    return Scenario(
        estates=estates,
        options=check_options,
        acknowledgements=(*acknowledgements, *estates[0].acknowledgements),
    )
