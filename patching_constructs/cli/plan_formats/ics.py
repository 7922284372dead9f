"""The plan as a calendar that other programs can open.

See: https://www.rfc-editor.org/rfc/rfc5545
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from icalendar import Calendar, Event

from patching_constructs.cli.plan_formats.section import printable
from patching_constructs.cli.plan_formats.times import zone_name, zone_of
from patching_constructs.model.estate import Environment
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import few
from patching_constructs.plan.plan import Plan, PlannedRing, PlannedWindow
from patching_constructs.schedules.span import Span

# Name space of our event ids: an event takes the place of the one with the same name in an earlier plan.
_IDS = uuid.UUID("6f1c1b0e-7f0a-4d8e-9d55-0c1f6a2b7e43")

_MOST_NAMES = 20
_RELEASE_HOURS = dt.timedelta(hours=1)


def format_ics(plan: Plan, *, with_scans: bool = False, with_patch_tuesdays: bool = False) -> str:
    """Render the plan as iCalendar, with times in UTC and lines that end in CRLF.

    Args:
        plan: The plan.
        with_scans: Whether windows that only scan are events too.
        with_patch_tuesdays: Whether releases of Microsoft are events too.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//patching-constructs//patching plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Patching plan")
    # The day of the plan and not the moment, so that the same plan gives the same file.
    stamp = dt.datetime.combine(plan.today, dt.time(), dt.UTC)
    used: dict[uuid.UUID, int] = {}
    for entry in _entries(plan, with_scans=with_scans, with_patch_tuesdays=with_patch_tuesdays):
        calendar.add_component(_event(entry, stamp, used))
    content: bytes = calendar.to_ical()
    return content.decode("utf-8")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """One event; where it starts on a date it lasts all day."""

    name: tuple[str, ...]
    summary: str
    starts: dt.datetime | dt.date
    ends: dt.datetime | dt.date
    category: str
    description: str = ""
    place: str = ""
    blocks_time: bool = False


@dataclass(slots=True)
class _Shared:
    """A window, and all groups that it patches."""

    window: PlannedWindow
    rings: list[PlannedRing] = field(default_factory=list)
    environments: dict[Environment, None] = field(default_factory=dict)


def _event(entry: _Entry, stamp: dt.datetime, used: dict[uuid.UUID, int]) -> Event:
    # The same id in every plan, so that a calendar moves an event in place of adding another.
    number = uuid.uuid5(_IDS, ascii(entry.name))
    used[number] = used.get(number, 0) + 1
    # Two windows may have one name; RFC 5545 wants an id for each event.
    if used[number] > 1:
        number = uuid.uuid5(number, str(used[number]))
    event = Event()
    event.add("uid", str(number))
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.starts)
    event.add("dtend", entry.ends)
    event.add("summary", printable(entry.summary))
    if entry.place:
        event.add("location", printable(entry.place))
    if entry.description:
        event.add("description", "\n".join(map(printable, entry.description.split("\n"))))
    event.add("categories", [entry.category])
    event.add("transp", "OPAQUE" if entry.blocks_time else "TRANSPARENT")
    return event


def _entries(plan: Plan, *, with_scans: bool, with_patch_tuesdays: bool) -> Iterator[_Entry]:
    for shared in _windows(plan):
        if with_scans or shared.window.operations != (PatchOperation.SCAN,):
            yield from _openings(shared, plan)
    for freeze in plan.freezes:
        if freeze.from_ < plan.horizon.until and plan.horizon.from_ < freeze.until:
            yield _freeze(freeze)
    for release in plan.patch_tuesdays if with_patch_tuesdays else ():
        yield _Entry(
            name=("patch-tuesday", release.isoformat()),
            summary="Patch Tuesday",
            starts=release,
            ends=release + _RELEASE_HOURS,
            category="RELEASE",
        )


def _windows(plan: Plan) -> Iterator[_Shared]:
    """Yield each window once, although it may patch several groups."""
    found: dict[tuple[object, ...], _Shared] = {}
    pairs: list[tuple[PlannedRing | None, PlannedWindow]] = [
        (ring, window) for ring in plan.rings for window in ring.windows
    ]
    pairs += [(None, window) for window in plan.other_windows]
    for ring, window in pairs:
        key = (window.name, window.schedule, window.duration_hours, window.cutoff_hours, window.operations)
        shared = found.setdefault(key, _Shared(window))
        if ring is not None:
            shared.rings.append(ring)
        shared.environments.update(dict.fromkeys(window.environments))
    yield from found.values()


def _openings(shared: _Shared, plan: Plan) -> Iterator[_Entry]:
    window = shared.window
    if isinstance(window.openings, Unknown):
        return
    rings = [ring.ring.name for ring in shared.rings]
    who = f"{few(rings, 2)}: " if rings else ""
    owner = shared.rings[0].ring.rollout if shared.rings else ""
    places = [str(environment) for environment in shared.environments]
    about = list(_about(shared))
    for opening in window.openings:
        frozen = next((freeze for freeze in plan.freezes if freeze.holds(opening.from_)), None)
        in_freeze = f", in freeze {frozen.name}" if frozen is not None and window.installs else ""
        yield _Entry(
            name=("window", owner, *rings[:1], window.name, opening.from_.isoformat()),
            summary=f"{who}{window.name} {_does(window)} ({_hours(opening)} h){in_freeze}",
            starts=opening.from_,
            ends=opening.until,
            category="SCAN" if window.operations == (PatchOperation.SCAN,) else "INSTALL",
            description="\n".join([_local(opening, window), *about]),
            place=few(places, 3),
            blocks_time=window.operations != (PatchOperation.SCAN,),
        )


def _does(window: PlannedWindow) -> str:
    if window.installs:
        return "installs"
    return "scans" if window.operations else "may install"


def _hours(opening: Span) -> int:
    return (opening.until - opening.from_) // dt.timedelta(hours=1)


def _local(opening: Span, window: PlannedWindow) -> str:
    zone = zone_of(window)
    starts, ends = opening.from_.astimezone(zone), opening.until.astimezone(zone)
    return f"{starts:%a %Y-%m-%d %H:%M} to {ends:%a %Y-%m-%d %H:%M} {zone_name(zone)}"


def _about(shared: _Shared) -> Iterator[str]:
    groups = dict.fromkeys(group for ring in shared.rings for group in ring.ring.groups)
    systems = dict.fromkeys(system for ring in shared.rings for system in ring.operating_systems)
    for label, names in (
        ("patch groups", list(groups)),
        ("operating systems", list(systems)),
        ("accounts and Regions", [str(environment) for environment in shared.environments]),
    ):
        if names:
            yield f"{label}: {few(names, _MOST_NAMES)}"
    if isinstance(shared.window.schedule.expression, str):
        yield f"schedule: {shared.window.schedule.expression}"


def _freeze(freeze: Freeze) -> _Entry:
    """Let a freeze from midnight to midnight last all day."""
    is_all_day = freeze.from_.time() == freeze.until.time() == dt.time()
    return _Entry(
        name=("freeze", freeze.name, freeze.from_.isoformat()),
        summary=f"freeze: {freeze.name}",
        starts=freeze.from_.date() if is_all_day else freeze.from_.astimezone(dt.UTC),
        ends=freeze.until.date() if is_all_day else freeze.until.astimezone(dt.UTC),
        category="FREEZE",
        description="nothing may be installed",
    )
