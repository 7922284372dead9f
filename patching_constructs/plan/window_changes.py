"""What changes about maintenance windows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from patching_constructs.model.estate import WindowAt
from patching_constructs.model.maintenance_window import TargetRecord, WindowRecord
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown
from patching_constructs.plan.change import Area, Change, ChangeKind, NotCompared
from patching_constructs.plan.dates import date_change, may_wait, runs_words, starts
from patching_constructs.plan.matching import Place, is_known, logical_id, pair, place
from patching_constructs.plan.sameness import comparable, not_compared, why_unknown
from patching_constructs.plan.schedule_words import schedule_words
from patching_constructs.plan.state import RingName, State
from patching_constructs.plan.task_changes import task_changes
from patching_constructs.plan.value_words import hours, listed, words
from patching_constructs.rollout.patch_operation import patching_tasks
from patching_constructs.rules.wording import moment, window_name

Found: TypeAlias = Iterator[Change | NotCompared]

_SCHEDULE = ("expression", "timezone", "offset_days", "start_date", "end_date")

_GROUP_KEYS = {f"tag:{key}": key for key in PatchGroupTagKey}


@dataclass(frozen=True, slots=True)
class _Window:
    """A window with what it is known by."""

    at: WindowAt
    place: Place
    rings: tuple[RingName, ...]
    name: str | None
    stack: str | None
    logical_id: str | None

    @property
    def record(self) -> WindowRecord:
        return self.at.record

    @property
    def operations(self) -> frozenset[PatchOperation]:
        """What it certainly does to its nodes."""
        return frozenset(operation for operation in PatchOperation if patching_tasks(self.record, operation))

    @property
    def schedule(self) -> tuple[object, ...]:
        """When it opens, in a form that can be compared."""
        return tuple(comparable(getattr(self.record.schedule, field)) for field in _SCHEDULE)


def window_changes(
    old: State, new: State, *, rings: Mapping[RingName, RingName], stacks: Mapping[str, str]
) -> Found:
    """Yield what changes about windows.

    Args:
        old: The old state.
        new: The new state.
        rings: What each old ring is in the new state.
        stacks: What each old stack is called there.
    """
    before = [
        _window(at, [rings.get(name, name) for name in _rings(old, at)], stacks.get(at.stack))
        for at in old.estate.windows
    ]
    after = [_window(at, _rings(new, at), at.stack) for at in new.estate.windows]
    keys = [
        lambda each: each.name and (each.place, each.rings, each.name, each.stack, each.logical_id),
        lambda each: each.name and (each.place, each.rings, each.name),
        lambda each: each.name and (each.place, each.name),
        lambda each: each.logical_id and each.stack and (each.place, each.stack, each.logical_id),
        lambda each: each.rings and (each.place, each.rings, each.operations, each.schedule),
        lambda each: each.rings and (each.place, each.rings, each.operations),
    ]
    if not all(is_known(each.at.environment) for each in (*before, *after)):
        keys += [
            lambda each: each.name and (each.rings, each.name),
            lambda each: each.logical_id and (each.name, each.logical_id),
        ]
    found = pair(before, after, keys=keys)
    for one in found.only_old:
        yield _removed(one, old)
    for one in found.only_new:
        yield _added(one, new)
    for one, other in found.both:
        yield from _compared(one, other, new)


def _rings(state: State, at: WindowAt) -> list[RingName]:
    return list(state.rings_of_windows.get(id(at.record), ()))


def _window(at: WindowAt, rings: list[RingName], stack: str | None) -> _Window:
    record = at.record
    return _Window(
        at=at,
        place=place(at.environment),
        rings=tuple(sorted(rings)),
        name=None if isinstance(record.name, Unknown) else record.name,
        stack=stack,
        logical_id=logical_id(record.location),
    )


def _about(window: _Window) -> Any:
    return partial(
        Change,
        area=Area.WINDOWS,
        rings=tuple(name for _, name in window.rings),
        window=window_name(window.record),
        environments=(window.at.environment,),
        location=window.record.location,
    )


def _removed(window: _Window, state: State) -> Change:
    schedule, horizon = window.record.schedule, state.plan.horizon
    change: Change = _about(window)(
        kind=ChangeKind.WINDOW_REMOVED,
        what=f"the window {window_name(window.record)} is gone",
        old=_when(window, state),
        dates=date_change(starts(schedule, horizon), None, horizon),
        consequence="CloudFormation deletes it; nothing of it runs any more",
    )
    return change


def _added(window: _Window, state: State) -> Change:
    schedule, horizon = window.record.schedule, state.plan.horizon
    change: Change = _about(window)(
        kind=ChangeKind.WINDOW_ADDED,
        what=f"the window {window_name(window.record)} is new",
        new=_when(window, state),
        dates=date_change(None, starts(schedule, horizon), horizon),
        consequence=may_wait(schedule, horizon, state.plan.today, is_new=True),
    )
    return change


def _when(window: _Window, state: State) -> str:
    record = window.record
    times = starts(record.schedule, state.plan.horizon)
    runs = date_change(times, None, state.plan.horizon).old
    parts = [
        schedule_words(record.schedule),
        f"for {hours(record.duration_hours)}",
        runs_words(runs) if runs is not None else _dates_unknown(times),
        "for " + listed(sorted({_atom_words(atom) for atom in _atoms(record)})) if _atoms(record) else "",
    ]
    return "; ".join(part for part in parts if part)


def _dates_unknown(times: object) -> str:
    return f"its dates are not known ({times.reason})" if isinstance(times, Unknown) else ""


def _compared(old: _Window, new: _Window, state: State) -> Found:
    about = _about(new)
    name = window_name(new.record)
    if old.name is not None and new.name is not None and old.name != new.name:
        yield about(
            kind=ChangeKind.WINDOW_RENAMED,
            what="a window has another name",
            old=old.name,
            new=new.name,
            consequence="CloudFormation changes it in place: it keeps its id and its runs",
        )
    replaced = _replaced(old, new)
    if replaced is not None:
        wait = may_wait(new.record.schedule, state.plan.horizon, state.plan.today, is_new=True)
        yield about(
            kind=ChangeKind.WINDOW_REPLACED,
            what=f"the window {name} is another resource",
            old=replaced[0],
            new=replaced[1],
            consequence="; ".join(
                [
                    "CloudFormation makes a new window with a new id and then deletes the old one",
                    *([wait] if wait else []),
                ]
            ),
        )
    if old.rings != new.rings and old.rings and new.rings:
        yield about(
            kind=ChangeKind.WINDOW_RING,
            what=f"the window {name} works for other rings",
            old=listed(ring for _, ring in old.rings),
            new=listed(ring for _, ring in new.rings),
            rings=tuple(dict.fromkeys(ring for _, ring in (*old.rings, *new.rings))),
        )
    yield from _schedule(old, new, state, is_new=replaced is not None)
    yield from _hours(old, new)
    yield from _targets(old, new)
    yield from task_changes(old.record, new.record, about)


def _replaced(old: _Window, new: _Window) -> tuple[str, str] | None:
    """Say what a window was and what it will be, if that is not one resource."""
    if old.logical_id is None or new.logical_id is None:
        return None
    if old.stack is None or old.stack == new.stack:
        ids = old.logical_id, new.logical_id
        return None if ids[0] == ids[1] else ids
    return f"{old.logical_id} of stack {old.stack}", f"{new.logical_id} of stack {new.stack}"


def _schedule(old: _Window, new: _Window, state: State, *, is_new: bool) -> Found:
    was, will_be, horizon = old.record.schedule, new.record.schedule, state.plan.horizon
    name = window_name(new.record)
    for field in _SCHEDULE:
        what = f"{field} of the window {name}".replace("_", " ", 1)
        yield from not_compared(what, getattr(was, field), getattr(will_be, field))
    if old.schedule == new.schedule:
        return
    times = starts(was, horizon), starts(will_be, horizon)
    dates = date_change(*times, horizon)
    if dates.old is None or dates.new is None:
        unknown = times[1] if dates.new is None else times[0]
        which = "after" if dates.new is None else "before"
        effect = f"the dates {which} the change are not known ({getattr(unknown, 'reason', '')})"
    elif dates.first_difference is None:
        effect = "all runs stay on the same dates"
    else:
        first = dates.first_difference
        what = "a run that is lost" if first in _known(times[0]) else "a run that is new"
        effect = f"the first difference is {moment(first)}, {what}"
    wait = may_wait(will_be, horizon, state.plan.today, is_new=False) if not is_new else None
    yield _about(new)(
        kind=ChangeKind.WINDOW_SCHEDULE,
        what=f"the window {name} has another schedule",
        old=_schedule_and_runs(old, dates.old),
        new=_schedule_and_runs(new, dates.new),
        consequence="; ".join([effect, *([wait] if wait else [])]),
        dates=dates,
    )


def _known(times: object) -> tuple[object, ...]:
    return times if isinstance(times, tuple) else ()


def _schedule_and_runs(window: _Window, runs: Any) -> str:
    said = schedule_words(window.record.schedule)
    return said if runs is None else f"{said} ({runs_words(runs)})"


def _hours(old: _Window, new: _Window) -> Found:
    name = window_name(new.record)
    for field, what in (("duration_hours", "duration"), ("cutoff_hours", "cutoff")):
        before, after = getattr(old.record, field), getattr(new.record, field)
        yield from not_compared(f"{what} of the window {name}", before, after)
        if comparable(before) != comparable(after):
            yield _about(new)(
                kind=ChangeKind.WINDOW_HOURS,
                what=f"the window {name} has another {what}",
                old=hours(before),
                new=hours(after),
                consequence=_time_to_start(new.record),
            )


def _time_to_start(window: WindowRecord) -> str | None:
    duration, cutoff = window.duration_hours, window.cutoff_hours
    if not isinstance(duration, int) or not isinstance(cutoff, int):
        return None
    return f"nodes start in the first {hours(max(0, duration - cutoff))} of each run"


def _targets(old: _Window, new: _Window) -> Found:
    name = window_name(new.record)
    before, after = _atoms(old.record), _atoms(new.record)
    for target in new.record.targets:
        why = why_unknown(target.targets)
        if why is not None:
            yield NotCompared(what=f"some targets of the window {name}", reason=why)
    if before == after:
        return
    joined = [_atom_words(atom) for atom in after if atom not in before]
    left = [_atom_words(atom) for atom in before if atom not in after]
    effects = [
        *([f"from now on it works on {listed(joined)}"] if joined else []),
        *([f"it no longer works on {listed(left)}"] if left else []),
    ]
    yield _about(new)(
        kind=ChangeKind.WINDOW_TARGETS,
        what=f"the window {name} works on other nodes",
        old=listed(_atom_words(atom) for atom in before) or "none that is known",
        new=listed(_atom_words(atom) for atom in after) or "none that is known",
        consequence="; ".join(effects),
    )


def _atoms(window: WindowRecord) -> list[str]:
    """Return what the targets of a window and of its tasks name, one text for each that stands alone."""
    targets = (*window.targets, *(target for task in window.tasks for target in task.targets))
    return sorted({atom for target in targets for atom in _target_atoms(target)})


def _target_atoms(target: TargetRecord) -> Iterator[str]:
    """Yield what a target names: each value of its only key, or all keys together."""
    if isinstance(target.targets, Unknown):
        return
    if len(target.targets) == 1:
        key, values = target.targets[0]
        for value in values if isinstance(values, tuple) else (values,):
            if not isinstance(key, Unknown) and not isinstance(value, Unknown):
                yield f"{key}={value}"
        return
    yield " and ".join(f"{_known_words(key)}={_known_words(values)}" for key, values in target.targets)


def _known_words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_known_words(part) for part in value)
    return "?" if isinstance(value, Unknown) else words(value)


def _atom_words(atom: str) -> str:
    key, _, value = atom.partition("=")
    if key in _GROUP_KEYS and " and " not in atom:
        return f"patch group {value}"
    return atom
