"""Encrypted topics on which both CloudWatch and EventBridge can publish.

The two need different grants. CloudWatch states for which alarm of which account it publishes, so its
grants are limited to this account. EventBridge's calls to an encrypted topic cannot be limited so: with a
condition on `aws:SourceAccount` or `aws:SourceArn` every message is dropped without a trace.

See: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from patching_constructs.constructs._shared.stack_environment import environment_of

_KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey*"]


def define_topic(
    scope: Construct,
    id: str,
    *,
    display_name: str,
    key: kms.IKey,
    publishers: "Publishers | AlarmsOnly",
    topic_name: str | None = None,
) -> sns.Topic:
    """Define an encrypted topic that only takes messages over TLS."""
    topic = sns.Topic(
        scope, id, display_name=display_name, topic_name=topic_name, master_key=key, enforce_ssl=True
    )
    publishers.grant_publish(topic)
    return topic


class AlarmsOnly:
    """CloudWatch, for the alarms of the account and Region of `scope`."""

    def __init__(self, scope: Construct) -> None:
        here = environment_of(scope)
        alarms = f"arn:{here.partition}:cloudwatch:{here.region}:{here.account}:alarm:*"
        self._alarms_of_this_account = {
            "StringEquals": {"aws:SourceAccount": here.account},
            "ArnLike": {"aws:SourceArn": alarms},
        }
        self._cloudwatch = iam.ServicePrincipal("cloudwatch.amazonaws.com")

    def grant_use_of_key(self, key: kms.IKey) -> None:
        """Let it encrypt what it publishes; without effect on an imported key."""
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudWatchAlarmsUseKey",
                principals=[self._cloudwatch],
                actions=_KEY_ACTIONS,
                resources=["*"],
                conditions=self._alarms_of_this_account,
            )
        )

    def grant_publish(self, topic: sns.ITopic) -> None:
        """Let it publish; without effect on an imported topic."""
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudWatchAlarmsPublish",
                principals=[self._cloudwatch],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions=self._alarms_of_this_account,
            )
        )


class Publishers:
    """CloudWatch, for the alarms of the account and Region of `scope`, and EventBridge."""

    def __init__(self, scope: Construct) -> None:
        self._cloudwatch = AlarmsOnly(scope)
        self._eventbridge = iam.ServicePrincipal("events.amazonaws.com")

    def grant_use_of_key(self, key: kms.IKey) -> None:
        """Let both encrypt what they publish; without effect on an imported key."""
        self._cloudwatch.grant_use_of_key(key)
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EventBridgeUsesKey",
                principals=[self._eventbridge],
                actions=_KEY_ACTIONS,
                resources=["*"],
            )
        )

    def grant_publish(self, topic: sns.ITopic) -> None:
        """Let both publish; without effect on an imported topic."""
        self._cloudwatch.grant_publish(topic)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EventBridgePublishes",
                principals=[self._eventbridge],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
            )
        )
