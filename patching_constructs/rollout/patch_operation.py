"""What a window task does to the patches of its nodes."""

from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.patching_documents import (
    INSTALLING_DOCUMENTS,
    OPERATION_PARAMETERS,
    SCANNING_DOCUMENTS,
    PatchOperation,
)
from patching_constructs.model.unknown import Maybe, Unknown


def patch_operation(task: TaskRecord) -> Maybe[PatchOperation] | None:
    """Tell whether a task scans or installs; None if its document does neither or is not AWS's."""
    if isinstance(task.task_arn, Unknown):
        return task.task_arn
    document = task.task_arn.rpartition("/")[2]
    if document in INSTALLING_DOCUMENTS:
        return PatchOperation.INSTALL
    if document in SCANNING_DOCUMENTS:
        return PatchOperation.SCAN
    if document in OPERATION_PARAMETERS:
        return _operation_parameter(task, OPERATION_PARAMETERS[document])
    return None


def _operation_parameter(task: TaskRecord, name: str) -> Maybe[PatchOperation] | None:
    values = task.parameters.get(name, ())
    if isinstance(values, Unknown):
        return values
    for value in values:
        if isinstance(value, Unknown):
            return value
        if value in set(PatchOperation):
            return PatchOperation(value)
    return None


def patching_tasks(window: WindowRecord, operation: PatchOperation) -> tuple[TaskRecord, ...]:
    """List the tasks of a window that certainly do `operation`."""
    return tuple(task for task in window.tasks if patch_operation(task) is operation)
