"""CloudFormation's functions on values that are resolved already.

See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping

from patching_constructs.model.unknown import PartlyKnown, Unknown

NO_VALUE = object()
"""What `AWS::NoValue` gives: the property is as if it were not written."""

MAX_TEXT_LENGTH = 1_000_000
"""Our own limit, the size of a whole template, so that functions inside functions cannot blow up a text."""

_PLACEHOLDER = re.compile(r"\$\{(!?)([^{}]*)\}")
_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[a-z-]+:[^{}]*\}\}")


def as_text(value: object) -> str | Unknown:
    """Return the text that CloudFormation makes of a value."""
    if isinstance(value, str | Unknown):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return Unknown(f"a text is needed, got {kind(value)}")


def kind(value: object) -> str:
    """Say in words what kind of value it is."""
    if isinstance(value, tuple):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    if value is None or value is NO_VALUE:
        return "nothing"
    return repr(value)


def plain_text(text: str) -> str | Unknown:
    """Return a text as it is, unless a part of it comes from another service at deployment."""
    if not _DYNAMIC_REFERENCE.search(text):
        return text
    return PartlyKnown(
        "a dynamic reference is resolved at deployment", _DYNAMIC_REFERENCE.sub("${...}", text)
    )


def join(parts: Iterable[object], delimiter: str = "") -> str | Unknown:
    """Join texts; with an unknown one among them the others stay known."""
    texts: list[str] = []
    length = 0
    reasons: list[str] = []
    for part in parts:
        text = as_text(part)
        if isinstance(text, Unknown):
            reasons.append(text.reason)
            text = text.text if isinstance(text, PartlyKnown) else "${...}"
        texts.append(text)
        length += len(text) + len(delimiter)
        if length > MAX_TEXT_LENGTH:
            return Unknown("longer than a template may be")
    joined = delimiter.join(texts)
    return PartlyKnown(reasons[0], joined) if reasons else joined


def substitute(template: str, value_of: Callable[[str], object]) -> str | Unknown:
    """Replace `${Name}` by what `value_of` returns, and `${!Name}` by `${Name}`."""
    parts: list[object] = []
    position = 0
    for match in _PLACEHOLDER.finditer(template):
        parts.append(template[position : match.start()])
        literal, name = match.groups()
        parts.append(f"${{{name}}}" if literal else value_of(name.strip()))
        position = match.end()
    return join([*parts, template[position:]])


def select(index: object, items: object) -> object:
    """Return one item of a list."""
    if isinstance(items, Unknown):
        return items
    text = as_text(index)
    if isinstance(text, Unknown):
        return text
    if not isinstance(items, tuple) or not text.isdecimal() or len(text) > 9 or int(text) >= len(items):
        return Unknown(f"Fn::Select finds no item {text} in {kind(items)}")
    return items[int(text)]


def split(delimiter: object, text: object) -> object:
    """Split a text into a list."""
    whole = as_text(text)
    if isinstance(whole, PartlyKnown) and isinstance(delimiter, str) and delimiter and "${" not in delimiter:
        pieces = whole.text.split(delimiter)
        return tuple(PartlyKnown(whole.reason, piece) if "${" in piece else piece for piece in pieces)
    if isinstance(whole, Unknown):
        return whole
    if not isinstance(delimiter, str) or not delimiter:
        return Unknown(f"Fn::Split needs a delimiter, got {kind(delimiter)}")
    return tuple(whole.split(delimiter))


def encode(text: object) -> str | Unknown:
    """Encode a text as base64."""
    known = as_text(text)
    if isinstance(known, Unknown):
        return known
    return base64.b64encode(known.encode("utf-8", "surrogatepass")).decode("ascii")


def length(items: object) -> object:
    """Return how many items a list has."""
    return len(items) if isinstance(items, tuple) else Unknown(f"Fn::Length needs a list, got {kind(items)}")


def to_json(value: object) -> str | Unknown:
    """Render a value as JSON."""
    unknown = first_unknown(value)
    if unknown is not None:
        return unknown
    return json.dumps(value, default=str, separators=(",", ":"))


def first_unknown(value: object) -> Unknown | None:
    """Return the first unknown value inside of a value."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple):
        return next((found for item in value if (found := first_unknown(item)) is not None), None)
    return None
