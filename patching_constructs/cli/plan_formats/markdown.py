"""The plan for a comment on a pull request, in GitHub's Markdown."""

import re
from collections.abc import Iterator

from patching_constructs.cli.plan_formats.overview import overview
from patching_constructs.cli.plan_formats.section import Cell, Limits, Overview, Section, Tone, printable
from patching_constructs.model.wording import plural
from patching_constructs.plan.plan import Plan

MAX_CHARACTERS = 60_000
"""GitHub refuses a comment of more than 65,536 characters; whoever posts it may want to say a word too."""

_FROM_LONG_TO_SHORT = (
    Limits(rows=100, names=6, months=6, findings=30),
    Limits(rows=40, names=4, months=4, findings=15),
    Limits(rows=15, names=2, months=3, findings=8),
    Limits(rows=5, names=1, months=2, findings=3),
)
_LONGEST_LINE = 400
_FOLDED_FROM_ROWS = 12
_SHORTENED = (
    "_Shortened to fit into a comment; `patching plan --format json` shows everything, `--format text` the "
    "same "
    "for a terminal._"
)
_MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LINKED_OR_DRAWN = re.compile(r"([@#](?=\w)|:(?=//|[A-Za-z+-][\w+-]*:)|\bwww(?=\.))")
# A space of no width: GitHub looks for mentions, issues and addresses when Markdown is already HTML.
_NOTHING = "&#8203;"


def format_markdown(plan: Plan) -> str:
    """Render the plan as Markdown of at most `MAX_CHARACTERS` characters."""
    # GitHub refuses a comment of more than 65,536 characters.
    for limits in _FROM_LONG_TO_SHORT:
        shown = overview(plan, limits)
        is_all = not any(section.left_out for section in shown.sections)
        text = _render(shown, shown.sections, is_all=is_all)
        if len(text) <= MAX_CHARACTERS:
            return text
    sections = shown.sections
    while len(text) > MAX_CHARACTERS:
        # Even the shortest lists can be too long, as names have no limit.
        sections = sections[:-1]
        text = _render(shown, sections, is_all=False)
    return text


def _render(shown: Overview, sections: tuple[Section, ...], *, is_all: bool) -> str:
    parts = [f"## {escaped(shown.title)}", *map(escaped, shown.lead)]
    for section in sections:
        parts += _section(section)
    if not is_all:
        parts.append(_SHORTENED)
    parts.append(escaped(shown.closing))
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    is_folded = len(section.rows) >= _FOLDED_FROM_ROWS
    if is_folded:
        count = plural(len(section.rows) + section.left_out, "row")
        yield f"<details><summary><b>{escaped(section.title)}</b> ({count})</summary>"
    else:
        yield f"### {escaped(section.title)}"
    if section.rows:
        yield "\n".join(_table(section))
    if section.left_out:
        yield f"and {plural(section.left_out, 'more row')}"
    yield from map(escaped, section.notes)
    if is_folded:
        yield "</details>"


def _table(section: Section) -> Iterator[str]:
    yield _row(map(escaped, section.columns))
    yield _row("---" for _ in section.columns)
    for row in section.rows:
        yield _row(map(_cell, row))


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    text = "<br>".join(map(escaped, cell.lines))
    return f"**{text}**" if cell.tone is Tone.BAD and len(cell.lines) == 1 else text


def escaped(text: str) -> str:
    """Let Markdown show a text as it is, on one line, without mentions, links or HTML."""
    shown = printable(text)
    if len(shown) > _LONGEST_LINE:
        shown = shown[: _LONGEST_LINE - 3] + "..."
    shown = _MARKUP.sub(lambda match: f"\\{match.group()}", shown)
    # After the escapes of Markdown, which must not touch the entities that are made here.
    shown = re.sub("[&<>]", lambda match: _HTML[match.group()], shown)
    return _LINKED_OR_DRAWN.sub(rf"\1{_NOTHING}", shown)
