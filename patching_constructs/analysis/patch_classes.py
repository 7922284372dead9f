"""Classes of patches that baselines treat in the same way: the common refinement of all their filters."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import product
from typing import TypeVar

from patching_constructs.analysis.landing import Approval
from patching_constructs.model import patch_baseline_limits as limits
from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.patch_choices import PatchFilterKey
from patching_constructs.model.patch_filters import ANY, VOCABULARY, FilterValues, OtherValues
from patching_constructs.model.unknown import Maybe, Unknown

T = TypeVar("T")

NEVER_APPROVED = Approval()

# Our own limit: two baselines that differ in all that AWS accepts stay below it.
_MAX_CELLS = 300_000

_NAMES = "patch"
_LISTED_IN_FULL = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchClass:
    """Patches for which every one of several baselines decides the same.

    Attributes:
        names: What the patches are, one text for each kind, such as "CLASSIFICATION Security".
        approvals: When each of the baselines approves them, in order.
    """

    names: tuple[str, ...]
    approvals: tuple[Approval, ...]


@dataclass(frozen=True, slots=True)
class _Filter:
    """A filter whose fields are all known."""

    key: str
    values: frozenset[str]

    def matches(self, value: str | None) -> bool:
        """Return whether a patch with `value` passes; None is a value that no baseline names."""
        return ANY in self.values or value in self.values


@dataclass(frozen=True, slots=True)
class _KnownRule:
    filters: tuple[_Filter, ...]
    approval: Approval
    enable_non_security: bool


@dataclass(frozen=True, slots=True)
class _KnownBaseline:
    """A baseline whose fields are all known."""

    global_filters: tuple[_Filter, ...]
    rules: tuple[_KnownRule, ...]
    approved: tuple[str, ...]
    rejected: tuple[str, ...]

    @property
    def filters(self) -> Iterator[_Filter]:
        """All filters of the baseline."""
        yield from self.global_filters
        for rule in self.rules:
            yield from rule.filters


@dataclass(frozen=True, slots=True)
class _Atom:
    """Values of one property that no baseline distinguishes; None covers values that none names."""

    values: tuple[str | None, ...]


def patch_classes(
    operating_system: OperatingSystem, baselines: Sequence[PatchBaselineRecord]
) -> Maybe[tuple[PatchClass, ...]]:
    """Divide all patches into classes that no baseline divides further, those with the same approvals joined.

    A rule approves what passes all of its filters and all global filters; the first of several rules counts.
    A rejected patch is never approved, even if it is on the approved list, and an approved one at once.
    On apt systems every approval is immediate. A Windows rule without PATCH_SET looks at the system only.

    Returns:
        The classes that at least one baseline approves; `Unknown` if a field is not known that matters here.

    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-approved-rejected-package-name-formats.html
    """
    try:
        known = [_read_baseline(operating_system, baseline) for baseline in baselines]
    except _NotKnownError as error:
        return error.unknown
    # Only then can baselines differ about applications, and one more property doubles the cells.
    if any(each.key == PatchFilterKey.PATCH_SET for baseline in known for each in baseline.filters):
        known = list(map(_separate_applications, known))
    atoms = _atoms(operating_system, known)
    # The cells are a product, so a few long filters can make more than memory holds.
    if math.prod(map(len, atoms.values())) > _MAX_CELLS:
        return Unknown(f"the filters of the baselines distinguish more than {_MAX_CELLS} kinds of patches")
    cells: dict[tuple[Approval, ...], set[tuple[int, ...]]] = {}
    for cell in product(*(range(len(choices)) for choices in atoms.values())):
        patch = {key: atoms[key][number].values[0] for key, number in zip(atoms, cell, strict=True)}
        approvals = tuple(_approval(baseline, patch) for baseline in known)
        cells.setdefault(approvals, set()).add(cell)
    names = {approvals: list(_names(atoms, found)) for approvals, found in cells.items()}
    # `enable_non_security` installs packages that no notice describes, so no filter can match them.
    without_notice = tuple(_approval_without_notice(baseline) for baseline in known)
    names.setdefault(without_notice, []).append("packages without a notice")
    return tuple(
        PatchClass(names=tuple(texts), approvals=approvals)
        for approvals, texts in names.items()
        if any(approval.is_possible for approval in approvals)
    )


def _approval(baseline: _KnownBaseline, patch: dict[str, str | None]) -> Approval:
    name = patch.get(_NAMES)
    # AWS's order: a rejected patch is never installed, even if it is approved by name as well.
    if name is not None and _is_listed(name, baseline.rejected):
        return NEVER_APPROVED
    if name is not None and _is_listed(name, baseline.approved):
        return Approval(after_days=0)
    if not _passes(baseline.global_filters, patch):
        return NEVER_APPROVED
    return _soonest(rule.approval for rule in baseline.rules if _passes(rule.filters, patch))


def _approval_without_notice(baseline: _KnownBaseline) -> Approval:
    """Approve packages that no notice classifies at once, if a rule lets them in."""
    lets_in = any(rule.enable_non_security for rule in baseline.rules)
    return Approval(after_days=0) if lets_in else NEVER_APPROVED


def _passes(filters: Iterable[_Filter], patch: dict[str, str | None]) -> bool:
    return all(patch_filter.matches(patch[patch_filter.key]) for patch_filter in filters)


def _soonest(approvals: Iterable[Approval]) -> Approval:
    known = list(approvals)
    return Approval(
        after_days=min((each.after_days for each in known if each.after_days is not None), default=None),
        published_before=max(
            (each.published_before for each in known if each.published_before is not None), default=None
        ),
    )


def _is_listed(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


# --- atoms ---


def _atoms(operating_system: OperatingSystem, baselines: Sequence[_KnownBaseline]) -> dict[str, list[_Atom]]:
    """Divide the values of every property into sets that no filter distinguishes."""
    filters = [patch_filter for baseline in baselines for patch_filter in baseline.filters]
    atoms: dict[str, list[_Atom]] = {}
    for key in sorted({patch_filter.key for patch_filter in filters}):
        looking = list(dict.fromkeys(patch_filter for patch_filter in filters if patch_filter.key == key))
        named = dict.fromkeys(
            value for patch_filter in looking for value in sorted(patch_filter.values) if value != ANY
        )
        by_matches: dict[tuple[bool, ...], list[str | None]] = {}
        for value in (*named, *_unnamed(operating_system, key, named)):
            by_matches.setdefault(tuple(each.matches(value) for each in looking), []).append(value)
        atoms[key] = [_Atom(tuple(values)) for values in by_matches.values()]
    lists = [patterns for baseline in baselines for patterns in (baseline.approved, baseline.rejected)]
    by_lists: dict[tuple[bool, ...], list[str]] = {}
    for name in dict.fromkeys(name for patterns in lists for name in patterns):
        by_lists.setdefault(tuple(_is_listed(name, patterns) for patterns in lists), []).append(name)
    if by_lists:
        atoms[_NAMES] = [_Atom((None,)), *(_Atom(tuple(names)) for names in by_lists.values())]
    return atoms


def _unnamed(operating_system: OperatingSystem, key: str, named: Iterable[str]) -> Iterator[str | None]:
    """Yield the other values that a patch may have: each one if all are known, else None for them all."""
    try:
        vocabulary = VOCABULARY[operating_system][PatchFilterKey(key)]
    except (KeyError, ValueError):
        vocabulary = FilterValues(others=OtherValues.ACCEPTED)
    # Notices of RPM distributions need not state a severity.
    if vocabulary.others is OtherValues.REFUSED and key != PatchFilterKey.SEVERITY:
        yield from (value for value in vocabulary.listed if value not in set(named))
    else:
        yield None


# --- names ---


def _names(atoms: dict[str, list[_Atom]], cells: set[tuple[int, ...]]) -> Iterator[str]:
    """Describe cells in few words: those that differ in one property only are joined."""
    boxes = [tuple(frozenset({number}) for number in cell) for cell in sorted(cells)]
    for position in range(len(atoms)):
        joined: dict[tuple[frozenset[int], ...], frozenset[int]] = {}
        for box in boxes:
            rest = (*box[:position], *box[position + 1 :])
            joined[rest] = joined.get(rest, frozenset()) | box[position]
        boxes = [(*rest[:position], numbers, *rest[position:]) for rest, numbers in joined.items()]
    for box in boxes:
        parts = [
            part
            for (key, choices), numbers in zip(atoms.items(), box, strict=True)
            if (part := _part(key, choices, numbers))
        ]
        yield ", ".join(parts) or "all patches"


def _part(key: str, choices: list[_Atom], numbers: frozenset[int]) -> str:
    """Describe the values of one property, or nothing if it does not matter."""
    if len(numbers) == len(choices):
        return ""
    inside = [value for number in sorted(numbers) for value in choices[number].values]
    if None not in inside:
        return f"{key} {_list(inside, 'or')}"
    if key == _NAMES:
        return ""
    outside = [value for number, atom in enumerate(choices) if number not in numbers for value in atom.values]
    return f"{key} other than {_list(outside, 'and')}"


def _list(values: Sequence[str | None], word: str) -> str:
    texts = [str(value) for value in values]
    if len(texts) > _LISTED_IN_FULL:
        texts = [*texts[: _LISTED_IN_FULL - 1], f"{len(texts) - _LISTED_IN_FULL + 1} more"]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {word} {texts[-1]}"


# --- records whose fields are all known ---


class _NotKnownError(Exception):
    """A field that matters is not known."""

    def __init__(self, unknown: Unknown) -> None:
        self.unknown = unknown
        super().__init__(unknown.reason)


def _known(value: Maybe[T]) -> T:
    if isinstance(value, Unknown):
        raise _NotKnownError(value)
    return value


def _read_baseline(operating_system: OperatingSystem, baseline: PatchBaselineRecord) -> _KnownBaseline:
    return _KnownBaseline(
        global_filters=_read_filters(baseline.global_filters),
        rules=tuple(
            _read_rule(operating_system, rule)
            for rule in _accepted(baseline.approval_rules, limits.MAX_RULES, "rules")
        ),
        approved=_read_names(baseline.approved_patches),
        rejected=_read_names(baseline.rejected_patches),
    )


def _accepted(items: Maybe[tuple[T, ...]], most: int, what: str) -> tuple[T, ...]:
    """Return a list that AWS accepts; a longer one is rejected elsewhere."""
    known = _known(items)
    if len(known) > most:
        raise _NotKnownError(Unknown(f"AWS refuses a baseline with more than {most} {what}"))
    return known


def _read_names(names: Maybe[tuple[Maybe[str], ...]]) -> tuple[str, ...]:
    return tuple(map(_known, _accepted(names, limits.MAX_PATCH_NAMES, "patch names in a list")))


def _read_rule(operating_system: OperatingSystem, rule: PatchRuleRecord) -> _KnownRule:
    return _KnownRule(
        filters=_read_filters(rule.patch_filters),
        # apt repositories have no release dates, so AWS approves at once whatever the delay is.
        approval=Approval(after_days=0) if operating_system.is_apt else _read_approval(rule),
        enable_non_security=operating_system.is_linux and _known(rule.enable_non_security) is True,
    )


def _read_filters(filters: Maybe[tuple[PatchFilterRecord, ...]]) -> tuple[_Filter, ...]:
    return tuple(
        _Filter(_known(record.key), frozenset(map(_known, _known(record.values))))
        for record in _known(filters)
    )


def _read_approval(rule: PatchRuleRecord) -> Approval:
    days, date = _known(rule.approve_after_days), _known(rule.approve_until_date)
    if days is None and date is None:
        raise _NotKnownError(Unknown("an approval rule has no approval time"))
    return Approval(after_days=days, published_before=None if date is None else _end_of_day(date))


def _end_of_day(date: str) -> dt.datetime:
    """Return the end of a UTC day, which approve_until_date includes.

    See: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html
    """
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        raise _NotKnownError(Unknown(f"approve_until_date {date!r} is not a date")) from None
    return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(days=1)


def _separate_applications(baseline: _KnownBaseline) -> _KnownBaseline:
    """Write out that a rule without PATCH_SET looks at the operating system only."""
    return replace(
        baseline,
        rules=tuple(
            rule
            if any(patch_filter.key == PatchFilterKey.PATCH_SET for patch_filter in rule.filters)
            else replace(rule, filters=(*rule.filters, _Filter(PatchFilterKey.PATCH_SET, frozenset({"OS"}))))
            for rule in baseline.rules
        ),
    )
