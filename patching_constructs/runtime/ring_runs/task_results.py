"""How the patching tasks of a window's run went, as Systems Manager says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from patching_constructs.model.ring_run import RingHealth, judge_run
from patching_constructs.runtime.executions import list_commands, list_nodes, list_tasks

_GONE = frozenset({"DoesNotExistException", "InvalidCommandId"})
"""What Systems Manager says of runs and commands that it keeps no longer, after 30 days at the latest.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommandInvocations.html#API_ListCommandInvocations_Errors
"""

_NOT_REACHED = frozenset(
    {
        "Pending",
        "InProgress",
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
"""Statuses and status details of nodes on which nothing was done, or nobody knows what.

https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskResult:
    """How one patching task went.

    Attributes:
        max_errors: Its error budget: a number of nodes or a percentage.
        nodes: Nodes that were to be patched.
        succeeded: Nodes on which the command succeeded.
        not_reached: Nodes on which nothing was done, or nobody knows what.
        is_readable: Whether the results were still there to be read.
    """

    max_errors: str
    nodes: int = 0
    succeeded: int = 0
    not_reached: int = 0
    is_readable: bool = True

    @property
    def failed(self) -> int:
        """Nodes on which the command did not succeed, those that were not reached included."""
        return self.nodes - self.succeeded


def read_tasks(ssm: Any, execution_id: str) -> Iterator[TaskResult]:
    """Read how the patching tasks of a window's run went; tasks that do something else are left out.

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
        return TaskResult(max_errors=max_errors, is_readable=False)
    return TaskResult(max_errors=max_errors, nodes=nodes, succeeded=succeeded, not_reached=not_reached)


def judge_tasks(results: Iterable[TaskResult], *, status: str) -> tuple[RingHealth, str]:
    """Judge a run by the error budget of each of its tasks.

    Args:
        results: How its tasks went.
        status: Status of the window execution, in AWS's words.
    """
    results = list(results)
    nodes = sum(result.nodes for result in results)
    failed = sum(result.failed for result in results)
    not_reached = sum(result.not_reached for result in results)
    over = [
        reason for result in results for health, reason in [_judge(result)] if health is RingHealth.UNHEALTHY
    ]
    unreadable = sum(not result.is_readable for result in results)
    told = f", {not_reached} of them not reached" if not_reached else ""
    if over:
        return RingHealth.UNHEALTHY, f"{over[0]}{told}"
    if unreadable:
        return RingHealth.UNKNOWN, f"the results of {unreadable} of {len(results)} tasks cannot be read"
    if len(results) == 1 or failed == 0:
        max_errors = results[0].max_errors if results else "0"
        health, reason = judge_run(status=status, nodes=nodes, failed=failed, max_errors=max_errors)
        return health, f"{reason}{told}"
    return RingHealth.HEALTHY, f"{failed} of {nodes} nodes failed, in no task more than may{told}"


def _judge(result: TaskResult) -> tuple[RingHealth, str]:
    return judge_run(status="SUCCESS", nodes=result.nodes, failed=result.failed, max_errors=result.max_errors)
