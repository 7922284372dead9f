"""How long windows last."""

from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from patching_constructs.config.base import SettingsModel
from patching_constructs.config.schedules import ScheduleSettings
from patching_constructs.model.maintenance_window_limits import CutoffBehavior
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

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.to_value()
        return self

    def to_value(self) -> PatchWindow:
        """Return the window that the library works with."""
        return PatchWindow(
            schedule=self.schedule.to_value(),
            duration_hours=self.duration_hours,
            cutoff_hours=self.cutoff_hours,
            cutoff_behavior=self.cutoff_behavior,
        )
