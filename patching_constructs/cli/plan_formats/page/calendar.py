"""The calendar: months with what happens on each day.

A day is a day on the clocks of the window; freezes and Patch Tuesdays stand on the days of one time zone,
which the page names. Windows that open every day are said in words once, and not shown on 730 days.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from patching_constructs.cli.plan_formats.page.ring_rows import RingView, WindowView, frozen_by, main_zone
from patching_constructs.cli.plan_formats.page.words import local, moment, zone_of
from patching_constructs.model.freeze import Freeze
from patching_constructs.plan.plan import Plan
from patching_constructs.schedules.span import Span

MONTHS = 25
"""How many months are shown at most: 24 whole ones, and the day on which they begin."""

# How many runs of one ring on one day are listed before the rest is counted.
_SHOWN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What one ring does on one day.

    Attributes:
        ring: The ring.
        installs: Whether it installs, or only scans.
        frozen: Whether all of it is in a freeze.
        text: What happens and when, in the window's time zone and in UTC.
    """

    ring: RingView
    installs: bool
    frozen: bool
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day, or an empty place before the first and after the last of a month.

    Attributes:
        number: Day of the month, or None for an empty place.
        today: Whether the plan is made on it.
        outside: Whether it is outside of what is looked at.
        release: When Microsoft publishes on it, in words, or None.
        freeze: Name of the freeze that it is in, or None.
        marks: What rings do.
    """

    number: int | None = None
    today: bool = False
    outside: bool = False
    release: str | None = None
    freeze: str | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """One month, in weeks that begin on Monday."""

    name: str
    weeks: tuple[tuple[Day, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The calendar.

    Attributes:
        zone: Time zone of what belongs to no window.
        months: The months.
        left_out: How many months of the plan are not shown.
        daily: What is scanned every day, in words, without marks of its own.
        rings: The rings that have marks.
        has_scans: Whether any mark is a scan.
        freezes: The freezes within the plan, in words.
    """

    zone: str
    months: tuple[Month, ...]
    left_out: int
    daily: tuple[str, ...]
    rings: tuple[RingView, ...]
    has_scans: bool
    freezes: tuple[str, ...]


@dataclass(slots=True)
class _Diary:
    """What is known about days, by date."""

    marks: dict[dt.date, list[Mark]] = field(default_factory=dict)
    releases: dict[dt.date, str] = field(default_factory=dict)
    freezes: dict[dt.date, str] = field(default_factory=dict)


def calendar(plan: Plan, rings: Sequence[RingView]) -> Calendar:
    """Put everything that has a date into months."""
    zone = main_zone(rings)
    months = list(plan.horizon.months())
    diary = _Diary()
    daily: dict[str, dict[str, None]] = {}
    marked: dict[int, RingView] = {}
    for ring in rings:
        for view in ring.windows:
            if _is_said(view):
                daily.setdefault(f"{view.rhythm} {view.zone}", {})[ring.name] = None
        for day, mark in _marks(ring, plan.freezes):
            marked[ring.number] = ring
            diary.marks.setdefault(day, []).append(mark)
    for release in plan.patch_tuesdays:
        diary.releases[release.astimezone(zone_of(zone)).date()] = moment(release, zone)
    for freeze in plan.freezes:
        for day in _days(freeze, plan.horizon, zone):
            diary.freezes[day] = freeze.name
    return Calendar(
        zone=zone,
        months=tuple(_month(first, diary, plan, zone) for first in months[:MONTHS]),
        left_out=max(len(months) - MONTHS, 0),
        daily=tuple(f"{', '.join(names)} {rhythm}" for rhythm, names in daily.items()),
        rings=tuple(marked.values()),
        has_scans=any(not mark.installs for marks in diary.marks.values() for mark in marks),
        freezes=tuple(
            f"{freeze.name}: {moment(freeze.from_, zone)} until {moment(freeze.until, zone)}"
            for freeze in plan.freezes
            if freeze.from_ < plan.horizon.until and freeze.until > plan.horizon.from_
        ),
    )


def _is_said(view: WindowView) -> bool:
    """Return whether a window is described in words, and not drawn."""
    return view.daily and view.does == "Scans"


def _marks(ring: RingView, freezes: Sequence[Freeze]) -> Iterator[tuple[dt.date, Mark]]:
    """Yield one mark for windows of a ring that do the same on one day."""
    found: dict[tuple[dt.date, str], dict[tuple[Span, str], None]] = {}
    for view in ring.windows:
        for opening in () if _is_said(view) else view.openings:
            day = opening.from_.astimezone(zone_of(view.zone)).date()
            found.setdefault((day, view.does), {})[opening, view.zone] = None
    for (day, does), several in found.items():
        openings = sorted(several, key=lambda each: each[0].from_)
        frozen = [frozen_by(opening, freezes) for opening, _ in openings]
        freeze = frozen[0] if does != "Scans" and all(frozen) else None
        lines = [
            f"{ring.name} {does.lower()}",
            *(_opening(opening, zone) for opening, zone in openings[:_SHOWN]),
        ]
        if len(openings) > _SHOWN:
            lines.append(f"and {len(openings) - _SHOWN} more times on this day")
        if freeze is not None:
            lines.append(f"in the freeze {freeze.name}: does not count")
        yield (
            day,
            Mark(ring=ring, installs=does == "Installs", frozen=freeze is not None, text=" · ".join(lines)),
        )


def _opening(opening: Span, zone: str) -> str:
    utc = f"{_between(opening, 'UTC')} UTC"
    return utc if zone == "UTC" else f"{_between(opening, zone)} {zone} · {utc}"


def _between(opening: Span, zone: str) -> str:
    from_, until = (time.astimezone(zone_of(zone)) for time in (opening.from_, opening.until))
    if from_.date() == until.date():
        return f"{local(from_, zone)} to {until:%H:%M}"
    return f"{local(from_, zone)} to {local(until, zone)}"


def _days(freeze: Freeze, horizon: Span, zone: str) -> Iterator[dt.date]:
    from_ = max(freeze.from_, horizon.from_)
    until = min(freeze.until, horizon.until)
    if from_ >= until:
        return
    day = from_.astimezone(zone_of(zone)).date()
    last = (until - dt.datetime.resolution).astimezone(zone_of(zone)).date()
    while day <= last:
        yield day
        day += dt.timedelta(days=1)


def _month(first: dt.date, diary: _Diary, plan: Plan, zone: str) -> Month:
    from_ = plan.horizon.from_.astimezone(zone_of(zone)).date()
    last = (plan.horizon.until - dt.datetime.resolution).astimezone(zone_of(zone)).date()
    days = [Day()] * first.weekday()
    day = first
    while day.month == first.month:
        days.append(
            Day(
                number=day.day,
                today=day == plan.today,
                outside=not from_ <= day <= last,
                release=diary.releases.get(day),
                freeze=diary.freezes.get(day),
                marks=tuple(diary.marks.get(day, ())),
            )
        )
        day += dt.timedelta(days=1)
    days += [Day()] * (-len(days) % 7)
    weeks = (tuple(days[start : start + 7]) for start in range(0, len(days), 7))
    return Month(
        name=f"{first:%B %Y}",
        weeks=tuple(week for week in weeks if not all(day.number is None or day.outside for day in week)),
    )
