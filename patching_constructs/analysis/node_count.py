"""How many nodes window targets reach."""

from collections.abc import Mapping

from patching_constructs.model.maintenance_window import TargetRecord
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.unknown import Maybe, Unknown

_GROUP_KEYS = frozenset(f"tag:{key}" for key in PatchGroupTagKey)


def nodes_of_groups(target: TargetRecord, node_counts: Mapping[str, int]) -> Maybe[int]:
    """Count the nodes of a target that asks for patch groups and nothing else."""
    if isinstance(target.targets, Unknown):
        return target.targets
    if len(target.targets) != 1 or target.targets[0][0] not in _GROUP_KEYS:
        return Unknown("a target asks for something else than patch groups")
    [(_, values)] = target.targets
    if isinstance(values, Unknown):
        return values
    count = 0
    for value in dict.fromkeys(values):
        if isinstance(value, Unknown):
            return value
        if value not in node_counts:
            return Unknown(f"how many nodes the patch group {value!r} has is not given")
        count += node_counts[value]
    return count


def targeted_nodes(target: TargetRecord, node_counts: Mapping[str, int]) -> Maybe[int]:
    """Count the nodes of a target that asks for patch groups, or names its nodes."""
    if isinstance(target.targets, Unknown) or len(target.targets) != 1:
        return nodes_of_groups(target, node_counts)
    [(key, values)] = target.targets
    if key == "InstanceIds" and not isinstance(values, Unknown):
        return len(set(values))
    return nodes_of_groups(target, node_counts)
