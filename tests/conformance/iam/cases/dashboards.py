"""CloudWatch, which reads metrics of workload accounts for the dashboard in the security account."""

from collections.abc import Iterator, Sequence

from tests.conformance.iam import estates
from tests.conformance.iam.api_calls import ApiCall
from tests.conformance.iam.cases.case import Case
from tests.conformance.iam.deployed import Deployed
from tests.conformance.iam.evaluator import Request

_ROLES = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-service-linked-roles.html "
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Cross-Account-Cross-Region.html"
)
_WIDGETS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-dashboard-sharing.html"
_SERVICE_ROLE = (
    "aws-service-role/cloudwatch-crossaccount.amazonaws.com/AWSServiceRoleForCloudWatchCrossAccount"
)
_SERVICE_POLICY = "arn:aws:iam::aws:policy/aws-service-role/CloudWatch-CrossAccountAccess"
"""As AWS's API returns it."""


def _sharing_role(deployed: Deployed) -> str:
    return deployed.arn(estates.DEV_STACK, "AWS::IAM::Role", "SharingRole")


def _assumed(deployed: Deployed, account: str) -> list[Request]:
    principal = deployed.add_role(account, _SERVICE_ROLE, [_SERVICE_POLICY])
    return [Request(principal=principal, action="sts:AssumeRole", resource=_sharing_role(deployed))]


def _metrics(deployed: Deployed) -> Iterator[Request]:
    yield Request(principal=_sharing_role(deployed), action="cloudwatch:GetMetricData", resource="*")


def _more_than_metrics(deployed: Deployed) -> Iterator[Request]:
    (log_group,) = deployed.physical_ids(estates.DEV_STACK, "AWS::Logs::LogGroup", "CommandOutput")
    yield from ApiCall(
        principal=_sharing_role(deployed),
        service="logs",
        operation="GetLogEvents",
        parameters={"logGroupName": log_group, "logStreamName": "command/node/step/stdout"},
        account=estates.DEV,
        region=estates.REGION,
    ).requests()
    for action in ("cloudwatch:PutMetricData", "cloudwatch:DescribeAlarms"):
        yield Request(principal=_sharing_role(deployed), action=action, resource="*")


ALLOWED: Sequence[Case] = [
    Case(
        name="CloudWatch of the security account assumes the sharing role",
        source=_ROLES,
        requests=lambda deployed: _assumed(deployed, estates.SECURITY),
    ),
    Case(
        name="widgets read metrics of a workload account", source=_WIDGETS, requests=lambda d: [*_metrics(d)]
    ),
]
DENIED: Sequence[Case] = [
    Case(
        name="CloudWatch of another account assumes the sharing role",
        source=_ROLES,
        requests=lambda deployed: _assumed(deployed, estates.PROD),
    ),
    Case(
        name="the sharing role reads command output, writes metrics and reads alarms",
        source=_WIDGETS,
        requests=lambda deployed: [*_more_than_metrics(deployed)],
    ),
]
