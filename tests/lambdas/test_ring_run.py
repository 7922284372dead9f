"""The record of a run, on its way to the security account."""

import datetime as dt
import json
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.contracts.ring_health import RingHealth, TaskResult
from patching_constructs.contracts.ring_run import RingRun
from patching_constructs.model.region import is_region
from tests.model.test_ring_health import STATUSES, TASKS

RUN = RingRun(
    rollout="web",
    ring="prod",
    ring_order=4,
    account="666666666666",
    region="eu-central-1",
    window_id="mw-0123456789abcdef0",
    window_execution_id="14bea65d-5ccc-462d-a2f3-e99c8EXAMPLE",
    started_at=dt.datetime(2026, 12, 19, tzinfo=dt.UTC),
    ended_at=dt.datetime(2026, 12, 19, 3, tzinfo=dt.UTC),
    status="SUCCESS",
    next_start=dt.datetime(2026, 12, 26, tzinfo=dt.UTC),
    duration_hours=4,
    tasks=(
        TaskResult(max_errors="5%", nodes=40, succeeded=39, not_reached=1),
        TaskResult(max_errors="0", nodes=8, succeeded=8),
    ),
)


def test_the_figures_of_a_run_are_those_of_its_tasks() -> None:
    assert (RUN.nodes, RUN.succeeded, RUN.failed, RUN.max_errors) == (48, 47, 1, "5%, 0")
    assert RUN.health is RingHealth.HEALTHY
    assert RUN.reason == "1 of 48 nodes failed, each task within its error budget, 1 of them not reached"


@given(
    st.builds(
        RingRun,
        rollout=st.text("abc-", min_size=1, max_size=128),
        ring=st.text("abc-", min_size=1, max_size=128),
        ring_order=st.integers(0, 1000),
        account=st.from_regex(r"\A[0-9]{12}\Z"),
        region=st.sampled_from(["eu-central-1", "us-gov-west-1"]),
        window_id=st.just("mw-0123456789abcdef0"),
        window_execution_id=st.uuids().map(str),
        started_at=st.datetimes(timezones=st.just(dt.UTC)),
        ended_at=st.datetimes(timezones=st.just(dt.UTC)),
        status=STATUSES,
        next_start=st.none() | st.datetimes(timezones=st.just(dt.UTC)),
        duration_hours=st.integers(1, 24),
        tasks=TASKS.map(tuple),
    )
)
def test_a_run_arrives_as_it_was_sent(run: RingRun) -> None:
    assert RingRun.from_data(json.loads(json.dumps(run.to_data()))) == run


def test_times_arrive_in_utc() -> None:
    data = RUN.to_data() | {"started-at": "2026-12-19T01:00:00+01:00"}
    assert RingRun.from_data(data) == RUN


TASK = RUN.tasks[0].to_data()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"account": None}, "account: expected an id .*, got nothing"),
        ({"ring": ""}, "ring: expected text of 1 to 128 characters, got ''"),
        ({"ring": "x" * 129}, r"ring: .*, got 'x{60}'... \(129 characters\)"),
        ({"ring": "\ud800"}, r"ring: expected text in Unicode, got '\\ud800'"),
        ({"ring-order": True}, "ring-order: expected a whole number from 0 to 1000000, got true"),
        ({"ring-order": 10**6 + 1}, "ring-order: expected a whole number"),
        ({"ring-order": 10**100}, "ring-order: .*, got a number"),
        ({"ring-order": 0.5}, "ring-order: .*, got a number"),
        ({"region": "eu-central-1/../../latest/x y"}, "region: expected a Region such as eu-central-1, got"),
        (
            {"window-execution-id": "a/b"},
            "window-execution-id: expected the id of a window execution, got 'a/b'",
        ),
        (
            {"started-at": "yesterday"},
            "started-at: expected a time with a UTC offset such as .*, got 'yesterday'",
        ),
        ({"ended-at": "2026-12-19T03:00:00"}, "ended-at: expected a time with a UTC offset"),
        ({"ended-at": "9999-12-31T23:59:59-23:59"}, "ended-at: expected a time with a UTC offset"),
        (
            {"status": "IN_PROGRESS"},
            "status: expected one of SUCCESS, FAILED, TIMED_OUT, CANCELLED, got 'IN_PROGRESS'",
        ),
        ({"status": "SKIPPED_OVERLAPPING"}, "status: expected one of"),
        ({"tasks": {}}, "tasks: expected a list of 0 to 100 entries, got an object"),
        ({"tasks": [TASK] * 101}, "tasks: expected a list of 0 to 100 entries, got a list of 101 entries"),
        ({"tasks": [None]}, r"tasks\[0\]: expected an object, got nothing"),
        (
            {"tasks": [TASK | {"max-errors": "-1%"}]},
            r"tasks\[0\].max-errors: expected a number or a percentage",
        ),
        ({"tasks": [TASK | {"is-readable": 1}]}, r"tasks\[0\].is-readable: expected true or false, got 1"),
        (
            {"tasks": [TASK | {"nodes": 3}]},
            r"tasks\[0\].nodes: got 3, of which 39 succeeded and 1 were not reached",
        ),
        ({"tasks": [TASK | {"is-readable": False}]}, "got 40, although the results could not be read"),
        ({"nodes": 49}, "nodes: expected 48, by the other fields, got 49"),
        ({"nodes": 48.0}, "nodes: expected 48, by the other fields, got a number"),
        ({"succeeded": 48, "failed": 0}, "succeeded: expected 47, by the other fields, got 48"),
        ({"max-errors": "50%"}, "max-errors: expected 5%, 0, by the other fields, got '50%'"),
        ({"health": "FINE"}, "health: expected HEALTHY, by the other fields, got 'FINE'"),
        ({"status": "FAILED"}, "health: expected UNHEALTHY, by the other fields, got 'HEALTHY'"),
    ],
)
def test_a_record_that_is_malformed_or_contradicts_itself_is_refused(
    changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        RingRun.from_data(RUN.to_data() | changes)


def test_every_region_of_aws_is_a_region() -> None:
    session = botocore.session.Session()
    regions = [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ssm", partition_name=partition, allow_non_regional=False)
    ]
    assert len(regions) > 30
    assert [region for region in regions if not is_region(region)] == []


@pytest.mark.parametrize(
    "name", ["", "eu", "eu-central", "eu-central-1 ", "EU-CENTRAL-1", "eu-central-1\n", "*"]
)
def test_what_has_not_the_form_of_a_region(name: str) -> None:
    assert not is_region(name)
