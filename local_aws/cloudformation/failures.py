"""What failed in a stack, and why."""

from itertools import takewhile

from local_aws.cloudformation.stack import STARTED_BY_USER, DeployedStack
from local_aws.errors import FailedResource


def failed_resources(stack: DeployedStack) -> list[FailedResource]:
    """Find what failed in the last operation of a stack, in the order in which it failed.

    Returns:
        The failed resources, or the stack itself if it failed with none of its resources.
    """
    last_operation = list(takewhile(lambda event: event.reason != STARTED_BY_USER, reversed(stack.events)))[
        ::-1
    ]
    of_resources = [
        event
        for event in last_operation
        if event.status.endswith("_FAILED") and event.logical_id != stack.name
    ]
    of_stack = [event for event in last_operation if event.logical_id == stack.name and event.reason]
    return [
        FailedResource(
            stack_name=stack.name,
            account=stack.account,
            region=stack.region,
            logical_id=event.logical_id,
            resource_type=event.resource_type,
            reason=event.reason or "",
        )
        for event in of_resources or of_stack
    ]
