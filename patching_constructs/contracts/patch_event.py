"""What an account reports to the security account about patching, with the names that AWS's events lack."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Self

from patching_constructs.contracts.event_fields import EventFields
from patching_constructs.contracts.ring_run import LONGEST_NAME
from patching_constructs.model.patch_group import PATCH_GROUP_MAX_LENGTH
from patching_constructs.model.systems_manager_events import (
    CALENDAR_STATES,
    COMPLIANT,
    ENDED_WINDOW_STATUSES,
    NON_COMPLIANT,
    OVERLAPPING_WINDOW_STATUS,
    SUCCESSFUL_WINDOW_STATUS,
    UNSUCCESSFUL_COMMAND_STATUSES,
)

PATCH_EVENT_SOURCE = "patching-constructs"
"""Source of the events; sources that begin with `aws.` are AWS's own."""

PATCH_EVENT_DETAIL_TYPE = "Patching Event"

MOST_FACTS = 20
"""Facts of one event. The security account writes each to a table. A window has at most 20 tasks.

https://docs.aws.amazon.com/general/latest/gr/ssm.html
"""

MOST_NODES_NAMED = 5
"""Nodes that an event names; it counts the others."""

LONGEST_SUBJECT_NAME = 256
"""Characters of the value of a tag, which is the longest of the names.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
"""

LONGEST_UNKNOWN = 1000
"""Characters of the reason why names are missing."""

_FACT = re.compile("[!-~]{1,512}")
_COMPLIANCE_SEVERITY = re.compile("[A-Za-z]{0,32}")


class PatchEventSeverity(enum.StrEnum):
    """How urgent an event is."""

    CRITICAL = "CRITICAL"
    """Patching failed on a production ring, or on a ring that is not known."""
    WARNING = "WARNING"
    """Patching failed on another ring, or a node does not comply."""
    INFO = "INFO"
    """Something ended well or changed; nothing has to be done."""


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


STATUSES: Mapping[PatchEventKind, tuple[str, ...]] = MappingProxyType(
    {
        PatchEventKind.WINDOW: (*ENDED_WINDOW_STATUSES, OVERLAPPING_WINDOW_STATUS),
        PatchEventKind.COMMAND: UNSUCCESSFUL_COMMAND_STATUSES,
        PatchEventKind.COMPLIANCE: (COMPLIANT, NON_COMPLIANT),
        PatchEventKind.CALENDAR: CALENDAR_STATES,
    }
)
"""The statuses that are reported of each kind, as AWS spells them."""

_INFORMATIVE = {SUCCESSFUL_WINDOW_STATUS, COMPLIANT, *CALENDAR_STATES}


def severity_of(status: str, *, production: bool) -> PatchEventSeverity:
    """Return how urgent an event is.

    A node that does not comply is never critical: each newly approved patch makes nodes non-compliant until
    their next window. How long that lasts is what the compliance reporter measures.

    Args:
        status: Its status.
        production: Whether it is about a production ring, or may be.
    """
    if status in _INFORMATIVE:
        return PatchEventSeverity.INFO
    if status == NON_COMPLIANT or not production:
        return PatchEventSeverity.WARNING
    return PatchEventSeverity.CRITICAL


@dataclass(frozen=True, kw_only=True, slots=True)
class EventNode:
    """A node that an event names.

    Attributes:
        id: Its id.
        name: What people call it; its id where it has no name.
    """

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchEvent:
    """One event of Systems Manager, with details from the account where it happened.

    It holds data only. The security account writes the sentences that people read, and adds what the account
    is called.

    Attributes:
        kind: What it is about.
        severity: How urgent it is.
        account: Account where it happened.
        region: Region where it happened.
        rollout: Name of the rollout.
        ring: Name of the ring, or None where it is not known or there are several.
        patch_group: Name of the patch group, or None likewise.
        subject: Id of the window, command, node or calendar.
        subject_name: What people call the window, document, node or calendar.
        status: Status as AWS spells it.
        happened_at: When it happened.
        facts: What it reports, as keys: an event all of whose facts are known already reports nothing new.
        execution: Id of the execution of a window; empty for other kinds.
        nodes: The first of the nodes on which a command did not succeed.
        node_count: How many such nodes there are.
        baseline: Id of the baseline by which compliance was judged; empty where it is not known.
        compliance_severity: Severity of the patches that a node lacks, as AWS spells it; empty likewise.
        until: When a calendar changes next, or None.
        unknown: Why names are missing, in words; empty if none is.
    """

    kind: PatchEventKind
    severity: PatchEventSeverity
    account: str
    region: str
    rollout: str
    ring: str | None
    patch_group: str | None
    subject: str
    subject_name: str
    status: str
    happened_at: datetime
    facts: tuple[str, ...]
    execution: str = ""
    nodes: tuple[EventNode, ...] = ()
    node_count: int = 0
    baseline: str = ""
    compliance_severity: str = ""
    until: datetime | None = None
    unknown: str = ""

    def to_data(self) -> dict[str, object]:
        """Return the event as the detail of one of EventBridge."""
        return {
            "kind": str(self.kind),
            "severity": str(self.severity),
            "account": self.account,
            "region": self.region,
            "rollout": self.rollout,
            "ring": self.ring,
            "patch-group": self.patch_group,
            "subject": self.subject,
            "subject-name": self.subject_name,
            "status": self.status,
            "happened-at": self.happened_at.isoformat(),
            "facts": list(self.facts),
            "execution": self.execution,
            "nodes": [{"id": node.id, "name": node.name} for node in self.nodes],
            "node-count": self.node_count,
            "baseline": self.baseline,
            "compliance-severity": self.compliance_severity,
            "until": None if self.until is None else self.until.isoformat(),
            "unknown": self.unknown,
        }

    @classmethod
    def from_data(cls, data: object) -> Self:
        """Read what `to_data` has written.

        Raises:
            ValueError: If a field is missing or invalid; the message names it.
        """
        fields = EventFields.of(data)
        kind = PatchEventKind(fields.one_of("kind", PatchEventKind))
        status = fields.one_of("status", STATUSES[kind])
        possible = dict.fromkeys(severity_of(status, production=production) for production in (True, False))
        return cls(
            kind=kind,
            severity=PatchEventSeverity(fields.one_of("severity", possible)),
            account=fields.identifier("account"),
            region=fields.region("region"),
            rollout=fields.text("rollout", longest=LONGEST_NAME),
            ring=fields.text("ring", longest=LONGEST_NAME) if fields.has("ring") else None,
            patch_group=fields.text("patch-group", longest=PATCH_GROUP_MAX_LENGTH)
            if fields.has("patch-group")
            else None,
            subject=fields.identifier("subject"),
            subject_name=fields.text("subject-name", longest=LONGEST_SUBJECT_NAME),
            status=status,
            happened_at=fields.moment("happened-at"),
            facts=fields.texts(
                "facts", _FACT, expected="1 to 512 visible ASCII characters", least=1, most=MOST_FACTS
            ),
            execution=_identifier_or_empty(fields, "execution"),
            nodes=tuple(
                EventNode(id=node.identifier("id"), name=node.text("name", longest=LONGEST_SUBJECT_NAME))
                for node in fields.parts("nodes", most=MOST_NODES_NAMED)
            ),
            node_count=fields.count("node-count"),
            baseline=_identifier_or_empty(fields, "baseline"),
            compliance_severity=fields.matching(
                "compliance-severity", _COMPLIANCE_SEVERITY, expected="a severity or nothing"
            ),
            until=fields.moment("until") if fields.has("until") else None,
            unknown=fields.text("unknown", longest=LONGEST_UNKNOWN, may_be_empty=True),
        )


def _identifier_or_empty(fields: EventFields, name: str) -> str:
    return "" if fields.data.get(name) == "" else fields.identifier(name)
