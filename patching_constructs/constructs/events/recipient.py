"""Who is notified when patching fails."""

from dataclasses import dataclass

from aws_cdk import aws_sqs as sqs

from patching_constructs.errors import raise_errors
from patching_constructs.rules.alarms.recipient import (
    check_email_address,
    check_microsoft_teams_channel,
    check_slack_channel,
)
from patching_constructs.values.declared_types import settle_fields
from patching_constructs.values.tokens import maybe


class Recipient:
    """Name who is notified when patching fails: a mailbox, a queue or a chat channel.

    Example:
        >>> from patching_constructs import Recipient
        >>> Recipient.email("patching@example.com") == Recipient.email("patching@example.com")
        True
    """

    __slots__ = ()

    @staticmethod
    def email(address: str) -> "Recipient":
        """Notify a mailbox; its owner must confirm the subscription once.

        Args:
            address: E-mail address. One that is a token gets its logical id from its position
                among the recipients: leave the order alone.

        Raises:
            InvalidInputError: If it is not an e-mail address.

        See: https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
        """
        return EmailRecipient(address=address)

    @staticmethod
    def queue(queue: sqs.IQueue) -> "Recipient":
        """Notify a queue of this account and Region, for ticket systems and the like.

        An owned queue, and its customer key if it has one, are granted to SNS. An imported queue and its
        key need the grants from their owner: `sqs:SendMessage`, and `kms:GenerateDataKey*` with
        `kms:Decrypt`, for `sns.amazonaws.com`. Without them every message ends as a dead letter.
        The key `alias/aws/sqs` cannot be granted to SNS.

        Args:
            queue: The queue; not a FIFO queue.

        See: https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
        """
        return QueueRecipient(destination=queue)

    @staticmethod
    def slack(*, workspace_id: str, channel_id: str) -> "Recipient":
        """Notify a Slack channel through Amazon Q Developer in chat applications (AWS Chatbot).

        Someone must authorize the workspace once in the console of that service. AWS takes one configuration
        for each channel and account, in all Regions together: if two constructs of an account configure a
        channel, the deployment of the second fails. `PatchingChecks` finds that at synth, and
        `ComplianceAlarms(configures_chat=..., other_chat_topics=...)` shows topics of several Regions in one
        channel.

        Args:
            workspace_id: Id of the workspace, such as `T0123456789`.
            channel_id: Id of the channel, such as `C0123456789`: the end of its link, not its name.

        Raises:
            InvalidInputError: If AWS would refuse an id.

        See: https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html
        See: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1155
        """
        return SlackRecipient(workspace_id=workspace_id, channel_id=channel_id)

    @staticmethod
    def microsoft_teams(*, tenant_id: str, team_id: str, channel_id: str) -> "Recipient":
        """Notify a Microsoft Teams channel through Amazon Q Developer in chat applications (AWS Chatbot).

        Someone must authorize the team once in the console of that service. Configure each channel once in an
        account, as for Slack.

        Args:
            tenant_id: Id of the tenant, a UUID.
            team_id: Id of the team, a UUID.
            channel_id: Id of the channel as in its link, such as `19%3Aab12cd%40thread.tacv2`.

        Raises:
            InvalidInputError: If AWS would refuse an id.

        See: https://docs.aws.amazon.com/chatbot/latest/adminguide/teams-setup.html
        """
        return MicrosoftTeamsRecipient(tenant_id=tenant_id, team_id=team_id, channel_id=channel_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailRecipient(Recipient):
    """See `Recipient.email`."""

    address: str

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="Recipient.email")
        raise_errors(check_email_address(maybe(self.address), field="address"), subject="Recipient.email")


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueRecipient(Recipient):
    """See `Recipient.queue`."""

    destination: sqs.IQueue

    def __post_init__(self) -> None:
        """Refuse anything but a queue."""
        settle_fields(self, subject="Recipient.queue")


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackRecipient(Recipient):
    """See `Recipient.slack`."""

    workspace_id: str
    channel_id: str

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="Recipient.slack")
        raise_errors(
            check_slack_channel(workspace_id=maybe(self.workspace_id), channel_id=maybe(self.channel_id)),
            subject="Recipient.slack",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class MicrosoftTeamsRecipient(Recipient):
    """See `Recipient.microsoft_teams`."""

    tenant_id: str
    team_id: str
    channel_id: str

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="Recipient.microsoft_teams")
        raise_errors(
            check_microsoft_teams_channel(
                tenant_id=maybe(self.tenant_id),
                team_id=maybe(self.team_id),
                channel_id=maybe(self.channel_id),
            ),
            subject="Recipient.microsoft_teams",
        )
