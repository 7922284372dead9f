"""Rules about what the proof of ring order has to leave out, so that silence is never taken for a proof."""

from collections.abc import Iterator, Sequence

from patching_constructs.analysis.association_windows import association_windows
from patching_constructs.analysis.group_windows import is_all_nodes, named_groups
from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.model.estate import Estate, RingPlan
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TargetRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown

_GROUPS_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html"


def check_ring_warnings(estate: Estate, plans: Sequence[RingPlan]) -> Iterator[Finding]:
    """Tell which nodes of rings have no known baseline, and which patched nodes are in no known ring."""
    if len(plans) < 2:
        return
    for plan in plans:
        for group in plan.unregistered:
            yield Finding(
                id=FindingId.RING_INVERSION,
                level=Level.INFO,
                field=f"rings.{plan.name}",
                message=f"in which order ring {plan.name} gets a patch",
                received=f"patch group {group.patch_group!r} without a baseline",
                allowed="a baseline that registers the patch group",
                source=_GROUPS_PAGE,
                location=group.location,
                undecided="no baseline in the templates registers it, so the default baseline of the account "
                "counts",
            )
    for window in (*estate.windows, *association_windows(estate.resources)):
        for reason in dict.fromkeys(
            reason
            for task in patching_tasks(window.record, PatchOperation.INSTALL)
            for target in task.targets
            if (reason := _why_in_no_ring(target)) is not None
        ):
            yield Finding(
                id=FindingId.RING_INVERSION,
                level=Level.INFO,
                field="targets",
                message="it patches nodes of which no ring is known, so the order of rings does not count it",
                allowed="a target that names a patch group",
                source=_GROUPS_PAGE,
                location=window.record.location,
                undecided=reason,
            )


def _why_in_no_ring(target: TargetRecord) -> str | None:
    if isinstance(target.targets, Unknown):
        return target.targets.reason
    if any(named_groups(target)) or is_all_nodes(target):
        return None
    for key, values in target.targets:
        parts = (key, *(values if isinstance(values, tuple) else (values,)))
        unknown = next((part for part in parts if isinstance(part, Unknown)), None)
        if unknown is not None:
            return unknown.reason
    return f"its nodes are chosen by {' and '.join(str(key) for key, _ in target.targets)}"
