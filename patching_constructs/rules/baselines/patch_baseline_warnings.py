"""Rules about patch baselines: what AWS accepts and a person should think about again."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.patch_baseline import (
    PatchBaselineRecord,
    PatchFilterRecord,
    PatchRuleRecord,
)
from patching_constructs.model.patch_filters import ANY
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.baselines.approval_delay import warn_about_approval_delays
from patching_constructs.rules.baselines.end_of_life import warn_about_ends_of_life
from patching_constructs.rules.limits import undecided

# Whether a rule takes more than security updates, and the values of each of its filters.
_Selection: TypeAlias = tuple[bool, frozenset[tuple[str, frozenset[str]]]]


def warn_about_patch_baseline(baseline: PatchBaselineRecord, *, today: dt.date) -> list[Finding]:
    """Find what is legal but probably wrong in a baseline; `today` decides what is past its end of life."""
    return [
        *warn_about_approval_delays(baseline),
        *_warn_about_equal_filters(baseline),
        *_warn_about_rules_without_patches(baseline),
        *warn_about_ends_of_life(baseline, today=today),
        *_warn_about_account_default(baseline),
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


def _warn_about_equal_filters(baseline: PatchBaselineRecord) -> Iterator[Finding]:
    if isinstance(baseline.approval_rules, Unknown):
        return
    first_by_selection: dict[_Selection, int] = {}
    for index, rule in enumerate(baseline.approval_rules):
        field = f"approval_rules[{index}].patch_filters"
        selection = _selection(rule)
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


def _selection(rule: PatchRuleRecord) -> Maybe[_Selection]:
    """Return what a rule looks at, whatever the order in which its filters stand."""
    if isinstance(rule.patch_filters, Unknown):
        return rule.patch_filters
    if isinstance(rule.enable_non_security, Unknown):
        return rule.enable_non_security
    filters = set()
    for patch_filter in rule.patch_filters:
        if isinstance(patch_filter.key, Unknown):
            return patch_filter.key
        if isinstance(patch_filter.values, Unknown):
            return patch_filter.values
        values = set()
        for value in patch_filter.values:
            if isinstance(value, Unknown):
                return value
            values.add(value)
        filters.add((patch_filter.key, frozenset(values)))
    return bool(rule.enable_non_security), frozenset(filters)


def _warn_about_rules_without_patches(baseline: PatchBaselineRecord) -> Iterator[Finding]:
    """Find rules of which the global filters leave nothing."""
    if isinstance(baseline.approval_rules, Unknown) or isinstance(baseline.global_filters, Unknown):
        return
    globally = list(_known_values(baseline.global_filters))
    for index, rule in enumerate(baseline.approval_rules):
        if isinstance(rule.patch_filters, Unknown):
            continue
        for number, (key, values) in enumerate(_known_values(rule.patch_filters)):
            left = [allowed for global_key, allowed in globally if global_key == key]
            if values is None or not any(allowed is not None and not allowed & values for allowed in left):
                continue
            yield Finding(
                id=FindingId.RULE_WITHOUT_PATCHES,
                level=Level.WARNING,
                field=f"approval_rules[{index}].patch_filters[{number}]",
                message=f"the global filters let no such {key} pass, so the rule approves nothing",
                received=", ".join(sorted(values)),
                allowed=", ".join(sorted(value for allowed in left for value in allowed or ())),
                source="https://docs.aws.amazon.com/systems-manager/latest/APIReference/"
                "API_CreatePatchBaseline.html",
            )


def _known_values(
    filters: tuple[PatchFilterRecord, ...],
) -> Iterator[tuple[str | None, frozenset[str] | None]]:
    """Yield key and values of each filter, None for values that are not all known or that let all pass."""
    for each in filters:
        key = None if isinstance(each.key, Unknown) else each.key
        values = () if isinstance(each.values, Unknown) else each.values
        known = frozenset(value for value in values if not isinstance(value, Unknown))
        is_open = not values or len(known) < len(set(values)) or ANY in known
        yield key, None if is_open or key is None else known


def _warn_about_account_default(baseline: PatchBaselineRecord) -> Iterator[Finding]:
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
