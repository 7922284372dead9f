"""The reporter with botocore's own retries, where a node answers with an error of AWS.

What the endpoint answers for that node is stubbed, as the local AWS never fails by itself. No one sleeps
here: the pauses that botocore asks for are taken off the time that the function has left.
"""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse

from local_aws.fleet.clock import clock
from local_aws.fleet.records import Node
from local_aws.services.moto_corrections import ACCOUNT_KEY_PREFIX
from local_aws.services.moto_seams import metric_data
from patching_constructs import PatchOperation
from patching_constructs.lambdas.compliance_reporter.handler import handler
from tests.lambdas.fleets import (
    ACCOUNT,
    BUCKET,
    DAY,
    KERNEL,
    REGION,
    TABLE,
    World,
    node,
    patch,
    write_settings,
)

SECONDS = 900
LONGEST_PAUSES = 91
"""Of one call, in seconds: 1, 2, 4, 8, 16, 20, 20 and 20."""


class Endpoint:
    """Answers with HTTP 500 for some nodes, so many times for each, and lets the local AWS answer for others.

    Attributes:
        asked: Nodes in the order in which they were asked for their patches.
        pauses: Seconds that botocore has waited.
    """

    def __init__(self, fails: Callable[[str, int], bool]) -> None:
        self._fails = fails
        self.asked: list[str] = []
        self.pauses: list[float] = []

    def client(self, service: str, *, config: Any = None, make: Any = boto3.client) -> Any:
        """Make a client as the function does, in the account of the nodes."""
        made = make(
            service,
            region_name=REGION,
            config=config,
            aws_access_key_id=f"{ACCOUNT_KEY_PREFIX}{ACCOUNT}",
            aws_secret_access_key="local",  # noqa: S106 - the local AWS accepts any
        )
        made.meta.events.register_first("before-send.ssm.DescribeInstancePatches", self._answer)
        return made

    def left(self) -> int:
        """Tell how many milliseconds the function has left."""
        return int(1000 * (SECONDS - sum(self.pauses)))

    def _answer(self, request: Any, **_: object) -> AWSResponse | None:
        node_id = json.loads(request.body)["InstanceId"]
        self.asked.append(node_id)
        if not self._fails(node_id, self.asked.count(node_id)):
            return None
        body = b'{"__type": "InternalServerError", "message": "it broke"}'
        return AWSResponse(request.url, 500, {}, SimpleNamespace(stream=lambda: iter([body])))


@pytest.fixture
def world(local_aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:  # noqa: ARG001 - asked for so that it is there
    made = World()
    clock.set(None)
    published = clock() - 2 * DAY
    made.add(*[node(number, launched_at=published) for number in range(3)], patch(KERNEL, published))
    for each in made.place.fleet.nodes.values():
        made.place.fleet.run(each, PatchOperation.SCAN, now=clock() - DAY)
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("TABLE_NAME", TABLE)
    monkeypatch.setenv("HISTORY_BUCKET", BUCKET)
    write_settings(made.settings, tmp_path)
    return made


def report(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Let the function make a report."""
    monkeypatch.setattr(boto3, "client", endpoint.client)
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=endpoint.pauses.append))
    return handler(
        {},
        SimpleNamespace(
            invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:reporter",
            aws_request_id="request",
            get_remaining_time_in_millis=endpoint.left,
        ),
    )


def published() -> dict[str, float]:
    """Return the metrics of the ring."""
    return {
        datum.name: datum.value
        for datum in metric_data(ACCOUNT, REGION)
        if {dimension.name for dimension in datum.dimensions} == {"Rollout", "Ring"}
    }


def id_of(number: int) -> str:
    made: Node = node(number)
    return made.node_id


@pytest.mark.usefixtures("world")
def test_a_node_that_fails_for_ever_is_said_and_the_others_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = Endpoint(lambda node_id, _: node_id == id_of(1))
    summary = report(endpoint, monkeypatch)
    assert summary["finished"]
    assert summary["parts"] == 1
    assert list(summary["unread"]) == [id_of(1)]
    assert "InternalServerError" in summary["unread"][id_of(1)]
    assert endpoint.asked == [id_of(0), *[id_of(1)] * 9, id_of(2)]
    assert len(endpoint.pauses) == 8
    assert sum(endpoint.pauses) <= LONGEST_PAUSES
    found = published()
    assert (found["NodesInScope"], found["UnreadNodes"], found["MissingCriticalPatches"]) == (3, 1, 2)


@pytest.mark.usefixtures("world")
def test_a_node_that_fails_for_a_while_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = Endpoint(lambda node_id, time: node_id == id_of(1) and time <= 8)
    summary = report(endpoint, monkeypatch)
    assert (summary["finished"], summary["unread"]) == (True, {})
    assert endpoint.asked.count(id_of(1)) == 9
    found = published()
    assert (found["UnreadNodes"], found["MissingCriticalPatches"]) == (0, 3)


def test_a_report_ends_in_time_although_every_node_fails_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched = clock() - 2 * DAY
    for number in range(3, 40):
        added = node(number, launched_at=launched)
        world.add(added)
        world.place.fleet.run(added, PatchOperation.SCAN, now=clock() - DAY)
    endpoint = Endpoint(lambda *_: True)
    summary = report(endpoint, monkeypatch)
    assert (summary["finished"], summary["parts"], len(summary["unread"])) == (True, 1, 40)
    assert endpoint.left() > 0
    assert len(endpoint.asked) < 9 * 40, "botocore stops trying again where nothing helps"
