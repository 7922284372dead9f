"""Whether a baseline approves a patch, as the API has the baseline."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from local_aws.fleet.records import Patch

_APT = ("UBUNTU", "DEBIAN", "RASPBIAN")


def is_approved(patch: Patch, baseline: Mapping[str, Any], now: datetime) -> bool:
    """Return whether nodes that look at `now` find the patch approved."""
    return compliance_level(patch, baseline, now) is not None


def compliance_level(patch: Patch, baseline: Mapping[str, Any], now: datetime) -> str | None:
    """Return the compliance level with which nodes find the patch approved at `now`, or None if they do not.

    Approval is strictly after publication plus the delay. Systems with apt know no delay.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html
    """
    if patch.patch_id in baseline.get("RejectedPatches", []):
        return None
    if patch.patch_id in baseline.get("ApprovedPatches", []):
        return str(baseline.get("ApprovedPatchesComplianceLevel", "UNSPECIFIED"))
    if not _matches(patch, baseline["GlobalFilters"]["PatchFilters"]):
        return None
    return next(
        (
            str(rule.get("ComplianceLevel", "UNSPECIFIED"))
            for rule in baseline["ApprovalRules"]["PatchRules"]
            if _matches(patch, rule["PatchFilterGroup"]["PatchFilters"]) and _is_due(patch, rule, now)
        ),
        None,
    )


def _matches(patch: Patch, filters: Iterable[Mapping[str, Any]]) -> bool:
    properties = {
        "CLASSIFICATION": patch.classification,
        "SEVERITY": patch.severity,
        "MSRC_SEVERITY": patch.severity,
    }
    return all(
        "*" in item["Values"] or properties.get(item["Key"], item["Values"][0]) in item["Values"]
        for item in filters
    )


def _is_due(patch: Patch, rule: Mapping[str, Any], now: datetime) -> bool:
    if patch.operating_system in _APT:
        return True
    if "ApproveUntilDate" in rule:
        day = date.fromisoformat(rule["ApproveUntilDate"])
        return patch.published_at < datetime.combine(day, time(), UTC) + timedelta(days=1)
    return now > patch.published_at + timedelta(days=rule["ApproveAfterDays"])
