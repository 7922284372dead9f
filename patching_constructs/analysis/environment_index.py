"""Index the resources of accounts and Regions, so that a lookup does not scan all of them."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from patching_constructs.model.estate import Environment
from patching_constructs.model.unknown import Unknown

T = TypeVar("T")


class EnvironmentIndex(Generic[T]):
    """Items by the account and Region in which they stand."""

    def __init__(self) -> None:
        self._items: dict[Environment, list[T]] = {}
        self._not_quite_known: list[tuple[int, Environment]] = []
        self._positions: dict[Environment, int] = {}

    def add(self, environment: Environment, item: T) -> None:
        """Add an item."""
        if environment not in self._items:
            position = self._positions[environment] = len(self._items)
            self._items[environment] = []
            if not _is_known(environment):
                self._not_quite_known.append((position, environment))
        self._items[environment].append(item)

    def environments(self) -> tuple[Environment, ...]:
        """Return where items stand, in the order in which they were added."""
        return tuple(self._items)

    def at(self, environment: Environment) -> list[T] | None:
        """Return the items that certainly stand there, or None if there are none."""
        return self._items.get(environment)

    def perhaps_at(self, environment: Environment) -> Iterator[T]:
        """Yield the items that can stand there, in the order in which their environments were added."""
        if _is_known(environment):
            found = [each for each in self._not_quite_known if environment.may_be(each[1])]
            if environment in self._positions:
                found.append((self._positions[environment], environment))
                found.sort(key=lambda each: each[0])
            for _, other in found:
                yield from self._items[other]
        else:
            for other, items in self._items.items():
                if environment.may_be(other):
                    yield from items


def _is_known(environment: Environment) -> bool:
    return not isinstance(environment.account, Unknown) and not isinstance(environment.region, Unknown)
