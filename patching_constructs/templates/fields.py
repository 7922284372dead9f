"""Properties as typed values: what cannot be of the type is unknown, and a mistake is noted."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.location import Location
from patching_constructs.model.unknown import Maybe, Unknown
from patching_constructs.templates.intrinsic_functions import as_text, kind

T = TypeVar("T")


class Fields:
    """The properties of a resource, or a mapping inside of them.

    Args:
        values: The resolved properties.
        location: Location of the resource.
        mistakes: Takes the mistakes.
        path: Path of the mapping in the resource.
    """

    def __init__(
        self, values: object, *, location: Location, mistakes: list[Finding], path: str = ""
    ) -> None:
        self.location = location
        self.path = path
        self.unknown: Unknown | None = None
        self._mistakes = mistakes
        self._values: Mapping[str, object] = {}
        if isinstance(values, Mapping):
            self._values = values
        elif isinstance(values, Unknown):
            self.unknown = values
        elif values is not None:
            self.unknown = self._wrong(path, kind(values), "a mapping")

    def text(self, name: str) -> Maybe[str] | None:
        """Return a text, or None if the property is not given."""
        return self._read(name, self._text)

    def required_text(self, name: str) -> Maybe[str]:
        """Return a text that AWS demands."""
        return self._required(name, self.text(name))

    def integer(self, name: str) -> Maybe[int] | None:
        """Return a whole number, or None if the property is not given."""
        return self._read(name, self._integer)

    def required_integer(self, name: str) -> Maybe[int]:
        """Return a whole number that AWS demands."""
        return self._required(name, self.integer(name))

    def flag(self, name: str) -> Maybe[bool] | None:
        """Return true or false, or None if the property is not given."""
        return self._read(name, self._flag)

    def required_flag(self, name: str) -> Maybe[bool]:
        """Return true or false that AWS demands."""
        return self._required(name, self.flag(name))

    def texts(self, name: str) -> Maybe[tuple[Maybe[str], ...]] | None:
        """Return a list of texts, or None if the property is not given."""
        items = self._items(name)
        if items is None or isinstance(items, Unknown):
            return items
        return tuple(self._text(item, f"{self._path(name)}[{index}]") for index, item in enumerate(items))

    def children(self, name: str) -> "Maybe[tuple[Fields, ...]] | None":
        """Return a list of mappings, or None if the property is not given."""
        items = self._items(name)
        if items is None or isinstance(items, Unknown):
            return items
        return tuple(
            self._child(item, f"{self._path(name)}[{index}]")
            for index, item in enumerate(items)
            if item is not None
        )

    def child(self, name: str) -> "Fields":
        """Return a mapping, empty if the property is not given."""
        return self._child(self._values.get(name), self._path(name))

    def names(self) -> Sequence[str]:
        """Return the names of the properties."""
        return tuple(self._values)

    def raw(self, name: str) -> object:
        """Return a property as it is."""
        return self._values.get(name)

    def refuse(self, name: str, *, message: str, received: str | None, allowed: str | None) -> None:
        """Note a mistake in a property."""
        self._note(self._path(name), message=message, received=received, allowed=allowed)

    def _note(self, path: str, *, message: str, received: str | None, allowed: str | None) -> None:
        self._mistakes.append(
            Finding(
                id=FindingId.TEMPLATE_PROPERTY,
                level=Level.ERROR,
                field=path,
                message=message,
                received=received,
                allowed=allowed,
                location=self.location,
            )
        )

    def _child(self, value: object, path: str) -> "Fields":
        return Fields(value, location=self.location, mistakes=self._mistakes, path=path)

    def _items(self, name: str) -> Maybe[tuple[object, ...]] | None:
        return self._read(name, self._list)

    def _read(self, name: str, parse: Callable[[object, str], Maybe[T]]) -> Maybe[T] | None:
        if self.unknown is not None:
            return self.unknown
        value = self._values.get(name)
        return None if value is None else parse(value, self._path(name))

    def _required(self, name: str, value: Maybe[T] | None) -> Maybe[T]:
        if value is not None:
            return value
        self.refuse(name, message="missing", received=None, allowed=None)
        return Unknown(f"{self._path(name)} is missing")

    def _text(self, value: object, path: str) -> Maybe[str]:
        if isinstance(value, str | Unknown):
            return value
        text = as_text(value)
        return self._wrong(path, kind(value), "a text") if isinstance(text, Unknown) else text

    def _integer(self, value: object, path: str) -> Maybe[int]:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", value):
            return int(value)
        return self._wrong(path, kind(value), "a whole number")

    def _flag(self, value: object, path: str) -> Maybe[bool]:
        if isinstance(value, bool | Unknown):
            return value
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        return self._wrong(path, kind(value), "true or false")

    def _list(self, value: object, path: str) -> Maybe[tuple[object, ...]]:
        if isinstance(value, tuple | Unknown):
            return value
        return self._wrong(path, kind(value), "a list")

    def _wrong(self, path: str, received: str, allowed: str) -> Unknown:
        self._note(
            path,
            message="wrong type of value",
            received=received if len(received) <= 80 else f"{received[:77]}...",
            allowed=allowed,
        )
        return Unknown(f"{path or 'the value'} is not {allowed}")

    def _path(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
