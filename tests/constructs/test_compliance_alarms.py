import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from patching_constructs import (
    CommandOutput,
    ComplianceAlarms,
    FindingId,
    InvalidInputError,
    OperatingSystem,
    PatchCommandNotificationType,
    PatchGroup,
    PatchWindow,
    Recipient,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
)
from tests.ssm_events import command, compliance, matches, render, window_execution

ACCOUNT, REGION = "111111111111", "eu-west-1"
EMAIL = Recipient.email("patching@example.com")
SLACK = Recipient.slack(workspace_id="T0123456789", channel_id="C0123456789")
TEAMS = Recipient.microsoft_teams(
    tenant_id="01234567-89ab-cdef-0123-456789abcdef",
    team_id="01234567-89ab-cdef-0123-456789abcdef",
    channel_id="19%3Aab12cd%40thread.tacv2",
)
ALARMS_OF_THIS_ACCOUNT = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {
        "aws:SourceArn": {
            "Fn::Join": [
                "",
                ["arn:", {"Ref": "AWS::Partition"}, f":cloudwatch:{REGION}:{ACCOUNT}:alarm:*"],
            ]
        }
    },
}


@dataclasses.dataclass(frozen=True, slots=True)
class Baseline:
    """An `IPatchBaseline`; only the id matters here."""

    patch_baseline_id: str | None
    operating_system: OperatingSystem = OperatingSystem.AMAZON_LINUX_2023
    accepts_patch_groups: bool = False

    def register_patch_group(self, patch_group: str) -> None:
        raise NotImplementedError


def _stack() -> cdk.Stack:
    return cdk.Stack(
        cdk.App(analytics_reporting=False),
        "Patching",
        env=cdk.Environment(account=ACCOUNT, region=REGION),
    )


def _windows(stack: cdk.Stack, rollout_name: str) -> RingedMaintenanceWindow:
    return RingedMaintenanceWindow(
        stack,
        rollout_name,
        rollout_name=rollout_name,
        command_output=CommandOutput(stack, f"{rollout_name}Output"),
        rings=[
            Ring(
                name=ring_name,
                patch_groups=[PatchGroup(name=f"{rollout_name}-{ring_name}")],
                scan=PatchWindow(schedule=Schedule.daily(hour=hour), duration_hours=2, cutoff_hours=1),
                max_concurrency="50%",
                max_errors="10%",
            )
            for hour, ring_name in enumerate(("dev", "prod"), start=1)
        ],
    )


def _resources(stack: cdk.Stack, type_name: str) -> dict[str, dict[str, Any]]:
    resources = Template.from_stack(stack).to_json()["Resources"]
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in resources.items()
        if resource["Type"] == type_name
    }


def _one(stack: cdk.Stack, type_name: str) -> dict[str, Any]:
    (properties,) = _resources(stack, type_name).values()
    return properties


def _statement(document: dict[str, Any], service: str) -> dict[str, Any]:
    (statement,) = (
        statement
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        and statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
    )
    return {key: value for key, value in statement.items() if key not in {"Effect", "Principal", "Sid"}}


def _refers_to(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "Ref" in value:
            yield value["Ref"]
        if "Fn::GetAtt" in value:
            yield value["Fn::GetAtt"][0]
        for item in value.values():
            yield from _refers_to(item)
    elif isinstance(value, list):
        for item in value:
            yield from _refers_to(item)


def _is_acyclic(template: Mapping[str, Any]) -> bool:
    resources = template["Resources"]
    edges = {name: {ref for ref in _refers_to(body) if ref in resources} for name, body in resources.items()}
    while removable := {name for name, refs in edges.items() if not refs & edges.keys()}:
        edges = {name: refs for name, refs in edges.items() if name not in removable}
    return not edges


def test_cloudwatch_may_use_key_and_topic_for_alarms_of_this_account_only() -> None:
    stack = _stack()
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[EMAIL])
    assert _statement(_one(stack, "AWS::KMS::Key")["KeyPolicy"], "cloudwatch") == {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": ALARMS_OF_THIS_ACCOUNT,
    }
    assert _statement(_one(stack, "AWS::SNS::TopicPolicy")["PolicyDocument"], "cloudwatch") == {
        "Action": "sns:Publish",
        "Resource": stack.resolve(alarms.topic.topic_arn),
        "Condition": ALARMS_OF_THIS_ACCOUNT,
    }


def test_eventbridge_has_no_condition_because_with_one_every_message_would_vanish() -> None:
    stack = _stack()
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[EMAIL])
    assert _statement(_one(stack, "AWS::KMS::Key")["KeyPolicy"], "events") == {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
    }
    assert _statement(_one(stack, "AWS::SNS::TopicPolicy")["PolicyDocument"], "events") == {
        "Action": "sns:Publish",
        "Resource": stack.resolve(alarms.topic.topic_arn),
    }


def test_both_topics_have_the_one_rotating_key_the_same_grants_and_take_nothing_without_tls() -> None:
    stack = _stack()
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[EMAIL, SLACK])
    assert alarms.encryption_key is not None
    assert _one(stack, "AWS::KMS::Key")["EnableKeyRotation"] is True
    topics = _resources(stack, "AWS::SNS::Topic")
    assert {json.dumps(topic["KmsMasterKeyId"]) for topic in topics.values()} == {
        json.dumps(stack.resolve(alarms.encryption_key.key_arn))
    }
    policies = _resources(stack, "AWS::SNS::TopicPolicy").values()
    assert [policy["Topics"] for policy in policies] == [[{"Ref": topic}] for topic in topics]
    for policy in policies:
        deny, *allows = policy["PolicyDocument"]["Statement"]
        assert (deny["Effect"], deny["Principal"], deny["Condition"]) == (
            "Deny",
            "*",
            {"Bool": {"aws:SecureTransport": "false"}},
        )
        assert [allow["Sid"] for allow in allows] == ["CloudWatchAlarmsPublish", "EventBridgePublishes"]


def test_a_given_owned_key_encrypts_and_gets_the_grants() -> None:
    stack = _stack()
    key = kms.Key(stack, "OwnKey")
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], encryption_key=key)
    assert alarms.encryption_key is key
    policy = _one(stack, "AWS::KMS::Key")["KeyPolicy"]
    assert "Condition" in _statement(policy, "cloudwatch")
    assert "Condition" not in _statement(policy, "events")
    assert _one(stack, "AWS::SNS::Topic")["KmsMasterKeyId"] == stack.resolve(key.key_arn)


def test_a_given_imported_key_encrypts_and_no_new_key_appears() -> None:
    stack = _stack()
    key_arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef"
    key = kms.Key.from_key_arn(stack, "OwnKey", key_arn)
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], encryption_key=key)
    assert not _resources(stack, "AWS::KMS::Key")
    assert _one(stack, "AWS::SNS::Topic")["KmsMasterKeyId"] == key_arn


def test_a_given_owned_topic_and_its_key_get_the_grants() -> None:
    stack = _stack()
    topic = sns.Topic(stack, "OwnTopic", master_key=kms.Key(stack, "OwnKey"))
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], topic=topic)
    assert alarms.topic is topic
    assert alarms.encryption_key is None
    for policy in (
        _one(stack, "AWS::KMS::Key")["KeyPolicy"],
        _one(stack, "AWS::SNS::TopicPolicy")["PolicyDocument"],
    ):
        assert _statement(policy, "cloudwatch")["Condition"] == ALARMS_OF_THIS_ACCOUNT
        assert "Condition" not in _statement(policy, "events")


def test_an_unencrypted_given_topic_gets_its_grants_without_a_key() -> None:
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], topic=sns.Topic(stack, "OwnTopic"))
    assert not _resources(stack, "AWS::KMS::Key")
    assert "Condition" not in _statement(_one(stack, "AWS::SNS::TopicPolicy")["PolicyDocument"], "events")


def test_an_imported_topic_is_published_on_as_its_owner_allows() -> None:
    stack = _stack()
    topic_arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:operations"
    topic = sns.Topic.from_topic_arn(stack, "OwnTopic", topic_arn)
    ComplianceAlarms(stack, "Alarms", recipients=[], topic=topic)
    assert not _resources(stack, "AWS::SNS::Topic") | _resources(stack, "AWS::SNS::TopicPolicy")
    for rule in _resources(stack, "AWS::Events::Rule").values():
        assert [target["Arn"] for target in rule["Targets"]] == [topic_arn]


def test_two_alarms_on_one_topic_state_the_grants_once() -> None:
    stack = _stack()
    first = ComplianceAlarms(stack, "Alarms", recipients=[EMAIL])
    bus = events.EventBus(stack, "Bus")
    ComplianceAlarms(stack, "AlarmsOfAllAccounts", recipients=[], topic=first.topic, event_bus=bus)
    assert len(_one(stack, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]) == 3
    assert len(_one(stack, "AWS::KMS::Key")["KeyPolicy"]["Statement"]) == 3


def _in_alarm(stack: cdk.Stack, event: dict[str, Any]) -> list[str]:
    return [
        rule["Description"]
        for rule in _resources(stack, "AWS::Events::Rule").values()
        if matches(rule["EventPattern"], event)
    ]


def test_failed_patch_commands_notify_and_windows_of_others_and_non_compliance_do_not_by_default() -> None:
    """A window of others may have nothing to do with patching, which its event does not say."""
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL])
    assert _in_alarm(stack, command("Failed")) == ["Patch commands that failed, timed out or were cancelled"]
    for status in ("FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING"):
        assert _in_alarm(stack, window_execution(status)) == []
    assert _in_alarm(stack, compliance("non_compliant")) == []


def test_given_windows_ring_and_others_do_not() -> None:
    stack = _stack()
    web, database = _windows(stack, "web"), _windows(stack, "database")
    _windows(stack, "other")
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], maintenance_windows=[web, database])
    of_windows = [
        rule["EventPattern"]["detail"]["window-id"]
        for rule in _resources(stack, "AWS::Events::Rule").values()
        if "window-id" in rule["EventPattern"]["detail"]
    ]
    ids = [
        stack.resolve(window.maintenance_window_id)
        for rollout in (web, database)
        for window in rollout.windows
    ]
    assert of_windows == [ids, ids]
    assert len(ids) == 4


def test_failures_on_each_node_ring_by_choice_instead_of_commands() -> None:
    stack = _stack()
    ComplianceAlarms(
        stack,
        "Alarms",
        recipients=[EMAIL],
        patch_command_notification_type=PatchCommandNotificationType.INVOCATION,
    )
    assert _in_alarm(stack, command("Failed")) == []
    assert "AlarmsPatchCommandInvocationRule" in json.dumps(list(_resources(stack, "AWS::Events::Rule")))


def test_non_compliance_with_given_baselines_rings_by_choice() -> None:
    stack = _stack()
    token = cdk.Fn.import_value("baseline-id")
    ComplianceAlarms(
        stack,
        "Alarms",
        recipients=[EMAIL],
        non_compliance_of=[Baseline("pb-0123456789abcdef0"), Baseline(token)],
    )
    assert _in_alarm(stack, compliance("non_compliant")) == [
        "Nodes that became non-compliant with their patch baseline"
    ]
    pattern = next(
        rule["EventPattern"]
        for logical_id, rule in _resources(stack, "AWS::Events::Rule").items()
        if "NonCompliance" in logical_id
    )
    assert pattern["detail"]["patch-baseline-id"] == [
        "pb-0123456789abcdef0",
        {"Fn::ImportValue": "baseline-id"},
        {"suffix": "/pb-0123456789abcdef0"},
        {"suffix": {"Fn::Join": ["", ["/", {"Fn::ImportValue": "baseline-id"}]]}},
    ]


def test_on_a_central_bus_failed_patch_commands_of_every_account_notify() -> None:
    stack = _stack()
    bus = events.EventBus(stack, "Bus")
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], event_bus=bus)
    rules = _resources(stack, "AWS::Events::Rule").values()
    assert {json.dumps(rule["EventBusName"]) for rule in rules} == {
        json.dumps(stack.resolve(bus.event_bus_name))
    }
    assert len(_in_alarm(stack, command("Failed") | {"account": "222222222222"})) == 1


@pytest.mark.parametrize(
    ("bus_name", "dimensions", "position"),
    [(None, ["RuleName"], 1), ("default", ["RuleName"], 1), ("central", ["EventBusName", "RuleName"], 2)],
)
def test_a_rules_metric_has_the_dimensions_that_eventbridge_uses_on_its_bus(
    bus_name: str | None, dimensions: list[str], position: int
) -> None:
    stack = _stack()
    bus = None if bus_name is None else events.EventBus.from_event_bus_name(stack, "Bus", bus_name)
    ComplianceAlarms(
        stack, "Alarms", recipients=[EMAIL], event_bus=bus, maintenance_windows=[_windows(stack, "web")]
    )
    alarms = [
        alarm
        for alarm in _resources(stack, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "FailedInvocations"
    ]
    assert len(alarms) == 3
    for alarm in alarms:
        assert [dimension["Name"] for dimension in alarm["Dimensions"]] == dimensions
        assert alarm["Dimensions"][-1]["Value"]["Fn::Select"][0] == position


def test_every_rule_tells_both_topics_in_their_form_and_keeps_what_it_cannot_deliver() -> None:
    stack = _stack()
    alarms = ComplianceAlarms(
        stack, "Alarms", recipients=[EMAIL, SLACK], maintenance_windows=[_windows(stack, "web")]
    )
    assert alarms.chat_topic is not None
    topic_arns = [stack.resolve(topic.topic_arn) for topic in (alarms.topic, alarms.chat_topic)]
    dead_letter_queue_arn = stack.resolve(alarms.dead_letter_queue.queue_arn)
    rules = _resources(stack, "AWS::Events::Rule").values()
    assert len(rules) == 3
    for rule in rules:
        assert [target["Arn"] for target in rule["Targets"]] == topic_arns
        assert [target["DeadLetterConfig"]["Arn"] for target in rule["Targets"]] == [
            dead_letter_queue_arn
        ] * 2
        text, chat = (
            render(transformer["InputPathsMap"], transformer["InputTemplate"], window_execution("FAILED"))
            for transformer in (target["InputTransformer"] for target in rule["Targets"])
        )
        assert "in account 123456789012, Region us-east-2, at 2025-06-02T14:52:18Z" in text
        assert chat["source"] == "custom"


def test_the_dead_letter_queue_is_encrypted_without_the_key_whose_fault_it_may_record() -> None:
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL])
    queue = _one(stack, "AWS::SQS::Queue")
    assert queue == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 24 * 3600}


def test_only_our_rules_and_topic_may_send_dead_letters_and_only_over_tls() -> None:
    stack = _stack()
    queue = sqs.Queue(stack, "Tickets")
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[Recipient.queue(queue)])
    policy = next(
        policy["PolicyDocument"]
        for logical_id, policy in _resources(stack, "AWS::SQS::QueuePolicy").items()
        if "DeadLetter" in logical_id
    )
    assert policy["Statement"][0]["Effect"] == "Deny"
    assert policy["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    rules = _resources(stack, "AWS::Events::Rule")
    assert _statement(policy, "events")["Condition"] == {
        "ArnEquals": {"aws:SourceArn": [{"Fn::GetAtt": [rule, "Arn"]} for rule in rules]}
    }
    assert _statement(policy, "sns")["Condition"] == {
        "ArnEquals": {"aws:SourceArn": stack.resolve(alarms.topic.topic_arn)}
    }


def test_a_mailbox_is_subscribed() -> None:
    stack = _stack()
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[EMAIL])
    assert _one(stack, "AWS::SNS::Subscription") == {
        "Protocol": "email",
        "Endpoint": "patching@example.com",
        "TopicArn": stack.resolve(alarms.topic.topic_arn),
    }


def test_a_mailbox_that_is_known_at_deployment_only_is_subscribed() -> None:
    stack = _stack()
    address = cdk.CfnParameter(stack, "Address").value_as_string
    ComplianceAlarms(stack, "Alarms", recipients=[Recipient.email(address)])
    subscriptions = _resources(stack, "AWS::SNS::Subscription")
    assert [subscription["Endpoint"] for subscription in subscriptions.values()] == [{"Ref": "Address"}]
    assert next(iter(subscriptions)).startswith("AlarmsEmail0")


def test_an_owned_queue_and_its_key_are_granted_to_the_topic() -> None:
    stack = _stack()
    key = kms.Key(stack, "QueueKey")
    queue = sqs.Queue(stack, "Tickets", encryption_master_key=key)
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[Recipient.queue(queue)])
    topic_arn = stack.resolve(alarms.topic.topic_arn)
    assert _one(stack, "AWS::SNS::Subscription") == {
        "Protocol": "sqs",
        "Endpoint": stack.resolve(queue.queue_arn),
        "TopicArn": topic_arn,
        "RedrivePolicy": {"deadLetterTargetArn": stack.resolve(alarms.dead_letter_queue.queue_arn)},
    }
    queue_policy = next(
        policy["PolicyDocument"]
        for logical_id, policy in _resources(stack, "AWS::SQS::QueuePolicy").items()
        if logical_id.startswith("Tickets")
    )
    assert _statement(queue_policy, "sns") == {
        "Action": "sqs:SendMessage",
        "Resource": stack.resolve(queue.queue_arn),
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    key_policy = next(
        policy["KeyPolicy"]
        for logical_id, policy in _resources(stack, "AWS::KMS::Key").items()
        if logical_id.startswith("QueueKey")
    )
    assert _statement(key_policy, "sns") == {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {
            "ArnLike": {
                "aws:SourceArn": {
                    "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":sns:{REGION}:{ACCOUNT}:*"]]
                }
            }
        },
    }


def test_one_key_for_topic_and_queue_does_not_depend_on_itself() -> None:
    stack = _stack()
    key = kms.Key(stack, "OwnKey")
    queue = sqs.Queue(stack, "Tickets", encryption_master_key=key)
    ComplianceAlarms(stack, "Alarms", recipients=[Recipient.queue(queue), SLACK], encryption_key=key)
    assert _is_acyclic(Template.from_stack(stack).to_json())


def test_an_imported_queue_is_subscribed_and_left_to_its_owner() -> None:
    stack = _stack()
    queue_arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:tickets"
    queue = sqs.Queue.from_queue_arn(stack, "Tickets", queue_arn)
    ComplianceAlarms(stack, "Alarms", recipients=[Recipient.queue(queue)])
    assert _one(stack, "AWS::SNS::Subscription")["Endpoint"] == queue_arn
    assert not any("Tickets" in logical_id for logical_id in _resources(stack, "AWS::SQS::QueuePolicy"))


def test_without_a_chat_channel_there_is_no_chat() -> None:
    stack = _stack()
    assert ComplianceAlarms(stack, "Alarms", recipients=[EMAIL]).chat_topic is None
    types = {resource["Type"] for resource in Template.from_stack(stack).to_json()["Resources"].values()}
    assert not {name for name in types if name.startswith(("AWS::Chatbot", "AWS::IAM"))}


def test_chat_channels_show_the_chat_topic_and_can_do_nothing_in_the_account() -> None:
    stack = _stack()
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[SLACK, TEAMS])
    assert alarms.chat_topic is not None
    slack = _one(stack, "AWS::Chatbot::SlackChannelConfiguration")
    teams = _one(stack, "AWS::Chatbot::MicrosoftTeamsChannelConfiguration")
    assert (slack["SlackWorkspaceId"], slack["SlackChannelId"]) == ("T0123456789", "C0123456789")
    assert (teams["TeamsTenantId"], teams["TeamId"], teams["TeamsChannelId"]) == (
        "01234567-89ab-cdef-0123-456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdef",
        "19%3Aab12cd%40thread.tacv2",
    )
    deny_all = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AWSDenyAll"]]}
    for channel in (slack, teams):
        assert channel["SnsTopicArns"] == [stack.resolve(alarms.chat_topic.topic_arn)]
        assert channel["GuardrailPolicies"] == [deny_all]
    role = _one(stack, "AWS::IAM::Role")
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "chatbot.amazonaws.com"},
        }
    ]
    assert not {"Policies", "ManagedPolicyArns"} & role.keys()
    assert not _resources(stack, "AWS::IAM::Policy")


def test_chat_configurations_of_two_regions_do_not_clash_in_the_account() -> None:
    names = set()
    for region in ("eu-west-1", "us-east-1"):
        env = cdk.Environment(account=ACCOUNT, region=region)
        stack = cdk.Stack(cdk.App(analytics_reporting=False), "Patching", env=env)
        ComplianceAlarms(stack, "Alarms", recipients=[SLACK, TEAMS])
        names |= {
            channel["ConfigurationName"]
            for kind in ("Slack", "MicrosoftTeams")
            for channel in _resources(stack, f"AWS::Chatbot::{kind}ChannelConfiguration").values()
        }
    assert len(names) == 4
    assert all(len(name) <= 128 and name.replace("-", "").isalnum() for name in names)


def test_a_chat_channel_that_is_known_at_deployment_only_is_shown_to() -> None:
    stack = _stack()
    channel_id = cdk.CfnParameter(stack, "Channel").value_as_string
    ComplianceAlarms(
        stack, "Alarms", recipients=[Recipient.slack(workspace_id="T0123456789", channel_id=channel_id)]
    )
    channels = _resources(stack, "AWS::Chatbot::SlackChannelConfiguration")
    assert [channel["SlackChannelId"] for channel in channels.values()] == [{"Ref": "Channel"}]


def _ids_of(recipients: Sequence[Recipient]) -> set[str]:
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=recipients)
    return set(Template.from_stack(stack).to_json()["Resources"])


def test_removing_a_recipient_leaves_the_others_in_place() -> None:
    other = Recipient.email("other@example.com")
    everybody = _ids_of([other, EMAIL, TEAMS, SLACK])
    remaining = _ids_of([EMAIL, SLACK])
    assert remaining < everybody
    assert len(everybody - remaining) == 2


def _metrics(stack: cdk.Stack) -> list[tuple[str, str, str]]:
    return [
        (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"])
        for alarm in _resources(stack, "AWS::CloudWatch::Alarm").values()
    ]


def test_alarms_stand_on_metrics_that_aws_publishes_and_on_nothing_else() -> None:
    stack = _stack()
    ComplianceAlarms(
        stack,
        "Alarms",
        recipients=[EMAIL, SLACK],
        maintenance_windows=[_windows(stack, "web")],
        non_compliance_of=[Baseline("pb-0123456789abcdef0")],
        alarm_on_any_failed_command=True,
    )
    assert _metrics(stack) == [
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum"),
        *([("AWS/Events", "FailedInvocations", "Sum")] * 4),
        ("AWS/SNS", "NumberOfNotificationsFailed", "Sum"),
        ("AWS/SNS", "NumberOfNotificationsFailed", "Sum"),
        ("AWS/SSM-RunCommand", "CommandsFailed", "Sum"),
    ]


def test_the_metric_that_counts_every_command_of_the_account_is_left_alone_by_default() -> None:
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL])
    assert "AWS/SSM-RunCommand" not in {namespace for namespace, _, _ in _metrics(stack)}


def test_every_alarm_says_what_to_do_chooses_about_missing_data_and_tells_both_topics() -> None:
    stack = _stack()
    alarms = ComplianceAlarms(
        stack,
        "Alarms",
        recipients=[EMAIL, SLACK],
        maintenance_windows=[_windows(stack, "web")],
        alarm_on_any_failed_command=True,
    )
    assert alarms.chat_topic is not None
    actions = [stack.resolve(topic.topic_arn) for topic in (alarms.topic, alarms.chat_topic)]
    resources = _resources(stack, "AWS::CloudWatch::Alarm").values()
    assert len(resources) == len(alarms.alarms) == 7
    for alarm in resources:
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmActions"] == actions
        assert alarm["Threshold"] == 1
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert any(verb in alarm["AlarmDescription"] for verb in ("Check ", "Read ", "Find "))


def test_the_alarm_on_dead_letters_watches_our_queue() -> None:
    stack = _stack()
    alarms = ComplianceAlarms(stack, "Alarms", recipients=[EMAIL])
    alarm = next(iter(_resources(stack, "AWS::CloudWatch::Alarm").values()))
    assert alarm["Dimensions"] == [
        {"Name": "QueueName", "Value": stack.resolve(alarms.dead_letter_queue.queue_name)}
    ]


def test_all_mistakes_are_reported_together_and_nothing_joins_the_tree() -> None:
    stack = _stack()
    fifo_queue = sqs.Queue(stack, "Fifo", fifo=True)
    before = len(stack.node.children)
    with pytest.raises(InvalidInputError) as caught:
        ComplianceAlarms(
            stack,
            "Alarms",
            recipients=[EMAIL, Recipient.queue(fifo_queue), Recipient.email("Patching@Example.com")],
            topic=sns.Topic.from_topic_arn(stack, "T", f"arn:aws:sns:{REGION}:{ACCOUNT}:t"),
            encryption_key=kms.Key.from_key_arn(stack, "K", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"),
            non_compliance_of=[Baseline("pb-0123456789abcdef0"), Baseline(None)],
        )
    assert [(finding.id, finding.field) for finding in caught.value.findings] == [
        (FindingId.RECIPIENT_FIFO_QUEUE, "recipients[1]"),
        (FindingId.RECIPIENT_DUPLICATE, "recipients[2]"),
        (FindingId.BASELINE_WITHOUT_ID, "non_compliance_of[1]"),
        (FindingId.ENCRYPTION_KEY_UNUSED, "encryption_key"),
    ]
    assert len(stack.node.children) == before + 2  # the topic and the key of this test


def test_one_region_configures_a_channel_and_shows_the_topics_of_others() -> None:
    stack = _stack()
    other = sns.Topic.from_topic_arn(stack, "Other", f"arn:aws:sns:eu-west-1:{ACCOUNT}:chat")
    alarms = ComplianceAlarms(
        stack, "Alarms", recipients=[SLACK, TEAMS], chat_topic_name="chat", other_chat_topics=[other]
    )
    assert alarms.chat_topic is not None
    shown = [stack.resolve(alarms.chat_topic.topic_arn), other.topic_arn]
    for service in ("Slack", "MicrosoftTeams"):
        assert _one(stack, f"AWS::Chatbot::{service}ChannelConfiguration")["SnsTopicArns"] == shown


def test_other_regions_have_a_topic_for_chat_and_configure_nothing() -> None:
    stack = _stack()
    ComplianceAlarms(
        stack, "Alarms", recipients=[EMAIL, SLACK], chat_topic_name="chat", configures_chat=False
    )
    assert "chat" in {topic.get("TopicName") for topic in _resources(stack, "AWS::SNS::Topic").values()}
    assert _resources(stack, "AWS::Chatbot::SlackChannelConfiguration") == {}
    assert _resources(stack, "AWS::IAM::Role") == {}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chat_topic_name": "a.b"}, "chat_topic_name: not the name of a topic, got 'a.b'"),
        ({"recipients": [EMAIL]}, "other_chat_topics: no chat channel would show them, got 1 topics"),
        ({"configures_chat": False}, "other_chat_topics: no chat channel would show them"),
    ],
)
def test_topics_for_chat_that_cannot_be(options: dict[str, Any], message: str) -> None:
    stack = _stack()
    other = sns.Topic.from_topic_arn(stack, "Other", f"arn:aws:sns:eu-west-1:{ACCOUNT}:chat")
    arguments: dict[str, Any] = {"recipients": [SLACK], "other_chat_topics": [other]} | options
    with pytest.raises(InvalidInputError, match=re.escape(message)):
        ComplianceAlarms(stack, "Alarms", **arguments)


def test_someone_has_to_be_reported() -> None:
    with pytest.raises(InvalidInputError) as caught:
        ComplianceAlarms(_stack(), "Alarms", recipients=[])
    assert str(caught.value) == (
        "Patching/Alarms (ComplianceAlarms): recipients: no one would be notified, got no recipient; "
        "allowed: at least one Recipient, or a topic that has subscribers"
    )


def test_the_same_queue_slack_or_teams_channel_twice_is_refused() -> None:
    stack = _stack()
    queue = sqs.Queue(stack, "Tickets")
    twice = [recipient for recipient in (Recipient.queue(queue), SLACK, TEAMS) for _ in range(2)]
    with pytest.raises(InvalidInputError) as caught:
        ComplianceAlarms(stack, "Alarms", recipients=twice)
    assert [str(finding).partition(",")[0] for finding in caught.value.findings] == [
        "recipients[1]: the same as recipients[0]",
        "recipients[3]: the same as recipients[2]",
        "recipients[5]: the same as recipients[4]",
    ]


@pytest.mark.parametrize(("count", "refused"), [(32, False), (33, True)])
def test_more_ids_than_an_event_pattern_can_hold_are_refused_instead_of_failing_at_deployment(
    count: int, refused: bool
) -> None:
    stack = _stack()
    baselines = [Baseline(f"pb-{number:017x}") for number in range(count)]
    if not refused:
        ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], non_compliance_of=baselines)
        patterns = [rule["EventPattern"] for rule in _resources(stack, "AWS::Events::Rule").values()]
        assert 2000 < max(len(json.dumps(pattern, separators=(",", ":"))) for pattern in patterns) <= 2048
        return
    with pytest.raises(
        InvalidInputError, match="too many ids for one event pattern, got a pattern of about 2091"
    ):
        ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], non_compliance_of=baselines)


def test_ids_that_are_tokens_count_with_the_length_of_real_ones() -> None:
    stack = _stack()
    tokens = [Baseline(cdk.Fn.import_value(f"id-{number}")) for number in range(33)]
    with pytest.raises(InvalidInputError, match="too many ids for one event pattern"):
        ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], non_compliance_of=tokens)
    ComplianceAlarms(stack, "Alarms", recipients=[EMAIL], non_compliance_of=tokens[:32])


def test_a_recipient_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(
        InvalidInputError,
        match=r"recipients\[0\]: of a wrong type, got 'patching@example.com'; allowed: a Recipient, made by",
    ):
        ComplianceAlarms(_stack(), "Alarms", recipients=["patching@example.com"])  # type: ignore[list-item]
