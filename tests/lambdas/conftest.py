"""A local AWS for each test that asks for one."""

from collections.abc import Iterator

import pytest

from local_aws.fleet.clock import clock, throttle
from local_aws.in_process import in_process


@pytest.fixture
def local_aws() -> Iterator[None]:
    with in_process():
        yield
    clock.set(None)
    throttle.lift()
