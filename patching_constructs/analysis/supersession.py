"""Updates that replace each other before they are installed.

The monthly updates of Windows are cumulative: each closes what the ones before it closed, and takes their
place. So a vulnerability stays open until one of the updates that close it is installed before that one is
replaced.

See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from patching_constructs.analysis.exposure import Closing
from patching_constructs.analysis.landing import Landing, landings
from patching_constructs.analysis.ring_order import Lane
from patching_constructs.schedules.patch_tuesday import patch_tuesdays
from patching_constructs.schedules.span import Span

LOOK_AHEAD = timedelta(days=366)
"""How long after the horizon a later update may close what is published within it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LostUpdates:
    """Monthly updates that are replaced before they are installed.

    Attributes:
        published: How many are published within the horizon.
        not_yet_approved: When those were published that a run met, but not yet approved.
        without_run: When those were published that no run met at all.
    """

    published: int
    not_yet_approved: tuple[datetime, ...]
    without_run: tuple[datetime, ...]


def cumulative_closings(lane: Lane, horizon: Span) -> list[Closing]:
    """List when vulnerabilities are closed by updates that replace each other every Patch Tuesday.

    Args:
        lane: The nodes, with runs through the horizon, `LOOK_AHEAD` and the approval delay.
        horizon: When the vulnerabilities' first patches are published.
    """
    steps = steps_between_releases(lane, horizon)
    closed: list[Closing] = []
    closed_by_next_update: datetime | None = None
    next_update: datetime | None = None
    # Backwards, because an update that is missed closes nothing until the next one is installed.
    for published, run_step, replaced_at in reversed(steps):
        if replaced_at != next_update:
            closed_by_next_update = closed[-1].closed_at if closed else None
            next_update = replaced_at
        run = run_step.run
        in_time = run is not None and run.starts_at < replaced_at
        closed.append(
            Closing(
                published=published,
                closed_at=run.closes_at if run is not None and in_time else closed_by_next_update,
            )
        )
    return [step for step in reversed(closed) if step.published.from_ < horizon.until]


def lost_updates(lane: Lane, horizon: Span) -> LostUpdates:
    """Find the monthly updates that are replaced before they are installed; arguments as above."""
    releases = patch_tuesdays(horizon)
    not_yet_approved: list[datetime] = []
    without_run: list[datetime] = []
    for published, step, replaced_at in steps_between_releases(lane, horizon):
        if published.from_ not in releases or (step.run is not None and step.run.starts_at < replaced_at):
            continue
        met = any(published.from_ < run.starts_at < replaced_at for run in lane.runs)
        (not_yet_approved if met else without_run).append(published.from_)
    return LostUpdates(
        published=len(releases),
        not_yet_approved=tuple(not_yet_approved),
        without_run=tuple(without_run),
    )


def steps_between_releases(lane: Lane, horizon: Span) -> list[tuple[Span, Landing, datetime]]:
    """Divide the steps of a lane at the releases, and say of each part when its update is replaced."""
    ahead = Span(from_=horizon.from_, until=horizon.until + LOOK_AHEAD)
    releases = patch_tuesdays(ahead)
    cuts = sorted({horizon.from_, horizon.until, *releases})
    parts: list[tuple[Span, Landing, datetime]] = []
    steps = landings(lane.runs, lane.approval, Span(from_=ahead.from_, until=releases[-1]))
    between = pairwise(cuts)
    start, end = next(between)
    number = 0
    for step in steps:
        while True:
            until = min(step.published.until, end)
            from_ = max(step.published.from_, start)
            while releases[number] <= from_:
                number += 1
            parts.append((Span(from_=from_, until=until), step, releases[number]))
            if until == end and end != releases[-1]:
                start, end = next(between)
            if until == step.published.until:
                break
    return parts
