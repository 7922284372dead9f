"""A deployment of the sample whose last resource fails leaves nothing in the way of the next one.

See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

import functools
import json
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest

from local_aws import DeploymentError, Outcome, client, delete_stack, deploy_template, in_process
from tests.deployment import publish_assets
from tests.sample import sample_app, stacks_of

Template = dict[str, Any]
Deploy = Callable[..., Outcome]

STACKS = ["security", *(f"{account}-eu-central-1" for account in ("dev", "test", "staging", "prod"))]
FAILING = {"Type": "AWS::SSM::PatchBaseline", "Properties": {"Name": "a name with spaces is refused"}}


@pytest.fixture(scope="module")
def app() -> cdk.App:
    app = sample_app()
    app.synth()
    return app


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest, app: cdk.App) -> cdk.Stack:
    (stack,) = (stack for stack in stacks_of(app) if stack.stack_name == f"Patching-{request.param}")
    return stack


@pytest.fixture
def template(app: cdk.App, stack: cdk.Stack) -> Template:
    found: Template = app.synth().get_stack_by_name(stack.stack_name).template
    return found


@pytest.fixture
def deploy(app: cdk.App, stack: cdk.Stack) -> Iterator[Deploy]:
    place: dict[str, Any] = {"account": stack.account, "region": stack.region}
    with in_process():
        publish_assets(app, **place)
        yield functools.partial(deploy_template, stack_name=stack.stack_name, **place)


def test_every_stack_of_the_sample_is_deployed(app: cdk.App) -> None:
    assert [stack.stack_name for stack in stacks_of(app)] == [f"Patching-{name}" for name in STACKS]


def with_a_failure_at_the_end(template: Template) -> Template:
    """Let a resource fail that waits for every other one."""
    resources = template["Resources"]
    return {**template, "Resources": {**resources, "Last": {**FAILING, "DependsOn": list(resources)}}}


def left_over(stack: cdk.Stack) -> dict[str, int]:
    """Count what the stack's services still have."""

    def aws(service: str) -> Any:
        return client(service, account=stack.account, region=stack.region)

    own = [{"Key": "OWNER", "Values": ["Self"]}]
    found = {
        "alarms": aws("cloudwatch").describe_alarms()["MetricAlarms"],
        "baselines": aws("ssm").describe_patch_baselines(Filters=own)["BaselineIdentities"],
        "buckets": [
            bucket
            for bucket in aws("s3").list_buckets()["Buckets"]
            if not bucket["Name"].startswith("cdk-hnb659fds-assets")
        ],
        "functions": aws("lambda").list_functions()["Functions"],
        "keys": [
            key
            for key in aws("kms").list_keys()["Keys"]
            # A key that is deleted waits for 7 to 30 days, and has no name that could be taken.
            if aws("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion"
        ],
        "log groups": aws("logs").describe_log_groups()["logGroups"],
        "roles": aws("iam").list_roles()["Roles"],
        "tables": aws("dynamodb").list_tables()["TableNames"],
        "windows": aws("ssm").describe_maintenance_windows()["WindowIdentities"],
    }
    return {what: len(items) for what, items in found.items() if items}


def test_a_first_deployment_that_fails_at_its_end_leaves_nothing_and_can_be_repeated(
    stack: cdk.Stack, template: Template, deploy: Deploy
) -> None:
    with pytest.raises(DeploymentError, match="ended in ROLLBACK_COMPLETE"):
        deploy(with_a_failure_at_the_end(template))
    assert left_over(stack) == {}
    # The CDK CLI deletes a stack that was rolled back before it deploys again.
    delete_stack(stack.stack_name, account=stack.account, region=stack.region)
    assert deploy(template).status == "CREATE_COMPLETE"


def test_an_update_that_fails_at_its_end_can_be_repeated(template: Template, deploy: Deploy) -> None:
    created = deploy(template)
    changed = {"tags": {"cost-center": "4711"}}  # of the stack, and so of every resource that has tags
    with pytest.raises(DeploymentError, match="ended in UPDATE_ROLLBACK_COMPLETE"):
        deploy(with_a_failure_at_the_end(template), **changed)
    updated = deploy(template, **changed)
    assert (updated.status, updated.physical_ids) == ("UPDATE_COMPLETE", created.physical_ids)


def test_a_deleted_stack_keeps_its_data(stack: cdk.Stack, template: Template, deploy: Deploy) -> None:
    deploy(template)
    delete_stack(stack.stack_name, account=stack.account, region=stack.region)
    assert left_over(stack).keys() == {"buckets", "keys", "tables"} | (
        {"log groups"} if any("CommandOutput" in name for name in template["Resources"]) else set()
    )


def test_only_a_bucket_with_a_fixed_name_keeps_a_deleted_stack_from_coming_back(
    stack: cdk.Stack, template: Template, deploy: Deploy
) -> None:
    """The import is that of docs/guides/leftovers.md."""
    fixed = {
        logical_id: resource["Properties"]["BucketName"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::S3::Bucket" and "BucketName" in resource["Properties"]
    }
    place = {"account": stack.account, "region": stack.region}
    deploy(template)
    delete_stack(stack.stack_name, **place)
    if not fixed:
        assert deploy(template).status == "CREATE_COMPLETE"
        return
    with pytest.raises(DeploymentError, match="already exists"):
        deploy(template)
    delete_stack(stack.stack_name, **place)
    ((logical_id, name),) = fixed.items()
    bucket = {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "RetainExceptOnCreate",
        "Properties": {"BucketName": name},
    }
    cloudformation = client("cloudformation", **place)
    change_set = cloudformation.create_change_set(
        StackName=stack.stack_name,
        ChangeSetName="import-history",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps({"Resources": {logical_id: bucket}}),
        ResourcesToImport=[
            {
                "ResourceType": "AWS::S3::Bucket",
                "LogicalResourceId": logical_id,
                "ResourceIdentifier": {"BucketName": name},
            }
        ],
    )
    cloudformation.execute_change_set(ChangeSetName=change_set["Id"])
    deployed = deploy(template)
    assert (deployed.status, deployed.physical_ids[logical_id]) == ("UPDATE_COMPLETE", name)
