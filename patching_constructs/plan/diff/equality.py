"""Compare values of records: equal, different, or undecided."""

from collections.abc import Iterator, Mapping

from patching_constructs.model.unknown import PartlyKnown, Reference, Unknown
from patching_constructs.plan.diff.change import NotCompared


def comparable(value: object) -> object:
    """Return what two values have in common that mean the same, wherever they stand.

    References are the same if they name the same resource, whatever its stack is called; other unknown values
    all count as equal, because they cannot be distinguished.
    """
    match value:
        case Reference():
            return (Reference, value.logical_id, value.attribute)
        case PartlyKnown():
            return (PartlyKnown, value.text)
        case Unknown():
            return Unknown
        case tuple():
            return tuple(comparable(part) for part in value)
        case Mapping():
            return tuple(sorted((str(name), repr(comparable(part))) for name, part in value.items()))
    return value


def why_unknown(value: object) -> str | None:
    """Return why a value or a part of it is not known, or None if it is known or its name identifies it."""
    match value:
        case Reference() | PartlyKnown():
            return None
        case Unknown():
            return value.reason
        case tuple():
            return next((why for part in value if (why := why_unknown(part)) is not None), None)
    return None


def not_compared(what: str, old: object, new: object) -> Iterator[NotCompared]:
    """Note a value that is not known before and after."""
    reason = why_unknown(new)
    if reason is not None and why_unknown(old) is not None:
        yield NotCompared(what=what, reason=reason)


def unordered(values: object) -> object:
    """Return values in a form that can be compared where their order means nothing."""
    return (
        frozenset(comparable(value) for value in values) if isinstance(values, tuple) else comparable(values)
    )
