"""Wall time of a synthesis of the whole sample."""

import statistics
import tempfile

from rich.table import Table

from bench.fresh_process import FreshProcess
from bench.limit import Limit

_ROUNDS = 5


def synthesis_seconds(fresh: FreshProcess, *config: str) -> float:
    """Return the wall time of one synthesis: interpreter, imports, settings, definition and templates."""
    with tempfile.TemporaryDirectory() as folder:  # an old cdk.out slows synthesis down
        seconds, _ = fresh.run(["-m", "bench.synthesis", folder, *config])
    return seconds


def time_figures(fresh: FreshProcess) -> tuple[Table, list[Limit]]:
    """Measure the synthesis; seconds depend on the machine, so that they have no limit."""
    synthesis_seconds(fresh)  # compiles the bytecode
    seconds = [synthesis_seconds(fresh) for _ in range(_ROUNDS)]
    table = Table("minimum", "median", title=f"seconds for the whole sample, {_ROUNDS} runs")
    table.add_row(f"{min(seconds):.2f}", f"{statistics.median(seconds):.2f}")
    return table, []
