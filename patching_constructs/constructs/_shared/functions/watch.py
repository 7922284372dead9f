"""Alarms on a function: that it fails, that events wait for it, and that it gave events up."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from patching_constructs.constructs._shared.alarm_on_any import alarm_on_any
from patching_constructs.constructs._shared.functions.function import RuntimeFunction

_PERIOD = cdk.Duration.minutes(5)

# Longer than an event waits that fails and is repeated: one minute, then two.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_LONGEST_WAIT = cdk.Duration.minutes(15)


def watch(
    scope: Construct,
    function: RuntimeFunction,
    topics: Sequence[sns.ITopic],
    *,
    runbook: str,
    on_dead_letter: str,
    on_error: str | None = None,
    on_wait: str | None = None,
) -> tuple[cloudwatch.Alarm, ...]:
    """Define alarms on a function.

    All metrics are published only while there is something to count, so missing data counts as fine.

    Args:
        scope: Parent construct of the alarms.
        function: The function.
        topics: Topics that the alarms notify.
        runbook: Sentence that names the runbook.
        on_dead_letter: What it means, and what to do, when the function has given an event up.
        on_error: The same for a single failure, which Lambda repeats. Default: no alarm.
        on_wait: The same for events that wait too long. Default: no alarm.

    See: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    See: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    alarms = [
        alarm_on_any(
            scope,
            "DeadLetters",
            function.dead_letter_queue.metric_approximate_number_of_messages_visible(
                period=_PERIOD, statistic=cloudwatch.Stats.MAXIMUM
            ),
            f"{on_dead_letter} {runbook}",
        )
    ]
    if on_error is not None:
        errors = function.function.metric_errors(period=_PERIOD, statistic=cloudwatch.Stats.SUM)
        alarms.append(alarm_on_any(scope, "Errors", errors, f"{on_error} {runbook}"))
    if on_wait is not None:
        alarms.append(
            cloudwatch.Alarm(
                scope,
                "Waiting",
                # docs/not-proven.md#age-of-throttled-events
                metric=function.function.metric(
                    "AsyncEventAge", period=_PERIOD, statistic=cloudwatch.Stats.MAXIMUM
                ),
                alarm_description=f"{on_wait} {runbook}",
                threshold=_LONGEST_WAIT.to_milliseconds(),
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                evaluation_periods=1,
                # No event waits where none has come, and then there is no age.
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
        )
    actions = [cloudwatch_actions.SnsAction(topic) for topic in topics]
    for alarm in alarms:
        alarm.add_alarm_action(*actions)
    return tuple(alarms)
