"""What is counted, against figures that are worked out by hand."""

import datetime as dt
import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patching_constructs.analysis.costs.billable_amount import product
from patching_constructs.analysis.costs.estate_units import billable_units
from patching_constructs.analysis.costs.window_units import CostAssumptions
from patching_constructs.contracts.compliance_metrics import AccountMetric, ComplianceMetric
from patching_constructs.contracts.published_metrics import PublishedMetrics
from patching_constructs.model.billable_unit import UNIT_DESCRIPTIONS, BillableUnit
from patching_constructs.model.estate import Environment, Estate, ResourceAt
from patching_constructs.model.location import Location
from patching_constructs.model.unknown import Maybe, PartlyKnown, Unknown
from patching_constructs.schedules.horizon import horizon_between
from patching_constructs.templates.estate_files import read_estates
from patching_constructs.templates.resource_types import COUNTED, LOOKED_AT
from tests.templates.conftest import window
from tests.templates.test_estate import stack_artifact, target, task

Amounts = dict[BillableUnit, Maybe[Fraction]]

YEAR = horizon_between(dt.date(2027, 1, 1), dt.date(2028, 1, 1))
"""365 days, which are twelve months of 730 hours; with 52 Sundays."""
HERE = Environment(account="111111111111", region="eu-central-1")


def used(estate: Estate, nodes: Mapping[str, int] | None = None, **assumptions: int) -> Amounts:
    """What an estate of one account and Region uses, without what it certainly does not use."""
    environments = billable_units(
        estate, horizon=YEAR, node_counts=nodes or {}, assumptions=CostAssumptions(**assumptions)
    )
    uses = [use for environment in environments for use in environment.uses if not use.is_nothing]
    assert len({use.unit for use in uses}) == len(uses)
    return {use.unit: use.amount for use in uses}


def known(estate: Estate, nodes: Mapping[str, int] | None = None) -> dict[BillableUnit, Fraction]:
    """What is known of the amounts of an estate of one account and Region."""
    (found,) = billable_units(estate, horizon=YEAR, node_counts=nodes or {}, assumptions=CostAssumptions())
    return {use.unit: use.known for use in found.uses if use.known}


def read(tmp_path: Path, resources: dict[str, Any]) -> Estate:
    (tmp_path / "template.json").write_text(json.dumps({"Resources": resources}))
    (estate,) = read_estates([tmp_path / "template.json"])
    return estate


def resource(type_: str, **properties: object) -> Estate:
    here = ResourceAt(type=type_, properties=properties, environment=HERE, location=Location(logical_id="X"))
    return Estate(resources=(here,))


def text_of(amount: Maybe[Fraction]) -> str:
    assert isinstance(amount, Unknown)
    return amount.reason


# --- vocabulary ---


def test_every_unit_is_described_with_its_assumption_and_source() -> None:
    assert list(UNIT_DESCRIPTIONS) == list(BillableUnit)
    for description in UNIT_DESCRIPTIONS.values():
        assert description.what
        assert description.assumption
        assert description.source.startswith("https://aws.amazon.com/")


# --- automation ---

RUNBOOK = {"schemaVersion": "0.3", "mainSteps": [{"name": "a", "action": "aws:pause"}] * 3}


def automation(content: object = RUNBOOK, **properties: object) -> dict[str, Any]:
    return {
        "Window": window(ScheduleTimezone="UTC"),
        "Target": target(),
        "Task": task(TaskType="AUTOMATION", TaskArn={"Ref": "Runbook"}, **properties),
        "Runbook": {"Type": "AWS::SSM::Document", "Properties": {"Name": "patch", "Content": content}},
    }


def test_steps_are_runs_times_nodes_times_steps(tmp_path: Path) -> None:
    amounts = used(read(tmp_path, automation()), {"web": 10})
    assert amounts == {BillableUnit.AUTOMATION_STEPS: Fraction(52, 12) * 10 * 3}


@pytest.mark.parametrize(
    "task_arn", ["patch", "arn:aws:ssm:eu-central-1:111111111111:automation-definition/patch:$DEFAULT"]
)
def test_a_runbook_is_found_by_its_name_too(tmp_path: Path, task_arn: str) -> None:
    resources = automation()
    resources["Task"]["Properties"]["TaskArn"] = task_arn
    assert used(read(tmp_path, resources), {"web": 1}) == {
        BillableUnit.AUTOMATION_STEPS: Fraction(52 * 3, 12)
    }


def test_a_task_without_targets_runs_its_runbook_once(tmp_path: Path) -> None:
    amounts = used(read(tmp_path, automation(Targets=[])))
    assert amounts == {BillableUnit.AUTOMATION_STEPS: Fraction(52 * 3, 12)}


def test_a_runbook_of_someone_else_is_unknown(tmp_path: Path) -> None:
    resources = automation()
    resources["Task"]["Properties"]["TaskArn"] = "AWS-PatchInstanceWithRollback"
    amounts = used(read(tmp_path, resources), {"web": 1})
    assert "AWS-PatchInstanceWithRollback" in text_of(amounts[BillableUnit.AUTOMATION_STEPS])
    assert BillableUnit.AUTOMATION_SCRIPT_SECONDS in amounts


def test_seconds_of_scripts_are_unknown_where_there_are_scripts(tmp_path: Path) -> None:
    content = {"mainSteps": [{"action": "aws:executeScript"}, {"action": "aws:pause"}]}
    amounts = used(read(tmp_path, automation(content)), {"web": 1})
    assert amounts[BillableUnit.AUTOMATION_STEPS] == Fraction(52 * 2, 12)
    assert "how long a script" in text_of(amounts[BillableUnit.AUTOMATION_SCRIPT_SECONDS])


@pytest.mark.parametrize(
    "content",
    [
        {"mainSteps": [{"action": "aws:executeAutomation"}]},
        {"mainSteps": [{"action": "aws:loop"}]},
        {"mainSteps": [{"action": {"Fn::GetAtt": ["Window", "X"]}}]},
        {"mainSteps": "none"},
        {},
        "mainSteps: []",
        {"Fn::GetAtt": ["Window", "X"]},
    ],
)
def test_steps_that_a_runbook_does_not_state_are_unknown(tmp_path: Path, content: object) -> None:
    amounts = used(read(tmp_path, automation(content)), {"web": 1})
    assert isinstance(amounts[BillableUnit.AUTOMATION_STEPS], Unknown)


def test_a_runbook_may_be_written_as_json(tmp_path: Path) -> None:
    amounts = used(read(tmp_path, automation(json.dumps(RUNBOOK))), {"web": 1})
    assert amounts == {BillableUnit.AUTOMATION_STEPS: Fraction(52 * 3, 12)}


# --- nodes and runs ---


def test_a_patch_group_of_unknown_size_makes_steps_unknown(tmp_path: Path) -> None:
    amounts = used(read(tmp_path, automation()))
    assert "the patch group 'web'" in text_of(amounts[BillableUnit.AUTOMATION_STEPS])


def test_no_nodes_are_no_steps_whatever_the_runbook_does(tmp_path: Path) -> None:
    assert used(read(tmp_path, automation({})), {"web": 0}) == {}


def test_a_window_that_never_opens_uses_nothing_whoever_its_nodes_are(tmp_path: Path) -> None:
    resources = automation() | {"Window": window(Schedule="at(2020-01-01T00:00:00)")}
    assert used(read(tmp_path, resources)) == {}


def test_nodes_that_a_target_names_are_counted(tmp_path: Path) -> None:
    keys = [{"Key": "InstanceIds", "Values": ["i-1", "i-2"]}]
    amounts = used(read(tmp_path, automation(Targets=keys)))
    assert amounts == {BillableUnit.AUTOMATION_STEPS: Fraction(52 * 2 * 3, 12)}


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        ({"Schedule": "rate(10 days)"}, Fraction(365, 10) / 12),
        ({"Schedule": "rate(10 days)", "EndDate": "2027-01-21T00:00:00Z"}, Fraction(2, 12)),
        ({"Schedule": "rate(10 days)", "EndDate": "2026-01-21T00:00:00Z"}, Fraction(0)),
        ({"Schedule": "rate(10 days)", "StartDate": "2027-12-20T00:00:00Z"}, Fraction(2, 12)),
        ({"Schedule": "cron(0 2 ? * TUE#2 *)"}, Fraction(1)),
        ({"Schedule": "at(2027-06-01T02:00:00)"}, Fraction(1, 12)),
    ],
)
def test_runs_are_averaged_over_the_horizon(tmp_path: Path, schedule: dict[str, str], runs: Fraction) -> None:
    resources = automation(Targets=[]) | {"Window": window(**schedule)}
    amount = used(read(tmp_path, resources)).get(BillableUnit.AUTOMATION_STEPS, Fraction())
    assert amount == runs * 3


def test_a_schedule_that_is_not_known_makes_steps_unknown(tmp_path: Path) -> None:
    resources = automation() | {"Window": window(Schedule={"Fn::GetAtt": ["Runbook", "X"]})}
    assert isinstance(used(read(tmp_path, resources), {"web": 1})[BillableUnit.AUTOMATION_STEPS], Unknown)


# --- command output ---


def command(**parameters: object) -> dict[str, Any]:
    invocation = {"Parameters": {"Operation": ["Scan"]}, **parameters}
    return {
        "Window": window(ScheduleTimezone="UTC"),
        "Target": target(),
        "Task": task(TaskInvocationParameters={"MaintenanceWindowRunCommandParameters": invocation}),
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 365}},
    }


def bucket(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"LifecycleConfiguration": {"Rules": list(rules)}}}


def to_logs(**config: object) -> dict[str, Any]:
    return command(
        CloudWatchOutputConfig={
            "CloudWatchLogGroupName": {"Ref": "Logs"},
            "CloudWatchOutputEnabled": True,
            **config,
        }
    )


def test_log_output_is_runs_times_nodes_times_what_a_command_prints(tmp_path: Path) -> None:
    amounts = used(read(tmp_path, to_logs()), {"web": 30}, output_kilobytes=500)
    gigabytes = Fraction(52, 12) * 30 * 500 / 1_000_000
    assert amounts == {
        BillableUnit.LOG_GIGABYTES: gigabytes,
        BillableUnit.LOG_STORAGE_GIGABYTES: gigabytes * 12,
    }


@pytest.mark.parametrize("enabled", [False, None])
def test_output_that_is_not_switched_on_is_not_logged(tmp_path: Path, enabled: object) -> None:
    assert used(read(tmp_path, to_logs(CloudWatchOutputEnabled=enabled)), {"web": 30}) == {}


def test_a_switch_that_is_not_known_makes_output_unknown(tmp_path: Path) -> None:
    enabled = {"Fn::GetAtt": ["Window", "X"]}
    amounts = used(read(tmp_path, to_logs(CloudWatchOutputEnabled=enabled)), {"web": 30})
    assert isinstance(amounts[BillableUnit.LOG_GIGABYTES], Unknown)


@pytest.mark.parametrize(
    ("logs", "reason"),
    [
        ({}, "for ever"),
        ({"RetentionInDays": {"Fn::GetAtt": ["Window", "X"]}}, "made at deployment"),
        ({"RetentionInDays": "long"}, "no number"),
    ],
)
def test_storage_of_logs_needs_a_retention(tmp_path: Path, logs: dict[str, Any], reason: str) -> None:
    resources = to_logs() | {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": logs}}
    amounts = used(read(tmp_path, resources), {"web": 30})
    assert isinstance(amounts[BillableUnit.LOG_GIGABYTES], Fraction)
    assert reason in text_of(amounts[BillableUnit.LOG_STORAGE_GIGABYTES])


def test_a_log_group_is_found_by_its_name_too(tmp_path: Path) -> None:
    logs = {"LogGroupName": "/patching", "RetentionInDays": "730"}
    resources = to_logs(CloudWatchLogGroupName="/patching")
    resources |= {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": logs}}
    amounts = used(read(tmp_path, resources), {"web": 30})
    assert product(amounts[BillableUnit.LOG_GIGABYTES], 24) == amounts[BillableUnit.LOG_STORAGE_GIGABYTES]


def test_the_default_log_group_keeps_output_no_one_knows_how_long(tmp_path: Path) -> None:
    resources = to_logs(CloudWatchLogGroupName=None)
    amounts = used(read(tmp_path, resources), {"web": 30})
    assert "how long" in text_of(amounts[BillableUnit.LOG_STORAGE_GIGABYTES])


YEARLY = {"Status": "Enabled", "ExpirationInDays": 365}


def test_output_is_kept_in_a_bucket_until_it_expires(tmp_path: Path) -> None:
    uploads = {"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}
    resources = command(OutputS3BucketName={"Ref": "Bucket"}) | {"Bucket": bucket(uploads, YEARLY)}
    estate = read(tmp_path, resources)
    gigabytes = Fraction(52, 12) * 30 * 100 / 1_000_000
    assert known(estate, {"web": 30}) == {BillableUnit.S3_STORAGE_GIGABYTES: gigabytes * 12}
    amounts = used(estate, {"web": 30})
    assert amounts.keys() == {BillableUnit.S3_STORAGE_GIGABYTES, BillableUnit.S3_WRITE_REQUESTS}
    assert "besides command output" in text_of(amounts[BillableUnit.S3_STORAGE_GIGABYTES])


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ([], "for ever"),
        ([YEARLY | {"Status": "Disabled"}], "for ever"),
        ([YEARLY | {"Prefix": "x/"}], "for ever"),
        ([YEARLY | {"ExpirationInDays": "long"}], "no number"),
        ([YEARLY | {"ExpirationInDays": {"Fn::GetAtt": ["Window", "X"]}}], "made at deployment"),
    ],
)
def test_storage_in_a_bucket_needs_an_expiration(
    tmp_path: Path, rules: list[dict[str, Any]], reason: str
) -> None:
    resources = command(OutputS3BucketName={"Ref": "Bucket"}) | {"Bucket": bucket(*rules)}
    amounts = used(read(tmp_path, resources), {"web": 30})
    assert reason in text_of(amounts[BillableUnit.S3_STORAGE_GIGABYTES])


def test_output_to_a_bucket_that_no_template_has_may_leave_the_region(tmp_path: Path) -> None:
    amounts = used(read(tmp_path, command(OutputS3BucketName="elsewhere")), {"web": 30})
    assert "in which Region the bucket" in text_of(amounts[BillableUnit.CROSS_REGION_GIGABYTES])
    assert "how long the bucket" in text_of(amounts[BillableUnit.S3_STORAGE_GIGABYTES])


@pytest.mark.parametrize(("region", "leaves"), [("eu-central-1", False), ("us-east-1", True)])
def test_output_to_a_bucket_of_another_region_leaves_it(tmp_path: Path, region: str, leaves: bool) -> None:
    resources = command(OutputS3BucketName="output")
    central = bucket(YEARLY)
    central["Properties"]["BucketName"] = "output"
    stacks = {
        "nodes": ("eu-central-1", resources),
        "central": (region, {"Output": central}),
    }
    artifacts = {}
    for name, (stack_region, stack_resources) in stacks.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"Resources": stack_resources}))
        artifacts[name] = stack_artifact(f"{name}.json", f"aws://111111111111/{stack_region}")
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    (estate,) = read_estates([tmp_path])
    (here,) = (
        entry
        for entry in billable_units(
            estate, horizon=YEAR, node_counts={"web": 30}, assumptions=CostAssumptions()
        )
        if entry.environment.region == "eu-central-1"
    )
    amounts = {use.unit: use.known for use in here.uses}
    gigabytes = Fraction(52, 12) * 30 * 100 / 1_000_000
    assert amounts[BillableUnit.CROSS_REGION_GIGABYTES] == (gigabytes if leaves else 0)
    assert amounts[BillableUnit.S3_STORAGE_GIGABYTES] == gigabytes * 12


def test_a_task_of_unknown_kind_is_unknown_in_all_that_it_may_use(tmp_path: Path) -> None:
    resources = to_logs()
    resources["Task"]["Properties"]["TaskType"] = {"Fn::GetAtt": ["Window", "X"]}
    amounts = used(read(tmp_path, resources), {"web": 30})
    assert isinstance(amounts[BillableUnit.LOG_GIGABYTES], Unknown)
    assert isinstance(amounts[BillableUnit.AUTOMATION_STEPS], Unknown)


# --- resources that cost by being there ---

METRIC = {"MetricStat": {"Period": 60, "Metric": {"MetricName": "m"}}}
FAST = {"MetricStat": {"Period": "10", "Metric": {"MetricName": "m"}}}


@pytest.mark.parametrize(
    ("type_", "properties", "amounts"),
    [
        ("AWS::SSM::Parameter", {"Tier": "Advanced"}, {BillableUnit.ADVANCED_PARAMETERS: 1}),
        ("AWS::SSM::Parameter", {"Tier": "Standard"}, {}),
        ("AWS::SSM::Parameter", {}, {}),
        ("AWS::SSM::Parameter", {"Tier": "Intelligent-Tiering"}, {BillableUnit.ADVANCED_PARAMETERS: None}),
        ("AWS::SSM::Parameter", {"Tier": Unknown("late")}, {BillableUnit.ADVANCED_PARAMETERS: None}),
        ("AWS::KMS::Key", {}, {BillableUnit.KMS_KEYS: 1, BillableUnit.KMS_REQUESTS: None}),
        *(
            (
                "AWS::KMS::Key",
                {"EnableKeyRotation": enabled, **period},
                {
                    BillableUnit.KMS_KEYS: 1,
                    BillableUnit.KMS_REQUESTS: None,
                    **({} if rotations == 0 else {BillableUnit.KMS_KEY_ROTATIONS: rotations}),
                },
            )
            for enabled, period, rotations in (
                (False, {}, 0),
                (True, {}, 2),
                ("true", {"RotationPeriodInDays": "365"}, 2),
                (True, {"RotationPeriodInDays": 90}, 2),
                (True, {"RotationPeriodInDays": 366}, 1),
                (True, {"RotationPeriodInDays": 2560}, 0),
                (True, {"RotationPeriodInDays": 0}, None),
                (True, {"RotationPeriodInDays": Unknown("late")}, None),
                (Unknown("late"), {}, None),
            )
        ),
        (
            "AWS::KMS::ReplicaKey",
            {},
            {
                BillableUnit.KMS_KEYS: 1,
                BillableUnit.KMS_KEY_ROTATIONS: None,
                BillableUnit.KMS_REQUESTS: None,
            },
        ),
        *(
            (
                "AWS::Lambda::Function",
                properties,
                {BillableUnit.LAMBDA_REQUESTS: None, BillableUnit.LOG_GIGABYTES: None}
                | dict.fromkeys(durations),
            )
            for properties, durations in (
                ({"Architectures": ("arm64",)}, [BillableUnit.LAMBDA_ARM_GIGABYTE_SECONDS]),
                ({}, [BillableUnit.LAMBDA_X86_GIGABYTE_SECONDS]),
                (
                    {"Architectures": Unknown("late")},
                    [BillableUnit.LAMBDA_ARM_GIGABYTE_SECONDS, BillableUnit.LAMBDA_X86_GIGABYTE_SECONDS],
                ),
            )
        ),
        (
            "AWS::DynamoDB::Table",
            {},
            {
                BillableUnit.DYNAMODB_WRITE_UNITS: None,
                BillableUnit.DYNAMODB_READ_UNITS: None,
                BillableUnit.DYNAMODB_STORAGE_GIGABYTES: None,
            },
        ),
        (
            "AWS::S3::Bucket",
            {},
            {BillableUnit.S3_STORAGE_GIGABYTES: None, BillableUnit.S3_WRITE_REQUESTS: None},
        ),
        ("AWS::SNS::Topic", {}, {BillableUnit.SNS_REQUESTS: None}),
        ("AWS::SNS::Subscription", {"Protocol": "email"}, {BillableUnit.SNS_EMAILS: None}),
        ("AWS::SNS::Subscription", {"Protocol": Unknown("late")}, {BillableUnit.SNS_EMAILS: None}),
        ("AWS::SNS::Subscription", {"Protocol": "sqs"}, {}),
        ("AWS::SQS::Queue", {}, {BillableUnit.SQS_REQUESTS: None}),
        ("AWS::Events::EventBus", {}, {BillableUnit.CUSTOM_EVENTS: None}),
        ("AWS::StepFunctions::StateMachine", {}, {BillableUnit.STATE_TRANSITIONS: None}),
        ("AWS::StepFunctions::StateMachine", {"StateMachineType": "EXPRESS"}, {}),
        ("AWS::CloudWatch::Alarm", {"MetricName": "m", "Period": 300}, {BillableUnit.ALARM_METRICS: 1}),
        ("AWS::CloudWatch::Alarm", {"MetricName": "m", "Period": "60"}, {BillableUnit.ALARM_METRICS: 1}),
        (
            "AWS::CloudWatch::Alarm",
            {"MetricName": "m", "Period": 30},
            {BillableUnit.HIGH_RESOLUTION_ALARM_METRICS: 1},
        ),
        (
            "AWS::CloudWatch::Alarm",
            {"Metrics": (METRIC, METRIC, {"Expression": "m1/m2"})},
            {BillableUnit.ALARM_METRICS: 2},
        ),
        (
            "AWS::CloudWatch::Alarm",
            {"Metrics": (FAST, {"Expression": "m1*2"})},
            {BillableUnit.HIGH_RESOLUTION_ALARM_METRICS: 1},
        ),
        (
            "AWS::CloudWatch::Alarm",
            {"Metrics": (METRIC, {"Expression": "ANOMALY_DETECTION_BAND(m1)"})},
            {BillableUnit.ALARM_METRICS: None},
        ),
        (
            "AWS::CloudWatch::Alarm",
            {"Metrics": ({"Expression": "select avg(x) from y"},)},
            {BillableUnit.ALARM_METRICS: None},
        ),
        ("AWS::CloudWatch::Alarm", {"Metrics": Unknown("late")}, {BillableUnit.ALARM_METRICS: None}),
        ("AWS::CloudWatch::Alarm", {}, {BillableUnit.ALARM_METRICS: None}),
        ("AWS::CloudWatch::CompositeAlarm", {}, {BillableUnit.COMPOSITE_ALARMS: 1}),
        ("AWS::CloudWatch::Dashboard", {}, {BillableUnit.DASHBOARDS: 1}),
        (
            "AWS::Logs::MetricFilter",
            {"MetricTransformations": ({"MetricName": "m"}, {"MetricName": "n"})},
            {BillableUnit.CUSTOM_METRICS: 2},
        ),
        (
            "AWS::Logs::MetricFilter",
            {"MetricTransformations": ({"MetricName": "m", "Dimensions": ({"Key": "k"},)},)},
            {BillableUnit.CUSTOM_METRICS: None},
        ),
        (
            "AWS::EC2::VPCEndpoint",
            {"VpcEndpointType": "Interface", "SubnetIds": ("a", "b", "c")},
            {
                BillableUnit.INTERFACE_ENDPOINT_HOURS: 3 * 730,
                BillableUnit.INTERFACE_ENDPOINT_GIGABYTES: None,
            },
        ),
        (
            "AWS::EC2::VPCEndpoint",
            {"VpcEndpointType": "Interface", "SubnetIds": Unknown("late")},
            {BillableUnit.INTERFACE_ENDPOINT_HOURS: None, BillableUnit.INTERFACE_ENDPOINT_GIGABYTES: None},
        ),
        ("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Gateway"}, {}),
        ("AWS::EC2::VPCEndpoint", {}, {}),
        (
            "AWS::EC2::NatGateway",
            {},
            {BillableUnit.NAT_GATEWAY_HOURS: 730, BillableUnit.NAT_GATEWAY_GIGABYTES: None},
        ),
        (
            "AWS::EC2::NatGateway",
            {"AvailabilityMode": "regional"},
            {BillableUnit.NAT_GATEWAY_HOURS: None, BillableUnit.NAT_GATEWAY_GIGABYTES: None},
        ),
        (
            "AWS::SSM::ServiceSetting",
            {"SettingId": "/ssm/managed-instance/activation-tier", "SettingValue": "advanced"},
            {BillableUnit.ADVANCED_HYBRID_NODE_HOURS: None},
        ),
        (
            "AWS::SSM::ServiceSetting",
            {"SettingId": "/ssm/managed-instance/activation-tier", "SettingValue": "standard"},
            {},
        ),
        ("AWS::SSM::ServiceSetting", {"SettingId": "/ssm/opsinsights/opscenter"}, {}),
        ("AWS::Config::ConfigRule", {}, {BillableUnit.CONFIG_RULE_EVALUATIONS: None}),
        ("AWS::Config::OrganizationConfigRule", {}, {BillableUnit.CONFIG_RULE_EVALUATIONS: None}),
        ("AWS::Config::ConfigurationRecorder", {}, {BillableUnit.CONFIG_ITEMS: None}),
        (
            "AWS::Events::Rule",
            {"Targets": ({"Arn": "arn:aws:events:eu-central-1:222222222222:event-bus/default"},)},
            {BillableUnit.EVENTS_TO_OTHER_BUSES: None},
        ),
        (
            "AWS::Events::Rule",
            {"Targets": ({"Arn": "arn:aws:events:us-east-1:222222222222:event-bus/default"},)},
            {BillableUnit.EVENTS_TO_OTHER_BUSES: None, BillableUnit.CROSS_REGION_GIGABYTES: None},
        ),
        (
            "AWS::Events::Rule",
            {"Targets": ({"Arn": PartlyKnown("late", "arn:aws:events:${...}:2:event-bus/default")},)},
            {BillableUnit.EVENTS_TO_OTHER_BUSES: None, BillableUnit.CROSS_REGION_GIGABYTES: None},
        ),
        ("AWS::Events::Rule", {"Targets": ({"Arn": "arn:aws:sns:eu-central-1:2:topic"},)}, {}),
        (
            "AWS::SSM::Association",
            {"AutomationTargetParameterName": "InstanceId"},
            {BillableUnit.AUTOMATION_STEPS: None, BillableUnit.AUTOMATION_SCRIPT_SECONDS: None},
        ),
        ("AWS::SSM::Association", {"OutputLocation": {}}, {BillableUnit.S3_STORAGE_GIGABYTES: None}),
        ("AWS::SSM::Association", {}, {}),
        (
            "AWS::SSMQuickSetup::ConfigurationManager",
            {},
            {BillableUnit.AUTOMATION_STEPS: None, BillableUnit.S3_STORAGE_GIGABYTES: None},
        ),
        ("AWS::IAM::Role", {}, {}),
    ],
)
def test_resources_are_counted(
    type_: str, properties: dict[str, object], amounts: dict[BillableUnit, int | None]
) -> None:
    found = used(resource(type_, **properties))
    assert {
        unit: None if isinstance(amount, Unknown) else amount for unit, amount in found.items()
    } == amounts


@pytest.mark.parametrize(
    ("schedule", "starts"),
    [
        ("rate(1 hour)", 730),
        ("rate(6 hours)", Fraction(730, 6)),
        ("rate(1 day)", Fraction(730, 24)),
        ("rate(5 minutes)", 730 * 12),
        ("cron(0 5 * * ? *)", 0),
        ("rate(0 minutes)", 0),
        (None, 0),
    ],
)
def test_a_schedule_starts_its_function_so_often_at_least(
    tmp_path: Path, schedule: str | None, starts: int | Fraction
) -> None:
    rule = {"Targets": [{"Id": "F", "Arn": {"Fn::GetAtt": ["Function", "Arn"]}}]}
    resources = {
        "Function": {"Type": "AWS::Lambda::Function"},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": rule | {"ScheduleExpression": schedule}},
    }
    estate = read(tmp_path, resources)
    assert known(estate).get(BillableUnit.LAMBDA_REQUESTS, 0) == starts
    assert "how often events start" in text_of(used(estate)[BillableUnit.LAMBDA_REQUESTS])


def test_the_properties_that_count_are_read(tmp_path: Path) -> None:
    resources = {
        "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Tier": "Advanced", "Value": "x"}},
        "Endpoint": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {"VpcEndpointType": "Interface", "SubnetIds": [{"Ref": "A"}, {"Ref": "B"}]},
        },
        "Replica": {"Type": "AWS::KMS::ReplicaKey", "Properties": {"KeyPolicy": {}}},
    }
    estate = read(tmp_path, resources)
    assert [sorted(entry.properties) for entry in estate.resources if isinstance(entry.properties, dict)] == [
        ["Tier"],
        ["SubnetIds", "VpcEndpointType"],
        [],
    ]
    amounts = used(estate)
    assert amounts[BillableUnit.ADVANCED_PARAMETERS] == 1
    assert amounts[BillableUnit.INTERFACE_ENDPOINT_HOURS] == 2 * 730
    assert amounts[BillableUnit.KMS_KEYS] == 1


# --- compliance reporters ---

PUBLISHED = PublishedMetrics(
    account=frozenset({AccountMetric.REPORTS_FINISHED}),
    rings={
        "dev": frozenset({ComplianceMetric.OVERDUE_PATCHES, ComplianceMetric.FAILED_PATCHES}),
        "prod": frozenset({ComplianceMetric.OVERDUE_PATCHES}),
    },
)


def reporter(published: object = PUBLISHED.to_json(), *, rings: object = ()) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Metadata": {"patching-constructs": {"schema-version": 1, "reported-rings": rings}},
        "Properties": {"Environment": {"Variables": {"PUBLISHED_METRICS": published}}},
    }


def test_a_reporter_publishes_what_its_environment_names(tmp_path: Path) -> None:
    assert used(read(tmp_path, {"Reporter": reporter()}))[BillableUnit.CUSTOM_METRICS] == 4
    nothing = reporter(PublishedMetrics().to_json())
    assert BillableUnit.CUSTOM_METRICS not in used(read(tmp_path, {"Reporter": nothing}))


def test_a_function_without_the_mark_publishes_nothing_that_is_known(tmp_path: Path) -> None:
    functions = {
        "Plain": {"Type": "AWS::Lambda::Function"},
        "Marked": {"Type": "AWS::Lambda::Function", "Metadata": {"patching-constructs": {"ring": "prod"}}},
        "Odd": {"Type": "AWS::Lambda::Function", "Metadata": "text"},
    }
    assert BillableUnit.CUSTOM_METRICS not in used(read(tmp_path, functions))


@pytest.mark.parametrize(
    "function",
    [
        reporter(""),
        reporter("[]"),
        reporter('{"account": ["NoMetric"], "rings": []}'),
        reporter('{"account": [], "rings": ["dev"]}'),
        reporter({"Fn::ImportValue": "metrics"}),
        reporter(rings={"Fn::GetAtt": ["X", "Rings"]}),
        {**reporter(), "Properties": {"Environment": {"Fn::GetAtt": ["X", "Environment"]}}},
        {**reporter(), "Properties": {}},
    ],
)
def test_metrics_that_cannot_be_read_are_unknown(tmp_path: Path, function: dict[str, Any]) -> None:
    amounts = used(read(tmp_path, {"Reporter": function}))
    assert isinstance(amounts[BillableUnit.CUSTOM_METRICS], Unknown)


# --- whatever a template says ---

SCALARS = st.sampled_from(
    [None, True, 0, -1, 30, 1e300, "", "10", "SELECT 1", "{}", "arn:aws:events:x:y:event-bus/z", Unknown("?")]
)
MAPPING_KEYS = st.sampled_from(["MetricStat", "Period", "Arn", "Expression", "mainSteps", "action"])
ANYTHING = st.recursive(
    SCALARS,
    lambda children: st.one_of(
        st.lists(children, max_size=3).map(tuple), st.dictionaries(MAPPING_KEYS, children, max_size=3)
    ),
    max_leaves=6,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(
        sorted(
            {name for names in COUNTED.values() for name in names} | {"Metrics", "Period", "Content", "Name"}
        )
    ),
    ANYTHING,
)


MARKS = st.dictionaries(st.sampled_from(["reported-rings", "ring"]), ANYTHING)


@given(st.sampled_from(sorted(LOOKED_AT | set(COUNTED))), st.one_of(MARKS, st.just(Unknown("?"))))
def test_no_mark_is_too_strange_to_be_counted(type_: str, marks: Maybe[dict[str, object]]) -> None:
    here = ResourceAt(
        type=type_, properties={}, environment=HERE, location=Location(logical_id="X"), marks=marks
    )
    for amount in used(Estate(resources=(here,))).values():
        assert isinstance(amount, Unknown) or amount > 0


@given(st.sampled_from(sorted(LOOKED_AT | set(COUNTED))), st.one_of(PROPERTIES, st.just(Unknown("?"))))
def test_no_property_is_too_strange_to_be_counted(type_: str, properties: Maybe[dict[str, object]]) -> None:
    here = ResourceAt(type=type_, properties=properties, environment=HERE, location=Location(logical_id="X"))
    for amount in used(Estate(resources=(here,))).values():
        assert isinstance(amount, Unknown) or amount > 0
