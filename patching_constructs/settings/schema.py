"""The JSON Schema of patching.yaml: what editors offer, and what error messages name as allowed.

`python -m patching_constructs.settings.schema` prints it.
"""

import json
import sys
from functools import cache
from typing import Any, TypeAlias

from patching_constructs.settings.settings import Settings
from patching_constructs.settings.yaml_document import Path

Node: TypeAlias = dict[str, Any]


@cache
def json_schema() -> Node:
    """Return the JSON Schema of patching.yaml."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Settings.model_json_schema(),
    }


def rendered() -> str:
    """Return the text of patching.schema.json."""
    return json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def nodes(path: Path) -> list[Node]:
    """Return the schema of the file and of each part of `path`, as far as the schema describes the path."""
    found = [_resolved(json_schema())]
    for part in path:
        child = _child(found[-1], part)
        if child is None:
            break
        found.append(_resolved(child))
    return found


def allowed(node: Node) -> str:
    """Say in words what `node` allows."""
    node = _resolved(node)
    if "anyOf" in node:
        return " or ".join(allowed(choice) for choice in node["anyOf"])
    if "const" in node:
        return node["const"] if isinstance(node["const"], str) else json.dumps(node["const"])
    if "enum" in node:
        return ", ".join(node["enum"])
    match node.get("type"):
        case "boolean":
            return "true or false"
        case "integer":
            return "a whole number" + _range(node)
        case "number":
            return "a number" + _range(node)
        case "array":
            return "a list with at least one entry" if "minItems" in node else "a list"
        case "object":
            return "a mapping with the keys " + ", ".join(keys(node))
        case _:
            return " ".join(
                [
                    "text",
                    *(f"such as {example}" for example in node.get("examples", ())),
                    *([f"that matches {node['pattern']}"] if "pattern" in node else []),
                ]
            )


def keys(node: Node) -> list[str]:
    """Return the keys that a mapping may have."""
    if "propertyNames" in node:
        names: list[str] = _resolved(node["propertyNames"])["enum"]
        return names
    return list(node.get("properties", ()))


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(part, int):
        return node.get("items")
    child: Node | None = node.get("properties", {}).get(part)
    if child is None and part in keys(node):
        return node.get("additionalProperties")
    return child


def _resolved(node: Node) -> Node:
    """Follow references, and leave out that an optional value may be absent."""
    while True:
        choices = [choice for choice in node.get("anyOf", ()) if choice != {"type": "null"}]
        if len(choices) == 1:
            node = choices[0]
        elif "$ref" in node:
            node = json_schema()["$defs"][node["$ref"].rpartition("/")[2]]
        else:
            return {**node, "anyOf": choices} if choices else node


def _range(node: Node) -> str:
    if "maximum" in node:
        return f" from {node['minimum']} to {node['maximum']}"
    return f" of at least {node['minimum']}"


if __name__ == "__main__":
    sys.stdout.write(rendered())
