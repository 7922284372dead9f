"""Rules about windows of one account and Region that are at work at the same time."""

from collections.abc import Iterable, Iterator

from patching_constructs.analysis.collisions import Collision, WindowTraffic
from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.analysis.shared_nodes import SharedNodes
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import moment, window_name
from patching_constructs.schedules.openings import Overlap

_QUOTAS_PAGE = "https://docs.aws.amazon.com/general/latest/gr/ssm.html"
_EXECUTION_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_MaintenanceWindowExecution.html"
)
_COMPLIANCE_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html"
)
_TARGETS_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-maintenance-assign-targets.html"
)


def check_collisions(
    traffic: WindowTraffic, *, quotas: MaintenanceWindowQuotas = AWS_QUOTAS
) -> list[Finding]:
    """Find windows that patch one node at once, catch up with themselves, or are too many at once."""
    return [
        *(finding for collision in traffic.collisions for finding in _check_collision(collision)),
        *(_overrun(window, overlap) for window, overlap in traffic.overruns),
        *_check_executions_at_once(traffic, quotas.executions_at_once),
        *_undecided(traffic.unknown),
    ]


def _check_collision(collision: Collision) -> Iterator[Finding]:
    first, second = collision.windows
    if collision.both_install:
        finding_id, source = FindingId.WINDOWS_COLLIDE, _TARGETS_PAGE
        message = f"window {window_name(second)!r} can patch the same nodes at the same time"
        level = Level.ERROR if collision.shared is SharedNodes.CERTAIN else Level.WARNING
    else:
        finding_id, source = FindingId.SCAN_DURING_INSTALL, _COMPLIANCE_PAGE
        message = (
            f"window {window_name(second)!r} scans the same nodes at the same time, and the compliance of a "
            "node is what the last of both reports"
        )
        level = Level.WARNING
    if isinstance(collision.shared, Unknown):
        yield Finding(
            id=finding_id,
            level=Level.INFO,
            field=_field(first),
            message=f"open at the same time as window {window_name(second)!r}",
            received=_times(collision.overlap),
            source=source,
            location=first.location,
            undecided=f"the nodes of both are not known: {collision.shared.reason}",
        )
    elif collision.both_install or collision.shared is SharedNodes.CERTAIN:
        if collision.shared is SharedNodes.POSSIBLE:
            message += " if they have the tags of both"
        yield Finding(
            id=finding_id,
            level=level,
            field=_field(first),
            message=message,
            received=_times(collision.overlap),
            allowed="windows that are open one after the other, or targets without a node in common",
            source=source,
            location=first.location,
        )


def _overrun(window: WindowRecord, overlap: Overlap) -> Finding:
    installs = bool(patching_tasks(window, PatchOperation.INSTALL))
    return Finding(
        id=FindingId.WINDOW_RUN_OVERLAPPING,
        level=Level.ERROR if installs else Level.WARNING,
        field=f"{_field(window)}.duration_hours",
        message="starts again before its duration is over, and while a run is going AWS skips the next "
        "(SKIPPED_OVERLAPPING)",
        received=f"{window.duration_hours} hours with {window.schedule.expression!r}: {_times(overlap)}",
        allowed="a duration up to the time between two starts",
        source=_EXECUTION_PAGE,
        location=window.location,
    )


def _check_executions_at_once(traffic: WindowTraffic, quota: int) -> Iterator[Finding]:
    if traffic.busiest_at is not None and len(traffic.busiest) > quota:
        names = ", ".join(repr(window_name(window)) for window in traffic.busiest)
        yield Finding(
            id=FindingId.WINDOW_EXECUTIONS_AT_ONCE,
            level=Level.ERROR,
            field="windows",
            message="more windows of one account and Region are open at once than AWS runs",
            received=f"{len(traffic.busiest)} at {moment(traffic.busiest_at)}: {names}",
            allowed=f"up to {quota} at once; if AWS has raised the quota, set quotas.executions_at_once",
            source=_QUOTAS_PAGE,
            location=traffic.busiest[-1].location,
        )


def _undecided(unknown: Iterable[tuple[WindowRecord, Unknown]]) -> Iterator[Finding]:
    for window, why in unknown:
        yield Finding(
            id=FindingId.WINDOWS_COLLIDE,
            level=Level.INFO,
            field=_field(window),
            message="cannot be compared with the other windows of its account and Region",
            location=window.location,
            undecided=why.reason,
        )


def _field(window: WindowRecord) -> str:
    return f"windows[{window_name(window)}]"


def _times(overlap: Overlap) -> str:
    first = f"first from {moment(overlap.first.from_)} to {moment(overlap.first.until)}"
    return first if overlap.count == 1 else f"{overlap.count} times, {first}"
