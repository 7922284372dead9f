"""The smallest changes that put two rings in order."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

from patching_constructs.analysis.landing import landings
from patching_constructs.analysis.ring_order import Lane, earliest_start
from patching_constructs.model.patch_baseline_limits import APPROVE_AFTER_DAYS
from patching_constructs.model.schedule import MAX_SCHEDULE_OFFSET_DAYS, ScheduleRecord
from patching_constructs.schedules.span import Span

_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_WEEKS_OF_EVERY_MONTH = range(1, 5)
_ONE_WEEKDAY = re.compile(r"(cron\(.* )(SUN|MON|TUE|WED|THU|FRI|SAT|[1-7])(#[1-5]|L)?( \S+\))", re.IGNORECASE)


def least_delay_days(
    earlier: Sequence[Lane], later: Sequence[Lane], horizon: Span, *, soak: timedelta | None = None
) -> int | None:
    """Find the least approval delay of the later ring that keeps every patch behind the earlier ring.

    A patch misses every run that comes too early if it is approved no sooner than the last of them starts.

    Args:
        earlier: Lanes of the earlier ring.
        later: Lanes of the later ring, with runs through the soak after the last of the earlier ones.
        horizon: When patches are published.
        soak: See `compare`.

    Returns:
        None if no delay that AWS accepts is long enough.
    """
    needed = timedelta()
    for ahead, behind in product(earlier, later):
        starts = [run.starts_at for run in behind.runs]
        for step in landings(ahead.runs, ahead.approval, horizon):
            if step.run is None:
                return None
            too_early = bisect_left(starts, earliest_start(step.run, soak))
            if too_early:
                needed = max(needed, starts[too_early - 1] - step.published.from_)
    days = math.ceil(needed / timedelta(days=1))
    return days if days in APPROVE_AFTER_DAYS else None


def schedule_moves(schedule: ScheduleRecord) -> Iterator[ScheduleRecord]:
    """Yield schedules that differ in offset, weekday or week only, of each kind the nearest first.

    Only a cron expression with one weekday, or with one weekday of one week of the month, can be moved.
    An offset is moved where there is one, so that the run still follows its cron day, such as Patch Tuesday.
    """
    if not isinstance(schedule.expression, str):
        return
    parts = _ONE_WEEKDAY.fullmatch(schedule.expression)
    if parts is None:
        return
    head, day, week, tail = parts.groups(default="")
    if isinstance(schedule.offset_days, int):
        for offset in _nearest(schedule.offset_days, range(MAX_SCHEDULE_OFFSET_DAYS + 1)):
            yield replace(schedule, offset_days=offset or None)
    number = int(day) - 1 if day.isdigit() else _WEEKDAYS.index(day.upper())
    for other in _nearest(number, range(number - 3, number + 4)):
        # AWS documents `L` only behind the number of a weekday.
        name = str(other % 7 + 1) if week.upper() == "L" else _WEEKDAYS[other % 7]
        yield replace(schedule, expression=f"{head}{name}{week}{tail}")
    if week.startswith("#"):
        for other in _nearest(int(week[1:]), _WEEKS_OF_EVERY_MONTH):
            yield replace(schedule, expression=f"{head}{day}#{other}{tail}")


def _nearest(number: int, numbers: range) -> list[int]:
    return sorted((other for other in numbers if other != number), key=lambda other: abs(other - number))
