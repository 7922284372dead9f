"""Checks a request against the constraints of AWS's own API model, as the service does and moto does not."""

from collections.abc import Iterator, Mapping
from typing import Any

import regex

from local_aws.errors import ApiError


def check_constraints(shape: Any, request: Mapping[str, Any]) -> None:
    """Refuse a request that breaks a length, range, pattern or choice of the API model.

    Args:
        shape: The input shape of the operation, from botocore.
        request: The request's parameters.

    Raises:
        ApiError: With every constraint that is broken.
    """
    if mistakes := list(_mistakes(shape, request, "")):
        count = f"{len(mistakes)} validation error{'s' if len(mistakes) > 1 else ''} detected"
        raise ApiError("ValidationException", f"{count}: {'; '.join(mistakes)}")


def _mistakes(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if name in value:
                yield from _mistakes(member, value[name], f"{path}.{name}" if path else name)
    elif shape.type_name == "list":
        yield from _out_of_range(shape, len(value), value, path, "length")
        for position, item in enumerate(value, start=1):
            yield from _mistakes(shape.member, item, f"{path}.{position}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _mistakes(shape.key, key, path)
            yield from _mistakes(shape.value, item, f"{path}.{key}")
    elif shape.type_name == "string":
        yield from _text_mistakes(shape, value, path)
    elif shape.type_name in {"integer", "long"}:
        yield from _out_of_range(shape, value, value, path, "value")


def _text_mistakes(shape: Any, value: str, path: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield _mistake(value, path, f"satisfy enum value set: [{', '.join(shape.enum)}]")
    yield from _out_of_range(shape, len(value), value, path, "length")
    pattern = shape.metadata.get("pattern")
    if pattern is None:
        return
    if not regex.fullmatch(pattern, value):
        yield _mistake(value, path, f"satisfy regular expression pattern: {pattern}")


def _out_of_range(shape: Any, size: int, value: Any, path: str, what: str) -> Iterator[str]:
    if size < shape.metadata.get("min", size):
        yield _mistake(value, path, f"have {what} greater than or equal to {shape.metadata['min']}")
    if size > shape.metadata.get("max", size):
        yield _mistake(value, path, f"have {what} less than or equal to {shape.metadata['max']}")


def _mistake(value: Any, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {constraint}"
