"""Rules about how many nodes a window task may work on at once, and how many may fail."""

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TaskRecord
from patching_constructs.model.maintenance_window_limits import MAX_CONCURRENCY_PATTERN, MAX_ERRORS_PATTERN
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.limits import check_pattern

_TASK_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html"


def check_max_concurrency(max_concurrency: Maybe[str], *, field: str) -> list[Finding]:
    """Find a MaxConcurrency that AWS refuses, such as 0."""
    return _check_budget(
        max_concurrency,
        MAX_CONCURRENCY_PATTERN,
        allowed="a number of nodes from '1', or '1%' to '100%', as text",
        field=field,
    )


def check_max_errors(max_errors: Maybe[str], *, field: str) -> list[Finding]:
    """Find a MaxErrors that AWS refuses."""
    return _check_budget(
        max_errors,
        MAX_ERRORS_PATTERN,
        allowed="a number of nodes from '0', or '0%' to '100%', as text",
        field=field,
    )


def check_task_budget(task: TaskRecord, *, prefix: str) -> list[Finding]:
    """Find a task with targets that lacks its budget, and one without targets that has one."""
    findings: list[Finding] = []
    for field, value, check in (
        (f"{prefix}max_concurrency", task.max_concurrency, check_max_concurrency),
        (f"{prefix}max_errors", task.max_errors, check_max_errors),
    ):
        if task.targets and value is not None:
            findings += check(value, field=field)
        elif task.targets:
            findings.append(_error(field, "needed by a task with targets", received="none"))
        elif value is not None:
            findings.append(_error(field, "refused for a task without targets", received=str(value)))
    return findings


def _check_budget(value: Maybe[str], pattern: str, *, allowed: str, field: str) -> list[Finding]:
    if not isinstance(value, Unknown) and type(value) is not str:
        return [_error(field, "not text", received=repr(value), allowed=allowed)]
    return check_pattern(
        value, pattern, allowed=allowed, id=FindingId.TASK_BUDGET, field=field, source=_TASK_PAGE
    )


def _error(field: str, message: str, *, received: str, allowed: str | None = None) -> Finding:
    return Finding(
        id=FindingId.TASK_BUDGET,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=allowed,
        source=_TASK_PAGE,
    )
