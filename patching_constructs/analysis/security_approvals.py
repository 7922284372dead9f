"""When a baseline approves security patches, by how severe they are."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from patching_constructs.analysis.landing import Approval
from patching_constructs.analysis.patch_classes import patch_classes
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.patch_choices import PatchFilterKey
from patching_constructs.model.patch_filters import ANY, VOCABULARY
from patching_constructs.model.promises import SEVERITY_WORDS, Severity
from patching_constructs.model.unknown import Maybe, Unknown

_SECURITY_CLASSIFICATIONS = ("Security", "SecurityUpdates")
_APPLICATIONS = PatchFilterRecord(key=PatchFilterKey.PATCH_SET, values=("APPLICATION",))
_PRODUCT_KEYS = (PatchFilterKey.PRODUCT, PatchFilterKey.PRODUCT_FAMILY)

Approvals = Mapping[Severity | None, frozenset[Approval]]
"""By severity, None where the operating system has none: when security patches are approved.

There are several approvals if products differ, and an impossible one if some are never approved.
"""


def security_approvals(operating_system: OperatingSystem, baseline: PatchBaselineRecord) -> Maybe[Approvals]:
    """Find out when a baseline approves security patches of the operating system.

    Patches that it names in its lists of approved and rejected patches are exceptions and left out, as are
    products that none of its filters name.

    Returns:
        `Unknown` if a field is not known that matters here.
    """
    return _security_approvals(
        operating_system,
        PatchBaselineRecord(
            name="",
            approval_rules=baseline.approval_rules,
            global_filters=baseline.global_filters,
        ),
    )


@lru_cache(maxsize=1024)
def _security_approvals(operating_system: OperatingSystem, baseline: PatchBaselineRecord) -> Maybe[Approvals]:
    keys = VOCABULARY[operating_system]
    severity_key = next(
        (key for key in (PatchFilterKey.SEVERITY, PatchFilterKey.MSRC_SEVERITY) if key in keys), None
    )
    if severity_key is None:
        classes = patch_classes(operating_system, [baseline])
        if isinstance(classes, Unknown):
            return classes
        return {None: frozenset(each.approvals[0] for each in classes) or frozenset({Approval()})}
    found: dict[Severity | None, frozenset[Approval]] = {}
    for word in keys[severity_key].listed:
        if word in SEVERITY_WORDS:
            probe = _probe(operating_system, baseline, severity_key, word)
            if isinstance(probe, Unknown):
                return probe
            classes = patch_classes(operating_system, [baseline, probe])
            if isinstance(classes, Unknown):
                return classes
            found[SEVERITY_WORDS[word]] = frozenset(
                each.approvals[0] for each in classes if each.approvals[1].is_possible
            )
    return found


def _probe(
    operating_system: OperatingSystem, baseline: PatchBaselineRecord, severity_key: str, severity: str
) -> Maybe[PatchBaselineRecord]:
    """Make a baseline that approves the security patches of one severity and of the products that matter."""
    listed = VOCABULARY[operating_system][PatchFilterKey.CLASSIFICATION].listed
    filters = [
        PatchFilterRecord(
            key=PatchFilterKey.CLASSIFICATION,
            values=tuple(word for word in listed if word in _SECURITY_CLASSIFICATIONS),
        ),
        PatchFilterRecord(key=severity_key, values=(severity,)),
    ]
    for key in _PRODUCT_KEYS:
        names = _named(baseline, key)
        if isinstance(names, Unknown):
            return names
        if names:
            filters.append(PatchFilterRecord(key=key, values=tuple(sorted(names))))
    return replace(
        baseline,
        global_filters=(),
        approval_rules=(PatchRuleRecord(patch_filters=tuple(filters), approve_after_days=0),),
    )


def _named(baseline: PatchBaselineRecord, key: str) -> Maybe[set[str]]:
    """List the values that every patch of interest has one of; none if any value may be of interest."""
    if isinstance(baseline.approval_rules, Unknown):
        return baseline.approval_rules
    by_rule: list[set[str]] = []
    for filters in (baseline.global_filters, *(rule.patch_filters for rule in baseline.approval_rules)):
        if isinstance(filters, Unknown):
            return filters
        if _APPLICATIONS not in filters:
            by_rule.append({value for each in filters if each.key == key for value in _words(each)})
    everywhere, *rules = by_rule
    if everywhere:
        return everywhere
    return set().union(*rules) if all(rules) else set()


def _words(patch_filter: PatchFilterRecord) -> Iterator[str]:
    """Yield the values of a filter, none if it lets all pass; an unknown one is found by `patch_classes`."""
    if not isinstance(patch_filter.values, Unknown) and ANY not in patch_filter.values:
        yield from (value for value in patch_filter.values if not isinstance(value, Unknown))
