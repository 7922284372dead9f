"""The exposure of every ring, with one row for severities that have the same exposure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from patching_constructs.analysis.ring_exposure import ExposureRow
from patching_constructs.cli.plan_formats.page.ring_rows import RingView
from patching_constructs.cli.plan_formats.page.words import severity_names, system_name
from patching_constructs.model.promises import Promise, Severity
from patching_constructs.model.wording import rough_length

_GroupKey: TypeAlias = tuple[
    str, timedelta | None, timedelta | None, timedelta | None, tuple[timedelta | None, ...]
]


# How much longer than the longest time the scale is, so that its end can be seen.
_ROOM = 1.02


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseView:
    """A promise, and whether it is kept.

    Attributes:
        promise: The promise.
        within: The longest time promised.
        kept: Whether the worst case keeps it.
        missed_by: By how much it does not, or None if it does or if the patch never comes.
        place: Position on the bar, 0 to 1.
    """

    promise: Promise
    within: str
    kept: bool
    missed_by: str | None
    place: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ExposureView:
    """One row.

    Attributes:
        ring: The ring.
        system: The operating system.
        severities: The severities.
        worst: The longest time, or None for never.
        typical: The median, or None for never.
        out_of_band: On Windows, the longest time for updates between the monthly ones, or None.
        promises: What is promised.
        worst_place: Length of the bar, 0 to 1.
        typical_place: Position of the median on the bar.
    """

    ring: RingView
    system: str
    severities: str
    worst: str | None
    typical: str | None
    out_of_band: str | None
    promises: tuple[PromiseView, ...]
    worst_place: float
    typical_place: float

    @property
    def state(self) -> str:
        """The state: `kept`, `missed`, or where nothing is promised `shown` or `never`."""
        if not self.promises:
            return "never" if self.worst is None else "shown"
        return "kept" if all(promise.kept for promise in self.promises) else "missed"


def exposure_views(rings: Sequence[RingView]) -> tuple[ExposureView, ...]:
    """Return the rows of all rings, on one scale."""
    times = [
        time
        for ring in rings
        for row in ring.planned.exposure.rows
        for time in (
            row.exposure.worst,
            *(promise.longest(row.severity) for promise in ring.planned.promises),
        )
        if time is not None
    ]
    scale = _ROOM * max(times, default=timedelta(days=1))
    return tuple(view for ring in rings for view in _views(ring, scale))


def _views(ring: RingView, scale: timedelta) -> Iterator[ExposureView]:
    promises = ring.planned.promises
    grouped: dict[_GroupKey, list[ExposureRow]] = {}
    for row in ring.planned.exposure.rows:
        key = (
            row.operating_system.value,
            row.exposure.worst,
            row.exposure.typical,
            None if row.out_of_band is None else row.out_of_band.worst,
            tuple(promise.longest(row.severity) for promise in promises),
        )
        grouped.setdefault(key, []).append(row)
    for rows in grouped.values():
        yield _view(ring, rows[0], tuple(row.severity for row in rows), scale)


def _view(
    ring: RingView, row: ExposureRow, severities: tuple[Severity | None, ...], scale: timedelta
) -> ExposureView:
    worst, typical = row.exposure.worst, row.exposure.typical
    return ExposureView(
        ring=ring,
        system=system_name(row.operating_system),
        severities=severity_names(severities),
        worst=None if worst is None else rough_length(worst),
        typical=None if typical is None else rough_length(typical),
        out_of_band=None
        if row.out_of_band is None
        else "never"
        if row.out_of_band.worst is None
        else rough_length(row.out_of_band.worst),
        promises=tuple(_promises(ring, row, scale)),
        worst_place=1.0 if worst is None else worst / scale,
        typical_place=1.0 if typical is None else typical / scale,
    )


def _promises(ring: RingView, row: ExposureRow, scale: timedelta) -> Iterator[PromiseView]:
    worst = row.exposure.worst
    for promise in ring.planned.promises:
        within = promise.longest(row.severity)
        if within is not None:
            kept = worst is not None and worst <= within
            yield PromiseView(
                promise=promise,
                within=rough_length(within),
                kept=kept,
                missed_by=None if kept or worst is None else rough_length(worst - within),
                place=within / scale,
            )
