"""Checks values against the shapes of botocore's service models.

botocore itself checks the types, required members and some minimums of requests, and nothing of answers.
"""

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import regex
from botocore.model import Shape

Path: TypeAlias = "tuple[Path, str] | tuple[()]"


class Break(NamedTuple):
    """A value that breaks its model.

    Attributes:
        path: The member, such as `Patches[].State`; every item of a list is the same member.
        rule: Which rule it breaks, one of the values of `RULES`.
        value: The value, shortened.
        expected: What the model wants.
    """

    path: str
    rule: str
    value: str
    expected: str


RULES = ("enum", "pattern", "minimum", "maximum", "required", "unknown", "type")

Found: TypeAlias = "list[Break]"
Check: TypeAlias = Callable[[Any, Path, Found], None]

_FRACTION = (int, float, Decimal)
_NUMBERS: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "long": (int,),
    "float": _FRACTION,
    "double": _FRACTION,
}
_DECODED = frozenset({"policyDocumentType", "TemplateBody"})
"""Texts that botocore reads as JSON before it gives them to its caller (botocore/handlers.py)."""

_SURROGATES = r"\uD800\uDC00-\uDBFF\uDFFF"
"""How the models, whose patterns are Java's, write everything beyond the first 65,536 characters."""


def breaks_of(shape: Shape | None, value: Mapping[str, Any]) -> list[Break]:
    """List what `value`, a request or an answer, breaks of its shape; None is the shape without members."""
    found: list[Break] = []
    if shape is not None:
        _check_of(shape)(value, (), found)
    else:
        found += [_broken(((), name), "unknown", value[name], "no member at all") for name in value]
    return found


def _check_of(shape: Shape) -> Check:
    """Return the check of a shape, which is made once: shapes live as long as their client."""
    made: Check | None = vars(shape).get("check")
    if made is None:
        made = shape.check = _MAKERS.get(shape.type_name, _of_nothing)(shape)
    return made


def _of_structure(shape: Shape) -> Check:
    if shape.is_document_type:
        return _of_nothing(shape)
    required = tuple(shape.required_members)
    checks: dict[str, Check] = {}

    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, Mapping):
            found.append(_broken(path, "type", value, "a structure"))
            return
        for name in required:
            if name not in value:
                found.append(_broken((path, name), "required", None, "a value"))
        for name, item in value.items():
            known = checks.get(name)
            if known is None:
                member = shape.members.get(name)
                if member is None:
                    found.append(_broken((path, name), "unknown", item, f"one of {', '.join(shape.members)}"))
                    continue
                known = checks[name] = _check_of(member)
            known(item, (path, name), found)

    return check


def _of_list(shape: Shape) -> Check:
    measure = _measure(shape, len)

    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, list | tuple):
            found.append(_broken(path, "type", value, "a list"))
            return
        measure(value, path, found)
        member, inside = _check_of(shape.member), (path, "[]")
        for item in value:
            member(item, inside, found)

    return check


def _of_map(shape: Shape) -> Check:
    measure = _measure(shape, len)

    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, Mapping):
            found.append(_broken(path, "type", value, "a map"))
            return
        measure(value, path, found)
        key_check, value_check = _check_of(shape.key), _check_of(shape.value)
        for key, item in value.items():
            key_check(key, (path, "{key}"), found)
            value_check(item, (path, "{}"), found)

    return check


def _of_string(shape: Shape) -> Check:
    if shape.serialization.get("jsonvalue"):
        return _of_nothing(shape)
    enum = frozenset(getattr(shape, "enum", ()) or ())
    pattern = _compiled(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    measure = _measure(shape, len)

    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, str):
            if shape.name not in _DECODED:
                found.append(_broken(path, "type", value, "text"))
            return
        if enum and value not in enum:
            found.append(_broken(path, "enum", value, f"one of {', '.join(sorted(enum))}"))
        if pattern is not None and not pattern.fullmatch(value):
            found.append(_broken(path, "pattern", value, shape.metadata["pattern"]))
        measure(value, path, found)

    return check


def _of_number(shape: Shape) -> Check:
    kinds = _NUMBERS[shape.type_name]
    measure = _measure(shape, lambda value: value)

    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, kinds) or isinstance(value, bool):
            found.append(_broken(path, "type", value, f"a number ({shape.type_name})"))
            return
        measure(value, path, found)

    return check


def _of_blob(shape: Shape) -> Check:
    measure = _measure(shape, len)

    def check(value: Any, path: Path, found: Found) -> None:
        if isinstance(value, bytes | bytearray):
            measure(value, path, found)
        elif not isinstance(value, str) and not hasattr(value, "read"):
            found.append(_broken(path, "type", value, "bytes"))

    return check


def _of_kind(kinds: type | tuple[type, ...], expected: str) -> Callable[[Shape], Check]:
    def make(_: Shape) -> Check:
        def check(value: Any, path: Path, found: Found) -> None:
            if not isinstance(value, kinds):
                found.append(_broken(path, "type", value, expected))

        return check

    return make


def _of_nothing(_: Shape) -> Check:
    return lambda _value, _path, _found: None


def _measure(shape: Shape, size_of: Callable[[Any], float]) -> Check:
    smallest, largest = shape.metadata.get("min"), shape.metadata.get("max")
    if smallest is None and largest is None:
        return lambda _value, _path, _found: None

    def check(value: Any, path: Path, found: Found) -> None:
        size = size_of(value)
        if smallest is not None and size < smallest:
            found.append(_broken(path, "minimum", value, f"at least {smallest}"))
        if largest is not None and size > largest:
            found.append(_broken(path, "maximum", value, f"at most {largest}"))

    return check


@functools.cache
def _compiled(pattern: str) -> "regex.Pattern[str]":
    """Compile a pattern, which the whole value has to match: AWS's own samples keep to that."""
    return regex.compile(pattern.replace(_SURROGATES, "\U00010000-\U0010ffff"))


def _broken(path: Path, rule: str, value: Any, expected: str) -> Break:
    return Break(".".join(_names(path)).replace(".[]", "[]"), rule, repr(value)[:200], expected[:500])


def _names(path: Path) -> Iterator[str]:
    if path:
        yield from _names(path[0])
        yield path[1]


_MAKERS: dict[str, Callable[[Shape], Check]] = {
    "structure": _of_structure,
    "list": _of_list,
    "map": _of_map,
    "string": _of_string,
    "character": _of_string,
    "blob": _of_blob,
    "boolean": _of_kind(bool, "true or false"),
    "timestamp": _of_kind((dt.datetime, str, int, float), "a time"),
    **dict.fromkeys(_NUMBERS, _of_number),
}
