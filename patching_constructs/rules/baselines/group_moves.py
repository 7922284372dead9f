"""Rules about patch groups that one deployment moves from one baseline to another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from patching_constructs.model.estate import BaselineAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.unknown import Unknown
from patching_constructs.model.wording import noun
from patching_constructs.rules.baselines.patch_baseline import operating_system_of
from patching_constructs.rules.deployed_baselines import Resource, by_place, name_of, where_words

_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/"
    "API_RegisterPatchBaselineForPatchGroup.html"
)

_Registered: TypeAlias = tuple[OperatingSystem, str]


@dataclass(frozen=True, slots=True)
class _Move:
    """A move as it is reported: once, however many accounts make it."""

    old: str
    new: str
    operating_system: OperatingSystem
    groups: tuple[str, ...]
    in_one_stack: bool
    fails: bool
    """Whether CloudFormation is certain to register the groups before it releases them."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A baseline whose patch groups are not all known."""

    reason: str
    operating_system: OperatingSystem | None

    def may_hold(self, operating_system: OperatingSystem | None) -> bool:
        return None in (self.operating_system, operating_system) or self.operating_system is operating_system


class _Holders:
    """Which baselines of one account and Region hold which patch groups."""

    def __init__(self, baselines: Sequence[tuple[Resource, BaselineAt]]) -> None:
        self.baselines = dict(baselines)
        self.groups: dict[_Registered, dict[Resource, None]] = {}
        self.open: dict[Resource, _Open] = {}
        for resource, baseline in baselines:
            record, operating_system = baseline.record, operating_system_of(baseline.record)
            if isinstance(record.operating_system, Unknown):
                self.open[resource] = _Open(record.operating_system.reason, None)
            if isinstance(record.patch_groups, Unknown):
                self.open[resource] = _Open(record.patch_groups.reason, operating_system)
                continue
            for group in record.patch_groups:
                if isinstance(group, Unknown):
                    self.open[resource] = _Open(group.reason, operating_system)
                elif operating_system is not None:
                    self.groups.setdefault((operating_system, group), {})[resource] = None


def check_group_moves(
    old: Sequence[BaselineAt], new: Sequence[BaselineAt], *, stacks: Mapping[str, str]
) -> Iterator[Finding]:
    """Find patch groups that move from one baseline to another of the same operating system.

    Systems Manager refuses a group that another baseline still holds. CloudFormation deletes a baseline last,
    and creates and changes those that do not depend on each other in no certain order. A baseline that gets
    another logical id is another baseline. One for another operating system is no move: a group has a
    baseline for each.

    Args:
        old: The baselines that are deployed.
        new: The baselines that one deployment leaves.
        stacks: What each old stack is called in the new state; stacks that are gone are left out.
    """
    before, after = by_place(old, stacks), by_place(new)
    moves: dict[_Move, list[BaselineAt]] = {}
    uncertain: dict[tuple[str, str], dict[int, BaselineAt]] = {}
    for where in after:
        if where not in before:
            continue
        held, will_hold = _Holders(before[where]), _Holders(after[where])
        for move, holder in _moves(held, will_hold):
            moves.setdefault(move, []).append(holder)
        for reason, holder in _warnings(held, will_hold):
            uncertain.setdefault((name_of(holder), reason), {})[id(holder)] = holder
    for move, holders in moves.items():
        yield _finding(move, holders)
    for (name, reason), affected in uncertain.items():
        yield _warning(name, reason, list(affected.values()))


def _moves(held: _Holders, will_hold: _Holders) -> Iterator[tuple[_Move, BaselineAt]]:
    found: dict[tuple[Resource, Resource, OperatingSystem], list[str]] = {}
    for registered, holders in will_hold.groups.items():
        earlier = held.groups.get(registered, {})
        released = [resource for resource in earlier if resource not in holders]
        for resource in holders:
            if resource not in earlier and released:
                system, group = registered
                found.setdefault((released[0], resource, system), []).append(group)
    for (source, target, system), groups in found.items():
        holder = will_hold.baselines[target]
        names = _distinguished(source, held.baselines[source], target, holder)
        in_one_stack = source[0] == target[0]
        fails = in_one_stack and source not in will_hold.baselines
        yield _Move(*names, system, tuple(sorted(groups)), in_one_stack, fails), holder


def _distinguished(source: Resource, old: BaselineAt, target: Resource, new: BaselineAt) -> tuple[str, str]:
    """Name two baselines, with as much as tells one from the other."""
    names = name_of(old), name_of(new)
    if names[0] != names[1]:
        return names
    if source[1] != target[1]:
        return f"{names[0]} ({source[1]})", f"{names[1]} ({target[1]})"
    return f"{names[0]} of one stack", f"{names[1]} of another"


def _warnings(held: _Holders, will_hold: _Holders) -> Iterator[tuple[str, BaselineAt]]:
    """Yield baselines for which it is undecided whether they take a group from another one."""
    for resource, group in will_hold.open.items():
        others = [system for (system, _), holders in held.groups.items() if {*holders} - {resource}]
        others_open = [other.operating_system for holder, other in held.open.items() if holder != resource]
        if resource not in held.open and any(group.may_hold(system) for system in (*others, *others_open)):
            yield group.reason, will_hold.baselines[resource]
    for (system, name), holders in will_hold.groups.items():
        if (system, name) in held.groups:
            continue
        for resource in holders:
            reasons = [
                other.reason
                for holder, other in held.open.items()
                if holder != resource and other.may_hold(system)
            ]
            if resource not in held.open and reasons:
                yield reasons[0], will_hold.baselines[resource]


def _finding(move: _Move, holders: Sequence[BaselineAt]) -> Finding:
    groups = " and ".join(repr(group) for group in move.groups)
    several = len(move.groups) > 1
    them = "them" if several else "it"
    if_there = "" if move.in_one_stack or where_words(holders) else ", if both are in one account and Region"
    outcome = (
        f"CloudFormation registers {them} on the new baseline first, AWS answers AlreadyExistsException, and "
        "the deployment is rolled back"
        if move.fails
        else f"CloudFormation may register {them} on the new baseline before the old one releases {them}, "
        "and then AWS answers AlreadyExistsException"
    )
    names = f"from the baseline {move.old} to {move.new}{where_words(holders)}"
    steps = (
        f"1. {groups} taken from {move.old}, 2. {groups} put on {move.new}"
        if move.in_one_stack
        else f"1. the stack of {move.old}, 2. the stack of {move.new}"
    )
    return Finding(
        id=FindingId.PATCH_GROUP_MOVES,
        level=Level.WARNING,
        field="patch_groups",
        message=f"the {noun(len(move.groups), 'patch group')} {groups} ({move.operating_system}) "
        f"{'move' if several else 'moves'} {names} in one deployment{if_there}: {outcome}",
        received=f"{groups} on {move.old} before, on {move.new} after",
        allowed=f"two deployments between two runs: {steps}; in between the nodes have the account's default "
        "baseline",
        source=_PAGE,
        location=holders[0].record.location,
    )


def _warning(name: str, reason: str, holders: Sequence[BaselineAt]) -> Finding:
    return Finding(
        id=FindingId.PATCH_GROUP_MOVES,
        level=Level.WARNING,
        field="patch_groups",
        message=f"it is not known whether a patch group moves to the baseline {name}{where_words(holders)} "
        "from another one in this deployment, which AWS may answer with AlreadyExistsException",
        allowed="patch groups that the template states",
        source=_PAGE,
        location=holders[0].record.location,
        undecided=reason,
    )
