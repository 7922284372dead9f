"""What changes from one state of the templates to another, and whether one deployment may do it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from patching_constructs.model.estate import Environment
from patching_constructs.model.finding import Finding
from patching_constructs.plan.diff.baseline_changes import baseline_changes
from patching_constructs.plan.diff.change import Area, Change, NotCompared
from patching_constructs.plan.diff.cost_changes import cost_changes
from patching_constructs.plan.diff.matching import same_stacks
from patching_constructs.plan.diff.outcome_changes import (
    exposure_changes,
    finding_changes,
    order_changes,
    quota_changes,
)
from patching_constructs.plan.diff.ring_changes import pair_rings, renamed_rings, ring_changes, runs_changed
from patching_constructs.plan.diff.window_changes import window_changes
from patching_constructs.plan.state import State
from patching_constructs.rules.baselines.group_moves import check_group_moves
from patching_constructs.rules.default_baselines import check_default_baselines

_AREAS = tuple(Area)


def changes(old: State, new: State) -> tuple[tuple[Change, ...], tuple[NotCompared, ...]]:
    """Return what changes, and what is not known before and after.

    What is the same resource is decided by meaning: the name of its ring, its own name, its account and
    Region, and only then its logical id. So a template that moves makes no change, and accounts that change
    in the same way are reported once.

    Args:
        old: The old state.
        new: The new state, over the same horizon.
    """
    horizon = new.plan.horizon
    stacks = same_stacks(old.estate, new.estate, old_root=old.root, new_root=new.root)
    rings = pair_rings(old, new)
    renamed = renamed_rings(rings)
    found = [
        *window_changes(old, new, rings=renamed, stacks=stacks),
        *baseline_changes(old, new, rings=renamed, stacks=stacks),
        *ring_changes(rings, horizon=horizon),
        *order_changes(old, new, rings=renamed),
        *exposure_changes(old, new, rings=renamed),
        *quota_changes(old, new),
        *cost_changes(old, new),
        *finding_changes(old, new, rings=renamed),
    ]
    all_changes = [entry for entry in found if isinstance(entry, Change)]
    all_changes += runs_changed(rings, all_changes, horizon=horizon)
    notes = dict.fromkeys(entry for entry in found if isinstance(entry, NotCompared))
    return reported_once(all_changes), tuple(notes)


def deployment_findings(old: State, new: State) -> list[Finding]:
    """Find what AWS refuses on the way from one state to the other."""
    stacks = same_stacks(old.estate, new.estate, old_root=old.root, new_root=new.root)
    before, after = old.estate.baselines, new.estate.baselines
    return [
        *check_group_moves(before, after, stacks=stacks),
        *check_default_baselines(before, after, stacks=stacks),
    ]


def reported_once(found: Iterable[Change]) -> tuple[Change, ...]:
    """Join changes that differ in nothing but account and Region, and put them in reading order."""
    environments: dict[Change, dict[Environment, None]] = {}
    for change in found:
        anywhere = replace(change, environments=())
        environments.setdefault(anywhere, {}).update(dict.fromkeys(change.environments))
    joined = (replace(change, environments=tuple(where)) for change, where in environments.items())
    return tuple(sorted(joined, key=lambda change: _AREAS.index(change.area)))


def under_assumptions(
    found: Sequence[tuple[tuple[str, ...], tuple[Change, ...]]],
) -> tuple[Change, ...]:
    """Join what changes under different assumptions; what changes under all of them needs none.

    Args:
        found: The changes under each set of assumptions.
    """
    holders: dict[Change, list[tuple[str, ...]]] = {}
    first: dict[Change, Change] = {}
    for assumptions, under in found:
        for change in under:
            first.setdefault(change, change)
            holders.setdefault(change, []).append(assumptions)
    joined = []
    for change, several in holders.items():
        shared = tuple(each for each in several[0] if all(each in other for other in several))
        needed = () if len(several) == len(found) else shared or several[0]
        joined.append(replace(first[change], assumptions=needed))
    return tuple(sorted(joined, key=lambda change: _AREAS.index(change.area)))
