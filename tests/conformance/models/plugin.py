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
        on_purpose = _on_purpose(item)
        found = self.watch.take()
        judge(item.nodeid, found, on_purpose)
        for operation, side in on_purpose - {each.kind[:2] for each in found}:
            pytest.fail(f"{item.nodeid}: no {side} breaks the model of {operation}", pytrace=False)

    def _new_operations(self) -> set[str]:
        new = self.watch.operations - self._operations
        self._operations |= new
        return new

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """Fail what fixtures call at their end, or a test that has failed already."""
        yield
        judge(item.nodeid, self.watch.take(), _on_purpose(item))


def _on_purpose(item: pytest.Item) -> set[tuple[str, str]]:
    """Return the operations that break their model on purpose in a test, each with `request` or `answer`."""
    marks = item.iter_markers("breaks_model")
    return {(mark.args[0], mark.args[1] if mark.args[1:] else "request") for mark in marks}


def judge(test: str, deviations: list[Deviation], on_purpose: set[tuple[str, str]]) -> None:
    """Fail if a deviation is not known.

    Args:
        test: Id of the test.
        deviations: What was found.
        on_purpose: Operations that break their model on purpose, each with `request` or `answer`.
    """
    unknown = [each for each in deviations if not is_known(each) and each.kind[:2] not in on_purpose]
    if unknown:
        lines = "\n  ".join(map(str, unknown))
        pytest.fail(f"{test}: calls break the service models of botocore:\n  {lines}", pytrace=False)
