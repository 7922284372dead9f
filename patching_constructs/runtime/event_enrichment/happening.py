"""An event of Systems Manager, with whom to ask what it leaves out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patching_constructs.model.event_settings import EventSettings
from patching_constructs.model.patch_event import PatchEvent, PatchEventKind, PatchEventSeverity
from patching_constructs.runtime.event_enrichment.whereabouts import Whereabouts


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """An event of Systems Manager, with whom to ask what it leaves out.

    Attributes:
        event: The event.
        settings: Whose nodes and windows are whose.
        ssm: A boto3 client.
        ec2: A boto3 client.
    """

    event: Mapping[str, Any]
    settings: EventSettings
    ssm: Any
    ec2: Any

    @property
    def detail(self) -> Mapping[str, Any]:
        """What the event says of its subject."""
        detail: Mapping[str, Any] = self.event["detail"]
        return detail

    @property
    def region(self) -> str:
        """Region of the event."""
        return str(self.event["region"])

    @property
    def place(self) -> str:
        """Account and Region, in a few words."""
        return f"account {self.settings.account_name}, {self.region}"

    @property
    def place_and_time(self) -> str:
        """Account, Region and time, for a sentence."""
        account = f"account {self.settings.account_name} ({self.event['account']})"
        return f"{account}, Region {self.region}, at {self.event['time']}"

    def fact(self, kind: str, *parts: str) -> str:
        """Return the key of something that the event tells."""
        return "/".join((kind, self.event["account"], self.region, *parts))

    def tell(
        self,
        *,
        kind: PatchEventKind,
        severity: PatchEventSeverity,
        where: Whereabouts,
        subject: str,
        subject_name: str,
        status: str,
        facts: Sequence[str],
        title: str,
        text: str,
        next_step: str = "",
        unknown: Sequence[str] = (),
    ) -> PatchEvent:
        """Return what the security account is told."""
        return PatchEvent(
            kind=kind,
            severity=severity,
            account=self.event["account"],
            account_name=self.settings.account_name,
            region=self.region,
            rollout=self.settings.rollout,
            ring=where.ring,
            patch_group=where.patch_group,
            subject=subject,
            subject_name=subject_name,
            status=status,
            happened_at=dt.datetime.fromisoformat(self.event["time"]),
            facts=tuple(facts),
            title=title,
            text=text,
            next_step=next_step,
            unknown="; ".join(dict.fromkeys(filter(None, (where.unknown, *unknown)))),
        )


def severity_of_failure(where: Whereabouts) -> PatchEventSeverity:
    """Return how soon somebody has to look at something that went wrong."""
    return PatchEventSeverity.CRITICAL if where.production else PatchEventSeverity.WARNING
