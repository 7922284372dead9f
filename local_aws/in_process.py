"""The local AWS inside one process, for tests that need no CDK CLI."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import moto
from botocore.exceptions import ClientError

from local_aws.aws import client
from local_aws.cloudformation.endpoint import NO_UPDATES
from local_aws.cloudformation.failures import failed_resources
from local_aws.errors import DeploymentError
from local_aws.services.moto_seams import every_stack, take_hold


@contextmanager
def in_process() -> Iterator[None]:
    """Answer every boto3 call of this process from an empty local AWS, and forget it at the end."""
    take_hold()
    with moto.mock_aws():
        yield


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The state of a stack after a deployment.

    Attributes:
        status: The stack's status.
        outputs: The stack's outputs by name.
        physical_ids: The physical id of each resource by logical id.
    """

    status: str
    outputs: Mapping[str, str]
    physical_ids: Mapping[str, str]


def deploy_template(
    template: Mapping[str, Any],
    *,
    stack_name: str,
    account: str,
    region: str,
    parameters: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Outcome:
    """Create a stack, or update it if it exists; an update without a change leaves it as it is.

    The check of the bootstrap version that the CDK writes into every template is left out, so that no account
    needs to be bootstrapped.

    Args:
        template: The template.
        stack_name: Name of the stack.
        account: Account to deploy to.
        region: Region to deploy to.
        parameters: Values of the template's parameters.
        tags: Tags of the stack.

    Raises:
        DeploymentError: If a resource failed; the stack has been rolled back.
    """
    cloudformation = client("cloudformation", account=account, region=region)
    request = {
        "StackName": stack_name,
        "TemplateBody": json.dumps(_without_bootstrap_check(template)),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
    }
    stacks = cloudformation.describe_stacks()["Stacks"]
    is_update = stack_name in {stack["StackName"] for stack in stacks}
    is_changed = True
    try:
        (cloudformation.update_stack if is_update else cloudformation.create_stack)(**request)
    except ClientError as error:
        message = error.response["Error"]["Message"]
        is_changed = message != NO_UPDATES
        if is_changed:
            raise DeploymentError(f"{stack_name} ({account}, {region}): {message}") from error
    (stack,) = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    if is_changed and stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise _failure(stack)
    resources = cloudformation.describe_stack_resources(StackName=stack_name)["StackResources"]
    return Outcome(
        status=stack["StackStatus"],
        outputs={output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
        physical_ids={item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources},
    )


def delete_stack(stack_name: str, *, account: str, region: str) -> None:
    """Delete a stack.

    Raises:
        DeploymentError: If a resource could not be deleted.
    """
    cloudformation = client("cloudformation", account=account, region=region)
    (stack,) = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    cloudformation.delete_stack(StackName=stack_name)
    (stack,) = cloudformation.describe_stacks(StackName=stack["StackId"])["Stacks"]
    if stack["StackStatus"] != "DELETE_COMPLETE":
        raise _failure(stack)


def _failure(described: Mapping[str, Any]) -> DeploymentError:
    (stack,) = (stack for stack in every_stack() if stack.stack_id == described["StackId"])
    place = f"{stack.name} ({stack.account}, {stack.region})"
    return DeploymentError(f"{place} ended in {stack.status}", failed_resources(stack))


def _without_bootstrap_check(template: Mapping[str, Any]) -> dict[str, Any]:
    left_out = {"Parameters": "BootstrapVersion", "Rules": "CheckBootstrapVersion"}
    return {
        section: {key: value for key, value in content.items() if key != left_out[section]}
        if section in left_out
        else content
        for section, content in template.items()
    }
