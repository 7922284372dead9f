"""What the forwarder of events deploys, which events start it, and the settings of its code."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from patching_constructs import (
    CommandOutput,
    InvalidInputError,
    PatchCommandNotificationType,
    PatchEventForwarder,
    PatchEventKind,
    PatchGroup,
    PatchGroupTagKey,
    PatchWindow,
    RebootOption,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
    Weekday,
)
from patching_constructs.contracts.ring_document import (
    RINGS_FILE,
    DeployedGroup,
    DeployedRing,
    DeployedWindow,
    RingDocument,
)
from tests import ssm_events
from tests.nag import nag_findings

ROOT = Path(__file__).parents[2]
BUS_ARN = "arn:aws:events:eu-west-1:222222222222:event-bus/patching"
INVOCATION = PatchCommandNotificationType.INVOCATION


def _stack(region: str = "eu-central-1") -> cdk.Stack:
    return cdk.Stack(
        cdk.App(analytics_reporting=False),
        "Patching",
        env=cdk.Environment(account="666666666666", region=region),
    )


def _ring(name: str, *, production: bool, **group: Any) -> Ring:
    return Ring(
        name=name,
        patch_groups=[PatchGroup(name=f"{name}-web", **group)],
        scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
        install=PatchWindow(
            schedule=Schedule.weekly(day=Weekday.TUESDAY if production else Weekday.MONDAY, hour=20),
            duration_hours=4,
            cutoff_hours=1,
        ),
        reboot_option=RebootOption.REBOOT_IF_NEEDED,
        max_concurrency="10%",
        max_errors="5%",
        production=production,
    )


def _forwarder(stack: cdk.Stack, *, event_bus_arn: str = BUS_ARN, **options: Any) -> PatchEventForwarder:
    windows = RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name="web",
        command_output=CommandOutput(stack, "Output"),
        rings=[
            _ring("dev", production=False, tag_key=PatchGroupTagKey.PATCH_GROUP_WITH_SPACE),
            _ring("prod", production=True),
        ],
    )
    return PatchEventForwarder(
        stack,
        "Events",
        maintenance_windows=windows,
        event_bus_arn=event_bus_arn,
        **options,
    )


def _template(stack: cdk.Stack) -> dict[str, Any]:
    """Return the template with the construct's own resources only."""
    template = dict(Template.from_stack(stack).to_json())
    template["Resources"] = {
        name: resource for name, resource in template["Resources"].items() if name.startswith("Events")
    }
    return template


def _statements(stack: cdk.Stack) -> dict[str, Any]:
    """Return the statements of the function's policy by their ids."""
    (policy,) = [
        resource
        for resource in _template(stack)["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    return {statement["Sid"]: statement for statement in policy["Properties"]["PolicyDocument"]["Statement"]}


def _is_forwarded(stack: cdk.Stack, event: ssm_events.Event) -> bool:
    rules = Template.from_stack(stack).find_resources("AWS::Events::Rule").values()
    matching = [rule for rule in rules if ssm_events.matches(rule["Properties"]["EventPattern"], event)]
    assert len(matching) <= 1, "an event that two rules match is forwarded twice"
    return bool(matching)


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _forwarder(stack)
    template_snapshot(_template(stack))


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    _forwarder(
        stack,
        patch_command_notification_type=INVOCATION,
        alarm_topics=[sns.Topic(stack, "Recipient")],
        runbooks="https://wiki.example.com/runbooks",
        reserved_concurrent_executions=5,
        kinds=list(PatchEventKind),
        encryption_key=kms.Key(stack, "OtherKey"),
    )
    template_snapshot(_template(stack))


FORWARDED = [
    *(
        ssm_events.window_execution(status)
        for status in ("SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING")
    ),
    ssm_events.window_execution("FAILED", window_id="mw-00000000000000000"),  # of no ring
    ssm_events.compliance("compliant"),
    ssm_events.compliance("non_compliant"),
    ssm_events.calendar("OPEN"),
    ssm_events.calendar("CLOSED"),
]
NOT_FORWARDED = [
    *(ssm_events.window_execution(status) for status in ("PENDING", "IN_PROGRESS", "CANCELLING")),
    ssm_events.window_task_execution("FAILED"),
    *(ssm_events.command(status) for status in ("Success", "InProgress", "Pending", "Cancelling")),
    ssm_events.command("Failed", document_name="AWS-RunShellScript"),
    ssm_events.command_invocation("Success"),
    ssm_events.compliance("non_compliant", compliance_type="Association"),
]
UNSUCCESSFUL = ("Failed", "TimedOut", "Cancelled", "DeliveryTimedOut", "Undeliverable", "Terminated")


@pytest.mark.parametrize("notification_type", list(PatchCommandNotificationType))
def test_each_event_that_is_worth_telling_is_forwarded_once(
    notification_type: PatchCommandNotificationType,
) -> None:
    stack = _stack()
    _forwarder(stack, kinds=list(PatchEventKind), patch_command_notification_type=notification_type)
    assert [event["detail"] for event in FORWARDED if not _is_forwarded(stack, event)] == []
    assert [event["detail"] for event in NOT_FORWARDED if _is_forwarded(stack, event)] == []


def test_changes_of_compliance_are_forwarded_only_if_asked_for() -> None:
    """With daily scans they are one event for each node and newly approved patch."""
    stack = _stack()
    _forwarder(stack)
    assert not _is_forwarded(stack, ssm_events.compliance("non_compliant"))
    assert _is_forwarded(stack, ssm_events.window_execution("SUCCESS"))
    assert _is_forwarded(stack, ssm_events.calendar("OPEN"))


@pytest.mark.parametrize("kind", list(PatchEventKind))
def test_only_the_chosen_kinds_are_forwarded(kind: PatchEventKind) -> None:
    stack = _stack()
    _forwarder(stack, kinds=[kind])
    events = {
        PatchEventKind.WINDOW: ssm_events.window_execution("FAILED"),
        PatchEventKind.COMMAND: ssm_events.command("Failed"),
        PatchEventKind.COMPLIANCE: ssm_events.compliance("compliant"),
        PatchEventKind.CALENDAR: ssm_events.calendar("CLOSED"),
    }
    assert [each for each, event in events.items() if _is_forwarded(stack, event)] == [kind]


@pytest.mark.parametrize("notification_type", list(PatchCommandNotificationType))
def test_commands_without_success_are_forwarded_by_command_or_by_node(
    notification_type: PatchCommandNotificationType,
) -> None:
    stack = _stack()
    _forwarder(stack, patch_command_notification_type=notification_type)
    by_node = notification_type is INVOCATION
    for status in UNSUCCESSFUL:
        assert _is_forwarded(stack, ssm_events.command(status)) is not by_node
        assert _is_forwarded(stack, ssm_events.command_invocation(status)) is by_node


def _scan_and_install(ring: str) -> tuple[DeployedWindow, ...]:
    return (
        DeployedWindow(name=f"web-{ring}-scan", installs=False),
        DeployedWindow(name=f"web-{ring}-install", installs=True),
    )


def test_the_function_is_forwarded_rings_groups_and_windows() -> None:
    stack = _stack()
    _forwarder(stack)
    app = cdk.Stage.of(stack)
    assert app is not None
    app.synth()
    (bundle,) = Path(app.outdir).glob("asset.*.zip")
    with zipfile.ZipFile(bundle) as opened:
        reported = RingDocument.from_json(opened.read(RINGS_FILE).decode())
    assert reported == RingDocument(
        rollout="web",
        rings=(
            DeployedRing(
                name="dev",
                order=1,
                production=False,
                patch_groups=(DeployedGroup(name="dev-web", tag_key="Patch Group"),),
                windows=_scan_and_install("dev"),
            ),
            DeployedRing(
                name="prod",
                order=2,
                production=True,
                patch_groups=(DeployedGroup(name="prod-web", tag_key="PatchGroup"),),
                windows=_scan_and_install("prod"),
            ),
        ),
    )


def test_the_function_only_looks_up_and_reports() -> None:
    stack = _stack()
    _forwarder(stack)
    own = {"WriteLog", "SendDeadLetters", "Decrypt"}
    here = "eu-central-1:666666666666"
    partition = {"Ref": "AWS::Partition"}
    assert {
        sid: (statement["Action"], statement["Resource"])
        for sid, statement in _statements(stack).items()
        if sid not in own
    } == {
        "LookUp": (
            [
                "ec2:DescribeInstances",
                "ssm:DescribeInstanceInformation",
                "ssm:DescribeMaintenanceWindowExecutionTaskInvocations",
                "ssm:DescribeMaintenanceWindowExecutionTasks",
                "ssm:ListCommandInvocations",
            ],
            "*",
        ),
        "ReadWindows": (
            ["ssm:DescribeMaintenanceWindowTasks", "ssm:GetMaintenanceWindow"],
            {"Fn::Join": ["", ["arn:", partition, f":ssm:{here}:maintenancewindow/*"]]},
        ),
        "ReadTagsOfNodesOutsideEc2": (
            "ssm:ListTagsForResource",
            {"Fn::Join": ["", ["arn:", partition, f":ssm:{here}:managed-instance/mi-*"]]},
        ),
        "ReportToSecurityAccount": ("events:PutEvents", BUS_ARN),
    }


def test_a_failure_and_an_event_that_is_given_up_ring() -> None:
    stack = _stack()
    topic = sns.Topic(stack, "Recipient")
    _forwarder(stack, alarm_topics=[topic])
    alarms = Template.from_stack(stack).find_resources("AWS::CloudWatch::Alarm").values()
    assert {alarm["Properties"]["MetricName"] for alarm in alarms} == {
        "Errors",
        "ApproximateNumberOfMessagesVisible",
    }
    for alarm in alarms:
        page = re.search(r"Runbook: (docs/runbooks/[a-z-]+\.md)$", alarm["Properties"]["AlarmDescription"])
        assert page is not None
        assert (ROOT / page[1]).is_file()
        assert alarm["Properties"]["AlarmActions"] == [stack.resolve(topic.topic_arn)]


def test_what_eventbridge_cannot_hand_over_is_kept() -> None:
    stack = _stack()
    forwarder = _forwarder(stack)
    queue = stack.resolve(forwarder.dead_letter_queue.queue_arn)
    rules = Template.from_stack(stack).find_resources("AWS::Events::Rule").values()
    targets = [target for rule in rules for target in rule["Properties"]["Targets"]]
    assert [target["DeadLetterConfig"]["Arn"] for target in targets] == [queue] * 3


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        ({"kinds": []}, "kinds: no event would be processed"),
        ({"kinds": ["REBOOT"]}, "kinds: not a kind, got 'REBOOT'"),
        (
            {"event_bus_arn": "patching"},
            "event_bus_arn: not the ARN of an event bus, got 'patching'; allowed: an ARN such as",
        ),
        (
            {"event_bus_arn": BUS_ARN.replace("event-bus", "rule")},
            "event_bus_arn: not the ARN of an event bus",
        ),
    ],
)
def test_what_could_never_be_forwarded_is_refused(options: dict[str, Any], reported: str) -> None:
    stack = _stack()
    with pytest.raises(InvalidInputError) as refused:
        _forwarder(stack, **options)
    assert reported in str(refused.value)
    assert stack.node.try_find_child("Events") is None


def test_a_bus_may_be_known_at_deployment_only() -> None:
    stack = _stack()
    _forwarder(stack, event_bus_arn=cdk.CfnParameter(stack, "Bus").value_as_string)
    assert _statements(stack)["ReportToSecurityAccount"]["Resource"] == {"Ref": "Bus"}


def test_what_security_rules_say() -> None:
    stack = _stack()
    _forwarder(stack, alarm_topics=[sns.Topic(stack, "Recipient")])
    rules = {rule for rule, path in nag_findings(stack) if path.startswith("Patching/Events")}
    here = "arn:<AWS::Partition>:ssm:eu-central-1:666666666666"
    assert rules == {
        "AwsSolutions-IAM5[Resource::*]",
        f"AwsSolutions-IAM5[Resource::{here}:maintenancewindow/*]",
        f"AwsSolutions-IAM5[Resource::{here}:managed-instance/mi-*]",
        "NIST.800.53.R5-LambdaConcurrency",
        "NIST.800.53.R5-LambdaInsideVPC",
    }


def test_other_partitions_have_arns_of_their_own() -> None:
    stack = _stack("cn-north-1")
    _forwarder(stack)
    assert "arn:aws:" not in json.dumps(_template(stack)).replace(BUS_ARN, "")
