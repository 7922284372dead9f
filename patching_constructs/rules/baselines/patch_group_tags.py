"""Rules about the tag keys that put nodes into patch groups."""

import re
from collections.abc import Iterable, Iterator, Sequence

from patching_constructs.analysis.tagged_nodes import NodeTag
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.location import Location
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.unknown import Unknown

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-tag-a-patch-group.html"
_KEYS = " or ".join(PatchGroupTagKey)


def check_patch_group_tags(windows: Sequence[WindowRecord], nodes: Iterable[NodeTag]) -> Iterator[Finding]:
    """Find keys that are nearly those of patch groups, and groups of one environment under both keys."""
    holders: dict[str, dict[str, tuple[str, Location | None]]] = {}
    uses = [*_window_tags(windows), *((node.key, node.value, "nodes", node.location) for node in nodes)]
    for key, value, who, location in uses:
        if key in set(PatchGroupTagKey):
            holders.setdefault(value, {}).setdefault(key, (who, location))
        elif re.sub(r"[^a-z]", "", key.lower()) in {"patchgroup", "patchgroups"}:
            yield Finding(
                id=FindingId.PATCH_GROUP_TAG_KEY,
                level=Level.WARNING,
                field="targets" if who != "nodes" else "tags",
                message="nearly the tag key of patch groups, but Patch Manager does not know it, so that the "
                "default baseline of the account counts",
                received=repr(key),
                allowed=f"{_KEYS}, letter for letter",
                source=_PAGE,
                location=location,
            )
    for group, by_key in holders.items():
        if len(by_key) > 1:
            (first_key, (first_who, _)), (key, (who, location)) = sorted(by_key.items())
            yield Finding(
                id=FindingId.PATCH_GROUP_TAG_KEY,
                level=Level.WARNING,
                field="targets" if who != "nodes" else "tags",
                message=f"{who} have patch group {group!r} under another key than {first_who}, and a node "
                "has only one of them",
                received=f"{key!r} here and {first_key!r} there",
                allowed="the key that the nodes have",
                source=_PAGE,
                location=location,
            )


def _window_tags(windows: Sequence[WindowRecord]) -> Iterator[tuple[str, str, str, Location | None]]:
    for window in windows:
        for target in window.targets:
            for key, values in () if isinstance(target.targets, Unknown) else target.targets:
                if isinstance(key, Unknown) or isinstance(values, Unknown) or not key.startswith("tag:"):
                    continue
                for value in values:
                    if not isinstance(value, Unknown):
                        yield key.removeprefix("tag:"), value, "windows", target.location
