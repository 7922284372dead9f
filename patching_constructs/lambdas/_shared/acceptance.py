"""Records that other accounts put on the security account's bus: what is accepted from whom."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from patching_constructs.contracts.event_fields import describe

CLOCKS_DIFFER = dt.timedelta(minutes=5)
"""How far the clocks of two accounts may be apart."""

T = TypeVar("T")


def accept_record(
    event: Any,
    *,
    source: str,
    detail_type: str,
    what: str,
    read: Callable[[object], T],
    refuse: Callable[[T, str], str | None],
    error: type[Exception],
) -> T:
    """Return the record that `event` carries.

    EventBridge writes the account of the event, which is that of the sender. The detail is whatever the
    sender wrote.

    Args:
        event: The event as EventBridge delivers it.
        source: Source that it must have.
        detail_type: Detail type that it must have.
        what: What it should be about, in words.
        read: Reads the detail; raises ValueError for one that is malformed.
        refuse: Returns why a record may not come from a sender, or None.
        error: Raised for anything else than an acceptable record; its message names the sender.

    See: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    """
    envelope: Mapping[str, object] = event if isinstance(event, Mapping) else {}
    sender = envelope.get("account")  # docs/not-proven.md#account-of-a-forwarded-event
    if not isinstance(sender, str):
        message = f"expected an event of EventBridge, got {describe(event)}"
        raise error(message)
    found = (envelope.get("source"), envelope.get("detail-type"))
    if found != (source, detail_type):
        message = f"account {sender}: expected a {what}, got {': '.join(map(describe, found))}"
        raise error(message)
    try:
        record = read(envelope.get("detail"))
    except ValueError as mistake:
        message = f"account {sender}: {mistake}"
        raise error(message) from mistake
    refusal = refuse(record, sender)
    if refusal is not None:
        message = f"account {sender}: {refusal}"
        raise error(message)
    return record
