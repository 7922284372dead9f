"""Two versions of one package are two patches, from Patch Manager's answer to the evidence of an auditor."""

import csv
from pathlib import Path

from local_aws.fleet.clock import clock
from local_aws.in_process import in_process
from patching_constructs.cli import main
from tests.history.reports import download
from tests.lambdas.fleets import DAY, HOUR, KERNEL, START, World, node, patch

NEWER_KERNEL = "kernel.x86_64:0:6.1.130-139.222.amzn2023"


def test_evidence_over_two_kernels_shows_two_patches(tmp_path: Path) -> None:
    with in_process():
        world = World()  # 2026-12-01; installs on Wednesday 2026-12-02 and 2026-12-09, scans every morning
        world.add(
            node(1, refuses={NEWER_KERNEL}),
            node(2),
            patch(KERNEL),
            patch(NEWER_KERNEL, START + 4 * DAY),
        )
        for hours in (6, 30, 47, 54, 126, 190, 198, 215, 222):
            world.advance(START + hours * HOUR)
            world.report()
        download(world, tmp_path / "history")
    clock.set(None)
    period = ["--from", "2026-12-01", "--until", "2026-12-31"]
    assert main(["evidence", str(tmp_path / "history"), *period, "--output", str(tmp_path)]) == 0
    assert _rows(tmp_path / "installed.csv", "node_name", "patch") == {
        ("web-1", KERNEL),
        ("web-2", KERNEL),
        ("web-2", NEWER_KERNEL),
    }
    assert _rows(tmp_path / "open.csv", "node_name", "patch", "state", "clock_started") == {
        ("web-1", NEWER_KERNEL, "MISSING", "2026-12-06 06:00:00Z")
    }


def _rows(file: Path, *columns: str) -> set[tuple[str, ...]]:
    with file.open(newline="") as opened:
        return {tuple(row[column] for column in columns) for row in csv.DictReader(opened)}
