"""What the reporter remembers between its runs: when it first saw each problem, and how far a report came.

AWS forgets both: a further install without a reboot renews its times, and compliance data carry no date on
which a patch began to be missing.
"""

import datetime as dt
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from patching_constructs.model.patch_state import PatchState

_KEYS_OF_A_READ = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

_ITEMS_OF_A_WRITE = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""

_KEPT = dt.timedelta(days=90)
_RENEWED_AFTER = dt.timedelta(days=30)
"""An item that nobody has renewed for so long is of a node that is gone; DynamoDB removes it."""

_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between tries for what DynamoDB has left undone of a batch.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

T = TypeVar("T")

FirstSeen: TypeAlias = Mapping[str, dt.datetime]
"""When each problem of a node was first seen, by `problem_key`."""


class MemoryBusyError(Exception):
    """DynamoDB has left a part of a batch undone, however often it was asked.

    Args:
        table_name: Name of the table.
    """

    def __init__(self, table_name: str) -> None:
        super().__init__(
            f"table {table_name} is too busy: {len(_PAUSES)} tries left a part of a batch undone"
        )


def problem_key(patch: str, state: str) -> str:
    """Name a patch in a state.

    A patch that is missing and one whose installation has failed are one problem: each run that fails would
    renew the age of the patch otherwise, and the next scan once more.
    """
    return f"{PatchState.MISSING if state == PatchState.FAILED else state} {patch}"


class Memory:
    """Remembers in a DynamoDB table whose key is the text `id`, and whose time to live is `expires`.

    Args:
        dynamodb: A boto3 client.
        table_name: Name of the table.
        now: The moment, with a time zone.
    """

    def __init__(self, dynamodb: Any, table_name: str, *, now: dt.datetime) -> None:
        self._dynamodb = dynamodb
        self._table_name = table_name
        self._now = now

    def first_seen(self, problems_by_node: Mapping[str, Sequence[str]]) -> dict[str, dict[str, dt.datetime]]:
        """Tell when each problem was first seen, and remember those that are new; forget those that are gone.

        Args:
            problems_by_node: Keys of the problems of each node; also of nodes without any.
        """
        remembered = self._read(problems_by_node)
        seen: dict[str, dict[str, dt.datetime]] = {}
        puts: list[dict[str, Any]] = []
        deletes: list[str] = []
        for node_id, problems in problems_by_node.items():
            known, written = remembered.get(node_id, ({}, None))
            # A report that was resumed may be about an earlier moment than the one that wrote.
            seen[node_id] = {problem: min(known.get(problem, self._now), self._now) for problem in problems}
            if not problems:
                if written is not None:
                    deletes.append(node_id)
            elif written is None or seen[node_id] != known or self._now - written > _RENEWED_AFTER:
                puts.append(self._item(node_id, seen[node_id]))
        self._write(puts, deletes)
        return seen

    def load(self, name: str) -> dict[str, Any] | None:
        """Return what `save` has written under `name`, or None."""
        item = self._dynamodb.get_item(
            TableName=self._table_name, Key={"id": {"S": name}}, ConsistentRead=True
        ).get("Item")
        return None if item is None else json.loads(item["data"]["S"])

    def save(self, name: str, data: Mapping[str, Any]) -> None:
        """Write `data` under `name`."""
        self._dynamodb.put_item(TableName=self._table_name, Item=self._plain_item(name, data))

    def delete(self, name: str) -> None:
        """Remove what stands under `name`."""
        self._dynamodb.delete_item(TableName=self._table_name, Key={"id": {"S": name}})

    def _read(self, node_ids: Iterable[str]) -> dict[str, tuple[dict[str, dt.datetime], dt.datetime]]:
        found: dict[str, tuple[dict[str, dt.datetime], dt.datetime]] = {}
        for some in _in_parts(node_ids, _KEYS_OF_A_READ):
            wanted: Any = {
                self._table_name: {
                    "Keys": [{"id": {"S": _node_key(node_id)}} for node_id in some],
                    "ConsistentRead": True,
                }
            }
            for pause in _PAUSES:
                answer = self._dynamodb.batch_get_item(RequestItems=wanted)
                for item in answer["Responses"].get(self._table_name, []):
                    data = json.loads(item["data"]["S"])
                    found[data["node"]] = (
                        {key: dt.datetime.fromisoformat(time) for key, time in data["first-seen"].items()},
                        dt.datetime.fromisoformat(data["written"]),
                    )
                wanted = answer.get("UnprocessedKeys")
                if not wanted:
                    break
                time.sleep(pause)
            else:
                raise MemoryBusyError(self._table_name)
        return found

    def _write(self, puts: Iterable[dict[str, Any]], deletes: Iterable[str]) -> None:
        requests = [{"PutRequest": {"Item": item}} for item in puts]
        requests += [{"DeleteRequest": {"Key": {"id": {"S": _node_key(node_id)}}}} for node_id in deletes]
        for some in _in_parts(requests, _ITEMS_OF_A_WRITE):
            wanted: Any = {self._table_name: some}
            for pause in _PAUSES:
                wanted = self._dynamodb.batch_write_item(RequestItems=wanted).get("UnprocessedItems")
                if not wanted:
                    break
                time.sleep(pause)
            else:
                raise MemoryBusyError(self._table_name)

    def _item(self, node_id: str, seen: FirstSeen) -> dict[str, Any]:
        return self._plain_item(
            _node_key(node_id),
            {
                "node": node_id,
                "first-seen": {key: time.isoformat() for key, time in seen.items()},
                "written": self._now.isoformat(),
            },
        )

    def _plain_item(self, name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": {"S": name},
            "data": {"S": json.dumps(data)},
            "expires": {"N": str(int((self._now + _KEPT).timestamp()))},
        }


def _node_key(node_id: str) -> str:
    return f"node {node_id}"


def _in_parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part
