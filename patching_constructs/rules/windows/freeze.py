"""Rules about freezes by themselves; whether windows run in them is a question of dates."""

from collections.abc import Iterator, Sequence

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.freeze import Freeze


def check_freezes(freezes: Sequence[Freeze], *, field: str = "freezes") -> list[Finding]:
    """Find freezes without a name, without a UTC offset, and those that end before they begin."""
    return [
        finding
        for index, freeze in enumerate(freezes)
        for finding in check_freeze(freeze, field=f"{field}[{index}].")
    ]


def check_freeze(freeze: Freeze, *, field: str = "") -> Iterator[Finding]:
    """Find what is wrong with one freeze.

    Args:
        freeze: The freeze.
        field: Prefix of the names of its fields.
    """
    if not freeze.name.strip():
        yield _finding(f"{field}name", "empty", received=repr(freeze.name), allowed="a name")
    without_offset = [
        (name, time)
        for name, time in (("from_", freeze.from_), ("until", freeze.until))
        if time.utcoffset() is None
    ]
    for name, time in without_offset:
        yield _finding(
            f"{field}{name}", "no UTC offset", received=time.isoformat(), allowed="a time with its time zone"
        )
    if not without_offset and freeze.until <= freeze.from_:
        yield _finding(
            f"{field}until",
            "not after the beginning of the freeze",
            received=freeze.until.isoformat(),
            allowed=f"a time after {freeze.from_.isoformat()}",
        )


def _finding(field: str, message: str, *, received: str, allowed: str) -> Finding:
    return Finding(
        id=FindingId.FREEZE,
        level=Level.ERROR,
        field=field,
        message=message,
        received=received,
        allowed=allowed,
    )
