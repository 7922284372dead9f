"""Rules about what a maintenance window registers as its targets."""

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.maintenance_window import TargetRecord
from patching_constructs.model.maintenance_window_limits import (
    KEYS_PER_TARGET,
    OWNER_INFORMATION_LENGTH,
    VALUES_PER_KEY,
    WINDOW_NAME_CHARACTERS,
    WINDOW_NAME_PATTERN,
    ResourceType,
)
from patching_constructs.model.patch_group import PatchGroupTagKey
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.limits import check_choice, check_count, check_length, check_pattern, undecided

_REGISTER_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/"
    "API_RegisterTargetWithMaintenanceWindow.html"
)
_TARGET_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html"
_PATCH_GROUP_PAGE = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-tag-a-patch-group.html"
)


def check_window_target(target: TargetRecord, *, prefix: str) -> list[Finding]:
    """Find what AWS would refuse in a window target, or what matches no node."""
    findings = check_choice(
        target.resource_type,
        ResourceType,
        id=FindingId.WINDOW_TARGET,
        field=f"{prefix}resource_type",
        source=_REGISTER_PAGE,
    )
    if target.name is not None:
        findings += check_pattern(
            target.name,
            WINDOW_NAME_PATTERN,
            allowed=WINDOW_NAME_CHARACTERS,
            id=FindingId.WINDOW_NAME,
            field=f"{prefix}name",
            source=_REGISTER_PAGE,
        )
    if target.owner_information is not None:
        findings += check_length(
            target.owner_information,
            OWNER_INFORMATION_LENGTH,
            id=FindingId.WINDOW_TEXT,
            field=f"{prefix}owner_information",
            source=_REGISTER_PAGE,
        )
    return findings + _check_keys(target, field=f"{prefix}targets")


def _check_keys(target: TargetRecord, *, field: str) -> list[Finding]:
    if isinstance(target.targets, Unknown):
        return [undecided(FindingId.WINDOW_TARGET, target.targets, field=field)]
    findings = check_count(
        target.targets, KEYS_PER_TARGET, id=FindingId.WINDOW_TARGET, field=field, source=_TARGET_PAGE
    )
    for key, values in target.targets:
        if not isinstance(values, Unknown):
            findings += check_count(
                values,
                VALUES_PER_KEY,
                id=FindingId.WINDOW_TARGET,
                field=f"{field}[{key}]",
                source=_TARGET_PAGE,
            )
    if {f"tag:{key}" for key in PatchGroupTagKey} <= {key for key, _ in target.targets}:
        findings.append(
            Finding(
                id=FindingId.WINDOW_TARGET_MIXED_TAG_KEYS,
                level=Level.ERROR,
                field=field,
                message="matches no node, because every key must match and a node has only one of these tags",
                received=" and ".join(PatchGroupTagKey),
                allowed="one target for each tag key",
                source=_PATCH_GROUP_PAGE,
            )
        )
    return findings
