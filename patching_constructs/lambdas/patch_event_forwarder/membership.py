"""The ring and patch group that an event is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from patching_constructs.contracts.patch_event import MOST_NODES_NAMED
from patching_constructs.contracts.ring_document import RingDocument
from patching_constructs.model.unknown import Maybe, Unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """The ring and patch group that an event is about.

    Attributes:
        ring: Name of the ring, or None where it is not known or there are several.
        patch_group: Name of the patch group, or None likewise.
        production: Whether it is production, or may be.
        unknown: Why the ring is not known, in words; empty if it is.
    """

    ring: str | None = None
    patch_group: str | None = None
    production: bool = True
    unknown: str = ""


def of_window(settings: RingDocument, name: Maybe[str]) -> Membership:
    """Find the ring of a window by its name."""
    if isinstance(name, Unknown):
        return Membership(unknown=name.reason)
    ring = settings.ring_of_window(name)
    if ring is None:
        return Membership(unknown=f"window {name} does not belong to rollout {settings.rollout}")
    return Membership(
        ring=ring.name,
        patch_group=_only(group.name for group in ring.patch_groups),
        production=ring.production,
    )


def of_nodes(
    settings: RingDocument, node_ids: Sequence[str], tags: Maybe[Mapping[str, Mapping[str, str]]]
) -> Membership:
    """Find the ring of nodes by their tags."""
    if isinstance(tags, Unknown):
        return Membership(unknown=tags.reason)
    if not node_ids:
        return Membership(unknown="no node is known")
    found = {node_id: settings.group_of_node(tags.get(node_id, {})) for node_id in node_ids}
    known = [place for place in found.values() if place is not None]
    rings = {ring.name: ring for ring, _ in known}
    reasons = []
    if strays := [node_id for node_id, place in found.items() if place is None]:
        reasons.append(f"no tag names a patch group of rollout {settings.rollout} on: {_few(strays)}")
    if len(rings) > 1:
        reasons.append(f"the nodes are in several rings: {', '.join(rings)}")
    return Membership(
        ring=None if strays else _only(rings),
        patch_group=None if strays or len(rings) > 1 else _only(group.name for _, group in known),
        production=bool(strays) or any(ring.production for ring in rings.values()),
        unknown="; ".join(reasons),
    )


def _only(names: Iterable[str]) -> str | None:
    different = set(names)
    return different.pop() if len(different) == 1 else None


def _few(names: Sequence[str]) -> str:
    named = ", ".join(names[:MOST_NODES_NAMED])
    more = len(names) - MOST_NODES_NAMED
    return f"{named} and {more} more" if more > 0 else named
