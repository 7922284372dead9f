"""A report in pieces: as many nodes as the memory reads at once, or fewer where time runs out."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from patching_constructs.lambdas.compliance_reporter.memory import Memory
from patching_constructs.lambdas.compliance_reporter.nodes import FoundProblem, NodeReader, TaggedNode
from patching_constructs.lambdas.compliance_reporter.remembered_node import RememberedNode, SeenProblem

# As many as the memory reads at once.
_NODES_OF_A_PIECE = 100

_TOO_MUCH_TO_REMEMBER = "more is left to do than the memory holds of a node"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadNode:
    """A node with the patches of which something is left to do, or with why they could not be read.

    Attributes:
        node: The node.
        problems: The patches. Where they could not be read as a whole: those that are known, from this report
            and from earlier ones.
        unread: Why they could not be read as a whole, or None.
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
            if done and node.may_have_problems and self._is_late():
                break
            before = recalled.get(node.node_id)
            try:
                problems = self._problems_of(node, before)
            except (ClientError, BotoCoreError, KeyError, ValueError) as error:
                unread[node.node_id] = f"{type(error).__name__}: {error}"
            else:
                unlisted = node.last_report and node.last_report.unlisted(problems)
                if unlisted:  # docs/not-proven.md#counts-and-patches
                    unread[node.node_id] = f"AWS counts more patches than it lists: {unlisted}"
                seen[node.node_id] = RememberedNode.of(
                    problems,
                    last_report=node.last_report,
                    before=before,
                    is_whole=not unlisted,
                    now=self._now,
                )
            done.append(node)
        too_large = self._memory.remember(seen, recalled=recalled)
        unread |= dict.fromkeys(too_large, _TOO_MUCH_TO_REMEMBER)
        known = recalled | {node_id: node for node_id, node in seen.items() if node_id not in too_large}
        return [_read_node(node, known.get(node.node_id), unread.get(node.node_id)) for node in done]

    def _problems_of(self, node: TaggedNode, before: RememberedNode | None) -> Sequence[FoundProblem]:
        if not node.may_have_problems:
            return ()
        if before is not None and before.is_of(node.last_report):
            return before.problems
        return self._nodes.problems_of(node.node_id)


def _read_node(node: TaggedNode, known: RememberedNode | None, unread: str | None) -> ReadNode:
    return ReadNode(node=node, problems=() if known is None else known.problems, unread=unread)
