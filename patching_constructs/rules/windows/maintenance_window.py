"""Rules about maintenance windows with what is registered on them."""

from collections.abc import Sequence

from patching_constructs.model.finding import Finding
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import WindowRecord
from patching_constructs.model.maintenance_window_limits import (
    AWS_QUOTAS,
    DESCRIPTION_LENGTH,
    WINDOW_NAME_CHARACTERS,
    WINDOW_NAME_PATTERN,
    MaintenanceWindowQuotas,
)
from patching_constructs.rules.accounts.systems_manager_quotas import check_quota
from patching_constructs.rules.limits import check_length, check_pattern
from patching_constructs.rules.windows.schedule import check_schedule
from patching_constructs.rules.windows.window_hours import check_window_hours
from patching_constructs.rules.windows.window_target import check_window_target
from patching_constructs.rules.windows.window_task import check_window_task

_WINDOW_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"
)


def check_maintenance_windows(
    windows: Sequence[WindowRecord], *, quotas: MaintenanceWindowQuotas = AWS_QUOTAS
) -> list[Finding]:
    """Find what AWS would refuse in windows of one account and Region, or what can never work."""
    findings = check_quota(
        windows, quotas.windows_per_account_and_region, name="windows_per_account_and_region", field="windows"
    )
    for window in windows:
        findings += check_maintenance_window(window, quotas=quotas, prefix=f"windows[{window.name}].")
    return findings


def check_maintenance_window(
    window: WindowRecord, *, quotas: MaintenanceWindowQuotas = AWS_QUOTAS, prefix: str = ""
) -> list[Finding]:
    """Find what AWS would refuse in one window, its targets and its tasks, or what can never work."""
    findings = check_pattern(
        window.name,
        WINDOW_NAME_PATTERN,
        allowed=WINDOW_NAME_CHARACTERS,
        id=FindingId.WINDOW_NAME,
        field=f"{prefix}name",
        source=_WINDOW_PAGE,
    )
    if window.description is not None:
        findings += check_length(
            window.description,
            DESCRIPTION_LENGTH,
            id=FindingId.WINDOW_TEXT,
            field=f"{prefix}description",
            source=_WINDOW_PAGE,
        )
    findings += check_schedule(window.schedule, field=f"{prefix}schedule")
    findings += check_window_hours(window.duration_hours, window.cutoff_hours, prefix=prefix)
    findings += check_quota(
        window.targets, quotas.targets_per_window, name="targets_per_window", field=f"{prefix}targets"
    )
    findings += check_quota(
        window.tasks, quotas.tasks_per_window, name="tasks_per_window", field=f"{prefix}tasks"
    )
    for index, target in enumerate(window.targets):
        findings += check_window_target(target, prefix=f"{prefix}targets[{index}].")
    for index, task in enumerate(window.tasks):
        findings += check_window_task(task, quotas=quotas, prefix=f"{prefix}tasks[{index}].")
    return findings
