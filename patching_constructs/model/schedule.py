"""Records of schedules, as a maintenance window states them."""

from dataclasses import dataclass
from datetime import timedelta

from patching_constructs.model.unknown import Maybe

MAX_SCHEDULE_LENGTH = 256
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"""

MAX_SCHEDULE_OFFSET_DAYS = 6
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"""

MIN_CRON_INTERVAL = timedelta(minutes=5)
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleRecord:
    """When a maintenance window starts.

    Attributes:
        expression: `cron(...)`, `rate(...)` or `at(...)`.
        timezone: IANA name, or None for UTC.
        offset_days: Days to wait after the cron day, 1 to 6, or None.
        start_date: ISO-8601 time before which the window does not run, or None.
        end_date: ISO-8601 time after which the window does not run, or None.
    """

    expression: Maybe[str]
    timezone: Maybe[str] | None = None
    offset_days: Maybe[int] | None = None
    start_date: Maybe[str] | None = None
    end_date: Maybe[str] | None = None
