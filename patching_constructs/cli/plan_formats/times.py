"""Times of windows, as people who live in their time zone read them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from heapq import merge
from itertools import islice

from patching_constructs.errors import PatchingError
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.unknown import Unknown
from patching_constructs.plan.plan import PlannedWindow
from patching_constructs.schedules.timetable import parse_timezone


def zone_of(window: PlannedWindow) -> tzinfo:
    """Return the time zone of a window; UTC where it has none, or none that is known."""
    name = window.schedule.timezone
    if not isinstance(name, str):
        return UTC
    try:
        return parse_timezone(name)
    except PatchingError:
        return UTC


def zone_name(zone: tzinfo) -> str:
    """Return the name of a time zone."""
    return str(zone)


def local_starts(windows: Iterable[PlannedWindow]) -> Iterator[datetime]:
    """Yield when any of the windows opens, in order, each in the time zone of its window."""
    known = [
        [opening.from_.astimezone(zone_of(window)) for opening in window.openings]
        for window in windows
        if not isinstance(window.openings, Unknown)
    ]
    return merge(*known)


def next_starts(windows: Sequence[PlannedWindow], count: int, freezes: Sequence[Freeze]) -> tuple[str, ...]:
    """Write the next times at which windows open, with the time zone once, or why they are not known."""
    starts = list(islice(local_starts(windows), count))
    unknown = dict.fromkeys(
        f"not known: {window.openings.reason}" for window in windows if isinstance(window.openings, Unknown)
    )
    if not starts:
        return tuple(unknown) or (("none",) if windows else ("-",))
    zones = list(dict.fromkeys(zone_name(start.tzinfo or UTC) for start in starts))
    lines = [
        f"{start:%a %Y-%m-%d %H:%M}"
        + (f" {zone_name(start.tzinfo or UTC)}" if len(zones) > 1 else "")
        + _freeze(start, freezes)
        for start in starts
    ]
    return (*lines, *(f"times in {zone}" for zone in zones if len(zones) == 1), *unknown)


def _freeze(start: datetime, freezes: Sequence[Freeze]) -> str:
    return next((f" (in freeze {freeze.name})" for freeze in freezes if freeze.holds(start)), "")


def days_of(starts: Sequence[datetime]) -> str:
    """Write the days of one month: `Sun 6, Wed 9`, or `1-31` where there are many."""
    days = sorted({start.date() for start in starts})
    if len(days) <= _FEW_DAYS:
        return ", ".join(f"{day:%a} {day.day}" for day in days)
    return ", ".join(_ranges(days))


_FEW_DAYS = 6


def _ranges(days: Sequence[date]) -> Iterator[str]:
    first = last = days[0]
    for day in [*days[1:], date.max]:
        if day - last == timedelta(days=1):
            last = day
            continue
        yield str(first.day) if first == last else f"{first.day}-{last.day}"
        first = last = day
