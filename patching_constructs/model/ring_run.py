"""How one run of a ring went."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

RING_RUN_SOURCE = "patching-constructs"
"""Source of the events with which accounts tell the security account of their rings' runs."""

RING_RUN_DETAIL_TYPE = "Patching Ring Run Finished"


class RingHealth(enum.StrEnum):
    """Whether later rings may follow."""

    HEALTHY = "HEALTHY"
    """Every node was patched, or no more failed than the error budget allows."""
    UNHEALTHY = "UNHEALTHY"
    """More nodes failed than the error budget allows, or the window ended without success."""
    UNKNOWN = "UNKNOWN"
    """Nobody can tell: no node was there, or their results could not be read. It counts as no permission."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RingRun:
    """One run of a ring's install window in one account and Region.

    Attributes:
        rollout: Name of the rollout.
        ring: Name of the ring.
        ring_order: Place of the ring in the rollout.
        account: Account of the nodes.
        region: Region of the nodes.
        window_id: The window.
        window_execution_id: The run; unique.
        started_at: When the window opened.
        ended_at: When it was over.
        status: Status of the execution, in AWS's words.
        nodes: Nodes that were to be patched.
        succeeded: Nodes on which the install command succeeded.
        failed: Nodes on which it did not, those that were not reached included.
        max_errors: The error budget, as the task states it: a number of nodes or a percentage.
        health: Whether later rings may follow.
        reason: Why, in words.
    """

    rollout: str
    ring: str
    ring_order: int
    account: str
    region: str
    window_id: str
    window_execution_id: str
    started_at: datetime
    ended_at: datetime
    status: str
    nodes: int
    succeeded: int
    failed: int
    max_errors: str
    health: RingHealth
    reason: str

    def to_data(self) -> dict[str, str | int]:
        """Return the run as the detail of an event, or as an item of the table."""
        return {
            "rollout": self.rollout,
            "ring": self.ring,
            "ring-order": self.ring_order,
            "account": self.account,
            "region": self.region,
            "window-id": self.window_id,
            "window-execution-id": self.window_execution_id,
            "started-at": self.started_at.isoformat(),
            "ended-at": self.ended_at.isoformat(),
            "status": self.status,
            "nodes": self.nodes,
            "succeeded": self.succeeded,
            "failed": self.failed,
            "max-errors": self.max_errors,
            "health": str(self.health),
            "reason": self.reason,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Self:
        """Read what `to_data` has written.

        Raises:
            ValueError: If a field is missing or is not what it has to be; the message names it.
        """

        def text(name: str) -> str:
            value = data.get(name)
            if not isinstance(value, str) or not value:
                message = f"{name}: not a text, got {value!r}"
                raise ValueError(message)
            return value

        def count(name: str) -> int:
            value = data.get(name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                message = f"{name}: not a number from 0, got {value!r}"
                raise ValueError(message)
            return value

        def moment(name: str) -> datetime:
            time = datetime.fromisoformat(text(name))
            if time.utcoffset() is None:
                message = f"{name}: no time zone, got {text(name)!r}"
                raise ValueError(message)
            return time

        return cls(
            rollout=text("rollout"),
            ring=text("ring"),
            ring_order=count("ring-order"),
            account=text("account"),
            region=text("region"),
            window_id=text("window-id"),
            window_execution_id=text("window-execution-id"),
            started_at=moment("started-at"),
            ended_at=moment("ended-at"),
            status=text("status"),
            nodes=count("nodes"),
            succeeded=count("succeeded"),
            failed=count("failed"),
            max_errors=text("max-errors"),
            health=RingHealth(text("health")),
            reason=text("reason"),
        )


def judge_run(*, status: str, nodes: int, failed: int, max_errors: str) -> tuple[RingHealth, str]:
    """Judge a run by its error budget.

    Args:
        status: Status of the window execution, in AWS's words.
        nodes: Nodes that were to be patched.
        failed: Nodes on which the install command did not succeed.
        max_errors: Number of nodes, or percentage with `%`, that may fail. A share is rounded down to whole
            nodes, as AWS does not say how it rounds.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html
    """
    if nodes == 0:
        return RingHealth.UNKNOWN, f"no node was there to be patched; the window ended as {status}"
    budget = nodes * int(max_errors[:-1]) // 100 if max_errors.endswith("%") else int(max_errors)
    told = f"{failed} of {nodes} nodes failed, and {budget} may"
    if failed > budget:
        return RingHealth.UNHEALTHY, told
    if status != "SUCCESS" and failed == 0:
        return RingHealth.UNHEALTHY, f"no node failed, but the window ended as {status}"
    return RingHealth.HEALTHY, told
