"""A YAML file that keeps the line of every value."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

from patching_constructs.model.finding import Finding, Level
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.model.location import Location

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes from the top of the file to a value."""

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null")}
_MERGE = "tag:yaml.org,2002:merge"
_LONGEST_SHOWN = 80


class _SettingsLoader(yaml.SafeLoader):
    """Leaves dates as the text that they are, which is how editors read them too."""

    # YAML 1.1 would make a date of 2026-12-19, and the message could no longer show what was written.
    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML declares it so
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class SettingsDocument:
    """The data of one YAML file, with the line and the source text of every value.

    Args:
        text: Content of the file.
        file: Name under which findings point at it.

    Attributes:
        data: What the file says, as dicts, lists and scalars; None if it is not readable.
        findings: Mistakes of syntax, which make the file unreadable, and keys that stand twice.
    """

    def __init__(self, text: str, *, file: str) -> None:
        self.file = file
        self.data: Any = None
        self.findings: list[Finding] = []
        self._root: yaml.Node | None = None
        self._pairs: dict[int, dict[str, tuple[yaml.Node, yaml.Node]]] = {}
        try:
            loader = _SettingsLoader(text)
            self._root = loader.get_single_node()
            if self._root is not None:
                self.findings.extend(self._check_nodes(loader, self._root))
                # Duplicate keys leave readable data, so other mistakes can be reported together with them.
                if all(finding.id == FindingId.SETTINGS_DUPLICATE for finding in self.findings):
                    self.data = loader.construct_document(self._root)
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            self.findings = [self._syntax(line, f"{error.reason}, character {error.character:#06x}")]
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.findings = [self._syntax(mark.line + 1 if mark else 1, _one_line(error))]
        except RecursionError:
            self.findings = [self._syntax(1, "nested too deeply")]

    def line_of(self, path: Path) -> int:
        """Return the line of the deepest part of `path` that the file has."""
        line = 1
        for key_node, _ in self._nodes(path):
            line = key_node.start_mark.line + 1
        return line

    def received(self, path: Path) -> str:
        """Return the value at `path` as it is written in the file."""
        nodes = list(self._nodes(path))
        if len(nodes) < len(path):
            return "nothing"
        node = nodes[-1][1] if nodes else self._root
        if isinstance(node, yaml.MappingNode):
            return "a mapping"
        if isinstance(node, yaml.SequenceNode):
            return "a list" if node.value else "an empty list"
        if node is None or node.tag.endswith(":null"):
            return "nothing"
        text = node.value if len(node.value) <= _LONGEST_SHOWN else f"{node.value[:_LONGEST_SHOWN]}..."
        return repr(text) if node.tag.endswith(":str") else text

    def _nodes(self, path: Path) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """Yield for each part of `path` the node that names it and the node of its value."""
        node = self._root
        for part in path:
            if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                yield node, node
                continue
            found = self._pairs_of(node).get(str(part)) if isinstance(node, yaml.MappingNode) else None
            if found is None:
                return
            yield found
            node = found[1]

    def _pairs_of(self, node: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Return the pairs of a mapping by key; each is asked for once for every mistake in it."""
        if id(node) not in self._pairs:
            # The last pair wins: keys that a merge brings in stand before the mapping's own.
            self._pairs[id(node)] = {key.value: (key, value) for key, value in node.value}
        return self._pairs[id(node)]

    def _check_nodes(self, loader: _SettingsLoader, root: yaml.Node) -> Iterator[Finding]:
        """Find what PyYAML would accept in silence or fail on without a line."""
        waiting, seen = [root], set()
        while waiting:
            node = waiting.pop()
            # An alias leads to a node that was checked, or in a circle to one that is being checked.
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                yield from self._check_keys(node)
                waiting.extend(child for pair in node.value for child in pair)
            elif isinstance(node, yaml.SequenceNode):
                waiting.extend(node.value)
            if node.tag not in _PLAIN_TAGS | {_MERGE}:
                yield self._syntax(node.start_mark.line + 1, f"the tag {node.tag!r} is not supported")
            elif isinstance(node, yaml.ScalarNode) and node.tag != _MERGE:
                try:
                    loader.construct_object(node)
                except (ValueError, KeyError, yaml.YAMLError):
                    yield self._syntax(
                        node.start_mark.line + 1, f"not a value of its kind: {node.value[:_LONGEST_SHOWN]!r}"
                    )

    def _check_keys(self, node: yaml.MappingNode) -> Iterator[Finding]:
        """Find keys that are not strings, and duplicate keys, of which PyYAML silently keeps the last."""
        first_lines: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                yield self._syntax(line, "a key is text, not a list or a mapping")
            elif key.value in first_lines:
                yield Finding(
                    id=FindingId.SETTINGS_DUPLICATE,
                    level=Level.ERROR,
                    field=key.value,
                    message="duplicate key in one mapping",
                    received=repr(key.value),
                    allowed=f"each key once; the first one is in line {first_lines[key.value]}",
                    location=Location(file=self.file, line=line),
                )
            else:
                first_lines[key.value] = line

    def _syntax(self, line: int, message: str) -> Finding:
        return Finding(
            id=FindingId.SETTINGS_SYNTAX,
            level=Level.ERROR,
            field="",
            message=f"not readable as YAML: {message}",
            location=Location(file=self.file, line=line),
        )


def _one_line(error: yaml.MarkedYAMLError) -> str:
    """Say what PyYAML says, without its excerpt of the file."""
    return ", ".join(" ".join(part.split()) for part in (error.context, error.problem) if part)
