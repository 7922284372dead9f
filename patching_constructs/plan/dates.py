"""What a change does to the dates of a window."""

import datetime as dt
from datetime import timedelta
from zoneinfo import ZoneInfo

from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.model.wording import moment, plural
from patching_constructs.plan.diff.change import DateChange, RunDates
from patching_constructs.schedules.openings import opening_times
from patching_constructs.schedules.span import Span

_YEAR = timedelta(days=365)
_EVEN = 0.05
# How long before its cron day it is worth saying that a window may wait for the next period.
_SOON = timedelta(days=14)


def starts(schedule: ScheduleRecord, horizon: Span) -> Maybe[tuple[dt.datetime, ...]]:
    """Return when a window opens within the horizon, in UTC, whatever its duration is."""
    found = opening_times(schedule, 1, horizon)
    return found if isinstance(found, Unknown) else tuple(opening.from_ for opening in found)


def date_change(
    old: Maybe[tuple[dt.datetime, ...]] | None, new: Maybe[tuple[dt.datetime, ...]] | None, horizon: Span
) -> DateChange:
    """Compare the dates of a window; None is a window that does not exist."""
    first = None
    if isinstance(old, tuple) and isinstance(new, tuple):
        first = min({*old} ^ {*new}, default=None)
    return DateChange(old=_runs(old, horizon), new=_runs(new, horizon), first_difference=first)


def _runs(times: Maybe[tuple[dt.datetime, ...]] | None, horizon: Span) -> RunDates | None:
    if not isinstance(times, tuple):
        return None
    years = (horizon.until - horizon.from_) / _YEAR
    return RunDates(next=times[0] if times else None, per_year=round(len(times) / years, 1))


def runs_words(runs: RunDates) -> str:
    """Write when a window opens next and how often."""
    if runs.next is None:
        return "no run in the time that is looked at"
    return f"next run {moment(runs.next)}, {_per_year(runs.per_year)} a year"


def _per_year(count: float) -> str:
    whole = round(count)
    if whole < 1:
        return f"{count:g} runs"
    return f"{'' if abs(count - whole) < _EVEN else 'about '}{plural(whole, 'run')}"


def may_wait(schedule: ScheduleRecord, horizon: Span, today: dt.date, *, is_new: bool) -> str | None:
    """Say that a window that is made or changed soon may skip its next run, or return None.

    A window that is made between its cron day and the day to which its offset moves the run waits for the
    next period. What happens to one that is changed in place then is not documented.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-windows-schedule-options.html
    """
    offset = schedule.offset_days
    times = starts(schedule, horizon)
    if not isinstance(offset, int) or isinstance(times, Unknown) or not times:
        return None
    cron_time = _days_before(times[0], offset, schedule)
    if cron_time is None or cron_time.date() > today + _SOON:
        return None
    then = "it has no other run in the time that is looked at"
    if len(times) > 1:
        then = f"its first run would then be {moment(times[1])}"
    if is_new:
        return (
            f"if it is deployed between {moment(cron_time)} and {moment(times[0])}, that is between its cron "
            f"day and the day of the run, it waits for the next period: {then}"
        )
    return (
        f"AWS does not say whether a schedule that is changed between {moment(cron_time)} and "
        f"{moment(times[0])}, that is between its cron day and the day of the run, waits for the next "
        f"period, as that of a new window does: {then}"
    )


def _days_before(time: dt.datetime, days: int, schedule: ScheduleRecord) -> dt.datetime | None:
    try:
        zone = ZoneInfo(schedule.timezone) if isinstance(schedule.timezone, str) else dt.UTC
        local = time.astimezone(zone) - timedelta(days=days)
        return local.astimezone(dt.UTC)
    except (OverflowError, KeyError, ValueError, OSError):
        return None
