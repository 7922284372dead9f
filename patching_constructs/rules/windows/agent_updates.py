"""The rule about updates of an SSM agent that updates itself."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from patching_constructs.analysis.group_windows import named_groups
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.operating_system import SYSTEMS_WITH_SNAP_AGENT
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.patching_documents import UPDATE_SSM_AGENT
from patching_constructs.model.unknown import Unknown

# docs/not-proven.md#agent-updates-on-ubuntu
_SOURCE = "https://github.com/aws/amazon-ssm-agent/issues/255"


def check_agent_updates(windows: Sequence[WindowRecord], snap_managed: Collection[str]) -> Iterator[Finding]:
    """Find tasks that update the SSM agent in groups with nodes whose agent is a snap.

    Args:
        windows: Windows of one account and Region.
        snap_managed: Names of the groups with such nodes.
    """
    for window in windows:
        for index, task in enumerate(window.tasks):
            if task.task_arn != UPDATE_SSM_AGENT:
                continue
            targeted = {group for target in task.targets for group in named_groups(target)}
            if groups := sorted(targeted & set(snap_managed)):
                yield Finding(
                    id=FindingId.TASK_AGENT_UPDATE_ON_SNAP,
                    level=Level.WARNING,
                    field=f"tasks[{index}].task_arn",
                    message="on Ubuntu the SSM agent is a snap, which undoes the update, and the command may "
                    "fail",
                    received=f"patch groups with Ubuntu: {', '.join(map(repr, groups))}",
                    allowed="update_agent left out or false, or an agent that was installed as a package",
                    source=_SOURCE,
                    location=task.location or window.location,
                )


def groups_with_snap_agents(baselines: Iterable[PatchBaselineRecord]) -> frozenset[str]:
    """Return the groups that have a system whose SSM agent is a snap."""
    return frozenset(
        group
        for baseline in baselines
        if baseline.operating_system in SYSTEMS_WITH_SNAP_AGENT
        and not isinstance(baseline.patch_groups, Unknown)
        for group in baseline.patch_groups
        if not isinstance(group, Unknown)
    )
