"""The proof of ring order alone, without reading templates."""

import json
import statistics

from rich.table import Table

from bench.fresh_process import FreshProcess
from bench.hundred_rings import HORIZON, RING_COUNT
from bench.limit import Limit

_RUNS = 5
_LIMIT_SECONDS = 2


def proof_seconds(fresh: FreshProcess) -> tuple[float, int]:
    """Prove the order of 100 rings once.

    Returns:
        Seconds that it took, without interpreter and imports, and how many answers there are.
    """
    _, printed = fresh.run(["-m", "bench.hundred_rings"])
    answer = json.loads(printed)
    return answer["seconds"], answer["proofs"]


def proof_figures(fresh: FreshProcess) -> tuple[Table, list[Limit]]:
    """Measure several times."""
    runs = [proof_seconds(fresh) for _ in range(_RUNS)]
    seconds = [each for each, _ in runs]
    years = HORIZON.until.year - HORIZON.from_.year
    table = Table(
        "minimum",
        "median",
        "proofs",
        title=f"seconds to prove the order of {RING_COUNT} rings over {years} years, {_RUNS} fresh processes",
    )
    table.add_row(f"{min(seconds):.2f}", f"{statistics.median(seconds):.2f}", str(runs[0][1]))
    return table, [
        Limit(
            name=f"proof for {RING_COUNT} rings over {years} years: seconds (median)",
            measured=statistics.median(seconds),
            at_most=_LIMIT_SECONDS,
        )
    ]
