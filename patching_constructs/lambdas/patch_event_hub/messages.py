"""What is sent about an event: a mail, a chat message, an OpsItem.

What an account has sent appears as names and ids only. They are printable, of bounded length, and never a
format, a line of their own, a link or a mention.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from patching_constructs.contracts.chat_message import chat_message
from patching_constructs.contracts.patch_event import (
    PATCH_EVENT_SOURCE,
    PatchEvent,
    PatchEventKind,
    PatchEventSeverity,
)
from patching_constructs.lambdas.patch_event_hub import sentences
from patching_constructs.lambdas.patch_event_hub.plain_text import cut, one_line, without_links, without_marks

RUNBOOK = "patching-event"

# Characters, of ASCII. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
_SUBJECT = 99
_TITLE, _TEXT = 240, 4000
_ATTRIBUTE = 256
_OPS_ITEM_TITLE, _OPS_ITEM_DESCRIPTION = 1024, 2048
"""Characters. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html"""

_SUBJECTS = {
    PatchEventKind.WINDOW: "Maintenance window",
    PatchEventKind.COMMAND: "Command",
    PatchEventKind.COMPLIANCE: "Node",
    PatchEventKind.CALENDAR: "Change calendar",
}

# Critical, medium and low.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-working-with-OpsItems-editing-details.html
_OPS_ITEM_SEVERITIES = {
    PatchEventSeverity.CRITICAL: "1",
    PatchEventSeverity.WARNING: "3",
    PatchEventSeverity.INFO: "4",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Messages:
    """The messages about an event.

    Attributes:
        event: What happened.
        account_name: What the security account calls the account where it happened.
        runbooks: Address or path of the folder with the runbooks.
        partition: Partition of the accounts.
    """

    event: PatchEvent
    account_name: str
    runbooks: str
    partition: str = "aws"

    @property
    def subject(self) -> str:
        """Subject of a mail."""
        return one_line(without_links(self._title), _SUBJECT).encode("ascii", "replace").decode()

    @property
    def text(self) -> str:
        """Message for mailboxes and queues."""
        next_step = sentences.next_step(self.event)
        parts = [
            without_links(self._title),
            without_links(self._happened),
            "\n".join(map(without_links, self._details())),
            *([f"What to do: {without_links(next_step)}"] if next_step else []),
            self._runbook,
        ]
        return "\n\n".join(parts)

    @property
    def chat(self) -> str:
        """Message for AWS's chat service."""
        next_step = sentences.next_step(self.event)
        lines = [self._happened, *self._details()]
        return chat_message(
            title=without_marks(self._title),
            description="\n".join(map(without_marks, lines)),
            next_steps=[*([without_marks(next_step)] if next_step else []), self._runbook],
        )

    @property
    def attributes(self) -> dict[str, dict[str, str]]:
        """What subscribers may filter by: all of it is true of the account that sent the event.

        See: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
        """
        values = {
            "kind": str(self.event.kind),
            "severity": str(self.event.severity),
            "account": self.event.account,
            "region": self.event.region,
            "rollout": self.event.rollout,
            "ring": self.event.ring or "",
            "patch-group": self.event.patch_group or "",
        }
        return {
            attribute: {"DataType": "String", "StringValue": one_line(value, _ATTRIBUTE)}
            for attribute, value in values.items()
            if value
        }

    @property
    def ops_item(self) -> dict[str, Any]:
        """Request of CreateOpsItem.

        OpsCenter creates no second OpsItem while one with the same deduplication string is open.

        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-working-deduplication.html
        See: https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-creating-OpsItems-CLI.html
        """
        event = self.event
        facts = json.dumps([event.account, event.region, sorted(event.facts)])
        data = {
            "/aws/dedup": json.dumps({"dedupString": hashlib.sha256(facts.encode()).hexdigest()}),
            "account": sentences.name_and_id(self.account_name, event.account),
            "region": event.region,
            "rollout": event.rollout,
            "ring": event.ring or "",
            "patch-group": event.patch_group or "",
            "status": event.status,
        }
        arn = self._arn
        if arn is not None:
            data["/aws/resources"] = json.dumps([{"arn": arn}])
        parts = (self._happened, sentences.next_step(event))
        description = [*(without_links(part) for part in parts if part), self._runbook]
        return {
            "Title": one_line(without_links(self._title), _OPS_ITEM_TITLE),
            "Description": cut("\n\n".join(description), _OPS_ITEM_DESCRIPTION),
            "Source": PATCH_EVENT_SOURCE,
            "Category": "Security",
            "Severity": _OPS_ITEM_SEVERITIES[event.severity],
            "OperationalData": {
                key: {"Type": "SearchableString", "Value": value} for key, value in data.items() if value
            },
        }

    @property
    def _title(self) -> str:
        return one_line(f"{self.event.severity}: {sentences.title(self.event, self.account_name)}", _TITLE)

    @property
    def _happened(self) -> str:
        return cut(sentences.text(self.event, self.account_name), _TEXT)

    @property
    def _runbook(self) -> str:
        return f"Runbook: {self.runbooks.rstrip('/')}/{RUNBOOK}.md"

    @property
    def _arn(self) -> str | None:
        """ARN of what the event is about; a command has none."""
        event = self.event
        place = f"{event.region}:{event.account}"
        of_service = {
            PatchEventKind.WINDOW: f"ssm:{place}:maintenancewindow/",
            PatchEventKind.COMPLIANCE: f"ssm:{place}:managed-instance/"
            if event.subject.startswith("mi-")
            else f"ec2:{place}:instance/",
        }.get(event.kind)
        return None if of_service is None else f"arn:{self.partition}:{of_service}{event.subject}"

    def _details(self) -> list[str]:
        event = self.event
        ring = "unknown" if event.ring is None else sentences.named(event.ring)
        group = "" if event.patch_group is None else f", patch group {sentences.named(event.patch_group)}"
        about = sentences.name_and_id(event.subject_name, event.subject)
        details = [
            f"Account: {sentences.name_and_id(self.account_name, event.account)}, Region {event.region}",
            f"Ring: {ring} of rollout {sentences.named(event.rollout)}{group}",
            f"{_SUBJECTS[event.kind]}: {about}, status {event.status}",
            f"Time: {event.happened_at.isoformat()}",
        ]
        if event.unknown:
            reason = one_line(event.unknown, _TEXT).replace('"', "'")
            details.append(f'Not known, as account {event.account} reports: "{reason}"')
        return details
