"""Every statement against AWS's own data: does it say something that IAM can ever match?"""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

import patching_constructs.lambdas
from tests.conformance.iam.deployed import Statement
from tests.conformance.iam.iam_data import (
    arn_pattern,
    condition_keys_of,
    matching_actions,
    resource_types_of,
)
from tests.conformance.iam.judged import Judged

_WILDCARD_VALUE = ("x", "log-stream:x")
"""What a wildcard in a resource may stand for, for ARNs of the resources of our statements."""


def _allowing(judged: Judged) -> Iterator[Statement]:
    for statements in judged.deployed.statements.values():
        yield from (statement for statement in statements if statement.is_allow)


def _fail(found: Sequence[str]) -> None:
    if found:
        pytest.fail("\n".join(sorted(set(found))), pytrace=False)


def _where(statement: Statement) -> str:
    return f"{statement.logical_id}, {statement.sid or 'without an id'}"


def test_every_action_applies_to_one_of_its_resources(judged: Judged) -> None:
    _fail(
        [
            f"{_where(statement)}: {pattern} never applies to {', '.join(statement.resources)}"
            for statement in _allowing(judged)
            for pattern in statement.actions
            if not any(
                _applies(action, resource)
                for action in matching_actions(pattern)
                for resource in statement.resources or ["*"]  # trust policies name none
            )
        ]
    )


def _applies(action: str, resource: str) -> bool:
    if resource == "*":
        return True
    arns = [resource.replace("*", each) for each in _WILDCARD_VALUE]
    return any(
        re.fullmatch(_as_pattern(arn_pattern(action, resource_type)), arn)
        for resource_type in resource_types_of(action)
        for arn in arns
    )


def test_every_condition_asks_for_a_key_that_the_action_has(judged: Judged) -> None:
    _fail(
        [
            f"{_where(statement)}: {pattern} has no {key}"
            for statement in _allowing(judged)
            for pattern in statement.actions
            for key in statement.condition_keys
            if not key.startswith("aws:")
            if not any(_has(action, key) for action in matching_actions(pattern))
        ]
    )


def _has(action: str, key: str) -> bool:
    return any(re.fullmatch(_as_pattern(known), key, re.IGNORECASE) for known in condition_keys_of(action))


def _as_pattern(text: str) -> str:
    """Turn AWS's placeholders, such as `${TagKey}` and `<key>`, into a pattern."""
    return re.sub(r"\\\$\\\{\w+\\\}|<key>", ".*", re.escape(text))


def test_no_request_carries_a_key_that_the_action_does_not_have(judged: Judged) -> None:
    _fail(
        [
            f"{judgement.request.action} does not have {', '.join(judgement.decision.ignored)}"
            for judgements in (judged.recorded, *judged.allowed.values(), *judged.denied.values())
            for judgement in judgements
            if judgement.decision.ignored
        ]
    )


def test_every_call_in_the_code_of_functions_is_recorded(judged: Judged) -> None:
    services = {call.service for call in judged.calls}
    recorded = {xform_name(call.operation) for call in judged.calls}
    _fail([f"{name} is never called" for name in _called_in_code(services) - recorded])
    assert recorded


def _called_in_code(services: set[str]) -> set[str]:
    """Return the names of methods of clients that the code of functions mentions, paginators included."""
    session = botocore.session.get_session()
    operations = {
        xform_name(operation)
        for service in services
        for operation in session.get_service_model(service).operation_names
    }
    mentioned: set[str] = set()
    for module in Path(next(iter(patching_constructs.lambdas.__path__))).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Attribute):
                mentioned.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                mentioned.add(node.value)
    return mentioned & operations
