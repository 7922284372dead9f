"""Constructs refuse arguments of a wrong type before they look at them, and leave nothing behind."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

import patching_constructs
from bench.jsii_requests import counted_jsii_requests
from patching_constructs import (
    ApprovalRule,
    CommandOutput,
    ComplianceAlarms,
    ComplianceHistory,
    ComplianceReporter,
    DashboardSource,
    FindingId,
    FindingSeverity,
    InvalidInputError,
    NodeDataSync,
    OperatingSystem,
    PatchBaseline,
    PatchConfigRules,
    PatchDashboard,
    PatchEventForwarder,
    PatchEventHub,
    PatchEventSeverity,
    PatchFindings,
    PatchGroup,
    PatchGroupFleet,
    PatchingChecks,
    PatchingKey,
    PatchOrganizationDashboard,
    PatchWindow,
    Recipient,
    Ring,
    RingedMaintenanceWindow,
    RingRunRecorder,
    RingStates,
    Schedule,
)

ACCOUNT, REGION = "111111111111", "eu-central-1"


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return cdk.Stack(
        cdk.App(analytics_reporting=False), "Patching", env=cdk.Environment(account=ACCOUNT, region=REGION)
    )


def _windows(stack: cdk.Stack, id: str) -> RingedMaintenanceWindow:
    return RingedMaintenanceWindow(stack, id, **_arguments_of_windows(stack))


def _arguments_of_windows(stack: cdk.Stack) -> dict[str, Any]:
    scan = PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1)
    ring = Ring(
        name="dev",
        patch_groups=[PatchGroup(name="web")],
        scan=scan,
        max_concurrency="1",
        max_errors="1",
    )
    output = stack.node.try_find_child("Output") or CommandOutput(stack, "Output")
    return {"rollout_name": "web", "rings": [ring], "command_output": output}


def _reporter(stack: cdk.Stack, id: str) -> ComplianceReporter:
    return ComplianceReporter(
        stack, id, account_name="dev", maintenance_windows=_windows(stack, f"{id}Windows")
    )


ARGUMENTS: Mapping[type, Callable[[cdk.Stack], dict[str, Any]]] = {
    CommandOutput: lambda _: {},
    ComplianceAlarms: lambda _: {"recipients": [Recipient.email("a@example.com")]},
    ComplianceHistory: lambda _: {
        "bucket_name": "example-history",
        "rollout_names": ["web"],
        "account_ids": [ACCOUNT],
        "regions": [REGION],
    },
    ComplianceReporter: lambda stack: {
        "account_name": "dev",
        "maintenance_windows": _windows(stack, "ForReporter"),
    },
    NodeDataSync: lambda _: {
        "bucket_name": "example-history",
        "bucket_region": REGION,
        "key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012",
    },
    PatchBaseline: lambda _: {
        "patch_baseline_name": "web",
        "operating_system": OperatingSystem.AMAZON_LINUX_2023,
        "approval_rules": [ApprovalRule(patch_filters=[], approve_after_days=0)],
    },
    PatchConfigRules: lambda _: {},
    PatchDashboard: lambda stack: {"reporter": _reporter(stack, "ForDashboard")},
    PatchOrganizationDashboard: lambda _: {
        "rollout_name": "web",
        "sources": [DashboardSource(account_id=ACCOUNT, account_name="dev", region=REGION, rings=["dev"])],
    },
    PatchEventHub: lambda stack: {
        "event_bus": events.EventBus(stack, "BusOfHub"),
        "organization_id": "o-a1b2c3d4e5",
        "recipients": {PatchEventSeverity.CRITICAL: [Recipient.email("a@example.com")]},
    },
    PatchFindings: lambda stack: {"topics": {FindingSeverity.HIGH: sns.Topic(stack, "TopicOfFindings")}},
    PatchGroupFleet: lambda stack: {
        "patch_group": PatchGroup(name="fleet"),
        "baselines": [
            PatchBaseline.security_updates(
                stack,
                "BaselineOfFleet",
                patch_baseline_name="fleet",
                operating_system=OperatingSystem.AMAZON_LINUX_2023,
            )
        ],
    },
    PatchEventForwarder: lambda stack: {
        "account_name": "prod",
        "maintenance_windows": _windows(stack, "ForForwarder"),
        "event_bus_arn": f"arn:aws:events:{REGION}:222222222222:event-bus/patching",
    },
    PatchingChecks: lambda _: {},
    PatchingKey: lambda _: {},
    RingRunRecorder: lambda stack: {
        "maintenance_windows": _windows(stack, "ForRecorder"),
        "event_bus_arn": f"arn:aws:events:{REGION}:222222222222:event-bus/patching",
    },
    RingStates: lambda stack: {
        "event_bus": events.EventBus(stack, "Bus"),
        "owners": {ACCOUNT: {"web": ["dev"]}},
    },
    RingedMaintenanceWindow: _arguments_of_windows,
}
"""Arguments that each construct takes."""


def _parameters() -> Iterator[Any]:
    for kind in ARGUMENTS:
        for name in inspect.signature(vars(kind)["__init__"]).parameters:
            if name not in {"self", "id"}:
                yield pytest.param(kind, name, id=f"{kind.__name__}.{name}")


@pytest.fixture(scope="module")
def arguments(stack: cdk.Stack) -> Mapping[type, Mapping[str, Any]]:
    """Return what each construct takes."""
    return {
        kind: make(stack) | ({} if kind is PatchingChecks else {"scope": stack, "id": kind.__name__})
        for kind, make in ARGUMENTS.items()
    }


def test_every_public_construct_is_looked_at() -> None:
    constructs = {
        found
        for name in patching_constructs.__all__
        for found in [getattr(patching_constructs, name)]
        if isinstance(found, type) and issubclass(found, Construct)
    }
    assert constructs == ARGUMENTS.keys() - {PatchingChecks}


@pytest.mark.parametrize(("kind", "name"), [*_parameters()])
def test_what_is_nothing_at_all_is_refused_by_the_name_of_its_argument(
    arguments: Mapping[type, Mapping[str, Any]], stack: cdk.Stack, kind: type, name: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        kind(**{**arguments[kind], name: object()})
    (finding,) = caught.value.findings
    assert (finding.id, finding.field) == (FindingId.ARGUMENT_TYPE, name)
    has_path = name != "scope" and kind is not PatchingChecks
    assert caught.value.construct_path == (f"Patching/{kind.__name__}" if has_path else None)
    assert stack.node.try_find_child(kind.__name__) is None


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        (RingedMaintenanceWindow, {"rings": [None]}, "rings[0]: of a wrong type, got None; allowed: a Ring"),
        (
            ComplianceReporter,
            {"maintenance_windows": None},
            "maintenance_windows: of a wrong type, got None; allowed: a RingedMaintenanceWindow",
        ),
        (
            PatchBaseline,
            {"approval_rules": [{}]},
            "approval_rules[0]: of a wrong type, got {}; allowed: an ApprovalRule",
        ),
        (
            PatchBaseline,
            {"patch_groups": "web"},
            "patch_groups: of a wrong type, got 'web'; allowed: a list, each item text",
        ),
        (
            ComplianceAlarms,
            {"reporter": "reporter"},
            "reporter: of a wrong type, got 'reporter'; allowed: a ComplianceReporter, or none",
        ),
        (
            ComplianceAlarms,
            {"ring_thresholds": {"dev": 1}},
            "ring_thresholds[dev]: of a wrong type, got 1; allowed: a ComplianceThresholds",
        ),
        (
            ComplianceAlarms,
            {"topic": "arn"},
            "topic: of a wrong type, got 'arn'; allowed: an ITopic, or none",
        ),
        (
            RingStates,
            {"owners": {ACCOUNT: {"web": "dev"}}},
            f"owners[{ACCOUNT}][web]: of a wrong type, got 'dev'",
        ),
        (PatchingChecks, {"freezes": ["2026-12-24"]}, "freezes[0]: of a wrong type, got '2026-12-24'"),
    ],
)
def test_the_message_says_what_was_received_and_what_is_allowed(
    arguments: Mapping[type, Mapping[str, Any]], kind: type, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        kind(**{**arguments[kind], **changes})
    assert message in str(caught.value)


def test_whatever_implements_an_interface_is_taken(stack: cdk.Stack) -> None:
    owned, imported = (
        sns.Topic(stack, "Owned"),
        sns.Topic.from_topic_arn(stack, "Imported", f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"),
    )
    PatchFindings(stack, "Taken", topics={FindingSeverity.HIGH: owned, FindingSeverity.LOW: imported})
    key = kms.Key.from_key_arn(
        stack, "Key", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"
    )
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/windows")
    ComplianceAlarms(stack, "TakenAlarms", recipients=[Recipient.email("a@example.com")], encryption_key=key)
    RingedMaintenanceWindow(
        stack, "TakenWindows", **{**_arguments_of_windows(stack), "rollout_name": "taken"}, service_role=role
    )


def test_nothing_is_asked_of_the_cdk_to_look_at_types(arguments: Mapping[type, Mapping[str, Any]]) -> None:
    with counted_jsii_requests() as requests, pytest.raises(InvalidInputError):
        PatchingChecks(**{**arguments[PatchingChecks], "freezes": None})
    assert len(requests) == 0


def test_the_signature_is_that_of_the_construct() -> None:
    assert list(inspect.signature(PatchConfigRules.__init__).parameters)[1:4] == ["scope", "id", "rules"]


@pytest.mark.parametrize(
    ("make", "arguments", "fields"),
    [
        (Recipient.email, {"address": object()}, ["address"]),
        (Recipient.queue, {"queue": object()}, ["destination"]),
        (Recipient.slack, {"workspace_id": object(), "channel_id": None}, ["workspace_id", "channel_id"]),
        (
            Recipient.microsoft_teams,
            {"tenant_id": 1, "team_id": 2, "channel_id": 3},
            ["tenant_id", "team_id", "channel_id"],
        ),
    ],
)
def test_recipients_are_checked_in_the_same_way(
    make: Any, arguments: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        make(**arguments)
    assert [finding.field for finding in caught.value.findings] == fields
