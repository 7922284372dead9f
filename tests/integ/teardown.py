"""Removes everything that a run has made, and says what is left."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.integ.cloud import Cloud, OutOfTimeError, Waiting
from tests.integ.stacks_under_test import NODES_STACK, RUN_TAG, SECURITY_STACK
from tests.integ.state import State

DAYS_OF_KEYS = 7
"""The shortest time that KMS waits before it deletes a key, in days; it costs nothing by then.

https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
"""

_OBJECTS_OF_A_REQUEST = 1_000
_LONGEST = timedelta(hours=1)


def tear_down(cloud: Cloud, state: State, show: Callable[[str], object]) -> list[str]:
    """Remove instances, stacks and what the stacks retain; return what is left, a line for each."""
    waiting = Waiting(cloud=cloud, ends_at=cloud.now() + _LONGEST, show=show)
    left: list[str] = []
    for step in (_terminate_instances, _delete_stacks, _remove_retained, _find_by_tag):
        try:
            left += step(cloud, state, waiting)
        except (BotoCoreError, ClientError, OutOfTimeError) as error:
            left.append(f"{step.__name__.strip('_').replace('_', ' ')}: {error}")
    return left


def _terminate_instances(cloud: Cloud, state: State, waiting: Waiting) -> Iterator[str]:
    ec2 = cloud.client("ec2")
    if not state.instance_ids:
        return
    waiting.show(f"terminating {', '.join(state.instance_ids)}")
    cloud.terminate(state.instance_ids)

    def terminated() -> bool | None:
        pages = ec2.get_paginator("describe_instances").paginate(
            Filters=[
                {"Name": "instance-id", "Values": state.instance_ids},
                {
                    "Name": "instance-state-name",
                    "Values": ["pending", "running", "shutting-down", "stopping"],
                },
            ]
        )
        return None if any(page["Reservations"] for page in pages) else True

    waiting.until("the instances are terminated", terminated, within=timedelta(minutes=20))
    yield from ()


def _delete_stacks(cloud: Cloud, state: State, waiting: Waiting) -> Iterator[str]:
    cloudformation = cloud.client("cloudformation")
    for stack_name in (NODES_STACK, SECURITY_STACK):
        stack = _stack(cloudformation, stack_name)
        if stack is None:
            continue
        if stack["StackId"] not in state.stack_ids:
            state.stack_ids.append(stack["StackId"])
            state.save()

        def at_rest(stack_id: str = stack["StackId"]) -> str | None:
            """CloudFormation deletes no stack while it changes it."""
            status = _stack(cloudformation, stack_id)["StackStatus"]  # type: ignore[index]
            return None if status.endswith("IN_PROGRESS") else str(status)

        waiting.until(f"stack {stack_name} is at rest", at_rest, within=timedelta(minutes=30))
        waiting.show(f"deleting stack {stack_name}")
        cloudformation.delete_stack(StackName=stack["StackId"])
        status = waiting.until(f"stack {stack_name} is deleted", at_rest, within=timedelta(minutes=30))
        if status != "DELETE_COMPLETE":
            yield f"stack {stack_name}: {status}"
            yield from (
                f"  {event['ResourceType']} {event.get('PhysicalResourceId', '')}: "
                f"{event.get('ResourceStatusReason', 'no reason given')}"
                for event in _events(cloudformation, stack["StackId"])
                if event["ResourceStatus"] == "DELETE_FAILED"
                and event["StackId"] != event["PhysicalResourceId"]
            )


def _stack(cloudformation: Any, name_or_id: str) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = cloudformation.describe_stacks(StackName=name_or_id)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return found


def _events(cloudformation: Any, stack_id: str) -> Iterator[Mapping[str, Any]]:
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        yield from page["StackEvents"]


def _remove_retained(cloud: Cloud, state: State, waiting: Waiting) -> Iterator[str]:
    """Remove what CloudFormation says that it has skipped; keys last, since others are encrypted by them."""
    cloudformation = cloud.client("cloudformation")
    retained = {
        (event["ResourceType"], event["PhysicalResourceId"])
        for stack_id in state.stack_ids
        for event in _events(cloudformation, stack_id)
        if event["ResourceStatus"] == "DELETE_SKIPPED"
    }
    for resource_type, physical_id in sorted(retained, key=lambda item: (item[0] == "AWS::KMS::Key", item)):
        remove = _REMOVERS.get(resource_type)
        if remove is None:
            yield f"{resource_type} {physical_id}: this script cannot remove it"
            continue
        waiting.show(f"removing {resource_type} {physical_id}")
        try:
            remove(cloud, physical_id)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                yield f"{resource_type} {physical_id}: {error}"


_GONE = {
    "NoSuchBucket",
    "ResourceNotFoundException",
    "NotFoundException",
    "KMSInvalidStateException",  # a key that is to be deleted already
}


def _remove_bucket(cloud: Cloud, name: str) -> None:
    s3 = cloud.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        versions = [
            {"Key": item["Key"], "VersionId": item["VersionId"]}
            for item in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]
        for first in range(0, len(versions), _OBJECTS_OF_A_REQUEST):
            s3.delete_objects(
                Bucket=name,
                Delete={"Objects": versions[first : first + _OBJECTS_OF_A_REQUEST], "Quiet": True},
            )
    s3.delete_bucket(Bucket=name)


_REMOVERS: Mapping[str, Callable[[Cloud, str], object]] = {
    "AWS::S3::Bucket": _remove_bucket,
    "AWS::DynamoDB::Table": lambda cloud, name: cloud.client("dynamodb").delete_table(TableName=name),
    "AWS::Logs::LogGroup": lambda cloud, name: cloud.client("logs").delete_log_group(logGroupName=name),
    "AWS::KMS::Key": lambda cloud, key: cloud.client("kms").schedule_key_deletion(
        KeyId=key, PendingWindowInDays=DAYS_OF_KEYS
    ),
}


def _find_by_tag(cloud: Cloud, state: State, waiting: Waiting) -> Iterator[str]:
    """Look for whatever has the tag of the run; the tagging service forgets what is deleted after a while."""
    found: set[str] = set()

    def nothing() -> bool | None:
        found.clear()
        found.update(_tagged(cloud, state))
        return None if found else True

    try:
        waiting.until(
            f"nothing has the tag {RUN_TAG}={state.run_id} any more", nothing, within=timedelta(minutes=15)
        )
    except OutOfTimeError:
        yield from (f"{arn}: still has the tag {RUN_TAG}={state.run_id}" for arn in sorted(found))


def _tagged(cloud: Cloud, state: State) -> Iterator[str]:
    """Yield what has the tag, except instances that are terminated and keys that are to be deleted."""
    tagging, kms = cloud.client("resourcegroupstaggingapi"), cloud.client("kms")
    pages = tagging.get_paginator("get_resources").paginate(
        TagFilters=[{"Key": RUN_TAG, "Values": [state.run_id]}]
    )
    for arn in [item["ResourceARN"] for page in pages for item in page["ResourceTagMappingList"]]:
        if arn.rsplit("/", 1)[-1] in state.instance_ids:
            continue
        if ":key/" in arn and kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingDeletion":
            continue
        yield arn
