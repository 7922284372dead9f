"""AWS::Events resource types."""

import json
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from local_aws.aws import Aws
from local_aws.cloudformation.cloudformation_type import (
    CloudFormationType,
    Properties,
    added,
    fit,
    names,
    pick,
    removed_tag_keys,
)

_DEFAULT_BUS = "default"


class Rule(CloudFormationType):
    """AWS::Events::Rule.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
    """

    type_name = "AWS::Events::Rule"
    create_only = names("Name EventBusName")
    properties = names(
        "Name Description EventBusName EventPattern RoleArn ScheduleExpression State Tags Targets"
    )

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        events = aws.client("events")
        rule_name = properties.get("Name", fit(name, 64))
        try:
            events.describe_rule(Name=rule_name, EventBusName=_bus(properties))
        except events.exceptions.ResourceNotFoundException:
            _put_rule(aws, rule_name, properties, Tags=properties.get("Tags", []))
            bus = _bus(properties)
            return str(rule_name) if bus == _DEFAULT_BUS else f"{bus}|{rule_name}"
        raise self.refuse_taken(rule_name)

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        events = aws.client("events")
        rule = {"Rule": _name(physical_id), "EventBusName": _bus(properties)}
        kept = {target["Id"] for target in properties.get("Targets", [])}
        if gone := [target["Id"] for target in previous.get("Targets", []) if target["Id"] not in kept]:
            events.remove_targets(**rule, Ids=gone)
        if new := added(properties, previous, "Targets"):
            events.put_targets(**rule, Targets=new)

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        _put_rule(aws, _name(physical_id), properties)
        events, arn = aws.client("events"), self.attributes(aws, physical_id, properties)["Arn"]
        if keys := removed_tag_keys(properties, previous):
            events.untag_resource(ResourceARN=arn, TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            events.tag_resource(ResourceARN=arn, Tags=tags)
        self.configure(aws, physical_id, properties, previous)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        events = aws.client("events")
        name, bus = _name(physical_id), _bus(properties)
        if targets := events.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]:
            events.remove_targets(Rule=name, EventBusName=bus, Ids=[target["Id"] for target in targets])
        events.delete_rule(Name=name, EventBusName=bus)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        rule = aws.client("events").describe_rule(Name=_name(physical_id), EventBusName=_bus(properties))
        return {"Arn": rule["Arn"], "RuleName": rule["Name"]}


class EventBus(CloudFormationType):
    """AWS::Events::EventBus.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbus.html
    """

    type_name = "AWS::Events::EventBus"
    create_only = names("Name")
    properties = names("Name Description KmsKeyIdentifier Tags")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        aws.client("events").create_event_bus(**properties)
        return str(properties["Name"])

    @override
    def update(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        events = aws.client("events")
        request = pick(properties, names("Description KmsKeyIdentifier"))
        events.update_event_bus(Name=physical_id, **request)
        arn = self.attributes(aws, physical_id, properties)["Arn"]
        if keys := removed_tag_keys(properties, previous):
            events.untag_resource(ResourceARN=arn, TagKeys=keys)
        if tags := added(properties, previous, "Tags"):
            events.tag_resource(ResourceARN=arn, Tags=tags)

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws.client("events").delete_event_bus(Name=physical_id)

    @override
    def attributes(self, aws: Aws, physical_id: str, properties: Properties) -> Mapping[str, Any]:
        return {"Arn": aws.arn("events", f"event-bus/{physical_id}"), "Name": physical_id}


class EventBusPolicy(CloudFormationType):
    """AWS::Events::EventBusPolicy.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
    """

    type_name = "AWS::Events::EventBusPolicy"
    create_only = names("EventBusName StatementId")
    properties = names("EventBusName StatementId Statement")

    @override
    def create(self, aws: Aws, name: str, properties: Properties) -> str:
        if properties["StatementId"] in _statements(aws, _bus(properties)):
            raise self.refuse_taken(properties["StatementId"])
        return f"{_bus(properties)}|{properties['StatementId']}"

    @override
    def configure(self, aws: Aws, physical_id: str, properties: Properties, previous: Properties) -> None:
        bus, sid = _bus(properties), properties["StatementId"]
        statements = {**_statements(aws, bus), sid: {**properties["Statement"], "Sid": sid}}
        policy = {"Version": "2012-10-17", "Statement": list(statements.values())}
        aws.client("events").put_permission(EventBusName=bus, Policy=json.dumps(policy))

    @override
    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        bus, sid = _bus(properties), properties["StatementId"]
        if sid in _statements(aws, bus):
            aws.client("events").remove_permission(EventBusName=bus, StatementId=sid)


def _bus(properties: Properties) -> str:
    return str(properties.get("EventBusName", _DEFAULT_BUS)).rsplit("/", 1)[-1]


def _name(physical_id: str) -> str:
    return physical_id.rsplit("|", 1)[-1]


def _put_rule(aws: Aws, name: str, properties: Properties, **extra: Any) -> None:
    request = pick(properties, names("Description RoleArn ScheduleExpression State"))
    if "EventPattern" in properties:
        request["EventPattern"] = json.dumps(properties["EventPattern"])
    aws.client("events").put_rule(Name=name, EventBusName=_bus(properties), **request, **extra)


def _statements(aws: Aws, bus: str) -> dict[str, Any]:
    policy = json.loads(
        aws.client("events").describe_event_bus(Name=bus).get("Policy") or '{"Statement": []}'
    )
    return {statement["Sid"]: statement for statement in policy["Statement"]}
