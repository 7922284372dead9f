"""Service quotas: AWS's defaults, which AWS raises on request."""

from typing import Annotated

from pydantic import Field, StrictInt

from patching_constructs.config.base import SettingsModel
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas
from patching_constructs.model.systems_manager_quotas import (
    AWS_SYSTEMS_MANAGER_QUOTAS,
    SystemsManagerQuotas,
)

Quota = Annotated[StrictInt, Field(ge=1)]


class QuotaSettings(SettingsModel):
    """How much of everything AWS accepts; write down what AWS has raised for you.

    See: https://docs.aws.amazon.com/general/latest/gr/ssm.html
    """

    windows_per_account_and_region: Quota = AWS_QUOTAS.windows_per_account_and_region
    """Maintenance windows in one account and Region. Default: 50."""
    tasks_per_window: Quota = AWS_QUOTAS.tasks_per_window
    """Tasks in one window. Default: 20."""
    targets_per_window: Quota = AWS_QUOTAS.targets_per_window
    """Targets in one window. Default: 100."""
    targets_per_task: Quota = AWS_QUOTAS.targets_per_task
    """Targets of one task. Default: 10."""
    executions_at_once: Quota = AWS_QUOTAS.executions_at_once
    """Windows of one account and Region that may be at work at once. Default: 5."""
    patch_baselines: Quota = AWS_SYSTEMS_MANAGER_QUOTAS.patch_baselines
    """Patch baselines in one account and Region. Default: 50."""
    associations: Quota = AWS_SYSTEMS_MANAGER_QUOTAS.associations
    """State Manager associations in one account and Region. Default: 2,000."""
    associations_per_node: Quota = AWS_SYSTEMS_MANAGER_QUOTAS.associations_per_node
    """State Manager associations on one node. Default: 20."""
    managed_nodes: Quota = AWS_SYSTEMS_MANAGER_QUOTAS.managed_nodes
    """Managed nodes in one account and Region. Default: 2,400."""

    def to_value(self) -> MaintenanceWindowQuotas:
        """Return the quotas of maintenance windows."""
        return MaintenanceWindowQuotas(
            windows_per_account_and_region=self.windows_per_account_and_region,
            tasks_per_window=self.tasks_per_window,
            targets_per_window=self.targets_per_window,
            targets_per_task=self.targets_per_task,
            executions_at_once=self.executions_at_once,
        )

    def to_systems_manager_quotas(self) -> SystemsManagerQuotas:
        """Return the other quotas of Systems Manager."""
        return SystemsManagerQuotas(
            patch_baselines=self.patch_baselines,
            associations=self.associations,
            associations_per_node=self.associations_per_node,
            managed_nodes=self.managed_nodes,
        )
