"""Rules about settings that AWS knows on one platform only."""

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.limits import undecided

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html"


def check_platform_settings(
    baseline: PatchBaselineRecord, operating_system: OperatingSystem
) -> list[Finding]:
    """Find Linux settings on Windows and macOS, and Windows settings anywhere else."""
    findings = []
    if not operating_system.is_linux:
        for field, value in _linux_only(baseline):
            findings += _check_not_set(
                field, value, id=FindingId.LINUX_ONLY, platform="Linux", operating_system=operating_system
            )
    if operating_system is not OperatingSystem.WINDOWS:
        findings += _check_not_set(
            "available_security_updates_compliance_status",
            baseline.available_security_updates_compliance_status,
            id=FindingId.WINDOWS_ONLY,
            platform="Windows",
            operating_system=operating_system,
        )
    return findings


def _linux_only(baseline: PatchBaselineRecord) -> list[tuple[str, object]]:
    flags: list[tuple[str, object]] = [
        ("approved_patches_enable_non_security", baseline.approved_patches_enable_non_security),
        ("sources", baseline.sources),
    ]
    if not isinstance(baseline.approval_rules, Unknown):
        flags += [
            (f"approval_rules[{index}].enable_non_security", rule.enable_non_security)
            for index, rule in enumerate(baseline.approval_rules)
        ]
    return flags


def _check_not_set(
    field: str, value: object, *, id: FindingId, platform: str, operating_system: OperatingSystem
) -> list[Finding]:
    if isinstance(value, Unknown):
        return [undecided(id, value, field=field)]
    if not value:
        return []
    return [
        Finding(
            id=id,
            level=Level.ERROR,
            field=field,
            message=f"works on {platform} only, and the baseline is for {operating_system}",
            received=f"{len(value)} given" if isinstance(value, tuple) else str(value),
            allowed="leave it out",
            source=_PAGE,
        )
    ]
