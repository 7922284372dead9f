"""What a new account refuses, each with the largest number that it accepts."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from patching_constructs.model.account_quotas import NEW_ACCOUNT_QUOTAS, AccountQuotas
from patching_constructs.model.finding import Finding, Level
from patching_constructs.rules.estate import CheckOptions, check_estates
from patching_constructs.templates.estate_files import read_estates
from tests.rules.test_estate_rules import HORIZON
from tests.templates.test_estate import stack_artifact, write

Resources = dict[str, Any]
Stacks = dict[str, Resources]

HERE = "111111111111/eu-central-1"
ELSEWHERE = "111111111111/us-east-1"
OTHER_ACCOUNT = "222222222222/eu-central-1"


def check(folder: Path, stacks: Stacks, **quotas: int) -> list[Finding]:
    """Check an assembly of one stack for each account and Region; return what it says of quotas."""
    names = {where: f"Stack{number}" for number, where in enumerate(stacks)}
    artifacts = {
        name: stack_artifact(f"{name}.template.json", f"aws://{where}") for where, name in names.items()
    }
    write(folder / "manifest.json", {"artifacts": artifacts})
    for where, resources in stacks.items():
        write(folder / f"{names[where]}.template.json", {"Resources": resources})
    options = CheckOptions(horizon=HORIZON, account_quotas=AccountQuotas(**quotas))
    findings = check_estates(read_estates([folder]), options)
    assert [finding for finding in findings if finding.id == "rule-failed"] == []
    return [
        finding
        for finding in findings
        if finding.id in {"account-quota", "lambda-concurrency", "policy-size"}
    ]


def several(type_name: str, count: int, **properties: object) -> Resources:
    return {f"R{number}": {"Type": type_name, "Properties": properties} for number in range(count)}


COUNTED = {
    "event_buses": "AWS::Events::EventBus",
    "event_rules_per_bus": "AWS::Events::Rule",
    "log_groups": "AWS::Logs::LogGroup",
    "topics": "AWS::SNS::Topic",
    "tables": "AWS::DynamoDB::Table",
    "keys": "AWS::KMS::Key",
    "standard_parameters": "AWS::SSM::Parameter",
    "documents": "AWS::SSM::Document",
    "config_rules": "AWS::Config::ConfigRule",
    "buckets": "AWS::S3::Bucket",
    "roles": "AWS::IAM::Role",
    "customer_managed_policies": "AWS::IAM::ManagedPolicy",
    "instance_profiles": "AWS::IAM::InstanceProfile",
}
OF_ALL_REGIONS = {"buckets", "roles", "customer_managed_policies", "instance_profiles"}
OF_ONE_RESOURCE = {
    "targets_per_event_rule",
    "filter_policies_per_topic",
    "managed_policies_per_role",
    "event_bus_policy_characters",
    "role_trust_policy_characters",
}


def test_each_quota_has_a_test() -> None:
    tested = {*COUNTED, *OF_ONE_RESOURCE, "lambda_concurrent_executions"}
    assert tested == {field.name for field in dataclasses.fields(AccountQuotas)}


@pytest.mark.parametrize("quota", COUNTED)
def test_more_than_a_quota_is_found(tmp_path: Path, quota: str) -> None:
    assert check(tmp_path, {HERE: several(COUNTED[quota], 3)}, **{quota: 3}) == []
    (finding,) = check(tmp_path, {HERE: several(COUNTED[quota], 4)}, **{quota: 3})
    assert (finding.id, finding.level) == ("account-quota", Level.ERROR)
    assert (finding.field, finding.received) == (quota, "4")
    assert finding.allowed == f"up to 3; if AWS has raised the quota, set quotas.{quota}"
    assert finding.source is not None
    assert finding.location is not None
    assert finding.location.logical_id == "R3"


@pytest.mark.parametrize(
    "quota", [name for name in COUNTED if (getattr(NEW_ACCOUNT_QUOTAS, name) or 300) <= 2_500]
)
def test_a_new_account_has_the_quota_of_aws(tmp_path: Path, quota: str) -> None:
    most = getattr(NEW_ACCOUNT_QUOTAS, quota) or 300
    assert check(tmp_path, {HERE: several(COUNTED[quota], most)}) == []
    (finding,) = check(tmp_path, {HERE: several(COUNTED[quota], most + 1)})
    assert finding.field == quota


@pytest.mark.parametrize("quota", COUNTED)
@pytest.mark.parametrize("other", [ELSEWHERE, OTHER_ACCOUNT])
def test_quotas_are_of_a_region_or_of_an_account(tmp_path: Path, quota: str, other: str) -> None:
    stacks = {HERE: several(COUNTED[quota], 2), other: several(COUNTED[quota], 2)}
    findings = check(tmp_path, stacks, **{quota: 3})
    assert [finding.field for finding in findings] == [quota] * (
        quota in OF_ALL_REGIONS and other == ELSEWHERE
    )


def test_each_event_bus_has_a_quota_of_rules(tmp_path: Path) -> None:
    rules = {
        **several("AWS::Events::Rule", 2),
        "A": {"Type": "AWS::Events::Rule", "Properties": {"EventBusName": "patching"}},
        "B": {"Type": "AWS::Events::Rule", "Properties": {"EventBusName": {"Ref": "Bus"}}},
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "other"}},
    }
    assert check(tmp_path, {HERE: rules}, event_rules_per_bus=2) == []
    rules["C"] = rules["B"]
    rules["D"] = rules["B"]
    (finding,) = check(tmp_path, {HERE: rules}, event_rules_per_bus=2)
    assert finding.location is not None
    assert finding.location.logical_id == "D"


def test_some_regions_have_fewer_rules(tmp_path: Path) -> None:
    rules = several("AWS::Events::Rule", 101)
    assert check(tmp_path, {HERE: rules}) == []
    (finding,) = check(tmp_path, {"111111111111/af-south-1": rules})
    assert finding.allowed is not None
    assert finding.allowed.startswith("up to 100;")
    assert check(tmp_path, {"111111111111/af-south-1": rules}, event_rules_per_bus=101) == []


def test_parameters_of_the_advanced_tier_have_a_quota_of_their_own(tmp_path: Path) -> None:
    stacks = {HERE: several("AWS::SSM::Parameter", 3, Tier="Advanced")}
    assert check(tmp_path, stacks, standard_parameters=2) == []


def _rule(targets: int) -> Resources:
    return {"R": {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Id": "x"}] * targets}}}


def _subscriptions(count: int) -> Resources:
    return several(
        "AWS::SNS::Subscription", count, TopicArn={"Ref": "T"}, FilterPolicy={"ring": ["prod"]}
    ) | {
        "T": {"Type": "AWS::SNS::Topic"},
        "Everything": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": "T"}}},
    }


def _role(policies: int) -> Resources:
    """A role that names all of its policies but one, which names the role."""
    arns = [{"Ref": f"P{number}"} for number in range(policies - 1)]
    return {
        **{f"P{number}": {"Type": "AWS::IAM::ManagedPolicy"} for number in range(policies - 1)},
        "R": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": arns}},
        "Attached": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"Roles": [{"Ref": "R"}]}},
    }


def _composite(alarms: int) -> Resources:
    rule = " OR ".join(f'ALARM("arn:{number}")' for number in range(alarms))
    return {"R": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": rule}}}


def _composite_of_references(alarms: int) -> Resources:
    parts: list[object] = []
    for number in range(alarms):
        parts += [" OR NOT OK(" if number else "OK(", {"Fn::GetAtt": [f"A{number}", "Arn"]}, ")"]
    return {
        **{f"A{number}": {"Type": "AWS::CloudWatch::Alarm"} for number in range(alarms)},
        "R": {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {"AlarmRule": {"Fn::Join": ["", parts]}},
        },
    }


def _alarm(actions: int) -> Resources:
    return {"R": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"OKActions": ["arn:x"] * actions}}}


@pytest.mark.parametrize(
    ("quota", "resources", "most", "can_be_raised"),
    [
        ("targets_per_event_rule", _rule, 5, True),
        ("filter_policies_per_topic", _subscriptions, 200, True),
        ("managed_policies_per_role", _role, 10, True),
        ("alarms_of_a_composite_alarm", _composite, 100, False),
        ("alarms_of_a_composite_alarm", _composite_of_references, 100, False),
        ("actions_of_an_alarm", _alarm, 5, False),
    ],
)
def test_more_than_one_resource_may_have_is_found(
    tmp_path: Path, quota: str, resources: Any, most: int, can_be_raised: bool
) -> None:
    assert check(tmp_path, {HERE: resources(most)}) == []
    (finding,) = check(tmp_path, {HERE: resources(most + 1)})
    assert (finding.id, finding.field, finding.received) == ("account-quota", quota, f"{most + 1}")
    assert ("quotas." in str(finding.allowed)) is can_be_raised
    if can_be_raised:
        assert check(tmp_path, {HERE: resources(most + 1)}, **{quota: most + 1}) == []


@pytest.mark.parametrize(
    ("quota", "type_name", "field"),
    [
        ("event_bus_policy_characters", "AWS::Events::EventBusPolicy", "Statement"),
        ("role_trust_policy_characters", "AWS::IAM::Role", "AssumeRolePolicyDocument"),
    ],
)
def test_sizes_that_aws_raises_on_request_can_be_stated(
    tmp_path: Path, quota: str, type_name: str, field: str
) -> None:
    most = getattr(NEW_ACCOUNT_QUOTAS, quota)
    larger = {HERE: several(type_name, 1, **{field: {"Sid": "x" * most}})}
    (finding,) = check(tmp_path, larger)
    assert finding.id == "policy-size"
    assert f"quotas.{quota}" in str(finding.allowed)
    assert check(tmp_path, larger, **{quota: 2 * most}) == []


def _functions(*reserved: object, type_name: str = "AWS::Lambda::Function") -> Resources:
    return {
        f"F{number}": {"Type": type_name, "Properties": {"ReservedConcurrentExecutions": value}}
        for number, value in enumerate(reserved)
    }


@pytest.mark.parametrize("type_name", ["AWS::Lambda::Function", "AWS::Serverless::Function"])
@pytest.mark.parametrize("value", [1, "1"])
def test_a_new_account_refuses_any_reservation(tmp_path: Path, type_name: str, value: object) -> None:
    (finding,) = check(tmp_path, {HERE: _functions(value, type_name=type_name)})
    assert (finding.id, finding.level) == ("lambda-concurrency", Level.ERROR)
    assert "Lambda keeps 10 unreserved" in finding.message
    assert finding.received == "1 in 1 function"
    assert finding.allowed == (
        "no reservation; if the quota of the account is 101 or more, set quotas.lambda_concurrent_executions"
    )


@pytest.mark.parametrize(
    ("quota", "room"),
    [(10, 0), (50, 0), (100, 0), (101, 1), (1_000, 900)],
)
def test_lambda_keeps_a_hundred_executions_unreserved(tmp_path: Path, quota: int, room: int) -> None:
    fits = {HERE: _functions(room), ELSEWHERE: _functions(room), OTHER_ACCOUNT: _functions(room)}
    assert check(tmp_path, fits, lambda_concurrent_executions=quota) == []
    (finding,) = check(tmp_path, {HERE: _functions(room, 1)}, lambda_concurrent_executions=quota)
    assert finding.location is not None
    assert finding.location.logical_id == "F1"


def test_a_function_that_may_not_run_reserves_nothing(tmp_path: Path) -> None:
    assert check(tmp_path, {HERE: _functions(0, {"Ref": "AWS::NoValue"})}) == []


def test_a_reservation_that_is_not_known_is_undecided(tmp_path: Path) -> None:
    reserved = {"Fn::ImportValue": "reserved"}
    (finding,) = check(tmp_path, {HERE: _functions(reserved)}, lambda_concurrent_executions=1_000)
    assert (finding.id, finding.level) == ("lambda-concurrency", Level.INFO)
    assert finding.undecided is not None
    (finding,) = check(tmp_path, {HERE: _functions(reserved, 901)}, lambda_concurrent_executions=1_000)
    assert finding.level is Level.ERROR
