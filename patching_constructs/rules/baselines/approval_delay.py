"""Rules about approval delays that do nothing, or that keep critical patches back."""

from collections.abc import Iterator

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.patch_choices import PatchFilterKey
from patching_constructs.model.patch_filters import ANY
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.baselines.patch_baseline import operating_system_of
from patching_constructs.rules.limits import undecided

MAX_CRITICAL_DELAY_DAYS = 30
"""Our own measure: AWS only says that a long delay can starve fixes that are released again and again.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html
"""

_RULE_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html"


def warn_about_approval_delays(baseline: PatchBaselineRecord) -> Iterator[Finding]:
    """Find delays on apt systems, and critical patches that wait for more than 30 days."""
    operating_system = operating_system_of(baseline)
    if isinstance(baseline.approval_rules, Unknown) or operating_system is None:
        return
    for index, rule in enumerate(baseline.approval_rules):
        field = f"approval_rules[{index}]"
        if operating_system.is_apt:
            yield from _warn_about_delay_on_apt(rule, operating_system, field)
        else:
            yield from _warn_about_critical_delay(rule, field)


def _warn_about_delay_on_apt(
    rule: PatchRuleRecord, operating_system: OperatingSystem, field: str
) -> Iterator[Finding]:
    days, date = rule.approve_after_days, rule.approve_until_date
    member = "approve_after_days" if date is None else "approve_until_date"
    if isinstance(days, Unknown):
        yield undecided(FindingId.APPROVAL_DELAY_ON_APT, days, field=f"{field}.{member}")
    elif days or date is not None:
        yield Finding(
            id=FindingId.APPROVAL_DELAY_ON_APT,
            level=Level.WARNING,
            field=f"{field}.{member}",
            message=f"has no effect on {operating_system}: its patches are approved at once",
            received=str(days) if date is None else str(date),
            allowed="approve_after_days=0, and a pinned repository where rings must differ",
            source=_RULE_PAGE,
        )


def _warn_about_critical_delay(rule: PatchRuleRecord, field: str) -> Iterator[Finding]:
    days = rule.approve_after_days
    if isinstance(days, Unknown):
        yield undecided(FindingId.CRITICAL_APPROVAL_DELAY, days, field=f"{field}.approve_after_days")
    elif days is not None and days > MAX_CRITICAL_DELAY_DAYS and _matches_critical(rule.patch_filters):
        yield Finding(
            id=FindingId.CRITICAL_APPROVAL_DELAY,
            level=Level.WARNING,
            field=f"{field}.approve_after_days",
            message=f"patches of critical severity wait for more than {MAX_CRITICAL_DELAY_DAYS} days",
            received=str(days),
            allowed=f"at most {MAX_CRITICAL_DELAY_DAYS} days for critical severity",
            source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html",
        )


def _matches_critical(filters: Maybe[tuple[PatchFilterRecord, ...]]) -> bool:
    """Return whether critical patches may pass: no filter is about severity, or one includes them."""
    if isinstance(filters, Unknown):
        return True
    return all(
        isinstance(values, Unknown)
        or any(isinstance(value, Unknown) or value in {"Critical", ANY} for value in values)
        for values in (
            patch_filter.values
            for patch_filter in filters
            if patch_filter.key in {PatchFilterKey.SEVERITY, PatchFilterKey.MSRC_SEVERITY}
        )
    )
