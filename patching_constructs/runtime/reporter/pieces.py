"""A report in pieces: as many nodes as the memory reads at once, or fewer where time runs out."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from patching_constructs.runtime.reporter.memory import Memory
from patching_constructs.runtime.reporter.nodes import FoundProblem, NodeReader, TaggedNode
from patching_constructs.runtime.reporter.remembered_node import RememberedNode, SeenProblem

_NODES_OF_A_PIECE = 100
"""As many as the memory reads at once."""

_TOO_MUCH_TO_REMEMBER = "more is left to do than the memory holds of a node"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadNode:
    """A node with the patches of which something is left to do, or with why they could not be read.

    Attributes:
        node: The node.
        problems: The patches; none where they could not be read.
        unread: Why they could not be read, or None.
    """

    node: TaggedNode
    problems: tuple[SeenProblem, ...] = ()
    unread: str | None = None


class PieceReader:
    """Reads the problems of nodes, and since when they are known; asks only for what may have changed.

    Args:
        nodes: Reads nodes.
        memory: Remembers them.
        is_late: Tells whether the time is nearly over.
        now: The moment of the report, with a time zone.
    """

    def __init__(
        self, *, nodes: NodeReader, memory: Memory, is_late: Callable[[], bool], now: dt.datetime
    ) -> None:
        self._nodes = nodes
        self._memory = memory
        self._is_late = is_late
        self._now = now

    def read(self, left: Sequence[TaggedNode]) -> list[ReadNode]:
        """Read and remember a piece of what is left: the first node, and as many more as the time allows."""
        piece = left[:_NODES_OF_A_PIECE]
        recalled = self._memory.recall(node.node_id for node in piece)
        seen: dict[str, RememberedNode] = {}
        unread: dict[str, str] = {}
        done: list[TaggedNode] = []
        for node in piece:
            if done and node.has_problems and self._is_late():
                break
            before = recalled.get(node.node_id)
            try:
                seen[node.node_id] = RememberedNode.of(
                    self._problems_of(node, before),
                    last_report=node.last_report,
                    before=before,
                    now=self._now,
                )
            except (ClientError, BotoCoreError, KeyError, ValueError) as error:
                unread[node.node_id] = f"{type(error).__name__}: {error}"
            done.append(node)
        too_large = self._memory.remember(seen, recalled=recalled)
        unread |= dict.fromkeys(too_large, _TOO_MUCH_TO_REMEMBER)
        return [_read_node(node, seen, unread) for node in done]

    def _problems_of(self, node: TaggedNode, before: RememberedNode | None) -> Sequence[FoundProblem]:
        if not node.has_problems:
            return ()
        if before is not None and before.is_of(node.last_report):
            return before.problems
        return self._nodes.problems_of(node.node_id)


def _read_node(node: TaggedNode, seen: Mapping[str, RememberedNode], unread: Mapping[str, str]) -> ReadNode:
    if node.node_id in unread:
        return ReadNode(node=node, unread=unread[node.node_id])
    return ReadNode(node=node, problems=seen[node.node_id].problems)
