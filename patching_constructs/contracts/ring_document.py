"""The rings of an account and Region, as its functions read them: one document for all of them.

It names neither the account nor its id, so that accounts with the same rings have the same document.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from patching_constructs.contracts.schema_version import check_schema_version
from patching_constructs.model.promises import Severity

RINGS_FILE = "rings.json"
"""Name of the document, beside the code."""

_SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedGroup:
    """A patch group of a ring.

    Attributes:
        name: Value of the tag.
        tag_key: Key of the tag.
        on_aws_default: Whether some of its nodes use AWS's default baseline, so that the group need not be
            registered on any.
    """

    name: str
    tag_key: str
    on_aws_default: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedWindow:
    """A maintenance window of a ring.

    Attributes:
        name: Its name.
        installs: Whether it installs, or only scans.
    """

    name: str
    installs: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedRing:
    """A ring with nodes in the account and Region.

    Attributes:
        name: Name of the ring, as its windows' tags have it.
        order: Place in the rollout.
        production: Whether it is production.
        patch_groups: Its patch groups.
        windows: Its maintenance windows.
        within: Longest time from the publication of a patch to its installation, by severity.
    """

    name: str
    order: int
    production: bool = False
    patch_groups: tuple[DeployedGroup, ...] = ()
    windows: tuple[DeployedWindow, ...] = ()
    within: Mapping[Severity, dt.timedelta] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RingDocument:
    """The rings of a rollout in one account and Region.

    Attributes:
        rollout: Name of the rollout.
        rings: Its rings.
    """

    rollout: str
    rings: tuple[DeployedRing, ...] = ()

    def ring_of_window(self, name: str) -> DeployedRing | None:
        """Return the ring of a window, or None if it does not belong to the rollout."""
        return next((ring for ring in self.rings for window in ring.windows if window.name == name), None)

    def install_windows(self) -> dict[str, DeployedRing]:
        """Return the ring of each install window, by the name of the window."""
        return {window.name: ring for ring in self.rings for window in ring.windows if window.installs}

    def group_of_node(self, tags: Mapping[str, str]) -> tuple[DeployedRing, DeployedGroup] | None:
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
        """Write the document; the same rings always give the same text."""
        return json.dumps(
            {
                "schema-version": _SCHEMA_VERSION,
                "rollout": self.rollout,
                "rings": [_ring_data(ring) for ring in self.rings],
            },
            indent=1,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` has written.

        Raises:
            SchemaVersionError: If another version of this library has written it.
        """
        data = json.loads(text)
        check_schema_version(data, _SCHEMA_VERSION, file=RINGS_FILE)
        return cls(rollout=data["rollout"], rings=tuple(_ring(ring) for ring in data["rings"]))


def _ring_data(ring: DeployedRing) -> dict[str, Any]:
    return {
        "name": ring.name,
        "order": ring.order,
        "production": ring.production,
        "patch-groups": [
            {"name": group.name, "tag-key": group.tag_key, "on-aws-default": group.on_aws_default}
            for group in ring.patch_groups
        ],
        "windows": [{"name": window.name, "installs": window.installs} for window in ring.windows],
        "within-hours": {
            str(severity): time / dt.timedelta(hours=1) for severity, time in ring.within.items()
        },
    }


def _ring(data: Mapping[str, Any]) -> DeployedRing:
    return DeployedRing(
        name=data["name"],
        order=data["order"],
        production=data["production"],
        patch_groups=tuple(
            DeployedGroup(
                name=group["name"], tag_key=group["tag-key"], on_aws_default=group["on-aws-default"]
            )
            for group in data["patch-groups"]
        ),
        windows=tuple(
            DeployedWindow(name=window["name"], installs=window["installs"]) for window in data["windows"]
        ),
        within={
            Severity(severity): dt.timedelta(hours=hours) for severity, hours in data["within-hours"].items()
        },
    )
