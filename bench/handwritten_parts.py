"""What several parts of the organisation need, by hand."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from bench.handwritten_places import REGION

FIVE_MINUTES = cdk.Duration.minutes(5)
HOUR = cdk.Duration.hours(1)


def define_access_logs(stack: cdk.Stack) -> s3.Bucket:
    """Define the bucket that takes the access logs of the others."""
    return s3.Bucket(
        stack,
        "AccessLogs",
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=cdk.Duration.days(365), noncurrent_version_expiration=cdk.Duration.days(30)
            )
        ],
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


def let_logs_encrypt(key: kms.Key, account: str) -> None:
    """Let CloudWatch Logs encrypt the log groups of an account."""
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EncryptLogGroupsOfThisAccount",
            principals=[iam.ServicePrincipal(f"logs.{REGION}.{cdk.Aws.URL_SUFFIX}")],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            resources=["*"],
            conditions={
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{account}:log-group:*"
                }
            },
        )
    )


def define_alarm(
    scope: Construct,
    id: str,
    metric: cloudwatch.IMetric,
    description: str,
    *,
    action: cloudwatch_actions.SnsAction | None = None,
    periods: int = 1,
    missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    below: bool = False,
) -> cloudwatch.Alarm:
    """Define an alarm on a single one of something, or on none at all."""
    alarm = cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        alarm_description=description,
        threshold=1,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
        if below
        else cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=periods,
        treat_missing_data=missing_data,
    )
    if action is not None:
        alarm.add_alarm_action(action)
    return alarm


def define_dead_letter_queue(stack: cdk.Stack, id: str) -> sqs.Queue:
    """Define a queue for what could not be handed over."""
    return sqs.Queue(
        stack,
        id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(14),
    )


def let_rules_send(queue: sqs.Queue, rule_arns: str | Sequence[str]) -> None:
    """Let rules of EventBridge put what they could not hand over into a queue."""
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EventBridgeSendsDeadLetters",
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": rule_arns}},
        )
    )
