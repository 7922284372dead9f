"""Where a patch that is published at one moment gets to, ring by ring, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from patching_constructs.cli.plan_formats.page.ring_rows import RingView
from patching_constructs.cli.plan_formats.page.timeline import TimelineRow, step_at
from patching_constructs.cli.plan_formats.page.words import moment
from patching_constructs.model.wording import rough_length
from patching_constructs.plan.journeys import Journey, JourneyStep


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """One ring on the way of a patch.

    Attributes:
        ring: The ring.
        approved: When nodes may install it.
        starts: When installing starts.
        closes: By when it is installed.
        lead: How far the ring is behind the one before it.
        out_of_order: Whether it is ahead of the one before it.
        note: What else there is to say, or nothing.
        bars: Where waiting for approval, waiting for a window and installing begin and end, as parts of the
            time that the timeline shows.
    """

    ring: RingView
    approved: str
    starts: str
    closes: str
    lead: str
    out_of_order: bool
    note: str
    bars: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Travel:
    """The way of a patch.

    Attributes:
        verdict: It in one sentence.
        state: `good`, `warn` where some nodes never have it, `bad` where a ring is ahead of the one before.
        stops: The rings that have the operating system.
    """

    verdict: str
    state: str
    stops: tuple[Stop, ...]


def travel(patches: TimelineRow, rings: Sequence[RingView], published: datetime) -> Travel:
    """Follow a patch through all rings."""
    steps = {number: step_at(journey, published) for number, journey in patches.journeys.items()}
    ends = [step.closes_at or step.starts_at for step in steps.values()]
    end = max((end for end in ends if end is not None), default=published + timedelta(days=1))
    stops = tuple(_stop(rings[number], rings, patches, steps, published, end) for number in patches.journeys)
    ahead = [stop.ring.name for stop in stops if stop.out_of_order]
    missing = [rings[number].name for number in _missing(steps)]
    return Travel(
        verdict=_verdict(ahead, missing, end - published),
        state="bad" if ahead else "warn" if missing else "good",
        stops=stops,
    )


def _verdict(ahead: Sequence[str], missing: Sequence[str], time: timedelta) -> str:
    if ahead:
        return f"Out of order: {' and '.join(ahead)} before the ring that should be first."
    if missing:
        return f"Never installed on all nodes of {' and '.join(missing)}."
    return f"In order. Installed everywhere {rough_length(time)} after publication."


def _missing(steps: dict[int, JourneyStep]) -> Iterator[int]:
    return (number for number, step in steps.items() if step.closes_at is None)


def _stop(
    ring: RingView,
    rings: Sequence[RingView],
    patches: TimelineRow,
    steps: dict[int, JourneyStep],
    published: datetime,
    end: datetime,
) -> Stop:
    step = steps[ring.number]
    lead, out_of_order = _lead(ring, rings, steps)
    return Stop(
        ring=ring,
        approved=_approved(patches.journeys[ring.number], published, ring.zone),
        starts=_starts(step, ring.zone),
        closes=_closes(step, ring.zone),
        lead=lead,
        out_of_order=out_of_order,
        note=_note(step, ring.zone),
        bars=_bars(patches.journeys[ring.number], step, published, end),
    )


def _starts(step: JourneyStep, zone: str) -> str:
    if step.starts_at is None:
        return "never" if step.superseded_at is None else "never, its successor is"
    return moment(step.starts_at, zone)


def _closes(step: JourneyStep, zone: str) -> str:
    return "never on all nodes" if step.closes_at is None else moment(step.closes_at, zone)


def _note(step: JourneyStep, zone: str) -> str:
    if step.superseded_at is None:
        return ""
    whom = "any node has" if step.starts_at is None else "all nodes have"
    return f"Superseded {moment(step.superseded_at, zone)}, before {whom} it."


def _approved(journey: Journey, published: datetime, zone: str) -> str:
    days = journey.approve_after_days
    if not days:
        return "by an approval date"
    if days[-1] == 0:
        return "at once"
    first, last = (moment(published + timedelta(days=count), zone) for count in (days[0], days[-1]))
    return first if first == last else f"{first} to {last}"


def _lead(ring: RingView, rings: Sequence[RingView], steps: dict[int, JourneyStep]) -> tuple[str, bool]:
    mine = ring.planned.ring
    before = [
        other
        for other in rings
        if other.number in steps
        and ring.planned.has_order
        and other.planned.has_order
        and other.planned.ring.rollout == mine.rollout
        and other.planned.ring.order < mine.order
    ]
    if not before:
        return ("first ring" if ring.planned.has_order else "in no ring"), False
    nearest = max(other.planned.ring.order for other in before)
    earlier = [other for other in before if other.planned.ring.order == nearest]
    names = " and ".join(other.name for other in earlier)
    start = steps[ring.number].starts_at
    starts = [steps[other.number].starts_at for other in earlier]
    if start is None:
        return "", False
    known = [each for each in starts if each is not None]
    if len(known) < len(starts):
        return f"{names} never installs it", True
    difference = start - max(known)
    if not difference:
        return f"at the same time as {names}", False
    early = difference < timedelta()
    return f"{rough_length(difference)} {'before' if early else 'after'} {names}", early


def _bars(
    journey: Journey, step: JourneyStep, published: datetime, end: datetime
) -> tuple[tuple[float, float], ...]:
    days = journey.approve_after_days
    approved = published + timedelta(days=days[-1] if days else 0)
    starts = step.starts_at or end
    closes = step.closes_at or end
    points = [published, min(approved, starts), starts, closes]
    whole = end - published
    parts = [min(max((point - published) / whole, 0.0), 1.0) for point in points]
    return ((parts[0], parts[1]), (parts[1], parts[2]), (parts[2], parts[3]))
