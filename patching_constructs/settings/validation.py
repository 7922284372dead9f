"""What pydantic and the strict values say about patching.yaml, in our words."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from patching_constructs.errors import InvalidInputError
from patching_constructs.model.finding_kinds.finding_id import FindingId
from patching_constructs.rules.limits import did_you_mean
from patching_constructs.settings import schema
from patching_constructs.settings.field_path import path_in_file
from patching_constructs.settings.file_finding import FileFinding, file_finding
from patching_constructs.settings.yaml_document import Path

_MESSAGES = {
    "bool_type": "not a choice between true and false",
    "dict_type": "not a mapping",
    "enum": "not one of the allowed values",
    "finite_number": "not a number",
    "float_type": "not a number",
    "greater_than_equal": "out of range",
    "int_type": "not a whole number",
    "less_than_equal": "out of range",
    "list_type": "not a list",
    "literal_error": "not one of the allowed values",
    "missing": "missing",
    "model_type": "not a mapping",
    "string_pattern_mismatch": "not of the right form",
    "string_type": "not text",
    "too_short": "too few entries",
}


def findings_of(error: ValidationError, data: Any) -> Iterator[FileFinding]:
    """Yield each mistake that pydantic found in `data` once."""
    for line_error in error.errors(include_url=False):
        path = line_error["loc"]
        cause = line_error.get("ctx", {}).get("error")
        if isinstance(cause, InvalidInputError):
            for finding in cause.findings:
                yield (path_in_file(path, finding.field, data), finding)
        # pydantic names a wrong key of a mapping `[key]`, which is not in the file.
        elif line_error["type"] == "extra_forbidden" or path[-1:] == ("[key]",):
            yield _unknown_key(path[:-1] if path[-1] == "[key]" else path)
        else:
            yield _wrong_value(path, line_error)


def _unknown_key(path: Path) -> FileFinding:
    known = schema.keys(schema.nodes(path[:-1])[-1])
    return file_finding(
        path,
        id=FindingId.SETTINGS_KEY,
        message="unknown key",
        received=repr(path[-1]),
        allowed=", ".join(known) + did_you_mean(str(path[-1]), known),
    )


def _wrong_value(path: Path, line_error: Any) -> FileFinding:
    nodes = schema.nodes(path)
    # pydantic appends the name of a union's member to the path, which is not in the file.
    path, node = path[: len(nodes) - 1], nodes[-1]
    value = line_error["input"]
    message = _MESSAGES.get(line_error["type"], line_error["msg"].removeprefix("Value error, ").lower())
    allowed = schema.allowed(node)
    if "anyOf" in node and line_error["type"] != "missing":
        message = _MESSAGES["enum"]
    # The usual cause is an account id without quotes, which YAML reads as a number.
    elif line_error["type"] == "string_type" and isinstance(value, bool | int | float):
        message, allowed = "not text, because it is not in quotes", f"{allowed}, in quotes"
    if "enum" in node and isinstance(value, str):
        allowed += did_you_mean(value, node["enum"])
    return file_finding(path, id=FindingId.SETTINGS_VALUE, message=message, allowed=allowed)
