"""Events of a workload account: what is added to them, and that none is lost."""

import datetime as dt
import itertools
import json
import logging
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from local_aws.aws import client
from local_aws.fleet.executions import CommandRun
from local_aws.fleet.simulation import WindowFired
from patching_constructs.contracts.patch_event import (
    MOST_FACTS,
    STATUSES,
    EventNode,
    PatchEvent,
    PatchEventKind,
    PatchEventSeverity,
)
from patching_constructs.contracts.ring_document import (
    RINGS_FILE,
    DeployedGroup,
    DeployedRing,
    DeployedWindow,
    RingDocument,
)
from patching_constructs.lambdas.patch_event_forwarder import handler as forwarder
from patching_constructs.lambdas.patch_event_forwarder.forwarding import UnknownEventError, forwarded_event
from patching_constructs.lambdas.patch_event_forwarder.named_nodes import MOST_NODES
from patching_constructs.lambdas.patch_event_forwarder.source_event import SourceEvent
from tests import ssm_events
from tests.lambdas.buses import BUS, SECURITY, listen
from tests.lambdas.fleets import ACCOUNT, DAY, GROUP, KERNEL, REGION, START, World, node, patch

PROD = DeployedRing(
    name="prod",
    order=2,
    production=True,
    patch_groups=(DeployedGroup(name=GROUP, tag_key="PatchGroup"),),
    windows=(
        DeployedWindow(name="web-prod-scan", installs=False),
        DeployedWindow(name="web-prod-install", installs=True),
    ),
)
DEV = DeployedRing(
    name="dev",
    order=1,
    production=False,
    patch_groups=(
        DeployedGroup(name="dev-web", tag_key="PatchGroup"),
        DeployedGroup(name="dev-db", tag_key="PatchGroup"),
    ),
    windows=(DeployedWindow(name="web-dev-install", installs=True),),
)
SETTINGS = RingDocument(rollout="web", rings=(DEV, PROD))
CRITICAL, WARNING, INFO = PatchEventSeverity.CRITICAL, PatchEventSeverity.WARNING, PatchEventSeverity.INFO
IN_DEV = {"PatchGroup": "dev-web", "Name": "dev-1"}


def fired(world: World) -> WindowFired:
    """Let the windows run until the ring has been patched once, and return that run."""
    (run,) = [run for run in world.fire(START + 3 * DAY) if run.name == "web-prod-install"]
    return run


def look(world: World, event: dict[str, Any], *, settings: RingDocument = SETTINGS) -> PatchEvent | None:
    here = {"account": ACCOUNT, "region": REGION}
    source = SourceEvent(
        event={**event, **here}, settings=settings, ssm=world.client("ssm"), ec2=world.client("ec2")
    )
    return forwarded_event(source)


def reported(world: World, event: dict[str, Any], *, settings: RingDocument = SETTINGS) -> PatchEvent:
    found = look(world, event, settings=settings)
    assert found is not None
    return found


def failed_command(window: WindowFired) -> str:
    (command,) = window.execution.commands.values()
    return command.command_id


def command_event(command_id: str, *, status: str = "Failed", node_id: str | None = None) -> dict[str, Any]:
    event = ssm_events.command(status) if node_id is None else ssm_events.command_invocation(status)
    event["detail"]["command-id"] = command_id
    if node_id is not None:
        event["detail"]["instance-id"] = node_id
    return event


def compliance_event(node_id: str, status: str = "non_compliant", **detail: str) -> dict[str, Any]:
    event = ssm_events.compliance(status)
    event["detail"] |= {"resource-id": node_id, **detail}
    return event


# --- windows ---


@pytest.mark.usefixtures("local_aws")
def test_a_window_that_ended_well_is_reported_by_name_and_ring() -> None:
    world = World()
    world.add(node(1), patch(KERNEL))
    window = fired(world)
    event = reported(world, window.event)
    assert (event.kind, event.severity, event.status) == (PatchEventKind.WINDOW, INFO, "SUCCESS")
    assert (event.account, event.region) == (ACCOUNT, REGION)
    assert (event.rollout, event.ring, event.patch_group) == ("web", "prod", GROUP)
    assert (event.subject, event.subject_name) == (window.execution.window_id, "web-prod-install")
    assert event.happened_at == window.execution.ended_at
    execution = window.execution.execution_id
    assert event.facts == (f"window/{ACCOUNT}/{REGION}/{execution}/SUCCESS",)
    assert (event.execution, event.unknown) == (execution, "")


@pytest.mark.usefixtures("local_aws")
def test_a_failing_window_and_its_failing_command_tell_one_thing() -> None:
    world = World(max_errors="0")
    world.add(node(1, refuses={KERNEL}), patch(KERNEL))
    window = fired(world)
    of_window = reported(world, window.event)
    of_command = reported(world, command_event(failed_command(window)))
    assert of_window.facts == of_command.facts == (f"command/{ACCOUNT}/{REGION}/{failed_command(window)}",)
    assert (of_window.severity, of_command.severity) == (CRITICAL, CRITICAL)


@pytest.mark.usefixtures("local_aws")
def test_two_failing_runs_tell_two_things() -> None:
    world = World(max_errors="0", install="cron(0 22 ? * * *)")
    world.add(node(1, refuses={KERNEL}), patch(KERNEL))
    runs = [run for run in world.fire(START + 3 * DAY) if run.name == "web-prod-install"]
    facts = [reported(world, run.event).facts for run in runs]
    assert len(set(facts)) == len(runs) > 1


@pytest.mark.usefixtures("local_aws")
def test_a_window_in_which_something_else_failed_tells_it_itself() -> None:
    world = World(max_errors="0")
    world.add(node(1, refuses={KERNEL}), patch(KERNEL))
    window = fired(world)
    other = CommandRun(command_id=str(uuid.uuid4()), document_name="AWS-UpdateSSMAgent", status="FAILED")
    window.execution.commands[str(uuid.uuid4())] = other
    execution = window.execution.execution_id
    (patching, own) = reported(world, window.event).facts
    assert (patching.partition("/")[0], own) == ("command", f"window/{ACCOUNT}/{REGION}/{execution}/FAILED")


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize(("commands", "facts"), [(MOST_FACTS, MOST_FACTS), (MOST_FACTS + 1, 1)])
def test_a_window_with_more_failures_than_an_event_may_tell_tells_one(commands: int, facts: int) -> None:
    world = World()
    window = fired(world)
    window.execution.status = "FAILED"
    window.execution.commands = {
        str(uuid.UUID(int=number)): CommandRun(
            command_id=str(uuid.uuid4()), document_name="AWS-RunPatchBaseline", status="FAILED"
        )
        for number in range(commands)
    }
    event = reported(world, window.event)
    assert len(event.facts) == facts


@pytest.mark.usefixtures("local_aws")
def test_a_window_that_failed_with_no_failed_task_tells_it_itself() -> None:
    world = World()
    world.add(node(1), patch(KERNEL))
    window = fired(world)
    window.execution.status = "TIMED_OUT"
    execution = window.execution.execution_id
    event = reported(world, window.event)
    assert event.facts == (f"window/{ACCOUNT}/{REGION}/{execution}/TIMED_OUT",)
    assert event.severity is CRITICAL


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize(("ring", "severity"), [("prod", CRITICAL), ("dev", WARNING), (None, CRITICAL)])
@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING"])
def test_a_failure_is_critical_on_production_and_where_no_one_knows(
    ring: str | None, severity: PatchEventSeverity, status: str
) -> None:
    world = World()
    (name, production) = ("web-prod-install", ring == "prod")
    rings = (
        []
        if ring is None
        else [
            DeployedRing(
                name=ring, order=1, production=production, windows=(DeployedWindow(name=name, installs=True),)
            )
        ]
    )
    window = fired(world)
    window.execution.status = status
    settings = RingDocument(rollout="web", rings=tuple(rings))
    event = reported(world, window.event, settings=settings)
    assert (event.severity, event.ring) == (severity, ring)
    assert (event.unknown == "window web-prod-install does not belong to rollout web") == (ring is None)


def other_window(world: World, *documents: str) -> str:
    """Create a window that does not belong to the rollout, and return its id."""
    ssm = world.client("ssm")
    window_id = ssm.create_maintenance_window(
        Name="nightly", Schedule="rate(1 day)", Duration=2, Cutoff=1, AllowUnassociatedTargets=True
    )["WindowId"]
    for document in documents:
        ssm.register_task_with_maintenance_window(
            WindowId=window_id, TaskArn=document, TaskType="RUN_COMMAND"
        )
    return str(window_id)


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize("status", STATUSES[PatchEventKind.WINDOW])
@pytest.mark.parametrize(
    "documents", [(), ("AWS-RunShellScript",), ("AWS-UpdateSSMAgent", "AWS-RunAnsiblePlaybook")]
)
def test_a_window_that_patches_nothing_is_not_a_patching_event(
    status: str, documents: tuple[str, ...]
) -> None:
    world = World()
    window_id = other_window(world, *documents)
    assert look(world, ssm_events.window_execution(status, window_id=window_id)) is None


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize(
    "document",
    [
        "AWS-RunPatchBaseline",
        "AWS-InstallWindowsUpdates",
        "arn:aws:ssm:eu-central-1:666666666666:document/AWS-RunPatchBaseline",
    ],
)
def test_a_window_that_patches_outside_the_rollout_is_reported(document: str) -> None:
    world = World()
    window_id = other_window(world, "AWS-RunShellScript", document)
    event = reported(world, ssm_events.window_execution("SKIPPED_OVERLAPPING", window_id=window_id))
    assert (event.subject_name, event.ring, event.severity) == ("nightly", None, CRITICAL)
    assert event.unknown == "window nightly does not belong to rollout web"


@pytest.mark.usefixtures("local_aws")
def test_a_window_whose_tasks_cannot_be_looked_up_is_reported() -> None:
    world = World()
    window_id = other_window(world, "AWS-RunShellScript")
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, "Any")
    with failing(world, ["DescribeMaintenanceWindowTasks"], denied):
        event = reported(world, ssm_events.window_execution("SUCCESS", window_id=window_id))
    assert f"the tasks of window {window_id} could not be read" in event.unknown


@pytest.mark.usefixtures("local_aws")
def test_a_ring_of_several_groups_names_none() -> None:
    world = World()
    world.client("ssm").create_maintenance_window(
        Name="web-dev-install",
        Schedule="rate(1 day)",
        Duration=2,
        Cutoff=1,
        AllowUnassociatedTargets=False,
    )
    (window_id,) = [
        window["WindowId"]
        for window in world.ssm.describe_maintenance_windows()["WindowIdentities"]
        if window["Name"] == "web-dev-install"
    ]
    event = reported(world, ssm_events.window_execution("SUCCESS", window_id=window_id))
    assert (event.ring, event.patch_group, event.unknown) == ("dev", None, "")


# --- commands ---


@pytest.mark.usefixtures("local_aws")
def test_a_failed_command_names_the_nodes_on_which_it_failed() -> None:
    world = World(max_errors="100%")
    world.add(*(node(number, refuses={KERNEL}) for number in range(7)), node(8), patch(KERNEL))
    command_id = failed_command(fired(world))
    event = reported(world, command_event(command_id))
    assert (event.kind, event.severity, event.ring, event.patch_group) == (
        PatchEventKind.COMMAND,
        CRITICAL,
        "prod",
        GROUP,
    )
    assert (event.subject, event.subject_name) == (command_id, "AWS-RunPatchBaseline")
    assert event.nodes == tuple(
        EventNode(id=node(number).node_id, name=f"web-{number}") for number in range(5)
    )
    assert (event.node_count, event.unknown) == (7, "")


@pytest.mark.usefixtures("local_aws")
def test_a_failure_that_is_not_on_production_is_a_warning() -> None:
    world = World()
    world.add(node(1), patch(KERNEL))
    window = fired(world)
    world.add(node(2, tags=IN_DEV))
    (command,) = window.execution.commands.values()
    command.statuses = {node(2).node_id: "TimedOut"}
    event = reported(world, command_event(command.command_id, status="TimedOut"))
    assert (event.severity, event.ring, event.patch_group) == (WARNING, "dev", "dev-web")


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"PatchGroup": GROUP}, "the nodes are in several rings: dev, prod"),
        ({"PatchGroup": "prod-wbe"}, f"no tag names a patch group of rollout web on: {node(3).node_id}"),
        ({}, f"no tag names a patch group of rollout web on: {node(3).node_id}"),
    ],
)
def test_nodes_of_several_rings_and_of_none_may_be_production(tags: dict[str, str], why: str) -> None:
    world = World()
    world.add(node(1), patch(KERNEL))
    window = fired(world)
    world.add(node(2, tags=IN_DEV), node(3, tags=tags))
    (command,) = window.execution.commands.values()
    command.statuses = {node(2).node_id: "Failed", node(3).node_id: "Failed"}
    event = reported(world, command_event(command.command_id))
    assert (event.severity, event.ring, event.patch_group, event.unknown) == (CRITICAL, None, None, why)


@pytest.mark.usefixtures("local_aws")
def test_a_command_that_failed_on_no_node_is_of_the_ring_of_all_of_its_nodes() -> None:
    world = World()
    world.add(node(1), patch(KERNEL))
    event = reported(world, command_event(failed_command(fired(world)), status="Cancelled"))
    assert (event.ring, event.nodes, event.node_count) == ("prod", (), 0)


@pytest.mark.usefixtures("local_aws")
def test_a_command_without_nodes_may_be_production() -> None:
    world = World()
    event = reported(world, command_event(failed_command(fired(world)), status="Undeliverable"))
    assert (event.severity, event.ring, event.unknown) == (CRITICAL, None, "no node is known")


@pytest.mark.usefixtures("local_aws")
def test_so_many_failures_are_urgent_on_any_ring() -> None:
    world = World()
    window = fired(world)
    (command,) = window.execution.commands.values()
    nodes = [node(number, tags=IN_DEV) for number in range(MOST_NODES + 1)]
    world.add(*nodes)
    command.statuses = dict.fromkeys((failed.node_id for failed in nodes), "Failed")
    event = reported(world, command_event(command.command_id))
    assert (event.severity, event.ring) == (CRITICAL, None)
    assert event.unknown == f"{MOST_NODES + 1} nodes are too many to look up the ring of each"
    assert (len(event.nodes), event.node_count) == (5, MOST_NODES + 1)
    assert event.nodes[4] == EventNode(id=node(4).node_id, name="dev-1")


@pytest.mark.usefixtures("local_aws")
def test_as_many_nodes_as_are_asked_are_all_asked() -> None:
    world = World()
    window = fired(world)
    (command,) = window.execution.commands.values()
    nodes = [node(number, tags=IN_DEV) for number in range(MOST_NODES - 1)] + [node(MOST_NODES)]
    world.add(*nodes)
    command.statuses = dict.fromkeys((failed.node_id for failed in nodes), "Failed")
    event = reported(world, command_event(command.command_id))
    assert event.unknown == "the nodes are in several rings: dev, prod"


@pytest.mark.usefixtures("local_aws")
def test_a_failure_on_a_node_is_distinguished_from_those_on_others() -> None:
    world = World()
    world.add(node(1, refuses={KERNEL}), node(2, refuses={KERNEL}), patch(KERNEL))
    command_id = failed_command(fired(world))
    event, other = (
        reported(world, command_event(command_id, node_id=node(number).node_id)) for number in (1, 2)
    )
    assert event.facts == (f"command/{ACCOUNT}/{REGION}/{command_id}/{node(1).node_id}",)
    assert set(event.facts).isdisjoint(other.facts)
    assert event.nodes == (EventNode(id=node(1).node_id, name="web-1"),)
    assert (event.node_count, event.ring, event.patch_group) == (1, "prod", GROUP)


# --- compliance ---


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize("tags", [{}, IN_DEV, node(1).tags])
def test_a_node_that_does_not_comply_is_nowhere_urgent_by_itself(tags: dict[str, str]) -> None:
    world = World()
    world.add(node(1, tags=tags))
    event = reported(world, compliance_event(node(1).node_id))
    assert (event.kind, event.severity, event.status) == (
        PatchEventKind.COMPLIANCE,
        WARNING,
        "non_compliant",
    )


@pytest.mark.usefixtures("local_aws")
def test_a_node_that_complies_again() -> None:
    world = World()
    world.add(node(1))
    event = reported(world, compliance_event(node(1).node_id, "compliant"))
    assert (event.severity, event.ring, event.patch_group) == (INFO, "prod", GROUP)
    assert (event.subject, event.subject_name) == (node(1).node_id, "web-1")
    assert (event.baseline, event.compliance_severity) == ("pb-0123456789abcdef0", "critical")


@pytest.mark.usefixtures("local_aws")
def test_a_baseline_may_be_named_by_its_arn() -> None:
    world = World()
    world.add(node(1))
    bare, arn = "pb-0123456789abcdef0", "arn:aws:ssm:eu-central-1:1:patchbaseline/pb-0123456789abcdef0"
    events = [
        reported(world, compliance_event(node(1).node_id, **{"patch-baseline-id": name}))
        for name in (bare, arn)
    ]
    assert events[0].facts == events[1].facts
    assert events[0].facts == (
        f"compliance/{ACCOUNT}/{REGION}/{node(1).node_id}/non_compliant/critical/{bare}",
    )


@pytest.mark.usefixtures("local_aws")
def test_a_compliance_event_may_name_neither_baseline_nor_severity() -> None:
    world = World()
    world.add(node(1))
    event = compliance_event(node(1).node_id)
    del event["detail"]["patch-baseline-id"], event["detail"]["severity"]
    found = reported(world, event)
    assert (found.baseline, found.compliance_severity) == ("", "")


@pytest.mark.usefixtures("local_aws")
def test_a_node_outside_ec2_is_known_by_its_own_tags_and_computer() -> None:
    world = World()
    world.add(node(1, node_id="mi-00000000000000001", tags={"PatchGroup": "dev-db"}))
    event = reported(world, compliance_event("mi-00000000000000001"))
    assert (event.ring, event.patch_group, event.severity) == ("dev", "dev-db", WARNING)
    assert (event.subject_name, event.unknown) == ("mi-00000000000000001.internal", "")


@pytest.mark.usefixtures("local_aws")
def test_an_instance_that_is_gone_is_called_by_its_id() -> None:
    event = reported(World(), compliance_event("i-0deadbeefdeadbeef"))
    assert (event.subject_name, event.ring, event.severity) == ("i-0deadbeefdeadbeef", None, WARNING)
    assert event.unknown == "no tag names a patch group of rollout web on: i-0deadbeefdeadbeef"


# --- calendars ---


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize("state", ["OPEN", "CLOSED"])
def test_a_calendar_is_reported_with_its_next_change(state: str) -> None:
    happened = ssm_events.calendar(state)
    event = reported(World(), happened)
    assert (event.kind, event.severity, event.status) == (PatchEventKind.CALENDAR, INFO, state)
    assert event.subject_name == "YearEnd"
    detail = happened["detail"]
    assert event.facts == (f"calendar/{ACCOUNT}/{REGION}/YearEnd/{state}/{detail['atTime']}",)
    assert event.until == dt.datetime.fromisoformat(detail["nextTransitionTime"])
    assert (event.ring, event.unknown) == (None, "")


@pytest.mark.usefixtures("local_aws")
def test_a_calendar_that_never_changes_again() -> None:
    event = ssm_events.calendar("OPEN")
    del event["detail"]["nextTransitionTime"]
    assert reported(World(), event).until is None


# --- none is lost ---

OPERATIONS = (
    "DescribeInstances",
    "DescribeInstanceInformation",
    "DescribeMaintenanceWindowExecutionTaskInvocations",
    "DescribeMaintenanceWindowExecutionTasks",
    "DescribeMaintenanceWindowTasks",
    "GetMaintenanceWindow",
    "ListCommandInvocations",
    "ListTagsForResource",
)


@contextmanager
def failing(world: World, operations: Iterable[str], error: Exception) -> Iterator[None]:
    """Let operations fail before they reach the local AWS, which never fails so."""
    services = [world.client("ssm"), world.client("ec2")]

    def fail(**_: Any) -> None:
        raise error

    names = [f"before-call.*.{operation}" for operation in operations]
    for service, name in itertools.product(services, names):
        service.meta.events.register(name, fail)
    try:
        yield
    finally:
        for service, name in itertools.product(services, names):
            service.meta.events.unregister(name, fail)


@pytest.mark.usefixtures("local_aws")
def test_no_event_is_lost_whatever_cannot_be_looked_up() -> None:
    world = World(max_errors="0")
    hybrid = node(2, node_id="mi-00000000000000002", refuses={KERNEL})
    world.add(node(1, refuses={KERNEL}), hybrid, patch(KERNEL))
    window = fired(world)
    command_id = failed_command(window)
    events = (
        window.event,
        command_event(command_id),
        command_event(command_id, node_id=node(1).node_id),
        compliance_event(node(1).node_id),
        compliance_event(hybrid.node_id),
        compliance_event(hybrid.node_id, "compliant"),
        ssm_events.calendar("CLOSED"),
    )
    whole = [reported(world, event) for event in events]
    errors = st.sampled_from(
        [
            ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "Any"),
            ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, "Any"),
            EndpointConnectionError(endpoint_url="https://ssm"),
        ]
    )

    @hypothesis_settings(max_examples=60, deadline=None)
    @given(st.sampled_from(range(len(events))), st.sets(st.sampled_from(OPERATIONS), min_size=1), errors)
    def none_is_lost(number: int, operations: set[str], error: Exception) -> None:
        with failing(world, operations, error):
            event = reported(world, events[number])
        assert PatchEvent.from_data(json.loads(json.dumps(event.to_data()))) == event
        expected = whole[number]
        assert (event.kind, event.subject, event.status) == (
            expected.kind,
            expected.subject,
            expected.status,
        )
        assert event.severity is expected.severity  # production or not known: never less urgent
        assert event.ring in {expected.ring, None}
        if (event.ring, event.subject_name, event.facts) != (
            expected.ring,
            expected.subject_name,
            expected.facts,
        ):
            assert str(error) in event.unknown
        if event.unknown == "":
            assert event == expected

    none_is_lost()


@pytest.mark.usefixtures("local_aws")
def test_an_unknown_ring_counts_as_production() -> None:
    world = World()
    world.add(node(1, tags=IN_DEV))
    denied = ClientError(
        {"Error": {"Code": "UnauthorizedOperation", "Message": "not you"}}, "DescribeInstances"
    )
    with failing(world, ["DescribeInstances"], denied):
        event = reported(world, command_event("command-1", node_id=node(1).node_id))
    assert (event.severity, event.ring) == (CRITICAL, None)
    assert event.nodes == (EventNode(id=node(1).node_id, name=f"{node(1).node_id}.internal"),)
    assert event.unknown == f"the tags of nodes could not be read: {denied}"


@pytest.mark.usefixtures("local_aws")
def test_a_type_that_is_never_reported_is_an_error() -> None:
    world = World()
    with pytest.raises(UnknownEventError, match="Task Execution State-change"):
        reported(world, ssm_events.window_task_execution("FAILED"))


# --- its settings ---


@pytest.mark.usefixtures("local_aws")
def test_the_handler_puts_the_event_on_the_bus_in_its_region(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = World()
    world.add(node(1), patch(KERNEL))
    window = fired(world)
    messages = listen()
    (tmp_path / RINGS_FILE).write_text(SETTINGS.to_json())
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("EVENT_BUS_ARN", BUS)
    accounts = {"ssm": ACCOUNT, "ec2": ACCOUNT, "events": SECURITY}  # moto has no buses of other accounts
    monkeypatch.setattr(
        "boto3.client",
        lambda name, *, region_name=REGION, **_: client(name, account=accounts[name], region=region_name),
    )
    forwarder.handler(window.event, SimpleNamespace())
    (event,) = messages()
    assert (event["source"], event["detail-type"]) == ("patching-constructs", "Patching Event")
    assert PatchEvent.from_data(event["detail"]) == reported(world, window.event)


@pytest.mark.usefixtures("local_aws")
def test_the_handler_logs_what_is_not_about_patching_and_sends_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world = World()
    window_id = other_window(world, "AWS-RunShellScript")
    (tmp_path / RINGS_FILE).write_text(SETTINGS.to_json())
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("EVENT_BUS_ARN", BUS)
    monkeypatch.setattr(
        "boto3.client",
        lambda name, *, region_name=REGION, **_: client(name, account=ACCOUNT, region=region_name),
    )
    event = ssm_events.window_execution("FAILED", window_id=window_id)
    assert forwarder.handler({**event, "account": ACCOUNT, "region": REGION}, SimpleNamespace()) is None
    (record,) = (each for each in caplog.records if each.message == "event is not about patching")
    assert vars(record)["event"]["window-id"] == window_id
