"""The rings as the page shows them: letter, colour, time zone, windows and the next install."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from patching_constructs.cli.plan_formats.page.words import local, moment, system_name, zone_of
from patching_constructs.cli.plan_formats.times import zone_name
from patching_constructs.cli.plan_formats.times import zone_of as zone_of_window
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import rough_length
from patching_constructs.plan.plan import Plan, PlannedRing, PlannedWindow
from patching_constructs.schedules.span import Span

LOOKS = 6
"""How many looks there are for rings; those of production rings are apart from them."""

# Part of all days on which a window has to open to be a daily one: a horizon may end within a day.
_ALWAYS = 0.97


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowView:
    """A maintenance window.

    Attributes:
        window: The window.
        zone: Its time zone.
        rhythm: When it opens, as far as its dates show a pattern, or else how often.
        daily: Whether it opens every day at the same time.
    """

    window: PlannedWindow
    zone: str
    rhythm: str
    daily: bool

    @property
    def does(self) -> str:
        """What it does, in a word or two."""
        if self.window.installs:
            return "Installs"
        return "Scans" if self.window.operations else "Scans or installs"

    @property
    def openings(self) -> Sequence[Span]:
        """When it is open, empty if that is not known."""
        return () if isinstance(self.window.openings, Unknown) else self.window.openings


@dataclass(frozen=True, kw_only=True, slots=True)
class RingView:
    """A ring.

    Attributes:
        planned: The ring.
        number: Its place on the page, from 0.
        code: One to three signs that stand for it.
        look: Name of its colour and pattern.
        zone: Time zone of its install windows, the first one if they differ.
        windows: Its windows, those that install first.
        next_install: When it installs next, in words, or None.
        next_in: How long after the day of the plan that is, or None.
    """

    planned: PlannedRing
    number: int
    code: str
    look: str
    zone: str
    windows: tuple[WindowView, ...]
    next_install: str | None
    next_in: str | None

    @property
    def name(self) -> str:
        """Name of the ring, or of the patch group that is in none."""
        return self.planned.ring.name

    @property
    def installs(self) -> bool:
        """Whether any of its windows installs."""
        return any(view.window.installs for view in self.windows)

    @property
    def systems(self) -> str:
        """Its operating systems in words."""
        return ", ".join(system_name(system) for system in self.planned.operating_systems)

    @property
    def places(self) -> tuple[str, ...]:
        """Its accounts and Regions in words."""
        return tuple(str(environment) for environment in self.planned.environments)


def ring_views(plan: Plan) -> tuple[RingView, ...]:
    """Return the rings in the order of the plan."""
    codes = _codes([ring.ring.name for ring in plan.rings])
    return tuple(_ring(plan, number, ring, codes[number]) for number, ring in enumerate(plan.rings))


def window_views(plan: Plan) -> tuple[WindowView, ...]:
    """Return the windows that belong to no ring and no known patch group."""
    return tuple(_window(window, plan.horizon) for window in plan.other_windows)


def main_zone(rings: Sequence[RingView]) -> str:
    """Return the time zone in which most rings install, for what belongs to no window."""
    return Counter(ring.zone for ring in rings).most_common(1)[0][0] if rings else "UTC"


def _ring(plan: Plan, number: int, planned: PlannedRing, code: str) -> RingView:
    windows = tuple(_window(window, plan.horizon) for window in planned.windows)
    installing = [view for view in windows if view.window.installs]
    now = max(datetime.combine(plan.today, time(), UTC), plan.horizon.from_)
    following = min(
        (
            (opening.from_, view.zone)
            for view in installing
            for opening in view.openings
            if opening.from_ >= now and frozen_by(opening, plan.freezes) is None
        ),
        default=None,
    )
    return RingView(
        planned=planned,
        number=number,
        code=code,
        look="production" if planned.ring.production else f"ring-{number % LOOKS}",
        zone=(installing or list(windows))[0].zone if windows else "UTC",
        windows=windows,
        next_install=None if following is None else moment(*following),
        next_in=None if following is None else rough_length(following[0] - now),
    )


def frozen_by(opening: Span, freezes: Sequence[Freeze]) -> Freeze | None:
    """Return the freeze in which a window opens, or None."""
    return next((freeze for freeze in freezes if freeze.holds(opening.from_)), None)


def _codes(names: Sequence[str]) -> list[str]:
    """Abbreviate every name to its first letter, with a number where it repeats."""
    seen: Counter[str] = Counter()
    codes = []
    for name in names:
        letter = next((sign.upper() for sign in name if sign.isalnum()), "#")
        seen[letter] += 1
        codes.append(letter if seen[letter] == 1 else f"{letter}{seen[letter]}")
    return codes


def _window(window: PlannedWindow, horizon: Span) -> WindowView:
    zone = zone_name(zone_of_window(window))
    if isinstance(window.openings, Unknown):
        return WindowView(
            window=window, zone=zone, rhythm=f"not known: {window.openings.reason}", daily=False
        )
    rhythm, daily = _rhythm(window.openings, zone, horizon)
    return WindowView(window=window, zone=zone, rhythm=rhythm, daily=daily)


def _rhythm(openings: Sequence[Span], zone: str, horizon: Span) -> tuple[str, bool]:
    if not openings:
        return "never in the period of the plan", False
    if len(openings) == 1:
        return f"once, {local(openings[0].from_, zone)}", False
    starts = [opening.from_.astimezone(zone_of(zone)) for opening in openings]
    clocks = {f"{start:%H:%M}" for start in starts}
    days = list(dict.fromkeys(start.date() for start in starts))
    gaps = {(later - earlier).days for earlier, later in pairwise(days)}
    hours = f"{starts[0]:%H:%M} to {openings[0].until.astimezone(zone_of(zone)):%H:%M}"
    if len(clocks) > 1:
        return f"{len(openings)} times", False
    if len(days) >= _ALWAYS * ((horizon.until - horizon.from_) / timedelta(days=1)):
        return f"every day, {hours}", True
    weekdays = list(dict.fromkeys(f"{day:%A}" for day in sorted(days, key=lambda day: day.weekday())))
    if len(weekdays) == 1 and gaps == {7}:
        return f"{weekdays[0]}s, {hours}", False
    if len(weekdays) == 1 and gaps <= {28, 35}:
        return f"one {weekdays[0]} a month, {hours}", False
    if len(weekdays) < 7 and max(gaps) <= 7:
        return f"{', '.join(_short(weekdays))}, {hours}", False
    return f"{len(openings)} times, {hours}", False


def _short(weekdays: Sequence[str]) -> Iterator[str]:
    return (weekday[:3] for weekday in weekdays)
