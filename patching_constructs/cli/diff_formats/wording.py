"""Phrases that text and Markdown share."""

from collections.abc import Iterator
from itertools import groupby

from patching_constructs.model.wording import noun, places, plural
from patching_constructs.plan.diff.change import Area, Change, ChangeKind, Comparison

NOTHING = "Nothing changes in the schedule."

NOT_COMPARED = "Unknown before and after, so not compared"

WHAT_IS_PROVED = "These results are computed from schedules. No instance was queried."

TITLES = {
    Area.ORDER: "Ring order",
    Area.RINGS: "Rings",
    Area.WINDOWS: "Windows",
    Area.BASELINES: "Baselines",
    Area.EXPOSURE: "Exposure",
    Area.QUOTAS: "Quotas",
    Area.COSTS: "Costs in a month",
    Area.FINDINGS: "Findings",
}


def by_area(comparison: Comparison) -> Iterator[tuple[str, list[Change]]]:
    """Yield the changes with the title of what they are about."""
    for area, changes in groupby(comparison.changes, key=lambda change: change.area):
        yield TITLES[area], list(changes)


def is_bad_news(change: Change) -> bool:
    """Return whether the change must not be missed."""
    return change.kind is ChangeKind.ORDER_LOST


def where(change: Change) -> str:
    """Write the rings and the accounts of a change, where its clause does not name them."""
    rings = [name for name in change.rings if f"ring {name}" not in change.what]
    parts = [
        *([f"{noun(len(rings), 'ring')} {', '.join(rings)}"] if rings else []),
        *([place] if (place := places(change.environments)) else []),
        *([str(change.location)] if change.area is Area.FINDINGS and change.location is not None else []),
        *([f"if {' and '.join(change.assumptions)}"] if change.assumptions else []),
    ]
    return ", ".join(parts)


def details(change: Change) -> Iterator[tuple[str, str]]:
    """Yield what was, what will be and what follows."""
    for label, text in (("was", change.old), ("will be", change.new), ("so", change.consequence)):
        if text is not None:
            yield label, text


def summary(comparison: Comparison) -> str:
    """Count warnings and changes, and name the horizon."""
    open_warnings = sum(entry.acknowledgement is None for entry in comparison.warnings)
    accepted = len(comparison.warnings) - open_warnings
    counts = [
        plural(open_warnings, "warning"),
        *([f"{accepted} acknowledged"] if accepted else []),
        plural(len(comparison.changes), "change"),
    ]
    horizon = comparison.horizon
    return f"{', '.join(counts)}; looked at {horizon.from_.date()} to {horizon.until.date()}"
