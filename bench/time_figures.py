"""Wall time of the whole sample, beside its handwritten twin."""

import statistics
import tempfile

from rich.table import Table

from bench.fresh_process import FreshProcess
from bench.limit import Limit

_ROUNDS = 7
_RATIO_LIMIT = 1.3
_SIDES = ("library", "handwritten")


def synthesis_seconds(fresh: FreshProcess, side: str, *config: str) -> float:
    """Return the wall time of one synthesis: interpreter, imports, settings, definition and templates."""
    with tempfile.TemporaryDirectory() as folder:  # an old cdk.out slows synthesis down
        seconds, _ = fresh.run(["-m", "bench.synthesis", side, folder, *config])
    return seconds


def time_figures(fresh: FreshProcess) -> tuple[Table, list[Limit]]:
    """Measure both sides in turn, and compare each run with the one beside it.

    What else the machine does changes from minute to minute and disturbs neighbours alike, so the median of
    their ratios moves less than a ratio of minima or medians.
    """
    for side in _SIDES:
        synthesis_seconds(fresh, side)  # compiles the bytecode
    seconds: dict[str, list[float]] = {side: [] for side in _SIDES}
    for _ in range(_ROUNDS):
        for side in _SIDES:
            seconds[side].append(synthesis_seconds(fresh, side))
    library, by_hand = seconds.values()
    table = Table(
        "", "library", "by hand", "ratio", title=f"seconds for the whole sample, {_ROUNDS} runs in turn"
    )
    for name, of in (("minimum", min), ("median", statistics.median)):
        table.add_row(name, f"{of(library):.2f}", f"{of(by_hand):.2f}", f"{of(library) / of(by_hand):.2f}")
    ratio = statistics.median(ours / theirs for ours, theirs in zip(library, by_hand, strict=True))
    table.add_row("each pair, median", "", "", f"{ratio:.2f}")
    return table, [Limit(name="wall time of the sample: ratio", measured=ratio, at_most=_RATIO_LIMIT)]
