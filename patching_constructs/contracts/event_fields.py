"""Fields of an event that another account has sent: nothing about them can be taken for granted."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from patching_constructs.model.region import is_region

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@+=-]{0,255}")
"""Ids and names that AWS gives or limits so: no space, no quote, nothing that a shell or a chat reads."""

LARGEST_COUNT = 1_000_000
"""Our own limit, far beyond any fleet, so that no number is too long for a table or a message."""

# Characters of a refused value that a message repeats.
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class EventFields:
    """Typed access to the detail of an event; each method raises ValueError with the name of the field.

    Attributes:
        data: The detail, or a part of it.
        path: Path of the part, such as `tasks[0].`; empty for the detail itself.
    """

    data: Mapping[str, object]
    path: str = ""

    @classmethod
    def of(cls, value: object, *, path: str = "") -> "EventFields":
        """Return the fields of an object of JSON."""
        if not isinstance(value, Mapping):
            message = f"{path or 'detail'}: expected an object, got {describe(value)}"
            raise ValueError(message)
        return cls(data=value, path=f"{path}." if path else "")

    def has(self, name: str) -> bool:
        """Return whether a field has a value other than null."""
        return self.data.get(name) is not None

    def one_of(self, name: str, values: Iterable[str]) -> str:
        """Return one of a few texts."""
        value = self.data.get(name)
        allowed = list(map(str, values))
        if not isinstance(value, str) or value not in allowed:
            self._refuse(name, f"one of {', '.join(allowed)}", value)
        return value

    def text(self, name: str, *, longest: int, may_be_empty: bool = False) -> str:
        """Return a text of at most `longest` characters that can be written as UTF-8."""
        value = self.data.get(name)
        if not isinstance(value, str) or not (value or may_be_empty) or len(value) > longest:
            self._refuse(name, f"text of {0 if may_be_empty else 1} to {longest} characters", value)
        if any("\ud800" <= character <= "\udfff" for character in value):
            self._refuse(name, "text in Unicode", value)
        return value

    def matching(self, name: str, pattern: re.Pattern[str], *, expected: str) -> str:
        """Return a text that matches `pattern` as a whole."""
        value = self.data.get(name)
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            self._refuse(name, expected, value)
        return value

    def identifier(self, name: str) -> str:
        """Return an id or a name of AWS's."""
        return self.matching(name, IDENTIFIER, expected="an id of letters, digits and _.:/@+=-")

    def region(self, name: str) -> str:
        """Return the name of a Region."""
        value = self.data.get(name)
        if not isinstance(value, str) or not is_region(value):
            self._refuse(name, "a Region such as eu-central-1", value)
        return value

    def count(self, name: str, *, least: int = 0, most: int = LARGEST_COUNT) -> int:
        """Return a whole number from `least` to `most`."""
        value = self.data.get(name)
        if type(value) is not int or not least <= value <= most:
            self._refuse(name, f"a whole number from {least} to {most}", value)
        return value

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.data.get(name)
        if not isinstance(value, bool):
            self._refuse(name, "true or false", value)
        return value

    def moment(self, name: str) -> dt.datetime:
        """Return a time, in UTC."""
        value = self.data.get(name)
        expected = "a time with a UTC offset such as 2026-12-19T18:00:00+01:00"
        try:
            time = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
            if time is None or time.utcoffset() is None:
                self._refuse(name, expected, value)
            return time.astimezone(dt.UTC)
        except (OverflowError, ValueError):
            self._refuse(name, expected, value)

    def equal(self, name: str, value: str | int) -> None:
        """Refuse anything but `value`, which follows from other fields."""
        if type(self.data.get(name)) is not type(value) or self.data[name] != value:
            self._refuse(name, f"{value}, by the other fields", self.data.get(name))

    def parts(self, name: str, *, most: int, least: int = 0) -> tuple["EventFields", ...]:
        """Return the objects of a list."""
        values = self._list(name, most=most, least=least)
        return tuple(
            EventFields.of(value, path=f"{self.path}{name}[{number}]") for number, value in enumerate(values)
        )

    def texts(
        self, name: str, pattern: re.Pattern[str], *, expected: str, most: int, least: int = 0
    ) -> tuple[str, ...]:
        """Return the texts of a list, each of which matches `pattern` as a whole."""
        values = self._list(name, most=most, least=least)
        items = EventFields({f"{name}[{number}]": value for number, value in enumerate(values)}, self.path)
        return tuple(items.matching(item, pattern, expected=expected) for item in items.data)

    def _list(self, name: str, *, most: int, least: int) -> list[object]:
        value = self.data.get(name)
        if not isinstance(value, list) or not least <= len(value) <= most:
            self._refuse(name, f"a list of {least} to {most} entries", value)
        return value

    def _refuse(self, name: str, expected: str, value: object) -> NoReturn:
        message = f"{self.path}{name}: expected {expected}, got {describe(value)}"
        raise ValueError(message)


def describe(value: object) -> str:
    """Say what a value is, in few characters and on one line, whatever it is."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() if abs(value) < 10**_SHOWN:
            return str(value)
        case str() if len(value) <= _SHOWN:
            return repr(value)
        case str():
            return f"{value[:_SHOWN]!r}... ({len(value)} characters)"
        case list():
            return f"a list of {len(value)} entries"
        case Mapping():
            return "an object"
        case _:
            return "a number"
