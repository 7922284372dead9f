"""The whole template of `ComplianceAlarms`: snapshots, logical ids, and what cdk-nag says."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from patching_constructs import (
    ComplianceAlarms,
    OperatingSystem,
    PatchBaseline,
    PatchCommandNotificationType,
    Recipient,
)
from tests.nag import nag_findings

EMAIL = Recipient.email("patching@example.com")

LOGICAL_IDS_MINIMAL = [
    "AlarmsDeadLetterQueue5CBAA355",
    "AlarmsDeadLetterQueuePolicyF06F217F",
    "AlarmsTopic3A2DFEBA",
    "AlarmsTopicPolicyED3A875E",
    "AlarmsEmailpatchingexamplecom2E3D240A",
    "AlarmsDeadLetters20E28703",
    "AlarmsPatchCommandRule3424BC7C",
    "AlarmsPatchCommandRuleFailedInvocations4E58567C",
    "AlarmsTopicUndelivered0F8AC38C",
]
LOGICAL_IDS_FULL = [
    "AlarmsDeadLetterQueue5CBAA355",
    "AlarmsDeadLetterQueuePolicyF06F217F",
    "AlarmsTopic3A2DFEBA",
    "AlarmsTopicPolicyED3A875E",
    "AlarmsChatTopicD3B3DFDC",
    "AlarmsChatTopicPolicy39908CA4",
    "AlarmsChatRole8C1E3B1F",
    "AlarmsSlackC0123456789E1A04630",
    "AlarmsMicrosoftTeams193Aab12cd40threadtacv2D0E8E82C",
    "AlarmsEmailpatchingexamplecom2E3D240A",
    "AlarmsQueuePatchingTicketsEF9EEA4974E6FDC2",
    "AlarmsDeadLetters20E28703",
    "AlarmsPatchCommandInvocationRule86467618",
    "AlarmsPatchCommandInvocationRuleFailedInvocations959F97E5",
    "AlarmsNonComplianceRuleA5CEF462",
    "AlarmsNonComplianceRuleFailedInvocations38F970AA",
    "AlarmsTopicUndelivered0F8AC38C",
    "AlarmsChatTopicUndelivered465AE66E",
    "AlarmsAnyCommandFailedA5081F96",
]


def _stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(analytics_reporting=False), "Patching")


def _minimal() -> cdk.Stack:
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL])
    return stack


def _full() -> cdk.Stack:
    stack = _stack()
    queue = sqs.Queue(
        stack,
        "Tickets",
        encryption_master_key=kms.Key(stack, "TicketsKey", enable_key_rotation=True),
        enforce_ssl=True,
    )
    ComplianceAlarms(
        stack,
        "Alarms",
        recipients=[
            EMAIL,
            Recipient.queue(queue),
            Recipient.slack(workspace_id="T0123456789", channel_id="C0123456789"),
            Recipient.microsoft_teams(
                tenant_id="01234567-89ab-cdef-0123-456789abcdef",
                team_id="01234567-89ab-cdef-0123-456789abcdef",
                channel_id="19%3Aab12cd%40thread.tacv2",
            ),
        ],
        patch_command_notification_type=PatchCommandNotificationType.INVOCATION,
        non_compliance_of=[
            PatchBaseline.from_patch_baseline_id(
                stack,
                "Baseline",
                patch_baseline_id="pb-0123456789abcdef0",
                operating_system=OperatingSystem.AMAZON_LINUX_2023,
            )
        ],
        event_bus=events.EventBus(stack, "Bus"),
        alarm_on_any_failed_command=True,
    )
    return stack


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    template = dict(Template.from_stack(_minimal()).to_json())
    template_snapshot(template)
    assert [name for name in template["Resources"] if name.startswith("Alarms")] == LOGICAL_IDS_MINIMAL


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    template = dict(Template.from_stack(_full()).to_json())
    template_snapshot(template)
    assert [name for name in template["Resources"] if name.startswith("Alarms")] == LOGICAL_IDS_FULL


def test_users_have_one_finding_to_acknowledge_a_dead_letter_queue_has_no_dead_letter_queue() -> None:
    expected = {("AwsSolutions-SQS3", "Patching/Alarms/DeadLetterQueue/Resource")}
    assert nag_findings(_minimal()) == expected
    assert nag_findings(_full()) == expected | {("AwsSolutions-SQS3", "Patching/Tickets/Resource")}


def test_cdk_nag_bites_when_a_given_topic_lacks_what_ours_has() -> None:
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], topic=sns.Topic(stack, "Plain"))
    rules = {rule for rule, path in nag_findings(stack) if path == "Patching/Plain/Resource"}
    assert rules == {"AwsSolutions-SNS3", "NIST.800.53.R5-SNSEncryptedKMS"}
