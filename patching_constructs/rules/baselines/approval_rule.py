"""Rules about approval rules and their filters that hold on every operating system."""

import datetime as dt

from patching_constructs.model import patch_baseline_limits as limits
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.patch_baseline import PatchFilterRecord, PatchRuleRecord, PatchSourceRecord
from patching_constructs.model.patch_choices import ComplianceLevel, PatchFilterKey
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.limits import (
    check_choice,
    check_count,
    check_duplicates,
    check_length,
    check_pattern,
    undecided,
)

_RULE_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html"
_FILTER_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchFilter.html"
_SOURCE_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchSource.html"


def check_approval_rule(rule: PatchRuleRecord, *, field: str = "") -> list[Finding]:
    """Find what AWS refuses in an approval rule, whatever the operating system is."""
    findings = check_patch_filters(rule.patch_filters, field=_member(field, "patch_filters"))
    findings += _check_approval_time(rule, field)
    if rule.compliance_level is not None:
        findings += check_choice(
            rule.compliance_level,
            ComplianceLevel,
            id=FindingId.PATCH_BASELINE_CHOICE,
            field=_member(field, "compliance_level"),
            source=_RULE_PAGE,
        )
    return findings


def check_patch_filters(filters: Maybe[tuple[PatchFilterRecord, ...]], *, field: str) -> list[Finding]:
    """Find what AWS refuses in a group of filters, whatever the operating system is."""
    if isinstance(filters, Unknown):
        return [undecided(FindingId.PATCH_FILTER_KEY, filters, field=field)]
    findings = check_count(
        filters,
        range(limits.MAX_FILTERS + 1),
        id=FindingId.PATCH_BASELINE_COUNT,
        field=field,
        source="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchFilterGroup.html",
    )
    findings += check_duplicates(
        [patch_filter.key for patch_filter in filters], id=FindingId.PATCH_BASELINE_DUPLICATE, field=field
    )
    for index, patch_filter in enumerate(filters):
        findings += check_patch_filter(patch_filter, field=f"{field}[{index}]")
    return findings


def check_patch_filter(patch_filter: PatchFilterRecord, *, field: str = "") -> list[Finding]:
    """Find a filter that AWS refuses on every operating system."""
    findings = check_choice(
        patch_filter.key,
        PatchFilterKey,
        id=FindingId.PATCH_FILTER_KEY,
        field=_member(field, "key"),
        source=_FILTER_PAGE,
    )
    return findings + _check_texts(
        patch_filter.values,
        count=limits.FILTER_VALUES,
        length=limits.FILTER_VALUE_LENGTH,
        field=_member(field, "values"),
        source=_FILTER_PAGE,
    )


def check_patch_source(source: PatchSourceRecord, *, field: str = "") -> list[Finding]:
    """Find a repository that AWS refuses."""
    return [
        *check_pattern(
            source.name,
            limits.SOURCE_NAME_PATTERN,
            allowed="3 to 50 letters, digits, _, - and .",
            id=FindingId.PATCH_BASELINE_NAME,
            field=_member(field, "name"),
            source=_SOURCE_PAGE,
        ),
        *_check_texts(
            source.products,
            count=limits.SOURCE_PRODUCTS,
            length=limits.SOURCE_PRODUCT_LENGTH,
            field=_member(field, "products"),
            source=_SOURCE_PAGE,
        ),
        *check_length(
            source.configuration,
            limits.SOURCE_CONFIGURATION_LENGTH,
            id=FindingId.PATCH_BASELINE_LENGTH,
            field=_member(field, "configuration"),
            source=_SOURCE_PAGE,
        ),
    ]


def _check_approval_time(rule: PatchRuleRecord, field: str) -> list[Finding]:
    days, date = rule.approve_after_days, rule.approve_until_date
    if (days is None) == (date is None):
        return [
            Finding(
                id=FindingId.APPROVAL_TIME,
                level=Level.ERROR,
                field=_member(field, "approve_after_days"),
                message="exactly one of approve_after_days and approve_until_date is needed",
                received="neither" if days is None else "both",
                allowed="one of the two",
                source=_RULE_PAGE,
            )
        ]
    if date is not None:
        return _check_date(date, _member(field, "approve_until_date"))
    return _check_days(days, _member(field, "approve_after_days"))


def _check_days(days: Maybe[int] | None, field: str) -> list[Finding]:
    if isinstance(days, Unknown):
        return [undecided(FindingId.APPROVAL_TIME, days, field=field)]
    if type(days) is int and days in limits.APPROVE_AFTER_DAYS:
        return []
    return [
        Finding(
            id=FindingId.APPROVAL_TIME,
            level=Level.ERROR,
            field=field,
            message="not a number of days that AWS accepts",
            received=repr(days),
            allowed="a whole number from 0 to 360",
            source=_RULE_PAGE,
        )
    ]


def _check_date(date: Maybe[str], field: str) -> list[Finding]:
    if isinstance(date, Unknown):
        return [undecided(FindingId.APPROVAL_TIME, date, field=field)]
    try:
        is_date = dt.date.fromisoformat(date).isoformat() == date
    except ValueError:
        is_date = False
    if is_date:
        return []
    return [
        Finding(
            id=FindingId.APPROVAL_TIME,
            level=Level.ERROR,
            field=field,
            message="not a date",
            received=repr(date),
            allowed="a day of the calendar as YYYY-MM-DD",
            source=_RULE_PAGE,
        )
    ]


def _check_texts(
    texts: Maybe[tuple[Maybe[str], ...]], *, count: range, length: range, field: str, source: str
) -> list[Finding]:
    if isinstance(texts, Unknown):
        return [undecided(FindingId.PATCH_BASELINE_COUNT, texts, field=field)]
    findings = check_count(texts, count, id=FindingId.PATCH_BASELINE_COUNT, field=field, source=source)
    findings += check_duplicates(texts, id=FindingId.PATCH_BASELINE_DUPLICATE, field=field)
    for index, text in enumerate(texts):
        findings += check_length(
            text, length, id=FindingId.PATCH_BASELINE_LENGTH, field=f"{field}[{index}]", source=source
        )
    return findings


def _member(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
