"""Rules about patch baselines: what AWS accepts and a person should think about again."""

import datetime as dt
from collections.abc import Iterator, Mapping

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.rules.approval_delay import doubt_approval_delays
from patching_constructs.rules.end_of_life import doubt_ends_of_life
from patching_constructs.rules.ids import FindingId
from patching_constructs.rules.limits import undecided


def doubt_patch_baseline(baseline: PatchBaselineRecord, *, today: dt.date) -> list[Finding]:
    """Find what is legal but doubtful in a baseline; `today` decides what is past its end of life."""
    return [
        *doubt_approval_delays(baseline),
        *_doubt_equal_filters(baseline),
        *doubt_ends_of_life(baseline, today=today),
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
