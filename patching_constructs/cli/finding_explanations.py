"""What the catalogue says about a finding, for a terminal and as Markdown."""

import textwrap
from collections.abc import Iterator

from patching_constructs.model.finding import Level
from patching_constructs.model.finding_kinds.finding_kind import FindingKind

FINDINGS_PAGE = "https://github.com/patching-constructs/patching-constructs/blob/main/docs/findings.md"
"""Address of docs/findings.md, which has an anchor for each id."""

_WIDTH = 100


def as_text(kind: FindingKind) -> str:
    """Render a kind for a terminal."""
    lines = [f"{kind.level.name.lower()} {kind.id}: {kind.title}", *_wrapped(kind.explanation, indent="  ")]
    labels = [(f"{level.name.lower()} if", reason) for level, reason in kind.other_levels.items()]
    labels += [("example", kind.example), ("fix", kind.fix)]
    for label, text in labels:
        lines += _wrapped(f"{label}: {text}", indent="    ")
    if kind.source is not None:
        lines.append(f"    see: {kind.source}")
    return "\n".join(lines) + "\n"


def _wrapped(text: str, *, indent: str) -> list[str]:
    # Names such as approve-after-days are searched for and copied, so they are not divided at a hyphen.
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def as_markdown(kind: FindingKind) -> str:
    """Render a kind without its heading."""
    return "\n\n".join([f"**{kind.title}.** {kind.explanation}", "\n".join(_items(kind))]) + "\n"


def _items(kind: FindingKind) -> Iterator[str]:
    others = "".join(f"; {_level(level)} if {reason}" for level, reason in kind.other_levels.items())
    yield f"- Level: {_level(kind.level)}{others}"
    yield f"- Example: `{kind.example}`"
    yield f"- Fix: {kind.fix}"
    if kind.source is not None:
        yield f"- Source: <{kind.source}>"
    yield f"- Tags: {', '.join(kind.tags)}"


def _level(level: Level) -> str:
    return level.name.lower()
