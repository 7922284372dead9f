"""A dead-letter queue of this library, with everything that such a queue should have."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct


def define_dead_letter_queue(scope: Construct, id: str = "DeadLetterQueue") -> sqs.Queue:
    """Define a queue for TLS only, encrypted with SQS's own key, that keeps its messages for 14 days."""
    return sqs.Queue(
        scope,
        id,
        # Not with a customer key: a fault in that key would lose the dead letters too.
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        # The longest that SQS allows: someone has to read the queue after a weekend or a holiday.
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
        retention_period=cdk.Duration.days(14),
    )


def let_rules_send(queue: sqs.IQueue, rule_arns: Sequence[str]) -> None:
    """Let rules of EventBridge put into a queue what they cannot deliver.

    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EventBridgeSendsDeadLetters",
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": list(rule_arns)}},
        )
    )
