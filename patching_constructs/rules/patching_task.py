"""Rules about window tasks that run AWS-RunPatchBaseline."""

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.maintenance_window import TaskRecord
from patching_constructs.model.patching_documents import RUN_PATCH_BASELINE, PatchOperation, RebootOption
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.ids import FindingId
from patching_constructs.rules.limits import check_choice, undecided

_DOCUMENT_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html"
)


def check_patching_task(task: TaskRecord, *, prefix: str) -> list[Finding]:
    """Find parameters that AWS-RunPatchBaseline refuses, and a reboot that nobody chose."""
    if task.task_arn != RUN_PATCH_BASELINE:
        return []
    field = f"{prefix}parameters.Operation"
    operation = task.parameters.get("Operation", ())
    if isinstance(operation, Unknown):
        return [undecided(FindingId.TASK_OPERATION, operation, field=field)]
    if len(operation) != 1:
        return [
            Finding(
                id=FindingId.TASK_OPERATION,
                level=Level.ERROR,
                field=field,
                message="AWS-RunPatchBaseline needs exactly one operation",
                received=f"{len(operation)} operations",
                allowed=", ".join(PatchOperation),
                source=_DOCUMENT_PAGE,
            )
        ]
    findings = check_choice(
        operation[0], PatchOperation, id=FindingId.TASK_OPERATION, field=field, source=_DOCUMENT_PAGE
    )
    if operation[0] == PatchOperation.INSTALL:
        findings += _check_reboot(task, field=f"{prefix}parameters.RebootOption")
    return findings


def check_reboot_option(reboot_option: Maybe[str], *, field: str) -> list[Finding]:
    """Find a RebootOption that AWS-RunPatchBaseline does not know."""
    return check_choice(
        reboot_option, RebootOption, id=FindingId.TASK_REBOOT_OPTION, field=field, source=_DOCUMENT_PAGE
    )


def _check_reboot(task: TaskRecord, *, field: str) -> list[Finding]:
    reboot_options = task.parameters.get("RebootOption")
    if reboot_options is None:
        return [
            Finding(
                id=FindingId.TASK_REBOOT_OPTION_IMPLICIT,
                level=Level.WARNING,
                field=field,
                message="not given, so that every node that installs a patch reboots",
                allowed=", ".join(RebootOption),
                source=_DOCUMENT_PAGE,
            )
        ]
    if isinstance(reboot_options, Unknown):
        return [undecided(FindingId.TASK_REBOOT_OPTION, reboot_options, field=field)]
    return [finding for option in reboot_options for finding in check_reboot_option(option, field=field)]
