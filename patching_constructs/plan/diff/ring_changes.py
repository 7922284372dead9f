"""What changes about rings: which there are, what they hold, and what is promised for them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.promises import Promise
from patching_constructs.model.wording import length, listed, moment, noun, quantity
from patching_constructs.plan.dates import date_change, runs_words, starts
from patching_constructs.plan.diff.change import Area, Change, ChangeKind
from patching_constructs.plan.diff.matching import Pairing, is_known, pair, place
from patching_constructs.plan.plan import PlannedRing
from patching_constructs.plan.state import RingName, State, ring_name, ring_title
from patching_constructs.schedules.span import Span


def pair_rings(old: State, new: State) -> Pairing[PlannedRing]:
    """Find out which ring is which: by name, else by what it holds."""
    return pair(
        old.plan.rings,
        new.plan.rings,
        keys=[
            lambda each: (ring_name(each.ring), each.has_order),
            lambda each: each.ring.groups and (each.ring.rollout, each.ring.groups, each.has_order),
            lambda each: each.ring.groups and (each.ring.name, each.ring.groups, each.has_order),
            lambda each: _nodes(each) and each.has_order and (each.ring.rollout, _nodes(each)),
        ],
    )


def _nodes(planned: PlannedRing) -> frozenset[object]:
    """What a ring patches where, if its groups have other names."""
    return frozenset(
        (place_of, system, order)
        for place_of in (place(environment) for environment in planned.environments)
        for system in planned.operating_systems
        for order in [planned.ring.order]
    )


def ring_changes(rings: Pairing[PlannedRing], *, horizon: Span) -> Iterator[Change]:
    """Yield what changes about rings, apart from their windows."""
    for ring in rings.only_old:
        yield _about(ring)(
            kind=ChangeKind.RING_REMOVED,
            what=f"{ring_title(ring)} is gone",
            old=_summary(ring, horizon),
            consequence="what it patched is patched only if another ring or window does",
        )
    for ring in rings.only_new:
        yield _about(ring)(
            kind=ChangeKind.RING_ADDED, what=f"{ring_title(ring)} is new", new=_summary(ring, horizon)
        )
    for one, other in rings.both:
        yield from _compared(one, other)
    yield from _reordered(rings)


# What makes a ring run at other times, so that nothing more needs to be said.
_ABOUT_RUNS = {
    ChangeKind.RING_JOINED,
    ChangeKind.RING_LEFT,
    ChangeKind.WINDOW_ADDED,
    ChangeKind.WINDOW_REMOVED,
    ChangeKind.WINDOW_RING,
    ChangeKind.WINDOW_SCHEDULE,
    ChangeKind.WINDOW_TARGETS,
    ChangeKind.TASK_ADDED,
    ChangeKind.TASK_REMOVED,
    ChangeKind.TASK_CHANGED,
    ChangeKind.BASELINE_GROUPS,
    ChangeKind.BASELINE_REPLACED,
}


def runs_changed(rings: Pairing[PlannedRing], changes: list[Change], *, horizon: Span) -> Iterator[Change]:
    """Yield rings that run on other dates without a reason among `changes`."""
    explained = {ring for change in changes if change.kind in _ABOUT_RUNS for ring in change.rings}
    for one, other in rings.both:
        if other.ring.name in explained or not other.has_order:
            continue
        for operation, did in ((PatchOperation.INSTALL, "patched"), (PatchOperation.SCAN, "scanned")):
            before, after = _times(one, operation, horizon), _times(other, operation, horizon)
            if before == after:
                continue
            dates = date_change(_moments(before), _moments(after), horizon)
            first = dates.first_difference
            yield _about(other)(
                kind=ChangeKind.RING_RUNS,
                what=f"{ring_title(other)} is {did} at other times",
                old=None if dates.old is None else runs_words(dates.old),
                new=None if dates.new is None else runs_words(dates.new),
                consequence="some of its nodes"
                if first is None
                else f"the first difference is {moment(first)}",
                dates=dates,
            )


def _times(ring: PlannedRing, operation: PatchOperation, horizon: Span) -> frozenset[object]:
    """Return when which nodes of a ring are patched or scanned, as far as it is known."""
    return frozenset(
        (member.patch_group, member.operating_system, (member.account, member.region), time)
        if isinstance(member.account, str) and isinstance(member.region, str)
        else (member.patch_group, member.operating_system, None, time)
        for member in ring.ring.members
        for window in _windows(member, operation)
        for time in _known(starts(window.schedule, horizon))
    )


def _windows(member: Any, operation: PatchOperation) -> tuple[WindowRecord, ...]:
    windows: tuple[WindowRecord, ...] = (
        member.install_windows if operation is PatchOperation.INSTALL else member.scan_windows
    )
    return windows


def _known(times: object) -> tuple[dt.datetime, ...]:
    return times if isinstance(times, tuple) else ()


def _moments(times: frozenset[Any]) -> tuple[dt.datetime, ...]:
    return tuple(sorted({time[-1] for time in times}))


def _about(planned: PlannedRing) -> Any:
    return partial(Change, area=Area.RINGS, rings=(planned.ring.name,) if planned.has_order else ())


def _summary(planned: PlannedRing, horizon: Span) -> str:
    groups = planned.ring.groups
    return "; ".join(
        [
            *([f"{noun(len(groups), 'patch group')} {listed(groups)}"] if groups else []),
            *(
                [listed(planned.operating_systems)]
                if planned.operating_systems
                else ["no node that is known"]
            ),
            _runs_summary(planned, horizon),
        ]
    )


def _runs_summary(planned: PlannedRing, horizon: Span) -> str:
    times = _moments(_times(planned, PatchOperation.INSTALL, horizon))
    runs = date_change(times, None, horizon).old
    return runs_words(runs) if times and runs is not None else "nothing installs on it"


def _compared(old: PlannedRing, new: PlannedRing) -> Iterator[Change]:
    about, title = _about(new), ring_title(new)
    before, after = old.ring, new.ring
    if ring_name(before) != ring_name(after):
        is_named = before.name != after.name
        yield about(
            kind=ChangeKind.RING_RENAMED,
            what="a ring has another name" if is_named else f"{title} is in another rollout",
            old=before.name if is_named else before.rollout,
            new=after.name if is_named else after.rollout,
        )
    if before.production != after.production:
        yield about(
            kind=ChangeKind.RING_PRODUCTION,
            what=f"{title} {'becomes' if after.production else 'is no longer'} production",
        )
    if before.soak_hours != after.soak_hours:
        yield about(
            kind=ChangeKind.RING_SOAK,
            what=f"{title} has another soak",
            old=_soak(before.soak_hours),
            new=_soak(after.soak_hours),
            consequence="later rings must wait for it"
            if after.soak_hours is not None
            else "it is no longer checked that later rings wait",
        )
    if _promises(old.promises) != _promises(new.promises):
        yield about(
            kind=ChangeKind.RING_PROMISES,
            what=f"{title} has other promises",
            old=_promises(old.promises) or "none",
            new=_promises(new.promises) or "none",
            consequence="exposure is measured against them",
        )
    yield from _members(old, new)


def _soak(soak: int | None) -> str:
    return "none" if soak is None else quantity(soak, "hour")


def _promises(promises: tuple[Promise, ...]) -> str:
    return "; ".join(f"{promise.name} ({_within(promise)})" for promise in promises)


def _within(promise: Promise) -> str:
    return ", ".join(f"{severity} {length(time)}" for severity, time in promise.within.items())


def _members(old: PlannedRing, new: PlannedRing) -> Iterator[Change]:
    about, title = _about(new), ring_title(new)
    for what, before, after in (
        ("patch group", old.ring.groups, new.ring.groups),
        ("operating system", old.operating_systems, new.operating_systems),
        ("account and Region", _places(old), _places(new)),
    ):
        joined = [name for name in after if name not in before]
        left = [name for name in before if name not in after]
        for names, kind, verb in (
            (joined, ChangeKind.RING_JOINED, "gains"),
            (left, ChangeKind.RING_LEFT, "loses"),
        ):
            if names:
                yield about(
                    kind=kind,
                    what=f"{title} {verb} the {_plural(what) if len(names) > 1 else what} {listed(names)}",
                    old=_counted(what, before),
                    new=_counted(what, after),
                )


def _counted(what: str, names: tuple[str, ...]) -> str:
    if what == "account and Region":
        return f"{len(names)} of them"
    return listed(names) or "none"


def _plural(what: str) -> str:
    return "accounts and Regions" if what == "account and Region" else f"{what}s"


def _places(planned: PlannedRing) -> tuple[str, ...]:
    return tuple(str(environment) for environment in planned.environments if is_known(environment))


def _reordered(rings: Pairing[PlannedRing]) -> Iterator[Change]:
    both = [(one, other) for one, other in rings.both if one.has_order and other.has_order]
    names: Mapping[RingName, RingName] = {ring_name(one.ring): ring_name(other.ring) for one, other in both}
    for one, other in both:
        before = [names[ring_name(each.ring)] for each, _ in both if _is_before(each, one)]
        after = [ring_name(each.ring) for _, each in both if _is_before(each, other)]
        if set(before) != set(after):
            yield _about(other)(
                kind=ChangeKind.RING_REORDERED,
                what=f"{ring_title(other)} has another place in the order of rings",
                old=_behind(before),
                new=_behind(after),
                consequence="the proof of ring order compares it with other rings",
            )


def _is_before(ring: PlannedRing, other: PlannedRing) -> bool:
    return ring.ring.rollout == other.ring.rollout and ring.ring.order < other.ring.order


def _behind(names: list[RingName]) -> str:
    return f"behind {listed(name for _, name in names)}" if names else "first of these rings"


def renamed_rings(rings: Pairing[PlannedRing]) -> dict[RingName, RingName]:
    """Return what each old ring is in the new state."""
    return {ring_name(one.ring): ring_name(other.ring) for one, other in rings.both}
