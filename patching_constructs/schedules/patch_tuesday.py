"""When Microsoft publishes the monthly updates of Windows."""

from datetime import UTC, datetime
from functools import lru_cache

from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.schedules.runs import runs
from patching_constructs.schedules.span import Span

PATCH_TUESDAY = ScheduleRecord(expression="cron(0 10 ? * TUE#2 *)", timezone="America/Los_Angeles")
"""https://learn.microsoft.com/en-us/windows/deployment/update/release-cycle

Each update is cumulative and replaces the one before.
"""


@lru_cache(maxsize=64)
def patch_tuesdays(span: Span) -> tuple[datetime, ...]:
    """List the moments within `span` at which monthly updates are published, in UTC."""
    found = runs(PATCH_TUESDAY, from_=span.from_, until=span.until)
    return tuple(run.starts_at.astimezone(UTC) for run in found)
