"""Production has baselines of its own, so that another ring can be ahead of it."""

from collections import defaultdict
from collections.abc import Iterator

from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.rules.baselines.patch_baseline_warnings import check_shared_with_production
from patching_constructs.settings.entry import Entry
from patching_constructs.settings.file_finding import FileFinding


def check_production(top: Entry) -> Iterator[FileFinding]:
    """Yield the baselines that production shares with another ring."""
    rings = top.entries("rings")
    production = [ring for ring in rings if ring.data.get("production") is True] or rings[-1:]
    production_name = " and ".join(ring.text("name") or "" for ring in production)
    ring_by_group: dict[str, str] = {}
    groups_by_baseline: defaultdict[str, list[str]] = defaultdict(list)
    for ring in rings:
        ring_name = ring.text("name") or ""
        for group in ring.entries("patch_groups"):
            # Groups of one name in several accounts are different groups.
            group_name = f"{ring_name}: {group.text('name')}"
            ring_by_group[group_name] = production_name if ring in production else ring_name
            for _, baseline_name in group.texts("baselines"):
                groups_by_baseline[baseline_name].append(group_name)
    for baseline in top.entries("baselines"):
        name = baseline.text("name") or ""
        for finding in check_shared_with_production(
            PatchBaselineRecord(name=name, patch_groups=tuple(groups_by_baseline[name])),
            ring_by_patch_group=ring_by_group,
            production_ring=production_name,
        ):
            yield ((*baseline.path, "name"), finding)
