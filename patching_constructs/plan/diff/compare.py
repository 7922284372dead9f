"""Two readings of templates, in every way in which each can be deployed, against each other."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from patching_constructs.model.acknowledgement import Acknowledgement
from patching_constructs.model.finding import Finding
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.plan.diff.all_changes import changes, deployment_findings, under_assumptions
from patching_constructs.plan.diff.change import Change, Comparison, NotCompared
from patching_constructs.plan.state import State
from patching_constructs.rules.acknowledged_findings import judge

_IDS = frozenset({FindingId.DEFAULT_BASELINE_STAYS, FindingId.PATCH_GROUP_MOVES})


def compare(
    old: Sequence[State],
    new: Sequence[State],
    *,
    acknowledgements: Sequence[Acknowledgement] = (),
    today: dt.date,
) -> Comparison:
    """Compare templates as they were with templates as they will be.

    Args:
        old: Every way in which the old ones can be deployed, at least one.
        new: The same of the new ones, over the same horizon.
        acknowledgements: What is accepted.
        today: The day on which acknowledgements count.
    """
    under: list[tuple[tuple[str, ...], tuple[Change, ...]]] = []
    under_way: dict[Finding, list[tuple[str, ...]]] = {}
    notes: dict[NotCompared, None] = {}
    pairs = _pairs(old, new)
    for one, other in pairs:
        assumptions = tuple(dict.fromkeys((*one.estate.assumptions, *other.estate.assumptions)))
        found, not_compared = changes(one, other)
        under.append((assumptions, found))
        notes |= dict.fromkeys(not_compared)
        for finding in dict.fromkeys(deployment_findings(one, other)):
            under_way.setdefault(finding, []).append(assumptions)
    findings = [
        finding if len(several) == len(pairs) else _under(finding, several)
        for finding, several in under_way.items()
    ]
    return Comparison(
        horizon=new[0].plan.horizon,
        warnings=tuple(
            entry for entry in judge(findings, acknowledgements, today=today) if entry.finding.id in _IDS
        ),
        changes=under_assumptions(under),
        not_compared=tuple(notes),
    )


def _pairs(old: Sequence[State], new: Sequence[State]) -> list[tuple[State, State]]:
    """Pair the ways of both that assume most of the same, so that none is left out."""
    pairs = {
        **{(_closest(state, old), index): None for index, state in enumerate(new)},
        **{(index, _closest(state, new)): None for index, state in enumerate(old)},
    }
    return [(old[one], new[other]) for one, other in pairs]


def _closest(state: State, others: Sequence[State]) -> int:
    mine = set(state.estate.assumptions)
    return max(
        range(len(others)), key=lambda index: (len(mine & set(others[index].estate.assumptions)), -index)
    )


def _under(finding: Finding, holders: Sequence[tuple[str, ...]]) -> Finding:
    shared = [each for each in holders[0] if all(each in other for other in holders)]
    return replace(finding, message=f"{finding.message}, if {' and '.join(shared or holders[0])}")
