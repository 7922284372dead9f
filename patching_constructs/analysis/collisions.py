"""Windows of one account and Region that can work on one node at the same time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, combinations, product
from typing import TypeAlias

from patching_constructs.analysis.patch_operation import patch_operation
from patching_constructs.analysis.shared_nodes import SharedNodes, shared_nodes
from patching_constructs.model.maintenance_window import TargetRecord, WindowRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.schedule import ScheduleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.schedules.openings import Overlap, Sweep, opening_times, sweep
from patching_constructs.schedules.span import Span

# What decides when a window is open.
_Opened: TypeAlias = tuple[ScheduleRecord, Maybe[int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Collision:
    """Two windows that are open at once and can work on one node.

    Attributes:
        windows: The two windows; where one of them only scans, the second.
        both_install: Whether both install, or the second only scans.
        shared: Whether they have nodes in common.
        overlap: When they are open at once.
    """

    windows: tuple[WindowRecord, WindowRecord]
    both_install: bool
    shared: Maybe[SharedNodes]
    overlap: Overlap


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowTraffic:
    """What the windows of one account and Region do at the same time.

    Attributes:
        collisions: Pairs of windows that can work on one node at once.
        overruns: Windows that open again before they have closed, and when.
        busiest_at: First moment at which the most windows are open at once, or None if none ever opens.
        busiest: The windows that are open then.
        unknown: Windows whose openings are not known, and why.
    """

    collisions: tuple[Collision, ...]
    overruns: tuple[tuple[WindowRecord, Overlap], ...]
    busiest_at: datetime | None
    busiest: tuple[WindowRecord, ...]
    unknown: tuple[tuple[WindowRecord, Unknown], ...]


def window_traffic(windows: Sequence[WindowRecord], horizon: Span) -> WindowTraffic:
    """Find what the windows of one account and Region do at the same time.

    A window is taken to be at work from its start to its end. One that starts when another ends does not
    overlap it.

    Args:
        windows: All windows of one account and Region.
        horizon: When they open.
    """
    found = [(window, opening_times(window.schedule, window.duration_hours, horizon)) for window in windows]
    known = [(window, times) for window, times in found if not isinstance(times, Unknown)]
    numbers: dict[_Opened, list[int]] = {}
    for number, (window, _) in enumerate(known):
        # Windows that open together are swept as one: a thousand accounts have the same few schedules.
        numbers.setdefault((window.schedule, window.duration_hours), []).append(number)
    same_time = list(numbers.values())
    swept = _sweep(tuple(numbers), tuple(map(len, same_time)), horizon)
    openings = [known[together[0]][1] for together in same_time]
    return WindowTraffic(
        collisions=tuple(
            collision
            for (first, second), overlap in sorted(
                _overlaps(swept, same_time, openings), key=lambda pair: pair[0]
            )
            for collision in _collisions(known[first][0], known[second][0], overlap)
        ),
        overruns=tuple(
            (known[number][0], overlap)
            for (first, second), overlap in swept.overlaps.items()
            if first == second
            for number in same_time[first]
        ),
        busiest_at=swept.peak.at if swept.peak else None,
        busiest=tuple(
            known[number][0]
            for number in sorted(chain.from_iterable(same_time[at] for at in swept.peak.windows))
        )
        if swept.peak
        else (),
        unknown=tuple((window, times) for window, times in found if isinstance(times, Unknown)),
    )


@lru_cache(maxsize=256)
def _sweep(opened: tuple[_Opened, ...], how_many: tuple[int, ...], horizon: Span) -> Sweep:
    """Sweep windows by what they open, which is the same in many accounts."""
    times = (opening_times(schedule, duration, horizon) for schedule, duration in opened)
    return sweep([openings for openings in times if not isinstance(openings, Unknown)], how_many)


def _overlaps(
    swept: Sweep, same_time: Sequence[Sequence[int]], openings: Sequence[Sequence[Span]]
) -> Iterator[tuple[tuple[int, int], Overlap]]:
    """Yield the pairs of windows that are open at once; those that always open together were swept as one."""
    for (first, second), overlap in swept.overlaps.items():
        if first != second:
            for mine, other in product(same_time[first], same_time[second]):
                yield (min(mine, other), max(mine, other)), overlap
    for at, (together, times) in enumerate(zip(same_time, openings, strict=True)):
        if times:
            own = swept.overlaps.get((at, at))
            overlap = Overlap(first=times[0], count=len(times) + (2 * own.count if own else 0))
            for mine, other in combinations(together, 2):
                yield (mine, other), overlap


def _collisions(first: WindowRecord, second: WindowRecord, overlap: Overlap) -> list[Collision]:
    """Compare the nodes of two windows: where both install, that one of them also scans adds nothing."""
    shared = shared_nodes(_targets(first, PatchOperation.INSTALL), _targets(second, PatchOperation.INSTALL))
    if shared is not SharedNodes.NONE:
        return [Collision(windows=(first, second), both_install=True, shared=shared, overlap=overlap)]
    collisions = []
    for installing, scanning in ((first, second), (second, first)):
        shared = shared_nodes(
            _targets(installing, PatchOperation.INSTALL), _targets(scanning, PatchOperation.SCAN)
        )
        if shared is not SharedNodes.NONE:
            collisions.append(
                Collision(windows=(installing, scanning), both_install=False, shared=shared, overlap=overlap)
            )
    return collisions


def _targets(window: WindowRecord, operation: PatchOperation) -> list[TargetRecord]:
    """List the targets of the tasks that do `operation`; of one that may do it, as unknown."""
    targets: list[TargetRecord] = []
    for task in window.tasks:
        does = patch_operation(task)
        if does is operation:
            targets += task.targets
        elif isinstance(does, Unknown):
            # A task that may install or scan counts as both, so that no collision is missed.
            targets += [TargetRecord(resource_type=does, targets=does) for _ in task.targets]
    return targets
