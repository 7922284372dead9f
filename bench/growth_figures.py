"""Growth of the time of a synthesis with the number of workload accounts."""

import itertools
from pathlib import Path
from typing import Any

import yaml
from rich.table import Table

from bench.fresh_process import FreshProcess
from bench.limit import Limit
from bench.synthesis import SAMPLE
from bench.time_figures import synthesis_seconds

_ACCOUNT_COUNTS = (1, 5, 10, 25, 50)
_ROUNDS = 3
_LINEARITY_LIMIT = 1.5
"""How much more the last 25 accounts may cost than the first 25, each."""


def organisation(account_count: int) -> dict[str, Any]:
    """Return patching.yaml with nothing but production, in so many accounts."""
    data: dict[str, Any] = yaml.safe_load(SAMPLE.read_text())
    names = [f"prod-{number}" for number in range(1, account_count + 1)]
    (ring,) = (ring for ring in data["rings"] if ring["name"] == "prod")
    used = {name for group in ring["patch_groups"] for name in group["baselines"]}
    return data | {
        "accounts": [
            *(account for account in data["accounts"] if account["role"] != "workload"),
            *(
                {"name": name, "id": f"{number:012}", "role": "workload"}
                for number, name in enumerate(names, start=1)
            ),
        ],
        "baselines": [baseline for baseline in data["baselines"] if baseline["name"] in used],
        "rings": [ring | {"accounts": names}],
        "exemptions": [],
    }


def growth_figures(fresh: FreshProcess, folder: Path) -> tuple[Table, list[Limit]]:
    """Measure from 1 to 50 accounts."""
    configs = {}
    for count in _ACCOUNT_COUNTS:
        configs[count] = folder / f"{count}-accounts.yaml"
        configs[count].write_text(yaml.safe_dump(organisation(count)))
    seconds = dict.fromkeys(_ACCOUNT_COUNTS, float("inf"))
    for _ in range(_ROUNDS):
        for count, config in configs.items():
            seconds[count] = min(seconds[count], synthesis_seconds(fresh, str(config)))
    table = Table("accounts", "seconds", "seconds more for each account", title="growth of a synthesis")
    counts = list(seconds)
    table.add_row(str(counts[0]), f"{seconds[counts[0]]:.2f}", "")
    for fewer, more in itertools.pairwise(counts):
        table.add_row(str(more), f"{seconds[more]:.2f}", f"{_slope(seconds, fewer, more):.3f}")
    first, middle, last = counts[0], counts[-2], counts[-1]
    table.caption = f"{_slope(seconds, first, last):.3f} seconds for each account from {first} to {last}"
    ratio = _slope(seconds, middle, last) / _slope(seconds, first, middle)
    return table, [
        Limit(
            name=f"growth: each account from {middle} to {last} relative to each from {first} to {middle}",
            measured=ratio,
            at_most=_LINEARITY_LIMIT,
        )
    ]


def _slope(seconds: dict[int, float], fewer: int, more: int) -> float:
    return (seconds[more] - seconds[fewer]) / (more - fewer)
