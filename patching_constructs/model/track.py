"""Protocol for progress callbacks."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Track(Protocol):
    """Hands out items one by one, and sees how many are done."""

    def __call__(self, items: Sequence[T], what: str, /) -> Iterable[T]:
        """Hand out the items; `what` says in a few words what is done to them."""


def untracked(items: Sequence[T], _: str, /) -> Iterable[T]:
    """Return the items without reporting progress."""
    return items
