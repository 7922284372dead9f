"""How soon the command line answers."""

import statistics

from rich.table import Table

from bench.fresh_process import FreshProcess
from bench.limit import Limit

_RUNS = 9
_LIMIT_SECONDS = 0.3


def help_seconds(fresh: FreshProcess) -> float:
    """Return the wall time of `patching --help`, the interpreter included."""
    seconds, _ = fresh.run(["-m", "patching_constructs.cli", "--help"])
    return seconds


def help_figures(fresh: FreshProcess) -> tuple[Table, list[Limit]]:
    """Measure several times."""
    help_seconds(fresh)  # compiles the bytecode
    seconds = [help_seconds(fresh) for _ in range(_RUNS)]
    table = Table("minimum", "median", title=f"seconds for patching --help, {_RUNS} fresh processes")
    median = statistics.median(seconds)
    table.add_row(f"{min(seconds):.2f}", f"{median:.2f}")
    return table, [Limit(name="patching --help: seconds (median)", measured=median, at_most=_LIMIT_SECONDS)]
