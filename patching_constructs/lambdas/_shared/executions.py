"""What executions of windows and commands did, as Systems Manager reports it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from patching_constructs.model.patching_documents import PATCHING_DOCUMENTS
from patching_constructs.model.systems_manager_events import PATCH_DOCUMENTS


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRun:
    """A task of a window's run.

    Attributes:
        task_id: The task's run.
        status: Its status, as AWS spells it.
        patches: Whether it sends a patch command.
    """

    task_id: str
    status: str
    patches: bool


def list_tasks(ssm: Any, execution_id: str) -> Iterator[TaskRun]:
    """List the tasks of a window's run.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowExecutionTasks.html
    """
    pages = ssm.get_paginator("describe_maintenance_window_execution_tasks").paginate(
        WindowExecutionId=execution_id
    )
    for page in pages:
        for task in page["WindowExecutionTaskIdentities"]:
            yield TaskRun(
                task_id=task["TaskExecutionId"],
                status=task["Status"],
                patches=_document(task) in PATCH_DOCUMENTS,
            )


def runs_patch_document(ssm: Any, window_id: str) -> bool:
    """Return whether a task of a window scans or installs patches.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowTasks.html
    """
    pages = ssm.get_paginator("describe_maintenance_window_tasks").paginate(WindowId=window_id)
    return any(_document(task) in PATCHING_DOCUMENTS for page in pages for task in page["Tasks"])


def _document(task: Mapping[str, Any]) -> str:
    return str(task["TaskArn"]).rpartition("/")[2]


def list_commands(ssm: Any, execution_id: str, task_id: str) -> dict[str, str]:
    """Return the status of each command of a task, in the words of windows, by the command's id.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowExecutionTaskInvocations.html
    """
    pages = ssm.get_paginator("describe_maintenance_window_execution_task_invocations").paginate(
        WindowExecutionId=execution_id, TaskId=task_id
    )
    return {
        invocation["ExecutionId"]: invocation["Status"]
        for page in pages
        for invocation in page["WindowExecutionTaskInvocationIdentities"]
        if "ExecutionId" in invocation
    }


def list_nodes(ssm: Any, command_id: str) -> dict[str, str]:
    """Return the status of a command on each node, in detail where AWS has it, by the node's id.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommandInvocations.html
    """
    pages = ssm.get_paginator("list_command_invocations").paginate(CommandId=command_id)
    return {
        invocation["InstanceId"]: invocation.get("StatusDetails") or invocation["Status"]
        for page in pages
        for invocation in page["CommandInvocations"]
    }
