"""Whatever is in a template, reading and checking it ends without a traceback."""

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patching_constructs.cli.arguments import parse_horizon, parse_rings
from patching_constructs.model.estate import Estate
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.templates.estate_files import read_estates
from patching_constructs.templates.template_error import ReadingError
from tests.templates.conftest import window
from tests.templates.test_estate import target, task

FUNCTIONS = [
    *("Ref", "Condition"),
    *(
        f"Fn::{name}"
        for name in (
            *(
                "And",
                "Base64",
                "Cidr",
                "Equals",
                "FindInMap",
                "ForEach",
                "GetAtt",
                "GetAZs",
                "If",
                "ImportValue",
            ),
            *("Join", "Length", "Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform"),
        )
    ),
]
NAMES = ["Window", "Target", "Task", "Baseline", "P", "IsProd", "AWS::NoValue", "AWS::Region", "Nested"]
TEXTS = st.one_of(
    st.sampled_from(
        [*NAMES, "${P}", "${Window.Arn}", "${!x}", "${", "cron(0 2 ? * SUN *)", "rate(1 day)", "a,b"]
    ),
    st.text(max_size=8),
)
SCALARS = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats(), st.just("dev"))
NODES = st.recursive(
    SCALARS,
    lambda nodes: st.one_of(
        st.lists(nodes, max_size=4),
        st.dictionaries(
            st.one_of(st.sampled_from(FUNCTIONS + NAMES), st.text(max_size=4)), nodes, max_size=3
        ),
    ),
    max_leaves=12,
)
OPTIONS = CheckOptions(
    horizon=parse_horizon("2026-11-23", "2027-05-23", today=dt.date(2026, 11, 23)),
    rings=parse_rings("dev,prod=*"),
)

VALID: dict[str, Any] = {
    "Parameters": {"P": {"Type": "String", "Default": "prod"}},
    "Mappings": {"M": {"a": {"b": "c"}}},
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "P"}, "prod"]}},
    "Outputs": {"O": {"Value": {"Ref": "Window"}, "Export": {"Name": "x"}}},
    "Transform": "AWS::LanguageExtensions",
    "Resources": {
        "Window": {
            **window(Tags=[{"Key": "patching-constructs:ring", "Value": "dev"}]),
            "Metadata": {"patching-constructs": {"ring": "dev", "ring-order": 1}},
            "Condition": "IsProd",
        },
        "Target": target(),
        "Task": task(),
        "Baseline": {
            "Type": "AWS::SSM::PatchBaseline",
            "Properties": {
                "Name": "web",
                "OperatingSystem": "AMAZON_LINUX_2023",
                "PatchGroups": ["dev", "prod"],
                "ApprovedPatches": ["kernel*"],
                "GlobalFilters": {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]},
                "Sources": [{"Name": "repo", "Products": ["*"], "Configuration": "[main]"}],
                "ApprovalRules": {
                    "PatchRules": [
                        {
                            "ApproveAfterDays": 0,
                            "PatchFilterGroup": {
                                "PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["Security"]}]
                            },
                        }
                    ]
                },
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "Policies": [{"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "*"}}}],
                "ManagedPolicyArns": ["x"],
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": {"Ref": "Key"}}},
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [{"Principal": "*"}]}}},
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"Namespace": "AWS/SSM-RunCommand", "AlarmActions": [{"Ref": "Topic"}]},
        },
        "Instance": {
            "Type": "AWS::EC2::Instance",
            "Properties": {"Tags": [{"Key": "PatchGroup", "Value": "dev"}]},
        },
        "Template": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateData": {"TagSpecifications": [{"ResourceType": "instance", "Tags": []}]}
            },
        },
        "Association": {
            "Type": "AWS::SSM::Association",
            "Properties": {"Name": "AWS-RunPatchBaseline", "Parameters": {"Operation": ["Scan"]}},
        },
        "Policy": {
            "Type": "AWS::SSMQuickSetup::ConfigurationManager",
            "Properties": {
                "ConfigurationDefinitions": [
                    {"Type": "AWSQuickSetupType-PatchPolicy", "Parameters": {"TargetType": "*"}}
                ]
            },
        },
    },
}


def places(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value in a template."""
    if isinstance(node, dict):
        return [path, *(found for key, value in node.items() for found in places(value, (*path, key)))]
    if isinstance(node, list):
        return [path, *(found for index, value in enumerate(node) for found in places(value, (*path, index)))]
    return [path]


PLACES = [path for path in places(VALID) if path]


def check(folder: Path, text: str) -> tuple[Estate, ...]:
    path = folder / "template.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        estates = read_estates([path])
    except ReadingError:
        return ()
    for finding in check_estates(estates, OPTIONS):
        assert finding.id != "rule-failed", finding
        assert str(finding)
    return estates


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def test_the_template_that_is_corrupted_is_fine_by_itself(folder: Path) -> None:
    estates = check(folder, json.dumps(VALID))
    assert len(estates[0].baselines) == 1
    assert len(estates[0].windows[0].record.tasks) == 1
    assert len(estates[0].resources) == 8
    assert estates[0].mistakes == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), NODES), min_size=1, max_size=4))
def test_a_template_with_anything_in_the_wrong_place(
    folder: Path, changes: list[tuple[tuple[str | int, ...], object]]
) -> None:
    template = copy.deepcopy(VALID)
    for path, node in changes:
        holder: Any = template
        try:
            for part in path[:-1]:
                holder = holder[part]
            holder[path[-1]] = node
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change has taken the place away
    check(folder, json.dumps(template))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.sampled_from(list("{}[]:,&*!|>-?#%@'\" \n\tabRefsou<~01")), max_size=80))
def test_random_text(folder: Path, text: str) -> None:
    check(folder, text)
    check(folder, f"Resources:\n  Window: {text}")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_text(folder: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([json.dumps(VALID, indent=1), yaml.safe_dump(VALID)]))
    start = data.draw(st.integers(0, len(text)))
    removed = data.draw(st.integers(0, 40))
    check(folder, text[:start] + data.draw(st.text(max_size=5)) + text[start + removed :])
