"""Rules about how long a maintenance window stays open."""

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window_limits import CUTOFF_HOURS, DURATION_HOURS
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.limits import undecided

_WINDOW_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"
)


def check_window_hours(
    duration_hours: Maybe[int], cutoff_hours: Maybe[int], *, prefix: str = ""
) -> list[Finding]:
    """Find hours out of range, and a cutoff that leaves no time in which a command may start."""
    findings = [
        *_check_range(
            duration_hours, DURATION_HOURS, id=FindingId.WINDOW_DURATION, field=f"{prefix}duration_hours"
        ),
        *_check_range(cutoff_hours, CUTOFF_HOURS, id=FindingId.WINDOW_CUTOFF, field=f"{prefix}cutoff_hours"),
    ]
    if findings or isinstance(duration_hours, Unknown) or isinstance(cutoff_hours, Unknown):
        return findings
    if cutoff_hours < duration_hours:
        return []
    return [
        Finding(
            id=FindingId.WINDOW_CUTOFF,
            level=Level.ERROR,
            field=f"{prefix}cutoff_hours",
            message=f"not below duration_hours {duration_hours}, so that no command can ever start",
            received=str(cutoff_hours),
            allowed=f"{CUTOFF_HOURS.start} to {duration_hours - 1} whole hours",
            source=_WINDOW_PAGE,
        )
    ]


def _check_range(hours: Maybe[int], limits: range, *, id: FindingId, field: str) -> list[Finding]:
    if isinstance(hours, Unknown):
        return [undecided(id, hours, field=field)]
    if type(hours) is int and hours in limits:
        return []
    return [
        Finding(
            id=id,
            level=Level.ERROR,
            field=field,
            message="not a number of hours that AWS accepts",
            received=repr(hours),
            allowed=f"{limits.start} to {limits.stop - 1} whole hours",
            source=_WINDOW_PAGE,
        )
    ]
