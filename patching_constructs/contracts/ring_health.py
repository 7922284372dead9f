"""Whether a run of a ring permits later rings to follow."""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from patching_constructs.contracts.event_fields import EventFields
from patching_constructs.model.systems_manager_events import SUCCESSFUL_WINDOW_STATUS

MAX_ERRORS = re.compile(r"0|[1-9][0-9]{0,6}|[0-9]%|[1-9][0-9]%|100%")
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html"""

MOST_TASKS = 100
"""Tasks of one record. AWS's quota is 20 for a window.

https://docs.aws.amazon.com/general/latest/gr/ssm.html
"""


class RingHealth(enum.StrEnum):
    """Whether later rings may follow."""

    HEALTHY = "HEALTHY"
    """The window succeeded, and every task reached nodes and stayed within its error budget."""
    UNHEALTHY = "UNHEALTHY"
    """A task exceeded its error budget, or the window ended without success."""
    UNKNOWN = "UNKNOWN"
    """A task reached no node, or its results could not be read. It is no permission for later rings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskResult:
    """What one patching task did.

    Attributes:
        max_errors: Its error budget: a number of nodes or a percentage.
        nodes: Nodes that it targeted.
        succeeded: Nodes on which the command succeeded.
        not_reached: Nodes on which nothing was done, or on which the outcome is not known.
        is_readable: Whether Systems Manager still had the results.
    """

    max_errors: str
    nodes: int = 0
    succeeded: int = 0
    not_reached: int = 0
    is_readable: bool = True

    @property
    def failed(self) -> int:
        """Nodes on which the command did not succeed, including those that were not reached."""
        return self.nodes - self.succeeded

    @property
    def budget(self) -> int:
        """Nodes that may fail. A percentage is rounded down, as AWS does not say how it rounds."""
        if self.max_errors.endswith("%"):
            return self.nodes * int(self.max_errors[:-1]) // 100
        return int(self.max_errors)

    def to_data(self) -> dict[str, object]:
        """Return the result as part of an event, or of an item of the table."""
        return {
            "max-errors": self.max_errors,
            "nodes": self.nodes,
            "succeeded": self.succeeded,
            "not-reached": self.not_reached,
            "is-readable": self.is_readable,
        }

    @classmethod
    def from_fields(cls, fields: EventFields) -> Self:
        """Read what `to_data` has written.

        Raises:
            ValueError: If a field is missing or invalid, or the figures contradict each other.
        """
        result = cls(
            max_errors=fields.matching("max-errors", MAX_ERRORS, expected="a number or a percentage"),
            nodes=fields.count("nodes"),
            succeeded=fields.count("succeeded"),
            not_reached=fields.count("not-reached"),
            is_readable=fields.flag("is-readable"),
        )
        if result.succeeded + result.not_reached > result.nodes:
            message = (
                f"{fields.path}nodes: got {result.nodes}, of which {result.succeeded} succeeded and "
                f"{result.not_reached} were not reached"
            )
            raise ValueError(message)
        if result.nodes and not result.is_readable:
            message = f"{fields.path}nodes: got {result.nodes}, although the results could not be read"
            raise ValueError(message)
        return result


def judge_run(tasks: Sequence[TaskResult], *, status: str) -> tuple[RingHealth, str]:
    """Judge a run by the status of its window and the error budget of each of its patching tasks.

    More failures never make a run healthier: a window without success is never healthy, whatever its figures.

    Args:
        tasks: Results of its patching tasks.
        status: Status of the window execution, as AWS spells it.

    Returns:
        The health, and why.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html
    """
    nodes = sum(task.nodes for task in tasks)
    failed = sum(task.failed for task in tasks)
    not_reached = sum(task.not_reached for task in tasks)
    unreached = f", {not_reached} of them not reached" if not_reached else ""
    over = next((task for task in tasks if task.failed > task.budget), None)
    unreadable = sum(not task.is_readable for task in tasks)
    empty = sum(task.nodes == 0 for task in tasks)
    if over is not None:
        return RingHealth.UNHEALTHY, f"{_figures(over)}{unreached}"
    if nodes == 0 and not unreadable:
        return RingHealth.UNKNOWN, f"no node was targeted; the window ended as {status}"
    # docs/not-proven.md#window-status-within-the-error-budget
    if status != SUCCESSFUL_WINDOW_STATUS:
        return (
            RingHealth.UNHEALTHY,
            f"the window ended as {status}; {failed} of {nodes} nodes failed{unreached}",
        )
    if unreadable:
        return RingHealth.UNKNOWN, f"the results of {unreadable} of {len(tasks)} tasks cannot be read"
    if empty:
        return RingHealth.UNKNOWN, f"{empty} of {len(tasks)} tasks targeted no node"
    if len(tasks) == 1:
        return RingHealth.HEALTHY, f"{_figures(tasks[0])}{unreached}"
    return (
        RingHealth.HEALTHY,
        f"{failed} of {nodes} nodes failed, each task within its error budget{unreached}",
    )


def _figures(task: TaskResult) -> str:
    return f"{task.failed} of {task.nodes} nodes failed; the error budget is {task.budget}"
