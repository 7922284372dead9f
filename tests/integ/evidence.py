"""What a run has seen: the answers, events and objects that checks and fixtures are made from."""

import datetime as dt
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from patching_constructs import OperatingSystem
from patching_constructs.contracts.history_row import HistoryRow
from patching_constructs.contracts.ring_run import RingRun
from patching_constructs.contracts.ring_states import RECORD_KEY, RING_KEY, RUN_PREFIX, ring_key
from patching_constructs.evidence.history_files import read_history
from tests.integ.cloud import Cloud
from tests.integ.stacks_under_test import RING, ROLLOUT

Answer = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """What is deployed, and the nodes.

    Attributes:
        outputs: Outputs of both stacks.
        nodes: Ids of the nodes, by operating system.
        window_ids: Ids of the windows, by their names.
    """

    outputs: Mapping[str, str]
    nodes: Mapping[OperatingSystem, str]
    window_ids: Mapping[str, str]

    @property
    def node_ids(self) -> list[str]:
        """Ids of the nodes."""
        return list(self.nodes.values())


@dataclass(kw_only=True, slots=True)
class Stage:
    """What is known after a scan or an install.

    Attributes:
        execution: The execution of the window.
        states: Patch states by node, as AWS counts.
        listed: How many patches AWS lists as missing, by node.
        rows: Rows of the latest report in the history, by node.
    """

    execution: Answer
    states: Mapping[str, Answer]
    listed: Mapping[str, int]
    rows: Mapping[str, HistoryRow] = field(default_factory=dict)

    def missing_by_aws(self, node_id: str) -> int:
        """Return how many patches AWS counts as missing on a node."""
        return int(self.states[node_id]["MissingCount"])

    def missing_by_reporter(self, node_id: str) -> int:
        """Return how many patches the latest report has as missing on a node."""
        return sum(problem.state.name == "MISSING" for problem in self.rows[node_id].problems)


def window_name(operation: str) -> str:
    """Return the name of a window."""
    return f"{ROLLOUT}-{RING}-{operation}"


def finished_execution(cloud: Cloud, window_id: str, *, after: dt.datetime) -> Answer | None:
    """Return the execution of a window that started after a moment, once it is over."""
    found = cloud.client("ssm").describe_maintenance_window_executions(
        WindowId=window_id,
        Filters=[{"Key": "ExecutedAfter", "Values": [after.strftime("%Y-%m-%dT%H:%M:%SZ")]}],
    )["WindowExecutions"]
    over = [
        each
        for each in found
        if each["Status"] not in {"PENDING", "IN_PROGRESS", "CANCELLING"} and each["EndTime"] <= cloud.now()
    ]
    return over[0] if over else None


def patch_states(cloud: Cloud, node_ids: Sequence[str], *, after: dt.datetime) -> dict[str, Answer] | None:
    """Return the patch states of nodes, once all of them are from operations after a moment."""
    found = cloud.client("ssm").describe_instance_patch_states(InstanceIds=list(node_ids))
    states = {state["InstanceId"]: state for state in found["InstancePatchStates"]}
    fresh = {node_id for node_id, state in states.items() if state["OperationEndTime"] >= after}
    return states if fresh == set(node_ids) else None


def listed_missing(cloud: Cloud, node_id: str) -> int:
    """Return how many patches AWS lists as missing on a node."""
    pages = (
        cloud.client("ssm")
        .get_paginator("describe_instance_patches")
        .paginate(InstanceId=node_id, Filters=[{"Key": "State", "Values": ["Missing"]}])
    )
    return sum(len(page["Patches"]) for page in pages)


def latest_rows(cloud: Cloud, bucket: str, *, after: dt.datetime) -> dict[str, HistoryRow] | None:
    """Return the rows of the newest report that was made after a moment, by node."""
    s3 = cloud.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"nodes/rollout={ROLLOUT}/")
    with tempfile.TemporaryDirectory() as folder:
        for key in (item["Key"] for page in pages for item in page.get("Contents", ())):
            path = Path(folder, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        if not any(Path(folder).rglob("*.json.gz")):
            return None
        rows = [
            row
            for row in read_history(Path(folder), before=dt.date.max)
            if isinstance(row, HistoryRow) and row.seen_at >= after.replace(microsecond=0)
        ]
    latest = max((row.seen_at for row in rows), default=None)
    return {row.node_id: row for row in rows if row.seen_at == latest} or None


def ring_run(cloud: Cloud, table: str, execution_id: str) -> RingRun | None:
    """Return the record of the run of a ring, once the security account has it."""
    items = cloud.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="#ring = :ring AND begins_with(#record, :run)",
        ExpressionAttributeNames={"#ring": RING_KEY, "#record": RECORD_KEY},
        ExpressionAttributeValues={
            ":ring": {"S": ring_key(ROLLOUT, RING)},
            ":run": {"S": RUN_PREFIX},
        },
        ConsistentRead=True,
    )["Items"]
    for item in items:
        data = _plain(item)
        if data.get("window-execution-id") == execution_id:
            return RingRun.from_data(data)
    return None


def _plain(item: Mapping[str, Any]) -> Any:
    """Return an item of DynamoDB as JSON; all numbers of a record are whole ones."""
    deserialize = TypeDeserializer().deserialize
    return json.loads(json.dumps({name: deserialize(value) for name, value in item.items()}, default=int))


def drain_events(cloud: Cloud, queue_url: str) -> Iterator[Answer]:
    """Yield the events that wait in the queue, and remove them from it."""
    sqs = cloud.client("sqs")
    while messages := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get(
        "Messages"
    ):
        for message in messages:
            yield json.loads(message["Body"])
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
