"""How often a maintenance window opens in a month."""

from datetime import UTC, timedelta
from fractions import Fraction
from functools import lru_cache

from patching_constructs.errors import PatchingError
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.maintenance_window_limits import DURATION_HOURS
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.schedules.openings import opening_times
from patching_constructs.schedules.span import Span
from patching_constructs.schedules.timetable import Rate, read_timetable

MONTH = timedelta(hours=730)
"""A twelfth of 365 days."""


def runs_per_month(window: WindowRecord, horizon: Span) -> Maybe[Fraction]:
    """Return how many runs of `window` there are in a month, on the average of the horizon, or why not.

    Runs within a freeze count, as maintenance windows open all the same.
    """
    hours = window.duration_hours
    return _runs_per_month(
        window.schedule,
        DURATION_HOURS.start if isinstance(hours, Unknown) or hours not in DURATION_HOURS else hours,
        horizon,
    )


@lru_cache(maxsize=1024)
def _runs_per_month(schedule: ScheduleRecord, duration_hours: int, horizon: Span) -> Maybe[Fraction]:
    try:
        timetable = read_timetable(schedule)
    except PatchingError as error:
        return Unknown(str(error))
    months = _ratio(horizon.until - horizon.from_, MONTH)
    if isinstance(timetable.expression, Rate) and timetable.start is None:
        until = horizon.until if timetable.end is None else min(horizon.until, timetable.end.astimezone(UTC))
        active = max(until - horizon.from_, timedelta())
        return _ratio(active, timetable.expression.interval) / months
    openings = opening_times(schedule, duration_hours, horizon)
    return openings if isinstance(openings, Unknown) else len(openings) / months


def _ratio(part: timedelta, whole: timedelta) -> Fraction:
    return Fraction(part // timedelta.resolution, whole // timedelta.resolution)
