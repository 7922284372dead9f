"""How recipients get what a topic says."""

import re
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patching_constructs.constructs.events.recipient import (
    EmailRecipient,
    MicrosoftTeamsRecipient,
    QueueRecipient,
    Recipient,
    SlackRecipient,
)
from patching_constructs.values.tokens import is_token

# Leaves room in the 128 characters of a configuration's name.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-chatbot-slackchannelconfiguration.html
_CHANNEL_IN_NAME_MAX_LENGTH = 64


def subscribe(
    scope: Construct,
    topic: sns.ITopic,
    recipients: Sequence[Recipient],
    *,
    dead_letter_queue: sqs.IQueue | None,
) -> None:
    """Subscribe the mailboxes and queues among the recipients; only queues need a dead-letter queue."""
    for position, recipient in enumerate(recipients):
        if isinstance(recipient, EmailRecipient):
            address = recipient.address
            sns.Subscription(
                scope,
                f"Email{position if is_token(address) else address}",
                topic=topic,
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=address,
            )
        elif isinstance(recipient, QueueRecipient):
            _subscribe_queue(scope, topic, recipient.destination, dead_letter_queue=dead_letter_queue)


def _subscribe_queue(
    scope: Construct, topic: sns.ITopic, queue: sqs.IQueue, *, dead_letter_queue: sqs.IQueue | None
) -> None:
    queue_arn = queue.queue_arn
    sns_principal = iam.ServicePrincipal("sns.amazonaws.com")
    sns.Subscription(
        scope,
        f"Queue{cdk.Names.node_unique_id(queue.node)}",
        topic=topic,
        protocol=sns.SubscriptionProtocol.SQS,
        endpoint=queue_arn,
        dead_letter_queue=dead_letter_queue,
    )
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[sns_principal],
            actions=["sqs:SendMessage"],
            resources=[queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": topic.topic_arn}},
        )
    )
    key = queue.encryption_master_key
    if key is not None:
        stack = cdk.Stack.of(scope)
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[sns_principal],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                # not the topic's own ARN: a key that encrypts both queue and topic would depend on itself
                conditions={
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{stack.partition}:sns:{stack.region}:{stack.account}:*"
                    }
                },
            )
        )


def show_in_chat(
    scope: Construct,
    topics_of: Mapping[SlackRecipient | MicrosoftTeamsRecipient, Sequence[sns.ITopic]],
) -> None:
    """Let AWS's chat service show the messages of topics in channels that cannot act on the account.

    The guardrail of a channel is `AdministratorAccess` unless another one is set. The service takes one
    configuration for each channel and account, so it has all topics of the channel, those of other Regions
    too: docs/not-proven.md#chat-topics-of-other-regions.

    See: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1155
    """
    role_arn = iam.Role(
        scope,
        "ChatRole",
        assumed_by=iam.ServicePrincipal("chatbot.amazonaws.com"),
        description="Shows messages about patching in chat channels and may do nothing in the account",
    ).role_arn
    stack = cdk.Stack.of(scope)
    guardrail_policies = [f"arn:{stack.partition}:iam::aws:policy/AWSDenyAll"]
    # Configurations are global in the account, hence the Region in the name.
    name_prefix = f"{cdk.Names.unique_resource_name(scope, max_length=40)}-{stack.region}"
    for position, (recipient, topics) in enumerate(topics_of.items()):
        topic_arns = [topic.topic_arn for topic in topics]
        channel_id = recipient.channel_id
        channel = str(position) if is_token(channel_id) else re.sub(r"[^A-Za-z0-9]", "", channel_id)
        configuration_name = f"{name_prefix}-{channel[:_CHANNEL_IN_NAME_MAX_LENGTH]}"
        if isinstance(recipient, SlackRecipient):
            chatbot.CfnSlackChannelConfiguration(
                scope,
                f"Slack{channel}",
                configuration_name=configuration_name,
                slack_workspace_id=recipient.workspace_id,
                slack_channel_id=channel_id,
                iam_role_arn=role_arn,
                guardrail_policies=guardrail_policies,
                sns_topic_arns=topic_arns,
                logging_level="ERROR",
            )
        else:
            chatbot.CfnMicrosoftTeamsChannelConfiguration(
                scope,
                f"MicrosoftTeams{channel}",
                configuration_name=configuration_name,
                teams_tenant_id=recipient.tenant_id,
                team_id=recipient.team_id,
                teams_channel_id=channel_id,
                iam_role_arn=role_arn,
                guardrail_policies=guardrail_policies,
                sns_topic_arns=topic_arns,
                logging_level="ERROR",
            )
