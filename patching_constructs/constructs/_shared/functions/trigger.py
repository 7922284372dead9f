"""Rules of EventBridge that start a function."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patching_constructs.constructs._shared.dead_letter_queue import let_rules_send
from patching_constructs.constructs._shared.functions.function import RuntimeFunction


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """A rule, before it becomes CloudFormation.

    Attributes:
        id: Construct id of the rule.
        description: When it starts the function.
        event_pattern: Which events start it, or None.
        schedule_expression: When it is started without an event, or None.
        event_bus_name: Bus of the events, or None for the default bus.
        input: What the function receives in place of the event. Default: the event.
    """

    id: str
    description: str
    event_pattern: Mapping[str, Any] | None = None
    schedule_expression: str | None = None
    event_bus_name: str | None = None
    input: Mapping[str, Any] | None = None


def start_on(scope: Construct, function: RuntimeFunction, triggers: Sequence[Trigger]) -> None:
    """Let rules start a function; what they cannot hand over goes to the function's dead-letter queue.

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    queue_arn = function.dead_letter_queue.queue_arn
    function_arn = function.function.function_arn
    dead_letters = events.CfnRule.DeadLetterConfigProperty(arn=queue_arn)
    rule_arns = []
    for trigger in triggers:
        target = events.CfnRule.TargetProperty(
            id="Function",
            arn=function_arn,
            dead_letter_config=dead_letters,
            input=None if trigger.input is None else json.dumps(trigger.input),
        )
        rule = events.CfnRule(
            scope,
            trigger.id,
            description=trigger.description,
            event_bus_name=trigger.event_bus_name,
            event_pattern=None if trigger.event_pattern is None else dict(trigger.event_pattern),
            schedule_expression=trigger.schedule_expression,
            targets=[target],
        )
        rule_arn = rule.attr_arn
        lambda_.CfnPermission(
            scope,
            f"{trigger.id}Permission",
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            function_name=function.function.function_name,
            # The ARN of a rule names its account. AWS documents no `aws:SourceAccount` of EventBridge here:
            # docs/not-proven.md#source-of-eventbridge.
            source_arn=rule_arn,
        )
        rule_arns.append(rule_arn)
    let_rules_send(function.dead_letter_queue, rule_arns)
