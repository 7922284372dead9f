"""Rules about the dates on which a maintenance window runs, and about the time that its fleet needs."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from patching_constructs.analysis.fleet_time import fleet_time
from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import length, moment, window_name
from patching_constructs.schedules.openings import opening_times
from patching_constructs.schedules.runs import EARLIEST, LATEST, Run, runs
from patching_constructs.schedules.span import Span

DEFAULT_MINUTES_PER_NODE = 30
"""Minutes to install and reboot, by default: an estimate, because AWS publishes no such time."""

_SCHEDULE_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-windows-schedule-options.html"
)
_WINDOW_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"
)
_CALENDAR_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-change-calendar.html"
)


def check_window_runs(
    window: WindowRecord, horizon: Span, *, freezes: Sequence[Freeze] = ()
) -> list[Finding]:
    """Find a window that never runs within `horizon`, and installs that fall in a freeze.

    A schedule that is not known, or that AWS refuses, is not judged here; that leaves freezes undecided.

    Args:
        window: The window.
        horizon: When it runs.
        freezes: When nothing should be patched.
    """
    times = opening_times(window.schedule, window.duration_hours, horizon)
    installs = bool(patching_tasks(window, PatchOperation.INSTALL))
    if isinstance(times, Unknown):
        return [_undecided(window, times)] if installs and freezes else []
    if not times:
        return _check_never_runs(window, horizon)
    if not installs:
        return []
    return [finding for freeze in freezes for finding in _check_freeze(window, times, freeze)]


def _check_freeze(window: WindowRecord, times: Sequence[Span], freeze: Freeze) -> Iterator[Finding]:
    frozen = [time for time in times if time.from_ < freeze.until and freeze.from_ < time.until]
    if frozen:
        starts_in_it = any(freeze.from_ <= time.from_ for time in frozen)
        yield Finding(
            id=FindingId.RUN_IN_FREEZE,
            level=Level.ERROR if starts_in_it else Level.WARNING,
            field=f"windows[{window_name(window)}].schedule",
            message=f"{'falls in' if starts_in_it else 'may run on into'} the freeze {freeze.name!r}, and "
            "maintenance windows honour no calendar: it patches all the same",
            received=f"{len(frozen)} of {len(times)} runs, first {moment(frozen[0].from_)}",
            allowed="a schedule that avoids the freeze, or a gate in the window",
            source=_CALENDAR_PAGE,
            location=window.location,
        )


def _undecided(window: WindowRecord, why: Unknown) -> Finding:
    return Finding(
        id=FindingId.RUN_IN_FREEZE,
        level=Level.INFO,
        field=f"windows[{window_name(window)}].schedule",
        message="it is undecided whether it runs in a freeze",
        location=window.location,
        undecided=why.reason,
    )


def _check_never_runs(window: WindowRecord, horizon: Span) -> list[Finding]:
    later = next(runs(window.schedule, from_=horizon.until, until=LATEST), None)
    earlier = None if later else _last(runs(window.schedule, from_=EARLIEST, until=horizon.from_))
    if later is not None:
        nearest = f"runs next on {moment(later.starts_at)}"
    elif earlier is not None:
        nearest = f"ran last on {moment(earlier.starts_at)}"
    else:
        return []
    return [
        Finding(
            id=FindingId.SCHEDULE_NOT_IN_HORIZON,
            level=Level.WARNING,
            field=f"windows[{window_name(window)}].schedule",
            message=f"does not run from {moment(horizon.from_)} until {moment(horizon.until)}",
            received=f"{window.schedule.expression!r}, which {nearest}",
            allowed="a schedule that runs in this time, or another horizon",
            source=_SCHEDULE_PAGE,
            location=window.location,
        )
    ]


def _last(found: Iterator[Run]) -> Run | None:
    return next(iter(deque(found, maxlen=1)), None)


def check_fleet_time(
    window: WindowRecord, *, node_counts: Mapping[str, int], minutes_per_node: int
) -> list[Finding]:
    """Find a window that closes before all of its nodes had their turn.

    Nothing is found where the number of nodes or their concurrency is not known.

    Args:
        window: The window.
        node_counts: How many nodes each patch group has.
        minutes_per_node: Minutes that one node takes to install and reboot.
    """
    found = fleet_time(window, node_counts=node_counts, minutes_per_node=minutes_per_node)
    if found is None or isinstance(window.duration_hours, Unknown):
        return []
    needed = length(timedelta(minutes=found.needed_minutes))
    hours = f"a duration of {window.duration_hours} and a cutoff of {window.cutoff_hours} hours"
    if found.not_patched:
        level = Level.ERROR
        message = f"{found.not_patched} of {found.nodes} nodes do not get their turn before the cutoff"
    elif found.needed_minutes > window.duration_hours * 60:
        level = Level.WARNING
        message = "the last nodes start before the cutoff, but work and reboot after the end of the window"
    else:
        return []
    return [
        Finding(
            id=FindingId.WINDOW_TOO_SHORT,
            level=level,
            field=f"windows[{window_name(window)}].duration_hours",
            message=message,
            received=f"{hours}, where {needed} are needed at {minutes_per_node} minutes for each node",
            allowed="a longer window, a shorter cutoff or a higher max_concurrency",
            source=_WINDOW_PAGE,
            location=window.location,
        )
    ]
