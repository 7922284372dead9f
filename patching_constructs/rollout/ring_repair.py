"""The smallest changes that put two rings in order."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

from patching_constructs.model.patch_baseline_limits import APPROVE_AFTER_DAYS
from patching_constructs.model.schedule import MAX_SCHEDULE_OFFSET_DAYS, ScheduleRecord
from patching_constructs.rollout.landing import landings
from patching_constructs.rollout.ring_order import Lane, earliest_start
from patching_constructs.rollout.span import Span

_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_LAST_WEEK_OF_EVERY_MONTH = 4


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


def schedule_moves(schedule: ScheduleRecord) -> Iterator[list[ScheduleRecord]]:
    """Yield for weekday, week and offset the schedules that a change of it alone makes, nearest first.

    Only a cron expression with one weekday, or with one weekday of one week of the month, can be moved.
    """
    if not isinstance(schedule.expression, str):
        return
    parts = re.fullmatch(
        r"(cron\(.* )(SUN|MON|TUE|WED|THU|FRI|SAT|[1-7])(#[1-4]|L)?( \S+\))",
        schedule.expression,
        re.IGNORECASE,
    )
    if parts is None:
        return
    head, day_text, week_text, tail = (
        parts.group(1),
        parts.group(2).upper(),
        parts.group(3) or "",
        parts.group(4),
    )
    day = int(day_text) - 1 if day_text.isdigit() else _WEEKDAYS.index(day_text)
    # AWS documents `L` only behind the number of a weekday.
    name = (lambda index: str(index + 1)) if week_text.upper() == "L" else _WEEKDAYS.__getitem__

    yield [
        replace(schedule, expression=f"{head}{name((day + days) % 7)}{week_text}{tail}")
        for days in (1, -1, 2, -2, 3, -3)
    ]
    if week_text.startswith("#"):
        week = int(week_text[1:])
        yield [
            replace(schedule, expression=f"{head}{day_text}#{other}{tail}")
            for other in sorted(range(1, _LAST_WEEK_OF_EVERY_MONTH + 1), key=lambda other: abs(other - week))
            if other != week
        ]
    offset = schedule.offset_days or 0
    if isinstance(offset, int):
        yield [
            replace(schedule, offset_days=other or None)
            for other in sorted(range(MAX_SCHEDULE_OFFSET_DAYS + 1), key=lambda other: abs(other - offset))
            if other != offset
        ]
