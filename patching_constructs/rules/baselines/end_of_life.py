"""Rules about operating systems for which no patches are published any more."""

import datetime as dt
from collections.abc import Iterator

from patching_constructs.model.end_of_life import ENDS_OF_LIFE, EndOfLife
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.patch_choices import PatchFilterKey
from patching_constructs.model.unknown import Unknown
from patching_constructs.rules.baselines.patch_baseline import operating_system_of


def warn_about_ends_of_life(baseline: PatchBaselineRecord, *, today: dt.date) -> Iterator[Finding]:
    """Find an operating system, and releases named in filters, whose last day was before `today`."""
    operating_system = operating_system_of(baseline)
    if operating_system is None:
        return
    filters = list(_product_filters(baseline))
    for end in ENDS_OF_LIFE:
        if end.operating_system is not operating_system or end.last_day >= today:
            continue
        if end.product is None:
            yield _ended(end, field="operating_system", received=operating_system.value)
            continue
        found = [
            (field, product) for field, products in filters for product in products if end.covers(product)
        ]
        if found:
            names = dict.fromkeys(product for _, product in found)
            yield _ended(end, field=found[0][0], received=", ".join(names))


def _ended(end: EndOfLife, *, field: str, received: str) -> Finding:
    return Finding(
        id=FindingId.OPERATING_SYSTEM_END_OF_LIFE,
        level=Level.WARNING,
        field=field,
        message=f"past its end of life: no patches without a paid extension since {end.last_day}",
        received=received,
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
