"""Baselines of the file as records, right or wrong.

What is not of the right kind is `Unknown` to the rules, so that one wrong value hides no other.
"""

from typing import Any, TypeVar

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import (
    PatchBaselineRecord,
    PatchFilterRecord,
    PatchRuleRecord,
    PatchSourceRecord,
)
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.settings.entry import Entry
from patching_constructs.values.ready_made import READY_MADE

T = TypeVar("T")

_UNREADABLE = Unknown("not of the right kind")


def baseline_record(baseline: Entry) -> PatchBaselineRecord:
    """Return the record of a baseline that is not AWS's own.

    Raises:
        InvalidInputError: If a ready-made rule set does not fit the operating system.
    """
    data = baseline.data
    return PatchBaselineRecord(
        name=Unknown("checked with the names of the file"),
        operating_system=_needed(data.get("operating_system"), str),
        approval_rules=_rules(data),
        global_filters=_filters(data.get("global_filters")),
        approved_patches=_texts(data.get("approved_patches")),
        approved_patches_compliance_level=_optional(data.get("approved_patches_compliance_level"), str),
        approved_patches_enable_non_security=_optional(
            data.get("approved_patches_enable_non_security"), bool
        ),
        rejected_patches=_texts(data.get("rejected_patches")),
        rejected_patches_action=_optional(data.get("rejected_patches_action"), str),
        available_security_updates_compliance_status=_optional(
            data.get("available_security_updates_compliance_status"), str
        ),
        description=_optional(data.get("description"), str),
        sources=_sources(data.get("sources")),
    )


def _rules(data: dict[str, Any]) -> Maybe[tuple[PatchRuleRecord, ...]]:
    if "ready_made" in data:
        return _UNREADABLE if "approval_rules" in data else _ready_made_rules(data)
    rules = data.get("approval_rules")
    return tuple(_rule(rule) for rule in rules) if isinstance(rules, list) else _UNREADABLE


def _ready_made_rules(data: dict[str, Any]) -> Maybe[tuple[PatchRuleRecord, ...]]:
    names, operating_system = _texts(data["ready_made"]), _needed(data.get("operating_system"), str)
    days = _optional(data.get("approve_after_days"), int)
    if (
        isinstance(names, Unknown)
        or any(name not in READY_MADE for name in names)
        or isinstance(operating_system, Unknown)
        or operating_system not in set(OperatingSystem)
        or isinstance(days, Unknown)
    ):
        return _UNREADABLE
    return tuple(
        rule.record
        for name in names
        for rule in READY_MADE[str(name)](OperatingSystem(operating_system), approve_after_days=days)
    )


def _rule(rule: Any) -> PatchRuleRecord:
    if not isinstance(rule, dict):
        return PatchRuleRecord(patch_filters=_UNREADABLE, approve_after_days=_UNREADABLE)
    return PatchRuleRecord(
        patch_filters=_filters(rule.get("patch_filters")),
        approve_after_days=_optional(rule.get("approve_after_days"), int),
        approve_until_date=_optional(rule.get("approve_until_date"), str),
        compliance_level=_optional(rule.get("compliance_level"), str),
        enable_non_security=_optional(rule.get("enable_non_security"), bool),
    )


def _filters(filters: Any) -> Maybe[tuple[PatchFilterRecord, ...]]:
    if filters is None:
        return ()
    if not isinstance(filters, dict):
        return _UNREADABLE
    return tuple(PatchFilterRecord(key=str(key), values=_texts(values)) for key, values in filters.items())


def _sources(sources: Any) -> Maybe[tuple[PatchSourceRecord, ...]]:
    if sources is None:
        return ()
    if not isinstance(sources, list):
        return _UNREADABLE
    return tuple(_source(source if isinstance(source, dict) else {}) for source in sources)


def _source(source: dict[str, Any]) -> PatchSourceRecord:
    return PatchSourceRecord(
        name=_needed(source.get("name"), str),
        products=_texts(source.get("products")),
        configuration=_needed(source.get("configuration"), str),
    )


def _texts(texts: Any) -> Maybe[tuple[Maybe[str], ...]]:
    if texts is None:
        return ()
    return tuple(_needed(text, str) for text in texts) if isinstance(texts, list) else _UNREADABLE


def _optional(value: Any, kind: type[T]) -> Maybe[T] | None:
    return None if value is None else _needed(value, kind)


def _needed(value: Any, kind: type[T]) -> Maybe[T]:
    return value if type(value) is kind else _UNREADABLE
