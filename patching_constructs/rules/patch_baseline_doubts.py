"""Rules about patch baselines: what AWS accepts and a person should think about again."""

import datetime as dt
from collections.abc import Iterator, Mapping

from patching_constructs.model.end_of_life import ENDS_OF_LIFE
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.patch_choices import PatchFilterKey
from patching_constructs.model.patch_filters import ANY
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.ids import FindingId
from patching_constructs.rules.limits import undecided
from patching_constructs.rules.patch_baseline import operating_system_of

MAX_CRITICAL_DELAY_DAYS = 30
"""Our own measure: AWS only says that a long delay can starve fixes that are released again and again.

https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-release-dates.html
"""

_RULE_PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html"


def doubt_patch_baseline(baseline: PatchBaselineRecord, *, today: dt.date) -> list[Finding]:
    """Find what is legal but doubtful in a baseline; `today` decides what is past its end of life."""
    return [
        *_doubt_delays(baseline),
        *_doubt_equal_filters(baseline),
        *_doubt_ends_of_life(baseline, today),
        *_doubt_account_default(baseline),
    ]


def check_shared_with_production(
    baseline: PatchBaselineRecord, *, ring_by_patch_group: Mapping[str, str], production_ring: str
) -> list[Finding]:
    """Find a baseline whose patch groups are in production and in another ring.

    Args:
        baseline: The baseline with its patch groups.
        ring_by_patch_group: Name of the ring for each patch group that is in one.
        production_ring: Name of the ring that is production.
    """
    if isinstance(baseline.patch_groups, Unknown):
        return [undecided(FindingId.SHARED_WITH_PRODUCTION, baseline.patch_groups, field="patch_groups")]
    rings = {
        ring_by_patch_group[group]
        for group in baseline.patch_groups
        if not isinstance(group, Unknown) and group in ring_by_patch_group
    }
    others = sorted(rings - {production_ring})
    if production_ring not in rings or not others:
        return []
    return [
        Finding(
            id=FindingId.SHARED_WITH_PRODUCTION,
            level=Level.WARNING,
            field="patch_groups",
            message="production and another ring share the baseline, so a patch is approved in both at once",
            received=f"rings {', '.join([*others, production_ring])}",
            allowed="a baseline of its own for each environment",
            location=baseline.location,
        )
    ]


def _doubt_delays(baseline: PatchBaselineRecord) -> Iterator[Finding]:
    operating_system = operating_system_of(baseline)
    if isinstance(baseline.approval_rules, Unknown) or operating_system is None:
        return
    for index, rule in enumerate(baseline.approval_rules):
        field = f"approval_rules[{index}]"
        if operating_system.is_apt:
            yield from _doubt_delay_on_apt(rule, operating_system, field)
        else:
            yield from _doubt_critical_delay(rule, field)


def _doubt_delay_on_apt(
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


def _doubt_critical_delay(rule: PatchRuleRecord, field: str) -> Iterator[Finding]:
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
    """Tell whether critical patches may pass: no filter looks at severity, or one that lets them through."""
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


def _doubt_equal_filters(baseline: PatchBaselineRecord) -> Iterator[Finding]:
    if isinstance(baseline.approval_rules, Unknown):
        return
    first_by_selection: dict[frozenset[tuple[str, frozenset[str]]], int] = {}
    for index, rule in enumerate(baseline.approval_rules):
        field = f"approval_rules[{index}].patch_filters"
        selection = _selection(rule.patch_filters)
        if isinstance(selection, Unknown):
            yield undecided(FindingId.SAME_PATCH_FILTERS, selection, field=field)
            continue
        first = first_by_selection.setdefault(selection, index)
        if first != index:
            yield Finding(
                id=FindingId.SAME_PATCH_FILTERS,
                level=Level.WARNING,
                field=field,
                message=f"the same filters as approval_rules[{first}], so one of the two has no meaning",
                allowed="one rule for one selection of patches",
            )


def _selection(
    filters: Maybe[tuple[PatchFilterRecord, ...]],
) -> Maybe[frozenset[tuple[str, frozenset[str]]]]:
    """Return what the filters select, whatever the order in which they stand."""
    if isinstance(filters, Unknown):
        return filters
    selection = set()
    for patch_filter in filters:
        if isinstance(patch_filter.key, Unknown):
            return patch_filter.key
        if isinstance(patch_filter.values, Unknown):
            return patch_filter.values
        values = set()
        for value in patch_filter.values:
            if isinstance(value, Unknown):
                return value
            values.add(value)
        selection.add((patch_filter.key, frozenset(values)))
    return frozenset(selection)


def _doubt_ends_of_life(baseline: PatchBaselineRecord, today: dt.date) -> Iterator[Finding]:
    operating_system = operating_system_of(baseline)
    if operating_system is None:
        return
    over = [end for end in ENDS_OF_LIFE if end.operating_system is operating_system and end.last_day < today]
    for end in over:
        if end.product is None:
            yield Finding(
                id=FindingId.OPERATING_SYSTEM_END_OF_LIFE,
                level=Level.WARNING,
                field="operating_system",
                message=f"no patches for everybody since {end.last_day}",
                received=str(operating_system),
                source=end.source,
            )
    for field, products in _product_filters(baseline):
        for end in over:
            ended = [product for product in products if end.covers(product)]
            if ended:
                yield Finding(
                    id=FindingId.OPERATING_SYSTEM_END_OF_LIFE,
                    level=Level.WARNING,
                    field=field,
                    message=f"no patches for everybody since {end.last_day}",
                    received=", ".join(ended),
                    source=end.source,
                )


def _product_filters(baseline: PatchBaselineRecord) -> Iterator[tuple[str, list[str]]]:
    """Yield the field of each PRODUCT filter with those of its values that are known."""
    groups = [("global_filters", baseline.global_filters)]
    if not isinstance(baseline.approval_rules, Unknown):
        groups += [
            (f"approval_rules[{index}].patch_filters", rule.patch_filters)
            for index, rule in enumerate(baseline.approval_rules)
        ]
    for field, filters in groups:
        if isinstance(filters, Unknown):
            continue
        for index, patch_filter in enumerate(filters):
            if patch_filter.key == PatchFilterKey.PRODUCT and not isinstance(patch_filter.values, Unknown):
                known = [value for value in patch_filter.values if not isinstance(value, Unknown)]
                yield f"{field}[{index}].values", known


def _doubt_account_default(baseline: PatchBaselineRecord) -> Iterator[Finding]:
    if isinstance(baseline.default_baseline, Unknown):
        yield undecided(
            FindingId.ACCOUNT_DEFAULT_BASELINE, baseline.default_baseline, field="default_baseline"
        )
    elif baseline.default_baseline:
        yield Finding(
            id=FindingId.ACCOUNT_DEFAULT_BASELINE,
            level=Level.WARNING,
            field="default_baseline",
            message="becomes the default of its operating system for the whole account and Region",
            received="True",
            allowed="patch groups, or one stack of the account that owns the default",
            source="https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-default-patch-baseline.html",
        )
