"""Alarms on metrics that AWS publishes: whether messages arrive, and whether commands fail.

All of these metrics are published only while there is something to count, so missing data counts as fine.
"""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs.constructs._shared.alarm_on_any import alarm_on_any
from patching_constructs.constructs.compliance.alarms.event_rules import PatchEventRule

_PERIOD = cdk.Duration.minutes(5)
_SUM = cloudwatch.Stats.SUM
_MAXIMUM = cloudwatch.Stats.MAXIMUM


def alarm_on_dead_letters(scope: Construct, queue: sqs.IQueue) -> cloudwatch.Alarm:
    """Alarm when a message waits in the dead-letter queue.

    See: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    return alarm_on_any(
        scope,
        "DeadLetters",
        queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic=_MAXIMUM),
        "Messages about failed patching could not be delivered and are in the dead-letter queue. "
        "Read them there: their attributes say which rule failed and why. Fix that, then purge the queue.",
    )


def alarm_on_rule(
    scope: Construct, rule: PatchEventRule, rule_arn: str, *, bus_name: str | None
) -> cloudwatch.Alarm:
    """Alarm when EventBridge gives up publishing what a rule matched.

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """
    parts_of_arn = cdk.Fn.split("/", rule_arn)  # ...:rule/NAME, on a custom bus ...:rule/BUS/NAME
    dimensions = (
        {"RuleName": cdk.Fn.select(1, parts_of_arn)}
        if bus_name is None or bus_name == "default"
        else {"EventBusName": bus_name, "RuleName": cdk.Fn.select(2, parts_of_arn)}
    )
    return alarm_on_any(
        scope,
        f"{rule.name}FailedInvocations",
        cloudwatch.Metric(
            namespace="AWS/Events",
            metric_name="FailedInvocations",
            dimensions_map=dimensions,
            period=_PERIOD,
            statistic=_SUM,
        ),
        f"EventBridge could not publish what this rule matched: {rule.description}. Check that the policies "
        "of topic and key let events.amazonaws.com publish, and read the dead-letter queue.",
    )


def alarm_on_delivery(scope: Construct, id: str, topic: sns.ITopic, *, runbook: str = "") -> cloudwatch.Alarm:
    """Alarm when SNS gives up delivering a message of a topic.

    See: https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
    """
    return alarm_on_any(
        scope,
        id,
        topic.metric_number_of_notifications_failed(period=_PERIOD, statistic=_SUM),
        "A recipient did not get a message about failed patching. Check the subscriptions of the topic, "
        f"and for a queue its policy, its key and the dead-letter queue. {runbook}".rstrip(),
    )


def alarm_on_failed_commands(scope: Construct) -> cloudwatch.Alarm:
    """Alarm when any command of the account and Region fails; the metric has no dimensions.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudwatch-metrics.html
    """
    return alarm_on_any(
        scope,
        "AnyCommandFailed",
        cloudwatch.Metric(
            namespace="AWS/SSM-RunCommand",
            metric_name="CommandsFailed",
            period=_PERIOD,
            statistic=_SUM,
        ),
        "A command of Run Command failed in this account and Region; the metric counts all of them, "
        "patching or not. Find it with: aws ssm list-commands --filters key=Status,value=Failed",
    )
