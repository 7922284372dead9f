"""What recorder and store of ring runs deploy, who may do what, and the settings of their code."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from patching_constructs import (
    CommandOutput,
    InvalidInputError,
    PatchEventHub,
    PatchEventSeverity,
    PatchGroup,
    PatchWindow,
    RebootOption,
    Recipient,
    Ring,
    RingedMaintenanceWindow,
    RingRunRecorder,
    RingStates,
    Schedule,
    Weekday,
)
from patching_constructs.contracts.ring_document import RINGS_FILE, RingDocument
from patching_constructs.contracts.ring_owners import RingOwners
from tests.nag import nag_findings

ROOT = Path(__file__).parents[2]
BUS_ARN = "arn:aws:events:eu-west-1:222222222222:event-bus/patching"
OWNERS = {"web": {"dev": ["333333333333"], "prod": ["666666666666", "555555555555"]}}


def _stack(account: str = "666666666666") -> cdk.Stack:
    return cdk.Stack(
        cdk.App(analytics_reporting=False),
        "Patching",
        env=cdk.Environment(account=account, region="eu-central-1"),
    )


def _ring(name: str, *, installs: bool) -> Ring:
    return Ring(
        name=name,
        patch_groups=[PatchGroup(name=f"{name}-web")],
        scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
        install=PatchWindow(
            schedule=Schedule.weekly(day=Weekday.TUESDAY, hour=20), duration_hours=4, cutoff_hours=1
        )
        if installs
        else None,
        reboot_option=RebootOption.REBOOT_IF_NEEDED if installs else None,
        max_concurrency="10%",
        max_errors="5%",
    )


def _windows(stack: cdk.Stack, *, installs: bool = True) -> RingedMaintenanceWindow:
    rings = [_ring("images", installs=False), *([_ring("prod", installs=True)] if installs else [])]
    output = CommandOutput(stack, "Output")
    return RingedMaintenanceWindow(stack, "Windows", rollout_name="web", command_output=output, rings=rings)


def _recorder(stack: cdk.Stack, **options: Any) -> RingRunRecorder:
    return RingRunRecorder(
        stack, "Recorder", maintenance_windows=_windows(stack), event_bus_arn=BUS_ARN, **options
    )


def _states(stack: cdk.Stack, **options: Any) -> RingStates:
    bus = events.EventBus(stack, "EventBus", event_bus_name="patching")
    return RingStates(stack, "States", event_bus=bus, owners=OWNERS, **options)


def _template(stack: cdk.Stack, *prefixes: str) -> dict[str, Any]:
    """Return the template with the construct's own resources only."""
    template = dict(Template.from_stack(stack).to_json())
    template["Resources"] = {
        name: resource for name, resource in template["Resources"].items() if name.startswith(prefixes)
    }
    return template


def _reported(stack: cdk.Stack, file_name: str) -> str:
    """Read what is shipped with the code in the synthesized asset."""
    app = cdk.Stage.of(stack)
    assert app is not None
    app.synth()
    (bundle,) = Path(app.outdir).glob("asset.*.zip")
    with zipfile.ZipFile(bundle) as opened:
        return opened.read(file_name).decode()


def _actions(stack: cdk.Stack) -> set[str]:
    policies = Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy")
    return {
        action
        for name, policy in policies.items()
        if name.startswith(("Recorder", "States"))
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


OF_EVERY_FUNCTION = {
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
}


# --- the recorder ---


def test_recorder_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _recorder(stack)
    template_snapshot(_template(stack, "Recorder"))


def test_recorder_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _recorder(
        stack,
        alarm_topics=[sns.Topic(stack, "Recipient")],
        reserved_concurrent_executions=None,
        encryption_key=kms.Key(stack, "OtherKey"),
    )
    template_snapshot(_template(stack, "Recorder"))


def test_the_recorder_starts_when_an_install_window_is_over() -> None:
    stack = _stack()
    windows = _windows(stack)
    RingRunRecorder(stack, "Recorder", maintenance_windows=windows, event_bus_arn=BUS_ARN)
    (install,) = [
        window.maintenance_window_id for window in windows.windows if window.operation.value == "Install"
    ]
    Template.from_stack(stack).has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["aws.ssm"],
                "detail-type": ["Maintenance Window Execution State-change Notification"],
                "detail": {
                    "window-id": [stack.resolve(install)],
                    "status": ["SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED"],
                },
            }
        },
    )


def test_the_recorder_is_reported_the_ring_of_each_install_window() -> None:
    stack = _stack()
    _recorder(stack)
    document = RingDocument.from_json(_reported(stack, RINGS_FILE))
    assert document.rollout == "web"
    assert {window: (ring.name, ring.order) for window, ring in document.install_windows().items()} == {
        "web-prod-install": ("prod", 2)
    }


def test_the_recorder_only_reads_and_tells() -> None:
    stack = _stack()
    _recorder(stack)
    others = _actions(stack) - OF_EVERY_FUNCTION
    assert {
        action for action in others if not action.startswith(("ssm:Describe", "ssm:Get", "ssm:List"))
    } == {"events:PutEvents"}
    Template.from_stack(stack).has_resource_properties(
        "AWS::IAM::ManagedPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [Match.object_like({"Action": "events:PutEvents", "Resource": BUS_ARN})]
                )
            }
        },
    )


def test_windows_that_only_scan_have_no_runs_to_record() -> None:
    stack = _stack()
    windows = _windows(stack, installs=False)
    with pytest.raises(InvalidInputError, match="maintenance_windows: no ring would ever have a run"):
        RingRunRecorder(stack, "Recorder", maintenance_windows=windows, event_bus_arn=BUS_ARN)
    assert stack.node.try_find_child("Recorder") is None


def test_a_bus_that_is_none_is_refused() -> None:
    stack = _stack()
    with pytest.raises(InvalidInputError, match="event_bus_arn: not the ARN of an event bus, got 'patching'"):
        RingRunRecorder(stack, "Recorder", maintenance_windows=_windows(stack), event_bus_arn="patching")
    assert stack.node.try_find_child("Recorder") is None


def test_what_security_rules_say_of_the_recorder() -> None:
    stack = _stack()
    _recorder(stack, alarm_topics=[sns.Topic(stack, "Recipient")])
    rules = {rule for rule, path in nag_findings(stack) if path.startswith("Patching/Recorder")}
    assert rules == {
        "AwsSolutions-IAM5[Resource::*]",
        "NIST.800.53.R5-LambdaConcurrency",
        "NIST.800.53.R5-LambdaInsideVPC",
    }


# --- the store ---


def test_states_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack("222222222222")
    _states(stack)
    template_snapshot(_template(stack, "States"))


def test_states_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack("222222222222")
    _states(
        stack,
        alarm_topics=[sns.Topic(stack, "Recipient")],
        reserved_concurrent_executions=None,
        encryption_key=kms.Key(stack, "OtherKey"),
    )
    template_snapshot(_template(stack, "States"))


def test_the_bus_lets_the_owners_send_runs_and_nothing_else() -> None:
    stack = _stack("222222222222")
    _states(stack)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::Events::EventBusPolicy", 1)
    template.has_resource_properties(
        "AWS::Events::EventBusPolicy",
        {
            "Statement": {
                "Effect": "Allow",
                "Action": "events:PutEvents",
                "Principal": {
                    "AWS": [
                        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{account}:root"]]}
                        for account in ("333333333333", "555555555555", "666666666666")
                    ]
                },
                "Condition": {
                    "ForAllValues:StringEquals": {
                        "events:source": "patching-constructs",
                        "events:detail-type": "Patching Ring Run Finished",
                    },
                    "Null": {"events:source": "false", "events:detail-type": "false"},
                },
            }
        },
    )


def test_the_bus_lets_an_organization_send_whose_accounts_are_more_than_a_policy_holds() -> None:
    stack = _stack("222222222222")
    accounts = [f"{number:012}" for number in range(111)]
    bus = events.EventBus(stack, "EventBus")
    with pytest.raises(InvalidInputError, match="owners: too many for the policy of an event bus"):
        RingStates(stack, "States", event_bus=bus, owners={"web": {"prod": accounts}})
    RingStates(
        stack,
        "States",
        event_bus=bus,
        owners={"web": {"prod": accounts}},
        organization_id="o-a1b2c3d4e5",
    )
    Template.from_stack(stack).has_resource_properties(
        "AWS::Events::EventBusPolicy",
        {
            "Statement": {
                "Principal": "*",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
            }
        },
    )


def test_the_policies_of_hub_and_states_fit_into_that_of_one_bus() -> None:
    """The policy of a bus holds 10,240 characters; GovCloud has the longest ARNs."""
    stack = cdk.Stack(
        cdk.App(analytics_reporting=False),
        "Patching",
        env=cdk.Environment(account="222222222222", region="us-gov-east-1"),
    )
    bus = events.EventBus(stack, "EventBus", event_bus_name="patching")
    owners = {"web": {"prod": [f"{number:012}" for number in range(110)]}}
    RingStates(stack, "States", event_bus=bus, owners=owners)
    recipients = {PatchEventSeverity.CRITICAL: [Recipient.email("on-call@example.com")]}
    PatchEventHub(stack, "Hub", event_bus=bus, owners=owners, recipients=recipients)
    statements = [
        _literal(policy["Properties"]["Statement"])
        for policy in Template.from_stack(stack).find_resources("AWS::Events::EventBusPolicy").values()
    ]
    assert [len(statement["Principal"]["AWS"]) for statement in statements] == [110, 110]
    policy = {"Version": "2012-10-17", "Statement": statements}
    assert 9_500 < len(json.dumps(policy, separators=(",", ":"))) <= 10_240


def _literal(value: Any) -> Any:
    """Return a value of a template as it is in GovCloud."""
    match value:
        case {"Fn::Join": ["", parts]}:
            return "".join(map(_literal, parts))
        case {"Ref": "AWS::Partition"}:
            return "aws-us-gov"
        case {"Fn::GetAtt": [_, "Arn"]}:
            return "arn:aws-us-gov:events:us-gov-east-1:222222222222:event-bus/patching"
        case dict():
            return {name: _literal(each) for name, each in value.items()}
        case list():
            return list(map(_literal, value))
        case _:
            return value


def test_runs_on_the_bus_and_a_daily_schedule_start_the_function_and_nothing_else() -> None:
    stack = _stack("222222222222")
    states = _states(stack)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::Events::Rule", 2)
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventBusName": Match.absent(),
            "ScheduleExpression": "rate(1 day)",
            "Targets": [Match.object_like({"Input": '{"store": "owners"}'})],
        },
    )
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventBusName": {"Ref": Match.string_like_regexp("^EventBus")},
            "EventPattern": {
                "source": ["patching-constructs"],
                "detail-type": ["Patching Ring Run Finished"],
            },
            "Targets": [Match.object_like({"Arn": stack.resolve(states.function.function_arn)})],
        },
    )


def test_the_store_is_reported_the_owners() -> None:
    stack = _stack("222222222222")
    _states(stack)
    assert RingOwners.from_json(_reported(stack, "ring-owners.json")) == RingOwners(
        accounts={
            ("web", "dev"): frozenset({"333333333333"}),
            ("web", "prod"): frozenset({"555555555555", "666666666666"}),
        }
    )


def test_the_store_only_puts_into_its_table() -> None:
    stack = _stack("222222222222")
    _states(stack)
    assert _actions(stack) - OF_EVERY_FUNCTION == {"dynamodb:PutItem"}


def test_the_table_is_kept_encrypted_and_can_be_restored() -> None:
    stack = _stack("222222222222")
    key = _states(stack).encryption_key
    assert key is not None
    Template.from_stack(stack).has_resource(
        "AWS::DynamoDB::Table",
        {
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                "SSESpecification": {
                    "KMSMasterKeyId": stack.resolve(key.key_arn),
                    "SSEEnabled": True,
                    "SSEType": "KMS",
                },
            },
        },
    )


def test_a_reader_may_read_a_ring_and_nothing_else() -> None:
    stack = _stack("222222222222")
    reader = iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    _states(stack).grant_read(reader)
    (policy,) = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    granted = [statement["Action"] for statement in policy["Properties"]["PolicyDocument"]["Statement"]]
    assert sorted(granted, key=str) == [["dynamodb:GetItem", "dynamodb:Query"], "kms:Decrypt"]


@pytest.mark.parametrize(
    ("owners", "reported"),
    [
        ({}, "owners: everything that accounts report would be refused"),
        ({"web": {}}, "owners: everything that accounts report would be refused"),
        (
            {"web": {"prod": []}},
            "owners['web']['prod']: everything that is reported about the ring would be refused",
        ),
        (
            {"web": {"prod": ["*"]}},
            "owners['web']['prod'][0]: not an account id, got '*'; allowed: 12 digits",
        ),
    ],
)
def test_owners_that_cannot_be(owners: dict[str, dict[str, list[str]]], reported: str) -> None:
    stack = _stack("222222222222")
    bus = events.EventBus(stack, "EventBus")
    with pytest.raises(InvalidInputError) as refused:
        RingStates(stack, "States", event_bus=bus, owners=owners)
    assert reported in str(refused.value)
    assert stack.node.try_find_child("States") is None


def test_what_security_rules_say_of_the_store() -> None:
    stack = _stack("222222222222")
    _states(stack, alarm_topics=[sns.Topic(stack, "Recipient")])
    rules = {rule for rule, path in nag_findings(stack) if path.startswith("Patching/States")}
    assert rules == {
        "NIST.800.53.R5-DynamoDBInBackupPlan",
        "NIST.800.53.R5-LambdaConcurrency",
        "NIST.800.53.R5-LambdaInsideVPC",
    }


# --- both ---


@pytest.mark.parametrize(("define", "failure"), [(_recorder, "Errors"), (_states, "AsyncEventAge")])
def test_a_failure_and_an_event_that_is_given_up_raise_alarms(
    define: Callable[..., Any], failure: str
) -> None:
    stack = _stack()
    topic = sns.Topic(stack, "Recipient")
    define(stack, alarm_topics=[topic])
    alarms = Template.from_stack(stack).find_resources("AWS::CloudWatch::Alarm").values()
    assert {alarm["Properties"]["MetricName"] for alarm in alarms} == {
        failure,
        "ApproximateNumberOfMessagesVisible",
    }
    for alarm in alarms:
        page = re.search(r"Runbook: (docs/runbooks/[a-z-]+\.md)$", alarm["Properties"]["AlarmDescription"])
        assert page is not None
        assert (ROOT / page[1]).is_file()
        assert alarm["Properties"]["AlarmActions"] == [stack.resolve(topic.topic_arn)]


@pytest.mark.parametrize("define", [_recorder, _states])
def test_other_partitions_have_arns_of_their_own(define: Callable[..., Any]) -> None:
    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(app, "Patching", env=cdk.Environment(account="666666666666", region="cn-north-1"))
    define(stack)
    template = json.dumps(_template(stack, "Recorder", "States")).replace(BUS_ARN, "")
    assert "arn:aws:" not in template
