"""Detect CDK tokens without a round trip to the CDK kernel."""

from collections.abc import Iterable
from typing import TypeVar

from patching_constructs.model.unknown import Maybe, Unknown

T = TypeVar("T")

_STRING_MARKERS = ("${Token[", "#{Token[")
# CDK encodes a number that is only known at deployment as a huge negative float.
_NUMBER_TOKEN_CEILING = -1.0e288


def is_token(value: object) -> bool:
    """Return whether `value` is known only at deployment (string, number or list encoding)."""
    if isinstance(value, str):
        return any(marker in value for marker in _STRING_MARKERS)
    if isinstance(value, float):
        return value < _NUMBER_TOKEN_CEILING
    if isinstance(value, list | tuple):
        return any(is_token(item) for item in value)
    return False


def maybe(value: T) -> Maybe[T]:
    """Turn a token into `Unknown` and leave every other value as it is."""
    return Unknown("a CDK token, known only at deployment") if is_token(value) else value


def maybe_each(values: Iterable[T]) -> tuple[Maybe[T], ...]:
    """Turn each token among `values` into `Unknown`."""
    return tuple(maybe(value) for value in values)
