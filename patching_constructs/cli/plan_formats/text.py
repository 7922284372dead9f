"""The plan for people in a terminal."""

import io
import os
import shutil
import sys
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from patching_constructs.cli.plan_formats.overview import overview
from patching_constructs.cli.plan_formats.section import Cell, Limits, Section, Tone, printable
from patching_constructs.model.wording import plural
from patching_constructs.plan.plan import Plan

_STYLES = {Tone.PLAIN: "", Tone.GOOD: "green", Tone.UNCERTAIN: "yellow", Tone.BAD: "bold red"}
_WIDTHS = range(40, 161)
_INDENT = 2
# Blanks between columns.
_GAP = 2


def format_text(plan: Plan, *, width: int | None = None, colour: bool | None = None) -> str:
    """Render the plan for a terminal.

    Args:
        plan: The plan.
        width: Columns. Default: those of the terminal, at least 40 and at most 160; 80 if there is none.
        colour: Whether to use colours. Default: on a terminal, unless NO_COLOR is set.
    """
    columns = shutil.get_terminal_size((80, 24)).columns if width is None else width
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=min(max(columns, _WIDTHS[0]), _WIDTHS[-1]),
        color_system="standard" if _wants_colour(colour) else None,
        force_terminal=_wants_colour(colour),
        force_interactive=False,
        legacy_windows=False,
        # Names may contain rich's [markup] and :emoji:, which must be printed as they are.
        markup=False,
        emoji=False,
        highlight=False,
    )
    shown = overview(plan, Limits())
    console.print(_text(shown.title, "bold"))
    for line in shown.lead:
        console.print(_text(line))
    for section in shown.sections:
        console.print()
        for part in _section(section, console.width):
            console.print(part)
    console.print()
    console.print(_text(shown.closing))
    # Rich pads lines to the full width, which makes copied and stored text hard to compare.
    return "\n".join(line.rstrip() for line in buffer.getvalue().split("\n"))


def _wants_colour(asked: bool | None) -> bool:
    if asked is not None:
        return asked
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def _section(section: Section, width: int) -> Iterator[RenderableType]:
    yield _text(section.title, "bold")
    if section.rows:
        yield _indented(_records(section) if section.long_rows else _table(section, width))
    if section.left_out:
        yield _indented(_text(f"and {plural(section.left_out, 'more row')}"))
    for note in section.notes:
        yield _indented(_text(note))


def _table(section: Section, width: int) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for column, given in zip(section.columns, _widths(section, width - _INDENT), strict=True):
        table.add_column(_text(column), overflow="fold", width=given)
    for row in section.rows:
        table.add_row(*(_cell(each, "\n") for each in row))
    return table


def _widths(section: Section, available: int) -> Sequence[int | None]:
    """Share out what is available: first no word is folded, then no cell, then no head.

    Rich would crop a table whose columns have least widths. None: let it choose, since everything fits or
    words have to be folded.
    """
    columns = list(zip(section.columns, zip(*section.rows, strict=True), strict=True))
    words = [max(map(_longest_word, [Cell((head,)), *cells])) for head, cells in columns]
    lines = [
        max(word, *(cell_len(printable(line)) for each in cells for line in each.lines))
        for word, (_, cells) in zip(words, columns, strict=True)
    ]
    heads = [max(line, cell_len(head)) for line, (head, _) in zip(lines, columns, strict=True)]
    available -= _GAP * (len(columns) - 1)
    if sum(heads) <= available or sum(words) > available:
        return [None] * len(columns)
    if sum(lines) <= available:
        return _shared(lines, heads, available)
    return _shared(words, lines, available)


def _shared(least: Sequence[int], most: Sequence[int], available: int) -> list[int]:
    """Give each column at least its least, and then what it misses, those first that miss least."""
    widths = list(least)
    extra = available - sum(least)
    by_need = sorted(range(len(widths)), key=lambda column: most[column] - least[column])
    for column in by_need:
        more = min(most[column] - least[column], extra)
        widths[column] += more
        extra -= more
    return widths


def _longest_word(cell: Cell) -> int:
    return max((cell_len(word) for line in cell.lines for word in printable(line).split()), default=0)


def _records(section: Section) -> Group:
    """Lay each row out over several lines, one for each column, under the first."""
    parts: list[RenderableType] = []
    for first, *others in section.rows:
        fields = Table.grid(padding=(0, 2, 0, 0))
        fields.add_column(no_wrap=True)
        fields.add_column(overflow="fold")
        for name, each in zip(section.columns[1:], others, strict=True):
            fields.add_row(_text(name, "dim"), _cell(each, "; "))
        parts += [_cell(first, ", "), _indented(fields)]
    return Group(*parts)


def _indented(part: RenderableType) -> Padding:
    return Padding(part, (0, 0, 0, _INDENT))


def _cell(cell: Cell, between: str) -> Text:
    return Text(between).join(_text(line, _STYLES[cell.tone]) for line in cell.lines)


def _text(text: str, style: str = "") -> Text:
    return Text(printable(text), style=style, overflow="fold")
