"""The one place that holds what a caller passed against the types that are declared for it.

Only wholly wrong types end here, before an attribute of them is read: what words, numbers and texts mean is
for the rules to say. Tokens stand for the value that they become.
"""

import enum
import functools
import inspect
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import (
    Any,
    Concatenate,
    Literal,
    ParamSpec,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from patching_constructs.errors import InvalidInputError, raise_errors
from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.values.tokens import is_token

# Characters of a value that a message repeats.
_LONGEST = 80
# Where values come from that check nothing themselves.
_RECORDS = "patching_constructs.model."
_WORDS: Mapping[object, str] = types.MappingProxyType(
    {
        str: "text",
        int: "a whole number",
        float: "a number",
        bool: "True or False",
        types.NoneType: "none",
    }
)

_HINTS: Mapping[str, str] = types.MappingProxyType(
    {
        "Promise": ", such as one of PROMISES",
        "Recipient": ", made by one of its methods",
        "Schedule": ", made by one of its methods",
    }
)

_Self = TypeVar("_Self")
_Arguments = ParamSpec("_Arguments")


def settle_fields(value: object, *, subject: str) -> None:
    """Keep the sequences of a frozen dataclass from changing, and refuse fields of a wrong type.

    Args:
        value: The value, in its `__post_init__`.
        subject: What the error calls it.

    Raises:
        InvalidInputError: With every field that is of a wrong type.
    """
    declared = _fields_of(cast("Any", type(value)))
    given = _settled({name: getattr(value, name) for name in declared}, declared)
    for name, settled in given.items():
        # The dataclass is frozen, and this runs while it is made.
        object.__setattr__(value, name, settled)
    raise_errors(_check(given, declared), subject=subject)


def check_fields(kind: type, given: Mapping[str, object]) -> list[Finding]:
    """Find what is of a wrong type among values for the fields of a dataclass."""
    return _check(given, _fields_of(kind))


def checked_arguments(
    init: Callable[Concatenate[_Self, _Arguments], None],
) -> Callable[Concatenate[_Self, _Arguments], None]:
    """Let an `__init__` refuse arguments of a wrong type before it looks at them.

    No argument is handed to the CDK for that.
    """
    declared = {name: kind for name, kind in inspect.get_annotations(init).items() if name != "return"}
    sequence_of_names = list(inspect.signature(init).parameters)

    @functools.wraps(init)
    def checked(self: _Self, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> None:
        # Before the construct exists, so that a wrong type leaves nothing in the tree.
        given = {**dict(zip(sequence_of_names[1:], args, strict=False)), **kwargs}
        settled = _settled(given, declared)
        if findings := _check(settled, declared):
            path = _path(given, declared)
            raise InvalidInputError(findings, subject=type(self).__name__, construct_path=path)
        kwargs.update({name: settled[name] for name in kwargs if name in settled})
        init(self, *args, **kwargs)

    return checked


def _path(given: Mapping[str, Any], declared: Mapping[str, Any]) -> str | None:
    """Return the path of the construct that is being made, if there is one to be."""
    scope = given.get("scope")
    if "scope" not in declared or not _is(scope, declared["scope"]):
        return None
    return f"{scope.node.path}/{given.get('id', '')}".lstrip("/")  # type: ignore[union-attr]


@functools.cache
def _fields_of(kind: Any) -> Mapping[str, Any]:
    """Return the declared types of a dataclass by field."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _settled(given: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what a caller may change, or what can be read once only, into tuples."""
    return {
        name: tuple(value)
        if get_origin(declared.get(name)) is Sequence
        and isinstance(value, Iterable)
        and _is_collection(value)
        else value
        for name, value in given.items()
    }


def _is_collection(value: object) -> bool:
    # A text is a sequence of characters to Python, and hardly ever what a caller means by a list.
    return not isinstance(value, str | bytes | Mapping)


def _check(given: Mapping[str, Any], declared: Mapping[str, Any]) -> list[Finding]:
    return [
        finding
        for name, value in given.items()
        if name in declared
        for finding in _mistakes(value, declared[name], name)
    ]


def _mistakes(value: object, kind: Any, field: str) -> Iterator[Finding]:
    origin = get_origin(kind)
    if kind is Any or is_token(value):
        return
    if origin in (Union, types.UnionType):
        found = [list(_mistakes(value, option, field)) for option in get_args(kind)]
        if all(found):
            # What is wrong inside says more than that the whole is not right.
            inside = [mistakes for mistakes in found if mistakes[0].field != field]
            yield from inside[0] if inside else [_wrong(value, kind, field)]
    elif origin is Sequence:
        if not isinstance(value, Collection) or not _is_collection(value):
            yield _wrong(value, kind, field)
            return
        for index, item in enumerate(value):
            yield from _mistakes(item, get_args(kind)[0], f"{field}[{index}]")
    elif origin is Mapping:
        if not isinstance(value, Mapping):
            yield _wrong(value, kind, field)
            return
        for key, item in value.items():
            yield from _mistakes(key, get_args(kind)[0], f"{field}[{key}]")
            yield from _mistakes(item, get_args(kind)[1], f"{field}[{key}]")
    elif not _is(value, kind):
        yield _wrong(value, kind, field)
    elif is_dataclass(value) and type(value).__module__.startswith(_RECORDS):
        for name, of_field in _fields_of(cast("Any", type(value))).items():
            yield from _mistakes(getattr(value, name), of_field, f"{field}.{name}")


def _is(value: object, kind: Any) -> bool:
    """Return whether a value is of a type that is not a collection."""
    if isinstance(kind, str):
        # Named without an import, so that it is loaded only where it is used.
        names = {base.__name__ for base in type(value).__mro__}
        return not names.isdisjoint(kind.replace("None", "NoneType").split(" | "))
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    kind = get_origin(kind) or kind
    if kind in (int, float):
        return isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
    if issubclass(kind, enum.StrEnum):
        return isinstance(value, str)
    if getattr(kind, "_is_protocol", False):
        return _has_members(value, kind)
    return isinstance(value, kind)


def _has_members(value: object, protocol: Any) -> bool:
    """Return whether a value implements a protocol, as far as can be decided without the CDK."""
    if hasattr(protocol, "__jsii_type__"):
        return hasattr(value, "__jsii_ref__") or hasattr(type(value), "__jsii_ifaces__")
    return isinstance(value, protocol)


def _wrong(value: object, kind: Any, field: str) -> Finding:
    received = repr(value)
    if len(received) > _LONGEST:
        received = f"{received[:_LONGEST]}..."
    return Finding(
        id=FindingId.ARGUMENT_TYPE,
        level=Level.ERROR,
        field=field,
        message="of a wrong type",
        received=received,
        allowed=_words(kind),
    )


def _words(kind: Any) -> str:
    if isinstance(kind, str):
        return f"a {kind.replace(' | None', ', or none')}"
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        words = [_words(each) for each in arguments if each is not types.NoneType]
        return " or ".join(words) + (", or none" if types.NoneType in arguments else "")
    if origin is Sequence:
        return f"a list, each item {_words(arguments[0])}"
    if origin is Mapping:
        return f"a mapping from {_words(arguments[0])} to {_words(arguments[1])}"
    if origin is Literal:
        return " or ".join(map(repr, arguments))
    if kind in _WORDS:
        return _WORDS[kind]
    name = str(getattr(kind, "__name__", kind))
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}{_HINTS.get(name, '')}"
