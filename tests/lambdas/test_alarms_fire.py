"""The alarms of a ring, deployed into the local AWS, ring when its fleet has trouble, and not before."""

import copy
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from local_aws import deploy_template
from local_aws.aws import client
from local_aws.fleet.clock import clock
from local_aws.fleet.fleet import reboot
from local_aws.services.alarms import AlarmChange, AlarmClock
from patching_constructs import (
    CommandOutput,
    ComplianceAlarms,
    ComplianceReporter,
    PatchGroup,
    PatchWindow,
    RebootOption,
    Recipient,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
    Severity,
)
from patching_constructs.model.ring_terms import RingTerms
from tests.lambdas.fleets import ACCOUNT, DAY, HOUR, KERNEL, OPENSSL, REGION, START, World, node, patch

pytestmark = pytest.mark.usefixtures("local_aws")

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"
RING = {"Rollout": "web", "Ring": "prod"}
BEGIN = START + DAY + 3.5 * HOUR
"""The watch begins on a Wednesday, before the scan at five o'clock, with reports at half past each hour."""
INSTALL = START + DAY + 22 * HOUR
"""The window opens."""


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """Synthesize the alarms of a rollout of one ring, and leave out all but the alarms."""
    stack = cdk.Stack(
        cdk.App(analytics_reporting=False),
        "Patching",
        env=cdk.Environment(account=ACCOUNT, region=REGION),
    )
    windows = RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name="web",
        command_output=CommandOutput(stack, "Output"),
        rings=[
            Ring(
                name="prod",
                patch_groups=[PatchGroup(name="prod-web")],
                scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
                max_concurrency="10%",
                max_errors="5%",
                production=True,
            )
        ],
    )
    reporter = ComplianceReporter(stack, "Reporter", account_name="prod", maintenance_windows=windows)
    ComplianceAlarms(stack, "Alarms", recipients=[Recipient.email("a@example.com")], reporter=reporter)
    resources = Template.from_stack(stack).to_json()["Resources"]
    alarms = {
        name: resource
        for name, resource in resources.items()
        if name.startswith(("AlarmsRing", "AlarmsReporter", "AlarmsNodes"))
    }
    for alarm in alarms.values():
        properties = alarm["Properties"]
        properties["AlarmActions"] = [TOPIC for _ in properties.get("AlarmActions", ())]
        for dimension in properties.get("Dimensions", ()):
            if not isinstance(dimension["Value"], str):
                dimension["Value"] = "reporter"
    return {"Resources": alarms}


class Watch:
    """Lets time go by: windows run, a report is made each hour, and the alarms are judged.

    Args:
        world: The fleet.
        template: The alarms.
    """

    def __init__(self, world: World, template: dict[str, Any]) -> None:
        outcome = deploy_template(template, stack_name="alarms", account=ACCOUNT, region=REGION)
        self._names = {physical_id: name for name, physical_id in outcome.physical_ids.items()}
        self._world = world
        clock.set(BEGIN)
        self.alarms = AlarmClock(account=ACCOUNT, region=REGION)

    def until(self, end: dt.datetime, *, reports: bool = True) -> None:
        """Go on until then."""
        for now in _hours(clock(), end):
            self._world.advance(now)
            if reports:
                self._world.report()
            self.alarms.judge(now)

    def reported(self) -> list[tuple[str, dt.datetime]]:
        """Return which alarms notified people, and when."""
        return [(self._short(change), change.at) for change in self.alarms.changes if change.notified]

    def health(self) -> list[tuple[str, dt.datetime]]:
        """Return the states of the ring's health, and since when each was so."""
        return [
            (change.after, change.at)
            for change in self.alarms.changes
            if self._short(change) == "RingprodHealth"
        ]

    def _short(self, change: AlarmChange) -> str:
        return self._names[change.alarm_name].removeprefix("Alarms")[:-8]


def _hours(start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    while start + HOUR <= end:
        start += HOUR
        yield start


@pytest.fixture
def watch(template: dict[str, Any]) -> Callable[[World], Watch]:
    return lambda world: Watch(world, template)


def test_a_patch_failure_rings_with_the_first_report_after_the_window(
    watch: Callable[[World], Watch],
) -> None:
    world = World()
    world.add(node(1), node(2, refuses={KERNEL}), patch(KERNEL))
    watched = watch(world)
    watched.until(INSTALL)
    assert watched.reported() == []
    watched.until(INSTALL + 2 * HOUR)
    ((name, at),) = watched.reported()
    assert name == "RingprodFailedPatches"
    assert INSTALL < at <= INSTALL + 2 * HOUR
    # It is not healthy before its nodes are known to be scanned.
    assert watched.health() == [("ALARM", BEGIN + HOUR), ("OK", BEGIN + 2 * HOUR), ("ALARM", at)]


def test_a_production_node_rings_when_its_window_is_over_and_a_new_patch_does_not(
    watch: Callable[[World], Watch],
) -> None:
    world = World()
    late = node(1)
    world.add(late, patch(KERNEL))
    watched = watch(world)
    watched.until(INSTALL - HOUR)
    assert [point for point in world.metrics("MissingCriticalPatches", RING) if point] != []
    assert watched.reported() == []
    late.stopped_at = clock()  # it is off while the window is open
    watched.until(INSTALL + 4 * HOUR)
    late.stopped_at = None
    world.add(patch(OPENSSL, clock()))
    watched.until(INSTALL + 8 * HOUR)
    ((name, at),) = watched.reported()
    assert name == "RingprodOverduePatches"
    assert INSTALL + 4 * HOUR < at <= INSTALL + 6 * HOUR


def test_a_patch_rings_when_its_promise_will_break_and_not_when_it_is_approved(
    watch: Callable[[World], Watch],
) -> None:
    """The patch is late when the next window opens later than the promise ends, not before."""
    in_time = World(terms=RingTerms(within={Severity.CRITICAL: 3 * DAY}))
    in_time.add(node(1), patch(KERNEL, BEGIN))
    watched = watch(in_time)
    watched.until(INSTALL + 2 * HOUR)
    assert watched.reported() == []
    in_time.add(patch(OPENSSL, clock()))  # the next window opens in a week
    watched.until(INSTALL + 9 * HOUR)
    ((name, at),) = watched.reported()
    assert name == "RingprodOverduePatches"
    assert INSTALL + 7 * HOUR < at <= INSTALL + 9 * HOUR  # the scan at five o'clock has seen it


def test_reboot_debt_rings_when_it_is_over_its_limit(watch: Callable[[World], Watch]) -> None:
    limit = 4 * HOUR
    world = World(terms=RingTerms(reboot_within=limit), reboot_option=RebootOption.NO_REBOOT)
    there = node(1)
    world.add(there, patch(KERNEL))
    watched = watch(world)
    watched.until(INSTALL + limit)
    assert [point for point in world.metrics("RebootDebtNodes", RING) if point] != []
    assert watched.reported() == []
    watched.until(INSTALL + limit + 2 * HOUR)
    ((name, at),) = watched.reported()
    assert name == "RingprodRebootOverdueNodes"
    assert INSTALL + limit < at <= INSTALL + limit + 2 * HOUR
    assert watched.health()[-1] == ("ALARM", at)
    reboot(world.place.fleet.nodes[there.node_id])
    watched.until(INSTALL + 8 * HOUR)  # a scan has seen the reboot
    assert watched.health()[-1][0] == "OK"


def test_silence_rings_once_and_no_ring_is_healthy_while_it_lasts(watch: Callable[[World], Watch]) -> None:
    world = World()
    world.add(node(1))
    watched = watch(world)
    watched.until(BEGIN + 4 * HOUR)
    assert watched.health()[-1][0] == "OK"
    assert watched.reported() == []
    watched.until(BEGIN + 12 * HOUR, reports=False)
    ((name, at),) = watched.reported()
    assert name == "ReporterFailed"
    assert BEGIN + 6 * HOUR <= at <= BEGIN + 8 * HOUR
    assert watched.health()[-1] == ("ALARM", at)
    watched.until(BEGIN + 14 * HOUR)
    assert watched.health()[-1][0] == "OK"
    assert len(watched.reported()) == 1


def test_no_alarm_fires_before_the_first_report_and_silence_does_after_it(
    watch: Callable[[World], Watch],
) -> None:
    world = World()
    world.add(node(1))
    watched = watch(world)
    watched.until(BEGIN + 6 * HOUR, reports=False)
    assert watched.reported() == [], "the schedule of the reporter starts it an hour after the deployment"
    watched.until(BEGIN + 7 * HOUR)
    watched.until(BEGIN + 14 * HOUR, reports=False)
    ((name, at),) = watched.reported()
    assert name == "ReporterFailed"
    assert BEGIN + 9 * HOUR <= at <= BEGIN + 11 * HOUR


def test_a_reporter_that_fails_from_the_start_fires_without_a_first_report(
    watch: Callable[[World], Watch],
) -> None:
    watched = watch(World())
    world_clock = BEGIN + HOUR
    client("cloudwatch", account=ACCOUNT, region=REGION).put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "NumberOfMessagesSent",
                "Dimensions": [{"Name": "QueueName", "Value": "reporter"}],
                "Timestamp": world_clock,
                "Value": 1,
            }
        ],
    )
    watched.until(BEGIN + 2 * HOUR, reports=False)
    assert [name for name, _ in watched.reported()] == ["ReporterFailed"]


def test_a_ring_that_lost_all_its_nodes_is_not_healthy(watch: Callable[[World], Watch]) -> None:
    world = World()
    world.add(node(1), node(2))
    watched = watch(world)
    watched.until(BEGIN + 4 * HOUR)
    assert watched.health()[-1][0] == "OK"
    for number in (1, 2):
        world.place.fleet.nodes[node(number).node_id].tags["PatchGroup"] = "prod-wbe"
    watched.until(BEGIN + 9 * HOUR)
    assert watched.health()[-1] == ("ALARM", BEGIN + 5 * HOUR)
    assert [name for name, _ in watched.reported()] == ["NodesWithoutPatchGroup"]
    watched.until(BEGIN + 10 * HOUR, reports=False)
    assert watched.health()[-1][0] == "ALARM", "a report that does not come says nothing else"
    for number in (1, 2):
        world.place.fleet.nodes[node(number).node_id].tags["PatchGroup"] = "prod-web"
    watched.until(BEGIN + 13 * HOUR)
    assert watched.health()[-1][0] == "OK"


def test_a_ring_that_no_one_has_reported_is_not_healthy(watch: Callable[[World], Watch]) -> None:
    watched = watch(World())
    watched.until(BEGIN + 6 * HOUR, reports=False)
    assert [state for state, _ in watched.health()] == ["ALARM"]


def test_a_ring_without_figures_is_not_healthy_although_reports_are_made(
    watch: Callable[[World], Watch], template: dict[str, Any]
) -> None:
    """Why health is a rule of OK(...): a rule of ALARM(...) takes alarms without data for fine."""
    usual = copy.deepcopy(template)
    (rule,) = (
        alarm["Properties"]["AlarmRule"]["Fn::Join"][1]
        for name, alarm in usual["Resources"].items()
        if name.startswith("AlarmsRingprodHealth")
    )
    rule[:] = [
        part.replace("NOT (OK(", "(ALARM(").replace(" AND OK(", " OR ALARM(").replace(" AND NOT ", " OR ")
        if isinstance(part, str)
        else part
        for part in rule
    ]
    world = World()
    world.client("cloudwatch").put_metric_data(
        Namespace="PatchingConstructs",
        MetricData=[
            {
                "MetricName": "ReportsFinished",
                "Dimensions": [{"Name": "Rollout", "Value": "web"}],
                "Timestamp": BEGIN + HOUR,
                "Value": 1,
            }
        ],
    )
    watched = watch(world)
    watched.until(BEGIN + HOUR, reports=False)
    assert [state for state, _ in watched.health()] == ["ALARM"]
    watched = Watch(world, usual)
    watched.until(BEGIN + HOUR, reports=False)
    assert [state for state, _ in watched.health()] == ["OK"]
