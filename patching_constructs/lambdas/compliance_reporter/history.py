"""The history: one compressed file of rows a run, a row for each node."""

import datetime as dt
import gzip
import json
from collections.abc import Iterable, Sequence
from typing import Any

from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.node_report import NodeReport

ROW_SCHEMA_VERSION = 1


def row(
    node: NodeReport,
    *,
    ring: str,
    is_compliant: bool,
    is_exempt: bool,
    exemptions: Sequence[ExemptionRecord],
    now: dt.datetime,
) -> dict[str, Any]:
    """Return what the history keeps of a node; keys are names of columns."""
    covering = [
        exemption
        for exemption in exemptions
        if exemption.holds_on(now.date())
        and exemption.covers_node(node_id=node.node_id, name=node.name, patch_group=node.patch_group)
    ]
    return {
        "schema_version": ROW_SCHEMA_VERSION,
        "seen_at": _time(now),
        "ring": ring,
        "patch_group": node.patch_group,
        "operating_system": None if node.operating_system is None else str(node.operating_system),
        "node_id": node.node_id,
        "node_name": node.name,
        "managed": node.is_managed,
        "compliant": is_compliant,
        "exempt": is_exempt,
        "reported_at": None if node.reported_at is None else _time(node.reported_at),
        "reported_by_others": node.is_reported_by_others,
        "baseline_id": node.baseline_id,
        "expected_baseline_id": node.expected_baseline_id,
        "unread": node.unread,
        "problems": [
            {
                "patch": problem.patch,
                "state": str(problem.state),
                "severity": None if problem.severity is None else str(problem.severity),
                "first_seen": _time(problem.first_seen),
                "published": None if problem.published is None else _time(problem.published),
                "exempt": any(exemption.covers_patch(problem.patch) for exemption in covering),
            }
            for problem in node.problems
        ],
    }


def write_history(
    s3: Any,
    bucket: str,
    rows: Iterable[dict[str, Any]],
    *,
    rollout: str,
    account: str,
    region: str,
    run_id: str,
    part: int,
    now: dt.datetime,
) -> str:
    """Write rows as JSON lines, compressed, and return the key.

    The key begins with partitions, as Athena's projection wants them. A run that was resumed has a file for
    each part.
    """
    key = (
        f"nodes/rollout={rollout}/account={account}/region={region}/day={now:%Y-%m-%d}/"
        f"{now:%H%M%S}-{run_id}-{part}.json.gz"
    )
    text = "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in rows)
    s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=gzip.compress(text.encode(), mtime=0),
        ContentType="application/gzip",
    )
    return key


def _time(moment: dt.datetime) -> str:
    """Write a time as Athena reads it: in UTC, without a zone."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
