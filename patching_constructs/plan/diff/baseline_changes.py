"""What changes about patch baselines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from patching_constructs.model.estate import BaselineAt
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import listed, words
from patching_constructs.plan.diff.approval_changes import approval_changes
from patching_constructs.plan.diff.baseline_properties import property_changes
from patching_constructs.plan.diff.baseline_wording import (
    baseline_words,
    joined_and_left,
    known_texts,
    system_of,
)
from patching_constructs.plan.diff.change import Area, Change, ChangeKind, NotCompared
from patching_constructs.plan.diff.equality import comparable, not_compared, unordered
from patching_constructs.plan.diff.matching import Place, is_known, logical_id, pair, place
from patching_constructs.plan.state import RingName, State

Found: TypeAlias = Iterator[Change | NotCompared]

# Names of baselines by account and Region, operating system and patch group.
_Holders: TypeAlias = Mapping[tuple[Place, object, str], str]


@dataclass(frozen=True, slots=True)
class _ComparedBaseline:
    """A baseline with what it is known by."""

    at: BaselineAt
    place: Place
    rings: tuple[RingName, ...]
    name: str | None
    system: object
    stack: str | None
    logical_id: str | None

    @property
    def record(self) -> PatchBaselineRecord:
        return self.at.record

    @property
    def groups(self) -> frozenset[str]:
        """The patch groups that it is known to hold."""
        return frozenset(known_texts(self.record.patch_groups))

    @property
    def title(self) -> str:
        return self.name or str(self.record.location or "?")


def baseline_changes(
    old: State, new: State, *, rings: Mapping[RingName, RingName], stacks: Mapping[str, str]
) -> Found:
    """Yield what changes about baselines.

    Args:
        old: The old state.
        new: The new state.
        rings: What each old ring is in the new state.
        stacks: What each old stack is called there.
    """
    before = [
        _baseline(at, [rings.get(name, name) for name in _rings(old, at)], stacks.get(at.stack))
        for at in old.estate.baselines
    ]
    after = [_baseline(at, _rings(new, at), at.stack) for at in new.estate.baselines]
    keys = [
        lambda each: each.name and (each.place, each.name, each.system, each.stack, each.logical_id),
        lambda each: each.name and (each.place, each.name, each.system),
        lambda each: each.logical_id and each.stack and (each.place, each.stack, each.logical_id),
        lambda each: each.name and (each.place, each.name),
        lambda each: each.groups and (each.place, each.system, each.groups),
    ]
    if not all(is_known(each.at.environment) for each in (*before, *after)):
        keys += [
            lambda each: each.name and (each.name, each.system),
            lambda each: each.logical_id and (each.name, each.logical_id),
        ]
    found = pair(before, after, keys=keys)
    holders = _holders(new)
    for one in found.only_old:
        yield _about(one)(
            kind=ChangeKind.BASELINE_REMOVED,
            what=f"the baseline {one.title} is gone",
            old=baseline_words(one.record),
            consequence=_released(one, known_texts(one.record.patch_groups), holders),
        )
    for one in found.only_new:
        yield _about(one)(
            kind=ChangeKind.BASELINE_ADDED,
            what=f"the baseline {one.title} is new",
            new=baseline_words(one.record),
            consequence=_default_consequence(one.record) if one.record.default_baseline is True else None,
        )
    for one, other in found.both:
        yield from _compared(one, other, holders)


def _rings(state: State, at: BaselineAt) -> list[RingName]:
    return list(state.rings_of_baselines.get(id(at.record), ()))


def _baseline(at: BaselineAt, rings: list[RingName], stack: str | None) -> _ComparedBaseline:
    record = at.record
    return _ComparedBaseline(
        at=at,
        place=place(at.environment),
        rings=tuple(rings),
        name=None if isinstance(record.name, Unknown) else record.name,
        system=comparable(system_of(record)),
        stack=stack,
        logical_id=logical_id(record.location),
    )


def _about(baseline: _ComparedBaseline) -> Any:
    return partial(
        Change,
        area=Area.BASELINES,
        rings=tuple(dict.fromkeys(name for _, name in baseline.rings)),
        baseline=baseline.title,
        environments=(baseline.at.environment,),
        location=baseline.record.location,
    )


def _holders(state: State) -> _Holders:
    """Return which baseline holds each patch group."""
    return {
        (place(at.environment), comparable(system_of(at.record)), group): words(at.record.name)
        for at in state.estate.baselines
        for group in known_texts(at.record.patch_groups)
    }


def _compared(old: _ComparedBaseline, new: _ComparedBaseline, holders: _Holders) -> Found:
    about = _about(new)
    if old.name is not None and new.name is not None and old.name != new.name:
        yield about(
            kind=ChangeKind.BASELINE_RENAMED,
            what="a baseline has another name",
            old=old.name,
            new=new.name,
            consequence=None
            if _is_another_resource(old, new) or old.system != new.system
            else "CloudFormation changes it in place: it keeps its id and its patch groups",
        )
    yield from not_compared(
        f"operating system of the baseline {new.title}", system_of(old.record), system_of(new.record)
    )
    if old.system != new.system:
        yield about(
            kind=ChangeKind.BASELINE_REPLACED,
            what=f"the baseline {new.title} is for another operating system",
            old=words(system_of(old.record)),
            new=words(system_of(new.record)),
            consequence="CloudFormation makes a new baseline and deletes the old one"
            + _without_baseline(old, known_texts(old.record.patch_groups), holders),
        )
    elif _is_another_resource(old, new):
        elsewhere = old.stack not in (None, new.stack)
        yield about(
            kind=ChangeKind.BASELINE_REPLACED,
            what=f"the baseline {new.title} is another resource",
            old=f"{old.logical_id} of stack {old.stack}" if elsewhere else old.logical_id,
            new=f"{new.logical_id} of stack {new.stack}" if elsewhere else new.logical_id,
            consequence="CloudFormation makes a new baseline with a new id and then deletes the old one",
        )
    yield from approval_changes(old.record, new.record, new.title, about)
    yield from property_changes(old.record, new.record, new.title, about)
    yield from _default(old, new)
    yield from _groups(old, new, holders)


def _is_another_resource(old: _ComparedBaseline, new: _ComparedBaseline) -> bool:
    return None not in (old.logical_id, new.logical_id) and (
        old.logical_id != new.logical_id or old.stack not in (None, new.stack)
    )


def _without_baseline(old: _ComparedBaseline, groups: Sequence[str], holders: _Holders) -> str:
    """Say which nodes of the old operating system lose their baseline."""
    left = [group for group in groups if (old.place, old.system, group) not in holders]
    if not left:
        return ""
    return (
        f"; {words(system_of(old.record))} nodes of {listed(left)} have the account's default baseline then"
    )


def _default(old: _ComparedBaseline, new: _ComparedBaseline) -> Found:
    before, after = old.record.default_baseline, new.record.default_baseline
    yield from not_compared(f"default flag of the baseline {new.title}", before, after)
    if comparable(before or False) != comparable(after or False):
        yield _about(new)(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {new.title} "
            + ("becomes the default" if after is True else "is no longer defined as the default"),
            old=words(before or False),
            new=words(after or False),
            consequence=_default_consequence(new.record)
            if after is True
            else "it stays the default until another baseline is registered as it",
        )


def _groups(old: _ComparedBaseline, new: _ComparedBaseline, holders: _Holders) -> Found:
    held, will_hold = old.record.patch_groups, new.record.patch_groups
    yield from not_compared(f"patch groups of the baseline {new.title}", held, will_hold)
    if unordered(held) == unordered(will_hold):
        return
    joined, left = joined_and_left(held, will_hold)
    effects = [f"it is registered for {listed(joined)}"] if joined else []
    released = _released(old, left, holders)
    effects += [released] if released else []
    yield _about(new)(
        kind=ChangeKind.BASELINE_GROUPS,
        what=f"the baseline {new.title} has other patch groups",
        old=words(held),
        new=words(will_hold),
        consequence="; ".join(effects) or None,
    )


def _default_consequence(record: PatchBaselineRecord) -> str:
    return (
        f"the default baseline of {words(system_of(record))} changes for the whole account and "
        "Region: for all nodes whose patch group is registered on no baseline"
    )


def _released(old: _ComparedBaseline, groups: Sequence[str], holders: _Holders) -> str | None:
    """Say what becomes of patch groups that a baseline no longer holds."""
    effects = []
    left = []
    for group in groups:
        holder = holders.get((old.place, old.system, group))
        if holder is None:
            left.append(group)
        else:
            effects.append(f"{group} goes to the baseline {holder}")
    if left:
        effects.append(f"{listed(left)} {'has' if len(left) == 1 else 'have'} the account's default baseline")
    return "; ".join(effects) or None
