"""Promises and freezes that mean nothing are refused, with what is allowed."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze
from patching_constructs.model.promises import PROMISES, Promise, Severity
from patching_constructs.rules.rings.promises import check_promised_rings, check_promises
from patching_constructs.rules.windows.freeze import check_freezes

DAY = timedelta(days=1)


def own(name: str = "own", **within: Any) -> Promise:
    return Promise(name=name, within={Severity(severity): time for severity, time in within.items()})


def test_public_promises_and_own_ones_pass_together() -> None:
    promises = [*PROMISES.values(), own(CRITICAL=timedelta(hours=1), LOW=timedelta(days=3650))]
    assert check_promises(promises, field="promises") == []


@pytest.mark.parametrize(
    ("promise", "field", "message", "allowed"),
    [
        ("pci-dss-6.3.3", "promises[0]", "not a promise", "one of PROMISES: pci-dss-6.3.3, "),
        (own(" ", CRITICAL=DAY), "promises[0].name", "empty", "a name"),
        (own(), "promises[0].within", "nothing is promised", "a time for a severity"),
        (
            own(CRITICAL=timedelta()),
            "promises[0].within[CRITICAL]",
            "not a time that can be judged",
            "1 hour",
        ),
        (own(HIGH=-DAY), "promises[0].within[HIGH]", "not a time that can be judged", "1 hour"),
        (own(LOW=timedelta(minutes=90)), "promises[0].within[LOW]", "not a time", "whole hours"),
        (own(LOW=timedelta(days=3651)), "promises[0].within[LOW]", "not a time", "to 3650 days"),
        (own(LOW=14), "promises[0].within[LOW]", "not a time", "a timedelta"),
        (
            Promise(name="own", within={"URGENT": DAY}),  # type: ignore[dict-item]
            "promises[0].within",
            "no severity",
            "CRITICAL, HIGH, MEDIUM, LOW",
        ),
        (own("pci-dss-6.3.3", CRITICAL=90 * DAY), "promises[0].name", "says something else", "another name"),
    ],
)
def test_a_promise_that_cannot_be_judged_is_refused(
    promise: Any, field: str, message: str, allowed: str
) -> None:
    (finding,) = check_promises([promise], field="promises")
    assert (finding.id, finding.field) == (FindingId.PROMISE, field)
    assert message in finding.message
    assert allowed in (finding.allowed or "")


def test_a_promise_is_unique() -> None:
    (finding,) = check_promises([PROMISES["cyber-essentials"]] * 2, field="promises")
    assert (finding.message, finding.received) == ("listed 2 times", "'cyber-essentials'")


def test_a_promise_cannot_be_changed_after_it_was_checked() -> None:
    within = {Severity.CRITICAL: DAY}
    promise = Promise(name="own", within=within)
    within[Severity.CRITICAL] = 99 * DAY
    assert promise.longest(Severity.CRITICAL) == DAY


def test_a_promise_for_a_ring_that_is_not_there_is_reported() -> None:
    promised = {"prd": (own(CRITICAL=DAY),), "dev": (own(CRITICAL=DAY),), "none": ()}
    (finding,) = check_promised_rings(promised, ["dev", "prod"])
    assert finding.id == FindingId.PROMISE_WITHOUT_RING
    assert finding.message == "no ring has this name, so that own is not judged for it"
    assert (finding.received, finding.allowed) == ("'prd'", "dev, prod; did you mean 'prod'?")


BERLIN = timezone(timedelta(hours=1))
START = datetime(2026, 12, 19, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("freeze", "field", "message"),
    [
        (Freeze(name="", from_=START, until=START + DAY), "freezes[0].name", "empty"),
        (Freeze(name="a", from_=START, until=START), "freezes[0].until", "not after the beginning"),
        (
            Freeze(name="a", from_=START, until=datetime(2026, 12, 18, 23, tzinfo=UTC)),
            "freezes[0].until",
            "not after the beginning",
        ),
        (
            Freeze(name="a", from_=START.replace(tzinfo=None), until=START),
            "freezes[0].from_",
            "no UTC offset",
        ),
        (
            Freeze(name="a", from_=START, until=(START + DAY).replace(tzinfo=None)),
            "freezes[0].until",
            "no UTC offset",
        ),
    ],
)
def test_a_freeze_that_is_none_is_refused(freeze: Freeze, field: str, message: str) -> None:
    (finding,) = check_freezes([freeze])
    assert (finding.id, finding.field) == (FindingId.FREEZE, field)
    assert message in finding.message


def test_a_freeze_may_be_as_short_as_a_minute() -> None:
    assert check_freezes([Freeze(name="a", from_=START, until=START + timedelta(minutes=1))]) == []
