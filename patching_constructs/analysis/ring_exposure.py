"""How long the nodes of a ring are open to vulnerabilities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from patching_constructs.analysis.exposure import Exposure, closings, exposure, exposure_at, slowest
from patching_constructs.analysis.install_runs import InstallSequence, InstallWindow, install_window
from patching_constructs.analysis.landing import Approval
from patching_constructs.analysis.ring_order import Lane
from patching_constructs.analysis.security_approvals import security_approvals
from patching_constructs.analysis.supersession import (
    LOOK_AHEAD,
    LostUpdates,
    cumulative_closings,
    lost_updates,
)
from patching_constructs.model.estate import RingMember, RingPlan
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.promises import Severity
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.schedules.openings import opening_times
from patching_constructs.schedules.patch_tuesday import patch_tuesdays
from patching_constructs.schedules.span import Span

_What: TypeAlias = tuple[OperatingSystem, Severity | None]
_How: TypeAlias = tuple[tuple[InstallWindow, ...], Approval]


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchedNodes:
    """Nodes of a ring that are patched at the same times, after the same approval.

    Attributes:
        lane: Their runs and the approval.
        member: One of them.
        others: How many other members of the ring are patched in the same way.
    """

    lane: Lane
    member: RingMember
    others: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExposureRow:
    """How long one operating system of a ring is open to vulnerabilities of one severity.

    Attributes:
        operating_system: The operating system.
        severity: The severity, or None where the operating system has none.
        exposure: How long: on Windows for the monthly updates, else for patches published at any time.
        out_of_band: On Windows, how long for updates that are published at any time, else None.
        nodes: The nodes, in groups that are patched in the same way; the slowest first.
    """

    operating_system: OperatingSystem
    severity: Severity | None
    exposure: Exposure
    out_of_band: Exposure | None
    nodes: tuple[PatchedNodes, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RingExposure:
    """How long a ring is open to vulnerabilities.

    Attributes:
        ring: The ring.
        horizon: When the patches are published.
        rows: What is known, by operating system and severity.
        lost: Monthly updates of Windows that some nodes never install, with those nodes.
        unknown: Members for which it is not known, and why.
        never_patched: Members that no window installs on.
    """

    ring: RingPlan
    horizon: Span
    rows: tuple[ExposureRow, ...]
    lost: tuple[tuple[PatchedNodes, LostUpdates], ...]
    unknown: tuple[tuple[RingMember, Unknown], ...]
    never_patched: tuple[RingMember, ...]


def ring_exposure(ring: RingPlan, horizon: Span, *, freezes: Sequence[Freeze] = ()) -> RingExposure:
    """Find out how long a ring is open to vulnerabilities of every severity.

    A vulnerability is closed when the window that installs its patch closes, the last one of the ring.

    Args:
        ring: The ring.
        horizon: When the patches are published.
        freezes: When nothing is patched.
    """
    unknown: list[tuple[RingMember, Unknown]] = []
    runs_of: dict[tuple[InstallWindow, ...], InstallSequence] = {}
    grouped: dict[_What, dict[_How, list[RingMember]]] = {}
    for member in ring.members:
        if not member.install_windows and member.unknown_windows is None:
            continue
        windows = _install_windows(member, horizon)
        if isinstance(windows, Unknown):
            unknown.append((member, windows))
            continue
        approvals = security_approvals(member.operating_system, member.baseline)
        if isinstance(approvals, Unknown):
            unknown.append((member, approvals))
            continue
        if windows not in runs_of:
            runs_of[windows] = InstallSequence(windows, after=horizon.from_, freezes=freezes)
        for severity, several in approvals.items():
            groups = grouped.setdefault((member.operating_system, severity), {})
            for approval in several:
                groups.setdefault((windows, approval), []).append(member)
    nodes = {
        what: {
            how: _patched_nodes(runs_of[how[0]], how[1], members, horizon) for how, members in groups.items()
        }
        for what, groups in grouped.items()
    }
    return RingExposure(
        ring=ring,
        horizon=horizon,
        rows=tuple(
            _row(operating_system, severity, tuple(several.values()), horizon)
            for (operating_system, severity), several in nodes.items()
        ),
        lost=tuple(_lost(nodes, horizon)),
        unknown=tuple(unknown),
        never_patched=tuple(
            member for member in ring.members if not member.install_windows and member.unknown_windows is None
        ),
    )


def _install_windows(member: RingMember, horizon: Span) -> Maybe[tuple[InstallWindow, ...]]:
    if member.unknown_windows is not None:
        return member.unknown_windows
    found = []
    for window in member.install_windows:
        times = opening_times(window.schedule, window.duration_hours, horizon)
        if isinstance(times, Unknown):
            return times
        found.append(install_window(window))
    return tuple(found)


def _patched_nodes(
    runs: InstallSequence, approval: Approval, members: Sequence[RingMember], horizon: Span
) -> PatchedNodes:
    through = horizon.until + LOOK_AHEAD + timedelta(days=approval.after_days or 0)
    member = members[0]
    return PatchedNodes(
        lane=Lane(name=member.patch_group, runs=runs.through(through), approval=approval),
        member=member,
        others=len(members) - 1,
    )


def _row(
    operating_system: OperatingSystem,
    severity: Severity | None,
    nodes: Sequence[PatchedNodes],
    horizon: Span,
) -> ExposureRow:
    def slowness(each: PatchedNodes) -> tuple[bool, timedelta]:
        worst = measure(operating_system, [each.lane], horizon).worst
        return worst is None, worst or timedelta()

    lanes = [each.lane for each in nodes]
    return ExposureRow(
        operating_system=operating_system,
        severity=severity,
        exposure=measure(operating_system, lanes, horizon),
        out_of_band=exposure(slowest([cumulative_closings(lane, horizon) for lane in lanes]))
        if operating_system is OperatingSystem.WINDOWS
        else None,
        nodes=tuple(sorted(nodes, key=slowness, reverse=True)),
    )


def measure(operating_system: OperatingSystem, lanes: Sequence[Lane], horizon: Span) -> Exposure:
    """Measure how long nodes are open to vulnerabilities: on Windows to those that monthly updates close."""
    if operating_system is not OperatingSystem.WINDOWS:
        return exposure(slowest([closings(lane, horizon) for lane in lanes]))
    steps = slowest([cumulative_closings(lane, horizon) for lane in lanes])
    return exposure_at(steps, patch_tuesdays(horizon)) or exposure(steps)


def longest_delay_days(row: ExposureRow, horizon: Span, *, promised: timedelta) -> int | None:
    """Find the longest approval delay with which a row that breaks a promise keeps it, or None if none does.

    Args:
        row: The row.
        horizon: When the patches are published.
        promised: The longest time promised.
    """
    delays = [each.lane.approval.after_days for each in row.nodes]
    if None in delays:
        return None
    longest = max(days for days in delays if days is not None)
    for days in range(min(longest - 1, promised // timedelta(days=1)), -1, -1):
        lanes = [_with_delay(each.lane, days) for each in row.nodes]
        worst = measure(row.operating_system, lanes, horizon).worst
        if worst is not None and worst <= promised:
            return days
    return None


def longest_delay_days_without_loss(nodes: PatchedNodes, horizon: Span) -> int | None:
    """Find the longest approval delay with which runs meet no monthly update that is not yet approved.

    Args:
        nodes: Windows nodes that lose monthly updates because of their approval delay.
        horizon: When the updates are published.
    """
    for days in range((nodes.lane.approval.after_days or 0) - 1, -1, -1):
        if not lost_updates(_with_delay(nodes.lane, days), horizon).not_yet_approved:
            return days
    return None


def _with_delay(lane: Lane, most_days: int) -> Lane:
    days = min(most_days, lane.approval.after_days or 0)
    return replace(lane, approval=replace(lane.approval, after_days=days))


def _lost(
    nodes: Mapping[_What, Mapping[_How, PatchedNodes]], horizon: Span
) -> Iterator[tuple[PatchedNodes, LostUpdates]]:
    """Find monthly updates that nodes lose, once for severities that are approved at the same time."""
    on_windows = {
        how: each
        for (operating_system, _), several in nodes.items()
        if operating_system is OperatingSystem.WINDOWS
        for how, each in several.items()
    }
    for each in on_windows.values():
        if each.lane.approval.after_days is not None:
            lost = lost_updates(each.lane, horizon)
            if lost.not_yet_approved or lost.without_run:
                yield each, lost
