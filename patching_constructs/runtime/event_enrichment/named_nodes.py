"""Nodes with their names, and the ring that they are of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patching_constructs.model.unknown import Unknown
from patching_constructs.runtime.event_enrichment.happening import Happening
from patching_constructs.runtime.event_enrichment.lookup import look_up
from patching_constructs.runtime.event_enrichment.nodes import read_computer_names, read_tags
from patching_constructs.runtime.event_enrichment.whereabouts import Whereabouts, of_nodes
from patching_constructs.runtime.event_enrichment.words import NAMED

MOST_NODES = 1000
"""Of more nodes nobody asks for the ring: so many failures are urgent on any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedNodes:
    """Nodes with their names, and the ring that they are of.

    Attributes:
        names: The name of each by its id; the id itself where it has no name or is not among the first.
        where: The ring that they are of.
        unknown: Why names are missing, in words; empty if none is.
    """

    names: Mapping[str, str]
    where: Whereabouts
    unknown: str = ""

    @property
    def labels(self) -> list[str]:
        """Name and id of each: instances of one Auto Scaling group share a name."""
        return [node_id if name == node_id else f"{name} ({node_id})" for node_id, name in self.names.items()]


def name_nodes(happening: Happening, node_ids: Sequence[str]) -> NamedNodes:
    """Name the first of some nodes, and tell the ring that all of them are of."""
    named = list(node_ids[:NAMED])
    asked = node_ids if len(node_ids) <= MOST_NODES else named
    tags = look_up("the tags of nodes", lambda: read_tags(happening.ssm, happening.ec2, asked))
    where = of_nodes(happening.settings, asked, tags)
    if len(node_ids) > MOST_NODES:
        where = Whereabouts(unknown=f"{len(node_ids)} nodes are too many to ask for the ring of each")
    names = {} if isinstance(tags, Unknown) else {node_id: tags[node_id].get("Name") for node_id in tags}
    nameless = [node_id for node_id in named if not names.get(node_id)]
    computers = look_up(
        "the names of nodes", lambda: read_computer_names(happening.ssm, nameless) if nameless else {}
    )
    unknown = ""
    if isinstance(computers, Unknown):
        unknown = computers.reason
    else:
        names |= computers
    return NamedNodes(
        names={node_id: names.get(node_id) or node_id for node_id in node_ids}, where=where, unknown=unknown
    )
