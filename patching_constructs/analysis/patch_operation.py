"""What a window task does to the patches of its nodes."""

from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.patching_documents import (
    INSTALLING_DOCUMENTS,
    OPERATION_PARAMETERS,
    SCANNING_DOCUMENTS,
    PatchOperation,
)
from patching_constructs.model.unknown import Maybe, Reference, Unknown

_OPERATIONS = frozenset(PatchOperation)


def patch_operation(task: TaskRecord) -> Maybe[PatchOperation] | None:
    """Return whether a task scans or installs.

    Returns:
        None if its document does neither, or is neither AWS's nor defined in a template.
    """
    if task.own_operation is not None:
        return task.own_operation
    if isinstance(task.task_arn, Unknown):
        return None if _is_own_document(task.task_arn) else task.task_arn
    document = task.task_arn.rpartition("/")[2]
    if document in INSTALLING_DOCUMENTS:
        return PatchOperation.INSTALL
    if document in SCANNING_DOCUMENTS:
        return PatchOperation.SCAN
    if document in OPERATION_PARAMETERS:
        return _operation_parameter(task, OPERATION_PARAMETERS[document])
    return None


def _is_own_document(task_arn: Unknown) -> bool:
    return isinstance(task_arn, Reference) and task_arn.resource_type == "AWS::SSM::Document"


def _operation_parameter(task: TaskRecord, name: str) -> Maybe[PatchOperation] | None:
    values = task.parameters.get(name, ())
    if isinstance(values, Unknown):
        return values
    for value in values:
        if isinstance(value, Unknown):
            return value
        if value in _OPERATIONS:
            return PatchOperation(value)
    return None


def patching_tasks(window: WindowRecord, operation: PatchOperation) -> tuple[TaskRecord, ...]:
    """List the tasks of a window that certainly do `operation`."""
    return tuple(task for task in window.tasks if patch_operation(task) is operation)
