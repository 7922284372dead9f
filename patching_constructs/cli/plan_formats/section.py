"""A plan in words: sections with tables, before they are put on a terminal or into Markdown."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


class Tone(enum.Enum):
    """How a cell is meant."""

    PLAIN = enum.auto()
    GOOD = enum.auto()
    UNCERTAIN = enum.auto()
    BAD = enum.auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """The content of one field of a table; texts are raw, as templates have them."""

    lines: tuple[str, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One part of a plan.

    Attributes:
        title: What it is about.
        columns: Column headings; without any there is no table.
        rows: The table, one cell for each column.
        left_out: How many rows are left out.
        long_rows: Whether a row is too long for one line of a terminal.
        notes: Sentences behind the table.
    """

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    left_out: int = 0
    long_rows: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much of a plan is shown.

    Attributes:
        rows: Most rows of a table.
        names: Most names in an enumeration.
        months: Months of the calendar.
        findings: Most findings.
    """

    rows: int = 24
    names: int = 3
    months: int = 4
    findings: int = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """A whole plan in words.

    Attributes:
        title: What it is.
        lead: What matters most.
        sections: Its parts, in order.
        closing: What must be known to understand it.
    """

    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: str = field(default="These results are computed from schedules. No instance was queried.")


def cell(*lines: str, tone: Tone = Tone.PLAIN) -> Cell:
    """Make a cell of one or several lines."""
    return Cell(lines, tone)


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[tuple[Cell, ...]],
    *,
    most: int,
    long_rows: bool = False,
    notes: Iterable[str] = (),
) -> Section:
    """Make a section with a table of no more than `most` rows."""
    found = tuple(rows)
    return Section(
        title=title,
        columns=tuple(columns),
        rows=found[:most],
        left_out=max(0, len(found) - most),
        long_rows=long_rows,
        notes=tuple(notes),
    )


def printable(text: str) -> str:
    """Write what no reader can see, or what a terminal would obey, as an escape sequence."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
