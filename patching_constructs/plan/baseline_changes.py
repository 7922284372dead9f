"""What changes about patch baselines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from patching_constructs.model.estate import BaselineAt
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.plan.change import Area, Change, ChangeKind, NotCompared
from patching_constructs.plan.matching import Place, is_known, logical_id, pair, place
from patching_constructs.plan.sameness import comparable, not_compared
from patching_constructs.plan.state import RingName, State
from patching_constructs.plan.value_words import listed, words

Found: TypeAlias = Iterator[Change | NotCompared]

_Holders: TypeAlias = Mapping[tuple[Place, object, str], str]
"""Names of baselines by account and Region, operating system and patch group."""

_DEFAULT_SYSTEM = "WINDOWS"


@dataclass(frozen=True, slots=True)
class _Baseline:
    """A baseline with what it is known by."""

    at: BaselineAt
    place: Place
    rings: tuple[RingName, ...]
    name: str | None
    system: object
    stack: str | None
    logical_id: str | None

    @property
    def record(self) -> PatchBaselineRecord:
        return self.at.record

    @property
    def title(self) -> str:
        return self.name or str(self.record.location or "?")


def baseline_changes(
    old: State, new: State, *, rings: Mapping[RingName, RingName], stacks: Mapping[str, str]
) -> Found:
    """Yield what changes about baselines.

    Args:
        old: The old state.
        new: The new state.
        rings: What each old ring is in the new state.
        stacks: What each old stack is called there.
    """
    before = [
        _baseline(at, [rings.get(name, name) for name in _rings(old, at)], stacks.get(at.stack))
        for at in old.estate.baselines
    ]
    after = [_baseline(at, _rings(new, at), at.stack) for at in new.estate.baselines]
    keys = [
        lambda each: each.name and (each.place, each.name, each.system, each.stack, each.logical_id),
        lambda each: each.name and (each.place, each.name, each.system),
        lambda each: each.logical_id and each.stack and (each.place, each.stack, each.logical_id),
        lambda each: each.name and (each.place, each.name),
    ]
    if not all(is_known(each.at.environment) for each in (*before, *after)):
        keys += [
            lambda each: each.name and (each.name, each.system),
            lambda each: each.logical_id and (each.name, each.logical_id),
        ]
    found = pair(before, after, keys=keys)
    holders = _holders(new)
    for one in found.only_old:
        yield _about(one)(
            kind=ChangeKind.BASELINE_REMOVED,
            what=f"the baseline {one.title} is gone",
            old=_summary(one.record),
            consequence=_released(one, _known(one.record.patch_groups), holders),
        )
    for one in found.only_new:
        yield _about(one)(
            kind=ChangeKind.BASELINE_ADDED,
            what=f"the baseline {one.title} is new",
            new=_summary(one.record),
            consequence=_default_consequence(one.record) if one.record.default_baseline is True else None,
        )
    for one, other in found.both:
        yield from _compared(one, other, holders)


def _rings(state: State, at: BaselineAt) -> list[RingName]:
    return list(state.rings_of_baselines.get(id(at.record), ()))


def _baseline(at: BaselineAt, rings: list[RingName], stack: str | None) -> _Baseline:
    record = at.record
    return _Baseline(
        at=at,
        place=place(at.environment),
        rings=tuple(rings),
        name=None if isinstance(record.name, Unknown) else record.name,
        system=comparable(_system(record)),
        stack=stack,
        logical_id=logical_id(record.location),
    )


def _about(baseline: _Baseline) -> Any:
    return partial(
        Change,
        area=Area.BASELINES,
        rings=tuple(dict.fromkeys(name for _, name in baseline.rings)),
        baseline=baseline.title,
        environments=(baseline.at.environment,),
        location=baseline.record.location,
    )


def _system(record: PatchBaselineRecord) -> Maybe[str]:
    return _DEFAULT_SYSTEM if record.operating_system is None else record.operating_system


def _holders(state: State) -> _Holders:
    """Return which baseline holds each patch group."""
    return {
        (place(at.environment), comparable(_system(at.record)), group): words(at.record.name)
        for at in state.estate.baselines
        for group in _known(at.record.patch_groups)
    }


def _compared(old: _Baseline, new: _Baseline, holders: _Holders) -> Found:
    about = _about(new)
    if old.name is not None and new.name is not None and old.name != new.name:
        yield about(
            kind=ChangeKind.BASELINE_RENAMED,
            what="a baseline has another name",
            old=old.name,
            new=new.name,
            consequence="CloudFormation changes it in place: it keeps its id and its patch groups",
        )
    yield from not_compared(f"operating system of the baseline {new.title}", *_both(old, new, _system))
    if old.system != new.system:
        yield about(
            kind=ChangeKind.BASELINE_REPLACED,
            what=f"the baseline {new.title} is for another operating system",
            old=words(_system(old.record)),
            new=words(_system(new.record)),
            consequence="CloudFormation makes a new baseline and deletes the old one; nodes of the old "
            "operating system have the account's default baseline from then on"
            + _unless_groups(old.record.patch_groups),
        )
    elif None not in (old.logical_id, new.logical_id) and (
        old.logical_id != new.logical_id or old.stack not in (None, new.stack)
    ):
        elsewhere = old.stack not in (None, new.stack)
        yield about(
            kind=ChangeKind.BASELINE_REPLACED,
            what=f"the baseline {new.title} is another resource",
            old=f"{old.logical_id} of stack {old.stack}" if elsewhere else old.logical_id,
            new=f"{new.logical_id} of stack {new.stack}" if elsewhere else new.logical_id,
            consequence="CloudFormation makes a new baseline with a new id and then deletes the old one",
        )
    yield from _rules(old, new)
    yield from _filters(old, new)
    yield from _lists(old, new)
    for field in _PLAIN:
        yield from _plain(field, old, new)
    yield from _default(old, new)
    yield from _groups(old, new, holders)


def _both(old: _Baseline, new: _Baseline, value: Any) -> tuple[object, object]:
    return value(old.record), value(new.record)


def _unless_groups(groups: object) -> str:
    return "" if groups else ", if they are in its patch groups"


# --- rules and filters ---


def _rules(old: _Baseline, new: _Baseline) -> Found:
    before, after = old.record.approval_rules, new.record.approval_rules
    yield from not_compared(f"approval rules of the baseline {new.title}", before, after)
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        if comparable(before) != comparable(after):
            yield _about(new)(
                kind=ChangeKind.BASELINE_RULES,
                what=f"the baseline {new.title} has other approval rules",
                old=_rules_words(before),
                new=_rules_words(after),
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
            yield _about(new)(
                kind=ChangeKind.BASELINE_RULES,
                what=f"the baseline {new.title} loses an approval rule",
                old=_rule_words(rule),
                consequence="what only this rule approves is no longer approved",
            )
        for rule in found.only_new:
            yield _about(new)(
                kind=ChangeKind.BASELINE_RULES,
                what=f"the baseline {new.title} gains an approval rule",
                new=_rule_words(rule),
                consequence="what this rule looks at is approved by it, too",
            )
    for one, other in both:
        yield _about(new)(
            kind=ChangeKind.BASELINE_RULES,
            what=f"the baseline {new.title} has another approval rule",
            old=_rule_words(one),
            new=_rule_words(other),
            consequence=_rule_consequence(one, other),
        )


def _rule_consequence(old: PatchRuleRecord, new: PatchRuleRecord) -> str:
    effects = []
    before, after = old.approve_after_days, new.approve_after_days
    if isinstance(before, int) and isinstance(after, int) and before != after:
        effects.append(
            f"patches are approved {_days(abs(after - before))} {'later' if after > before else 'earlier'}"
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
    return frozenset((comparable(entry.key), _unordered(entry.values)) for entry in filters)


def _unordered(values: object) -> object:
    return (
        frozenset(comparable(value) for value in values) if isinstance(values, tuple) else comparable(values)
    )


def _rules_words(rules: Maybe[tuple[PatchRuleRecord, ...]]) -> str:
    return words(rules) if isinstance(rules, Unknown) else "; ".join(map(_rule_words, rules)) or "none"


def _rule_words(rule: PatchRuleRecord) -> str:
    if rule.approve_until_date is not None:
        when = f"until {words(rule.approve_until_date)}"
    elif isinstance(rule.approve_after_days, int):
        when = f"after {_days(rule.approve_after_days)}"
    else:
        when = f"after {words(rule.approve_after_days, missing='no given number of')} days"
    extras = [
        *([f"as {words(rule.compliance_level)}"] if rule.compliance_level is not None else []),
        *(["with updates that have no security notice"] if rule.enable_non_security is True else []),
    ]
    return ", ".join([f"{_filters_words(rule.patch_filters)} {when}", *extras])


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _filters_words(filters: Maybe[tuple[PatchFilterRecord, ...]]) -> str:
    if isinstance(filters, Unknown):
        return f"patches that are {words(filters)}"
    if not filters:
        return "all patches"
    return " and ".join(f"{words(entry.key)} {words(entry.values)}" for entry in filters)


def _filters(old: _Baseline, new: _Baseline) -> Found:
    before, after = old.record.global_filters, new.record.global_filters
    yield from not_compared(f"global filters of the baseline {new.title}", before, after)
    if _comparable_filters(before) != _comparable_filters(after):
        yield _about(new)(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {new.title} has other global filters",
            old=_filters_words(before),
            new=_filters_words(after),
            consequence="patches that they leave out are not approved, whatever the rules say",
        )


# --- lists, levels and flags ---


@dataclass(frozen=True, slots=True)
class _Plain:
    """A property of a baseline that is compared as it is."""

    name: str
    what: str
    consequence: str
    missing: str = "not given"


_PLAIN = (
    _Plain(
        "approved_patches_compliance_level",
        "compliance level of approved patches",
        "missing ones are reported with another level",
        missing="not given, so UNSPECIFIED",
    ),
    _Plain(
        "approved_patches_enable_non_security",
        "choice about approved patches without a security notice",
        "whether they are installed changes",
        missing="not given, so no",
    ),
    _Plain(
        "rejected_patches_action",
        "action for rejected patches",
        "whether they may come as a dependency changes",
        missing="not given, so ALLOW_AS_DEPENDENCY",
    ),
    _Plain(
        "available_security_updates_compliance_status",
        "status of security updates that are not approved yet",
        "nodes that lack them are counted in another way",
    ),
)

_LISTS = (
    ("approved_patches", "approved patches", "approved without any delay", "no longer approved by name"),
    ("rejected_patches", "rejected patches", "rejected", "no longer rejected"),
)


def _lists(old: _Baseline, new: _Baseline) -> Found:
    for field, what, given, taken in _LISTS:
        before, after = getattr(old.record, field), getattr(new.record, field)
        yield from not_compared(f"{what} of the baseline {new.title}", before, after)
        if _unordered(before) == _unordered(after):
            continue
        joined, left = _difference(before, after)
        effects = [f"{listed(joined)}: {given}"] if joined else []
        effects += [f"{listed(left)}: {taken}"] if left else []
        yield _about(new)(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {new.title} has other {what}",
            old=words(before),
            new=words(after),
            consequence="; ".join(effects) or None,
        )
    before, after = old.record.sources, new.record.sources
    yield from not_compared(f"patch sources of the baseline {new.title}", before, after)
    if _sources(before) != _sources(after):
        yield _about(new)(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {new.title} has other patch sources",
            old=_sources_words(before),
            new=_sources_words(after),
            consequence="nodes get their packages from other repositories, which must be reachable",
        )


def _sources(sources: object) -> object:
    if not isinstance(sources, tuple):
        return comparable(sources)
    return tuple(
        (comparable(each.name), _unordered(each.products), comparable(each.configuration)) for each in sources
    )


def _sources_words(sources: object) -> str:
    if not isinstance(sources, tuple):
        return words(sources)
    return ", ".join(f"{words(each.name)} for {words(each.products)}" for each in sources) or "none"


def _difference(old: object, new: object) -> tuple[list[str], list[str]]:
    """Return what joins and what leaves a list, of what is known."""
    before, after = _known(old), _known(new)
    return (
        [entry for entry in after if entry not in before],
        [entry for entry in before if entry not in after],
    )


def _known(values: object) -> list[str]:
    if not isinstance(values, tuple):
        return []
    return list(dict.fromkeys(value for value in values if not isinstance(value, Unknown)))


def _plain(field: _Plain, old: _Baseline, new: _Baseline) -> Found:
    before, after = getattr(old.record, field.name), getattr(new.record, field.name)
    yield from not_compared(f"{field.what} of the baseline {new.title}", before, after)
    if comparable(before) != comparable(after):
        yield _about(new)(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {new.title} has another {field.what}",
            old=words(before, missing=field.missing),
            new=words(after, missing=field.missing),
            consequence=field.consequence,
        )


def _default(old: _Baseline, new: _Baseline) -> Found:
    before, after = old.record.default_baseline, new.record.default_baseline
    yield from not_compared(f"default flag of the baseline {new.title}", before, after)
    if comparable(before or False) != comparable(after or False):
        yield _about(new)(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {new.title} "
            + ("becomes the default" if after is True else "is no longer certainly the default"),
            old=words(before or False),
            new=words(after or False),
            consequence=_default_consequence(new.record),
        )


def _groups(old: _Baseline, new: _Baseline, holders: _Holders) -> Found:
    held, will_hold = old.record.patch_groups, new.record.patch_groups
    yield from not_compared(f"patch groups of the baseline {new.title}", held, will_hold)
    if _unordered(held) == _unordered(will_hold):
        return
    joined, left = _difference(held, will_hold)
    effects = [f"it is registered for {listed(joined)}"] if joined else []
    released = _released(old, left, holders)
    effects += [released] if released else []
    yield _about(new)(
        kind=ChangeKind.BASELINE_GROUPS,
        what=f"the baseline {new.title} has other patch groups",
        old=words(held),
        new=words(will_hold),
        consequence="; ".join(effects) or None,
    )


def _default_consequence(record: PatchBaselineRecord) -> str:
    return (
        f"the default baseline of {words(_system(record))} changes for the whole account and "
        "Region: for all nodes whose patch group is registered on no baseline"
    )


def _released(old: _Baseline, groups: Sequence[str], holders: _Holders) -> str | None:
    """Say what becomes of patch groups that a baseline no longer holds."""
    effects = []
    left = []
    for group in groups:
        holder = holders.get((old.place, old.system, group))
        if holder is None:
            left.append(group)
        else:
            effects.append(f"{group} goes to the baseline {holder}")
    if left:
        effects.append(f"{listed(left)} {'has' if len(left) == 1 else 'have'} the account's default baseline")
    return "; ".join(effects) or None


def _summary(record: PatchBaselineRecord) -> str:
    groups = _known(record.patch_groups)
    return "; ".join(
        [
            words(_system(record)),
            _rules_words(record.approval_rules),
            *([f"for {listed(groups)}"] if groups else []),
        ]
    )
