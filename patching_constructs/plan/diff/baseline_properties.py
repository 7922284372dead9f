"""What changes about the lists, levels and patch sources of a baseline."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from patching_constructs.model.patch_baseline import PatchBaselineRecord
from patching_constructs.model.wording import listed, words
from patching_constructs.plan.diff.baseline_wording import joined_and_left, sources_words
from patching_constructs.plan.diff.change import Change, ChangeKind, NotCompared
from patching_constructs.plan.diff.equality import comparable, not_compared, unordered

About: TypeAlias = Callable[..., Change]
Found: TypeAlias = Iterator[Change | NotCompared]


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


def property_changes(old: PatchBaselineRecord, new: PatchBaselineRecord, title: str, about: About) -> Found:
    """Yield what changes about lists, levels and patch sources.

    Args:
        old: The baseline as it was.
        new: The baseline as it will be.
        title: What a reader calls it.
        about: Makes a change about the baseline.
    """
    yield from _lists(old, new, title, about)
    for field in _PLAIN:
        yield from _plain(field, old, new, title, about)


def _lists(old: PatchBaselineRecord, new: PatchBaselineRecord, title: str, about: About) -> Found:
    for field, what, given, taken in _LISTS:
        before, after = getattr(old, field), getattr(new, field)
        yield from not_compared(f"{what} of the baseline {title}", before, after)
        if unordered(before) == unordered(after):
            continue
        joined, left = joined_and_left(before, after)
        effects = [f"{listed(joined)}: {given}"] if joined else []
        effects += [f"{listed(left)}: {taken}"] if left else []
        yield about(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {title} has other {what}",
            old=words(before),
            new=words(after),
            consequence="; ".join(effects) or None,
        )
    before, after = old.sources, new.sources
    yield from not_compared(f"patch sources of the baseline {title}", before, after)
    if _sources(before) != _sources(after):
        yield about(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {title} has other patch sources",
            old=sources_words(before),
            new=sources_words(after),
            consequence="nodes get their packages from other repositories, which must be reachable",
        )


def _sources(sources: object) -> object:
    if not isinstance(sources, tuple):
        return comparable(sources)
    return tuple(
        (comparable(each.name), unordered(each.products), comparable(each.configuration)) for each in sources
    )


def _plain(
    field: _Plain, old: PatchBaselineRecord, new: PatchBaselineRecord, title: str, about: About
) -> Found:
    before, after = getattr(old, field.name), getattr(new, field.name)
    yield from not_compared(f"{field.what} of the baseline {title}", before, after)
    if comparable(before) != comparable(after):
        yield about(
            kind=ChangeKind.BASELINE_CHANGED,
            what=f"the baseline {title} has another {field.what}",
            old=words(before, missing=field.missing),
            new=words(after, missing=field.missing),
            consequence=field.consequence,
        )
