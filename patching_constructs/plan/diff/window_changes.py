"""What changes about maintenance windows."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from patching_constructs.analysis.association_windows import association_windows
from patching_constructs.analysis.patch_operation import patch_operation, patching_tasks
from patching_constructs.model.estate import WindowAt
from patching_constructs.model.maintenance_window import TargetRecord, WindowRecord
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import listed, moment, quantity, window_name, words
from patching_constructs.plan.dates import date_change, may_wait, runs_words, starts
from patching_constructs.plan.diff.change import Area, Change, ChangeKind, NotCompared
from patching_constructs.plan.diff.equality import comparable, not_compared, why_unknown
from patching_constructs.plan.diff.matching import Place, is_known, logical_id, pair, place
from patching_constructs.plan.diff.task_changes import task_changes
from patching_constructs.plan.schedule_wording import schedule_words
from patching_constructs.plan.state import RingName, State

Found: TypeAlias = Iterator[Change | NotCompared]

_SCHEDULE = ("expression", "timezone", "offset_days", "start_date", "end_date")

_GROUP_KEYS = {f"tag:{key}": key for key in PatchGroupTagKey}


class _Noun(enum.StrEnum):
    """What a window is called."""

    WINDOW = "window"
    ASSOCIATION = "association"


_A = {_Noun.WINDOW: "a window", _Noun.ASSOCIATION: "an association"}


@dataclass(frozen=True, slots=True)
class _ComparedWindow:
    """A window, or an association that is seen as one, with what it is known by."""

    at: WindowAt
    noun: _Noun
    place: Place
    rings: tuple[RingName, ...]
    name: str | None
    stack: str | None
    logical_id: str | None
    runs_at_once: bool = False

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return f"the {self.noun} {window_name(self.record)}"

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
        replace(
            window,
            rings=tuple(sorted(rings.get(name, name) for name in window.rings)),
            stack=stacks.get(window.at.stack),
        )
        for window in _windows(old)
    ]
    after = list(_windows(new))
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


def _windows(state: State) -> Iterator[_ComparedWindow]:
    for at in state.estate.windows:
        yield _window(state, at, _Noun.WINDOW)
    at_once = {
        resource.location
        for resource in state.estate.resources
        if isinstance(resource.properties, Mapping)
        and resource.properties.get("ApplyOnlyAtCronInterval") is not True
    }
    for at in association_windows(state.estate.resources):
        if any(patch_operation(task) is not None for task in at.record.tasks):
            yield replace(_window(state, at, _Noun.ASSOCIATION), runs_at_once=at.record.location in at_once)


def _window(state: State, at: WindowAt, noun: _Noun) -> _ComparedWindow:
    record = at.record
    return _ComparedWindow(
        at=at,
        noun=noun,
        place=place(at.environment),
        rings=tuple(sorted(state.rings_of(record))),
        name=None if isinstance(record.name, Unknown) else record.name,
        stack=at.stack,
        logical_id=logical_id(record.location),
    )


def _about(window: _ComparedWindow) -> Any:
    return partial(
        Change,
        area=Area.WINDOWS,
        rings=tuple(name for _, name in window.rings),
        window=window_name(window.record),
        environments=(window.at.environment,),
        location=window.record.location,
    )


def _removed(window: _ComparedWindow, state: State) -> Change:
    schedule, horizon = window.record.schedule, state.plan.horizon
    change: Change = _about(window)(
        kind=ChangeKind.WINDOW_REMOVED,
        what=f"{window.title} is gone",
        old=_when(window, state),
        dates=date_change(starts(schedule, horizon), None, horizon),
        consequence="CloudFormation deletes it; nothing of it runs any more",
    )
    return change


def _added(window: _ComparedWindow, state: State) -> Change:
    schedule, horizon = window.record.schedule, state.plan.horizon
    change: Change = _about(window)(
        kind=ChangeKind.WINDOW_ADDED,
        what=f"{window.title} is new",
        new=_when(window, state),
        dates=date_change(None, starts(schedule, horizon), horizon),
        consequence=_at_first(window, state),
    )
    return change


def _at_first(window: _ComparedWindow, state: State) -> str | None:
    """Say when a new window runs first, where that is not simply its next run.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html
    """
    if window.runs_at_once:
        return "it also runs as soon as it is deployed, as ApplyOnlyAtCronInterval is not set"
    if window.noun is _Noun.ASSOCIATION:
        return None
    return may_wait(window.record.schedule, state.plan.horizon, state.plan.today, is_new=True)


def _when(window: _ComparedWindow, state: State) -> str:
    record = window.record
    times = starts(record.schedule, state.plan.horizon)
    runs = date_change(times, None, state.plan.horizon).old
    parts = [
        schedule_words(record.schedule),
        f"for {quantity(record.duration_hours, 'hour')}" if window.noun is _Noun.WINDOW else "",
        runs_words(runs) if runs is not None else _dates_unknown(times),
        "for " + listed(sorted({_atom_words(atom) for atom in _atoms(record)})) if _atoms(record) else "",
    ]
    return "; ".join(part for part in parts if part)


def _dates_unknown(times: object) -> str:
    return f"its dates are not known ({times.reason})" if isinstance(times, Unknown) else ""


def _compared(old: _ComparedWindow, new: _ComparedWindow, state: State) -> Found:
    about = _about(new)
    replaced = _replaced(old, new)
    if old.name is not None and new.name is not None and old.name != new.name:
        yield about(
            kind=ChangeKind.WINDOW_RENAMED,
            what=f"{_A[new.noun]} has another name",
            old=old.name,
            new=new.name,
            consequence=None
            if replaced is not None
            else "CloudFormation changes it in place: it keeps its id and its runs",
        )
    if replaced is not None:
        wait = _at_first(new, state)
        yield about(
            kind=ChangeKind.WINDOW_REPLACED,
            what=f"{new.title} is another resource",
            old=replaced[0],
            new=replaced[1],
            consequence="; ".join(
                [
                    f"CloudFormation makes a new {new.noun} with a new id and then deletes the old one",
                    *([wait] if wait else []),
                ]
            ),
        )
    if old.rings != new.rings and old.rings and new.rings:
        yield about(
            kind=ChangeKind.WINDOW_RING,
            what=f"{new.title} works for other rings",
            old=listed(ring for _, ring in old.rings),
            new=listed(ring for _, ring in new.rings),
            rings=tuple(dict.fromkeys(ring for _, ring in (*old.rings, *new.rings))),
        )
    yield from _schedule(old, new, state, is_new=replaced is not None)
    if new.noun is _Noun.WINDOW:
        yield from _hours(old, new)
    yield from _targets(old, new)
    yield from task_changes(old.record, new.record, new.title, about)


def _replaced(old: _ComparedWindow, new: _ComparedWindow) -> tuple[str, str] | None:
    """Say what a window was and what it will be, if that is not one resource."""
    if old.logical_id is None or new.logical_id is None:
        return None
    if old.stack is None or old.stack == new.stack:
        ids = old.logical_id, new.logical_id
        return None if ids[0] == ids[1] else ids
    return f"{old.logical_id} of stack {old.stack}", f"{new.logical_id} of stack {new.stack}"


def _schedule(old: _ComparedWindow, new: _ComparedWindow, state: State, *, is_new: bool) -> Found:
    was, will_be, horizon = old.record.schedule, new.record.schedule, state.plan.horizon
    for field in _SCHEDULE:
        what = f"{field.replace('_', ' ')} of {new.title}"
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
    wait = None
    if not is_new and new.noun is _Noun.WINDOW:
        wait = may_wait(will_be, horizon, state.plan.today, is_new=False)
    yield _about(new)(
        kind=ChangeKind.WINDOW_SCHEDULE,
        what=f"{new.title} has another schedule",
        old=_schedule_and_runs(old, dates.old),
        new=_schedule_and_runs(new, dates.new),
        consequence="; ".join([effect, *([wait] if wait else [])]),
        dates=dates,
    )


def _known(times: object) -> tuple[object, ...]:
    return times if isinstance(times, tuple) else ()


def _schedule_and_runs(window: _ComparedWindow, runs: Any) -> str:
    said = schedule_words(window.record.schedule)
    return said if runs is None else f"{said} ({runs_words(runs)})"


def _hours(old: _ComparedWindow, new: _ComparedWindow) -> Found:
    for field, what in (("duration_hours", "duration"), ("cutoff_hours", "cutoff")):
        before, after = getattr(old.record, field), getattr(new.record, field)
        yield from not_compared(f"{what} of {new.title}", before, after)
        if comparable(before) != comparable(after):
            yield _about(new)(
                kind=ChangeKind.WINDOW_HOURS,
                what=f"{new.title} has another {what}",
                old=quantity(before, "hour"),
                new=quantity(after, "hour"),
                consequence=_time_to_start(new.record),
            )


def _time_to_start(window: WindowRecord) -> str | None:
    duration, cutoff = window.duration_hours, window.cutoff_hours
    if not isinstance(duration, int) or not isinstance(cutoff, int):
        return None
    return f"nodes start in the first {quantity(max(0, duration - cutoff), 'hour')} of each run"


def _targets(old: _ComparedWindow, new: _ComparedWindow) -> Found:
    before, after = _atoms(old.record), _atoms(new.record)
    for target in new.record.targets:
        why = why_unknown(target.targets)
        if why is not None:
            yield NotCompared(what=f"some targets of {new.title}", reason=why)
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
        what=f"{new.title} works on other nodes",
        old=listed(_atom_words(atom) for atom in before) or "none that is known",
        new=listed(_atom_words(atom) for atom in after) or "none that is known",
        consequence="; ".join(effects),
    )


def _atoms(window: WindowRecord) -> list[str]:
    """Return what the targets of a window and of its tasks name, one text for each separate target."""
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
