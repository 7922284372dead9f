"""The calendar: months with what happens on each day.

A day is a day on the clocks of the window; freezes and Patch Tuesdays stand on the days of one time zone,
which the page names. Windows that open every day are said in words once, and not shown on 730 days.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from patching_constructs.cli.plan_formats.page.rings import RingView, WindowView, frozen_by, main_zone
from patching_constructs.cli.plan_formats.page.words import local, moment, zone_of
from patching_constructs.model.freeze import Freeze
from patching_constructs.plan.plan import Plan
from patching_constructs.rollout.span import Span

MONTHS = 25
"""How many months are shown at most: 24 whole ones, and the day on which they begin."""

_SHOWN = 3
"""How many runs of one window on one day are listed before the rest is counted."""


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
            if view.daily and view.does == "Scans":
                daily.setdefault(f"{view.rhythm} {view.zone}", {})[ring.name] = None
                continue
            for day, mark in _marks(ring, view, plan.freezes):
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


def _marks(ring: RingView, view: WindowView, freezes: Sequence[Freeze]) -> Iterator[tuple[dt.date, Mark]]:
    by_day: dict[dt.date, list[Span]] = {}
    for opening in view.openings:
        by_day.setdefault(opening.from_.astimezone(zone_of(view.zone)).date(), []).append(opening)
    installs = view.window.installs
    for day, openings in by_day.items():
        freeze = frozen_by(openings[0], freezes)
        frozen = installs and freeze is not None and all(frozen_by(each, freezes) for each in openings)
        lines = [f"{ring.name} {view.does.lower()}"]
        lines += [_opening(opening, view.zone) for opening in openings[:_SHOWN]]
        if len(openings) > _SHOWN:
            lines.append(f"and {len(openings) - _SHOWN} more times on this day")
        if frozen and freeze is not None:
            lines.append(f"in the freeze {freeze.name}: does not count")
        yield day, Mark(ring=ring, installs=installs, frozen=frozen, text=" · ".join(lines))


def _opening(opening: Span, zone: str) -> str:
    utc = f"{local(opening.from_, 'UTC')} to {local(opening.until, 'UTC')} UTC"
    if zone == "UTC":
        return utc
    return f"{local(opening.from_, zone)} to {local(opening.until, zone)} {zone} · {utc}"


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
