"""Windows that fire on a simulated clock."""

import heapq
import itertools
import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.aws import client
from local_aws.fleet.clock import clock
from local_aws.fleet.executions import CommandRun, Executions, WindowExecution
from local_aws.fleet.fleet import OPERATION_TIME, Fleet
from local_aws.fleet.records import Node
from patching_constructs import PatchOperation, RebootOption, Schedule

PATCHING_DOCUMENT = "AWS-RunPatchBaseline"
_RUNS_AT_ONCE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedPlace:
    """An account and Region whose windows are simulated."""

    account: str
    region: str
    fleet: Fleet
    executions: Executions


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowFired:
    """A window that has run.

    Attributes:
        place: Where.
        name: Name of the window.
        execution: What it did.
    """

    place: SimulatedPlace
    name: str
    execution: WindowExecution

    @property
    def event(self) -> dict[str, Any]:
        """The event that EventBridge gets when the run is over.

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
        """
        return {
            "version": "0",
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, self.execution.execution_id)),
            "detail-type": "Maintenance Window Execution State-change Notification",
            "source": "aws.ssm",
            "account": self.place.account,
            "time": self.execution.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self.place.region,
            "resources": [],
            "detail": {
                "window-id": self.execution.window_id,
                "window-execution-id": self.execution.execution_id,
                "start-time": self.execution.started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "end-time": self.execution.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "status": self.execution.status,
            },
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Window:
    """A window with its schedule, and its tasks in the order in which they run."""

    identity: Mapping[str, Any]
    schedule: Schedule
    targets: Mapping[str, list[dict[str, Any]]]
    tasks: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowStart:
    """A window that opens, and has not run yet.

    Attributes:
        at: When it opens.
        place: Where.
    """

    at: datetime
    place: SimulatedPlace
    _window: _Window

    def run(self) -> WindowFired:
        """Set the clock, and let the window run."""
        clock.set(self.at)
        execution = _run(self.place, self._window, self.at)
        self.place.executions.add(execution)
        return WindowFired(place=self.place, name=self._window.identity["Name"], execution=execution)


def window_starts(
    places: Sequence[SimulatedPlace], *, from_: datetime, until: datetime
) -> Iterator[WindowStart]:
    """Yield when every window of `places` opens, in order of time.

    Windows are read when the first one is asked for.

    Args:
        places: Accounts and Regions.
        from_: When to start, with a time zone.
        until: When to stop.
    """
    streams = [
        _starts(place, window, from_, until, (number, position))
        for number, place in enumerate(places)
        for position, window in enumerate(_windows(place))
    ]
    for start, _, place, window in heapq.merge(*streams, key=lambda entry: entry[:2]):
        yield WindowStart(at=start, place=place, _window=window)


def simulate(places: Sequence[SimulatedPlace], *, from_: datetime, until: datetime) -> Iterator[WindowFired]:
    """Let every window of `places` run in order of time, and set the clock as it goes.

    Args:
        places: Accounts and Regions.
        from_: When to start, with a time zone.
        until: When to stop; the clock shows it at the end.
    """
    for start in window_starts(places, from_=from_, until=until):
        yield start.run()
    clock.set(until)


def _windows(place: SimulatedPlace) -> Iterator[_Window]:
    ssm = client("ssm", account=place.account, region=place.region)
    for page in ssm.get_paginator("describe_maintenance_windows").paginate():
        for window in page["WindowIdentities"]:
            window_id = window["WindowId"]
            if not window["Enabled"]:
                continue
            tasks = [
                ssm.get_maintenance_window_task(WindowId=window_id, WindowTaskId=task["WindowTaskId"])
                for task in ssm.describe_maintenance_window_tasks(WindowId=window_id)["Tasks"]
            ]
            yield _Window(
                identity=window,
                schedule=Schedule(
                    expression=window["Schedule"],
                    timezone=window.get("ScheduleTimezone"),
                    offset_days=window.get("ScheduleOffset"),
                    start_date=window.get("StartDate"),
                    end_date=window.get("EndDate"),
                ),
                targets={
                    target["WindowTargetId"]: target["Targets"]
                    for target in ssm.describe_maintenance_window_targets(WindowId=window_id)["Targets"]
                },
                tasks=sorted(tasks, key=lambda task: task["Priority"]),
            )


def _starts(
    place: SimulatedPlace, window: _Window, from_: datetime, until: datetime, number: tuple[int, int]
) -> Iterator[tuple[datetime, tuple[int, int], SimulatedPlace, _Window]]:
    after = from_
    while after < until:
        runs = window.schedule.next_runs(after=after, count=_RUNS_AT_ONCE)
        for run in runs:
            if run.starts_at >= until:
                return
            yield run.starts_at.astimezone(UTC), number, place, window
        if len(runs) < _RUNS_AT_ONCE:
            return
        after = runs[-1].starts_at


def _run(place: SimulatedPlace, window: _Window, start: datetime) -> WindowExecution:
    commands: dict[str, CommandRun] = {}
    identity = window.identity
    cutoff = start + timedelta(hours=identity["Duration"] - identity["Cutoff"])
    end, status = start, "SUCCESS"
    for task in window.tasks:
        command = CommandRun(
            command_id=str(uuid.uuid4()),
            document_name=task["TaskArn"],
            parameters=task["TaskInvocationParameters"]["RunCommand"].get("Parameters", {}),
            max_concurrency=task["MaxConcurrency"],
            max_errors=task["MaxErrors"],
            priority=task["Priority"],
        )
        nodes = _nodes(place, task, window.targets, start)
        ends_at, has_failed = _send(place, task, command, nodes, start=start, cutoff=cutoff)
        commands[str(uuid.uuid4())] = command
        end = max(end, ends_at)
        if has_failed:
            command.status = status = "FAILED"
    return WindowExecution(
        window_id=identity["WindowId"],
        execution_id=str(uuid.uuid4()),
        started_at=start,
        ended_at=end,
        status=status,
        commands=commands,
    )


def _nodes(
    place: SimulatedPlace, task: Mapping[str, Any], targets: Mapping[str, list[dict[str, Any]]], now: datetime
) -> list[Node]:
    found: dict[str, Node] = {}
    for target_id in itertools.chain.from_iterable(target["Values"] for target in task["Targets"]):
        for condition in targets[target_id]:
            key = condition["Key"].removeprefix("tag:")
            for node in place.fleet.tagged(key, condition["Values"]):
                if node.has_agent and node.is_there(now):
                    found[node.node_id] = node
    return list(found.values())


def _send(
    place: SimulatedPlace,
    task: Mapping[str, Any],
    command: CommandRun,
    nodes: Sequence[Node],
    *,
    start: datetime,
    cutoff: datetime,
) -> tuple[datetime, bool]:
    """Send a command to nodes in waves, until too many have failed or the cutoff is there."""
    if task["TaskArn"] != PATCHING_DOCUMENT or not nodes:
        command.statuses.update(dict.fromkeys((node.node_id for node in nodes), "Success"))
        return start, False
    parameters = task["TaskInvocationParameters"]["RunCommand"]["Parameters"]
    operation = PatchOperation(parameters["Operation"][0])
    reboot_option = RebootOption(parameters.get("RebootOption", ["RebootIfNeeded"])[0])
    at_once = max(1, _count(task["MaxConcurrency"], len(nodes)))
    budget = _count(task["MaxErrors"], len(nodes))
    failures, now = 0, start
    for first in range(0, len(nodes), at_once):
        for node in nodes[first : first + at_once]:
            if failures > budget or now >= cutoff:
                command.statuses[node.node_id] = "Terminated" if failures > budget else "Cancelled"
                continue
            if not node.answers(now):
                command.statuses[node.node_id] = "Delivery Timed Out"
                failures += 1
                continue
            worked = place.fleet.run(node, operation, now=now, reboot_option=reboot_option)
            command.statuses[node.node_id] = "Success" if worked else "Failed"
            failures += not worked
        if failures <= budget and now < cutoff:
            now += OPERATION_TIME
    return now, failures > budget


def _count(share: str, whole: int) -> int:
    return math.floor(whole * int(share[:-1]) / 100) if share.endswith("%") else int(share)
