"""An event of Systems Manager, with the clients that look up what it leaves out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patching_constructs.contracts.patch_event import (
    LONGEST_SUBJECT_NAME,
    LONGEST_UNKNOWN,
    PatchEvent,
    PatchEventKind,
    severity_of,
)
from patching_constructs.contracts.ring_document import RingDocument
from patching_constructs.lambdas.patch_event_forwarder.membership import Membership


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceEvent:
    """An event of Systems Manager, with the clients that look up what it leaves out.

    Attributes:
        event: The event.
        settings: The nodes and windows of each ring.
        ssm: A boto3 client.
        ec2: A boto3 client.
    """

    event: Mapping[str, Any]
    settings: RingDocument
    ssm: Any
    ec2: Any

    @property
    def detail(self) -> Mapping[str, Any]:
        """What the event says about its subject."""
        detail: Mapping[str, Any] = self.event["detail"]
        return detail

    @property
    def region(self) -> str:
        """Region of the event."""
        return str(self.event["region"])

    def fact(self, kind: str, *parts: str) -> str:
        """Return the key of something that the event reports."""
        return "/".join((kind, self.event["account"], self.region, *parts))

    def report(
        self,
        *,
        kind: PatchEventKind,
        membership: Membership,
        subject: str,
        subject_name: str,
        status: str,
        facts: Sequence[str],
        unknown: Sequence[str] = (),
        **details: Any,
    ) -> PatchEvent:
        """Return what is reported to the security account.

        Args:
            kind: What the event is about.
            membership: The ring that it is about.
            subject: Id of its subject.
            subject_name: What people call the subject.
            status: Status of the subject.
            facts: What the event reports, as keys.
            unknown: Why names are missing; empty texts count for nothing.
            details: The fields of a `PatchEvent` that only some kinds have.
        """
        reasons = "; ".join(dict.fromkeys(filter(None, (membership.unknown, *unknown))))
        return PatchEvent(
            kind=kind,
            severity=severity_of(status, production=membership.production),
            account=self.event["account"],
            region=self.region,
            rollout=self.settings.rollout,
            ring=membership.ring,
            patch_group=membership.patch_group,
            subject=subject,
            subject_name=subject_name[:LONGEST_SUBJECT_NAME],
            status=status,
            happened_at=dt.datetime.fromisoformat(self.event["time"]),
            facts=tuple(facts),
            unknown=reasons[:LONGEST_UNKNOWN],
            **details,
        )
