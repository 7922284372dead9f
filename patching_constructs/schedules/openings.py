"""When maintenance windows are open, and when several are open at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from patching_constructs.errors import PatchingError
from patching_constructs.model.maintenance_window_limits import DURATION_HOURS
from patching_constructs.model.schedule import MIN_CRON_INTERVAL, ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.schedules.cron import CronExpression, shortest_interval
from patching_constructs.schedules.runs import runs
from patching_constructs.schedules.schedule_error import RunsUnknownError
from patching_constructs.schedules.span import Span
from patching_constructs.schedules.timetable import At, Rate, read_timetable


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlap:
    """How often two windows are open at once.

    Attributes:
        first: The first time that they are.
        count: How many pairs of their openings overlap.
    """

    first: Span
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Peak:
    """The most windows that are open at once.

    Attributes:
        at: The first moment at which so many are open.
        windows: Numbers of the windows that are open then, in order.
    """

    at: datetime
    windows: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """What is found on one way through the openings of several windows.

    Attributes:
        overlaps: Overlaps by the numbers of the windows, the lower first; a pair of equal numbers is a window
            that opens again before it has closed.
        peak: The most windows that are open at once, or None if none ever opens.
    """

    overlaps: dict[tuple[int, int], Overlap]
    peak: Peak | None


def opening_times(
    schedule: ScheduleRecord, duration_hours: Maybe[int], horizon: Span
) -> Maybe[tuple[Span, ...]]:
    """List when a window is open, of the times that start within `horizon`, or say why that is not known.

    Args:
        schedule: When the window opens.
        duration_hours: Hours until it closes.
        horizon: When it opens.
    """
    if isinstance(duration_hours, Unknown):
        return duration_hours
    if duration_hours not in DURATION_HOURS:
        return Unknown(f"AWS refuses the duration {duration_hours}")
    return _opening_times(schedule, duration_hours, horizon)


@lru_cache(maxsize=1024)
def _opening_times(schedule: ScheduleRecord, duration_hours: int, horizon: Span) -> Maybe[tuple[Span, ...]]:
    duration = timedelta(hours=duration_hours)
    try:
        check_interval(schedule)
        found = runs(schedule, from_=horizon.from_, until=horizon.until)
        starts = [run.starts_at.astimezone(UTC) for run in found]
    except PatchingError as error:
        return Unknown(str(error))
    return tuple(Span(from_=start, until=start + duration) for start in starts)


def check_interval(schedule: ScheduleRecord) -> None:
    """Refuse a schedule that runs more often than AWS supports, because its runs cannot be predicted.

    Raises:
        ScheduleSyntaxError: If the schedule has mistakes.
        RunsUnknownError: If it is not known, or runs too often.
    """
    # AWS documents a minimum, so how often a window really opens below it is unknown.
    if _interval(schedule) < MIN_CRON_INTERVAL:
        message = f"it runs more often than every {MIN_CRON_INTERVAL}"
        raise RunsUnknownError(message)


def _interval(schedule: ScheduleRecord) -> timedelta:
    """Return the least time between two starts; a day if it is longer."""
    match read_timetable(schedule).expression:
        case CronExpression() as cron:
            return shortest_interval(cron)
        case Rate() as rate:
            return rate.interval
        case At():
            return timedelta(days=1)


def sweep(windows: Sequence[Sequence[Span]], how_many: Sequence[int] | None = None) -> Sweep:
    """Go through the openings of all windows in order of time, with those that are open at hand.

    Args:
        windows: The openings of each window.
        how_many: How many windows each of them represents, for the peak. Default: one.
    """
    weights = [1] * len(windows) if how_many is None else how_many
    by_start = sorted(
        (opening.from_, opening.until, number)
        for number, opening_times in enumerate(windows)
        for opening in opening_times
    )
    firsts: dict[tuple[int, int], Span] = {}
    counts: dict[tuple[int, int], int] = {}
    peak: Peak | None = None
    most = 0
    still_open: list[tuple[datetime, int]] = []
    for starts_at, ends_at, number in by_start:
        still_open = [(end, other) for end, other in still_open if end > starts_at]
        for end, other in still_open:
            pair = (number, other) if number < other else (other, number)
            firsts.setdefault(pair, Span(from_=starts_at, until=min(end, ends_at)))
            counts[pair] = counts.get(pair, 0) + 1
        still_open.append((ends_at, number))
        if peak is None or sum(weights[other] for _, other in still_open) > most:
            open_now = tuple(sorted({other for _, other in still_open}))
            weight = sum(weights[other] for other in open_now)
            if weight > most:
                peak, most = Peak(at=starts_at, windows=open_now), weight
    return Sweep(
        overlaps={pair: Overlap(first=first, count=counts[pair]) for pair, first in firsts.items()}, peak=peak
    )
