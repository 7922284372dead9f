"""What every command looks at: templates, a horizon, rings, and what is accepted."""

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from patching_constructs.model.track import Track, untracked

if TYPE_CHECKING:
    from patching_constructs.model.acknowledgement import Acknowledgement
    from patching_constructs.model.estate import Estate
    from patching_constructs.model.finding import Finding
    from patching_constructs.rules.estate import CheckOptions
    from patching_constructs.settings.settings import Settings


class CheckedScenario(NamedTuple):
    """What is looked at.

    Attributes:
        estates: Every way in which the templates can be deployed, at least one.
        options: The options of the check of an estate.
        acknowledgements: The accepted findings, of the file and of the templates.
        settings_findings: Warnings about the exemptions in patching.yaml, which are in no template.
    """

    estates: "tuple[Estate, ...]"
    options: "CheckOptions"
    acknowledgements: "tuple[Acknowledgement, ...]"
    settings_findings: "tuple[Finding, ...]" = ()


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
        help="rings, earliest first, as patch groups: dev,test,prod; or ring=pattern (default: the "
        "metadata of "
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
        "--settings",
        metavar="FILE",
        type=Path,
        help="take freezes, promises by the name of the ring, visibility lag, node counts, minutes per node, "
        "the monthly budget and quotas from a patching.yaml (default: none of them)",
    )
    parser.add_argument(
        "--prices",
        metavar="FILE",
        type=Path,
        help="your own prices, which take precedence over the list prices that ship with this tool",
    )
    parser.add_argument(
        "--freeze",
        metavar="[NAME=]FROM/UNTIL",
        action="append",
        default=[],
        dest="freezes",
        help="when nothing may be installed, as dates (UTC) or times with their offset; can be repeated",
    )
    parser.add_argument(
        "--promise",
        metavar="[RING=]NAME",
        action="append",
        default=[],
        dest="promises",
        help="judge exposure by a public promise, such as pci-dss-6.3.3, for a ring or for all; can be "
        "repeated (NAME list: print all promises)",
    )
    parser.add_argument(
        "--visibility-lag-days",
        metavar="DAYS",
        help="days by which nodes may see patches late, and rings should stay in order (default: 7; 0: no "
        "margin)",
    )


def read_scenario(
    options: argparse.Namespace, *, today: dt.date, track: Track = untracked
) -> CheckedScenario:
    """Turn parsed options into what is looked at.

    Args:
        options: What a parser with `add_scenario_options` has parsed.
        today: The day that the horizon begins with by default.
        track: Sees how many templates are read.

    Raises:
        ArgumentError: If an option cannot be used.
        ReadingError: If a template or the accepted findings cannot be read.
        SettingsError: If the settings have mistakes.
    """
    from patching_constructs.model.finding_kinds.finding_id import FindingId
    from patching_constructs.templates.acknowledgement_file import DEFAULT_FILE, read_acknowledgements
    from patching_constructs.templates.estate_files import read_estates

    settings = _read_settings(options, today=today)
    check_options = _check_options(options, settings, today=today)
    file = options.acknowledgements
    if file is None and DEFAULT_FILE.is_file():
        file = DEFAULT_FILE
    acknowledgements = () if file is None else read_acknowledgements(file, finding_ids=set(FindingId))
    estates = tuple(read_estates(options.paths, track=track))
    return CheckedScenario(
        estates=estates,
        options=check_options,
        acknowledgements=(*acknowledgements, *estates[0].acknowledgements),
        settings_findings=() if settings is None else settings.exemption_warnings,
    )


def _read_settings(options: argparse.Namespace, *, today: dt.date) -> "Settings | None":
    if options.settings is None:
        return None
    from patching_constructs.settings.loader import load_settings

    return load_settings(options.settings, today=today)


def _check_options(
    options: argparse.Namespace, settings: "Settings | None", *, today: dt.date
) -> "CheckOptions":
    from patching_constructs.analysis.costs.price_list import PriceList
    from patching_constructs.cli import arguments
    from patching_constructs.rules.estate import CheckOptions
    from patching_constructs.rules.rings.ring_order import DEFAULT_VISIBILITY_LAG
    from patching_constructs.templates.price_file import SHIPPED_FILE, read_prices

    for_all, by_ring = arguments.parse_promises(options.promises)
    lag = options.visibility_lag_days
    own_prices = () if options.prices is None else read_prices(options.prices)
    given = CheckOptions(
        horizon=arguments.parse_horizon(options.from_, options.until, today=today),
        rings=() if options.rings is None else arguments.parse_rings(options.rings),
        production=() if options.production is None else arguments.parse_names(options.production),
        visibility_lag=DEFAULT_VISIBILITY_LAG if lag is None else arguments.parse_visibility_lag(lag),
        freezes=tuple(map(arguments.parse_freeze, options.freezes)),
        promises=by_ring,
        promises_for_all=for_all,
        prices=PriceList(own_prices, read_prices(SHIPPED_FILE)),
    )
    return given if settings is None else _with_settings(given, settings, options)


def _with_settings(
    given: "CheckOptions", settings: "Settings", options: argparse.Namespace
) -> "CheckOptions":
    """Add what patching.yaml says; freezes and promises of the command line come on top of it."""
    from dataclasses import replace

    rings = dict.fromkeys((*settings.promises, *given.promises))
    return replace(
        given,
        visibility_lag=settings.visibility_lag
        if options.visibility_lag_days is None
        else given.visibility_lag,
        freezes=(*settings.freeze_values, *given.freezes),
        promises={ring: (*settings.promises.get(ring, ()), *given.promises.get(ring, ())) for ring in rings},
        node_counts=settings.node_counts,
        minutes_per_node=settings.minutes_per_node,
        budget=settings.cost_budget,
        quotas=settings.quotas.to_value(),
        systems_manager_quotas=settings.quotas.to_systems_manager_quotas(),
        account_quotas=settings.quotas.to_account_quotas(),
    )
