"""What changes about the approval rules and the global filters of a baseline."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.model.wording import plural
from patching_constructs.plan.diff.baseline_wording import filters_words, rule_words, rules_words
from patching_constructs.plan.diff.change import Change, ChangeKind, NotCompared
from patching_constructs.plan.diff.equality import comparable, not_compared, unordered
from patching_constructs.plan.diff.matching import pair

About: TypeAlias = Callable[..., Change]
Found: TypeAlias = Iterator[Change | NotCompared]


def approval_changes(old: PatchBaselineRecord, new: PatchBaselineRecord, title: str, about: About) -> Found:
    """Yield what changes about when which patches are approved.

    Args:
        old: The baseline as it was.
        new: The baseline as it will be.
        title: What a reader calls it.
        about: Makes a change about the baseline.
    """
    yield from _rules(old, new, title, about)
    yield from _filters(old, new, title, about)


def _rules(old: PatchBaselineRecord, new: PatchBaselineRecord, title: str, about: About) -> Found:
    before, after = old.approval_rules, new.approval_rules
    yield from not_compared(f"approval rules of the baseline {title}", before, after)
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        if comparable(before) != comparable(after):
            yield about(
                kind=ChangeKind.BASELINE_RULES,
                what=f"the baseline {title} has other approval rules",
                old=rules_words(before),
                new=rules_words(after),
                consequence="which patches are approved, and when, changes",
            )
        return
    found = pair(
        before,
        after,
        keys=[
            _comparable_rule,
            lambda rule: (_comparable_filters(rule.patch_filters), rule.compliance_level),
            lambda rule: _comparable_filters(rule.patch_filters),
        ],
    )
    both = [(one, other) for one, other in found.both if _comparable_rule(one) != _comparable_rule(other)]
    if len(found.only_old) == len(found.only_new) == 1:
        both += [(found.only_old[0], found.only_new[0])]
    else:
        for rule in found.only_old:
            yield about(
                kind=ChangeKind.BASELINE_RULES,
                what=f"the baseline {title} loses an approval rule",
                old=rule_words(rule),
                consequence="what only this rule approves is no longer approved",
            )
        for rule in found.only_new:
            yield about(
                kind=ChangeKind.BASELINE_RULES,
                what=f"the baseline {title} gains an approval rule",
                new=rule_words(rule),
                consequence="what this rule looks at is approved by it, too",
            )
    for one, other in both:
        yield about(
            kind=ChangeKind.BASELINE_RULES,
            what=f"the baseline {title} has another approval rule",
            old=rule_words(one),
            new=rule_words(other),
            consequence=_rule_consequence(one, other),
        )


def _rule_consequence(old: PatchRuleRecord, new: PatchRuleRecord) -> str:
    effects = []
    before, after = old.approve_after_days, new.approve_after_days
    if isinstance(before, int) and isinstance(after, int) and before != after:
        effects.append(
            f"patches are approved {plural(abs(after - before), 'day')} "
            f"{'later' if after > before else 'earlier'}"
        )
    elif comparable(_when(old)) != comparable(_when(new)):
        effects.append("patches are approved at another time")
    if _comparable_filters(old.patch_filters) != _comparable_filters(new.patch_filters):
        effects.append("the rule looks at other patches")
    if comparable(old.compliance_level) != comparable(new.compliance_level):
        effects.append("missing patches are reported with another level")
    if comparable(old.enable_non_security) != comparable(new.enable_non_security):
        effects.append("whether updates without a security notice are approved changes")
    return "; ".join(effects)


def _when(rule: PatchRuleRecord) -> tuple[object, object]:
    return rule.approve_after_days, rule.approve_until_date


def _comparable_rule(rule: PatchRuleRecord) -> tuple[object, ...]:
    return (
        _comparable_filters(rule.patch_filters),
        *(comparable(value) for value in _when(rule)),
        comparable(rule.compliance_level),
        comparable(rule.enable_non_security),
    )


def _comparable_filters(filters: Maybe[tuple[PatchFilterRecord, ...]]) -> object:
    if isinstance(filters, Unknown):
        return comparable(filters)
    return frozenset((comparable(entry.key), unordered(entry.values)) for entry in filters)


def _filters(old: PatchBaselineRecord, new: PatchBaselineRecord, title: str, about: About) -> Found:
    before, after = old.global_filters, new.global_filters
    yield from not_compared(f"global filters of the baseline {title}", before, after)
    if _comparable_filters(before) != _comparable_filters(after):
        yield about(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {title} has other global filters",
            old=filters_words(before),
            new=filters_words(after),
            consequence="patches that they leave out are not approved, whatever the rules say",
        )
