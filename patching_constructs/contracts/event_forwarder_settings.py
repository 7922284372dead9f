"""Settings of the event forwarder in one account and Region; JSON beside the code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

SETTINGS_SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class EventGroup:
    """A patch group of a ring.

    Attributes:
        name: Value of the tag.
        tag_key: Key of the tag.
    """

    name: str
    tag_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRing:
    """A ring with nodes in the account and Region.

    Attributes:
        name: Name of the ring.
        production: Whether it is production.
        patch_groups: Its patch groups.
        windows: Names of its maintenance windows.
    """

    name: str
    production: bool
    patch_groups: tuple[EventGroup, ...]
    windows: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EventSettings:
    """Settings of the event forwarder.

    Attributes:
        rollout: Name of the rollout.
        rings: Its rings.
    """

    rollout: str
    rings: tuple[EventRing, ...] = ()

    def ring_of_window(self, name: str) -> EventRing | None:
        """Return the ring of a window, or None if it does not belong to the rollout."""
        return next((ring for ring in self.rings if name in ring.windows), None)

    def group_of_node(self, tags: Mapping[str, str]) -> tuple[EventRing, EventGroup] | None:
        """Return ring and patch group of a node with `tags`, or None if it is in no ring of the rollout."""
        return next(
            (
                (ring, group)
                for ring in self.rings
                for group in ring.patch_groups
                if tags.get(group.tag_key) == group.name
            ),
            None,
        )

    def to_json(self) -> str:
        """Write the settings; the same settings always give the same text."""
        return json.dumps(
            {
                "schema-version": SETTINGS_SCHEMA_VERSION,
                "rollout": self.rollout,
                "rings": [
                    {
                        "name": ring.name,
                        "production": ring.production,
                        "patch-groups": [
                            {"name": group.name, "tag-key": group.tag_key} for group in ring.patch_groups
                        ],
                        "windows": list(ring.windows),
                    }
                    for ring in self.rings
                ],
            },
            indent=1,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written."""
        data = json.loads(text)
        return cls(
            rollout=data["rollout"],
            rings=tuple(
                EventRing(
                    name=ring["name"],
                    production=ring["production"],
                    patch_groups=tuple(
                        EventGroup(name=group["name"], tag_key=group["tag-key"])
                        for group in ring["patch-groups"]
                    ),
                    windows=tuple(ring["windows"]),
                )
                for ring in data["rings"]
            ),
        )
