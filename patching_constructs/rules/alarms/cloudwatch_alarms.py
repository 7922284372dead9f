"""Rules about CloudWatch alarms on patching, and about the topics that they publish to."""

import re
from collections.abc import Iterator, Mapping, Sequence

from patching_constructs.model.estate import ResourceAt
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Reference, Unknown
from patching_constructs.rules.accounts.policies import allows_service
from patching_constructs.rules.limits import did_you_mean

_METRICS_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudwatch-metrics.html"
)
_KEY_PAGE = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"

_RUN_COMMAND = "AWS/SSM-RunCommand"
_RUN_COMMAND_METRICS = ("CommandsDeliveryTimedOut", "CommandsFailed", "CommandsSucceeded")
# What people take for a namespace of Systems Manager; AWS documents only that of Run Command.
_NOT_A_NAMESPACE = r"AWS/.*(SSM|Systems ?Manager|Patch|Maintenance|Compliance).*"

_AWS_KEY_OF_SNS = re.compile(r"(.*:)?alias/aws/sns")


def check_alarms(resources: Sequence[ResourceAt]) -> Iterator[Finding]:
    """Find alarms that never fire or have no recipient."""
    by_id = {(resource.stack, resource.location.logical_id): resource for resource in resources}
    for resource in resources:
        if resource.type in {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"}:
            properties = _properties(resource)
            yield from _check_metric(resource, properties)
            for topic in _topics(properties, by_id):
                yield from _check_topic(resource, topic, by_id)


def _check_metric(alarm: ResourceAt, properties: Mapping[str, object]) -> Iterator[Finding]:
    for namespace, name, dimensions in _metrics(properties):
        if (
            isinstance(namespace, str)
            and namespace != _RUN_COMMAND
            and re.fullmatch(_NOT_A_NAMESPACE, namespace, re.IGNORECASE)
        ):
            message, received, allowed = "AWS publishes no such metrics", repr(namespace), _RUN_COMMAND
        elif namespace == _RUN_COMMAND and isinstance(name, str) and name not in _RUN_COMMAND_METRICS:
            message, received = "Run Command publishes no such metric", repr(name)
            allowed = ", ".join(_RUN_COMMAND_METRICS) + did_you_mean(name, _RUN_COMMAND_METRICS)
        elif namespace == _RUN_COMMAND and dimensions:
            message, received = "the metrics of Run Command have no dimensions", "dimensions"
            allowed = "leave them out; the metrics count all commands of the account and Region"
        else:
            continue
        yield Finding(
            id=FindingId.ALARM_METRIC_NOT_PUBLISHED,
            level=Level.ERROR,
            field="metric",
            message=f"{message}, so the alarm never fires; patch compliance is no metric at all",
            received=received,
            allowed=allowed,
            source=_METRICS_PAGE,
            location=alarm.location,
        )


def _metrics(properties: Mapping[str, object]) -> Iterator[tuple[object, object, object]]:
    """Yield namespace, name and dimensions of each metric of an alarm."""
    if "Namespace" in properties:
        yield properties["Namespace"], properties.get("MetricName"), properties.get("Dimensions")
    queries = properties.get("Metrics")
    for query in queries if isinstance(queries, tuple) else ():
        stat = query.get("MetricStat") if isinstance(query, Mapping) else None
        metric = stat.get("Metric") if isinstance(stat, Mapping) else None
        if isinstance(metric, Mapping):
            yield metric.get("Namespace"), metric.get("MetricName"), metric.get("Dimensions")


def _topics(
    properties: Mapping[str, object], by_id: Mapping[tuple[str, str | None], ResourceAt]
) -> Iterator[ResourceAt]:
    for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        actions = properties.get(name)
        for action in actions if isinstance(actions, tuple) else ():
            if isinstance(action, Reference) and action.resource_type == "AWS::SNS::Topic":
                topic = by_id.get((action.stack, action.logical_id))
                if topic is not None:
                    yield topic


def _check_topic(
    alarm: ResourceAt, topic: ResourceAt, by_id: Mapping[tuple[str, str | None], ResourceAt]
) -> Iterator[Finding]:
    key = _properties(topic).get("KmsMasterKeyId")
    if isinstance(key, str) and _AWS_KEY_OF_SNS.fullmatch(key):
        message = "the topic is encrypted with the AWS managed key of SNS, which CloudWatch may not use"
        received = repr(key)
    elif isinstance(key, Reference) and key.resource_type == "AWS::KMS::Key":
        resource = by_id.get((key.stack, key.logical_id))
        if (
            resource is None
            or allows_service(_properties(resource).get("KeyPolicy"), "cloudwatch") is not False
        ):
            return
        message = "the key of the topic does not let CloudWatch encrypt, so every message is lost"
        received = repr(key.logical_id)
    else:
        return
    yield Finding(
        id=FindingId.ALARM_TOPIC_UNREACHABLE,
        level=Level.ERROR,
        field="alarm_actions",
        message=message,
        received=received,
        allowed="a key of your own whose policy lets cloudwatch.amazonaws.com use kms:Decrypt and "
        "kms:GenerateDataKey*",
        source=_KEY_PAGE,
        location=alarm.location,
    )


def _properties(resource: ResourceAt) -> Mapping[str, object]:
    return {} if isinstance(resource.properties, Unknown) else resource.properties
