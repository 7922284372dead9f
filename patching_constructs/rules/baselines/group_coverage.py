"""Rules about patch groups that have a baseline but no window, or a window but no baseline."""

from collections.abc import Iterator, Sequence

from patching_constructs.analysis.group_windows import targeted_groups
from patching_constructs.analysis.patch_operation import patching_tasks
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.patching_documents import PatchOperation
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.limits import did_you_mean

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-patch-groups.html"


def check_group_coverage(
    windows: Sequence[WindowRecord], baselines: Sequence[PatchBaselineRecord]
) -> Iterator[Finding]:
    """Find groups of one account and Region that are only half configured.

    Without a single baseline or window nothing is found, because the other half is then in other templates.
    """
    registered: dict[str, PatchBaselineRecord] = {}
    for baseline in baselines:
        groups = () if isinstance(baseline.patch_groups, Unknown) else baseline.patch_groups
        for group in groups:
            if not isinstance(group, Unknown):
                registered.setdefault(group, baseline)
    all_known = not any(isinstance(baseline.patch_groups, Unknown) for baseline in baselines)
    if registered and all_known:
        for window in windows:
            yield from _check_registered(window, registered)
    if windows and all(_targets_are_known(window) for window in windows):
        targeted = frozenset().union(*(targeted_groups(window) for window in windows))
        yield from _tell_groups_without_window(registered, targeted)


def _check_registered(window: WindowRecord, registered: dict[str, PatchBaselineRecord]) -> Iterator[Finding]:
    if not patching_tasks(window, PatchOperation.INSTALL):
        return
    for group in sorted(targeted_groups(window) - registered.keys()):
        yield Finding(
            id=FindingId.PATCH_GROUP_WITHOUT_BASELINE,
            level=Level.WARNING,
            field="targets",
            message="no baseline beside it registers this patch group, and nodes of such a group are patched "
            "by the default baseline of the account without a word",
            received=repr(group),
            allowed=f"{', '.join(sorted(registered))}{did_you_mean(group, registered)}",
            source=_PAGE,
            location=window.location,
        )


def _tell_groups_without_window(
    registered: dict[str, PatchBaselineRecord], targeted: frozenset[str]
) -> Iterator[Finding]:
    groups_by_baseline: dict[int, list[str]] = {}
    for group, baseline in registered.items():
        if group not in targeted:
            groups_by_baseline.setdefault(id(baseline), []).append(group)
    for baseline in registered.values():
        groups = groups_by_baseline.pop(id(baseline), [])
        if groups:
            yield Finding(
                id=FindingId.PATCH_GROUP_WITHOUT_WINDOW,
                level=Level.INFO,
                field="patch_groups",
                message="no window beside it targets these patch groups",
                received=", ".join(map(repr, groups)),
                source=_PAGE,
                location=baseline.location,
            )


def _targets_are_known(window: WindowRecord) -> bool:
    return not any(isinstance(target.targets, Unknown) for target in window.targets)
