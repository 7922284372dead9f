"""Reads the examples of the AWS CLI, which AWS wrote: what a command printed is what the API answered."""

import functools
import importlib.resources
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import botocore.session
import yaml
from botocore import xform_name

_FOLDERS = {"config": "configservice", "s3": "s3api"}
"""Folders of the examples that are not named as boto3 names the service."""

_OF_THE_CLI = frozenset({"NextToken"})
"""Where a service has another name for it, the token is that of the CLI's own pages."""

_MARK = re.compile(r"\s*Output\s*::?\s*", re.IGNORECASE)
_LEFT_OUT = re.compile(r"^\s*\.\.\.,?\s*$", re.MULTILINE)
_NO_COMMA = re.compile(r"([}\]\"])(\s*\n\s*)(?=[{\"\[])")
_MASKED = re.compile(r"EXAMPLE|xmpl|XMPL|truncated|x{4}|X{4}")
"""What AWS writes over a part of an id or token in its samples."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """An answer that AWS has published.

    Attributes:
        operation: Such as `ssm:DescribeInstancePatches`.
        source: Address of the page.
        answer: The answer, by members as the service model names them.
    """

    operation: str
    source: str
    answer: dict[str, Any]


@functools.cache
def cli_samples(operation: str) -> tuple[Sample, ...]:
    """Return the answers in the examples of an operation, such as `ssm:DescribeInstancePatches`.

    Outputs that a `--query` has cut down, and empty ones, are no answers of the operation.
    """
    service, name = operation.split(":")
    folder, command = _FOLDERS.get(service, service), xform_name(name, "-")
    path = importlib.resources.files("awscli") / "examples" / folder / f"{command}.rst"
    shape = service_model(service).operation_model(name).output_shape
    if shape is None or not path.is_file():
        return ()
    return tuple(
        Sample(
            operation=operation,
            source=f"https://docs.aws.amazon.com/cli/latest/reference/{folder}/{command}.html",
            answer={name: answer[name] for name in answer if name in shape.members},
        )
        for answer in outputs(path.read_text("utf-8"))
        if answer and answer.keys() - _OF_THE_CLI <= shape.members.keys()
    )


def outputs(text: str) -> list[dict[str, Any]]:
    """Return the outputs in the text of an example that are JSON objects, in their order."""
    return [found for block in _blocks(text) if isinstance(found := _read(block), dict)]


def is_masked(value: object) -> bool:
    """Return whether AWS has written over a part of a value, which its model need not allow then."""
    return isinstance(value, str) and _MASKED.search(value) is not None


@functools.cache
def service_model(service: str) -> Any:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


def _blocks(text: str) -> Iterator[str]:
    """Yield the text after `Output::`, or after a command in its own block."""
    block: list[str] = []
    is_output = False
    for line in [*text.splitlines(), "end"]:
        if not line.strip() or line[0].isspace():
            block.append(line)
            continue
        literal = textwrap.dedent("\n".join(block)).strip()
        if is_output:
            yield literal
        elif literal.startswith("aws "):
            yield literal.partition("\n\n")[2].strip()
        block, is_output = [], _MARK.fullmatch(line) is not None


def _read(block: str) -> Any:
    """Read JSON as the examples have it: with items left out, commas missing or too many, and bare times."""
    complete = _NO_COMMA.sub(r"\1,\2", _LEFT_OUT.sub("", block))
    for read, text in ((json.loads, block), (json.loads, complete), (yaml.safe_load, complete)):
        try:
            return read(text)
        except (ValueError, yaml.YAMLError):
            continue
    return None
