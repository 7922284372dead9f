"""Promises in the Metadata of a window, right and wrong."""

from datetime import timedelta
from typing import Any

import pytest

from patching_constructs.model.estate import Estate
from patching_constructs.model.promises import Promise, Severity
from patching_constructs.model.unknown import Unknown
from tests.templates.conftest import ReadAll, window


def read(read_all: ReadAll, promises: object) -> Estate:
    metadata = {"patching-constructs": {"schema-version": 1, "promises": promises}}
    (estate,) = read_all(Resources={"Window": {**window(), "Metadata": metadata}})
    return estate


def test_a_window_without_promises_has_none(read_all: ReadAll) -> None:
    estate = read(read_all, None)
    assert estate.windows[0].metadata_marks.promises is None
    assert estate.mistakes == ()


def test_promises_are_read_with_their_source(read_all: ReadAll) -> None:
    estate = read(
        read_all,
        [
            {"name": "a", "within-hours": {"CRITICAL": 48, "LOW": "720"}, "source": "https://example.com"},
            {"name": "b", "within-hours": {"HIGH": 1}},
        ],
    )
    assert estate.windows[0].metadata_marks.promises == (
        Promise(
            name="a",
            within={Severity.CRITICAL: timedelta(days=2), Severity.LOW: timedelta(days=30)},
            source="https://example.com",
        ),
        Promise(name="b", within={Severity.HIGH: timedelta(hours=1)}),
    )
    assert estate.mistakes == ()


@pytest.mark.parametrize(
    ("promise", "field", "received"),
    [
        ("a", "", "'a'"),
        ({"within-hours": {"LOW": 1}}, ".name", None),
        ({"name": "a"}, ".within-hours", None),
        ({"name": "a", "within-hours": 48}, ".within-hours", "48"),
        ({"name": "a", "within-hours": {}}, ".within-hours", None),
        ({"name": "a", "within-hours": {"URGENT": 1}}, ".within-hours.URGENT", "URGENT: 1"),
        ({"name": "a", "within-hours": {"LOW": 0}}, ".within-hours.LOW", "LOW: 0"),
        ({"name": "a", "within-hours": {"LOW": -24}}, ".within-hours.LOW", "LOW: -24"),
        ({"name": "a", "within-hours": {"LOW": 10**17}}, ".within-hours.LOW", f"LOW: {10**17}"),
        ({"name": "a", "within-hours": {"LOW": 1.5}}, ".within-hours.LOW", "1.5"),
        ({"name": "a", "within-hours": {"LOW": None}}, ".within-hours.LOW", "LOW: nothing"),
    ],
)
def test_a_promise_that_cannot_be_read_is_unknown_and_a_mistake(
    read_all: ReadAll, promise: Any, field: str, received: str | None
) -> None:
    good = {"name": "good", "within-hours": {"LOW": 1}}
    estate = read(read_all, [promise, good])
    (mistake,) = estate.mistakes
    assert mistake.field == f"Metadata.patching-constructs.promises[0]{field}"
    assert mistake.received == received
    marked = estate.windows[0].metadata_marks.promises
    assert isinstance(marked, tuple)
    assert isinstance(marked[0], Unknown)
    assert marked[1] == Promise(name="good", within={Severity.LOW: timedelta(hours=1)})


def test_a_promise_that_only_the_deployment_knows_is_unknown(read_all: ReadAll) -> None:
    hours = {"Fn::ImportValue": "of-no-stack"}
    estate = read(read_all, [{"name": "a", "within-hours": {"LOW": hours}}])
    (promise,) = estate.windows[0].metadata_marks.promises or ()  # type: ignore[misc]
    assert isinstance(promise, Unknown)
    assert estate.mistakes == ()
