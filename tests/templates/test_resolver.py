"""CloudFormation's functions, parameters and conditions."""

from collections.abc import Callable
from typing import Any

import pytest

from patching_constructs.model.unknown import PartlyKnown, Reference, Unknown
from tests.templates.conftest import ReadAll, window

Resolved = Callable[..., object]

PARAMETERS = {
    "Stage": {"Type": "String", "Default": "prod"},
    "Names": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
    "Open": {"Type": "String"},
    "FromStore": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/patching/name"},
}
MAPPINGS = {"ByStage": {"prod": {"Name": "mapped", "List": ["x", "y"]}}}


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ("plain", "plain"),
        (7, "7"),
        (True, "true"),
        ({"Ref": "Stage"}, "prod"),
        ({"Fn::Sub": "web-${Stage}"}, "web-prod"),
        ({"Fn::Sub": ["web-${S}-${!Literal}", {"S": {"Ref": "Stage"}}]}, "web-prod-${Literal}"),
        ({"Fn::Join": ["-", ["web", {"Ref": "Stage"}]]}, "web-prod"),
        ({"Fn::Join": ["-", {"Ref": "Names"}]}, "a-b-c"),
        ({"Fn::Select": [1, {"Ref": "Names"}]}, "b"),
        ({"Fn::Select": ["2", {"Fn::Split": ["/", "x/y/z"]}]}, "z"),
        ({"Fn::FindInMap": ["ByStage", {"Ref": "Stage"}, "Name"]}, "mapped"),
        ({"Fn::Select": [0, {"Fn::FindInMap": ["ByStage", "prod", "List"]}]}, "x"),
        ({"Fn::FindInMap": ["ByStage", "dev", "Name", {"DefaultValue": "other"}]}, "other"),
        ({"Fn::If": ["IsProd", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsNotProd", "yes", "no"]}, "no"),
        ({"Fn::If": ["Both", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
        ({"Fn::Base64": "ab"}, "YWI="),
        ({"Fn::Sub": "${AWS::URLSuffix}"}, "amazonaws.com"),
        ({"Fn::Length": {"Ref": "Names"}}, "3"),
        ({"Fn::ToJsonString": {"a": [1, {"Ref": "Stage"}]}}, '{"a":[1,"prod"]}'),
        ({"Fn::Sub": "{{WINDOW_ID}}"}, "{{WINDOW_ID}}"),
    ],
)
def test_what_can_be_resolved_is(resolved: Resolved, node: object, value: str) -> None:
    conditions = {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsNotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Fn::Equals": [1, "1"]}]},
        "Either": {"Fn::Or": [{"Condition": "IsNotProd"}, {"Condition": "IsProd"}]},
    }
    assert resolved(node, Parameters=PARAMETERS, Mappings=MAPPINGS, Conditions=conditions) == value


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        ({"Ref": "Open"}, "parameter Open has no default"),
        ({"Ref": "FromStore"}, "Parameter Store"),
        ({"Ref": "Nowhere"}, "the template has no Nowhere"),
        ({"Fn::GetAtt": ["Nowhere", "Arn"]}, "the template has no Nowhere"),
        ({"Ref": "AWS::AccountId"}, "does not say to which account"),
        ({"Ref": "AWS::StackId"}, "known only at deployment"),
        ({"Fn::GetAZs": ""}, "Fn::GetAZs is resolved at deployment"),
        ({"Fn::Select": [9, {"Ref": "Names"}]}, "finds no item 9"),
        ({"Fn::Select": ["x", {"Ref": "Names"}]}, "finds no item x"),
        ({"Fn::Select": []}, "an argument of a function is missing"),
        ({"Fn::FindInMap": ["ByStage", "dev", "Name"]}, "the template maps no ByStage.dev.Name"),
        ({"Fn::FindInMap": []}, "the template maps no"),
        ({"Fn::ImportValue": "elsewhere"}, "the export elsewhere is not in the templates"),
        ({"Fn::Sub": [1, 2, 3]}, "Fn::Sub needs a text"),
        ({"Fn::If": ["IsProd"]}, "Fn::If needs"),
        ({"Ref": ["x"]}, "Ref needs a name"),
        ("{{resolve:ssm:/patching/name}}", "dynamic reference"),
        ({"Fn::Sub": "{{resolve:ssm:${Stage}}}"}, "dynamic reference"),
    ],
)
def test_what_cannot_be_resolved_is_unknown_with_a_reason(
    resolved: Resolved, node: object, reason: str
) -> None:
    value = resolved(node, Parameters=PARAMETERS, Mappings=MAPPINGS)
    assert isinstance(value, Unknown)
    assert reason in value.reason


def test_a_text_with_an_unknown_part_keeps_the_rest(resolved: Resolved) -> None:
    value = resolved({"Fn::Sub": "arn:${AWS::Partition}:x:${Open}"}, Parameters=PARAMETERS)
    assert isinstance(value, PartlyKnown)
    assert value.text == "arn:${...}:x:${...}"


def test_a_reference_names_the_resource_that_it_leads_to(resolved: Resolved) -> None:
    role = {"Role": {"Type": "AWS::IAM::Role"}}
    value = resolved({"Fn::GetAtt": "Role.Arn"}, Resources=role)
    assert isinstance(value, Reference)
    assert (value.logical_id, value.resource_type, value.attribute) == ("Role", "AWS::IAM::Role", "Arn")


def test_no_value_is_as_if_the_property_were_not_written(read_all: ReadAll) -> None:
    timezone = {"Fn::If": ["Never", "Europe/Berlin", {"Ref": "AWS::NoValue"}]}
    (estate,) = read_all(
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
        Resources={"Window": window(ScheduleTimezone=timezone)},
    )
    assert estate.windows[0].record.schedule.timezone is None


def test_a_default_that_was_taken_is_named_with_its_place(read_all: ReadAll) -> None:
    (estate,) = read_all(
        Parameters={"Hours": {"Type": "Number", "Default": 3}, "Unused": {"Default": "x"}},
        Resources={"Window": window(Duration={"Ref": "Hours"})},
    )
    assert estate.windows[0].record.duration_hours == 3
    assert [(default.name, default.value) for default in estate.parameter_defaults] == [("Hours", "3")]
    assert estate.parameter_defaults[0].location.line == 1


# --- conditions that stay open ---

OPEN: dict[str, Any] = {
    "Parameters": {"Stage": {"Type": "String"}, "Size": {"Type": "String", "AllowedValues": ["s", "m", "l"]}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsTest": {"Fn::Equals": ["test", {"Ref": "Stage"}]},
        "IsSmall": {"Fn::Equals": [{"Ref": "Size"}, "s"]},
    },
}


def names_by_assumption(read_all: ReadAll, node: object) -> dict[tuple[str, ...], object]:
    estates = read_all(Resources={"Window": window(Name=node)}, **OPEN)
    return {estate.assumptions: estate.windows[0].record.name for estate in estates}


def test_an_open_condition_is_looked_at_for_every_value_that_makes_a_difference(read_all: ReadAll) -> None:
    node = {"Fn::If": ["IsProd", "prod", {"Fn::If": ["IsTest", "test", "rest"]}]}
    assert names_by_assumption(read_all, node) == {
        ("parameter Stage is 'prod'",): "prod",
        ("parameter Stage is 'test'",): "test",
        ("parameter Stage is not 'prod' or 'test'",): "rest",
    }


def test_what_is_assumed_of_a_parameter_holds_where_it_is_referred_to(read_all: ReadAll) -> None:
    node = {"Fn::If": ["IsProd", {"Fn::Sub": "web-${Stage}"}, "other"]}
    assert names_by_assumption(read_all, node)[("parameter Stage is 'prod'",)] == "web-prod"


def test_open_conditions_are_combined(read_all: ReadAll) -> None:
    node = {"Fn::If": ["IsProd", {"Fn::If": ["IsSmall", "prod-s", "prod-x"]}, "rest"]}
    found = names_by_assumption(read_all, node)
    assert len(found) == 6
    assert set(found.values()) == {"prod-s", "prod-x", "rest"}


def test_an_open_condition_that_cannot_change_the_outcome_is_no_question(read_all: ReadAll) -> None:
    conditions = {
        **OPEN["Conditions"],
        "Never": {"Fn::And": [{"Condition": "IsProd"}, {"Fn::Equals": ["a", "b"]}]},
    }
    estates = read_all(
        Parameters=OPEN["Parameters"],
        Conditions=conditions,
        Resources={"Window": window(Name={"Fn::If": ["Never", "x", "web"]})},
    )
    assert [estate.assumptions for estate in estates] == [()]


def test_a_resource_under_an_open_condition_is_there_and_not_there(read_all: ReadAll) -> None:
    estates = read_all(Resources={"Window": {**window(), "Condition": "IsProd"}}, **OPEN)
    assert {len(estate.windows) for estate in estates} == {0, 1}


def test_an_open_condition_on_what_does_not_patch_is_not_looked_at(read_all: ReadAll) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Condition": "IsProd",
        "Properties": {"Path": {"Fn::If": ["IsTest", "a", "b"]}},
    }
    (estate,) = read_all(Resources={"Window": window(), "Role": role}, **OPEN)
    assert estate.assumptions == ()
    assert estate.resources[0].properties == {"Path": Unknown("it depends on parameter Stage")}


def test_too_many_open_conditions_are_said_and_every_answer_is_still_looked_at(read_all: ReadAll) -> None:
    count = 8
    estates = read_all(
        Parameters={f"P{n}": {"Type": "String"} for n in range(count)},
        Conditions={f"C{n}": {"Fn::Equals": [{"Ref": f"P{n}"}, "x"]} for n in range(count)},
        Resources={f"W{n}": {**window(Name=f"window-{n}"), "Condition": f"C{n}"} for n in range(count)},
    )
    assert len(estates) <= 32
    assert {window.record.name for estate in estates for window in estate.windows} == {
        f"window-{n}" for n in range(count)
    }
    assert any("combinations" in unread.what for estate in estates for unread in estate.unread)


def test_circles_come_to_an_end(resolved: Resolved) -> None:
    conditions = {"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}}
    assert resolved({"Fn::If": ["A", "yes", "no"]}, Conditions=conditions) in {"yes", "no"}


def test_deep_nesting_is_unknown(resolved: Resolved) -> None:
    node: object = "x"
    for _ in range(300):
        node = {"Fn::Join": ["", [node]]}
    value = resolved(node)
    assert isinstance(value, PartlyKnown)
    assert "nested too deeply" in value.reason


def test_texts_cannot_be_blown_up(resolved: Resolved) -> None:
    node: object = "x" * 1000
    for _ in range(30):
        node = {"Fn::Sub": ["${a}${a}", {"a": node}]}
    value = resolved(node)
    assert isinstance(value, Unknown)
    assert "longer than a template" in value.reason


@pytest.mark.parametrize("width", [2, 10])
def test_values_that_name_each_other_over_and_over_come_to_an_end(resolved: Resolved, width: int) -> None:
    """Without a limit this would take `width` to the power of 40 steps."""
    again = {"Fn::FindInMap": ["Loop", "a", "b"]}
    name = resolved(again, Mappings={"Loop": {"a": {"b": {"Fn::Join": ["", [again] * width]}}}})
    assert isinstance(name, Unknown)


def test_outputs_that_import_each_other_over_and_over_come_to_an_end(resolved: Resolved) -> None:
    outputs = {
        f"O{number}": {
            "Value": {"Fn::Join": ["", [{"Fn::ImportValue": f"e{number + 1}"}] * 10]},
            "Export": {"Name": f"e{number}"},
        }
        for number in range(20)
    }
    assert isinstance(resolved({"Fn::ImportValue": "e0"}, Outputs=outputs), Unknown)
