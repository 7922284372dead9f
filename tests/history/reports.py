"""Files that the real reporter writes about a fleet of the local AWS."""

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

from patching_constructs import RebootOption
from patching_constructs.model.exemption import ExemptionRecord
from tests.lambdas.fleets import BUCKET, CURL, DAY, GLIBC, KERNEL, OPENSSL, START, WINDOWS, World, node, patch

TRUTH = "truth.json"
"""When the fleet installed what on which node."""

LAST = START + 12 * DAY + dt.timedelta(hours=7)
"""The last report."""

EXEMPTIONS = (
    ExemptionRecord(
        owner="shop@example.com",
        reason="till software",
        ticket="OPS-1",
        expires=(START + 60 * DAY).date(),
        nodes="web-5",
    ),
    ExemptionRecord(
        owner="web@example.com",
        reason="breaks tls",
        ticket="OPS-2",
        expires=(START + 60 * DAY).date(),
        patches="openssl*",
    ),
    ExemptionRecord(
        owner="web@example.com",
        reason="over",
        ticket="OPS-3",
        expires=(START + 2 * DAY).date(),
        nodes="web-2",
    ),
)


def write_reports(folder: Path) -> None:
    """Let twelve days pass with reports every morning and one after an install, and download the history."""
    world = World(reboot_option=RebootOption.NO_REBOOT, exemptions=EXEMPTIONS)
    world.add(
        node(1),
        node(2, refuses={KERNEL, CURL}),
        node(3, has_agent=False),
        node(4, operating_system=WINDOWS),
        node(5, refuses={KERNEL, GLIBC}),
        node(6, stopped_at=START + 11 * DAY + dt.timedelta(hours=1), refuses={KERNEL}),
        node(7, agent_died_at=START + 4 * DAY),
        patch(KERNEL),
        patch(CURL, severity=""),
        patch(OPENSSL, START + 4 * DAY),
        patch(GLIBC, START + 9 * DAY, severity="Important"),
        patch("KB5000001", START + 8 * DAY, operating_system=WINDOWS, classification="SecurityUpdates"),
    )
    for days in range(1, 13):
        for hours in (6, 7, 22.5, 23) if days == 8 else (6, 7):
            world.advance(START + days * DAY + dt.timedelta(hours=hours))
            world.report()
    download(world, folder)
    truth = {
        f"{there.node_id} {patch_id}": f"{installed.at:%Y-%m-%d %H:%M:%S}Z"
        for there in world.place.fleet.nodes.values()
        for patch_id, installed in there.installed.items()
    }
    (folder / TRUTH).write_text(json.dumps(truth))


def download(world: World, folder: Path) -> None:
    """Write the files of the history below a folder."""
    s3 = world.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for entry in page.get("Contents", []):
            file = folder / entry["Key"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read())


def rows(folder: Path) -> list[dict[str, Any]]:
    """Read all rows, with their partitions."""
    found = []
    for file in sorted(folder.rglob("*.json.gz")):
        partitions = dict(part.split("=") for part in file.parts if "=" in part)
        found += [
            {**json.loads(line), **partitions} for line in gzip.decompress(file.read_bytes()).splitlines()
        ]
    return found
