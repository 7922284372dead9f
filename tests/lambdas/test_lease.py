"""Only one report is made at a time, whatever starts the function and however it ends."""

import datetime as dt
from typing import Any

import pytest

from patching_constructs.lambdas.compliance_reporter.lease import Lease
from tests.lambdas.fleets import HOUR, START, TABLE, World

pytestmark = pytest.mark.usefixtures("local_aws")

MINUTE = dt.timedelta(minutes=1)
LONGEST = 15 * MINUTE
NOW = START


@pytest.fixture
def dynamodb(local_aws: None) -> Any:  # noqa: ARG001 - asked for so that it is there
    return World().client("dynamodb")


def lease(dynamodb: Any, run_id: str, part: int = 0) -> Lease:
    return Lease(dynamodb=dynamodb, table_name=TABLE, run_id=run_id, part=part)


def take(dynamodb: Any, run_id: str, part: int = 0, *, now: dt.datetime = NOW) -> bool:
    return lease(dynamodb, run_id, part).take(now=now, remaining=LONGEST)


def test_a_second_report_waits_for_the_first_and_follows_it(dynamodb: Any) -> None:
    assert take(dynamodb, "first")
    assert not take(dynamodb, "second", now=NOW + 5 * MINUTE)
    assert lease(dynamodb, "first").give_back(), "another one is wanted"
    assert take(dynamodb, "third", now=NOW + 6 * MINUTE)
    assert not lease(dynamodb, "third").give_back(), "no execution waits any more"


def test_one_delivery_that_comes_twice_is_one_report(dynamodb: Any) -> None:
    assert take(dynamodb, "request")
    assert not take(dynamodb, "request")


def test_a_report_that_begins_is_the_one_that_was_wanted(dynamodb: Any) -> None:
    assert take(dynamodb, "dies")
    assert not take(dynamodb, "waits")
    assert take(dynamodb, "later", now=NOW + HOUR)
    assert not lease(dynamodb, "later").give_back()


@pytest.mark.parametrize(("after", "taken"), [(15 * MINUTE, False), (17 * MINUTE, True)])
def test_a_function_that_died_keeps_no_other_from_reporting_once_it_cannot_be_running(
    dynamodb: Any,
    after: dt.timedelta,
    taken: bool,
) -> None:
    assert take(dynamodb, "dies")
    assert take(dynamodb, "next", now=NOW + after) is taken


def test_the_next_part_takes_over_once_and_no_other_report_comes_between(dynamodb: Any) -> None:
    assert take(dynamodb, "slow")
    lease(dynamodb, "slow").keep_for_next_part(now=NOW + 13 * MINUTE)
    assert not take(dynamodb, "other", now=NOW + 20 * MINUTE)
    assert take(dynamodb, "slow", 1, now=NOW + 21 * MINUTE)
    assert not take(dynamodb, "slow", 1, now=NOW + 21 * MINUTE), "delivered twice"
    assert lease(dynamodb, "slow", 1).give_back(), "the other one is still wanted"


def test_a_part_that_comes_too_late_finds_another_report(dynamodb: Any) -> None:
    assert take(dynamodb, "slow")
    lease(dynamodb, "slow").keep_for_next_part(now=NOW + 13 * MINUTE)
    assert take(dynamodb, "other", now=NOW + 30 * MINUTE)
    assert not take(dynamodb, "slow", 1, now=NOW + 31 * MINUTE)


def test_what_is_another_ones_is_not_given_back(dynamodb: Any) -> None:
    assert take(dynamodb, "dies slowly")
    assert take(dynamodb, "next", now=NOW + HOUR)
    lease(dynamodb, "dies slowly").give_back()
    assert not take(dynamodb, "third", now=NOW + HOUR)
