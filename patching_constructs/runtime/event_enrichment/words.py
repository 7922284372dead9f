"""Small words for texts."""

from collections.abc import Sequence

NAMED = 5
"""How many are named where there are many."""


def few(names: Sequence[str]) -> str:
    """Name the first of many, and say how many more there are."""
    named = ", ".join(names[:NAMED])
    return named if len(names) <= NAMED else f"{named} and {len(names) - NAMED} more"
