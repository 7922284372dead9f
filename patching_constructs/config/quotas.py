"""Service quotas: AWS's defaults, which AWS raises on request."""

from typing import Annotated

from pydantic import Field, StrictInt

from patching_constructs.config.base import SettingsModel
from patching_constructs.model.maintenance_window_limits import AWS_QUOTAS, MaintenanceWindowQuotas

Quota = Annotated[StrictInt, Field(ge=1)]


class QuotaSettings(SettingsModel):
    """How many windows, targets and tasks AWS accepts; write down what AWS has raised for you.

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

    def to_value(self) -> MaintenanceWindowQuotas:
        """Return the quotas that the library works with."""
        return MaintenanceWindowQuotas(**self.model_dump())
