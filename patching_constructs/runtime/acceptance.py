"""Records that other accounts put on the security account's bus: what is accepted from whom."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

CLOCKS_DIFFER = dt.timedelta(minutes=5)
"""How far the clocks of two accounts may be apart."""

T = TypeVar("T")


def accept_record(
    event: Mapping[str, Any],
    *,
    source: str,
    detail_type: str,
    what: str,
    read: Callable[[Mapping[str, Any]], T],
    refuse: Callable[[T, str], str | None],
    error: type[Exception],
) -> T:
    """Return the record that `event` carries.

    The account of the event is written by EventBridge and is that of the sender; everything in the detail is
    what the sender says.

    Args:
        event: The event as EventBridge delivers it.
        source: Source that it has to have.
        detail_type: Detail type that it has to have.
        what: What it is to tell of, in words.
        read: Reads the detail; a ValueError says what is wrong with it.
        refuse: Tells why a record may not come from a sender, or None.
        error: What is raised; its message names the sender.

    See: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    """
    sender = event["account"]
    if (event["source"], event["detail-type"]) != (source, detail_type):
        message = f"account {sender}: no {what}, got {event['source']}: {event['detail-type']}"
        raise error(message)
    try:
        record = read(event["detail"])
    except ValueError as mistake:
        message = f"account {sender}: {mistake}"
        raise error(message) from mistake
    refusal = refuse(record, sender)
    if refusal is not None:
        message = f"account {sender}: {refusal}"
        raise error(message)
    return record
