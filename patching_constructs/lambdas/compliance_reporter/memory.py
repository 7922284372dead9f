"""What the reporter remembers between its runs: what is left to do on each node, and how far a report came.

AWS forgets since when: a further install without a reboot renews its times, and compliance data carry no date
on which a patch began to be missing.
"""

import datetime as dt
import json
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from patching_constructs.lambdas.compliance_reporter.remembered_node import RememberedNode

# BatchGetItem takes 100 keys, and returns at most 16 MB: the rest comes back as unprocessed.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_KEYS_OF_A_READ = 100

# BatchWriteItem takes 25 requests, a quarter of what BatchGetItem takes.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
_ITEMS_OF_A_WRITE = 25

# A little less than the 400 KB of DynamoDB, for key, time to live and names.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_BYTES_OF_AN_ITEM = 400_000

_KEPT = dt.timedelta(days=90)
# An item that has not been renewed for so long belongs to a node that is gone; DynamoDB removes it.
_RENEWED_AFTER = dt.timedelta(days=30)

# Seconds between tries for what DynamoDB has left undone of a batch.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)

T = TypeVar("T")


class MemoryBusyError(Exception):
    """DynamoDB has left a part of a batch undone, however often it was asked.

    Args:
        table_name: Name of the table.
    """

    def __init__(self, table_name: str) -> None:
        super().__init__(
            f"table {table_name} is too busy: {len(_PAUSES)} tries left a part of a batch undone"
        )


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

    def recall(self, node_ids: Iterable[str]) -> dict[str, RememberedNode]:
        """Return what is remembered of nodes, by their ids; of the others nothing is."""
        found: dict[str, RememberedNode] = {}
        for some in _in_parts(node_ids, _KEYS_OF_A_READ):
            wanted: Any = {
                self._table_name: {
                    "Keys": [{"id": {"S": _node_key(node_id)}} for node_id in some],
                    # The part of a report before this one may have written a moment ago.
                    "ConsistentRead": True,
                }
            }
            for pause in _PAUSES:
                answer = self._dynamodb.batch_get_item(RequestItems=wanted)
                for item in answer["Responses"].get(self._table_name, []):
                    data = _unpacked(item)
                    found[data["node"]] = RememberedNode.from_data(data)
                # DynamoDB answers a part of a batch when it is throttled, and that is no error to boto3.
                wanted = answer.get("UnprocessedKeys")
                if not wanted:
                    break
                time.sleep(pause)
            else:
                raise MemoryBusyError(self._table_name)
        return found

    def remember(
        self, nodes: Mapping[str, RememberedNode], *, recalled: Mapping[str, RememberedNode]
    ) -> set[str]:
        """Remember nodes, by their ids, and forget those on which nothing is left to do.

        Args:
            nodes: What to remember.
            recalled: What is remembered of the same nodes; what is no news is not written again.

        Returns:
            The nodes on which more is left to do than an item of DynamoDB takes, compressed; what was
            remembered of them stays.
        """
        too_large: set[str] = set()
        requests: list[dict[str, Any]] = []
        for node_id, node in nodes.items():
            before = recalled.get(node_id)
            if not node.problems:
                if before is not None:
                    requests.append({"DeleteRequest": {"Key": {"id": {"S": _node_key(node_id)}}}})
            elif node != before or self._now - before.written_at > _RENEWED_AFTER:
                item = self._item(_node_key(node_id), {"node": node_id, **node.to_data()})
                if len(item["data"]["B"]) > _BYTES_OF_AN_ITEM:
                    # Not split: a report that stops between two items would store half a node.
                    too_large.add(node_id)
                else:
                    requests.append({"PutRequest": {"Item": item}})
        self._write(requests)
        return too_large

    def load(self, name: str) -> dict[str, Any] | None:
        """Return what `save` has written under `name`, or None."""
        item = self._dynamodb.get_item(
            TableName=self._table_name, Key={"id": {"S": name}}, ConsistentRead=True
        ).get("Item")
        return None if item is None else _unpacked(item)

    def save(self, name: str, data: Mapping[str, Any]) -> None:
        """Write `data` under `name`."""
        self._dynamodb.put_item(TableName=self._table_name, Item=self._item(name, data))

    def delete(self, name: str) -> None:
        """Remove the item of `name`."""
        self._dynamodb.delete_item(TableName=self._table_name, Key={"id": {"S": name}})

    def _write(self, requests: Iterable[dict[str, Any]]) -> None:
        for some in _in_parts(requests, _ITEMS_OF_A_WRITE):
            wanted: Any = {self._table_name: some}
            for pause in _PAUSES:
                wanted = self._dynamodb.batch_write_item(RequestItems=wanted).get("UnprocessedItems")
                if not wanted:
                    break
                time.sleep(pause)
            else:
                raise MemoryBusyError(self._table_name)

    def _item(self, name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": {"S": name},
            # Compressed, because an item ends at 400 KB and a node may have thousands of problems.
            "data": {"B": zlib.compress(json.dumps(data, separators=(",", ":")).encode())},
            "expires": {"N": str(int((self._now + _KEPT).timestamp()))},
        }


def _unpacked(item: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(zlib.decompress(item["data"]["B"]))
    return data


def _node_key(node_id: str) -> str:
    return f"node {node_id}"


def _in_parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part
