"""Measure `patching check` over a cdk.out of 1,000 workload stacks, compared with cfn-lint."""

import itertools
import json
import statistics
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Table

from bench.fresh_process import FreshProcess, Measured
from bench.limit import Limit
from bench.workload_assembly import REGIONAL_OUT, synthesize_sample, write_assembly

STACK_COUNTS = (125, 250, 500, 1000)
_ROUNDS = 5
_SECONDS_LIMIT = 10
_MEMORY_LIMIT_MEBIBYTES = 500 * 1000 * 1000 / 1024**2
_LINEARITY_LIMIT = 1.5
"""How much more each of the last 500 stacks may cost than each of those before them.

`tests/bench` counts calls instead, which no machine disturbs, and allows no more than 1.005.
"""
_CFN_LINT_RATIO = 50
_LINTED_TEMPLATES = 8

_Words = tuple[str, ...]


def check_figures(fresh: FreshProcess, folder: Path) -> tuple[Table, list[Limit]]:
    """Measure from 125 to 1,000 stacks, and cfn-lint on some of the same templates.

    Limits in seconds are about time on the clock. Costs of one more stack are compared in time of the
    processor, which both programs use one of, so that what else the machine does disturbs them less.
    """
    samples = synthesize_sample(fresh, folder)
    expected = findings(check(fresh, folder / REGIONAL_OUT).printed)
    assemblies = {count: write_assembly(folder / f"{count}-stacks", samples, count) for count in STACK_COUNTS}
    runs: dict[int, list[Measured]] = {count: [] for count in STACK_COUNTS}
    for _ in range(_ROUNDS):
        for count, assembly in assemblies.items():
            runs[count].append(check(fresh, assembly))
    first, middle, last = STACK_COUNTS[0], STACK_COUNTS[-2], STACK_COUNTS[-1]
    cost = {count: min(run.cpu_seconds for run in several) for count, several in runs.items()}
    for_each = _slope(cost, first, last)
    linted = lint_seconds(fresh, sorted(assemblies[first].glob("*.template.json")))
    table = _table(runs, cost)
    table.caption = (
        f"{1000 * for_each:.2f} milliseconds for each stack; cfn-lint takes {1000 * linted:.0f} for its "
        f"template: {linted / for_each:.0f} times as long"
    )
    found = findings(runs[last][-1].printed)
    return table, [
        Limit(
            name=f"check of {last:,} stacks: seconds (median)",
            measured=statistics.median(run.seconds for run in runs[last]),
            at_most=_SECONDS_LIMIT,
        ),
        Limit(
            name=f"check of {last:,} stacks: MiB (500 MB)",
            measured=max(run.peak_mebibytes for run in runs[last]),
            at_most=round(_MEMORY_LIMIT_MEBIBYTES, 1),
        ),
        Limit(
            name=f"check of {last:,} stacks: findings unlike those of the {len(samples)} synthesized ones",
            measured=sum(((found - expected) + (expected - found)).values()),
            at_most=0,
        ),
        Limit(
            name=f"check: each stack from {middle} to {last:,} relative to each from {first} to {middle}",
            measured=_slope(cost, middle, last) / _slope(cost, first, middle),
            at_most=_LINEARITY_LIMIT,
        ),
        Limit(
            name="check: time for each template, as a share of cfn-lint's",
            measured=for_each / linted,
            at_most=1 / _CFN_LINT_RATIO,
        ),
    ]


def check(fresh: FreshProcess, assembly: Path) -> Measured:
    """Check an assembly with the real command line.

    Raises:
        ValueError: If it cannot be checked.
    """
    measured = fresh.measure(["-m", "patching_constructs.cli", "check", "--format", "json", str(assembly)])
    if measured.status not in (0, 1):
        message = f"patching check ended with status {measured.status}"
        raise ValueError(message)
    return measured


def findings(report: str) -> Counter[_Words]:
    """Return the findings of a report without their places."""
    return Counter(
        tuple(str(finding[key]) for key in ("id", "level", "field", "message", "received"))
        for finding in json.loads(report)["findings"]
    )


def lint_seconds(fresh: FreshProcess, templates: Sequence[Path]) -> float:
    """Return the time of the processor that cfn-lint takes for each further template, without its start.

    Raises:
        ValueError: If it finds something, or cannot run.
    """

    def seconds(count: int) -> float:
        program = Path(sys.executable).with_name("cfn-lint")
        measured = fresh.measure([str(program), *map(str, templates[:count])])
        if measured.status:
            message = f"cfn-lint ended with status {measured.status}: {measured.printed}"
            raise ValueError(message)
        return measured.cpu_seconds

    seconds(1)  # compiles the bytecode
    one, more = (min(seconds(count) for _ in range(_ROUNDS)) for count in (1, 1 + _LINTED_TEMPLATES))
    return (more - one) / _LINTED_TEMPLATES


def _table(runs: Mapping[int, Sequence[Measured]], cost: Mapping[int, float]) -> Table:
    table = Table(
        "stacks",
        "seconds",
        "processor",
        "milliseconds more for each stack",
        "MiB",
        title=f"patching check over a cdk.out, {_ROUNDS} fresh processes: median, and least of the processor",
    )
    slopes = {more: _slope(cost, fewer, more) for fewer, more in itertools.pairwise(runs)}
    for count, several in runs.items():
        table.add_row(
            f"{count:,}",
            f"{statistics.median(run.seconds for run in several):.2f}",
            f"{cost[count]:.2f}",
            f"{1000 * slopes[count]:.2f}" if count in slopes else "",
            f"{max(run.peak_mebibytes for run in several):.0f}",
        )
    return table


def _slope(cost: Mapping[int, float], fewer: int, more: int) -> float:
    return (cost[more] - cost[fewer]) / (more - fewer)
