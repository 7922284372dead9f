"""From a call of an API to what IAM authorizes: each resource that the request names counts as required."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_aws.aws import client
from tests.conformance.iam.evaluator import Request
from tests.conformance.iam.iam_data import (
    arn_pattern,
    condition_keys_of,
    required_types_of,
    resource_types_of,
)

Parameters = Mapping[str, Any]

_SERVICE_PREFIXES = {"logs": "logs", "resourcegroupstaggingapi": "tag"}
"""IAM's prefix of a service, where boto3 has another name for it."""

_ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
}
"""IAM's name of an action, where the operation has another one.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
"""

_ARN_OF_A_LOG_GROUP = "log-stream:"
"""What CloudWatch Logs adds to the ARN of a log group, so that policies need `:*` behind its name.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiCall:
    """A call of an API.

    Attributes:
        principal: ARN of the role, or name of the service, that calls.
        service: Name of the service as boto3 spells it.
        operation: Name of the operation.
        parameters: Its parameters.
        account: Account in which it is made.
        region: Region in which it is made.
        tags: Tags of each node that it names.
    """

    principal: str
    service: str
    operation: str
    parameters: Parameters
    account: str
    region: str
    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def action(self) -> str:
        """IAM's name of the action."""
        name = f"{_SERVICE_PREFIXES.get(self.service, self.service)}:{self.operation}"
        return _ACTIONS.get(name, name)

    def requests(self) -> list[Request]:
        """Return what IAM authorizes."""
        context = dict(self._context())
        named = [
            Request(
                principal=self.principal,
                action=self.action,
                resource=resource,
                context={**context, **dict(self._tags_of(resource))},
            )
            for resource_type in resource_types_of(self.action)
            for resource in self._resources(resource_type)
        ]
        if named:
            return named
        required = required_types_of(self.action)
        assert not required, f"{self.action} with {self.parameters} names no {' or '.join(required)}"
        return [Request(principal=self.principal, action=self.action, resource="*", context=context)]

    def _resources(self, resource_type: str) -> Iterator[str]:
        service = self.action.partition(":")[0]
        for values in _NAMED_BY.get((service, resource_type), _names_nothing)(self.parameters):
            if isinstance(values, str):  # an ARN
                yield values
                continue
            arn = arn_pattern(self.action, resource_type)
            place = {"Partition": "aws", "Region": self.region, "Account": self.account}
            for name, value in {**place, **values}.items():
                arn = arn.replace(f"${{{name}}}", value)
            assert "${" not in arn, f"{self.parameters} does not say {arn}"
            yield arn

    def _tags_of(self, resource: str) -> Iterator[tuple[str, str]]:
        for node_id, tags in self.tags.items():
            if resource.endswith(f"/{node_id}"):
                for key, value in tags.items():
                    yield f"ssm:resourceTag/{key}", value
                    yield f"aws:ResourceTag/{key}", value

    def _context(self) -> Iterator[tuple[str, str]]:
        if self.service == "s3":
            model = client("s3").meta.service_model.operation_model(self.operation)
            keys = set(condition_keys_of(self.action))
            for name, shape in model.input_shape.members.items():
                key = f"s3:{shape.serialization.get('name', '').lower()}"
                if (
                    name in self.parameters
                    and shape.serialization.get("location") == "header"
                    and key in keys
                ):
                    yield key, str(self.parameters[name])
        elif self.action == "cloudwatch:PutMetricData":
            yield "cloudwatch:namespace", self.parameters["Namespace"]
        elif self.action == "events:PutEvents":
            (entry,) = self.parameters["Entries"]
            yield "events:source", entry["Source"]
            yield "events:detail-type", entry["DetailType"]


Named = Iterator[Mapping[str, str] | str]


def _names_nothing(parameters: Parameters) -> Named:  # noqa: ARG001 - a request of which this type is no part
    yield from ()


def _by(parameter: str, placeholder: str) -> Callable[[Parameters], Named]:
    """Return what reads the resources that one parameter names, by id or ARN."""

    def named(parameters: Parameters) -> Named:
        value = parameters.get(parameter)
        for each in [value] if isinstance(value, str) else value or ():
            yield each if each.startswith("arn:") else {placeholder: each}

    return named


def _nodes(prefix: str) -> Callable[[Parameters], Named]:
    def named(parameters: Parameters) -> Named:
        ids = [parameters[key] for key in ("InstanceId", "ResourceId") if key in parameters]
        for node_id in [*ids, *parameters.get("InstanceIds", [])]:
            if node_id.startswith(prefix):
                yield {"InstanceId": node_id}

    return named


def _documents(parameters: Parameters) -> Named:
    name = parameters.get("DocumentName")
    if name is not None:
        owner = {"Account": ""} if name.startswith("AWS-") else {}
        yield {"DocumentName": name, **owner}


def _objects(parameters: Parameters) -> Named:
    yield {"BucketName": parameters["Bucket"], "ObjectName": parameters["Key"]}


def _tables(parameters: Parameters) -> Named:
    for name in [parameters["TableName"]] if "TableName" in parameters else parameters["RequestItems"]:
        yield {"TableName": name}


def _buses(parameters: Parameters) -> Named:
    for entry in parameters["Entries"]:
        yield entry["EventBusName"]


def _log_groups(parameters: Parameters) -> Named:
    yield {"LogGroupName": f"{parameters['logGroupName']}:{_ARN_OF_A_LOG_GROUP}"}


def _log_streams(parameters: Parameters) -> Named:
    yield {"LogGroupName": parameters["logGroupName"], "LogStreamName": parameters["logStreamName"]}


_NAMED_BY: Mapping[tuple[str, str], Callable[[Parameters], Named]] = {
    ("dynamodb", "table"): _tables,
    ("events", "event-bus"): _buses,
    ("lambda", "function"): _by("FunctionName", "FunctionName"),
    ("logs", "log-group"): _log_groups,
    ("logs", "log-stream"): _log_streams,
    ("s3", "bucket"): _by("Bucket", "BucketName"),
    ("s3", "object"): _objects,
    ("sns", "topic"): _by("TopicArn", "TopicName"),
    ("ssm", "bucket"): _by("OutputS3BucketName", "BucketName"),
    ("ssm", "document"): _documents,
    ("ssm", "instance"): _nodes("i-"),
    ("ssm", "maintenancewindow"): _by("WindowId", "ResourceId"),
    ("ssm", "managed-instance"): _nodes("mi-"),
    ("ssm", "patchbaseline"): _by("BaselineId", "PatchBaselineIdResourceId"),
}
"""How a request names the resources of a type: values of the placeholders of its ARN, or an ARN."""
