"""One customer key for all constructs of a stack, and none where AWS's own keys are enough."""

import gc
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from patching_constructs import (
    CommandOutput,
    ComplianceAlarms,
    ComplianceHistory,
    ComplianceReporter,
    EncryptionKey,
    NodeDataSync,
    PatchEventForwarder,
    PatchEventHub,
    PatchEventSeverity,
    PatchGroup,
    PatchingKey,
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
from tests.nag import nag_findings

ACCOUNT, REGION = "111111111111", "eu-central-1"
BUS = f"arn:aws:events:{REGION}:222222222222:event-bus/patching"
PEOPLE = [Recipient.email("a@example.com")]
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef"

Key = kms.IKey | EncryptionKey | None


def _stack(app: cdk.App | None = None, id: str = "Patching") -> cdk.Stack:
    return cdk.Stack(
        app or cdk.App(analytics_reporting=False),
        id,
        env=cdk.Environment(account=ACCOUNT, region=REGION),
    )


def _windows(stack: cdk.Stack) -> RingedMaintenanceWindow:
    return RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name="web",
        command_output=CommandOutput(stack, "OutputOfWindows", encryption_key=EncryptionKey.AWS_OWNED),
        rings=[
            Ring(
                name="dev",
                patch_groups=[PatchGroup(name="web")],
                scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
                install=PatchWindow(
                    schedule=Schedule.weekly(day=Weekday.TUESDAY, hour=20), duration_hours=4, cutoff_hours=1
                ),
                reboot_option=RebootOption.REBOOT_IF_NEEDED,
                max_concurrency="1",
                max_errors="1",
            )
        ],
    )


def _output(stack: cdk.Stack, key: Key) -> CommandOutput:
    return CommandOutput(stack, "Output", encryption_key=key)


def _reporter(stack: cdk.Stack, key: Key) -> ComplianceReporter:
    return ComplianceReporter(
        stack, "Reporter", account_name="dev", maintenance_windows=_windows(stack), encryption_key=key
    )


def _forwarder(stack: cdk.Stack, key: Key) -> PatchEventForwarder:
    return PatchEventForwarder(
        stack, "Events", maintenance_windows=_windows(stack), event_bus_arn=BUS, encryption_key=key
    )


def _recorder(stack: cdk.Stack, key: Key) -> RingRunRecorder:
    return RingRunRecorder(
        stack, "RingRuns", maintenance_windows=_windows(stack), event_bus_arn=BUS, encryption_key=key
    )


def _states(stack: cdk.Stack, key: Key) -> RingStates:
    return RingStates(
        stack,
        "RingStates",
        event_bus=events.EventBus(stack, "Bus"),
        owners={"web": {"dev": [ACCOUNT]}},
        encryption_key=key,
    )


def _history(stack: cdk.Stack, key: Key) -> ComplianceHistory:
    return ComplianceHistory(
        stack,
        "History",
        bucket_name="example-history",
        rollout_names=["web"],
        account_ids=[ACCOUNT],
        regions=[REGION],
        takes_resource_data_sync=True,
        encryption_key=key,
    )


Made = (
    CommandOutput
    | ComplianceHistory
    | ComplianceReporter
    | PatchEventForwarder
    | RingRunRecorder
    | RingStates
)
MAKERS: Mapping[str, Callable[[cdk.Stack, Key], Made]] = {
    "output": _output,
    "reporter": _reporter,
    "forwarder": _forwarder,
    "recorder": _recorder,
    "states": _states,
    "history": _history,
}
every_maker = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def _keys(stack: cdk.Stack) -> Mapping[str, Mapping[str, Any]]:
    return Template.from_stack(stack).find_resources("AWS::KMS::Key")


def _statements(stack: cdk.Stack) -> list[str]:
    (key,) = _keys(stack).values()
    return [each.get("Sid", "") for each in key["Properties"]["KeyPolicy"]["Statement"]]


def _keys_in_use(value: object, name: str = "") -> Iterator[object]:
    """Yield every value of a property that names a key."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            if name.lower() in {"kmskeyid", "kmskeyarn", "kmsmasterkeyid", "kmskey"}:
                yield json.dumps(inside)
            else:
                yield from _keys_in_use(inside)
    elif isinstance(value, list):
        for each in value:
            yield from _keys_in_use(each)


# --- shared


def test_what_a_workload_account_needs_shares_one_key() -> None:
    stack = _stack()
    windows = _windows(stack)
    reporter = ComplianceReporter(stack, "Reporter", account_name="dev", maintenance_windows=windows)
    alarms = ComplianceAlarms(
        stack, "Alarms", recipients=PEOPLE, maintenance_windows=[windows], reporter=reporter
    )
    CommandOutput(stack, "Output")
    PatchEventForwarder(stack, "Events", maintenance_windows=windows, event_bus_arn=BUS)
    RingRunRecorder(stack, "RingRuns", maintenance_windows=windows, event_bus_arn=BUS)
    shared = json.dumps(stack.resolve(PatchingKey.of(alarms).key_arn))
    assert len(_keys(stack)) == 1
    # log groups of three functions and of output, environments of three functions, table, bucket, topic
    assert list(_keys_in_use(Template.from_stack(stack).to_json())) == [shared] * 10
    assert sorted(_statements(stack)) == [
        "",
        "CloudWatchAlarmsUseKey",
        "EncryptLogGroupsOfThisAccount",
        "EncryptTablesOfThisAccount",
        "EventBridgeUsesKey",
    ]


def test_what_a_security_account_needs_shares_one_key() -> None:
    stack = _stack()
    _states(stack, None)
    _history(stack, None)
    PatchEventHub(
        stack,
        "Events",
        event_bus=events.EventBus(stack, "BusOfHub"),
        recipients={PatchEventSeverity.CRITICAL: PEOPLE},
        owners={"web": {"dev": [ACCOUNT]}},
    )
    assert len(_keys(stack)) == 1
    assert sorted(_statements(stack)) == [
        "",
        "CloudWatchAlarmsUseKey",
        "EncryptLogGroupsOfThisAccount",
        "EncryptTablesOfThisAccount",
        "ReportersEncrypt",
        "ResourceDataSyncsEncrypt",
    ]


def test_the_shared_key_rotates_and_outlives_its_stack() -> None:
    stack = _stack()
    PatchingKey.of(stack)
    (key,) = _keys(stack).values()
    assert key["Properties"]["EnableKeyRotation"] is True
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_a_key_is_not_shared_with_another_stack() -> None:
    app = cdk.App(analytics_reporting=False)
    one, other = _stack(app), _stack(app, "Other")
    _output(one, None)
    _output(other, None)
    assert (len(_keys(one)), len(_keys(other))) == (1, 1)


def test_stacks_of_an_account_and_region_may_be_given_one_key() -> None:
    app = cdk.App(analytics_reporting=False)
    base, patching = _stack(app, "Base"), _stack(app)
    key = PatchingKey(base, "Key", removal_policy=cdk.RemovalPolicy.DESTROY)
    reporter = _reporter(patching, key)
    ComplianceAlarms(patching, "Alarms", recipients=PEOPLE, reporter=reporter, encryption_key=key)
    assert not _keys(patching)
    assert sorted(_statements(base)) == [
        "",
        "CloudWatchAlarmsUseKey",
        "EncryptLogGroupsOfThisAccount",
        "EncryptTablesOfThisAccount",
        "EventBridgeUsesKey",
    ]
    (defined,) = _keys(base).values()
    assert defined["DeletionPolicy"] == "Delete"


# --- given


@every_maker
def test_a_construct_takes_a_key_of_someone_else(make: Callable[[cdk.Stack, Key], Made]) -> None:
    stack = _stack()
    key = kms.Key.from_key_arn(stack, "Imported", KEY_ARN)
    assert make(stack, key).encryption_key is key
    assert not _keys(stack)
    used = set(_keys_in_use(Template.from_stack(stack).to_json()))
    assert used == {json.dumps(KEY_ARN)}


# --- AWS's own


@every_maker
def test_a_construct_does_without_a_customer_key(make: Callable[[cdk.Stack, Key], Made]) -> None:
    stack = _stack()
    assert make(stack, EncryptionKey.AWS_OWNED).encryption_key is None
    template = Template.from_stack(stack).to_json()
    assert not _keys(stack)
    assert not list(_keys_in_use(template))
    assert "kms:" not in json.dumps(template), "no role is granted the use of a key that does not exist"


def test_a_reader_of_ring_states_then_needs_no_key() -> None:
    stack = _stack()
    reader = cdk.aws_iam.Role(
        stack, "Reader", assumed_by=cdk.aws_iam.ServicePrincipal("lambda.amazonaws.com")
    )
    _states(stack, EncryptionKey.AWS_OWNED).grant_read(reader)
    (policy,) = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["dynamodb:GetItem", "dynamodb:Query"]


def test_a_history_without_a_customer_key_takes_what_s3_encrypts_and_nothing_else() -> None:
    stack = _stack()
    _history(stack, EncryptionKey.AWS_OWNED)
    NodeDataSync(stack, "Sync", bucket_name="example-history", bucket_region=REGION)
    template = Template.from_stack(stack)
    (policy,) = template.find_resources("AWS::S3::BucketPolicy").values()
    denied = {
        each["Sid"]: each["Condition"]
        for each in policy["Properties"]["PolicyDocument"]["Statement"]
        if each["Effect"] == "Deny" and each["Action"] == "s3:PutObject"
    }
    encryption = "s3:x-amz-server-side-encryption"
    assert denied == {
        "DenyOtherEncryption": {
            "Null": {encryption: "false"},
            "StringNotEquals": {encryption: "AES256"},
        },
        "DenyKeysOfWriters": {"Null": {f"{encryption}-customer-algorithm": "false"}},
    }
    (workgroup,) = template.find_resources("AWS::Athena::WorkGroup").values()
    results = workgroup["Properties"]["WorkGroupConfiguration"]["ResultConfiguration"]
    assert results["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}


def test_topics_of_alarms_have_a_customer_key_whatever_the_rest_has() -> None:
    stack = _stack()
    reporter = _reporter(stack, EncryptionKey.AWS_OWNED)
    ComplianceAlarms(stack, "Alarms", recipients=PEOPLE, reporter=reporter)
    assert sorted(_statements(stack)) == ["", "CloudWatchAlarmsUseKey", "EventBridgeUsesKey"]
    (topic,) = Template.from_stack(stack).find_resources("AWS::SNS::Topic").values()
    assert topic["Properties"]["KmsMasterKeyId"] == stack.resolve(PatchingKey.of(stack).key_arn)


def test_a_topic_of_someone_else_needs_no_key_of_the_stack() -> None:
    stack = _stack()
    ComplianceAlarms(stack, "Alarms", recipients=(), topic=sns.Topic(stack, "Topic"))
    assert not _keys(stack)


def test_security_rules_that_ask_for_customer_keys_find_where_there_is_none() -> None:
    stack = _stack()
    _reporter(stack, EncryptionKey.AWS_OWNED)
    _history(stack, EncryptionKey.AWS_OWNED)
    about_keys = {
        (rule, path)
        for rule, path in nag_findings(stack)
        if "KMS" in rule or "Encrypt" in rule or "ATH" in rule
    }
    assert about_keys == {
        ("NIST.800.53.R5-CloudWatchLogGroupEncrypted", "Patching/OutputOfWindows/LogGroup/Resource"),
        ("NIST.800.53.R5-CloudWatchLogGroupEncrypted", "Patching/Reporter/Function/LogGroup/Resource"),
        ("NIST.800.53.R5-S3DefaultEncryptionKMS", "Patching/History/Bucket/Resource"),
        ("NIST.800.53.R5-S3DefaultEncryptionKMS", "Patching/OutputOfWindows/Bucket/Resource"),
    }


def test_a_stack_that_python_had_forgotten_keeps_its_key() -> None:
    app = cdk.App(analytics_reporting=False)
    _output(_stack(app), None)
    gc.collect()
    found = app.node.find_child("Patching")
    assert isinstance(found, cdk.Stack)
    _states(found, None)
    assert len(_keys(found)) == 1
