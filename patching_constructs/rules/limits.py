"""Checks of lengths, counts and closed sets that many rules share."""

import difflib
import enum
import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence, Sized

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.unknown import Maybe, Unknown


def undecided(id: FindingId, unknown: Unknown, *, field: str) -> Finding:
    """Say that the rule `id` cannot look at `field` before deployment."""
    return Finding(
        id=id, level=Level.INFO, field=field, message="not known before deployment", undecided=unknown.reason
    )


def check_length(
    text: Maybe[str], limits: range, *, id: FindingId, field: str, source: str | None = None
) -> list[Finding]:
    """Find a text that is too short or too long."""
    if isinstance(text, Unknown):
        return [undecided(id, text, field=field)]
    if type(text) is not str:
        return [_not_text(text, id=id, field=field, source=source)]
    if len(text) in limits:
        return []
    return [
        Finding(
            id=id,
            level=Level.ERROR,
            field=field,
            message="length out of range",
            received=f"{len(text)} characters",
            allowed=f"{limits.start} to {limits.stop - 1} characters",
            source=source,
        )
    ]


def _not_text(value: object, *, id: FindingId, field: str, source: str | None) -> Finding:
    return Finding(
        id=id,
        level=Level.ERROR,
        field=field,
        message="not text",
        received=repr(value),
        allowed="text",
        source=source,
    )


def check_count(
    items: Sized, limits: range, *, id: FindingId, field: str, source: str | None = None
) -> list[Finding]:
    """Find a list that is too short or too long."""
    if len(items) in limits:
        return []
    return [
        Finding(
            id=id,
            level=Level.ERROR,
            field=field,
            message="wrong number of entries",
            received=str(len(items)),
            allowed=f"{limits.start} to {limits.stop - 1}",
            source=source,
        )
    ]


def check_pattern(
    text: Maybe[str], pattern: str, *, allowed: str, id: FindingId, field: str, source: str | None = None
) -> list[Finding]:
    """Find a text that does not match `pattern` from end to end."""
    if isinstance(text, Unknown):
        return [undecided(id, text, field=field)]
    if type(text) is not str:
        return [_not_text(text, id=id, field=field, source=source)]
    if re.fullmatch(pattern, text):
        return []
    return [
        Finding(
            id=id,
            level=Level.ERROR,
            field=field,
            message="invalid characters or length",
            received=repr(text),
            allowed=allowed,
            source=source,
        )
    ]


def check_choice(
    value: Maybe[str], choices: type[enum.StrEnum], *, id: FindingId, field: str, source: str | None = None
) -> list[Finding]:
    """Find a word that is not in a closed set."""
    if isinstance(value, Unknown):
        return [undecided(id, value, field=field)]
    words = _words(choices)
    if value in words:
        return []
    return [
        Finding(
            id=id,
            level=Level.ERROR,
            field=field,
            message="invalid value",
            received=repr(value),
            allowed=", ".join(words) + did_you_mean(str(value), words),
            source=source,
        )
    ]


@functools.cache
def _words(choices: type[enum.StrEnum]) -> tuple[str, ...]:
    return tuple(choice.value for choice in choices)


def check_duplicates(values: Sequence[Maybe[str]], *, id: FindingId, field: str) -> list[Finding]:
    """Find values that stand in a list more than once."""
    counts = Counter(value for value in values if not isinstance(value, Unknown))
    return [
        Finding(
            id=id,
            level=Level.ERROR,
            field=field,
            message=f"listed {count} times",
            received=repr(value),
            allowed="each value once",
        )
        for value, count in counts.items()
        if count > 1
    ]


def did_you_mean(value: str, words: Iterable[str]) -> str:
    """Return a hint at the legal word that `value` probably means, or an empty text."""
    by_lower_case = {word.lower(): word for word in words}
    close = difflib.get_close_matches(value.lower(), by_lower_case, n=1)
    return f"; did you mean {by_lower_case[close[0]]!r}?" if close else ""
