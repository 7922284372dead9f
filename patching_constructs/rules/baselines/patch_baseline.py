"""Rules about patch baselines: what AWS refuses, and what it does not document."""

from patching_constructs.model import patch_baseline_limits as limits
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord
from patching_constructs.model.patch_choices import (
    AvailableSecurityUpdatesComplianceStatus,
    ComplianceLevel,
    RejectedPatchesAction,
)
from patching_constructs.model.patch_group import MAX_PATCH_GROUPS_PER_BASELINE
from patching_constructs.model.patch_names import PatchList
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.baselines.approval_rule import (
    check_approval_rule,
    check_patch_filters,
    check_patch_source,
)
from patching_constructs.rules.baselines.patch_group import check_patch_group_name
from patching_constructs.rules.baselines.patch_names import check_patch_names
from patching_constructs.rules.baselines.patch_vocabulary import check_filter_vocabulary
from patching_constructs.rules.baselines.platform_settings import check_platform_settings
from patching_constructs.rules.limits import (
    check_choice,
    check_count,
    check_duplicates,
    check_length,
    check_pattern,
    undecided,
)

_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreatePatchBaseline.html"
_OPERATING_SYSTEMS = frozenset(OperatingSystem)


def check_patch_baseline(baseline: PatchBaselineRecord) -> list[Finding]:
    """Find everything in a baseline that AWS refuses, and values that it does not document."""
    operating_system = operating_system_of(baseline)
    return [
        *_check_texts(baseline),
        *_check_choices(baseline),
        *_check_approves_something(baseline),
        *_check_rules(baseline),
        *_check_global_filters(baseline),
        *check_patch_names(baseline.approved_patches, PatchList.APPROVED, operating_system),
        *check_patch_names(baseline.rejected_patches, PatchList.REJECTED, operating_system),
        *_check_sources(baseline),
        *check_patch_groups(baseline.patch_groups, field="patch_groups"),
        *([] if operating_system is None else check_platform_settings(baseline, operating_system)),
    ]


def operating_system_of(baseline: PatchBaselineRecord) -> OperatingSystem | None:
    """Return the operating system, which is Windows if none is given, or None if it is not known."""
    name = baseline.operating_system
    if name is None:
        return OperatingSystem.WINDOWS
    if isinstance(name, Unknown) or name not in _OPERATING_SYSTEMS:
        return None
    return OperatingSystem(name)


def check_patch_groups(groups: Maybe[tuple[Maybe[str], ...]], *, field: str) -> list[Finding]:
    """Find patch groups that cannot all be registered on one baseline."""
    if isinstance(groups, Unknown):
        return [undecided(FindingId.PATCH_GROUP_NAME, groups, field=field)]
    findings = check_count(
        groups,
        range(MAX_PATCH_GROUPS_PER_BASELINE + 1),
        id=FindingId.PATCH_BASELINE_COUNT,
        field=field,
        source="https://docs.aws.amazon.com/general/latest/gr/ssm.html",
    )
    findings += check_duplicates(groups, id=FindingId.PATCH_BASELINE_DUPLICATE, field=field)
    for index, group in enumerate(groups):
        findings += check_patch_group_name(group, field=f"{field}[{index}]")
    return findings


def _check_texts(baseline: PatchBaselineRecord) -> list[Finding]:
    findings = check_pattern(
        baseline.name,
        limits.NAME_PATTERN,
        allowed="3 to 128 letters, digits, _, - and .",
        id=FindingId.PATCH_BASELINE_NAME,
        field="patch_baseline_name",
        source=_PAGE,
    )
    if baseline.description is not None:
        findings += check_length(
            baseline.description,
            limits.DESCRIPTION_LENGTH,
            id=FindingId.PATCH_BASELINE_LENGTH,
            field="description",
            source=_PAGE,
        )
    return findings


def _check_choices(baseline: PatchBaselineRecord) -> list[Finding]:
    findings = []
    if baseline.operating_system is not None:
        findings += check_choice(
            baseline.operating_system,
            OperatingSystem,
            id=FindingId.OPERATING_SYSTEM,
            field="operating_system",
            source=_PAGE,
        )
    for field, value, choices in (
        ("approved_patches_compliance_level", baseline.approved_patches_compliance_level, ComplianceLevel),
        ("rejected_patches_action", baseline.rejected_patches_action, RejectedPatchesAction),
        (
            "available_security_updates_compliance_status",
            baseline.available_security_updates_compliance_status,
            AvailableSecurityUpdatesComplianceStatus,
        ),
    ):
        if value is not None:
            findings += check_choice(
                value, choices, id=FindingId.PATCH_BASELINE_CHOICE, field=field, source=_PAGE
            )
    return findings


def _check_approves_something(baseline: PatchBaselineRecord) -> list[Finding]:
    for field in ("approval_rules", "approved_patches"):
        value = getattr(baseline, field)
        if isinstance(value, Unknown):
            return [undecided(FindingId.PATCH_BASELINE_EMPTY, value, field=field)]
    if baseline.approval_rules or baseline.approved_patches:
        return []
    return [
        Finding(
            id=FindingId.PATCH_BASELINE_EMPTY,
            level=Level.ERROR,
            field="approval_rules",
            message="the baseline has no rule and approves no patch",
            received="none",
            allowed="at least one approval rule, or approved_patches",
            source=_PAGE,
        )
    ]


def _check_rules(baseline: PatchBaselineRecord) -> list[Finding]:
    if isinstance(baseline.approval_rules, Unknown):
        return []
    findings = check_count(
        baseline.approval_rules,
        range(limits.MAX_RULES + 1),
        id=FindingId.PATCH_BASELINE_COUNT,
        field="approval_rules",
        source="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRuleGroup.html",
    )
    for index, rule in enumerate(baseline.approval_rules):
        field = f"approval_rules[{index}]"
        findings += check_approval_rule(rule, field=field)
        findings += _check_vocabulary(rule.patch_filters, baseline, f"{field}.patch_filters")
    return findings


def _check_global_filters(baseline: PatchBaselineRecord) -> list[Finding]:
    return [
        *check_patch_filters(baseline.global_filters, field="global_filters"),
        *_check_vocabulary(baseline.global_filters, baseline, "global_filters"),
    ]


def _check_vocabulary(
    filters: Maybe[tuple[PatchFilterRecord, ...]], baseline: PatchBaselineRecord, field: str
) -> list[Finding]:
    operating_system = operating_system_of(baseline)
    if isinstance(filters, Unknown) or operating_system is None:
        return []
    return [
        finding
        for index, patch_filter in enumerate(filters)
        for finding in check_filter_vocabulary(patch_filter, operating_system, field=f"{field}[{index}]")
    ]


def _check_sources(baseline: PatchBaselineRecord) -> list[Finding]:
    if isinstance(baseline.sources, Unknown):
        return [undecided(FindingId.PATCH_BASELINE_COUNT, baseline.sources, field="sources")]
    findings = check_count(
        baseline.sources,
        range(limits.MAX_SOURCES + 1),
        id=FindingId.PATCH_BASELINE_COUNT,
        field="sources",
        source=_PAGE,
    )
    findings += check_duplicates(
        [source.name for source in baseline.sources], id=FindingId.PATCH_BASELINE_DUPLICATE, field="sources"
    )
    for index, source in enumerate(baseline.sources):
        findings += check_patch_source(source, field=f"sources[{index}]")
    return findings
