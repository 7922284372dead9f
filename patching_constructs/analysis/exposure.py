"""How long a ring is open to a vulnerability after its patch is published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from patching_constructs.analysis.landing import landings
from patching_constructs.analysis.ring_order import Lane
from patching_constructs.schedules.span import Span

_RESOLUTION = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """One step: vulnerabilities whose patch is published within `published` are closed at one moment.

    Attributes:
        published: When the patches are published.
        closed_at: When the window that installs them closes, or None if none ever does.
    """

    published: Span
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Exposure:
    """How long nodes are open to vulnerabilities, from publication to the close of the window that installs.

    Attributes:
        worst: The longest time, or None if some are never closed.
        worst_published: When a patch is published for which it takes longest.
        worst_closed: When that patch is installed, or None if never.
        typical: The median over all times of publication, or None if half of them are never closed.
    """

    worst: timedelta | None
    worst_published: datetime
    worst_closed: datetime | None
    typical: timedelta | None


def closings(lane: Lane, horizon: Span) -> list[Closing]:
    """List when vulnerabilities are closed whose patches nothing replaces."""
    return [
        Closing(published=step.published, closed_at=step.run.closes_at if step.run else None)
        for step in landings(lane.runs, lane.approval, horizon)
    ]


def slowest(lanes: Sequence[Sequence[Closing]]) -> list[Closing]:
    """List when vulnerabilities are closed everywhere, that is, in the last of several lanes."""
    merged = list(lanes[0])
    for lane in lanes[1:]:
        merged = _slower_of_two(merged, lane)
    return merged


def _slower_of_two(first: Sequence[Closing], second: Sequence[Closing]) -> list[Closing]:
    moments = sorted({step.published.from_ for step in (*first, *second)})
    until = first[-1].published.until
    firsts, seconds = iter(first), iter(second)
    mine, theirs = next(firsts), next(seconds)
    merged = []
    for from_, to in pairwise([*moments, until]):
        if mine.published.until <= from_:
            mine = next(firsts)
        if theirs.published.until <= from_:
            theirs = next(seconds)
        closed_at = (
            None
            if mine.closed_at is None or theirs.closed_at is None
            else max(mine.closed_at, theirs.closed_at)
        )
        merged.append(Closing(published=Span(from_=from_, until=to), closed_at=closed_at))
    return merged


def exposure(steps: Sequence[Closing]) -> Exposure:
    """Measure the time to closing over all times of publication, each as likely as any other."""
    worst = max(steps, key=lambda step: (step.closed_at is None, _age(step, step.published.from_)))
    return Exposure(
        worst=None if worst.closed_at is None else worst.closed_at - worst.published.from_,
        worst_published=worst.published.from_,
        worst_closed=worst.closed_at,
        typical=_median(steps),
    )


def exposure_at(steps: Sequence[Closing], moments: Iterable[datetime]) -> Exposure | None:
    """Measure the time to closing for patches that are published at `moments`; None if there is none."""
    published = sorted(moments)
    if not published:
        return None
    ages: list[tuple[bool, timedelta, datetime, datetime | None]] = []
    later = iter(steps)
    step = next(later)
    for moment in published:
        while step.published.until <= moment:
            step = next(later)
        ages.append((step.closed_at is None, _age(step, moment), moment, step.closed_at))
    never, age, moment, closed_at = max(ages, key=lambda entry: entry[:2])
    in_order = sorted(ages)
    low, high = in_order[(len(ages) - 1) // 2], in_order[len(ages) // 2]
    return Exposure(
        worst=None if never else age,
        worst_published=moment,
        worst_closed=closed_at,
        typical=None if high[0] else (low[1] + high[1]) / 2,
    )


def _age(step: Closing, published: datetime) -> timedelta:
    """How long a vulnerability is open; no time for one that is never closed, so that the first counts."""
    return timedelta() if step.closed_at is None else step.closed_at - published


def _median(steps: Sequence[Closing]) -> timedelta | None:
    """Find the time within which half of all vulnerabilities are closed, rounded up to a microsecond.

    Within a step the time to closing falls as fast as publication moves on, so each step spreads its weight
    evenly between its shortest and its longest time. From one such end to the next the weight grows in a
    straight line.
    """
    total = (steps[-1].published.until - steps[0].published.from_) // _RESOLUTION
    ends = sorted(
        end
        for step in steps
        if step.closed_at is not None
        for end in (
            ((step.closed_at - step.published.until) // _RESOLUTION, 1),
            ((step.closed_at - step.published.from_) // _RESOLUTION, -1),
        )
    )
    weight, slope = 0, 0
    for (time, change), (next_time, _) in pairwise([*ends, (ends[-1][0] if ends else 0, 0)]):
        slope += change
        if slope and 2 * (weight + slope * (next_time - time)) >= total:
            return (time - (2 * weight - total) // (2 * slope)) * _RESOLUTION
        weight += slope * (next_time - time)
    return None
