"""Prints all figures from one run; ends with status 1 if one is over its limit."""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("CDK_VALIDATION", "false")

from rich.console import Console
from rich.table import Table

from bench.check_figures import check_figures
from bench.fresh_process import FreshProcess
from bench.growth_figures import growth_figures
from bench.help_figures import help_figures
from bench.import_figures import import_figures
from bench.limit import Limit
from bench.organisation_figures import organisation_figures
from bench.proof_figures import proof_figures
from bench.reporter_figures import reporter_figures
from bench.request_figures import request_figures
from bench.time_figures import time_figures


def main() -> int:
    """Measure and print."""
    console = Console()
    limits: list[Limit] = []
    with tempfile.TemporaryDirectory() as folder:
        fresh = FreshProcess(Path(folder))
        for measure in (
            request_figures,
            lambda: time_figures(fresh),
            lambda: import_figures(fresh),
            lambda: growth_figures(fresh, Path(folder)),
            lambda: organisation_figures(fresh, Path(folder)),
            lambda: help_figures(fresh),
            lambda: proof_figures(fresh),
            lambda: check_figures(fresh, Path(folder)),
            lambda: reporter_figures(fresh, Path(folder)),
        ):
            table, limits_of_figure = measure()
            console.print(table)
            limits += limits_of_figure
    console.print(_summary(limits))
    return report_broken(limits)


def report_broken(limits: list[Limit]) -> int:
    """Name the broken limits on stderr.

    Returns:
        The exit status: 1 if there are any, else 0.
    """
    broken = [limit for limit in limits if limit.is_broken]
    for limit in broken:
        sys.stderr.write(f"over its limit: {limit.name}, got {limit.measured:.3f}, at most {limit.at_most}\n")
    return 1 if broken else 0


def _summary(limits: list[Limit]) -> Table:
    table = Table("figure", "measured", "at most", title="limits")
    for limit in limits:
        table.add_row(limit.name, f"{limit.measured:.3f}", f"{limit.at_most}")
    return table


if __name__ == "__main__":
    sys.exit(main())
