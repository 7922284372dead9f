"""What the patching tasks of a window's run did, as Systems Manager reports it."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from patching_constructs.contracts.ring_health import TaskResult
from patching_constructs.lambdas._shared.executions import list_commands, list_nodes, list_tasks

# Errors for runs and commands that Systems Manager has deleted, after 30 days at the latest.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommandInvocations.html#API_ListCommandInvocations_Errors
_GONE = frozenset({"DoesNotExistException", "InvalidCommandId"})

# Statuses and status details of nodes on which nothing was done, or on which the outcome is not known.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
_NOT_REACHED = frozenset(
    {
        "Pending",
        "InProgress",
        "In Progress",
        "Delayed",
        "Cancelled",
        "Cancelling",
        "TimedOut",
        "DeliveryTimedOut",
        "Delivery Timed Out",
        "Undeliverable",
        "Terminated",
        "InvalidPlatform",
        "AccessDenied",
    }
)


def read_tasks(ssm: Any, execution_id: str) -> Iterator[TaskResult]:
    """Read what the patching tasks of a window's run did; tasks that do something else are left out.

    Args:
        ssm: A boto3 client.
        execution_id: The run.
    """
    for task in list_tasks(ssm, execution_id):
        if task.patches:
            yield _read_task(ssm, execution_id, task.task_id)


def _read_task(ssm: Any, execution_id: str, task_id: str) -> TaskResult:
    max_errors = ssm.get_maintenance_window_execution_task(WindowExecutionId=execution_id, TaskId=task_id)[
        "MaxErrors"
    ]
    command_ids = sorted(list_commands(ssm, execution_id, task_id))
    nodes = succeeded = not_reached = 0
    try:
        for command_id in command_ids:
            (command,) = ssm.list_commands(CommandId=command_id)["Commands"]
            details = list_nodes(ssm, command_id)
            # A command that was stopped early has more targets than invocations.
            targets = max(command["TargetCount"], len(details))
            nodes += targets
            succeeded += sum(detail == "Success" for detail in details.values())
            not_reached += sum(detail in _NOT_REACHED for detail in details.values())
            not_reached += targets - len(details)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        # Unknown is not failed: the ring's run is then `UNKNOWN`, which permits nothing either.
        return TaskResult(max_errors=max_errors, is_readable=False)
    return TaskResult(max_errors=max_errors, nodes=nodes, succeeded=succeeded, not_reached=not_reached)
