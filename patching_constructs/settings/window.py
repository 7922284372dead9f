"""How long windows last."""

from typing import Annotated

from pydantic import Field, StrictInt, ValidationInfo, field_validator

from patching_constructs.errors import raise_errors
from patching_constructs.model.maintenance_window_limits import CutoffBehavior
from patching_constructs.rules.windows.window_hours import check_window_hours
from patching_constructs.settings.base import SettingsModel
from patching_constructs.settings.schedule import ScheduleSettings
from patching_constructs.values.patch_window import PatchWindow


class WindowSettings(SettingsModel):
    """When a maintenance window opens, how long it stays open and what happens at its end."""

    schedule: ScheduleSettings
    """When the window opens."""
    duration_hours: Annotated[StrictInt, Field(ge=1, le=24)]
    """How long the window stays open, 1 to 24 hours."""
    cutoff_hours: Annotated[StrictInt, Field(ge=0, le=23)]
    """How long before its end the last command may start: 0 to 23 hours, less than the duration."""
    cutoff_behavior: CutoffBehavior = CutoffBehavior.CONTINUE_TASK
    """What happens at the cutoff to commands that are running. Default: they continue, as with AWS."""

    @field_validator("cutoff_hours")
    @classmethod
    def _is_below_duration(cls, cutoff_hours: int, info: ValidationInfo) -> int:
        if "duration_hours" in info.data:
            findings = check_window_hours(info.data["duration_hours"], cutoff_hours)
            raise_errors(findings, subject="window")
        return cutoff_hours

    def to_value(self) -> PatchWindow:
        """Return the window that the library works with."""
        return PatchWindow(
            schedule=self.schedule.to_value(),
            duration_hours=self.duration_hours,
            cutoff_hours=self.cutoff_hours,
            cutoff_behavior=self.cutoff_behavior,
        )
