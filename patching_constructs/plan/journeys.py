"""How a patch reaches a ring, for every moment at which it may be published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from patching_constructs.analysis.install_runs import InstallRun
from patching_constructs.analysis.landing import landings
from patching_constructs.analysis.ring_exposure import RingExposure
from patching_constructs.analysis.ring_order import Lane
from patching_constructs.analysis.supersession import steps_between_releases
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.promises import Severity
from patching_constructs.schedules.span import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyStep:
    """Patches that are published within `published` and reach a ring on the same path.

    Attributes:
        published: When they are published.
        starts_at: When the first run of the ring that installs them starts, or None if none ever does.
        closes_at: When the last of its windows that install them closes, or None if some nodes never do.
        superseded_at: On Windows, when their successor is published, if some nodes do not install them before
            that: those install the successor, or one after it.
    """

    published: Span
    starts_at: datetime | None
    closes_at: datetime | None
    superseded_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """How security patches of one operating system reach a ring.

    Attributes:
        operating_system: The operating system.
        severities: Severities of the patches on this path; None where the operating system has no severities.
        approve_after_days: Approval delays of the ring's nodes, in days, the shortest first.
        steps: The steps, in order of publication, without a gap.
    """

    operating_system: OperatingSystem
    severities: tuple[Severity | None, ...]
    approve_after_days: tuple[int, ...]
    steps: tuple[JourneyStep, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Part:
    """Patches that reach one lane in the same run: at `run`, unless it is None."""

    published: Span
    run: InstallRun | None
    superseded_at: datetime | None


def journeys(exposure: RingExposure) -> tuple[Journey, ...]:
    """Return how patches reach the ring, once for severities on the same path."""
    found: dict[tuple[OperatingSystem, tuple[JourneyStep, ...]], Journey] = {}
    for row in exposure.rows:
        lanes = [nodes.lane for nodes in row.nodes]
        steps = tuple(_merge([list(_parts(row.operating_system, lane, exposure.horizon)) for lane in lanes]))
        grouped = found.get((row.operating_system, steps))
        days = {lane.approval.after_days for lane in lanes if lane.approval.after_days is not None}
        found[row.operating_system, steps] = Journey(
            operating_system=row.operating_system,
            severities=(*(grouped.severities if grouped else ()), row.severity),
            approve_after_days=tuple(sorted(days.union(grouped.approve_after_days if grouped else ()))),
            steps=steps,
        )
    return tuple(found.values())


def _parts(operating_system: OperatingSystem, lane: Lane, horizon: Span) -> Iterator[_Part]:
    # Only the monthly updates of Windows replace each other.
    if operating_system is not OperatingSystem.WINDOWS:
        for step in landings(lane.runs, lane.approval, horizon):
            yield _Part(step.published, step.run, None)
        return
    for published, step, replaced_at in steps_between_releases(lane, horizon):
        if published.from_ < horizon.until:
            in_time = step.run is not None and step.run.starts_at < replaced_at
            yield _Part(published, step.run, None) if in_time else _Part(published, None, replaced_at)


def _merge(lanes: Sequence[Sequence[_Part]]) -> Iterator[JourneyStep]:
    """Walk through the steps of all lanes at once, and join neighbours that are the same."""
    cuts = sorted({part.published.from_ for lane in lanes for part in lane})
    until = max(part.published.until for lane in lanes for part in lane)
    rest = [iter(lane) for lane in lanes]
    current = [next(lane) for lane in rest]
    pending: JourneyStep | None = None
    for from_, to in pairwise([*cuts, until]):
        current = [
            part if from_ < part.published.until else next(lane)
            for part, lane in zip(current, rest, strict=True)
        ]
        step = _step(Span(from_=from_, until=to), current)
        if pending is not None and _is_same_path(pending, step):
            pending = _step(Span(from_=pending.published.from_, until=to), current)
        else:
            if pending is not None:
                yield pending
            pending = step
    if pending is not None:
        yield pending


def _step(published: Span, parts: Sequence[_Part]) -> JourneyStep:
    runs = [part.run for part in parts]
    known = [run for run in runs if run is not None]
    superseded = [part.superseded_at for part in parts if part.superseded_at is not None]
    return JourneyStep(
        published=published,
        starts_at=min((run.starts_at for run in known), default=None),
        # All nodes have a patch only when the last of the runs has closed, and never if one has no run.
        closes_at=max(run.closes_at for run in known) if len(known) == len(runs) else None,
        superseded_at=min(superseded, default=None),
    )


def _is_same_path(one: JourneyStep, other: JourneyStep) -> bool:
    return (one.starts_at, one.closes_at, one.superseded_at) == (
        other.starts_at,
        other.closes_at,
        other.superseded_at,
    )
