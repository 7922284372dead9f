"""Runs of rings: how the workload account reads, judges and tells them."""

import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from local_aws.aws import client
from local_aws.errors import ApiError
from local_aws.fleet.executions import CommandRun
from local_aws.fleet.simulation import WindowFired
from patching_constructs.contracts.ring_document import RINGS_FILE, DeployedRing, DeployedWindow, RingDocument
from patching_constructs.contracts.ring_health import RingHealth
from patching_constructs.contracts.ring_owners import RingOwners
from patching_constructs.contracts.ring_run import RingRun
from patching_constructs.lambdas.ring_run_recorder import handler as recorder
from patching_constructs.lambdas.ring_run_recorder.recorder import UnknownWindowError, read_run
from tests.lambdas.buses import BUS, SECURITY, listen
from tests.lambdas.fleets import ACCOUNT, DAY, KERNEL, REGION, START, World, node, patch

SETTINGS = RingDocument(
    rollout="web",
    rings=(
        DeployedRing(name="prod", order=1, windows=(DeployedWindow(name="web-prod-install", installs=True),)),
    ),
)


def fired(world: World) -> WindowFired:
    """Let the windows run until the ring has been patched once, and return that run."""
    (run,) = [run for run in world.fire(START + 3 * DAY) if run.name == "web-prod-install"]
    return run


def record(world: World, window: WindowFired) -> RingRun:
    return read_run(world.ssm, SETTINGS, window.event["detail"], account=ACCOUNT, region=REGION)


def counts(run: RingRun) -> tuple[int, int, int]:
    return run.nodes, run.succeeded, run.failed


# --- what a run was ---


@pytest.mark.usefixtures("local_aws")
def test_a_run_on_which_every_node_was_patched_is_healthy() -> None:
    world = World(max_errors="5%")
    world.add(node(1), node(2), patch(KERNEL))
    window = fired(world)
    run = record(world, window)
    assert (run.rollout, run.ring, run.ring_order) == ("web", "prod", 1)
    assert (run.account, run.region, run.window_id) == (ACCOUNT, REGION, world.windows["web-prod-install"])
    assert (run.started_at, run.ended_at) == (window.execution.started_at, window.execution.ended_at)
    assert (run.status, run.max_errors, counts(run)) == ("SUCCESS", "5%", (2, 2, 0))
    assert run.next_start is not None
    assert run.next_start - run.started_at == 7 * DAY
    assert run.duration_hours == world.ssm.get_maintenance_window(WindowId=run.window_id)["Duration"]
    assert (run.health, run.reason) == (RingHealth.HEALTHY, "0 of 2 nodes failed; the error budget is 0")


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize(
    "answered",
    [{"NextExecutionTime": None}, {"NextExecutionTime": f"{START:%Y-%m-%dT%H:%MZ}"}, {"Enabled": False}],
    ids=["no next time", "a time that has passed", "disabled"],
)
def test_a_next_start_that_is_not_known_is_none(
    answered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    window = fired(world)
    said = world.ssm.get_maintenance_window(WindowId=world.windows["web-prod-install"])
    monkeypatch.setattr(world.ssm, "get_maintenance_window", lambda **_: said | answered)
    assert record(world, window).next_start is None


@pytest.mark.usefixtures("local_aws")
def test_nodes_on_pages_of_their_own_are_all_counted() -> None:
    world = World(max_errors="1")
    world.add(*(node(number, refuses={KERNEL} if number == 119 else set()) for number in range(120)))
    world.add(patch(KERNEL))
    run = record(world, fired(world))
    assert (counts(run), run.health) == ((120, 119, 1), RingHealth.HEALTHY)


@pytest.mark.usefixtures("local_aws")
def test_more_failures_than_the_budget_are_unhealthy() -> None:
    world = World(max_errors="0")
    world.add(node(1, refuses={KERNEL}), node(2), patch(KERNEL))
    run = record(world, fired(world))
    assert (run.status, run.health) == ("FAILED", RingHealth.UNHEALTHY)
    assert run.nodes == run.succeeded + run.failed == 2


@pytest.mark.usefixtures("local_aws")
@pytest.mark.parametrize(
    ("max_errors", "failed", "health"),
    [("1", 1, RingHealth.HEALTHY), ("0", 2, RingHealth.UNHEALTHY)],  # with 0, the second node is cancelled
)
def test_nodes_that_are_not_reached_have_failed(max_errors: str, failed: int, health: RingHealth) -> None:
    world = World(max_errors=max_errors)
    world.add(node(1, agent_died_at=START), node(2), patch(KERNEL))
    run = record(world, fired(world))
    assert (counts(run), run.health) == ((2, 2 - failed, failed), health)
    assert run.reason.endswith(f", {failed} of them not reached")


@pytest.mark.usefixtures("local_aws")
def test_a_run_without_nodes_is_no_permission() -> None:
    world = World()
    run = record(world, fired(world))
    assert (counts(run), run.health) == ((0, 0, 0), RingHealth.UNKNOWN)


@pytest.mark.usefixtures("local_aws")
def test_only_patching_tasks_count() -> None:
    world = World(max_errors="0")
    world.add(node(1), patch(KERNEL))
    window = fired(world)
    window.execution.commands[str(uuid.uuid4())] = CommandRun(
        command_id=str(uuid.uuid4()),
        document_name="AWS-UpdateSSMAgent",
        statuses={node(1).node_id: "Failed"},
    )
    run = record(world, window)
    assert (counts(run), run.health) == ((1, 1, 0), RingHealth.HEALTHY)


@pytest.mark.usefixtures("local_aws")
def test_what_systems_manager_has_deleted_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.add(node(1), patch(KERNEL))
    window = fired(world)
    monkeypatch.setattr(type(world.place.executions), "_commands", _gone)
    run = record(world, window)
    assert (run.health, run.reason) == (RingHealth.UNKNOWN, "the results of 1 of 1 tasks cannot be read")


def _gone(*_: object) -> list[CommandRun]:

    raise ApiError("InvalidCommandId", "no such command")


@pytest.mark.usefixtures("local_aws")
def test_what_cannot_be_read_now_is_an_error_that_lambda_tries_again() -> None:
    world = World()
    detail = {
        "window-id": world.windows["web-prod-install"],
        "window-execution-id": "00000000-0000-0000-0000-000000000000",
        "status": "SUCCESS",
    }
    with pytest.raises(ClientError, match="does not exist"):
        read_run(world.ssm, SETTINGS, detail, account=ACCOUNT, region=REGION)


@pytest.mark.usefixtures("local_aws")
def test_a_window_of_no_ring_is_an_error() -> None:
    world = World()
    world.add(node(1))
    (scan, *_) = world.fire(START + DAY)
    with pytest.raises(UnknownWindowError, match=r"web-prod-scan; expected one of .* web-prod-install"):
        record(world, scan)


# --- its settings ---


@pytest.mark.usefixtures("local_aws")
def test_the_handler_puts_the_run_on_the_bus_in_its_region(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = World(max_errors="0")
    world.add(node(1), patch(KERNEL))
    window = fired(world)
    messages = listen()
    (tmp_path / RINGS_FILE).write_text(SETTINGS.to_json())
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("EVENT_BUS_ARN", BUS)
    monkeypatch.setenv("AWS_REGION", REGION)
    accounts = {"ssm": ACCOUNT, "events": SECURITY}  # moto has no buses of other accounts
    monkeypatch.setattr(
        "boto3.client",
        lambda name, *, region_name=REGION, **_: client(name, account=accounts[name], region=region_name),
    )
    context = SimpleNamespace(invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f")
    recorder.handler(window.event, context)
    (event,) = messages()
    assert (event["source"], event["detail-type"]) == ("patching-constructs", "Patching Ring Run Finished")
    assert RingRun.from_data(event["detail"]) == record(world, window)


# --- its input ---

texts = st.text(min_size=1, max_size=5)


@given(
    st.builds(
        RingOwners,
        accounts=st.dictionaries(st.tuples(texts, texts), st.frozensets(st.from_regex(r"\A[0-9]{12}\Z"))),
    )
)
def test_owners_come_back_as_they_were(reported: RingOwners) -> None:
    assert RingOwners.from_json(reported.to_json()) == reported
