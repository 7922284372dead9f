"""Records of ring runs: who may write them, and that order and repetition do not matter."""

import datetime as dt
import itertools
import json
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer
from hypothesis import given

from local_aws.aws import client
from local_aws.in_process import in_process
from patching_constructs.contracts.ring_health import TaskResult
from patching_constructs.contracts.ring_owners import RING_OWNERS_FILE, RingOwners
from patching_constructs.contracts.ring_run import RingRun
from patching_constructs.contracts.ring_states import (
    EXPIRES,
    LATEST_PREFIX,
    OWNERS_EVENT,
    RECORD_KEY,
    RING_KEY,
    RUN_PREFIX,
    SINCE,
    owner_key,
    ring_key,
    run_key,
)
from patching_constructs.lambdas.ring_states import handler as store_handler
from patching_constructs.lambdas.ring_states.store import RefusedRunError, accept, store, store_owners
from tests.lambdas.malformed import malformed_events

SECURITY, REGION, TABLE = "222222222222", "eu-central-1", "states"
ACCOUNT, OTHER = "666666666666", "777777777777"
OWNERS = RingOwners(accounts={("web", "prod"): frozenset({ACCOUNT}), ("web", "dev"): frozenset({OTHER})})
START, HOUR = dt.datetime(2026, 12, 19, tzinfo=dt.UTC), dt.timedelta(hours=1)
NOW = START + 24 * HOUR

RUN = RingRun(
    rollout="web",
    ring="prod",
    ring_order=1,
    account=ACCOUNT,
    region=REGION,
    window_id="mw-0123456789abcdef0",
    window_execution_id="first",
    started_at=START,
    ended_at=START + HOUR,
    status="SUCCESS",
    next_start=START + 168 * HOUR,
    duration_hours=4,
    tasks=(TaskResult(max_errors="5%", nodes=2, succeeded=2),),
)
LATER = replace(
    RUN,
    window_execution_id="second",
    started_at=START + 3 * HOUR,
    ended_at=START + 4 * HOUR,
    tasks=(TaskResult(max_errors="5%", nodes=2, succeeded=1),),
)


def event_of(run: RingRun, *, sender: str = ACCOUNT, **changes: Any) -> dict[str, Any]:
    """Return the event as EventBridge delivers it; the account is the sender's."""
    return {
        "account": sender,
        "region": REGION,
        "source": "patching-constructs",
        "detail-type": "Patching Ring Run Finished",
        "detail": json.loads(json.dumps(run.to_data())),
        **changes,
    }


# --- who may write ---


def test_the_owner_of_a_ring_says_how_it_went() -> None:
    assert accept(event_of(RUN), OWNERS, now=NOW) == RUN


@pytest.mark.parametrize(
    ("event", "refusal"),
    [
        (event_of(RUN, sender=OTHER), "account 777777777777: it reports a run of account 666666666666"),
        (
            event_of(replace(RUN, account=OTHER), sender=OTHER),
            "account 777777777777: it does not own ring 'prod' of rollout 'web'",
        ),
        (event_of(replace(RUN, account=OTHER)), "it reports a run of account 777777777777"),
        (event_of(replace(RUN, ring="dev")), "it does not own ring 'dev' of rollout 'web'"),
        (event_of(replace(RUN, ring="images")), "it does not own ring 'images' of rollout 'web'"),
        (event_of(replace(RUN, rollout="db")), "it does not own ring 'prod' of rollout 'db'"),
        (event_of(RUN, source="aws.ssm"), "expected a run of a ring, got 'aws.ssm'"),
        (
            event_of(RUN, **{"detail-type": "Patching Event"}),
            "expected a run of a ring, got .*Patching Event",
        ),
        (event_of(RUN, detail=RUN.to_data() | {"schema-version": 2}), "schema-version: expected 1, .* got 2"),
        (
            event_of(RUN, detail={"schema-version": 1}),
            "rollout: expected text of 1 to 128 characters, got nothing",
        ),
        (
            event_of(RUN, detail=RUN.to_data() | {"failed": 1}),
            "failed: expected 0, by the other fields, got 1",
        ),
        (
            event_of(RUN, detail=LATER.to_data() | {"health": "HEALTHY"}),
            "account 666666666666: health: expected UNHEALTHY, by the other fields, got 'HEALTHY'",
        ),
        (
            event_of(replace(RUN, tasks=()), detail=replace(RUN, tasks=()).to_data() | {"health": "HEALTHY"}),
            "health: expected UNKNOWN, by the other fields, got 'HEALTHY'",
        ),
        (event_of(replace(RUN, status="IN_PROGRESS")), "status: expected one of SUCCESS"),
        (event_of(replace(RUN, region="eu-central-1/../../latest/x y")), "region: expected a Region"),
        (event_of(replace(RUN, ended_at=START - HOUR)), "cannot last from"),
        (event_of(replace(RUN, ended_at=NOW + HOUR)), "cannot last from"),
        (event_of(replace(RUN, next_start=START)), "the run after .* cannot start at"),
        (event_of(replace(RUN, duration_hours=25)), "duration-hours: expected a whole number from 1 to 24"),
    ],
    ids=[
        "for another account",
        "for a ring of others",
        "of another account",
        "for a ring that it does not own",
        "for a ring without owner",
        "for a rollout without owner",
        "another source",
        "another type",
        "another version of the record",
        "no run",
        "figures that disagree",
        "healthy over its budget",
        "healthy without a node",
        "still in progress",
        "a Region that cannot be",
        "an end before the start",
        "an end to come",
        "a next run that is not after it",
        "a duration that no window has",
    ],
)
def test_what_is_refused(event: dict[str, Any], refusal: str) -> None:
    with pytest.raises(RefusedRunError, match=refusal):
        accept(event, OWNERS, now=NOW)


@given(malformed_events(event_of(RUN)))
def test_a_malformed_event_is_refused_as_such_whatever_its_shape(event: Any) -> None:
    with suppress(RefusedRunError):
        assert accept(event, OWNERS, now=NOW).account == ACCOUNT


# --- what is kept ---


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with in_process():
        found = client("dynamodb", account=SECURITY, region=REGION)
        found.create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": RING_KEY, "KeyType": "HASH"},
                {"AttributeName": RECORD_KEY, "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": RING_KEY, "AttributeType": "S"},
                {"AttributeName": RECORD_KEY, "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield found


def records(dynamodb: Any, prefix: str, *, ring: str = "prod") -> list[RingRun]:
    """Read as a gate or a report does."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=TABLE,
        KeyConditionExpression="#ring = :ring AND begins_with(#record, :prefix)",
        ExpressionAttributeNames={"#ring": RING_KEY, "#record": RECORD_KEY},
        ExpressionAttributeValues={":ring": {"S": ring_key("web", ring)}, ":prefix": {"S": prefix}},
    )
    return [RingRun.from_data(_plain(item)) for page in pages for item in page["Items"]]


def _plain(item: dict[str, Any]) -> Any:
    deserialize = TypeDeserializer().deserialize
    return json.loads(json.dumps({name: deserialize(value) for name, value in item.items()}, default=int))


@pytest.mark.parametrize("order", [*itertools.permutations([RUN, LATER]), (RUN, LATER, RUN, LATER, RUN)])
def test_order_and_repetition_do_not_matter(dynamodb: Any, order: tuple[RingRun, ...]) -> None:
    for run in order:
        store(dynamodb, run, table_name=TABLE)
    assert sorted(records(dynamodb, RUN_PREFIX), key=lambda run: run.started_at) == [RUN, LATER]
    assert records(dynamodb, LATEST_PREFIX) == [LATER]


def test_runs_are_sorted_by_their_start_and_expire(dynamodb: Any) -> None:
    for run in (LATER, RUN):
        store(dynamodb, run, table_name=TABLE)
    items = {item[RECORD_KEY]["S"]: item for item in dynamodb.scan(TableName=TABLE)["Items"]}
    prefix = f"run/{ACCOUNT}/{REGION}"
    expected = [f"{prefix}/2026-12-19T00:00:00Z/first", f"{prefix}/2026-12-19T03:00:00Z/second"]
    assert [key for key in items if key.startswith(RUN_PREFIX)] == expected
    expires = dt.datetime.fromtimestamp(int(items[expected[0]][EXPIRES]["N"]), dt.UTC)
    assert expires - START == dt.timedelta(days=400)
    assert EXPIRES not in items[f"latest/{ACCOUNT}/{REGION}"]


def test_a_query_can_ask_for_the_runs_of_a_period() -> None:
    """The order of keys is that of starts, whatever their time zone."""
    elsewhere = dt.timezone(dt.timedelta(hours=-9))
    starts = [START + 20 * HOUR * number for number in range(6)]
    keys = [run_key(ACCOUNT, REGION, start.astimezone(elsewhere), str(uuid.uuid4())) for start in starts]
    assert keys == sorted(keys)


def test_an_owner_is_stored_once_with_the_time_at_which_it_became_one(dynamodb: Any) -> None:
    store_owners(dynamodb, OWNERS, table_name=TABLE, now=START)
    more = RingOwners(accounts={**OWNERS.accounts, ("web", "prod"): frozenset({ACCOUNT, OTHER})})
    assert store_owners(dynamodb, more, table_name=TABLE, now=START + 24 * HOUR) == 3
    since = {
        (item[RING_KEY]["S"], item[RECORD_KEY]["S"]): item[SINCE]["S"]
        for item in dynamodb.scan(TableName=TABLE)["Items"]
    }
    assert since == {
        ("web/prod", owner_key(ACCOUNT)): "2026-12-19T00:00:00+00:00",
        ("web/prod", owner_key(OTHER)): "2026-12-20T00:00:00+00:00",
        ("web/dev", owner_key(OTHER)): "2026-12-19T00:00:00+00:00",
    }


def test_runs_are_compared_by_their_moment_and_not_by_how_it_is_written(dynamodb: Any) -> None:
    elsewhere = dt.timezone(dt.timedelta(hours=-9))
    later = replace(LATER, started_at=LATER.started_at.astimezone(elsewhere))
    for run in (later, RUN):
        store(dynamodb, run, table_name=TABLE)
    assert records(dynamodb, LATEST_PREFIX) == [LATER]


def test_every_account_and_region_of_a_ring_has_a_latest_run_of_its_own(dynamodb: Any) -> None:
    places = [(ACCOUNT, "eu-central-1"), (ACCOUNT, "eu-west-1"), (OTHER, "eu-central-1")]
    for account, region in places:
        store(dynamodb, replace(RUN, account=account, region=region), table_name=TABLE)
    found = records(dynamodb, LATEST_PREFIX)
    assert [(run.account, run.region) for run in found] == places
    assert records(dynamodb, LATEST_PREFIX, ring="dev") == []


def test_what_was_kept_once_stays_as_it_was(dynamodb: Any) -> None:
    store(dynamodb, LATER, table_name=TABLE)
    store(dynamodb, replace(LATER, tasks=RUN.tasks), table_name=TABLE)
    assert records(dynamodb, RUN_PREFIX) == records(dynamodb, LATEST_PREFIX) == [LATER]


def test_a_latest_that_was_not_written_is_written_when_the_run_comes_again(dynamodb: Any) -> None:
    store(dynamodb, RUN, table_name=TABLE)
    (latest,) = [
        item
        for item in dynamodb.scan(TableName=TABLE)["Items"]
        if item[RECORD_KEY]["S"].startswith(LATEST_PREFIX)
    ]
    dynamodb.delete_item(TableName=TABLE, Key={name: latest[name] for name in (RING_KEY, RECORD_KEY)})
    store(dynamodb, RUN, table_name=TABLE)
    assert records(dynamodb, LATEST_PREFIX) == [RUN]


def test_a_table_that_cannot_be_written_is_an_error(dynamodb: Any) -> None:
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        store(dynamodb, RUN, table_name="other")


# --- as Lambda starts it ---


@pytest.fixture
def started(dynamodb: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    (tmp_path / RING_OWNERS_FILE).write_text(OWNERS.to_json())
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("TABLE_NAME", TABLE)
    monkeypatch.setattr("boto3.client", lambda name, *, config: dynamodb)  # noqa: ARG005
    return dynamodb


PAST = replace(RUN, started_at=RUN.started_at.replace(year=2020), ended_at=RUN.ended_at.replace(year=2020))


def test_the_handler_keeps_a_run(started: Any) -> None:
    store_handler.handler(event_of(PAST), None)
    assert records(started, LATEST_PREFIX) == [PAST]


def test_the_handler_stores_owners_when_the_schedule_starts_it(started: Any) -> None:
    assert store_handler.handler(OWNERS_EVENT, None) == {"owners": 2}
    assert len(started.scan(TableName=TABLE)["Items"]) == 2


def test_the_handler_keeps_nothing_of_a_run_that_it_refuses(started: Any) -> None:
    with pytest.raises(RefusedRunError):
        store_handler.handler(event_of(PAST, sender=OTHER), None)
    assert started.scan(TableName=TABLE)["Items"] == []
