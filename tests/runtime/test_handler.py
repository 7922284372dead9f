"""Where Lambda starts the reporter: settings from beside the code, and going on where a report stopped.

The call of the function to itself is stubbed: nothing here can run a function of Lambda. Everything else is
answered by the local AWS.
"""

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from local_aws.fleet.clock import clock
from local_aws.fleet.records import Node
from patching_constructs.runtime.reporter import handler as reporter
from patching_constructs.runtime.reporter.handler import MOST_PARTS, UnfinishedReportError, handler
from tests.runtime.fleets import ACCOUNT, BUCKET, DAY, REGION, TABLE, World, node

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:reporter"


class Context:
    """What Lambda tells a function about its call; `seconds` is what is left, each time it asks."""

    invoked_function_arn = ARN
    aws_request_id = "request"

    def __init__(self, *seconds: float) -> None:
        self._left = iter(seconds)

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
    (tmp_path / reporter.SETTINGS_FILE).write_text(made.settings.to_json())
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
    world: World, calls: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    world.add(old_node(1))
    summary = handler({}, Context())
    assert summary == json.loads(capsys.readouterr().out)
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
    for _ in range(MOST_PARTS):
        handler(event, Context(1))
        event = json.loads(calls[-1]["Payload"])
    with pytest.raises(UnfinishedReportError):
        handler(event, Context(1))
    assert len(calls) == MOST_PARTS


def test_a_group_that_cannot_be_read_is_an_error(
    world: World, calls: list[dict[str, Any]], tmp_path: Path
) -> None:
    settings = json.loads(world.settings.to_json())
    settings["rings"][0]["patch-groups"].append({"name": "x" * 300, "tag-key": "PatchGroup"})
    (tmp_path / reporter.SETTINGS_FILE).write_text(json.dumps(settings))
    with pytest.raises(UnfinishedReportError, match="patch group xxx"):
        handler({}, Context())
    assert calls == []


@pytest.mark.usefixtures("calls")
def test_a_report_that_nobody_remembers_is_an_error() -> None:
    with pytest.raises(UnfinishedReportError, match="nobody knows how far it came"):
        handler({"resume": "gone"}, Context())
