"""A comparison for a comment on a pull request."""

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
from patching_constructs.cli.plan_formats.markdown import MAX_CHARACTERS, escaped
from patching_constructs.plan.diff.change import Change, Comparison
from patching_constructs.rules.acknowledged_findings import JudgedFinding

_ROOM_FOR_THE_END = 1_000
_SHORTENED = "_Shortened to fit into a comment; `--format json` and `--format text` show everything._"


def format_markdown(comparison: Comparison) -> str:
    """Render the comparison as Markdown of at most `MAX_CHARACTERS` characters, without the last changes."""
    room = MAX_CHARACTERS - _ROOM_FOR_THE_END
    kept: list[str] = []
    for block in _lines(comparison):
        room -= len(block) + 1
        if room < 0:
            kept += ["", _SHORTENED, ""]
            break
        kept.append(block)
    head = ["## What changes in the schedule", ""]
    return "\n".join([*head, *kept, escaped(summary(comparison)), "", WHAT_IS_PROVED, ""])


def _lines(comparison: Comparison) -> Iterator[str]:
    """Yield lines, those of one change together."""
    for entry in comparison.warnings:
        yield "\n".join(_warning(entry))
        yield ""
    if not comparison.changes:
        yield NOTHING
        yield ""
    for title, changes in by_area(comparison):
        yield f"### {title}"
        yield ""
        for change in changes:
            yield "\n".join(_change(change))
        yield ""
    if comparison.not_compared:
        yield f"### {NOT_COMPARED}"
        yield ""
        for note in comparison.not_compared:
            yield f"- {escaped(note.what)}: {escaped(note.reason)}"
        yield ""


def _warning(entry: JudgedFinding) -> Iterator[str]:
    finding, acknowledgement = entry.finding, entry.acknowledgement
    level = finding.level.name.capitalize()
    yield (
        f"> **{level if acknowledgement is None else f'Acknowledged {level.lower()}'}** `{finding.id}`: "
        + escaped(finding.message)
    )
    for label, text in (("unknown because", finding.undecided), ("fix", finding.allowed)):
        if text is not None:
            yield f"> - {label}: {escaped(text)}"
    if finding.source is not None:
        yield f"> - see: <{finding.source}>"
    if acknowledgement is not None:
        owner = escaped(acknowledgement.owner or "the app")
        yield f"> - accepted by {owner}: {escaped(acknowledgement.reason)}"


def _change(change: Change) -> Iterator[str]:
    what, place = escaped(change.what), where(change)
    yield f"- {f'**{what}**' if is_bad_news(change) else what}" + (f" ({escaped(place)})" if place else "")
    for label, text in details(change):
        yield f"  - {label}: {escaped(text)}"
