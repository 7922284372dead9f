"""Executions of maintenance windows."""

from patching_constructs.model.patch_event import (
    MOST_FACTS,
    PatchEvent,
    PatchEventKind,
    PatchEventSeverity,
)
from patching_constructs.model.patch_events import OVERLAPPING_WINDOW_STATUS
from patching_constructs.model.unknown import Unknown
from patching_constructs.runtime.event_enrichment.commands import command_fact
from patching_constructs.runtime.event_enrichment.happening import Happening, severity_of_failure
from patching_constructs.runtime.event_enrichment.lookup import look_up
from patching_constructs.runtime.event_enrichment.whereabouts import of_window
from patching_constructs.runtime.executions import list_commands, list_tasks

_SUCCESS = "SUCCESS"

_UNSUCCESSFUL = frozenset({"FAILED", "TIMED_OUT", "CANCELLING", "CANCELLED"})
"""Statuses of tasks and their commands.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_MaintenanceWindowExecutionTaskIdentity.html
"""


def tell_window(happening: Happening) -> PatchEvent:
    """Tell how an execution of a window ended."""
    detail, region = happening.detail, happening.region
    window_id, execution_id, status = detail["window-id"], detail["window-execution-id"], detail["status"]
    name = look_up(
        f"the name of window {window_id}",
        lambda: str(happening.ssm.get_maintenance_window(WindowId=window_id)["Name"]),
    )
    where = of_window(happening.settings, name)
    shown = window_id if isinstance(name, Unknown) else name
    severity, unknown = severity_of_failure(where), ""
    own_fact = happening.fact("window", execution_id, status)
    facts = [own_fact]
    if status == _SUCCESS:
        severity = PatchEventSeverity.INFO
        ended = f"ended with status {status} in {happening.place_and_time}."
        next_step = ""
    elif status == OVERLAPPING_WINDOW_STATUS:
        ended = (
            f"did not start in {happening.place_and_time}: an earlier execution of the window was still "
            "running. This execution patched nothing."
        )
        next_step = (
            "Find the earlier execution with: aws ssm describe-maintenance-window-executions "
            f"--window-id {window_id} --region {region}. If this comes back, give the window fewer nodes, "
            "more concurrency or a rarer schedule."
        )
    else:
        ended = f"ended with status {status} in {happening.place_and_time}."
        next_step = (
            "Find the task that failed with: aws ssm describe-maintenance-window-execution-tasks "
            f"--window-execution-id {execution_id} --region {region}"
        )
        failures = look_up(
            f"the tasks of execution {execution_id}", lambda: _failures(happening, execution_id, own_fact)
        )
        if isinstance(failures, Unknown):
            unknown = failures.reason
        else:
            facts = failures
    return happening.tell(
        kind=PatchEventKind.WINDOW,
        severity=severity,
        where=where,
        subject=window_id,
        subject_name=shown,
        status=status,
        facts=facts,
        title=f"Maintenance window {shown} {status} in {happening.place}",
        text=f"Execution {execution_id} of maintenance window {shown}{where.of_ring} {ended}",
        next_step=next_step,
        unknown=[unknown],
    )


def _failures(happening: Happening, execution_id: str, own_fact: str) -> list[str]:
    """Return the facts of an execution without success.

    Patch commands tell their failures themselves. A window that fails because they do is told once, by
    whichever event comes first.
    """
    failed_commands, others_failed = [], False
    for task in list_tasks(happening.ssm, execution_id):
        if task.status not in _UNSUCCESSFUL:
            continue
        commands = list_commands(happening.ssm, execution_id, task.task_id) if task.patches else {}
        failed = [command_id for command_id, status in commands.items() if status in _UNSUCCESSFUL]
        failed_commands += failed
        others_failed = others_failed or not failed
    facts = [command_fact(happening, command_id) for command_id in failed_commands]
    if others_failed or not facts:
        facts.append(own_fact)
    return facts if len(facts) <= MOST_FACTS else [own_fact]
