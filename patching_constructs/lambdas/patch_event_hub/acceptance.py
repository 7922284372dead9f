"""Whether an event on the security account's bus is a patching event, and from whom."""

import datetime as dt
from dataclasses import replace
from typing import Any

from patching_constructs.contracts.event_hub_settings import EventHubSettings
from patching_constructs.contracts.patch_event import (
    PATCH_EVENT_DETAIL_TYPE,
    PATCH_EVENT_SOURCE,
    PatchEvent,
)
from patching_constructs.lambdas._shared.acceptance import CLOCKS_DIFFER, accept_record


class RefusedEventError(Exception):
    """An event is not a valid patching event, or its sender may not report it. No one was notified."""


def accept(event: Any, settings: EventHubSettings, *, now: dt.datetime) -> PatchEvent:
    """Return what `event` reports, without a patch group of a ring whose groups are not known.

    Args:
        event: The event as EventBridge delivers it.
        settings: The accounts that own each ring.
        now: The current time, with a time zone.

    Raises:
        RefusedEventError: If it is malformed, or is about an account, a rollout, a ring or a patch group that
            is not its sender's.
    """
    report = accept_record(
        event,
        source=PATCH_EVENT_SOURCE,
        detail_type=PATCH_EVENT_DETAIL_TYPE,
        what="patching event",
        read=PatchEvent.from_data,
        refuse=lambda report, sender: _refusal(report, sender, settings, now),
        error=RefusedEventError,
    )
    groups = settings.patch_groups.get((report.rollout, report.ring or ""))
    return report if groups else replace(report, patch_group=None)


def _refusal(event: PatchEvent, sender: str, settings: EventHubSettings, now: dt.datetime) -> str | None:
    if event.account != sender:
        return f"it reports about account {event.account!r}"
    if event.ring is None:
        if not settings.owners.own_any(sender, rollout=event.rollout):
            return f"it owns no ring of rollout {event.rollout!r}"
    elif not settings.owners.own(sender, rollout=event.rollout, ring=event.ring):
        return f"it does not own ring {event.ring!r} of rollout {event.rollout!r}"
    groups = settings.patch_groups.get((event.rollout, event.ring or ""))
    if groups and event.patch_group is not None and event.patch_group not in groups:
        return f"patch group {event.patch_group!r} is not in ring {event.ring!r} of rollout {event.rollout!r}"
    if event.happened_at > now + CLOCKS_DIFFER:
        return f"it reports about {event.happened_at}; the time is {now}"
    return None
