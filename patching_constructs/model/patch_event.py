"""What an account tells the security account of its patching, with the names that AWS's events lack."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

PATCH_EVENT_SOURCE = "patching-constructs"
"""Source of the events; sources that begin with `aws.` are AWS's own."""

PATCH_EVENT_DETAIL_TYPE = "Patching Event"

MOST_FACTS = 100
"""Facts of one event; the security account pays a write for each."""


class PatchEventSeverity(enum.StrEnum):
    """How soon somebody has to look."""

    CRITICAL = "CRITICAL"
    """Patching failed on a production ring, or where nobody can tell the ring."""
    WARNING = "WARNING"
    """Patching failed on another ring, or a node does not comply."""
    INFO = "INFO"
    """Something began, ended well or changed; nothing has to be done."""


class PatchEventKind(enum.StrEnum):
    """What the event is about."""

    WINDOW = "WINDOW"
    """An execution of a maintenance window."""
    COMMAND = "COMMAND"
    """A patch command."""
    COMPLIANCE = "COMPLIANCE"
    """The patch compliance of a node."""
    CALENDAR = "CALENDAR"
    """A change calendar."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchEvent:
    """One event of Systems Manager, enriched in the account where it happened.

    Attributes:
        kind: What it is about.
        severity: How soon somebody has to look.
        account: Account where it happened.
        account_name: What people call the account.
        region: Region where it happened.
        rollout: Name of the rollout.
        ring: Name of the ring, or None where nobody can tell.
        patch_group: Name of the patch group, or None likewise, or if there are several.
        subject: Id of the window, command, node or calendar.
        subject_name: What people call the window, document, node or calendar.
        status: Status in AWS's words.
        happened_at: When it happened.
        facts: What it tells, as keys: an event all of whose facts are known already tells nothing new.
        title: What happened, in a few words.
        text: What happened, where and when: whole sentences.
        next_step: What to do about it: whole sentences, or empty.
        unknown: Why names are missing, in words; empty if none is.
    """

    kind: PatchEventKind
    severity: PatchEventSeverity
    account: str
    account_name: str
    region: str
    rollout: str
    ring: str | None
    patch_group: str | None
    subject: str
    subject_name: str
    status: str
    happened_at: datetime
    facts: tuple[str, ...]
    title: str
    text: str
    next_step: str
    unknown: str = ""

    def to_data(self) -> dict[str, object]:
        """Return the event as the detail of one of EventBridge."""
        return {
            "kind": str(self.kind),
            "severity": str(self.severity),
            "account": self.account,
            "account-name": self.account_name,
            "region": self.region,
            "rollout": self.rollout,
            "ring": self.ring,
            "patch-group": self.patch_group,
            "subject": self.subject,
            "subject-name": self.subject_name,
            "status": self.status,
            "happened-at": self.happened_at.isoformat(),
            "facts": list(self.facts),
            "title": self.title,
            "text": self.text,
            "next-step": self.next_step,
            "unknown": self.unknown,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Self:
        """Read what `to_data` has written.

        Raises:
            ValueError: If a field is missing or is not what it has to be; the message names it.
        """

        def text(name: str, *, may_be_empty: bool = False) -> str:
            value = data.get(name)
            if not isinstance(value, str) or not (value or may_be_empty):
                message = f"{name}: not a text, got {value!r}"
                raise ValueError(message)
            return value

        def text_or_none(name: str) -> str | None:
            return None if data.get(name) is None else text(name)

        facts = data.get("facts")
        if not isinstance(facts, list) or not facts or not all(isinstance(f, str) and f for f in facts):
            message = f"facts: not a list of texts, got {facts!r}"
            raise ValueError(message)
        happened_at = datetime.fromisoformat(text("happened-at"))
        if happened_at.utcoffset() is None:
            message = f"happened-at: no time zone, got {text('happened-at')!r}"
            raise ValueError(message)
        return cls(
            kind=PatchEventKind(text("kind")),
            severity=PatchEventSeverity(text("severity")),
            account=text("account"),
            account_name=text("account-name"),
            region=text("region"),
            rollout=text("rollout"),
            ring=text_or_none("ring"),
            patch_group=text_or_none("patch-group"),
            subject=text("subject"),
            subject_name=text("subject-name"),
            status=text("status"),
            happened_at=happened_at,
            facts=tuple(facts),
            title=text("title"),
            text=text("text"),
            next_step=text("next-step", may_be_empty=True),
            unknown=text("unknown", may_be_empty=True),
        )
