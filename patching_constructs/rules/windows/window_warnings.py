"""Rules about windows and tasks: what AWS accepts and a person should think about again."""

from collections.abc import Iterator

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TaskRecord, WindowRecord
from patching_constructs.model.maintenance_window_limits import TaskType
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.limits import undecided

_WINDOW_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateMaintenanceWindow.html"
)
_ROLE_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-maintenance-permissions.html"
)
_NOTIFICATION_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-sns-notifications.html"
)
_TASK_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html"

_TASK_TARGET_KEYS = {"WindowTargetIds", "InstanceIds"}


def warn_about_maintenance_window(window: WindowRecord) -> list[Finding]:
    """Find what is legal but probably wrong in a window and its tasks."""
    return [
        *_warn_about_unassociated_targets(window),
        *_tell_timezone(window),
        *_tell_missing_targets(window),
        *(
            finding
            for index, task in enumerate(window.tasks)
            for finding in _warn_about_task(task, window, f"tasks[{index}].")
        ),
    ]


def _warn_about_unassociated_targets(window: WindowRecord) -> Iterator[Finding]:
    allowed = window.allow_unassociated_targets
    if isinstance(allowed, Unknown):
        yield undecided(FindingId.WINDOW_UNASSOCIATED_TARGETS, allowed, field="allow_unassociated_targets")
    elif allowed:
        yield Finding(
            id=FindingId.WINDOW_UNASSOCIATED_TARGETS,
            level=Level.WARNING,
            field="allow_unassociated_targets",
            message="a task may name nodes that are not registered with the window",
            received="True",
            allowed="False, and a target for the nodes",
            source=_WINDOW_PAGE,
        )


def _tell_timezone(window: WindowRecord) -> Iterator[Finding]:
    schedule = window.schedule
    if schedule.timezone is None and isinstance(schedule.expression, str) and "cron" in schedule.expression:
        yield Finding(
            id=FindingId.SCHEDULE_TIMEZONE_MISSING,
            level=Level.INFO,
            field="schedule.timezone",
            message="not given, so that the hours of the schedule are UTC all year",
            received=repr(schedule.expression),
            allowed="an IANA name, such as Europe/Berlin",
            source=_WINDOW_PAGE,
        )


def _tell_missing_targets(window: WindowRecord) -> Iterator[Finding]:
    if window.tasks and not window.targets and not any(task.targets for task in window.tasks):
        yield Finding(
            id=FindingId.WINDOW_WITHOUT_TARGET,
            level=Level.INFO,
            field="targets",
            message="no target is registered, so it is unknown which nodes the tasks reach",
            source=_TASK_PAGE,
        )


def _warn_about_task(task: TaskRecord, window: WindowRecord, prefix: str) -> Iterator[Finding]:
    if task.service_role_arn is None and task.task_type in {TaskType.RUN_COMMAND, TaskType.AUTOMATION}:
        yield Finding(
            id=FindingId.TASK_SERVICE_ROLE_MISSING,
            level=Level.INFO,
            field=f"{prefix}service_role_arn",
            message="not given, so that the service-linked role is used",
            allowed="a role that may do no more than the task needs",
            source=_ROLE_PAGE,
        )
    notification = task.notification
    if notification is not None and notification.topic_arn is not None and notification.role_arn is None:
        yield Finding(
            id=FindingId.TASK_NOTIFICATION_ROLE,
            level=Level.WARNING,
            field=f"{prefix}notification",
            message="Run Command has no role with which it could publish, so no message is sent",
            allowed="ServiceRoleArn beside NotificationConfig, a role that may publish to the topic",
            source=_NOTIFICATION_PAGE,
        )
    registered = {id(target) for target in window.targets}
    for target in task.targets:
        if id(target) in registered or isinstance(target.targets, Unknown):
            continue
        for key, _ in target.targets:
            if isinstance(key, str) and key not in _TASK_TARGET_KEYS:
                yield Finding(
                    id=FindingId.TASK_TARGET_KEY,
                    level=Level.WARNING,
                    field=f"{prefix}targets",
                    message="AWS documents no such key for the targets of a task",
                    received=repr(key),
                    allowed="InstanceIds, or WindowTargetIds with a target that names the tags",
                    source=_TASK_PAGE,
                )
