"""Alarms on a function: that it failed, and that an event it failed on waits."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from patching_constructs._alarms.any import alarm_on_any
from patching_constructs._functions.function import RuntimeFunction

_PERIOD = cdk.Duration.minutes(5)


def watch(
    scope: Construct,
    function: RuntimeFunction,
    topics: Sequence[sns.ITopic],
    *,
    runbook: str,
    on_error: str,
    on_dead_letter: str,
) -> tuple[cloudwatch.Alarm, ...]:
    """Alarm when a function fails and when it gives an event up.

    Both metrics are published only while there is something to count, so missing data counts as fine.

    Args:
        scope: Parent construct of the alarms.
        function: The function.
        topics: Where the alarms tell.
        runbook: Where the texts say that more is to be read.
        on_error: What a reader is told, and what to do, when it fails.
        on_dead_letter: What a reader is told, and what to do, when it gives up.

    See: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    See: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    alarms = (
        alarm_on_any(
            scope,
            "Errors",
            function.function.metric_errors(period=_PERIOD, statistic=cloudwatch.Stats.SUM),
            f"{on_error} {runbook}",
        ),
        alarm_on_any(
            scope,
            "DeadLetters",
            function.dead_letter_queue.metric_approximate_number_of_messages_visible(
                period=_PERIOD, statistic=cloudwatch.Stats.MAXIMUM
            ),
            f"{on_dead_letter} {runbook}",
        ),
    )
    actions = [cloudwatch_actions.SnsAction(topic) for topic in topics]
    for alarm in alarms:
        alarm.add_alarm_action(*actions)
    return alarms
