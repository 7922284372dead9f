"""What has a name of its own is not replaced for another reason: AWS refuses a second resource of that name.

CloudFormation makes the new resource before it deletes the old one. The schemas of AWS that cfn-lint carries
say which properties replace a resource.

See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

import functools
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import botocore.session

TESTS = Path(__file__).parents[1]
SNAPSHOTS = [
    path
    for suite in ("constructs", "stacks")
    for path in sorted((TESTS / suite / "__snapshots__").rglob("*.json"))
]
PART_OF_THE_NAME = {
    "AWS::Events::EventBusPolicy": {"EventBusName"},
    "AWS::Glue::Table": {"CatalogId", "DatabaseName"},
}
"""What else a name is made of: with another value it is another name."""
KEPT = {
    "AWS::IAM::ManagedPolicy": {
        "Description": "What the nodes of a patch group need to be patched",
        "Path": "/",
    }
}
"""Values that stay as they are in every version: another one would be an update that AWS refuses."""
ANOTHER_CHANNEL = {
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": {"TeamId", "TeamsTenantId"},
    "AWS::Chatbot::SlackChannelConfiguration": {"SlackWorkspaceId"},
}
"""Values that come with the channel, which is part of the name."""
REPEATABLE = {"AWS::Athena::NamedQuery": ("athena", "CreateNamedQuery")}
"""Types of which several may have one name: the operation that makes them has no error for it."""


@functools.cache
def create_only(kind: str) -> frozenset[str]:
    schemas = resources.files("cfnlint.data.schemas")
    files = json.loads((schemas / "providers" / "us-east-1.json").read_text())
    schema = json.loads((schemas / "resources" / f"{files[kind]}.json").read_text())
    return frozenset(
        pointer.removeprefix("/properties/") for pointer in schema.get("createOnlyProperties", ())
    )


def value_at(properties: dict[str, Any], pointer: str) -> Any:
    for key in pointer.split("/"):
        properties = properties.get(key, {}) if isinstance(properties, dict) else {}
    return properties or None


def named() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield, for each resource with a name of its own, its type and what else would replace it."""
    for path in SNAPSHOTS:
        for resource in json.loads(path.read_text()).get("Resources", {}).values():
            kind, properties = resource["Type"], resource.get("Properties", {})
            given = {name: value_at(properties, name) for name in create_only(kind)}
            given = {name: value for name, value in given.items() if value is not None}
            names = {name for name in given if name.endswith(("Name", "StatementId"))}
            of_the_place = PART_OF_THE_NAME.get(kind, set())
            if names - of_the_place - {"FunctionName"}:
                yield kind, {name: given[name] for name in given.keys() - names - of_the_place}


def test_nothing_but_its_name_replaces_what_has_one() -> None:
    found = {
        (kind, name): value
        for kind, others in named()
        if kind not in REPEATABLE
        for name, value in others.items()
        if name not in ANOTHER_CHANNEL.get(kind, ())
    }
    assert found == {(kind, name): value for kind, kept in KEPT.items() for name, value in kept.items()}


def test_the_exceptions_are_about_what_is_deployed() -> None:
    kinds = {kind for kind, others in named() if others}
    assert kinds == KEPT.keys() | ANOTHER_CHANNEL.keys() | REPEATABLE.keys()


def test_what_may_have_the_name_of_another_has_no_error_for_it() -> None:
    for service, operation in REPEATABLE.values():
        model = botocore.session.get_session().get_service_model(service).operation_model(operation)
        assert not [shape.name for shape in model.error_shapes if "Exist" in shape.name]
