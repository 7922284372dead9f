"""From the properties of AWS::SSM::PatchBaseline to its record."""

from collections.abc import Callable
from typing import TypeVar

from patching_constructs.model.patch_baseline import (
    PatchBaselineRecord,
    PatchFilterRecord,
    PatchRuleRecord,
    PatchSourceRecord,
)
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.templates.fields import Fields

T = TypeVar("T")


def read_patch_baseline(fields: Fields) -> PatchBaselineRecord:
    """Read a baseline.

    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-patchbaseline.html
    """
    return PatchBaselineRecord(
        name=fields.required_text("Name"),
        operating_system=fields.text("OperatingSystem"),
        approval_rules=_records(fields.child("ApprovalRules"), "PatchRules", _rule),
        global_filters=_filters(fields.child("GlobalFilters")),
        approved_patches=_texts(fields, "ApprovedPatches"),
        approved_patches_compliance_level=fields.text("ApprovedPatchesComplianceLevel"),
        approved_patches_enable_non_security=fields.flag("ApprovedPatchesEnableNonSecurity"),
        rejected_patches=_texts(fields, "RejectedPatches"),
        rejected_patches_action=fields.text("RejectedPatchesAction"),
        available_security_updates_compliance_status=fields.text("AvailableSecurityUpdatesComplianceStatus"),
        default_baseline=fields.flag("DefaultBaseline"),
        description=fields.text("Description"),
        patch_groups=_texts(fields, "PatchGroups"),
        sources=_records(fields, "Sources", _source),
        location=fields.location,
    )


def _rule(fields: Fields) -> PatchRuleRecord:
    return PatchRuleRecord(
        patch_filters=_filters(fields.child("PatchFilterGroup")),
        approve_after_days=fields.integer("ApproveAfterDays"),
        approve_until_date=fields.text("ApproveUntilDate"),
        compliance_level=fields.text("ComplianceLevel"),
        enable_non_security=fields.flag("EnableNonSecurity"),
    )


def _filters(group: Fields) -> Maybe[tuple[PatchFilterRecord, ...]]:
    return _records(group, "PatchFilters", _filter)


def _filter(fields: Fields) -> PatchFilterRecord:
    return PatchFilterRecord(key=fields.required_text("Key"), values=_texts(fields, "Values"))


def _source(fields: Fields) -> PatchSourceRecord:
    return PatchSourceRecord(
        name=fields.required_text("Name"),
        products=_texts(fields, "Products"),
        configuration=fields.required_text("Configuration"),
    )


def _texts(fields: Fields, name: str) -> Maybe[tuple[Maybe[str], ...]]:
    texts = fields.texts(name)
    return () if texts is None else texts


def _records(fields: Fields, name: str, read: Callable[[Fields], T]) -> Maybe[tuple[T, ...]]:
    children = fields.children(name)
    if isinstance(children, Unknown):
        return children
    return tuple(read(child) for child in children or ())
