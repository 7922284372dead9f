"""A comparison for people in a terminal."""

from collections.abc import Iterator

from patching_constructs.cli.diff_formats.wording import (
    NOT_COMPARED,
    NOTHING,
    WHAT_IS_PROVED,
    by_area,
    details,
    is_bad_news,
    summary,
    where,
)
from patching_constructs.cli.plan_formats.section import printable
from patching_constructs.plan.diff.change import Change, Comparison
from patching_constructs.rules.acknowledged_findings import JudgedFinding


def format_text(comparison: Comparison) -> str:
    """Render the comparison as text."""
    return "\n".join([*map(printable, _lines(comparison)), summary(comparison), WHAT_IS_PROVED, ""])


def _lines(comparison: Comparison) -> Iterator[str]:
    for entry in comparison.warnings:
        yield from _warning(entry)
        yield ""
    if not comparison.changes:
        yield NOTHING
        yield ""
    for title, changes in by_area(comparison):
        yield title
        for change in changes:
            yield from _change(change)
        yield ""
    if comparison.not_compared:
        yield NOT_COMPARED
        for note in comparison.not_compared:
            yield f"  {note.what}: {note.reason}"
        yield ""


def _warning(entry: JudgedFinding) -> Iterator[str]:
    finding, acknowledgement = entry.finding, entry.acknowledgement
    level = finding.level.name.lower()
    place = "" if finding.location is None else f"  {finding.location}"
    yield f"{level if acknowledgement is None else f'acknowledged {level}'} {finding.id}{place}"
    yield f"  {finding.message}"
    for label, text in (
        ("unknown because", finding.undecided),
        ("fix", finding.allowed),
        ("see", finding.source),
    ):
        if text is not None:
            yield f"    {label}: {text}"
    if acknowledgement is not None:
        yield f"    accepted by {acknowledgement.owner or 'the app'}: {acknowledgement.reason}"


def _change(change: Change) -> Iterator[str]:
    place = where(change)
    mark = "! " if is_bad_news(change) else "  "
    yield f"{mark}{change.what}" + (f" ({place})" if place else "")
    for label, text in details(change):
        yield f"    {label}: {text}"
