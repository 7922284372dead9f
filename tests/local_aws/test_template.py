from typing import Any

import pytest

from local_aws.cloudformation.template import Resolver, in_dependency_order, parse, references
from local_aws.errors import NotEmulatedError, TemplateError

TEMPLATE: dict[str, Any] = {
    "Mappings": {"Zones": {"eu-west-1": {"name": "ireland"}}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsDev": {"Fn::Not": [{"Condition": "IsProd"}]},
        "IsBig": {"Fn::And": [{"Condition": "IsProd"}, {"Fn::Equals": ["a", "a"]}]},
        "IsAny": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsDev"}]},
    },
}
KNOWN = {"Stage": "prod", "AWS::Region": "eu-west-1", "Topic": "arn:topic", "Names": ["a", "b"]}


@pytest.fixture
def resolve() -> Resolver:
    return Resolver(
        TEMPLATE,
        ref=KNOWN.__getitem__,
        attribute=lambda logical_id, name: {("Topic", "TopicName"): "topic", ("Topic", "A.B"): "ab"}[
            logical_id, name
        ],
        import_value={"shared": "imported"}.__getitem__,
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Topic"}, "arn:topic"),
        ({"Fn::GetAtt": ["Topic", "TopicName"]}, "topic"),
        ({"Fn::GetAtt": "Topic.TopicName"}, "topic"),
        ({"Fn::GetAtt": "Topic.A.B"}, "ab"),
        ({"Fn::Sub": "${Topic}/${Topic.TopicName}/${!Literal}"}, "arn:topic/topic/${Literal}"),
        ({"Fn::Sub": ["${X}-${Stage}", {"X": {"Ref": "AWS::Region"}}]}, "eu-west-1-prod"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-prod"),
        ({"Fn::Join": [",", {"Ref": "Names"}]}, "a,b"),
        ({"Fn::Select": [1, {"Fn::Split": ["/", "a/b"]}]}, "b"),
        ({"Fn::Select": ["0", {"Ref": "Names"}]}, "a"),
        ({"Fn::If": ["IsProd", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsDev", "yes", "no"]}, "no"),
        ({"Fn::If": ["IsBig", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsAny", "yes", "no"]}, "yes"),
        ({"Fn::FindInMap": ["Zones", {"Ref": "AWS::Region"}, "name"]}, "ireland"),
        ({"Fn::ImportValue": "shared"}, "imported"),
        ({"Fn::Base64": "text"}, "dGV4dA=="),
        ({"Key": {"Fn::If": ["IsDev", 1, {"Ref": "AWS::NoValue"}]}, "Other": 2}, {"Other": 2}),
        ([1, {"Ref": "AWS::NoValue"}, 3], [1, 3]),
        ({"Ref": "Stage", "other": "key"}, {"Ref": "Stage", "other": "key"}),
    ],
)
def test_intrinsic_functions(resolve: Resolver, value: Any, expected: Any) -> None:
    assert resolve(value) == expected


@pytest.mark.parametrize(
    ("value", "error", "complaint"),
    [
        ({"Ref": "Missing"}, TemplateError, r"Unresolved resource dependencies \[Missing\]"),
        ({"Fn::GetAtt": ["Topic", "Colour"]}, TemplateError, "Topic does not support attribute type Colour"),
        ({"Fn::FindInMap": ["Zones", "mars", "name"]}, TemplateError, "Unable to get mapping"),
        ({"Fn::If": ["IsMissing", 1, 2]}, TemplateError, "unresolved condition 'IsMissing'"),
        ({"Fn::Transform": {}}, NotEmulatedError, "Fn::Transform is not part of the local AWS"),
        ("{{resolve:ssm:name}}", NotEmulatedError, "dynamic references are not part of the local AWS"),
    ],
)
def test_what_cannot_be_worked_out_is_an_error(
    resolve: Resolver, value: Any, error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint):
        resolve(value)


def test_an_unknown_function_in_a_condition_is_an_error(resolve: Resolver) -> None:
    with pytest.raises(NotEmulatedError, match="Fn::RefAll in a condition"):
        resolve.test({"Fn::RefAll": "x"})


def test_references_are_found_wherever_they_hide() -> None:
    value = {
        "a": [{"Ref": "One"}],
        "b": {"Fn::GetAtt": ["Two", "Arn"]},
        "c": {"Fn::GetAtt": "Three.Arn"},
        "d": {"Fn::Sub": "${Four}${Five.Arn}${!No}"},
        "e": {"Fn::Sub": ["${Local}${Six}", {"Local": {"Ref": "Seven"}}]},
    }
    assert sorted(references(value)) == sorted(["One", "Two", "Three", "Four", "Five", "Six", "Seven"])


def test_resources_come_after_what_they_need() -> None:
    order = in_dependency_order(
        {
            "Task": {"Properties": {"Window": {"Ref": "Window"}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}},
            "Window": {"DependsOn": "Role"},
            "Role": {},
        }
    )
    assert order == ["Role", "Window", "Task"]


def test_a_circle_is_an_error_that_names_its_resources() -> None:
    with pytest.raises(TemplateError, match=r"Circular dependency between resources: \[One, Two\]"):
        in_dependency_order({"One": {"DependsOn": ["Two"]}, "Two": {"Properties": {"Ref": "One"}}})


def test_a_dependency_on_nothing_is_an_error() -> None:
    with pytest.raises(TemplateError, match="Missing"):
        in_dependency_order({"One": {"DependsOn": ["Missing"]}})


def test_yaml_with_short_forms_reads_as_json_does() -> None:
    text = """
    AWSTemplateFormatVersion: 2010-09-09
    Resources:
      Role:
        Type: AWS::IAM::Role
        Condition: IsProd
        Properties:
          Arn: !GetAtt Topic.Arn
          Name: !Join ["-", [!Ref Stage, !Sub "${Stage}"]]
          Document: {Version: 2012-10-17}
    """
    assert parse(text) == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Condition": "IsProd",
                "Properties": {
                    "Arn": {"Fn::GetAtt": "Topic.Arn"},
                    "Name": {"Fn::Join": ["-", [{"Ref": "Stage"}, {"Fn::Sub": "${Stage}"}]]},
                    "Document": {"Version": "2012-10-17"},
                },
            }
        },
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "Template format error"),
        ("a: [", "Template format error"),
        ("{}", "At least one Resources member"),
        ('{"Resources": {"A": {"Type": "T"}}, "Transform": "x"}', r"\[Transform\]"),
        ('{"Resources": {"A": {"Type": "T", "CreationPolicy": {}}}}', "A .*CreationPolicy"),
    ],
)
def test_templates_that_are_refused(text: str, complaint: str) -> None:
    with pytest.raises(TemplateError, match=complaint):
        parse(text)
