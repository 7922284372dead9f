"""Which resources of a stack failed, and why."""

from itertools import takewhile

from local_aws.errors import FailedResource
from local_aws.stack import STARTED_BY_USER, Stack


def failed_resources(stack: Stack) -> list[FailedResource]:
    """Find the resources that failed in the last operation of a stack, in the order in which they failed."""
    last_operation = takewhile(lambda event: event.reason != STARTED_BY_USER, reversed(stack.events))
    failures = [
        FailedResource(
            stack_name=stack.name,
            account=stack.account,
            region=stack.region,
            logical_id=event.logical_id,
            resource_type=event.resource_type,
            reason=event.reason or "",
        )
        for event in last_operation
        if event.status.endswith("_FAILED") and event.logical_id != stack.name
    ]
    return failures[::-1]
