"""Policies that AWS refuses for their size, each with the largest one that fits."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template

from patching_constructs import ComplianceHistory, InvalidInputError
from tests.rules.test_estate_rules import found


def _policy(type_name: str, field: str, *, characters: int, **properties: object) -> dict[str, Any]:
    """Make a policy of exactly so many characters, as AWS counts them."""
    document: dict[str, Any] = {"Sid": ""}
    empty = len('{"Sid":"",}')
    document["Sid"] = "x" * (characters - empty)
    return {"Type": type_name, "Properties": {field: document, **properties}}


@pytest.mark.parametrize(
    ("type_name", "field", "limit"),
    [
        ("AWS::IAM::ManagedPolicy", "PolicyDocument", 6_144),
        ("AWS::IAM::Policy", "PolicyDocument", 10_240),
        ("AWS::KMS::Key", "KeyPolicy", 32_768),
        ("AWS::S3::BucketPolicy", "PolicyDocument", 20_480),
        ("AWS::SNS::TopicPolicy", "PolicyDocument", 30_720),
        ("AWS::Events::EventBusPolicy", "Statement", 10_240),
    ],
)
def test_a_policy_that_is_too_large_is_found(tmp_path: Path, type_name: str, field: str, limit: int) -> None:
    fits = _policy(type_name, field, characters=limit)
    assert found(tmp_path, "policy-size", {"Policy": fits}) == []
    (finding,) = found(tmp_path, "policy-size", {"Policy": _policy(type_name, field, characters=limit + 1)})
    assert finding.received == f"at least {limit + 1:,}"
    assert finding.location is not None
    assert finding.location.logical_id == "Policy"


def test_the_statements_of_one_bus_count_together(tmp_path: Path) -> None:
    def statement(bus: object) -> dict[str, Any]:
        return _policy("AWS::Events::EventBusPolicy", "Statement", characters=6_000, EventBusName=bus)

    assert found(tmp_path, "policy-size", {"A": statement("one"), "B": statement("other")}) == []
    (finding,) = found(tmp_path, "policy-size", {"A": statement("one"), "B": statement("one")})
    assert "aws:PrincipalOrgID" in str(finding.allowed)


def test_what_is_not_known_does_not_count(tmp_path: Path) -> None:
    unknown = {"Fn::Sub": ["${A}" + "x" * 6_100 + "${A}", {"A": {"Fn::ImportValue": "a"}}]}
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Sid": unknown}}}
    assert found(tmp_path, "policy-size", {"Policy": policy}) == []


@pytest.mark.parametrize(
    ("count", "options", "allowed"),
    [
        (501, {}, "at most 500, or organization_id"),
        (63, {"takes_resource_data_sync": True}, "at most 62, or no Resource Data Syncs, or organization_id"),
        (
            71,
            {"takes_resource_data_sync": True, "organization_id": "o-a1b2c3d4e5"},
            "at most 70, or no Resource Data Syncs",
        ),
    ],
)
def test_a_history_refuses_the_accounts_that_its_policies_cannot_list(
    tmp_path: Path, count: int, options: dict[str, Any], allowed: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        _history(count, **options)
    assert [finding.allowed for finding in caught.value.findings] == [allowed]
    assert found(tmp_path, "policy-size", _history(count - 1, **options)) == []


def test_an_organization_of_any_size_fits() -> None:
    assert _history(5_000, organization_id="o-a1b2c3d4e5")


def _history(count: int, **options: Any) -> dict[str, Any]:
    """Return the resources of a history of so many accounts, with names as long as they may be."""
    stack = Stack(
        App(analytics_reporting=False),
        "Security",
        env=Environment(account="222222222222", region="ap-southeast-1"),
    )
    ComplianceHistory(
        stack,
        "History",
        bucket_name="h" * 63,
        rollout_names=["w" * 128, "x" * 128],
        account_ids=[f"{number:012}" for number in range(count)],
        regions=["ap-southeast-1"],
        **options,
    )
    resources: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    return resources
