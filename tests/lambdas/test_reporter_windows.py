"""When windows ran: as long as Systems Manager says, and longer than that in the table of the reporter."""

import datetime as dt
from typing import Any

import pytest

from local_aws.fleet.clock import clock
from patching_constructs.lambdas.compliance_reporter.memory import Memory
from patching_constructs.lambdas.compliance_reporter.window_reader import RolloutRuns, read_runs
from tests.lambdas.fleets import DAY, HOUR, KERNEL, OPENSSL, START, TABLE, World, node, patch

pytestmark = pytest.mark.usefixtures("local_aws")

MONTHLY = "cron(0 22 ? * WED#1 *)"
FIRST_INSTALL = START + DAY + 22 * HOUR  # 2026-12-02; the next one is 35 days later, on 2027-01-06


def runs(world: World, ssm: Any = None) -> RolloutRuns:
    memory = Memory(world.client("dynamodb"), TABLE, now=clock())
    return read_runs(ssm or world.ssm, world.settings.rings, memory=memory, now=clock())


def test_a_ring_that_is_patched_once_a_month_keeps_its_last_run() -> None:
    world = World(install=MONTHLY)
    world.add(node(1))
    world.advance(FIRST_INSTALL + HOUR)
    assert runs(world).installs["prod"].last_started_at == FIRST_INSTALL
    world.advance(FIRST_INSTALL + 34 * DAY)
    (window,) = [
        each
        for each in world.ssm.describe_maintenance_windows()["WindowIdentities"]
        if each["Name"] == "web-prod-install"
    ]
    kept = world.ssm.describe_maintenance_window_executions(WindowId=window["WindowId"])["WindowExecutions"]
    assert kept == [], "Systems Manager has forgotten the run"
    assert runs(world).installs["prod"].last_started_at == FIRST_INSTALL
    world.advance(FIRST_INSTALL + 35 * DAY + HOUR)
    assert runs(world).installs["prod"].last_started_at == FIRST_INSTALL + 35 * DAY


def test_a_patch_that_the_last_run_should_have_installed_stays_overdue() -> None:
    world = World(install=MONTHLY)
    world.add(node(1, refuses={KERNEL}), patch(KERNEL))
    overdue = []
    for at in (START + DAY, FIRST_INSTALL + 12 * HOUR, FIRST_INSTALL + 34 * DAY):
        world.advance(at)
        (found,) = world.report().progress.figures.values()
        overdue.append(found.overdue_patches)
    assert overdue == [0, 1, 1]
    world.add(patch(OPENSSL, clock()))
    world.advance(clock() + 12 * HOUR)
    (found,) = world.report().progress.figures.values()
    assert (found.missing.total(), found.overdue_patches) == (2, 1), "the new one waits for its first run"


class WithStatus:
    """Systems Manager, whose runs all have one status.

    Args:
        ssm: A boto3 client.
        status: The status.
    """

    def __init__(self, ssm: Any, status: str) -> None:
        self._ssm, self._status = ssm, status

    def get_paginator(self, operation: str) -> Any:
        if operation != "describe_maintenance_window_executions":
            return self._ssm.get_paginator(operation)
        return self

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        answer: dict[str, Any] = self._ssm.describe_maintenance_window_executions(**request)
        return [
            {"WindowExecutions": [{**each, "Status": self._status} for each in answer["WindowExecutions"]]}
        ]


@pytest.mark.parametrize(
    ("status", "is_over", "was_at_work"),
    [
        ("PENDING", False, False),
        ("IN_PROGRESS", False, True),
        ("SUCCESS", True, True),
        ("FAILED", True, True),
        ("TIMED_OUT", True, True),
        ("CANCELLING", False, True),
        ("CANCELLED", False, True),
        ("SKIPPED_OVERLAPPING", False, False),
        ("A_NEW_WORD", True, True),
    ],
)
def test_each_status_of_a_run_and_an_unknown_one(status: str, is_over: bool, was_at_work: bool) -> None:
    world = World(scan="cron(0 5 1 JAN ? 2030)")
    world.add(node(1))
    world.advance(FIRST_INSTALL + DAY)
    found = runs(world, WithStatus(world.ssm, status))
    assert (found.installs["prod"].last_started_at is not None) is is_over
    assert found.explains(FIRST_INSTALL + dt.timedelta(minutes=10)) is was_at_work
