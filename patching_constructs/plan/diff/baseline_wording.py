"""What baselines say, in words."""

from patching_constructs.model.operating_system import OperatingSystem
from patching_constructs.model.patch_baseline import PatchBaselineRecord, PatchFilterRecord, PatchRuleRecord
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.model.wording import listed, plural, words


def system_of(record: PatchBaselineRecord) -> Maybe[str]:
    """Return the operating system, which is Windows if none is given."""
    return OperatingSystem.WINDOWS if record.operating_system is None else record.operating_system


def rules_words(rules: Maybe[tuple[PatchRuleRecord, ...]]) -> str:
    """Write approval rules."""
    return words(rules) if isinstance(rules, Unknown) else "; ".join(map(rule_words, rules)) or "none"


def rule_words(rule: PatchRuleRecord) -> str:
    """Write an approval rule as `CLASSIFICATION Security after 7 days`."""
    if rule.approve_until_date is not None:
        when = f"until {words(rule.approve_until_date)}"
    elif isinstance(rule.approve_after_days, int):
        when = f"after {plural(rule.approve_after_days, 'day')}"
    else:
        when = f"after {words(rule.approve_after_days, missing='no given number of')} days"
    extras = [
        *([f"as {words(rule.compliance_level)}"] if rule.compliance_level is not None else []),
        *(["with updates that have no security notice"] if rule.enable_non_security is True else []),
    ]
    return ", ".join([f"{filters_words(rule.patch_filters)} {when}", *extras])


def filters_words(filters: Maybe[tuple[PatchFilterRecord, ...]]) -> str:
    """Write filters as `CLASSIFICATION Security and SEVERITY Critical`."""
    if isinstance(filters, Unknown):
        return f"patches that are {words(filters)}"
    if not filters:
        return "all patches"
    return " and ".join(f"{words(entry.key)} {words(entry.values)}" for entry in filters)


def sources_words(sources: object) -> str:
    """Write patch sources."""
    if not isinstance(sources, tuple):
        return words(sources)
    return ", ".join(f"{words(each.name)} for {words(each.products)}" for each in sources) or "none"


def joined_and_left(old: object, new: object) -> tuple[list[str], list[str]]:
    """Return what joins and what leaves a list, of what is known."""
    before, after = known_texts(old), known_texts(new)
    return (
        [entry for entry in after if entry not in before],
        [entry for entry in before if entry not in after],
    )


def known_texts(values: object) -> list[str]:
    """Return the texts of a list that are known, each once."""
    if not isinstance(values, tuple):
        return []
    return list(dict.fromkeys(value for value in values if not isinstance(value, Unknown)))


def baseline_words(record: PatchBaselineRecord) -> str:
    """Write a baseline: operating system, approval rules and patch groups."""
    groups = known_texts(record.patch_groups)
    return "; ".join(
        [
            words(system_of(record)),
            rules_words(record.approval_rules),
            *([f"for {listed(groups)}"] if groups else []),
        ]
    )
