"""From the field that a rule names to its place in the file."""

import re
from typing import Any

from patching_constructs.settings import schema
from patching_constructs.settings.yaml_document import Path

_FIELD_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def path_in_file(path: Path, field: str, data: Any) -> Path:
    """Return `path` and what the file has of `field`; an open mapping counts as a list of its pairs."""
    for part in path:
        data = data.get(part) if isinstance(data, dict) else data[part]
    for index, key in _FIELD_PART.findall(field):
        node = schema.nodes(path)[-1]
        if index and isinstance(data, list) and int(index) < len(data):
            part = int(index)
        elif index and isinstance(data, dict) and "propertyNames" in node:
            part = list(data)[int(index)]
        elif key and isinstance(data, dict) and key in schema.keys(node):
            part = key
        else:
            continue
        path = (*path, part)
        data = data[part] if isinstance(data, list) else data.get(part)
    return path
