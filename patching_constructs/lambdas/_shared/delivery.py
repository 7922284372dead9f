"""Puts events on the security account's bus."""

import json
from collections.abc import Mapping
from typing import Any


class UndeliveredEventError(Exception):
    """The security account's bus did not take an event. Lambda tries again, then keeps what it is about."""


def put_event(
    events: Any, detail: Mapping[str, object], *, source: str, detail_type: str, event_bus_arn: str
) -> None:
    """Put an event on a bus.

    Args:
        events: A boto3 client of the bus's Region: PutEvents knows no other.
        detail: Detail of the event.
        source: Source of the event.
        detail_type: Its detail type.
        event_bus_arn: The bus.

    Raises:
        UndeliveredEventError: If the bus did not take it; PutEvents answers so without an error.
    """
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
    answer = events.put_events(
        Entries=[
            {
                "Source": source,
                "DetailType": detail_type,
                "Detail": json.dumps(detail),
                "EventBusName": event_bus_arn,
            }
        ]
    )
    if answer["FailedEntryCount"]:
        (entry,) = answer["Entries"]
        message = f"{event_bus_arn}: {entry.get('ErrorCode')}: {entry.get('ErrorMessage')}"
        raise UndeliveredEventError(message)
