"""How much of AWS's quotas is used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patching_constructs.analysis.by_environment import EnvironmentPart
from patching_constructs.analysis.collisions import WindowTraffic
from patching_constructs.analysis.group_windows import targeted_groups
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.systems_manager_quotas import (
    AWS_SYSTEMS_MANAGER_QUOTAS,
    SystemsManagerQuotas,
)
from patching_constructs.model.unknown import Unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaUse:
    """How much of one quota is used.

    Attributes:
        name: Name of the quota, as configuration calls it.
        what: What is counted, in words.
        used: How many there are; where the quota is per window or per baseline, in the fullest one.
        quota: How many AWS accepts.
        refused: Whether AWS refuses more, or only advises against it or charges for it.
    """

    name: str
    what: str
    used: int
    quota: int
    refused: bool = True


def quota_use_of(
    part: EnvironmentPart,
    *,
    traffic: WindowTraffic,
    node_counts: Mapping[str, int],
    window_quotas: MaintenanceWindowQuotas = AWS_QUOTAS,
    quotas: SystemsManagerQuotas = AWS_SYSTEMS_MANAGER_QUOTAS,
) -> tuple[QuotaUse, ...]:
    """Count what an account and Region uses, as far as templates and `node_counts` say.

    Args:
        part: The resources of the account and Region.
        traffic: What its windows do at the same time.
        node_counts: How many nodes each patch group has, where that is known.
        window_quotas: Quotas of maintenance windows. Default: AWS's.
        quotas: Quotas of the rest of Systems Manager. Default: AWS's.
    """
    return quota_use(
        windows=[window.record for window in part.windows],
        baselines=[baseline.record for baseline in part.baselines],
        traffic=traffic,
        associations=sum(resource.type == "AWS::SSM::Association" for resource in part.resources),
        managed_nodes=sum(node_counts.get(group, 0) for group in _patch_groups(part)),
        window_quotas=window_quotas,
        quotas=quotas,
    )


def _patch_groups(part: EnvironmentPart) -> set[str]:
    registered = {
        group
        for baseline in part.baselines
        if not isinstance(baseline.record.patch_groups, Unknown)
        for group in baseline.record.patch_groups
        if not isinstance(group, Unknown)
    }
    return registered.union(*(targeted_groups(window.record) for window in part.windows))


def quota_use(
    *,
    windows: Sequence[WindowRecord],
    baselines: Sequence[PatchBaselineRecord],
    traffic: WindowTraffic,
    associations: int = 0,
    associations_per_node: int = 0,
    managed_nodes: int = 0,
    hybrid_nodes: int = 0,
    window_quotas: MaintenanceWindowQuotas = AWS_QUOTAS,
    quotas: SystemsManagerQuotas = AWS_SYSTEMS_MANAGER_QUOTAS,
) -> tuple[QuotaUse, ...]:
    """Count what one account and Region uses of every quota.

    Args:
        windows: All maintenance windows.
        baselines: All patch baselines.
        traffic: What the windows do at the same time.
        associations: How many State Manager associations there are.
        associations_per_node: How many of them can reach one node.
        managed_nodes: How many nodes there are.
        hybrid_nodes: How many of them are outside EC2.
        window_quotas: Quotas of maintenance windows. Default: AWS's.
        quotas: Quotas of the rest of Systems Manager. Default: AWS's.
    """
    return (
        *_use_of_windows(windows, traffic, window_quotas),
        QuotaUse(
            name="patch_baselines",
            what="patch baselines",
            used=len(baselines),
            quota=quotas.patch_baselines,
        ),
        QuotaUse(
            name="patch_groups_per_baseline",
            what="patch groups of one baseline",
            used=max(
                (
                    len(baseline.patch_groups)
                    for baseline in baselines
                    if not isinstance(baseline.patch_groups, Unknown)
                ),
                default=0,
            ),
            quota=quotas.patch_groups_per_baseline,
        ),
        QuotaUse(
            name="associations",
            what="State Manager associations",
            used=associations,
            quota=quotas.associations,
        ),
        QuotaUse(
            name="associations_per_node",
            what="State Manager associations of one node",
            used=associations_per_node,
            quota=quotas.associations_per_node,
        ),
        QuotaUse(
            name="managed_nodes",
            what="managed nodes",
            used=managed_nodes,
            quota=quotas.managed_nodes,
            refused=False,
        ),
        QuotaUse(
            name="standard_hybrid_nodes",
            what="nodes outside EC2 without charge",
            used=hybrid_nodes,
            quota=quotas.standard_hybrid_nodes,
            refused=False,
        ),
    )


def _use_of_windows(
    windows: Sequence[WindowRecord], traffic: WindowTraffic, quotas: MaintenanceWindowQuotas
) -> tuple[QuotaUse, ...]:
    return (
        QuotaUse(
            name="windows_per_account_and_region",
            what="maintenance windows",
            used=len(windows),
            quota=quotas.windows_per_account_and_region,
        ),
        QuotaUse(
            name="tasks_per_window",
            what="tasks of one maintenance window",
            used=max((len(window.tasks) for window in windows), default=0),
            quota=quotas.tasks_per_window,
        ),
        QuotaUse(
            name="targets_per_window",
            what="targets of one maintenance window",
            used=max((len(window.targets) for window in windows), default=0),
            quota=quotas.targets_per_window,
        ),
        QuotaUse(
            name="targets_per_task",
            what="targets of one window task",
            used=max((len(task.targets) for window in windows for task in window.tasks), default=0),
            quota=quotas.targets_per_task,
        ),
        QuotaUse(
            name="executions_at_once",
            what="window executions at once",
            used=len(traffic.busiest),
            quota=quotas.executions_at_once,
        ),
    )
