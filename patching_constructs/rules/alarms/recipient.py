"""Rules about who is notified: e-mail addresses and chat channels."""

import re

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe, Unknown

# The same characters as in SNS; a FIFO topic would end in `.fifo`, and mailboxes cannot subscribe to one.
# https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
_TOPIC_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")

_EMAIL_ADDRESS = re.compile(
    r"[^\s@\"'<>(),;:\\\[\]]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)
_EMAIL_ADDRESS_MAX_LENGTH = 254
_EMAIL_SOURCE = "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html"

_SLACK_WORKSPACE_ID = re.compile(r"[0-9A-Z]{1,255}")
_SLACK_CHANNEL_ID = re.compile(r"[A-Za-z0-9]{1,255}")
_SLACK_SOURCE = "https://docs.aws.amazon.com/chatbot/latest/APIReference/API_SlackChannelConfiguration.html"

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_TEAMS_CHANNEL_ID = re.compile(r"[A-Za-z0-9\-_=+/.,]*%3[aA][A-Za-z0-9\-_=+/.,]*%40[A-Za-z0-9\-_=+/.,]*")
_TEAMS_SOURCE = "https://docs.aws.amazon.com/chatbot/latest/APIReference/API_TeamsChannelConfiguration.html"


def check_email_address(address: Maybe[str], *, field: str) -> list[Finding]:
    """Find what cannot be an e-mail address that SNS sends to."""
    if isinstance(address, Unknown) or (
        len(address) <= _EMAIL_ADDRESS_MAX_LENGTH and _EMAIL_ADDRESS.fullmatch(address)
    ):
        return []
    return [
        Finding(
            id=FindingId.EMAIL_ADDRESS,
            level=Level.ERROR,
            field=field,
            message="not an e-mail address",
            received=repr(address),
            allowed=f"name@example.com, at most {_EMAIL_ADDRESS_MAX_LENGTH} characters",
            source=_EMAIL_SOURCE,
        )
    ]


def check_slack_channel(*, workspace_id: Maybe[str], channel_id: Maybe[str]) -> list[Finding]:
    """Find ids that the chat service would refuse."""
    return [
        *_check_chat_id(
            workspace_id,
            _SLACK_WORKSPACE_ID,
            field="workspace_id",
            message="not the id of a Slack workspace",
            allowed="1 to 255 capital letters and digits, such as T0123456789",
            source=_SLACK_SOURCE,
        ),
        *_check_chat_id(
            channel_id,
            _SLACK_CHANNEL_ID,
            field="channel_id",
            message="not the id of a Slack channel",
            allowed="1 to 255 letters and digits, such as C0123456789: the end of its link, not its name",
            source=_SLACK_SOURCE,
        ),
    ]


def check_microsoft_teams_channel(
    *, tenant_id: Maybe[str], team_id: Maybe[str], channel_id: Maybe[str]
) -> list[Finding]:
    """Find ids that the chat service would refuse."""
    return [
        *_check_chat_id(
            tenant_id,
            _UUID,
            field="tenant_id",
            message="not the id of a Microsoft Teams tenant",
            allowed="a UUID",
            source=_TEAMS_SOURCE,
        ),
        *_check_chat_id(
            team_id,
            _UUID,
            field="team_id",
            message="not the id of a Microsoft Teams team",
            allowed="a UUID",
            source=_TEAMS_SOURCE,
        ),
        *_check_chat_id(
            channel_id,
            _TEAMS_CHANNEL_ID,
            field="channel_id",
            message="not the id of a Microsoft Teams channel",
            allowed="the id as in the channel's link, such as 19%3Aab12cd%40thread.tacv2",
            source=_TEAMS_SOURCE,
        ),
    ]


def _check_chat_id(
    value: Maybe[str], pattern: re.Pattern[str], *, field: str, message: str, allowed: str, source: str
) -> list[Finding]:
    if isinstance(value, Unknown) or pattern.fullmatch(value):
        return []
    return [
        Finding(
            id=FindingId.CHAT_CHANNEL,
            level=Level.ERROR,
            field=field,
            message=message,
            received=repr(value),
            allowed=allowed,
            source=source,
        )
    ]


def check_chat_topics(
    topic_name: Maybe[str] | None, *, other_topics: int, configures_channels: bool
) -> list[Finding]:
    """Find a name that SNS refuses, and topics of other Regions that no channel here would show.

    Args:
        topic_name: Name of the topic for chat channels, or None if none is given.
        other_topics: How many topics of other Regions are given.
        configures_channels: Whether a chat channel gets its configuration here.
    """
    findings = []
    if isinstance(topic_name, str) and not _TOPIC_NAME.fullmatch(topic_name):
        findings.append(
            Finding(
                id=FindingId.CHAT_CHANNEL,
                level=Level.ERROR,
                field="chat_topic_name",
                message="not the name of a topic",
                received=repr(topic_name),
                allowed="1 to 256 letters, digits, - and _",
                source="https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
            )
        )
    if other_topics and not configures_channels:
        findings.append(
            Finding(
                id=FindingId.CHAT_CHANNEL,
                level=Level.ERROR,
                field="other_chat_topics",
                message="no chat channel would show them",
                received=f"{other_topics} topics, and no chat channel that is configured here",
                allowed="topics of other Regions where configures_chat is True and recipients has a channel",
            )
        )
    return findings
