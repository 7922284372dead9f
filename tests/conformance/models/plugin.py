"""The pytest plugin that fails a test whose calls break a service model."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conformance.answers.unsampled import unsampled_reads
from tests.conformance.models.deviations import is_known
from tests.conformance.models.watch import Deviation, Watch, watched


class ServiceModels:
    """Checks every call of every test, that of its fixtures included."""

    def __init__(self) -> None:
        self.watch = Watch()
        self._operations: set[str] = set()
        self._stack = ExitStack()

    def pytest_sessionstart(self) -> None:
        """Start to watch before modules are collected, some of which call at once."""
        self._stack.enter_context(watched(self.watch))

    def pytest_sessionfinish(self) -> None:
        """Stop to watch."""
        self._stack.close()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Fail a test that would have passed."""
        yield
        if unsampled := unsampled_reads(self._new_operations()):
            pytest.fail(
                f"{item.nodeid}: reads {', '.join(unsampled)}, of which no answer of AWS is known: "
                "add a sample with its address, or the reason why there is none (tests/conformance/answers)",
                pytrace=False,
            )
        on_purpose = {mark.args[0] for mark in item.iter_markers("breaks_model")}
        found = self.watch.take()
        judge(item.nodeid, found, on_purpose)
        if unused := on_purpose - {each.kind.operation for each in found if each.kind.side == "request"}:
            pytest.fail(f"{item.nodeid}: no request breaks the model of {', '.join(unused)}", pytrace=False)

    def _new_operations(self) -> set[str]:
        new = self.watch.operations - self._operations
        self._operations |= new
        return new

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """Fail what fixtures call at their end, or a test that has failed already."""
        yield
        judge(item.nodeid, self.watch.take(), {mark.args[0] for mark in item.iter_markers("breaks_model")})


def judge(test: str, deviations: list[Deviation], on_purpose: set[str]) -> None:
    """Fail if a deviation is not known.

    Args:
        test: Id of the test.
        deviations: What was found.
        on_purpose: Operations whose requests break their model on purpose.
    """
    unknown = [
        each
        for each in deviations
        if not is_known(each) and not (each.kind.side == "request" and each.kind.operation in on_purpose)
    ]
    if unknown:
        lines = "\n  ".join(map(str, unknown))
        pytest.fail(f"{test}: calls break the service models of botocore:\n  {lines}", pytrace=False)
