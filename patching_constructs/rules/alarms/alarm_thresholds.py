"""Rules about the thresholds of alarms."""

from collections.abc import Iterable, Iterator, Mapping

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId

MOST_EVALUATED_HOURS = 7 * 24
"""An alarm with periods of an hour looks back a week at most.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""


def check_threshold(value: object, *, field: str) -> Iterator[Finding]:
    """Find a threshold that no count reaches, or that every count reaches."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return
    yield Finding(
        id=FindingId.ALARM_THRESHOLD,
        level=Level.ERROR,
        field=field,
        message="not a threshold",
        received=repr(value),
        allowed="a whole number from 1, or None for no alarm",
    )


def check_hours(value: object, *, field: str) -> Iterator[Finding]:
    """Find hours that an alarm cannot look back."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_EVALUATED_HOURS:
        return
    yield Finding(
        id=FindingId.ALARM_THRESHOLD,
        level=Level.ERROR,
        field=field,
        message="an alarm cannot look back for these hours",
        received=repr(value),
        allowed=f"a whole number from 1 to {MOST_EVALUATED_HOURS}",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    )


def check_ring_thresholds(thresholds: Mapping[str, object], rings: Iterable[str]) -> Iterator[Finding]:
    """Find thresholds of rings without a reporter."""
    known = sorted(rings)
    for name in thresholds:
        if name not in known:
            yield Finding(
                id=FindingId.ALARM_THRESHOLD_WITHOUT_RING,
                level=Level.ERROR,
                field=f"ring_thresholds[{name!r}]",
                message="the reporter has no such ring",
                received=repr(name),
                allowed=", ".join(known) or "none: there is no reporter",
            )
