"""What maintenance windows have done, as the Systems Manager API shows it."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.errors import ApiError
from local_aws.fleet.clock import clock
from local_aws.paging import page

Request = Mapping[str, Any]
Response = dict[str, Any]

_PAGE = 50

_KEPT = timedelta(days=30)
"""docs/not-proven.md#runs-of-windows-are-kept-for-30-days"""

_STATUSES = {
    "Delivery Timed Out": "TimedOut",
    "Execution Timed Out": "TimedOut",
    "Terminated": "Cancelled",
}
"""Status of an invocation by its details, where they differ.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CommandInvocation.html
"""

_COMMAND_STATUSES = {"SUCCESS": "Success", "FAILED": "Failed", "TIMED_OUT": "TimedOut"}
_EXPIRES_AFTER = timedelta(hours=2)
_NOWHERE: Response = {
    "Comment": "",
    "DocumentVersion": "",
    "ServiceRole": "",
    "NotificationConfig": {"NotificationArn": "", "NotificationEvents": [], "NotificationType": ""},
    "CloudWatchOutputConfig": {"CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": False},
}
"""What AWS answers of a command without notifications and output."""


@dataclass(kw_only=True, slots=True)
class CommandRun:
    """A command that a window task has sent.

    Attributes:
        command_id: Its id.
        document_name: Its document.
        parameters: Parameters of the document.
        max_concurrency: On how many nodes the task works at once.
        max_errors: Error budget of the task.
        priority: Priority of the task.
        status: How it ended, in the words of windows.
        statuses: Details of the status on each node, by id of the node.
    """

    command_id: str
    document_name: str
    parameters: Mapping[str, list[str]] = field(default_factory=dict)
    max_concurrency: str = "1"
    max_errors: str = "0"
    priority: int = 1
    status: str = "SUCCESS"
    statuses: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class WindowExecution:
    """One run of a window.

    Attributes:
        window_id: The window.
        execution_id: The run.
        started_at: When it started.
        ended_at: When it ended.
        status: How it ended.
        commands: The commands of its tasks, by id of the task's run.
    """

    window_id: str
    execution_id: str
    started_at: datetime
    ended_at: datetime
    status: str
    commands: dict[str, CommandRun] = field(default_factory=dict)


class Executions:
    """Runs of the windows of one account and Region."""

    def __init__(self) -> None:
        self._executions: dict[str, WindowExecution] = {}

    def add(self, execution: WindowExecution) -> None:
        """Add a run."""
        self._executions[execution.execution_id] = execution

    def describe_maintenance_window_executions(self, request: Request) -> Response:
        """Answer DescribeMaintenanceWindowExecutions.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowExecutions.html
        """
        after, before = clock() - _KEPT, datetime.max.replace(tzinfo=UTC)
        for item in request.get("Filters", []):
            moment = datetime.fromisoformat(item["Values"][0])
            if item["Key"] == "ExecutedAfter":
                after = max(after, moment)
            else:
                before = moment
        found = [
            {
                "WindowId": execution.window_id,
                "WindowExecutionId": execution.execution_id,
                "Status": execution.status,
                "StartTime": execution.started_at,
                "EndTime": execution.ended_at,
            }
            for execution in self._executions.values()
            if execution.window_id == request["WindowId"] and after <= execution.started_at <= before
        ]
        return page(found, {"MaxResults": _PAGE, **request}, "WindowExecutions")

    def get_maintenance_window_execution(self, request: Request) -> Response:
        """Answer GetMaintenanceWindowExecution.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetMaintenanceWindowExecution.html
        """
        execution = self._execution(request["WindowExecutionId"])
        return {
            "WindowExecutionId": execution.execution_id,
            "TaskIds": list(execution.commands),
            "Status": execution.status,
            "StartTime": execution.started_at,
            "EndTime": execution.ended_at,
        }

    def describe_maintenance_window_execution_tasks(self, request: Request) -> Response:
        """Answer DescribeMaintenanceWindowExecutionTasks.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowExecutionTasks.html
        """
        execution = self._execution(request["WindowExecutionId"])
        found = [
            {
                "WindowExecutionId": execution.execution_id,
                "TaskExecutionId": task_id,
                "Status": command.status,
                "StartTime": execution.started_at,
                "EndTime": execution.ended_at,
                "TaskArn": command.document_name,
                "TaskType": "RUN_COMMAND",
            }
            for task_id, command in execution.commands.items()
        ]
        return page(found, {"MaxResults": _PAGE, **request}, "WindowExecutionTaskIdentities")

    def get_maintenance_window_execution_task(self, request: Request) -> Response:
        """Answer GetMaintenanceWindowExecutionTask.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetMaintenanceWindowExecutionTask.html
        """
        execution = self._execution(request["WindowExecutionId"])
        command = _command(execution, request["TaskId"])
        return {
            "WindowExecutionId": execution.execution_id,
            "TaskExecutionId": request["TaskId"],
            "TaskArn": command.document_name,
            "Type": "RUN_COMMAND",
            "TaskParameters": [{name: {"Values": values} for name, values in command.parameters.items()}],
            "Priority": command.priority,
            "MaxConcurrency": command.max_concurrency,
            "MaxErrors": command.max_errors,
            "Status": command.status,
            "StartTime": execution.started_at,
            "EndTime": execution.ended_at,
        }

    def describe_maintenance_window_execution_task_invocations(self, request: Request) -> Response:
        """Answer DescribeMaintenanceWindowExecutionTaskInvocations.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowExecutionTaskInvocations.html
        """
        execution = self._execution(request["WindowExecutionId"])
        command = _command(execution, request["TaskId"])
        found = [
            {
                "WindowExecutionId": execution.execution_id,
                "TaskExecutionId": request["TaskId"],
                "InvocationId": str(uuid.uuid5(uuid.NAMESPACE_OID, command.command_id)),
                "ExecutionId": command.command_id,
                "TaskType": "RUN_COMMAND",
                "Parameters": json.dumps(
                    {"documentName": command.document_name, "parameters": command.parameters}
                ),
                "Status": command.status,
                "StartTime": execution.started_at,
                "EndTime": execution.ended_at,
            }
        ]
        return page(found, {"MaxResults": _PAGE, **request}, "WindowExecutionTaskInvocationIdentities")

    def list_commands(self, request: Request) -> Response:
        """Answer ListCommands.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommands.html
        """
        found = [
            {
                **_NOWHERE,
                "CommandId": command.command_id,
                "DocumentName": command.document_name,
                "Parameters": command.parameters,
                "InstanceIds": [],
                "Targets": [],
                "RequestedDateTime": execution.started_at,
                "ExpiresAfter": execution.started_at + _EXPIRES_AFTER,
                "Status": _COMMAND_STATUSES[command.status],
                "StatusDetails": _COMMAND_STATUSES[command.status],
                "OutputS3BucketName": "",
                "OutputS3KeyPrefix": "",
                "MaxConcurrency": command.max_concurrency,
                "MaxErrors": command.max_errors,
                "TargetCount": len(command.statuses),
                "CompletedCount": len(command.statuses),
                "ErrorCount": list(command.statuses.values()).count("Failed"),
                "DeliveryTimedOutCount": list(command.statuses.values()).count("Delivery Timed Out"),
            }
            for execution, command in self._commands(request)
        ]
        return page(found, {"MaxResults": _PAGE, **request}, "Commands")

    def list_command_invocations(self, request: Request) -> Response:
        """Answer ListCommandInvocations.

        See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommandInvocations.html
        """
        found = [
            {
                **_NOWHERE,
                "CommandId": command.command_id,
                "InstanceId": node_id,
                "InstanceName": "",
                "DocumentName": command.document_name,
                "RequestedDateTime": execution.started_at,
                "Status": _STATUSES.get(details, details),
                "StatusDetails": details,
                "StandardOutputUrl": "",
                "StandardErrorUrl": "",
                "CommandPlugins": [],
            }
            for execution, command in self._commands(request)
            for node_id, details in command.statuses.items()
            if node_id == request.get("InstanceId", node_id)
        ]
        return page(found, {"MaxResults": _PAGE, **request}, "CommandInvocations")

    def _commands(self, request: Request) -> list[tuple[WindowExecution, CommandRun]]:
        commands = [
            (execution, command)
            for execution in self._executions.values()
            for command in execution.commands.values()
        ]
        command_id = request.get("CommandId")
        if command_id is None:
            return commands
        found = [pair for pair in commands if pair[1].command_id == command_id]
        if not found:
            raise ApiError("InvalidCommandId", f"{command_id} is no command")
        return found

    def _execution(self, execution_id: str) -> WindowExecution:
        if execution_id not in self._executions:
            raise ApiError(
                "DoesNotExistException", f"Maintenance window execution {execution_id} does not exist."
            )
        return self._executions[execution_id]


def _command(execution: WindowExecution, task_id: str) -> CommandRun:
    if task_id not in execution.commands:
        raise ApiError("DoesNotExistException", f"{task_id} is no task of this execution")
    return execution.commands[task_id]
