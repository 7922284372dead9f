"""Which account has which dashboard, and what lets the security account read metrics of the others."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk.assertions import Template

from patching_constructs import InvalidInputError, load_settings
from stacks.organisation import define_organisation
from tests.sample import ROOT, stacks_of

REGIONS = ["eu-central-1", "eu-west-1"]
SECURITY = "222222222222"
SHARING_ROLE = "CloudWatch-CrossAccountSharingRole"
"""The name for which CloudWatch looks in an account that shares metrics:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""

Found = dict[str, list[str]]


def organization(folder: Path, **dashboards: Any) -> list[cdk.Stack]:
    """Define the accounts dev and security of the sample in two Regions."""
    data = yaml.safe_load((ROOT / "patching.yaml").read_text())
    data |= {"regions": REGIONS, "exemptions": [], "dashboards": dashboards}
    data["accounts"] = [account for account in data["accounts"] if account["name"] in {"security", "dev"}]
    data["rings"] = [ring for ring in data["rings"] if ring["name"] == "dev"]
    data["baselines"] = [each for each in data["baselines"] if each["name"].startswith("dev-")]
    (folder / "patching.yaml").write_text(yaml.safe_dump(data))
    app = cdk.App(analytics_reporting=False)
    define_organisation(app, load_settings(folder / "patching.yaml"))
    return stacks_of(app)


def found(stacks: list[cdk.Stack], type_: str, key: str) -> Found:
    """Return the values of a property that resources of a type have, by stack."""
    return {
        stack.stack_name: [
            value
            for resource in Template.from_stack(stack).find_resources(type_).values()
            if isinstance(value := resource["Properties"].get(key), str)
        ]
        for stack in stacks
    }


def test_by_default_the_security_account_has_the_only_dashboard(tmp_path: Path) -> None:
    stacks = organization(tmp_path)
    assert found(stacks, "AWS::CloudWatch::Dashboard", "DashboardName") == {
        "Patching-security": ["patching-patching"],
        "Patching-dev-eu-central-1": [],
        "Patching-dev-eu-west-1": [],
    }
    roles = found(stacks, "AWS::IAM::Role", "RoleName")
    assert [name for name, names in roles.items() if SHARING_ROLE in names] == ["Patching-dev-eu-central-1"]


def test_account_dashboards_and_the_sharing_role_are_choices(tmp_path: Path) -> None:
    stacks = organization(tmp_path, account_dashboards=True, sharing_role=False)
    dashboards = found(stacks, "AWS::CloudWatch::Dashboard", "DashboardName")
    assert dashboards == {
        "Patching-security": ["patching-patching"],
        "Patching-dev-eu-central-1": ["patching-patching-eu-central-1"],
        "Patching-dev-eu-west-1": ["patching-patching-eu-west-1"],
    }
    roles = found(stacks, "AWS::IAM::Role", "RoleName")
    assert [name for name, names in roles.items() if SHARING_ROLE in names] == []


def test_the_sharing_role_trusts_the_security_account_alone_and_only_reads_metrics(tmp_path: Path) -> None:
    _, stack, _ = organization(tmp_path)
    template = Template.from_stack(stack)
    (role,) = template.find_resources("AWS::IAM::Role", {"Properties": {"RoleName": SHARING_ROLE}}).values()
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust == {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{SECURITY}:root"},
        "Action": "sts:AssumeRole",
    }
    ((policy_id,),) = ([arn["Ref"]] for arn in role["Properties"]["ManagedPolicyArns"])
    policy = template.find_resources("AWS::IAM::ManagedPolicy")[policy_id]["Properties"]["PolicyDocument"]
    assert [statement["Action"] for statement in policy["Statement"]] == ["cloudwatch:GetMetricData"]


def test_a_word_in_place_of_true_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"patching.yaml:\d+: dashboards.account_dashboards"):
        organization(tmp_path, account_dashboards="prod")
