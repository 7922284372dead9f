"""Executions of maintenance windows."""

from patching_constructs.contracts.patch_event import MOST_FACTS, PatchEvent, PatchEventKind
from patching_constructs.lambdas._shared.executions import list_commands, list_tasks, runs_patch_document
from patching_constructs.lambdas.patch_event_forwarder.commands import command_fact
from patching_constructs.lambdas.patch_event_forwarder.lookup import look_up
from patching_constructs.lambdas.patch_event_forwarder.membership import of_window
from patching_constructs.lambdas.patch_event_forwarder.source_event import SourceEvent
from patching_constructs.model.systems_manager_events import (
    OVERLAPPING_WINDOW_STATUS,
    SUCCESSFUL_WINDOW_STATUS,
)
from patching_constructs.model.unknown import Unknown

# Statuses of tasks and their commands.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_MaintenanceWindowExecutionTaskIdentity.html
_UNSUCCESSFUL = frozenset({"FAILED", "TIMED_OUT", "CANCELLING", "CANCELLED"})


def report_window(source: SourceEvent) -> PatchEvent | None:
    """Report how an execution of a window ended.

    A window that does not belong to the rollout and runs no patch document has nothing to do with patching:
    the answer is None. Where that cannot be looked up, the window is reported.
    """
    detail = source.detail
    window_id, execution_id, status = detail["window-id"], detail["window-execution-id"], detail["status"]
    name = look_up(
        f"the name of window {window_id}",
        lambda: str(source.ssm.get_maintenance_window(WindowId=window_id)["Name"]),
    )
    membership = of_window(source.settings, name)
    unknown = []
    if membership.ring is None:
        patches = look_up(
            f"the tasks of window {window_id}", lambda: runs_patch_document(source.ssm, window_id)
        )
        if patches is False:
            return None
        if isinstance(patches, Unknown):
            unknown.append(patches.reason)
    facts = [source.fact("window", execution_id, status)]
    if status not in (SUCCESSFUL_WINDOW_STATUS, OVERLAPPING_WINDOW_STATUS):
        failures = look_up(
            f"the tasks of execution {execution_id}", lambda: _failures(source, execution_id, *facts)
        )
        if isinstance(failures, Unknown):
            unknown.append(failures.reason)
        else:
            facts = failures
    return source.report(
        kind=PatchEventKind.WINDOW,
        membership=membership,
        subject=window_id,
        subject_name=window_id if isinstance(name, Unknown) else name,
        status=status,
        facts=facts,
        execution=execution_id,
        unknown=unknown,
    )


def _failures(source: SourceEvent, execution_id: str, own_fact: str) -> list[str]:
    """Return the facts of an execution without success.

    Failed patch commands have events of their own. A window that fails because they do is reported once, by
    whichever event comes first.
    """
    failed_commands, others_failed = [], False
    for task in list_tasks(source.ssm, execution_id):
        if task.status not in _UNSUCCESSFUL:
            continue
        commands = list_commands(source.ssm, execution_id, task.task_id) if task.patches else {}
        failed = [command_id for command_id, status in commands.items() if status in _UNSUCCESSFUL]
        failed_commands += failed
        others_failed = others_failed or not failed
    facts = [command_fact(source, command_id) for command_id in failed_commands]
    if others_failed or not facts:
        facts.append(own_fact)
    return facts if len(facts) <= MOST_FACTS else [own_fact]
