"""Which ring and patch group an event is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from patching_constructs.model.event_settings import EventSettings
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.runtime.event_enrichment.words import few


@dataclass(frozen=True, kw_only=True, slots=True)
class Whereabouts:
    """Which ring and patch group an event is about.

    Attributes:
        ring: Name of the ring, or None where nobody can tell, or if there are several.
        patch_group: Name of the patch group, or None likewise.
        production: Whether it may be production.
        unknown: Why the ring is not known, in words; empty if it is.
    """

    ring: str | None = None
    patch_group: str | None = None
    production: bool = True
    unknown: str = ""

    @property
    def of_ring(self) -> str:
        """The ring, for a sentence; empty where it is not known."""
        return "" if self.ring is None else f" of ring {self.ring}"

    @property
    def of_group(self) -> str:
        """Patch group and ring, for a sentence; empty where they are not known."""
        return (
            self.of_ring if self.patch_group is None else f" of patch group {self.patch_group}{self.of_ring}"
        )


def of_window(settings: EventSettings, name: Maybe[str]) -> Whereabouts:
    """Tell the ring of a window by its name."""
    if isinstance(name, Unknown):
        return Whereabouts(unknown=name.reason)
    ring = settings.ring_of_window(name)
    if ring is None:
        return Whereabouts(unknown=f"window {name} is none of rollout {settings.rollout}")
    return Whereabouts(
        ring=ring.name,
        patch_group=_only(group.name for group in ring.patch_groups),
        production=ring.production,
    )


def of_nodes(
    settings: EventSettings, node_ids: Sequence[str], tags: Maybe[Mapping[str, Mapping[str, str]]]
) -> Whereabouts:
    """Tell the ring of nodes by their tags."""
    if isinstance(tags, Unknown):
        return Whereabouts(unknown=tags.reason)
    if not node_ids:
        return Whereabouts(unknown="no node is known")
    found = {node_id: settings.group_of_node(tags.get(node_id, {})) for node_id in node_ids}
    known = [place for place in found.values() if place is not None]
    rings = {ring.name: ring for ring, _ in known}
    reasons = []
    if strays := [node_id for node_id, place in found.items() if place is None]:
        reasons.append(f"no tag names a patch group of rollout {settings.rollout} on: {few(strays)}")
    if len(rings) > 1:
        reasons.append(f"the nodes are of several rings: {', '.join(rings)}")
    return Whereabouts(
        ring=None if strays else _only(rings),
        patch_group=None if strays else _only(group.name for _, group in known),
        production=bool(strays) or any(ring.production for ring in rings.values()),
        unknown="; ".join(reasons),
    )


def _only(names: Iterable[str]) -> str | None:
    different = set(names)
    return different.pop() if len(different) == 1 else None
