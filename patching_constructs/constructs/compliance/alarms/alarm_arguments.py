"""What cannot work in the arguments of `ComplianceAlarms`."""

import json
import re
from collections.abc import Iterator, Sequence

from aws_cdk import aws_kms as kms

from patching_constructs.constructs.compliance.alarms.event_rules import PatchEventRule
from patching_constructs.constructs.events.recipient import (
    EmailRecipient,
    MicrosoftTeamsRecipient,
    QueueRecipient,
    Recipient,
    SlackRecipient,
)
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.systems_manager_events import EVENT_PATTERN_MAX_LENGTH
from patching_constructs.values.tokens import is_token

_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")
# Characters of a window or baseline id: `mw-` or `pb-` and 17 hexadecimal digits.
_ID_LENGTH = 20


def check_recipients(recipients: Sequence[Recipient], *, topic_given: bool) -> Iterator[Finding]:
    """Find what is wrong with the recipients as a whole."""
    if not recipients and not topic_given:
        yield Finding(
            id=FindingId.RECIPIENT_MISSING,
            level=Level.ERROR,
            field="recipients",
            message="no one would be notified",
            received="no recipient",
            allowed="at least one Recipient, or a topic that has subscribers",
        )
    yield from check_each_recipient(recipients, field="recipients")


def check_each_recipient(recipients: Sequence[Recipient], *, field: str) -> Iterator[Finding]:
    """Find recipients that are given twice, and queues that cannot subscribe."""
    first_position: dict[str, int] = {}
    for position, recipient in enumerate(recipients):
        place = f"{field}[{position}]"
        identity = _identity(recipient)
        if identity in first_position:
            yield Finding(
                id=FindingId.RECIPIENT_DUPLICATE,
                level=Level.ERROR,
                field=place,
                message=f"the same as {field}[{first_position[identity]}]",
                received=identity,
                allowed="each recipient once",
            )
        first_position.setdefault(identity, position)
        if isinstance(recipient, QueueRecipient) and recipient.destination.fifo:
            yield Finding(
                id=FindingId.RECIPIENT_FIFO_QUEUE,
                level=Level.ERROR,
                field=place,
                message="a FIFO queue cannot subscribe to a standard topic",
                received=recipient.destination.node.path,
                allowed="a standard queue",
                source="https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-delivery.html",
            )


def _identity(recipient: Recipient) -> str:
    match recipient:
        case EmailRecipient(address=address):
            return f"e-mail {address if is_token(address) else address.lower()}"
        case QueueRecipient():
            return f"queue {recipient.destination.queue_arn}"
        case SlackRecipient(channel_id=channel_id):
            return f"Slack channel {channel_id}"
        case MicrosoftTeamsRecipient(channel_id=channel_id):
            return f"Microsoft Teams channel {channel_id}"
        case _:
            message = f"recipients: use the methods of Recipient, got {recipient!r}"
            raise TypeError(message)


def check_baseline_ids(baseline_ids: Sequence[str | None]) -> Iterator[Finding]:
    """Find baselines that have no id to match."""
    for position, baseline_id in enumerate(baseline_ids):
        if baseline_id is None:
            yield Finding(
                id=FindingId.BASELINE_WITHOUT_ID,
                level=Level.ERROR,
                field=f"non_compliance_of[{position}]",
                message="events of this baseline cannot be distinguished from those of others",
                received="AWS's default baseline, whose id the account decides",
                allowed="baselines defined or imported with their id",
            )


def check_pattern_lengths(rules: Sequence[PatchEventRule]) -> Iterator[Finding]:
    """Find event patterns that EventBridge refuses for their length."""
    for rule in rules:
        length = len(_TOKEN.sub("x" * _ID_LENGTH, json.dumps(rule.event_pattern, separators=(",", ":"))))
        if length > EVENT_PATTERN_MAX_LENGTH:
            yield Finding(
                id=FindingId.EVENT_PATTERN_LENGTH,
                level=Level.ERROR,
                field="non_compliance_of" if "patch-baseline-id" in rule.detail else "maintenance_windows",
                message="too many ids for one event pattern",
                received=f"a pattern of about {length} characters",
                allowed=f"at most {EVENT_PATTERN_MAX_LENGTH}; give the rest to a second ComplianceAlarms",
                source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
            )


def check_key(encryption_key: kms.IKey | None, *, needs_key: bool) -> Iterator[Finding]:
    """Find a key that would encrypt nothing."""
    if encryption_key is not None and not needs_key:
        yield Finding(
            id=FindingId.ENCRYPTION_KEY_UNUSED,
            level=Level.ERROR,
            field="encryption_key",
            message="nothing to encrypt: the given topic has its own encryption",
            received="topic and encryption_key",
            allowed="one of both, or chat channels among the recipients",
        )
