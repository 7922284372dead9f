"""What the compliance reporter deploys, what it may do, and the settings of its code."""

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Match, Template

from patching_constructs import (
    PROMISES,
    CommandOutput,
    ComplianceReporter,
    Exemption,
    OperatingSystem,
    PatchBaseline,
    PatchGroup,
    PatchGroupFleet,
    PatchWindow,
    RebootOption,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
    Weekday,
)
from patching_constructs.contracts.reporter_settings import REPORTER_FILE, ReporterSettings
from patching_constructs.contracts.ring_document import RINGS_FILE, RingDocument
from patching_constructs.model.promises import Severity
from tests.nag import nag_findings

ENVIRONMENT = cdk.Environment(account="666666666666", region="eu-central-1")


def _stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(analytics_reporting=False), "Patching", env=ENVIRONMENT)


def _windows(stack: cdk.Stack, *, installs: bool = True) -> RingedMaintenanceWindow:
    install = PatchWindow(
        schedule=Schedule.weekly(day=Weekday.TUESDAY, hour=20), duration_hours=4, cutoff_hours=1
    )
    ring = Ring(
        name="prod",
        patch_groups=[PatchGroup(name="prod-web")],
        scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
        install=install if installs else None,
        reboot_option=RebootOption.REBOOT_IF_NEEDED if installs else None,
        max_concurrency="10%",
        max_errors="5%",
        production=True,
        promises=[PROMISES["pci-dss-6.3.3"], PROMISES["essential-eight"]] if installs else [],
    )
    output = CommandOutput(stack, "Output")
    return RingedMaintenanceWindow(stack, "Windows", rollout_name="web", command_output=output, rings=[ring])


def _template(stack: cdk.Stack) -> dict[str, Any]:
    """Return the template with the reporter's resources only."""
    template = dict(Template.from_stack(stack).to_json())
    template["Resources"] = {
        name: resource
        for name, resource in template["Resources"].items()
        if name.startswith(("Reporter", "OtherKey"))
    }
    return template


def _settings(stack: cdk.Stack) -> ReporterSettings:
    """Read what is shipped with the code in the synthesized asset."""
    app = cdk.Stage.of(stack)
    assert app is not None
    app.synth()
    (bundle,) = Path(app.outdir).glob("asset.*.zip")
    with zipfile.ZipFile(bundle) as opened:
        rings = RingDocument.from_json(opened.read(RINGS_FILE).decode())
        return ReporterSettings.from_json(opened.read(REPORTER_FILE).decode(), rings)


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    ComplianceReporter(
        stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack, installs=False)
    )
    template = _template(stack)
    template_snapshot(template)
    assert len(template["Resources"]) == 10


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    ComplianceReporter(
        stack,
        "Reporter",
        account_name="prod",
        maintenance_windows=_windows(stack),
        baselines=[
            PatchBaseline.security_updates(
                stack,
                "Baseline",
                patch_baseline_name="prod-linux",
                operating_system=OperatingSystem.AMAZON_LINUX_2023,
                approve_after_days=7,
            )
        ],
        exemptions=[
            Exemption(owner="a", reason="b", ticket="T-1", expires=dt.date(2027, 1, 31), nodes="i-0")
        ],
        reboot_within=dt.timedelta(days=3),
        scanned_within=dt.timedelta(hours=30),
        history_bucket_name="patching-history",
        history_key_arn="arn:aws:kms:eu-central-1:222222222222:key/12345678-1234-1234-1234-123456789012",
        schedule=events.Schedule.rate(cdk.Duration.hours(4)),
        reserved_concurrent_executions=1,
        encryption_key=kms.Key(stack, "OtherKey"),
    )
    template = _template(stack)
    template_snapshot(template)
    assert len(template["Resources"]) == 13


def test_the_template_says_which_rings_and_groups_are_reported_so_that_their_metrics_can_be_counted() -> None:
    stack = _stack()
    ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    Template.from_stack(stack).has_resource(
        "AWS::Lambda::Function",
        {
            "Metadata": {
                "patching-constructs": {
                    "schema-version": 1,
                    "reported-rings": [{"ring": "prod", "patch-groups": ["prod-web"]}],
                }
            }
        },
    )


# --- the settings of the code ---


def test_the_settings_name_rings_windows_terms_and_definitions() -> None:
    stack = _stack()
    ComplianceReporter(
        stack,
        "Reporter",
        account_name="prod",
        maintenance_windows=_windows(stack),
        baselines=[
            PatchBaseline.security_updates(
                stack,
                "Baseline",
                patch_baseline_name="prod-linux",
                operating_system=OperatingSystem.AMAZON_LINUX_2023,
                approve_after_days=7,
                patch_groups=["prod-web"],
                default_baseline=True,
            )
        ],
        reboot_within=dt.timedelta(days=3),
    )
    reported = _settings(stack)
    (ring,) = reported.rings
    assert (reported.document.rollout, ring.name, ring.order) == ("web", "prod", 1)
    assert [(window.name, window.installs) for window in ring.windows] == [
        ("web-prod-scan", False),
        ("web-prod-install", True),
    ]
    assert reported.reboot_within == dt.timedelta(days=3)
    (baseline,) = reported.baselines
    assert (baseline.name, baseline.operating_system) == ("prod-linux", "AMAZON_LINUX_2023")
    assert (baseline.patch_groups, baseline.default) == (("prod-web",), True)
    assert baseline.definition["ApprovalRules"]["PatchRules"][0]["ApproveAfterDays"] == 7


@pytest.mark.parametrize("on_aws_default", [True, False])
def test_the_settings_say_which_groups_rely_on_awss_default_baseline(on_aws_default: bool) -> None:
    stack = _stack()
    system = OperatingSystem.AMAZON_LINUX_2023
    baseline = (
        PatchBaseline.aws_default(system)
        if on_aws_default
        else PatchBaseline.security_updates(
            stack, "Baseline", patch_baseline_name="own", operating_system=system, approve_after_days=7
        )
    )
    PatchGroupFleet(stack, "Fleet", patch_group=PatchGroup(name="prod-web"), baselines=[baseline])
    ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    ((group,),) = (ring.patch_groups for ring in _settings(stack).rings)
    assert (group.name, group.on_aws_default) == ("prod-web", on_aws_default)


def test_of_several_promises_the_shortest_counts_for_each_severity() -> None:
    stack = _stack()
    ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    (ring,) = _settings(stack).rings
    assert ring.within == {
        severity: min(
            promise.within[severity]
            for promise in (PROMISES["pci-dss-6.3.3"], PROMISES["essential-eight"])
            if severity in promise.within
        )
        for severity in Severity
    }


# --- what starts it, and what it may do ---


def test_it_runs_once_an_hour_and_when_a_ring_was_patched() -> None:
    stack = _stack()
    windows = _windows(stack)
    ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=windows)
    install = stack.resolve(windows.windows[1].maintenance_window_id)
    template = Template.from_stack(stack)
    template.has_resource_properties("AWS::Events::Rule", {"ScheduleExpression": "rate(1 hour)"})
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "detail": {"window-id": [install], "status": ["SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED"]},
                "detail-type": ["Maintenance Window Execution State-change Notification"],
            }
        },
    )
    template.resource_count_is("AWS::Lambda::Permission", 2)
    for permission in template.find_resources("AWS::Lambda::Permission").values():
        assert permission["Properties"].keys() == {"Action", "FunctionName", "Principal", "SourceArn"}


def test_metrics_go_into_one_namespace_only() -> None:
    stack = _stack()
    ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    Template.from_stack(stack).has_resource_properties(
        "AWS::IAM::ManagedPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Action": "cloudwatch:PutMetricData",
                                "Condition": {"StringEquals": {"cloudwatch:namespace": "PatchingConstructs"}},
                            }
                        )
                    ]
                )
            }
        },
    )


def _actions(stack: cdk.Stack) -> set[str]:
    policies = Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy")
    return {
        action
        for name, policy in policies.items()
        if name.startswith("Reporter")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def test_it_reads_and_changes_nothing_but_its_own_table() -> None:
    stack = _stack()
    ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    changing = {
        action
        for action in _actions(stack)
        if not action.partition(":")[2].startswith(("Describe", "Get", "List", "BatchGet", "Decrypt"))
    }
    assert changing == {
        "cloudwatch:PutMetricData",
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "lambda:InvokeFunction",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:SendMessage",
    }


def test_no_action_is_a_wildcard() -> None:
    stack = _stack()
    ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    assert not {action for action in _actions(stack) if "*" in action}


def test_the_history_is_written_below_one_prefix() -> None:
    stack = _stack()
    ComplianceReporter(
        stack,
        "Reporter",
        account_name="prod",
        maintenance_windows=_windows(stack),
        history_bucket_name="patching-history",
    )
    statements = json.dumps(Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy"), default=str)
    assert "s3:::patching-history/nodes/*" in statements


def test_what_a_rule_cannot_hand_over_is_kept() -> None:
    stack = _stack()
    reporter = ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    queue_arn = stack.resolve(reporter.dead_letter_queue.queue_arn)
    template = Template.from_stack(stack)
    rules = template.find_resources("AWS::Events::Rule")
    assert len(rules) == 2
    assert all(
        target["DeadLetterConfig"] == {"Arn": queue_arn}
        for rule in rules.values()
        for target in rule["Properties"]["Targets"]
    )
    template.has_resource_properties(
        "AWS::SQS::QueuePolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        {
                            "Sid": "EventBridgeSendsDeadLetters",
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Action": "sqs:SendMessage",
                            "Resource": queue_arn,
                            "Condition": {
                                "ArnEquals": {
                                    "aws:SourceArn": [
                                        {"Fn::GetAtt": [name, "Arn"]} for name in sorted(rules, reverse=True)
                                    ]
                                }
                            },
                        }
                    ]
                )
            }
        },
    )


# --- how the function is made ---


def test_the_function_is_small_and_has_everything_that_a_function_should_have() -> None:
    stack = _stack()
    reporter = ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    assert reporter.encryption_key is not None
    key_arn = stack.resolve(reporter.encryption_key.key_arn)
    template = Template.from_stack(stack)
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {
            "Runtime": "python3.14",
            "Architectures": ["arm64"],
            "KmsKeyArn": key_arn,
            "ReservedConcurrentExecutions": Match.absent(),
            "DeadLetterConfig": {"TargetArn": stack.resolve(reporter.dead_letter_queue.queue_arn)},
        },
    )
    template.has_resource_properties("AWS::Logs::LogGroup", {"KmsKeyId": key_arn, "RetentionInDays": 365})
    template.has_resource_properties("AWS::SQS::Queue", {"SqsManagedSseEnabled": True})
    template.has_resource_properties(
        "AWS::DynamoDB::Table",
        {
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "SSESpecification": {"KMSMasterKeyId": key_arn, "SSEEnabled": True, "SSEType": "KMS"},
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        },
    )


def test_what_security_rules_still_say() -> None:
    stack = _stack()
    ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    rules = {rule for rule, path in nag_findings(stack) if path.startswith("Patching/Reporter")}
    assert rules == {
        "AwsSolutions-IAM5[Resource::*]",
        "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:eu-central-1:666666666666:maintenancewindow/*]",
        "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:eu-central-1:666666666666:patchbaseline/*]",
        "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:eu-central-1:*:patchbaseline/*]",
        "NIST.800.53.R5-DynamoDBInBackupPlan",
        "NIST.800.53.R5-LambdaConcurrency",
        "NIST.800.53.R5-LambdaInsideVPC",
    }


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_other_partitions_have_arns_of_their_own(region: str) -> None:
    app = cdk.App(analytics_reporting=False)
    stack = cdk.Stack(app, "Patching", env=cdk.Environment(account="666666666666", region=region))
    ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=_windows(stack))
    policies = json.dumps(Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy"))
    assert "arn:aws:" not in policies
