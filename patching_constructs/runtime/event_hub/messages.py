"""What people read about an event.

Everything in an event is what an account says, so it is made one printable line of bounded length, and is
never taken for a format, a link or a mention.
"""

import hashlib
import json
from typing import Any

from patching_constructs.model.chat_message import chat_message
from patching_constructs.model.patch_event import (
    PATCH_EVENT_SOURCE,
    PatchEvent,
    PatchEventKind,
    PatchEventSeverity,
)

RUNBOOK = "patching-event"

_SUBJECT = 99
"""Characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""
_TITLE, _NAME, _TEXT = 240, 256, 4000
_OPS_ITEM_TITLE, _OPS_ITEM_DESCRIPTION = 1024, 2048
"""Characters. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html"""

_NO_MARKS = str.maketrans({"<": "\u2039", ">": "\u203a"})
"""Angle brackets make links and mentions in a chat; these look like them and make nothing."""

_SUBJECTS = {
    PatchEventKind.WINDOW: "Maintenance window",
    PatchEventKind.COMMAND: "Command",
    PatchEventKind.COMPLIANCE: "Node",
    PatchEventKind.CALENDAR: "Change calendar",
}

_OPS_ITEM_SEVERITIES = {
    PatchEventSeverity.CRITICAL: "1",
    PatchEventSeverity.WARNING: "3",
    PatchEventSeverity.INFO: "4",
}
"""Critical, medium and low.

https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-working-with-OpsItems-editing-details.html
"""


def subject(event: PatchEvent) -> str:
    """Return the subject of a mail."""
    return _line(f"{event.severity}: {event.title}", _SUBJECT).encode("ascii", "replace").decode()


def text(event: PatchEvent, *, runbooks: str) -> str:
    """Return a message for mailboxes and queues."""
    parts = [_line(event.title, _TITLE), _line(event.text, _TEXT), "\n".join(_details(event))]
    if event.next_step:
        parts.append(f"What to do: {_line(event.next_step, _TEXT)}")
    return "\n\n".join([*parts, _runbook(runbooks)])


def chat(event: PatchEvent, *, runbooks: str) -> str:
    """Return a message for AWS's chat service."""
    next_steps = [_no_marks(_line(event.next_step, _TEXT))] if event.next_step else []
    details = [_no_marks(detail) for detail in _details(event)]
    return chat_message(
        title=_no_marks(_line(f"{event.severity}: {event.title}", _TITLE)),
        description="\n".join([_no_marks(_line(event.text, _TEXT)), *details]),
        next_steps=[*next_steps, _runbook(runbooks)],
    )


def attributes(event: PatchEvent) -> dict[str, dict[str, str]]:
    """Return what subscribers may filter by.

    See: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
    """
    values = {
        "kind": str(event.kind),
        "severity": str(event.severity),
        "account": event.account,
        "region": event.region,
        "rollout": _line(event.rollout, _NAME),
        "ring": _line(event.ring or "", _NAME),
        "patch-group": _line(event.patch_group or "", _NAME),
    }
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items() if value}


def ops_item(event: PatchEvent, *, runbooks: str, partition: str) -> dict[str, Any]:
    """Return the request of CreateOpsItem.

    OpsCenter makes no second OpsItem while one with the same deduplication string is open.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-working-deduplication.html
    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-creating-OpsItems-CLI.html
    """
    told = json.dumps([event.account, event.region, sorted(event.facts)])
    data = {
        "/aws/dedup": json.dumps({"dedupString": hashlib.sha256(told.encode()).hexdigest()}),
        "account": _name_and_id(event.account_name, event.account),
        "region": _line(event.region, _NAME),
        "rollout": _line(event.rollout, _NAME),
        "ring": _line(event.ring or "", _NAME),
        "patch-group": _line(event.patch_group or "", _NAME),
        "status": _line(event.status, _NAME),
    }
    arn = _arn(event, partition)
    if arn is not None:
        data["/aws/resources"] = json.dumps([{"arn": arn}])
    return {
        "Title": _line(f"{event.severity}: {event.title}", _OPS_ITEM_TITLE),
        "Description": _cut(
            "\n\n".join(
                _line(part, _TEXT) for part in (event.text, event.next_step, _runbook(runbooks)) if part
            ),
            _OPS_ITEM_DESCRIPTION,
        ),
        "Source": PATCH_EVENT_SOURCE,
        "Category": "Security",
        "Severity": _OPS_ITEM_SEVERITIES[event.severity],
        "OperationalData": {
            key: {"Type": "SearchableString", "Value": value} for key, value in data.items() if value
        },
    }


def _details(event: PatchEvent) -> list[str]:
    ring = "unknown" if event.ring is None else _line(event.ring, _NAME)
    group = "" if event.patch_group is None else f", patch group {_line(event.patch_group, _NAME)}"
    about = _name_and_id(event.subject_name, event.subject)
    details = [
        f"Account: {_name_and_id(event.account_name, event.account)}, Region {_line(event.region, _NAME)}",
        f"Ring: {ring} of rollout {_line(event.rollout, _NAME)}{group}",
        f"{_SUBJECTS[event.kind]}: {about}, status {_line(event.status, _NAME)}",
        f"Time: {event.happened_at.isoformat()}",
    ]
    if event.unknown:
        details.append(f"Not known: {_line(event.unknown, _TEXT)}")
    return details


def _name_and_id(name: str, id: str) -> str:
    return _line(name, _NAME) if name == id else f"{_line(name, _NAME)} ({_line(id, _NAME)})"


def _runbook(runbooks: str) -> str:
    return f"Runbook: {runbooks.rstrip('/')}/{RUNBOOK}.md"


def _arn(event: PatchEvent, partition: str) -> str | None:
    """Return the ARN of what the event is about; a command has none."""
    of_service = {
        PatchEventKind.WINDOW: f"ssm:{event.region}:{event.account}:maintenancewindow/",
        PatchEventKind.COMPLIANCE: f"ssm:{event.region}:{event.account}:managed-instance/"
        if event.subject.startswith("mi-")
        else f"ec2:{event.region}:{event.account}:instance/",
    }.get(event.kind)
    return None if of_service is None else f"arn:{partition}:{of_service}{_line(event.subject, _NAME)}"


def _line(text: str, limit: int) -> str:
    return _cut(" ".join("".join(each if each.isprintable() else " " for each in text).split()), limit)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _no_marks(text: str) -> str:
    return text.translate(_NO_MARKS).replace("](", "] (")
