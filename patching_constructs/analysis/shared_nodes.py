"""Whether two window targets match the same nodes."""

import enum
from collections.abc import Iterable

from patching_constructs.model.maintenance_window import TargetRecord
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.unknown import Maybe, Unknown

_PATCH_GROUP_KEYS = {f"tag:{key}" for key in PatchGroupTagKey}


class SharedNodes(enum.IntEnum):
    """Whether a node can match two targets; comparable, `CERTAIN` is the most."""

    NONE = 0
    """No node matches both."""
    POSSIBLE = 1
    """A node matches both if it happens to have the tags of both."""
    CERTAIN = 2
    """What matches one of them, matches the other."""


def shared_nodes(mine: Iterable[TargetRecord], theirs: Iterable[TargetRecord]) -> Maybe[SharedNodes]:
    """Return whether a node can match one of `mine` and one of `theirs`."""
    others = tuple(theirs)
    verdicts = [_shared_by_two(target, other) for target in mine for other in others]
    most = max(
        (verdict for verdict in verdicts if not isinstance(verdict, Unknown)), default=SharedNodes.NONE
    )
    unknown = next((verdict for verdict in verdicts if isinstance(verdict, Unknown)), None)
    return most if unknown is None or most is SharedNodes.CERTAIN else unknown


def _shared_by_two(mine: TargetRecord, theirs: TargetRecord) -> Maybe[SharedNodes]:
    """Compare two targets: within one, every key must match, and any of a key's values may."""
    if isinstance(mine.targets, Unknown):
        return mine.targets
    if isinstance(theirs.targets, Unknown):
        return theirs.targets
    my_values, their_values = dict(mine.targets), dict(theirs.targets)
    unknown = next((key for key in (*my_values, *their_values) if isinstance(key, Unknown)), None)
    if len((my_values.keys() | their_values.keys()) & _PATCH_GROUP_KEYS) > 1:
        return SharedNodes.NONE
    for key in my_values.keys() & their_values.keys():
        verdict = _shared_values(my_values[key], their_values[key])
        if verdict is False:
            return SharedNodes.NONE
        if isinstance(verdict, Unknown):
            unknown = verdict
    if unknown is not None:
        return unknown
    if my_values.keys() <= their_values.keys() or their_values.keys() <= my_values.keys():
        return SharedNodes.CERTAIN
    return SharedNodes.POSSIBLE


def _shared_values(mine: Maybe[tuple[Maybe[str], ...]], theirs: Maybe[tuple[Maybe[str], ...]]) -> Maybe[bool]:
    if isinstance(mine, Unknown):
        return mine
    if isinstance(theirs, Unknown):
        return theirs
    if {value for value in mine if not isinstance(value, Unknown)} & set(theirs):
        return True
    return next((value for value in (*mine, *theirs) if isinstance(value, Unknown)), False)
