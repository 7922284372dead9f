"""Exceptions as code: nodes and patches that need not comply for a while."""

import datetime as dt
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, kw_only=True, slots=True)
class ExemptionRecord:
    """Say that nodes, patches or certain patches on certain nodes need not comply until a day.

    Attributes:
        owner: Who answers for it.
        reason: Why.
        ticket: Where it was decided.
        expires: Last day on which it holds, in UTC.
        nodes: Pattern for ids or names of nodes; `*` matches any characters. Default: every node.
        patches: Pattern for ids of patches, likewise: `KB5050100` on Windows, elsewhere titles such as
            `kernel.x86_64:0:6.12.0-124.31.1.el10_1`. Default: every patch, so that the node is exempt.
        patch_groups: The groups whose nodes are meant. Default: all.
    """

    owner: str
    reason: str
    ticket: str
    expires: dt.date
    nodes: str = "*"
    patches: str = "*"
    patch_groups: tuple[str, ...] = ()

    def holds_on(self, day: dt.date) -> bool:
        """Return whether it has not expired."""
        return day <= self.expires

    def covers_node(self, *, node_id: str, name: str | None, patch_group: str) -> bool:
        """Return whether the node is meant."""
        if self.patch_groups and patch_group not in self.patch_groups:
            return False
        return fnmatchcase(node_id, self.nodes) or (name is not None and fnmatchcase(name, self.nodes))

    def covers_patch(self, patch: str) -> bool:
        """Return whether the patch is meant, of the nodes that are meant."""
        return fnmatchcase(patch, self.patches)

    @property
    def covers_whole_nodes(self) -> bool:
        """Whether all of a node's patches are meant."""
        return self.patches == "*"
