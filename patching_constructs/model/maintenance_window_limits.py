"""Limits, patterns, vocabularies and quotas of maintenance windows."""

import enum
from dataclasses import dataclass

WINDOW_NAME_PATTERN = r"[a-zA-Z0-9_\-.]{3,128}"
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html

Window targets and tasks follow the same pattern.
"""

WINDOW_NAME_CHARACTERS = "3 to 128 of the characters a-z A-Z 0-9 _ - ."
"""`WINDOW_NAME_PATTERN` in words."""

DESCRIPTION_LENGTH = range(1, 128 + 1)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"""

OWNER_INFORMATION_LENGTH = range(1, 128 + 1)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTargetWithMaintenanceWindow.html"""

DURATION_HOURS = range(1, 24 + 1)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"""

CUTOFF_HOURS = range(23 + 1)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"""

MAX_CONCURRENCY_PATTERN = r"[1-9][0-9]{0,6}|[1-9][0-9]?%|100%"
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html"""

MAX_ERRORS_PATTERN = r"0|[1-9][0-9]{0,6}|[0-9]%|[1-9][0-9]%|100%"
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html"""

KEYS_PER_TARGET = range(1, 5 + 1)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTargetWithMaintenanceWindow.html"""

VALUES_PER_KEY = range(1, 50 + 1)
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html"""


class ResourceType(enum.StrEnum):
    """What a window target registers.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTargetWithMaintenanceWindow.html
    """

    INSTANCE = "INSTANCE"
    RESOURCE_GROUP = "RESOURCE_GROUP"


class TaskType(enum.StrEnum):
    """What a window task runs.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html
    """

    RUN_COMMAND = "RUN_COMMAND"
    AUTOMATION = "AUTOMATION"
    LAMBDA = "LAMBDA"
    STEP_FUNCTIONS = "STEP_FUNCTIONS"


class CutoffBehavior(enum.StrEnum):
    """What happens at the cutoff to commands that are already running. New ones never start after it.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html
    """

    CONTINUE_TASK = "CONTINUE_TASK"
    """They run to their end, which may be after the end of the window, reboot included."""
    CANCEL_TASK = "CANCEL_TASK"
    """They are asked to stop. AWS does not promise that the process on the node does,
    and a package manager that does stop may leave packages half installed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MaintenanceWindowQuotas:
    """How many windows, targets, tasks and executions AWS accepts.

    The defaults are AWS's; AWS raises them on request.

    Args:
        windows_per_account_and_region: Default: 50.
        tasks_per_window: Default: 20.
        targets_per_window: Default: 100.
        targets_per_task: Default: 10.
        executions_at_once: Windows of an account and Region that may be at work at once. Default: 5.

    See: https://docs.aws.amazon.com/general/latest/gr/ssm.html
    """

    windows_per_account_and_region: int = 50
    tasks_per_window: int = 20
    targets_per_window: int = 100
    targets_per_task: int = 10
    executions_at_once: int = 5


AWS_QUOTAS = MaintenanceWindowQuotas()
"""Default quotas of an account."""
