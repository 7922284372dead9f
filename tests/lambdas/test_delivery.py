"""What the security account's bus does not take is an error."""

from typing import Any

import pytest

from patching_constructs.lambdas._shared.delivery import UndeliveredEventError, put_event

BUS = "arn:aws:events:eu-west-1:222222222222:event-bus/patching"


class Bus:
    """PutEvents answers with success where entries failed, which moto never does."""

    def __init__(self, **failure: str) -> None:
        self.failure = failure
        self.entries: list[dict[str, str]] = []

    def put_events(self, *, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        self.entries += Entries
        return {"FailedEntryCount": int(bool(self.failure)), "Entries": [self.failure]}


def put(bus: Bus) -> None:
    put_event(bus, {"ring": "prod"}, source="patching-constructs", detail_type="Test", event_bus_arn=BUS)


def test_a_bus_that_does_not_take_the_event_is_an_error() -> None:
    with pytest.raises(UndeliveredEventError, match=r"event-bus/patching: AccessDenied: not you"):
        put(Bus(ErrorCode="AccessDenied", ErrorMessage="not you"))


def test_an_event_is_put_once() -> None:
    bus = Bus()
    put(bus)
    assert bus.entries == [
        {
            "Source": "patching-constructs",
            "DetailType": "Test",
            "Detail": '{"ring": "prod"}',
            "EventBusName": BUS,
        }
    ]
