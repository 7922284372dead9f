"""Maintenance windows, with the role that they assume."""

import json
import re
from collections.abc import Sequence

from tests.conformance.iam import estates
from tests.conformance.iam.api_calls import ApiCall
from tests.conformance.iam.cases.case import Case, named
from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request
from tests.sample import ROOT

_ACTIONS = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html"
_ROLE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-maintenance-perm-console.html"
_BY_TAG = "https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html"

_GUIDE = ROOT / "docs" / "guides" / "permissions.md"

INSTANCE, OUTSIDE_EC2 = "i-00000000000000001", "mi-00000000000000004"


def _role(deployed: Deployed, stack: str) -> str:
    return deployed.arn(stack, "AWS::IAM::Role", "WindowsServiceRole")


def _role_of_the_guide(deployed: Deployed) -> str:
    """Return a role with the policy that the guide has for roles of the caller's own."""
    (text,) = re.findall(r"```json\n(.*?)```", _GUIDE.read_text(), re.DOTALL)
    for placeholder, value in {
        "OUTPUT_BUCKET": _output_bucket(deployed, estates.SHOP_STACK),
        "111111111111": estates.SHOP,
        "prod-web": "shop-web",
    }.items():
        assert placeholder in text
        text = text.replace(placeholder, value)
    return deployed.add_role(estates.SHOP, "windows", [deployed.add_policy("of the guide", json.loads(text))])


def _output_bucket(deployed: Deployed, stack: str) -> str:
    return deployed.arn(stack, "AWS::S3::Bucket", "Output").rpartition(":")[2]


def _send(
    deployed: Deployed,
    *,
    role: str | None = None,
    document: str = "AWS-RunPatchBaseline",
    group: str = "shop-web",
    output_of: str = estates.SHOP_STACK,
) -> list[Request]:
    tags = {"PatchGroup": group}
    return ApiCall(
        principal=role or _role(deployed, estates.SHOP_STACK),
        service="ssm",
        operation="SendCommand",
        parameters={
            "DocumentName": document,
            "InstanceIds": [INSTANCE, OUTSIDE_EC2],
            "OutputS3BucketName": _output_bucket(deployed, output_of),
        },
        account=estates.SHOP,
        region=estates.REGION,
        tags={INSTANCE: tags, OUTSIDE_EC2: tags},
    ).requests()


def _follow(role: str) -> list[Request]:
    actions = [
        "ssm:CancelCommand",
        "ssm:GetCommandInvocation",
        "ssm:ListCommandInvocations",
        "ssm:ListCommands",
        "tag:GetResources",
    ]
    return [Request(principal=role, action=action, resource="*") for action in actions]


def _assume(deployed: Deployed, service: str) -> list[Request]:
    return [
        Request(principal=service, action="sts:AssumeRole", resource=_role(deployed, stack))
        for stack in (estates.SHOP_STACK, estates.PROD_STACK)
    ]


ALLOWED: Sequence[Case] = [
    Case(
        name="Systems Manager assumes the role of windows",
        source=_ROLE,
        requests=lambda deployed: _assume(deployed, "ssm.amazonaws.com"),
    ),
    Case(
        name="a window sends a patch command whose output goes to the bucket",
        source=_ACTIONS,
        requests=lambda deployed: [*_send(deployed), *_send(deployed, group="shop-office")],
    ),
    Case(
        name="a window updates the agent",
        source=_ACTIONS,
        requests=lambda deployed: _send(deployed, document="AWS-UpdateSSMAgent"),
    ),
    Case(
        name="a window follows its commands and finds nodes by tag",
        source=_ROLE,
        requests=lambda deployed: _follow(_role(deployed, estates.SHOP_STACK)),
    ),
    Case(
        name="a window with a role of the caller, as the guide writes it, runs both documents",
        source="docs/guides/permissions.md",
        requests=lambda deployed: [
            *_send(deployed, role=_role_of_the_guide(deployed)),
            *_send(deployed, role=_role_of_the_guide(deployed), document="AWS-UpdateSSMAgent"),
            *_follow(_role_of_the_guide(deployed)),
        ],
    ),
]

DENIED: Sequence[Case] = [
    Case(
        name="another service assumes the role of windows",
        source=_ROLE,
        requests=lambda deployed: _assume(deployed, "ec2.amazonaws.com"),
    ),
    Case(
        name="a window sends output to the bucket of another account",
        source=_ACTIONS,
        requests=lambda deployed: named(_send(deployed, output_of=estates.DEV_STACK), ":s3:"),
    ),
    Case(
        name="a window patches nodes of another patch group",
        source=_BY_TAG,
        requests=lambda deployed: named(_send(deployed, group="prod-web"), "instance/"),
    ),
    Case(
        name="a window runs another document",
        source=_ACTIONS,
        requests=lambda deployed: named(_send(deployed, document="AWS-RunShellScript"), ":document/"),
    ),
]
