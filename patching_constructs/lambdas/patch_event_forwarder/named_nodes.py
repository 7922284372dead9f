"""Nodes with their names, and the ring that they are in."""

from collections.abc import Sequence
from dataclasses import dataclass

from patching_constructs.contracts.patch_event import LONGEST_SUBJECT_NAME, MOST_NODES_NAMED, EventNode
from patching_constructs.lambdas.patch_event_forwarder.lookup import look_up
from patching_constructs.lambdas.patch_event_forwarder.membership import Membership, of_nodes
from patching_constructs.lambdas.patch_event_forwarder.nodes import read_computer_names, read_tags
from patching_constructs.lambdas.patch_event_forwarder.source_event import SourceEvent
from patching_constructs.model.unknown import Unknown

MOST_NODES = 1000
"""The ring of more nodes is not looked up: so many failures are urgent on any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedNodes:
    """Nodes with their names, and the ring that they are in.

    Attributes:
        first: The first of them, with the name of each, or its id where it has none.
        membership: The ring that all of them are in.
        unknown: Why names are missing, in words; empty if none is.
    """

    first: tuple[EventNode, ...] = ()
    membership: Membership
    unknown: str = ""


def name_nodes(source: SourceEvent, node_ids: Sequence[str]) -> NamedNodes:
    """Name the first of some nodes, and find the ring that all of them are in."""
    first = list(node_ids[:MOST_NODES_NAMED])
    asked = node_ids if len(node_ids) <= MOST_NODES else first
    tags = look_up("the tags of nodes", lambda: read_tags(source.ssm, source.ec2, asked))
    membership = of_nodes(source.settings, asked, tags)
    if len(node_ids) > MOST_NODES:
        membership = Membership(unknown=f"{len(node_ids)} nodes are too many to look up the ring of each")
    names = {} if isinstance(tags, Unknown) else {node_id: tags[node_id].get("Name") for node_id in tags}
    nameless = [node_id for node_id in first if not names.get(node_id)]
    computers = look_up(
        "the names of nodes", lambda: read_computer_names(source.ssm, nameless) if nameless else {}
    )
    unknown = ""
    if isinstance(computers, Unknown):
        unknown = computers.reason
    else:
        names |= computers
    return NamedNodes(
        first=tuple(
            EventNode(id=node_id, name=(names.get(node_id) or node_id)[:LONGEST_SUBJECT_NAME])
            for node_id in first
        ),
        membership=membership,
        unknown=unknown,
    )
