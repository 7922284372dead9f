"""The runs of maintenance windows that install, computed lazily for as long as needed."""

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.maintenance_window_limits import CutoffBehavior
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.schedules.openings import check_interval
from patching_constructs.schedules.runs import LATEST, runs

COMMAND_TIMEOUT = timedelta(hours=2)
"""How long a node may work on one patching command: `timeoutSeconds` is 7200 in AWS's patching documents.

The User Guide does not state it; `aws ssm get-document --name AWS-RunPatchBaseline` shows it.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallWindow:
    """What decides when a maintenance window installs.

    Attributes:
        schedule: When it opens.
        duration: How long it stays open.
        run_on: How long installs may run on after it has closed.
    """

    schedule: ScheduleRecord
    duration: timedelta
    run_on: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallRun:
    """One run of a window that installs; all times are in UTC.

    Attributes:
        starts_at: When it starts.
        closes_at: When the window closes.
        ends_at: When the last install is over, at the latest.
        sees_before: Patches that are eligible before this moment are installed: the start, if it is certain.
        uncertain_by: How much earlier or later it may start, or None if it is certain.
        why_uncertain: Why, or None if it is certain.
    """

    starts_at: datetime
    closes_at: datetime
    ends_at: datetime
    sees_before: datetime
    uncertain_by: timedelta | None = None
    why_uncertain: str | None = None


def install_window(window: WindowRecord) -> InstallWindow:
    """Work out when a window installs; hours that are not known count as none.

    Installs that started before the cutoff run on, unless the cutoff cancels their command.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_MaintenanceWindowTask.html
    """
    cancels = all(
        task.cutoff_behavior == CutoffBehavior.CANCEL_TASK and task.task_type == "RUN_COMMAND"
        for task in patching_tasks(window, PatchOperation.INSTALL)
    )
    run_on = timedelta() if cancels else COMMAND_TIMEOUT - _hours(window.cutoff_hours)
    return InstallWindow(
        schedule=window.schedule, duration=_hours(window.duration_hours), run_on=max(run_on, timedelta())
    )


def _hours(hours: Maybe[int]) -> timedelta:
    return timedelta() if isinstance(hours, Unknown) else timedelta(hours=hours)


class InstallSequence:
    """The install runs of nodes that one or more windows patch, in order.

    Args:
        windows: The windows.
        after: Only runs that start after this moment count.
        freezes: A run that starts within one of them does not count.

    Raises:
        ScheduleSyntaxError: If a schedule has mistakes.
        RunsUnknownError: If a schedule is not known, or runs more often than AWS supports.
    """

    def __init__(self, windows: Iterable[InstallWindow], *, after: datetime, freezes: Sequence[Freeze] = ()):
        of_windows = [_runs(window, after) for window in windows]
        found = (
            of_windows[0]
            if len(of_windows) == 1
            else heapq.merge(*of_windows, key=lambda run: (run.starts_at, run.ends_at))
        )
        self._rest = (
            (run for run in found if not any(freeze.holds(run.starts_at) for freeze in freezes))
            if freezes
            else found
        )
        self._known: list[InstallRun] = []

    def through(self, moment: datetime) -> list[InstallRun]:
        """List the runs that start at `moment` or before, and the first after it if there is one."""
        while not self._known or self._known[-1].starts_at <= moment:
            run = next(self._rest, None)
            if run is None:
                break
            self._known.append(run)
        return self._known[: bisect_right(self._known, moment, key=lambda run: run.starts_at) + 1]


def _runs(window: InstallWindow, after: datetime) -> Iterator[InstallRun]:
    check_interval(window.schedule)
    found = runs(window.schedule, from_=after, until=LATEST)
    return (
        InstallRun(
            starts_at=starts_at,
            closes_at=starts_at + window.duration,
            ends_at=starts_at + window.duration + window.run_on,
            sees_before=starts_at,
            uncertain_by=run.uncertain_by,
            why_uncertain=run.why_uncertain,
        )
        for run in found
        if (starts_at := run.starts_at.astimezone(UTC)) > after
    )


def at_the_latest(known: Sequence[InstallRun]) -> list[InstallRun]:
    """Let every uncertain run start as late, and see as little, as it may."""
    return _shifted(known, 1)


def at_the_earliest(known: Sequence[InstallRun]) -> list[InstallRun]:
    """Let every uncertain run start as early, and see as much, as it may."""
    return _shifted(known, -1)


def _shifted(known: Sequence[InstallRun], sign: int) -> list[InstallRun]:
    return sorted(
        (
            run
            if run.uncertain_by is None
            else replace(
                run,
                starts_at=run.starts_at + sign * run.uncertain_by,
                closes_at=run.closes_at + sign * run.uncertain_by,
                ends_at=run.ends_at + sign * run.uncertain_by,
                sees_before=run.sees_before - sign * run.uncertain_by,
            )
            for run in known
        ),
        key=lambda run: run.starts_at,
    )
