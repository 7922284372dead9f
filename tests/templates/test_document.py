"""The text of a template as data."""

import json

import pytest

from patching_constructs.templates.document import parse_template
from patching_constructs.templates.template_error import ReadingError

SHORT = """
Resources:
  Window:
    Type: AWS::SSM::MaintenanceWindow
    Properties:
      Name: !Sub '${Stage}-window'
      Schedule: !Join [' ', [a, !Ref B]]
      Arn: !GetAtt Role.Arn
      Deep: !GetAtt Nested.Outputs.Name
      StartDate: 2026-01-01
      Either: !If [IsProd, !Ref "AWS::NoValue", 5]
      Octets: !Base64 'text'
"""


def properties(text: str) -> object:
    resource = parse_template(text, file="t").section("Resources")["Window"]
    assert isinstance(resource, dict)
    return resource["Properties"]


def test_short_tags_become_the_long_form() -> None:
    assert properties(SHORT) == {
        "Name": {"Fn::Sub": "${Stage}-window"},
        "Schedule": {"Fn::Join": [" ", ["a", {"Ref": "B"}]]},
        "Arn": {"Fn::GetAtt": ["Role", "Arn"]},
        "Deep": {"Fn::GetAtt": ["Nested", "Outputs.Name"]},
        "StartDate": "2026-01-01",
        "Either": {"Fn::If": ["IsProd", {"Ref": "AWS::NoValue"}, 5]},
        "Octets": {"Fn::Base64": "text"},
    }


def test_aliases_and_merge_keys_are_replaced_by_what_they_name() -> None:
    text = """
Shared: &shared {Duration: 4, Cutoff: 1}
Resources:
  Window:
    Type: AWS::SSM::MaintenanceWindow
    Properties:
      <<: *shared
      Cutoff: 2
"""
    assert properties(text) == {"Duration": 4, "Cutoff": 2}


@pytest.mark.parametrize("indent", [None, 1, 2])
def test_json_knows_the_line_of_every_logical_id(indent: int | None) -> None:
    data = {
        "Parameters": {"First": {"Type": "String"}},
        "Resources": {"First": {"Type": "A"}, "Second": {"Type": "B", "Properties": {"First": [{}]}}},
        "Outputs": {"Third": {"Value": "Resources"}},
    }
    text = json.dumps(data, indent=indent)
    document = parse_template(text, file="t")
    lines = text.splitlines()
    for section in data:
        for name in data[section]:  # type: ignore[attr-defined]
            line = document.line(section, name)
            assert line is not None
            assert f'"{name}"' in lines[line - 1]
    if indent is not None:
        assert document.line("Resources", "First") != document.line("Parameters", "First")


def test_yaml_knows_the_line_of_every_logical_id() -> None:
    assert parse_template(SHORT, file="t").line("Resources", "Window") == 3


def test_json_that_is_not_quite_json_is_read_as_yaml_as_cloudformation_does() -> None:
    text = (
        '{"Resources": {"Window": {"Type": "AWS::SSM::MaintenanceWindow", "Properties": {"Cutoff": 1,},},},}'
    )
    assert properties(text) == {"Cutoff": 1}


def test_resources_that_have_nothing_to_do_with_patching_are_forgotten() -> None:
    document = parse_template(
        '{"Resources": {"A": {"Type": "AWS::EC2::Subnet", "Properties": {"x": 1}}}}', file="t"
    )
    assert document.section("Resources") == {"A": {"Type": "AWS::EC2::Subnet"}}


def test_of_resources_that_only_cost_money_the_rest_is_forgotten() -> None:
    properties = '{"Tier": "Advanced", "Value": "secret"}'
    document = parse_template(
        '{"Resources": {"A": {"Type": "AWS::SSM::Parameter", "Condition": "C", "Metadata": {}, '
        f'"Properties": {properties}}}}}}}',
        file="t",
    )
    kept = {"Type": "AWS::SSM::Parameter", "Condition": "C", "Properties": {"Tier": "Advanced"}}
    assert document.section("Resources") == {"A": kept}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no CloudFormation template"),
        ("[]", "no CloudFormation template"),
        ("Resources: []", "no CloudFormation template"),
        ("a: b: c", "mapping values are not allowed"),
        ("Resources: {\n", "did not find expected"),
        ("\x00", "control characters are not allowed"),
        ("Resources: {}\n---\nResources: {}", "second document"),
        ("Resources: {A: &a [*a]}", "has no anchor before it"),
        ("Resources: &r {A: *r}", "has no anchor before it"),
        ("[" * 100_000, "nested"),
        ('{"Resources":' + '{"a":' * 100_000, "nested"),
        (
            "a0: &a0 [x, x]\n"
            + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
            + "\nResources: {}",
            "expands to more than",
        ),
    ],
    ids=range(12),
)
def test_what_is_no_template_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ReadingError, match=message) as caught:
        parse_template(text, file="t.yaml")
    assert str(caught.value).startswith("t.yaml")
    assert "\n" not in str(caught.value)
