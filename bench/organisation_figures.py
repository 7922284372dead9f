"""An organization of forty accounts through `make synth`: time to its templates, and time of all gates."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.fresh_process import FreshProcess
from bench.limit import Limit
from bench.synthesis import ROOT
from bench.time_figures import synthesis_seconds

ORGANISATION = ROOT / "bench" / "organisations" / "forty-accounts.yaml"
STACKS = 121
_ROUNDS = 3
_SYNTHESIS_LIMIT = 60
_GATES_LIMIT = 45
_CDK_SYNTH = ("cdk", "synth", "--quiet", "--no-notices", "--output")
_OUR_CHECKS = "patching-constructs"
_KNOWN_ERROR = "ring-inversion"
"""The file is as its author wrote it: a patch may reach two of its rings before the ring in front of them."""


def organisation_figures(fresh: FreshProcess, folder: Path) -> tuple[Table, list[Limit]]:
    """Measure `make synth` as its two commands, and the synthesis alone, on an otherwise idle machine.

    What the CDK CLI itself takes counts as gates.
    """
    assembly = folder / "forty-accounts.out"
    synthesis, synth, lint = [], [], []
    for _ in range(_ROUNDS):
        synthesis.append(synthesis_seconds(fresh, str(ORGANISATION)))
        synth.append(_seconds([*_CDK_SYNTH, str(assembly)], allowed=(0, 1)))
        lint.append(_seconds([sys.executable, "-m", "gates.lint", str(assembly)], allowed=(0,)))
    gates = [
        with_gates - alone + linted for alone, with_gates, linted in zip(synthesis, synth, lint, strict=True)
    ]
    table = Table(
        "seconds for", "minimum", "median", title=f"forty accounts, {STACKS} stacks, {_ROUNDS} runs"
    )
    for name, seconds in (
        ("synthesis without gates", synthesis),
        ("cdk synth with its gates", synth),
        ("cfn-lint", lint),
        ("all gates and the CDK CLI", gates),
    ):
        table.add_row(name, f"{min(seconds):.1f}", f"{statistics.median(seconds):.1f}")
    return table, [
        Limit(
            name=f"synthesis of {STACKS} stacks: seconds (median)",
            measured=statistics.median(synthesis),
            at_most=_SYNTHESIS_LIMIT,
        ),
        Limit(
            name=f"all gates of {STACKS} stacks: seconds more (median)",
            measured=statistics.median(gates),
            at_most=_GATES_LIMIT,
        ),
        Limit(
            name=f"{STACKS} stacks: templates too many or too few",
            measured=abs(len(list(assembly.glob("*.template.json"))) - STACKS),
            at_most=0,
        ),
        Limit(
            name=f"{STACKS} stacks: errors of the gates, apart from those that are known",
            measured=sum(
                unknown_errors(json.loads((assembly / "validation-report.json").read_text())).values()
            ),
            at_most=0,
        ),
    ]


def unknown_errors(report: Mapping[str, Any]) -> Counter[tuple[str, str]]:
    """Count the errors in a validation report of the CDK that are not known, by gate and rule."""
    return Counter(
        (plugin["pluginName"], violation["ruleName"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        if plugin["pluginName"] != _OUR_CHECKS
        or (violation["severity"] != "warning" and violation["ruleName"] != _KNOWN_ERROR)
    )


def _seconds(command: Sequence[str], *, allowed: Sequence[int]) -> float:
    started_at = time.perf_counter()
    process = subprocess.run(  # noqa: S603 -- the project's own commands
        command,
        cwd=ROOT,
        env=os.environ | {"CDK_VALIDATION": "true", "PATCHING_CONFIG": str(ORGANISATION)},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode not in allowed:
        message = f"{command[0]} ended with status {process.returncode}: {process.stdout}{process.stderr}"
        raise ValueError(message)
    return time.perf_counter() - started_at
