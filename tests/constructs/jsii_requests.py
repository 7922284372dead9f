"""Count what crosses into the CDK kernel: exact, and free of the noise of timings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from jsii._kernel.providers.process import _NodeProcess


@contextmanager
def counted_jsii_requests() -> Iterator[list[str]]:
    """Collect the kinds of the requests that are sent while the block runs."""
    sent: list[str] = []
    original = _NodeProcess.send

    def send(self: _NodeProcess, request: Any, response_type: Any) -> Any:
        sent.append(type(request).__name__)
        return original(self, request, response_type)

    with mock.patch.object(_NodeProcess, "send", send):
        yield sent
