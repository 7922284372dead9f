"""Our resource types against the schemas that AWS publishes, as cfn-lint carries them."""

import json
from importlib import resources
from typing import Any

import pytest

from local_aws.cloudformation.cloudformation_type import CloudFormationType, fit
from local_aws.cloudformation.registry import RESOURCE_TYPES

SCHEMAS = resources.files("cfnlint.data.schemas")
# Types that keep a property which the schema lets change, because no API call changes it.
MORE_CREATE_ONLY = {
    # See: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
    "AWS::DynamoDB::Table": {"AttributeDefinitions", "KeySchema"},
    "AWS::Events::Rule": {"EventBusName"},
}


@pytest.fixture(scope="module")
def schema_files() -> dict[str, str]:
    found: dict[str, str] = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
    return found


def schema(schema_files: dict[str, str], kind: CloudFormationType) -> dict[str, Any]:
    text = (SCHEMAS / "resources" / f"{schema_files[kind.type_name]}.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


def top_level(pointers: list[str]) -> set[str]:
    return {pointer.split("/")[2] for pointer in pointers if pointer.count("/") == 2}


@pytest.mark.parametrize("kind", RESOURCE_TYPES.values(), ids=RESOURCE_TYPES.keys())
def test_a_type_takes_only_properties_that_aws_has(
    schema_files: dict[str, str], kind: CloudFormationType
) -> None:
    published = schema(schema_files, kind)
    assert kind.properties <= published["properties"].keys() - top_level(
        published.get("readOnlyProperties", [])
    )


@pytest.mark.parametrize("kind", RESOURCE_TYPES.values(), ids=RESOURCE_TYPES.keys())
def test_a_type_takes_what_aws_requires(schema_files: dict[str, str], kind: CloudFormationType) -> None:
    assert kind.properties >= set(schema(schema_files, kind).get("required", []))


@pytest.mark.parametrize("kind", RESOURCE_TYPES.values(), ids=RESOURCE_TYPES.keys())
def test_a_type_is_replaced_where_aws_replaces_it(
    schema_files: dict[str, str], kind: CloudFormationType
) -> None:
    published = top_level(schema(schema_files, kind).get("createOnlyProperties", []))
    assert kind.create_only == (published & kind.properties) | MORE_CREATE_ONLY.get(kind.type_name, set())


@pytest.mark.parametrize(
    ("name", "length", "expected"),
    [
        ("stack-Role-ABC", 64, "stack-Role-ABC"),
        ("stack-Role-ABC", 14, "stack-Role-ABC"),
        ("stack-Role-ABC", 10, "stack--ABC"),
        ("stack-Role-ABC", 9, "stack-ABC"),
    ],
)
def test_a_generated_name_is_cut_in_its_middle(name: str, length: int, expected: str) -> None:
    assert fit(name, length) == expected
