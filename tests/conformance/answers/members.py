"""Which members answers have, structure by structure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore.model import Shape


def structures(shape: Shape, value: Any, path: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each structure of an answer: where it is, such as `Patches[]`, and the members that it has."""
    if shape.type_name == "structure":
        yield path, frozenset(value)
        for name, item in value.items():
            if name in shape.members:
                yield from structures(shape.members[name], item, f"{path}.{name}" if path else name)
    elif shape.type_name == "list":
        for item in value:
            yield from structures(shape.member, item, f"{path}[]")


def always_there(shape: Shape, answers: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Return the members that every structure at a place has, in all of these answers."""
    found: dict[str, frozenset[str]] = {}
    for answer in answers:
        for path, members in structures(shape, answer):
            found[path] = found.get(path, members) & members
    return found


def missing_members(
    shape: Shape, answer: Mapping[str, Any], always: Mapping[str, frozenset[str]]
) -> set[str]:
    """Return the members, such as `Patches[].Title`, that a structure of `answer` lacks."""
    return {
        f"{path}.{name}" if path else name
        for path, members in structures(shape, answer)
        for name in always.get(path, frozenset()) - members
    }


def values_at(shape: Shape, value: Any, wanted: str, path: str = "") -> Iterator[Any]:
    """Yield the values of the member at `wanted`, such as `Patches[].State`."""
    if path == wanted:
        yield value
    elif shape.type_name == "structure":
        for name, item in value.items():
            if name in shape.members:
                yield from values_at(shape.members[name], item, wanted, f"{path}.{name}" if path else name)
    elif shape.type_name == "list":
        for item in value:
            yield from values_at(shape.member, item, wanted, f"{path}[]")
