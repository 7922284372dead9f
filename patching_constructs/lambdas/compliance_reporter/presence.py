"""Which rings had nodes and have none any more: the state of such a ring is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from patching_constructs.lambdas.compliance_reporter.memory import Memory


@dataclass(frozen=True, kw_only=True, slots=True)
class Presence:
    """How many nodes each ring has, of those that could be read, and whether it has lost all that it had.

    Attributes:
        nodes: How many nodes each ring has, or had before it lost all of them.
        lost: Those that have lost all of them.
        found: Rings that had lost all of them in an earlier report and have nodes again.
    """

    nodes: Mapping[str, int]
    lost: Mapping[str, int]
    found: frozenset[str]

    @classmethod
    def read(cls, memory: Memory, nodes: Mapping[str, int]) -> Self:
        """Compare how many nodes rings have with what is remembered of them."""
        before = {ring: memory.load(_key(ring)) or {"nodes": 0, "lost": False} for ring in nodes}
        lost = {
            ring: before[ring]["nodes"]
            for ring, count in nodes.items()
            if count == 0 and before[ring]["nodes"] > 0
        }
        return cls(
            nodes={**nodes, **lost},
            lost=lost,
            found=frozenset(ring for ring in nodes if before[ring]["lost"] and ring not in lost),
        )

    def news_of(self, ring: str) -> int | None:
        """Return how many nodes a ring has lost, 0 if it has found some again, or None without news."""
        return 0 if ring in self.found else self.lost.get(ring)

    def remember(self, memory: Memory) -> None:
        """Remember it, once it is published: an alarm keeps its state until the next news."""
        for ring, count in self.nodes.items():
            memory.save(_key(ring), {"nodes": count, "lost": ring in self.lost})


def _key(ring: str) -> str:
    return f"ring {ring}"
