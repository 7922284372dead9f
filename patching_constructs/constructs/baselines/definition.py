"""A baseline's definition in the shape of a GetPatchBaseline answer, to be compared with what is deployed."""

from collections.abc import Iterable, Iterator
from typing import Any

from patching_constructs.contracts.reporter_settings import ReportedBaseline
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.unknown import Maybe, Unknown


def reported_baselines(records: Iterable[PatchBaselineRecord]) -> Iterator[ReportedBaseline]:
    """Yield what the reporter compares: baselines whose name and operating system are known at synthesis."""
    for record in records:
        if not (isinstance(record.name, str) and isinstance(record.operating_system, str)):
            continue
        groups = () if isinstance(record.patch_groups, Unknown) else record.patch_groups
        yield ReportedBaseline(
            name=record.name,
            operating_system=str(record.operating_system),
            patch_groups=tuple(group for group in groups if isinstance(group, str)),
            default=record.default_baseline is True,
            definition=_definition(record),
        )


def _definition(record: PatchBaselineRecord) -> dict[str, Any]:
    """Return what the baseline defines; what is known only at deployment is left out, as are AWS's defaults.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetPatchBaseline.html
    """
    definition = {
        "OperatingSystem": record.operating_system,
        "ApprovalRules": _each(record.approval_rules, _rule, key="PatchRules"),
        "GlobalFilters": _each(record.global_filters, _filter, key="PatchFilters"),
        "ApprovedPatches": _texts(record.approved_patches),
        "ApprovedPatchesComplianceLevel": record.approved_patches_compliance_level,
        "ApprovedPatchesEnableNonSecurity": record.approved_patches_enable_non_security,
        "RejectedPatches": _texts(record.rejected_patches),
        "RejectedPatchesAction": record.rejected_patches_action,
        "AvailableSecurityUpdatesComplianceStatus": record.available_security_updates_compliance_status,
    }
    return {key: value for key, value in definition.items() if value is not None and _is_known(value)}


def _rule(rule: PatchRuleRecord) -> dict[str, Any]:
    found = {
        "PatchFilterGroup": _each(rule.patch_filters, _filter, key="PatchFilters"),
        "ApproveAfterDays": rule.approve_after_days,
        "ApproveUntilDate": rule.approve_until_date,
        "ComplianceLevel": "UNSPECIFIED" if rule.compliance_level is None else rule.compliance_level,
        "EnableNonSecurity": False if rule.enable_non_security is None else rule.enable_non_security,
    }
    return {key: value for key, value in found.items() if value is not None}


def _filter(patch_filter: PatchFilterRecord) -> dict[str, Any]:
    return {"Key": patch_filter.key, "Values": _texts(patch_filter.values)}


def _each(items: Any, render: Any, *, key: str) -> Any:
    return items if isinstance(items, Unknown) else {key: [render(item) for item in items]}


def _texts(texts: Maybe[Iterable[Maybe[str]]]) -> Any:
    return texts if isinstance(texts, Unknown) else list(texts)


def _is_known(value: Any) -> bool:
    """Return whether every value inside is known before deployment."""
    if isinstance(value, dict):
        return all(map(_is_known, value.values()))
    if isinstance(value, list):
        return all(map(_is_known, value))
    return not isinstance(value, Unknown)
