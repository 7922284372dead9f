"""When a schedule runs."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from patching_constructs.errors import PatchingError
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.schedules.cron import CronExpression, expand
from patching_constructs.schedules.schedule_error import PhaseUnknownError
from patching_constructs.schedules.timetable import At, Rate, Timetable, read_timetable

EARLIEST = datetime(1969, 12, 31, tzinfo=UTC)
"""Before every run: AWS's calendar begins with 1970."""

LATEST = datetime(2200, 1, 15, tzinfo=UTC)
"""After every run: AWS's calendar ends with 2199."""

# The most that a clock was ever set forward or back, where the date line moved.
_LONGEST_JUMP = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One start of a maintenance window.

    Attributes:
        starts_at: When it starts, in the time zone of the schedule.
        uncertain_by: How much earlier or later it may start, or None if it is certain.
        why_uncertain: Why, or None if it is certain.
    """

    starts_at: datetime
    uncertain_by: timedelta | None = None
    why_uncertain: str | None = None


def runs(schedule: ScheduleRecord, *, from_: datetime, until: datetime) -> Iterator[Run]:
    """Yield the runs of `schedule` that start in [from_, until), in order.

    Start and end date bound the runs, whatever the time zone is. With an offset both the cron day and the run
    are within those bounds, as a window that is made between the two waits for the next cron day.
    A rate counts from its start date; if that has passed when the window is made, AWS counts from then on.

    Args:
        schedule: The schedule.
        from_: First moment, with a time zone.
        until: Moment after the last, with a time zone.

    Raises:
        ScheduleSyntaxError: If the schedule has mistakes; with all of them.
        RunsUnknownError: If a field of the schedule is not known.
        PhaseUnknownError: If it is a rate without a start date.
        PatchingError: If `from_` or `until` has no time zone.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-windows-schedule-options.html
    """
    for name, moment in (("from_", from_), ("until", until)):
        if moment.utcoffset() is None:
            message = f"{name}: no time zone, got {moment.isoformat()}; allowed: a datetime with tzinfo"
            raise PatchingError(message)
    timetable = read_timetable(schedule)
    first = max(from_, EARLIEST, timetable.start or EARLIEST).astimezone(UTC)
    last = min(until, LATEST, timetable.end or LATEST).astimezone(UTC)
    match timetable.expression:
        case CronExpression() as cron:
            found = _cron_runs(cron, timetable, first, last)
        case Rate() as rate:
            if timetable.start is None:
                raise PhaseUnknownError(rate.interval)
            found = _rate_runs(rate, timetable.start, timetable.zone, first, last)
        case At() as at:
            found = iter((_at_run(at, timetable.zone),))
    return (run for run in found if first <= run.starts_at.astimezone(UTC) < last)


def _cron_runs(cron: CronExpression, timetable: Timetable, first: datetime, last: datetime) -> Iterator[Run]:
    """Localise cron times; those that the clock skips move behind the gap, where others may already be."""
    zone, offset = timetable.zone, timetable.offset
    moved: deque[Run] = deque()
    for time in expand(
        cron,
        from_=first.astimezone(zone).replace(tzinfo=None) - offset - _LONGEST_JUMP,
        until=last.astimezone(zone).replace(tzinfo=None) + _LONGEST_JUMP,
    ):
        if timetable.start is not None and _localise(time, zone).starts_at < timetable.start:
            continue
        run = _localise(time + offset, zone)
        if run.uncertain_by is not None and run.starts_at.replace(tzinfo=None) != time + offset:
            moved.append(run)
            continue
        while moved and moved[0].starts_at < run.starts_at:
            yield moved.popleft()
        if moved and moved[0].starts_at == run.starts_at:
            moved.popleft()
        yield run
    yield from moved


def _localise(time: datetime, zone: ZoneInfo) -> Run:
    """Place a local time on the time line, and say if the clock skips or repeats it."""
    local = time.replace(tzinfo=zone)
    if local.utcoffset() == local.replace(fold=1).utcoffset():
        return Run(starts_at=local)
    starts_at = local.astimezone(UTC)
    jump = local.replace(fold=1).astimezone(UTC) - starts_at
    what = "comes twice" if jump > timedelta() else "does not exist"
    return Run(
        starts_at=starts_at.astimezone(zone),
        uncertain_by=abs(jump),
        why_uncertain=f"{time.isoformat(sep=' ')} {what} in {zone.key}: the clock changes",
    )


def _rate_runs(rate: Rate, start: datetime, zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[Run]:
    local_start = start.astimezone(zone).replace(tzinfo=None)
    for number in count(-((start - first) // rate.interval)):
        elapsed = number * rate.interval
        if elapsed >= last - start:
            return
        starts_at = (start.astimezone(UTC) + elapsed).astimezone(zone)
        drift = starts_at.replace(tzinfo=None) - local_start - elapsed
        if rate.in_days and drift:
            yield Run(
                starts_at=starts_at,
                uncertain_by=abs(drift),
                why_uncertain=f"AWS does not say if days of a rate follow the clock changes of {zone.key}",
            )
        else:
            yield Run(starts_at=starts_at)


def _at_run(at: At, zone: ZoneInfo) -> Run:
    run = _localise(at.time, zone)
    difference = abs(run.starts_at - at.time.replace(tzinfo=UTC))
    if not difference:
        return run
    return Run(
        starts_at=run.starts_at,
        uncertain_by=max(difference, run.uncertain_by or difference),
        why_uncertain=f"AWS documents at(...) in UTC and also shows it with a time zone, here {zone.key}",
    )
