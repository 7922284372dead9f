"""What keeps a schedule from becoming dates."""

from collections.abc import Sequence
from datetime import timedelta

from patching_constructs.errors import PatchingError
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId

_EXPRESSIONS_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html"
)
_DATES_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-windows-schedule-options.html"
)

_ID_AND_SOURCE = {
    "expression": (FindingId.SCHEDULE_EXPRESSION, _EXPRESSIONS_PAGE),
    "timezone": (FindingId.SCHEDULE_TIMEZONE, _DATES_PAGE),
    "offset_days": (FindingId.SCHEDULE_OFFSET, _EXPRESSIONS_PAGE),
    "start_date": (FindingId.SCHEDULE_DATES, _DATES_PAGE),
    "end_date": (FindingId.SCHEDULE_DATES, _DATES_PAGE),
}


def schedule_finding(*, message: str, received: str, allowed: str, field: str = "expression") -> Finding:
    """Return one reason why a schedule cannot become dates; `field` is a field of the schedule's record."""
    finding_id, source = _ID_AND_SOURCE[field]
    return Finding(
        id=finding_id,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=allowed,
        source=source,
    )


class ScheduleSyntaxError(PatchingError):
    """A schedule that cannot be turned into dates, with all of its mistakes.

    Attributes:
        findings: The mistakes, in the order in which the fields stand.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class RunsUnknownError(PatchingError):
    """A schedule without a mistake whose dates depend on something that is not known."""


class PhaseUnknownError(RunsUnknownError):
    """A rate without a start date: its clock starts when AWS makes the window.

    Attributes:
        interval: Time from one start to the next, which is known.
    """

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval
        super().__init__(
            "start_date: a rate without start date counts from the moment when the window is made, "
            "which is not known, got None; allowed: a start date"
        )
