"""Rules about the documents that scan and install, and about what is passed to them."""

import re
from collections.abc import Iterator, Mapping

from patching_constructs.model.document_parameters import (
    DOCUMENT_PARAMETERS,
    DOCUMENTS_WITHOUT_COMPLIANCE,
    LEGACY_DOCUMENTS,
    RUN_PATCH_BASELINE_ASSOCIATION,
    RUN_PATCH_BASELINE_WITH_HOOKS,
)
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TaskRecord
from patching_constructs.model.patch_baseline_limits import BASELINE_ID_PATTERN
from patching_constructs.model.patching_documents import RUN_PATCH_BASELINE, PatchOperation, RebootOption
from patching_constructs.model.unknown import Maybe, PartlyKnown, Reference, Unknown
from patching_constructs.rules.limits import check_choice, did_you_mean, undecided

Parameters = Mapping[str, Maybe[tuple[Maybe[str], ...]]]

_DOCUMENT_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html"
)
_DOCUMENTS_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-ssm-documents.html"
)
_OVERRIDE_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-baselineoverride-parameter.html"

_WITH_OPERATION = {RUN_PATCH_BASELINE, RUN_PATCH_BASELINE_WITH_HOOKS, RUN_PATCH_BASELINE_ASSOCIATION}
_OVERRIDE_ADDRESS = r"(?:s3://|https://)[^`'\"$]+"


def check_patching_task(task: TaskRecord, *, prefix: str) -> list[Finding]:
    """Find a document that should not be used, and parameters that it refuses or that mean something else."""
    if isinstance(task.task_arn, Unknown):
        return []
    findings = check_document(
        task.task_arn, task.parameters, document_field=f"{prefix}task_arn", prefix=prefix
    )
    snapshot_ids = _known_values(task.parameters, "SnapshotId")
    if task.task_arn in _WITH_OPERATION and any(isinstance(value, str) for value in snapshot_ids):
        findings.append(
            Finding(
                id=FindingId.TASK_SNAPSHOT_ID,
                level=Level.WARNING,
                field=f"{prefix}parameters.SnapshotId",
                message="a window gives each of its executions a snapshot, and one in a template goes stale",
                allowed="leave it out",
                source=_DOCUMENT_PAGE,
            )
        )
    return findings


def check_document(
    document: str, parameters: Parameters, *, document_field: str, prefix: str
) -> list[Finding]:
    """Find a document that should not be used, and parameters that it refuses or that mean something else."""
    return [
        *_check_document(document, document_field),
        *_check_names(document, parameters, prefix),
        *(_check_operation(document, parameters, prefix) if document in _WITH_OPERATION else []),
        *(_check_baseline_override(parameters, prefix) if document == RUN_PATCH_BASELINE else []),
    ]


def check_reboot_option(reboot_option: Maybe[str], *, field: str) -> list[Finding]:
    """Find a RebootOption that AWS-RunPatchBaseline does not know."""
    return check_choice(
        reboot_option, RebootOption, id=FindingId.TASK_REBOOT_OPTION, field=field, source=_DOCUMENT_PAGE
    )


def _check_document(document: str, field: str) -> Iterator[Finding]:
    if document in LEGACY_DOCUMENTS:
        message = "a document for Windows that AWS might no longer support"
    elif document in DOCUMENTS_WITHOUT_COMPLIANCE:
        message = "changes patches on Windows without telling Patch Manager, so compliance does not show it"
    else:
        return
    yield Finding(
        id=FindingId.TASK_DOCUMENT_LEGACY,
        level=Level.WARNING,
        field=field,
        message=message,
        received=repr(document),
        allowed=RUN_PATCH_BASELINE,
        source=_DOCUMENTS_PAGE,
    )


def _check_names(document: str, parameters: Parameters, prefix: str) -> Iterator[Finding]:
    known = DOCUMENT_PARAMETERS.get(document)
    if known is None:
        return
    for name in parameters:
        if name not in known:
            yield Finding(
                id=FindingId.TASK_PARAMETER_UNKNOWN,
                level=Level.ERROR,
                field=f"{prefix}parameters.{name}",
                message=f"{document} takes no such parameter",
                received=repr(name),
                allowed=f"{', '.join(sorted(known))}{did_you_mean(name, known)}",
                source=_DOCUMENTS_PAGE,
            )


def _check_operation(document: str, parameters: Parameters, prefix: str) -> list[Finding]:
    field = f"{prefix}parameters.Operation"
    operation = parameters.get("Operation", ())
    if isinstance(operation, Unknown):
        return [undecided(FindingId.TASK_OPERATION, operation, field=field)]
    if len(operation) != 1:
        return [
            Finding(
                id=FindingId.TASK_OPERATION,
                level=Level.ERROR,
                field=field,
                message=f"{document} needs exactly one operation",
                received=f"{len(operation)} operations",
                allowed=", ".join(PatchOperation),
                source=_DOCUMENT_PAGE,
            )
        ]
    findings = check_choice(
        operation[0], PatchOperation, id=FindingId.TASK_OPERATION, field=field, source=_DOCUMENT_PAGE
    )
    if operation[0] == PatchOperation.INSTALL:
        findings += _check_reboot(parameters, field=f"{prefix}parameters.RebootOption")
    return findings


def _check_reboot(parameters: Parameters, *, field: str) -> list[Finding]:
    reboot_options = parameters.get("RebootOption")
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


def _check_baseline_override(parameters: Parameters, prefix: str) -> Iterator[Finding]:
    field = f"{prefix}parameters.BaselineOverride"
    values = parameters.get("BaselineOverride", ())
    if isinstance(values, Unknown):
        yield undecided(FindingId.TASK_BASELINE_OVERRIDE, values, field=field)
        return
    for value in values:
        if isinstance(value, Reference) and value.resource_type == "AWS::SSM::PatchBaseline":
            yield _override(
                field, message="not the address of a file, but a baseline", received=value.logical_id
            )
        elif isinstance(value, Unknown) and not isinstance(value, PartlyKnown):
            yield undecided(FindingId.TASK_BASELINE_OVERRIDE, value, field=field)
        elif isinstance(value, str) and value and not re.fullmatch(_OVERRIDE_ADDRESS, value):
            is_id = "pb-" in value and re.fullmatch(BASELINE_ID_PATTERN, value)
            message = "not the address of a file" + (", but the id of a baseline" if is_id else "")
            yield _override(field, message=message, received=repr(value))
    if any(values) and any(_known_values(parameters, "InstallOverrideList")):
        yield _override(
            field, message="the document fails with both this and InstallOverrideList", received="both"
        )


def _known_values(parameters: Parameters, name: str) -> tuple[Maybe[str], ...]:
    values = parameters.get(name, ())
    return () if isinstance(values, Unknown) else values


def _override(field: str, *, message: str, received: str) -> Finding:
    return Finding(
        id=FindingId.TASK_BASELINE_OVERRIDE,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed="s3:// or https:// and a JSON file whose name has no backtick, quote or $; a node finds its "
        "baseline by its patch group",
        source=_OVERRIDE_PAGE,
    )
