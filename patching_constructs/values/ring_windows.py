"""The maintenance windows that a ring becomes."""

from collections.abc import Iterator, Mapping, Sequence

from patching_constructs.model.maintenance_window import TargetRecord, TaskRecord, WindowRecord
from patching_constructs.model.maintenance_window_limits import ResourceType, TaskType
from patching_constructs.model.patching_documents import RUN_PATCH_BASELINE, UPDATE_SSM_AGENT, PatchOperation
from patching_constructs.model.unknown import Unknown
from patching_constructs.values.patch_group import PatchGroup
from patching_constructs.values.ring import Ring

_AGENT_PRIORITY = 0
_PATCH_PRIORITY = 1
"""A task starts when all tasks with a lower number have ended, however they ended."""


def ring_windows(
    rollout_name: str, ring: Ring, *, separate_tasks: bool
) -> dict[PatchOperation, WindowRecord]:
    """Return the maintenance windows of `ring`, with one target and one task, or one of each for every group.

    Scan and install have separate windows because AWS runs the next task of a window whatever became of the
    one before.
    """
    groups_by_target = [[group] for group in ring.patch_groups] if separate_tasks else [ring.patch_groups]
    targets = tuple(_target(groups) for groups in groups_by_target)
    return {
        operation: WindowRecord(
            name=f"{rollout_name}-{ring.name}-{operation.lower()}",
            schedule=when.schedule.record,
            duration_hours=when.duration_hours,
            cutoff_hours=when.cutoff_hours,
            targets=targets,
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
                for document, priority, parameters in _steps(ring, operation)
                for target in targets
            ),
        )
        for operation, when in ring.patch_windows.items()
    }


def _target(patch_groups: Sequence[PatchGroup]) -> TargetRecord:
    groups_by_key: dict[str, tuple[str, ...]] = {}
    for group in patch_groups:
        key = f"tag:{group.tag_key}"
        groups_by_key[key] = (*groups_by_key.get(key, ()), group.name)
    return TargetRecord(resource_type=ResourceType.INSTANCE, targets=tuple(groups_by_key.items()))


def _steps(ring: Ring, operation: PatchOperation) -> Iterator[tuple[str, int, Mapping[str, tuple[str, ...]]]]:
    if operation is PatchOperation.SCAN:
        yield RUN_PATCH_BASELINE, _PATCH_PRIORITY, {"Operation": (operation,)}
        return
    if ring.update_agent:
        yield UPDATE_SSM_AGENT, _AGENT_PRIORITY, {}
    yield (
        RUN_PATCH_BASELINE,
        _PATCH_PRIORITY,
        {"Operation": (operation,), "RebootOption": (str(ring.reboot_option),)},
    )
