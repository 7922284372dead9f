"""Where Lambda starts the reporter: settings from beside the code, and going on where a report stopped.

The call of the function to itself is stubbed: nothing here can run a function of Lambda. Everything else is
answered by the local AWS.
"""

import datetime as dt
import json
import logging
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from local_aws.fleet.clock import clock
from local_aws.fleet.records import Node
from patching_constructs.constructs.compliance.dashboard import body
from patching_constructs.contracts.ring_document import DeployedGroup
from patching_constructs.lambdas.compliance_reporter.handler import (
    MOST_CALLS_IN_A_ROW,
    UnfinishedReportError,
    handler,
)
from patching_constructs.lambdas.compliance_reporter.progress import Progress
from patching_constructs.lambdas.compliance_reporter.report import Reporter, ReportResult
from tests.lambdas.fleets import ACCOUNT, BUCKET, DAY, REGION, TABLE, World, node, with_rings, write_settings

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:reporter"


class Context:
    """What Lambda tells a function about its call; `seconds` is what is left, each time a report asks."""

    invoked_function_arn = ARN
    aws_request_id = "request"

    def __init__(self, *seconds: float) -> None:
        self._left = iter((900, *seconds))  # the lease asks first

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * next(self._left, 900))


def old_node(number: int) -> Node:
    """Make a node that was there yesterday: the handler asks the machine for the time."""
    return node(number, launched_at=dt.datetime.now(dt.UTC) - DAY)


@pytest.fixture
def world(local_aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:  # noqa: ARG001 - asked for so that it is there
    made = World()
    clock.set(None)
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("TABLE_NAME", TABLE)
    monkeypatch.setenv("HISTORY_BUCKET", BUCKET)
    write_settings(made.settings, tmp_path)
    return made


@pytest.fixture
def calls(world: World, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Give boto3 clients of the local AWS, and collect what the function asks Lambda for."""
    made: list[dict[str, Any]] = []

    def client(service: str, **_: object) -> Any:
        if service == "lambda":
            return SimpleNamespace(invoke=lambda **request: made.append(request))
        return world.client(service)

    monkeypatch.setattr(boto3, "client", client)
    return made


def test_a_report_reads_its_settings_and_says_what_it_did(
    world: World, calls: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world.add(old_node(1))
    summary = handler({}, Context())
    (record,) = (each for each in caplog.records if each.message == "report")
    assert vars(record)["summary"] == json.loads(json.dumps(summary))
    shown = set(re.findall(r"\bsummary\.(\w+)", body.REPORTS_QUERY))
    assert shown
    assert shown <= summary.keys()
    assert (summary["finished"], summary["nodes"], summary["report"]) == (True, 1, "request")
    assert calls == []
    keys = [entry["Key"] for entry in world.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert f"/account={ACCOUNT}/region={REGION}/" in keys[0]


def test_a_report_that_has_no_time_left_calls_itself_and_goes_on(
    world: World, calls: list[dict[str, Any]]
) -> None:
    world.add(*[old_node(number) for number in range(140)])
    assert not handler({}, Context(900, 1))["finished"]
    (call,) = calls
    assert (call["FunctionName"], call["InvocationType"]) == (ARN, "Event")
    summary = handler(json.loads(call["Payload"]), Context())
    assert (summary["finished"], summary["nodes"], summary["parts"]) == (True, 140, 2)


def test_a_report_that_never_ends_is_an_error(world: World, calls: list[dict[str, Any]]) -> None:
    world.add(old_node(1))
    event: dict[str, Any] = {}
    for _ in range(MOST_CALLS_IN_A_ROW):
        handler(event, Context(1))
        event = json.loads(calls[-1]["Payload"])
    with pytest.raises(UnfinishedReportError):
        handler(event, Context(1))
    assert len(calls) == MOST_CALLS_IN_A_ROW


@pytest.mark.breaks_model("ssm:DescribeInstancePatchStatesForPatchGroup")
def test_a_group_that_cannot_be_read_is_an_error(
    world: World, calls: list[dict[str, Any]], tmp_path: Path
) -> None:
    (ring,) = world.settings.rings
    unreadable = DeployedGroup(name="x" * 300, tag_key="PatchGroup")
    ring = replace(ring, patch_groups=(*ring.patch_groups, unreadable))
    write_settings(with_rings(world.settings, ring), tmp_path)
    with pytest.raises(UnfinishedReportError, match="patch group xxx"):
        handler({}, Context())
    assert calls == []


def test_a_report_that_begins_while_another_is_made_waits_and_follows_it(
    world: World, calls: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schedule and the end of an install start the function at the same moment."""
    world.add(old_node(1))
    outcomes = []
    make = Reporter.make

    def make_meanwhile(self: Reporter, progress: Progress) -> ReportResult:
        monkeypatch.setattr(Reporter, "make", make)
        outcomes.append(handler({}, Context()))
        return make(self, progress)

    monkeypatch.setattr(Reporter, "make", make_meanwhile)
    outcomes.append(handler({}, Context()))
    assert [outcome.get("waits") for outcome in outcomes] == ["another report is being made", None]
    assert world.metrics("ReportsFinished", {"Rollout": "web"}) == [1]
    (call,) = calls
    event = json.loads(call["Payload"])
    assert handler(event, Context())["finished"]
    assert len(calls) == 1, "no other report was wanted meanwhile"


def test_a_report_that_fails_leaves_the_way_to_its_retry(
    world: World, calls: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add(old_node(1))

    def fail(*_: object) -> None:
        raise ValueError("denied")

    with monkeypatch.context() as patched:
        patched.setattr(Reporter, "make", fail)
        with pytest.raises(ValueError, match="denied"):
            handler({}, Context())
    assert handler({}, Context())["finished"], "Lambda repeats it with the same request id"
    assert calls == []


def test_reports_that_are_wanted_again_and_again_end_before_lambda_stops_them(
    world: World, calls: list[dict[str, Any]]
) -> None:
    world.add(old_node(1))
    world.client("dynamodb").put_item(TableName=TABLE, Item={"id": {"S": "wanted"}})
    make = Reporter.make

    def make_wanted(self: Reporter, progress: Progress) -> ReportResult:
        world.client("dynamodb").put_item(TableName=TABLE, Item={"id": {"S": "wanted"}})
        return make(self, progress)

    event: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Reporter, "make", make_wanted)
        for number in range(MOST_CALLS_IN_A_ROW):
            handler(event, Context())
            assert len(calls) == number + 1
            event = json.loads(calls[-1]["Payload"])
        handler(event, Context())
    assert len(calls) == MOST_CALLS_IN_A_ROW


@pytest.mark.usefixtures("calls")
def test_a_report_that_no_one_remembers_is_an_error() -> None:
    with pytest.raises(UnfinishedReportError, match="how far it came is not known"):
        handler({"resume": "gone"}, Context())
