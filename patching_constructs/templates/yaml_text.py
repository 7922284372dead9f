"""YAML with line numbers, and with CloudFormation's short tags turned into their long form."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null")}
_MERGE_KEY = "<<"
# Our own limit, far beyond what people write, so that no text can exhaust the stack.
_MAX_DEPTH = 200
# The functions whose long form does not begin with `Fn::`.
_NO_PREFIX = {"Ref", "Condition"}


class _Built(NamedTuple):
    """A value, and its number of values after its aliases have been replaced."""

    value: object
    size: int


def parse_yaml(text: str, *, max_values: int = 1_000_000) -> tuple[object, dict[str, dict[str, int]]]:
    """Return the data and the lines of the entries of its sections; those of a list are `0`, `1` and so on.

    Args:
        text: The text.
        max_values: How many values it may stand for once its aliases are replaced by what they name.

    Raises:
        SyntaxError: If it is not YAML, has several documents, or is too large.
    """
    loader = _Loader(text)
    try:
        builder = _Builder(iter(loader.get_event, None), max_values=max_values)
        return builder.document(), builder.lines
    except yaml.reader.ReaderError as error:
        raise _syntax_error(text.count("\n", 0, error.position) + 1, str(error.reason)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _syntax_error(
            mark.line + 1 if mark else 1,
            ", ".join(" ".join(part.split()) for part in (error.context, error.problem) if part),
        ) from None
    finally:
        loader.dispose()


class _Builder:
    """Builds data from the parser's events; each anchor once, so that aliases share what they name."""

    def __init__(self, events: Iterator[Any], *, max_values: int) -> None:
        self.events = events
        self.max_values = max_values
        self.anchors: dict[str, _Built] = {}
        self.path: list[str] = []
        self.lines: dict[str, dict[str, int]] = {}
        self.scalars: Any = yaml.SafeLoader("")

    def document(self) -> object:
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        built = self._build(next(self.events), depth=0)
        next(self.events)
        following = next(self.events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise _syntax_error(following.start_mark.line + 1, "a second document")
        return built.value

    def _build(self, event: Any, *, depth: int) -> _Built:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            # Also an alias inside of its own anchor, which PyYAML would make a circle.
            if event.anchor not in self.anchors:
                raise _syntax_error(line, f"the alias {event.anchor!r} has no anchor before it")
            # The same object again, so that aliases cost no memory.
            return self.anchors[event.anchor]
        if depth > _MAX_DEPTH:
            raise _syntax_error(line, f"nested more than {_MAX_DEPTH} levels deep")
        if isinstance(event, yaml.SequenceStartEvent):
            built = self._sequence(depth)
        elif isinstance(event, yaml.MappingStartEvent):
            built = self._mapping(depth)
        else:
            built = _Built(self._scalar(event), 1)
        # A few hundred bytes of nested aliases can expand to billions of values.
        if built.size > self.max_values:
            raise _syntax_error(line, f"expands to more than {self.max_values} values")
        # PyYAML's loader has no tags such as !Ref; the long form is what the rest of the code reads.
        if event.tag and event.tag.startswith("!") and event.tag != "!":
            built = _Built(_long_form(event.tag.removeprefix("!"), built.value), built.size + 1)
        if event.anchor:
            self.anchors[event.anchor] = built
        return built

    def _sequence(self, depth: int) -> _Built:
        items: list[object] = []
        size = 1
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            if depth == 1 and self.path:
                self.lines.setdefault(self.path[-1], {})[str(len(items))] = event.start_mark.line + 1
            item = self._build(event, depth=depth + 1)
            items.append(item.value)
            size += item.size
        return _Built(items, size)

    def _mapping(self, depth: int) -> _Built:
        built: dict[str, object] = {}
        merged: dict[str, object] = {}
        size = 1
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                key = str(self._build(event, depth=depth + 1).value)
            if depth == 1 and self.path:
                self.lines.setdefault(self.path[-1], {})[key] = event.start_mark.line + 1
            self.path.append(key)
            item = self._build(next(self.events), depth=depth + 1)
            self.path.pop()
            size += item.size
            if key == _MERGE_KEY:
                for content in item.value if isinstance(item.value, list) else [item.value]:
                    merged = (content if isinstance(content, dict) else {}) | merged
            else:
                built[key] = item.value
        return _Built(merged | built, size)

    def _scalar(self, event: Any) -> object:
        """Return numbers, flags and nothing as such; dates and all the rest stay the text that they are."""
        tag = event.tag
        if tag is None or tag == "!":
            tag = self.scalars.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag not in _PLAIN_SCALARS:
            return event.value
        try:
            scalar: object = self.scalars.construct_object(yaml.ScalarNode(tag, event.value))
        except (ValueError, KeyError, yaml.YAMLError):
            return event.value
        return scalar


def _long_form(name: str, value: object) -> dict[str, object]:
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in _NO_PREFIX else f"Fn::{name}": value}


def _syntax_error(line: int, message: str) -> SyntaxError:
    return SyntaxError(message, (None, line, None, None))
