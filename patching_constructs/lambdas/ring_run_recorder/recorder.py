"""From the end of an install window to the record of a ring's run on the security account's bus."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from patching_constructs.contracts.ring_document import RingDocument
from patching_constructs.contracts.ring_run import RingRun
from patching_constructs.lambdas._shared.next_execution import next_execution
from patching_constructs.lambdas.ring_run_recorder.task_results import read_tasks


class UnknownWindowError(Exception):
    """A window ran that is not an install window of the rollout."""


def read_run(
    ssm: Any, document: RingDocument, detail: Mapping[str, Any], *, account: str, region: str
) -> RingRun:
    """Read how the run went that is over, by `detail`.

    Args:
        ssm: A boto3 client.
        document: The rings and their windows.
        detail: Detail of the event of Systems Manager.
        account: Account of the window.
        region: Region of the window.

    Raises:
        UnknownWindowError: If the window is not an install window of the rollout.
    """
    window_id, execution_id = detail["window-id"], detail["window-execution-id"]
    window = ssm.get_maintenance_window(WindowId=window_id)
    name = window["Name"]
    rings = document.install_windows()
    ring = rings.get(name)
    if ring is None:
        known = ", ".join(sorted(rings))
        message = f"{window_id} is named {name}; expected one of the install windows {known}"
        raise UnknownWindowError(message)
    execution = ssm.get_maintenance_window_execution(WindowExecutionId=execution_id)
    started_at = execution["StartTime"].astimezone(dt.UTC)
    next_start = next_execution(window)
    return RingRun(
        rollout=document.rollout,
        ring=ring.name,
        ring_order=ring.order,
        account=account,
        region=region,
        window_id=window_id,
        window_execution_id=execution_id,
        started_at=started_at,
        ended_at=(execution.get("EndTime") or dt.datetime.fromisoformat(detail["end-time"])).astimezone(
            dt.UTC
        ),
        status=detail["status"],
        # A next start that is not after this one is not known yet.
        next_start=next_start if next_start is not None and next_start > started_at else None,
        duration_hours=window["Duration"],
        tasks=tuple(read_tasks(ssm, execution_id)),
    )
