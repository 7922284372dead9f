"""When a ring is scanned or patched, and for how long."""

from dataclasses import dataclass

from patching_constructs.errors import raise_errors
from patching_constructs.model.maintenance_window_limits import CutoffBehavior
from patching_constructs.rules.windows.window_hours import check_window_hours
from patching_constructs.rules.windows.window_task import check_cutoff_behavior
from patching_constructs.values.declared_types import settle_fields
from patching_constructs.values.schedule import Schedule


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchWindow:
    """Say when a maintenance window opens, how long it stays open and what happens at its end.

    The end of a window is not a hard stop: no new command starts in the last `cutoff_hours`, but what runs by
    then may patch and reboot after the end. Make the cutoff as long as one node takes.

    Args:
        schedule: When the window opens.
        duration_hours: How long it stays open. Unit: hours, 1 to 24.
        cutoff_hours: How long before its end the last command may start. Unit: hours, 0 to 23, less than
            `duration_hours`.
        cutoff_behavior: What happens at the cutoff to commands that are running. Default: they continue, as
            AWS's default is, because a package manager that is stopped halfway can leave a node broken, and
            AWS does not promise that `CANCEL_TASK` stops it.

    Raises:
        InvalidInputError: If AWS would refuse the hours, or no command could ever start.

    Example:
        >>> from patching_constructs import PatchWindow, Schedule, Weekday
        >>> window = PatchWindow(
        ...     schedule=Schedule.weekly(day=Weekday.SUNDAY, hour=2, timezone="Europe/Berlin"),
        ...     duration_hours=4,
        ...     cutoff_hours=1,
        ... )
        >>> window.cutoff_behavior.value
        'CONTINUE_TASK'

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html
    """

    schedule: Schedule
    duration_hours: int
    cutoff_hours: int
    cutoff_behavior: CutoffBehavior = CutoffBehavior.CONTINUE_TASK

    def __post_init__(self) -> None:
        """Run the rules."""
        settle_fields(self, subject="PatchWindow")
        raise_errors(
            [
                *check_window_hours(self.duration_hours, self.cutoff_hours),
                *check_cutoff_behavior(self.cutoff_behavior, field="cutoff_behavior"),
            ],
            subject="PatchWindow",
        )
