"""The record of one run of a ring."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from patching_constructs.contracts.event_fields import EventFields
from patching_constructs.contracts.ring_health import MOST_TASKS, RingHealth, TaskResult, judge_run
from patching_constructs.model.maintenance_window_limits import DURATION_HOURS
from patching_constructs.model.systems_manager_events import ENDED_WINDOW_STATUSES

RING_RUN_SOURCE = "patching-constructs"
"""Source of the events with which accounts report runs of their rings to the security account."""

RING_RUN_DETAIL_TYPE = "Patching Ring Run Finished"

LONGEST_NAME = 128
"""Characters of the name of a window, of which the names of rollout and ring are part.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html
"""

# Error budget of a run without a patching task.
_SCHEMA_VERSION = 1
"""Accounts are deployed one after the other, so a store may meet records of another version."""

_NO_TASK = "0"

# Ids of windows and of their executions, of which the latter is part of a key.
_ID = re.compile("[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class RingRun:
    """One run of a ring's install window in one account and Region.

    All figures and the health follow from the results of the tasks: a record cannot contradict itself.

    Attributes:
        rollout: Name of the rollout.
        ring: Name of the ring.
        ring_order: Place of the ring in the rollout.
        account: Account of the nodes.
        region: Region of the nodes.
        window_id: The window.
        window_execution_id: The run; unique.
        started_at: When the window opened.
        ended_at: When the run ended.
        status: Status of the execution, as AWS spells it.
        next_start: When the window opens next, as Systems Manager said at the end of the run, or None if it
            does not. A gate notices with it that a later run left no record.
        duration_hours: How long the window is open. Unit: hours.
        tasks: Results of its patching tasks.
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
    next_start: datetime | None
    duration_hours: int
    tasks: tuple[TaskResult, ...]

    @property
    def nodes(self) -> int:
        """Nodes that were targeted."""
        return sum(task.nodes for task in self.tasks)

    @property
    def succeeded(self) -> int:
        """Nodes on which the install command succeeded."""
        return sum(task.succeeded for task in self.tasks)

    @property
    def failed(self) -> int:
        """Nodes on which it did not, including those that were not reached."""
        return sum(task.failed for task in self.tasks)

    @property
    def max_errors(self) -> str:
        """The error budgets of the tasks, as they state them."""
        return ", ".join(dict.fromkeys(task.max_errors for task in self.tasks)) or _NO_TASK

    @property
    def health(self) -> RingHealth:
        """Whether later rings may follow."""
        return judge_run(self.tasks, status=self.status)[0]

    @property
    def reason(self) -> str:
        """Why, in words."""
        return judge_run(self.tasks, status=self.status)[1]

    def to_data(self) -> dict[str, object]:
        """Return the run as the detail of an event, or as an item of the table."""
        return {
            "schema-version": _SCHEMA_VERSION,
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
            "next-start": None if self.next_start is None else self.next_start.isoformat(),
            "duration-hours": self.duration_hours,
            "tasks": [task.to_data() for task in self.tasks],
            **self._figures(),
            "reason": self.reason,
        }

    def _figures(self) -> dict[str, str | int]:
        """Return what a sender has to have derived as we do; the words of the reason are ours."""
        return {
            "nodes": self.nodes,
            "succeeded": self.succeeded,
            "failed": self.failed,
            "max-errors": self.max_errors,
            "health": str(self.health),
        }

    @classmethod
    def from_data(cls, data: object) -> Self:
        """Read what `to_data` has written.

        Raises:
            ValueError: If a field is missing or invalid, or contradicts the results of the tasks; the message
                names it.
        """
        fields = EventFields.of(data)
        fields.equal("schema-version", _SCHEMA_VERSION)
        run = cls(
            rollout=fields.text("rollout", longest=LONGEST_NAME),
            ring=fields.text("ring", longest=LONGEST_NAME),
            ring_order=fields.count("ring-order"),
            account=fields.identifier("account"),
            region=fields.region("region"),
            window_id=fields.matching("window-id", _ID, expected="the id of a window"),
            window_execution_id=fields.matching(
                "window-execution-id", _ID, expected="the id of a window execution"
            ),
            started_at=fields.moment("started-at"),
            ended_at=fields.moment("ended-at"),
            status=fields.one_of("status", ENDED_WINDOW_STATUSES),
            next_start=fields.moment("next-start") if fields.has("next-start") else None,
            duration_hours=fields.count("duration-hours", least=1, most=DURATION_HOURS[-1]),
            tasks=tuple(TaskResult.from_fields(task) for task in fields.parts("tasks", most=MOST_TASKS)),
        )
        for name, value in run._figures().items():
            fields.equal(name, value)
        return run
