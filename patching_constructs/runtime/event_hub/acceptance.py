"""Whether an event on the security account's bus is what it has to be, and from whom."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from patching_constructs.model.event_hub import EventHubSettings
from patching_constructs.model.patch_event import (
    MOST_FACTS,
    PATCH_EVENT_DETAIL_TYPE,
    PATCH_EVENT_SOURCE,
    PatchEvent,
)
from patching_constructs.runtime.acceptance import CLOCKS_DIFFER, accept_record

LONGEST_FACT = 1024
"""Bytes of a fact, so that the key of its claim stays below DynamoDB's 2,048.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

_REGION = re.compile(r"[a-z0-9-]{1,32}")


class RefusedEventError(Exception):
    """An event is none of patching, or its sender may not say what it says. Nobody was told."""


def accept(event: Mapping[str, Any], settings: EventHubSettings, *, now: dt.datetime) -> PatchEvent:
    """Return what `event` tells.

    Args:
        event: The event as EventBridge delivers it.
        settings: Which accounts may send.
        now: The moment, with a time zone.

    Raises:
        RefusedEventError: If it is no event of patching, or speaks of another account than its sender's.
    """
    return accept_record(
        event,
        source=PATCH_EVENT_SOURCE,
        detail_type=PATCH_EVENT_DETAIL_TYPE,
        what="event of patching",
        read=PatchEvent.from_data,
        refuse=lambda told, sender: _refusal(told, sender, settings, now),
        error=RefusedEventError,
    )


def _refusal(told: PatchEvent, sender: str, settings: EventHubSettings, now: dt.datetime) -> str | None:
    if told.account != sender:
        return f"it speaks of account {told.account!r}"
    if settings.accounts and sender not in settings.accounts:
        return "it is not among the accounts that may send"
    if not _REGION.fullmatch(told.region):
        return "it speaks of no Region"
    if told.happened_at > now + CLOCKS_DIFFER:
        return f"it speaks of {told.happened_at}, and it is {now}"
    if len(told.facts) > MOST_FACTS:
        return f"{len(told.facts)} facts are more than {MOST_FACTS}"
    if any(len(fact.encode()) > LONGEST_FACT for fact in told.facts):
        return f"a fact is longer than {LONGEST_FACT} bytes"
    return None
