"""The maintenance windows that a ring becomes."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.maintenance_window_limits import ResourceType, TaskType
from patching_constructs.model.patching_documents import RUN_PATCH_BASELINE, UPDATE_SSM_AGENT, PatchOperation
from patching_constructs.model.unknown import Unknown
from patching_constructs.values.patch_group import PatchGroup
from patching_constructs.values.ring import Ring

_AGENT_PRIORITY = 0
# A task starts when all tasks with a lower number have ended, however they ended.
_PATCH_PRIORITY = 1

_Step = tuple[str, int, Mapping[str, tuple[str, ...]], TargetRecord]


def ring_windows(
    rollout_name: str, ring: Ring, *, separate_tasks: bool, snap_managed: Collection[str] = ()
) -> dict[PatchOperation, WindowRecord]:
    """Return the maintenance windows of `ring`, with one target and one task, or one of each for every group.

    Scan and install have separate windows because AWS runs the next task of a window whatever became of the
    one before.

    Args:
        rollout_name: Name of the rollout.
        ring: The ring.
        separate_tasks: Whether each group has a target and a task of its own.
        snap_managed: Names of the groups with nodes whose agent is a snap. A ring that does not say whether
            agents are updated leaves them out; the rest of its groups then has a further target.
    """
    groups_by_target = (
        [(group,) for group in ring.patch_groups] if separate_tasks else [tuple(ring.patch_groups)]
    )
    targets = {groups: _target(groups) for groups in groups_by_target}
    agent_targets = [
        targets.get(updated) or _target(updated)
        for groups in groups_by_target
        if (updated := _groups_with_agent_update(ring, groups, snap_managed))
    ]
    steps = {
        operation: list(_steps(ring, operation, list(targets.values()), agent_targets))
        for operation in ring.patch_windows
    }
    return {
        operation: WindowRecord(
            name=f"{rollout_name}-{ring.name}-{operation.lower()}",
            schedule=when.schedule.record,
            duration_hours=when.duration_hours,
            cutoff_hours=when.cutoff_hours,
            targets=tuple(dict.fromkeys([*targets.values(), *(target for *_, target in steps[operation])])),
            tasks=tuple(
                TaskRecord(
                    task_type=TaskType.RUN_COMMAND,
                    task_arn=document,
                    priority=priority,
                    targets=(target,),
                    max_concurrency=ring.max_concurrency,
                    max_errors=ring.max_errors,
                    cutoff_behavior=when.cutoff_behavior,
                    service_role_arn=Unknown("the role is defined after the windows are checked"),
                    parameters=parameters,
                )
                for document, priority, parameters, target in steps[operation]
            ),
        )
        for operation, when in ring.patch_windows.items()
    }


def _groups_with_agent_update(
    ring: Ring, groups: Sequence[PatchGroup], snap_managed: Collection[str]
) -> tuple[PatchGroup, ...]:
    if ring.update_agent is None:
        return tuple(group for group in groups if group.name not in snap_managed)
    return tuple(groups) if ring.update_agent else ()


def _target(patch_groups: Sequence[PatchGroup]) -> TargetRecord:
    groups_by_key: dict[str, tuple[str, ...]] = {}
    for group in patch_groups:
        key = f"tag:{group.tag_key}"
        groups_by_key[key] = (*groups_by_key.get(key, ()), group.name)
    return TargetRecord(resource_type=ResourceType.INSTANCE, targets=tuple(groups_by_key.items()))


def _steps(
    ring: Ring,
    operation: PatchOperation,
    targets: Sequence[TargetRecord],
    agent_targets: Sequence[TargetRecord],
) -> Iterator[_Step]:
    if operation is PatchOperation.SCAN:
        for target in targets:
            yield RUN_PATCH_BASELINE, _PATCH_PRIORITY, {"Operation": (operation,)}, target
        return
    for target in agent_targets:
        yield UPDATE_SSM_AGENT, _AGENT_PRIORITY, {}, target
    parameters = {"Operation": (operation,), "RebootOption": (str(ring.reboot_option),)}
    for target in targets:
        yield RUN_PATCH_BASELINE, _PATCH_PRIORITY, parameters, target
