"""Rules about the tasks of a maintenance window."""

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TaskRecord
from patching_constructs.model.maintenance_window_limits import (
    CutoffBehavior,
    MaintenanceWindowQuotas,
    TaskType,
)
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.accounts.systems_manager_quotas import check_quota
from patching_constructs.rules.limits import check_choice
from patching_constructs.rules.windows.patching_task import check_patching_task
from patching_constructs.rules.windows.window_budget import check_task_budget

_TASK_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html"


def check_window_task(task: TaskRecord, *, quotas: MaintenanceWindowQuotas, prefix: str) -> list[Finding]:
    """Find what AWS would refuse in a window task, or what the patching document would."""
    findings = check_choice(
        task.task_type, TaskType, id=FindingId.TASK_TYPE, field=f"{prefix}task_type", source=_TASK_PAGE
    )
    if not isinstance(task.priority, Unknown) and task.priority < 0:
        findings.append(
            Finding(
                id=FindingId.TASK_PRIORITY,
                level=Level.ERROR,
                field=f"{prefix}priority",
                message="below zero",
                received=str(task.priority),
                allowed="0, the highest priority, or more",
                source=_TASK_PAGE,
            )
        )
    if task.cutoff_behavior is not None:
        findings += check_cutoff_behavior(task.cutoff_behavior, field=f"{prefix}cutoff_behavior")
    findings += check_quota(
        task.targets, quotas.targets_per_task, name="targets_per_task", field=f"{prefix}targets"
    )
    findings += check_task_budget(task, prefix=prefix)
    findings += check_patching_task(task, prefix=prefix)
    return findings


def check_cutoff_behavior(cutoff_behavior: Maybe[str], *, field: str) -> list[Finding]:
    """Find a CutoffBehavior that AWS does not know."""
    return check_choice(
        cutoff_behavior, CutoffBehavior, id=FindingId.TASK_CUTOFF_BEHAVIOR, field=field, source=_TASK_PAGE
    )
