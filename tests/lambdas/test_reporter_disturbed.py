"""The reporter while AWS refuses, time runs out, nodes come and go, and reports overlap.

Clients of the local AWS do not repeat a call that was refused, so each refusal here is one that lasted.
"""

import datetime as dt
from dataclasses import replace

import pytest

from local_aws.fleet.clock import clock, throttle
from patching_constructs import PatchOperation
from patching_constructs.contracts.reporter_settings import ReporterSettings
from patching_constructs.contracts.ring_document import DeployedGroup, DeployedRing
from patching_constructs.lambdas.compliance_reporter.progress import Progress
from patching_constructs.lambdas.compliance_reporter.report import ReportResult
from tests.lambdas.fleets import DAY, GROUP, HOUR, KERNEL, START, World, node, patch, with_rings

pytestmark = pytest.mark.usefixtures("local_aws")

RING = {"Rollout": "web", "Ring": "prod"}
OTHER_GROUP = "test-web"


def with_another_ring(world: World) -> ReporterSettings:
    other = DeployedRing(
        name="test", order=0, patch_groups=(DeployedGroup(name=OTHER_GROUP, tag_key="PatchGroup"),)
    )
    return with_rings(world.settings, other, *world.settings.rings)


def to_its_end(world: World, *, nodes_of_a_part: int) -> tuple[ReportResult, int]:
    """Make a report that is stopped after so many nodes each time; return it and the number of its parts."""
    progress = Progress(run_id="parts", now=clock())
    while True:
        reporter = world.reporter(minutes=(*[15] * nodes_of_a_part, 1), settings=with_another_ring(world))
        report = reporter.make(progress)
        if not report.is_stopped:
            return report, report.progress.part + 1
        progress = reporter.load("parts", now=clock()) or pytest.fail("forgotten")


@pytest.mark.parametrize("answered", range(12))
def test_however_many_calls_are_answered_a_ring_is_shown_whole_or_not_at_all(answered: int) -> None:
    world = World()
    world.add(*[node(number) for number in range(3)], patch(KERNEL))
    world.advance(START + DAY)
    throttle.limit(0.001, burst=answered)
    report = world.report()
    throttle.lift()
    shown = world.metrics("NodesInScope", RING)
    assert shown in ([], [3])
    assert report.is_finished or report.progress.failures
    if shown:
        unread = sum(figure.unread_nodes for figure in report.progress.figures.values())
        missing = sum(figure.missing.total() for figure in report.progress.figures.values())
        assert unread + missing == 3, "a node is read, or said to be unread"
    else:
        assert world.metrics("ReportsFinished", {"Rollout": "web"}) == [0]


@pytest.mark.breaks_model("ssm:DescribeInstancePatchStatesForPatchGroup")
def test_a_ring_that_cannot_be_read_does_not_hide_the_others() -> None:
    world = World()
    world.add(node(1), node(2, tags={"PatchGroup": OTHER_GROUP}))
    world.advance(START + DAY)
    settings = with_another_ring(world)
    unreadable = replace(
        settings.rings[0], patch_groups=(DeployedGroup(name="x" * 300, tag_key="PatchGroup"),)
    )
    report = world.report(settings=with_rings(settings, unreadable, settings.rings[1]))
    assert not report.is_finished
    assert world.metrics("NodesInScope", RING) == [1]
    assert world.metrics("NodesInScope", {"Rollout": "web", "Ring": "test"}) == []


@pytest.mark.parametrize("nodes_of_a_part", [1, 2, 3, 5])
def test_wherever_a_report_is_stopped_its_figures_are_those_of_a_whole_one(nodes_of_a_part: int) -> None:
    world = World()
    world.add(
        *[node(number, tags={"PatchGroup": GROUP if number % 2 else OTHER_GROUP}) for number in range(9)],
        patch(KERNEL, START - 20 * DAY),
    )
    world.advance(START + DAY)
    for each in world.place.fleet.nodes.values():
        world.place.fleet.run(each, PatchOperation.SCAN, now=clock())
    whole = world.report(settings=with_another_ring(world))
    parts, count = to_its_end(world, nodes_of_a_part=nodes_of_a_part)
    assert parts.progress.figures == whole.progress.figures
    assert sum(figure.missing.total() for figure in parts.progress.figures.values()) == 9
    assert count > 1


@pytest.mark.breaks_model("ssm:DescribeInstancePatchStatesForPatchGroup")
def test_a_failure_is_remembered_by_the_parts_that_follow() -> None:
    world = World()
    world.add(*[node(number) for number in range(3)], patch(KERNEL))
    world.advance(START + DAY)
    settings = with_another_ring(world)
    unreadable = replace(
        settings.rings[0], patch_groups=(DeployedGroup(name="x" * 300, tag_key="PatchGroup"),)
    )
    settings = with_rings(settings, unreadable, settings.rings[1])
    stopped = world.reporter(settings=settings, minutes=(15, 1)).make(Progress(run_id="parts", now=clock()))
    assert stopped.is_stopped
    reporter = world.reporter(settings=settings)
    last = reporter.make(reporter.load("parts", now=clock()) or pytest.fail("forgotten"))
    assert not last.is_finished
    assert world.metrics("NodesInScope", {"Rollout": "web", "Ring": "test"}) == []
    assert world.metrics("NodesInScope", RING) == [3]


def test_a_node_that_stops_between_two_parts_leaves_the_figures() -> None:
    world = World()
    world.add(*[node(number) for number in range(3)], patch(KERNEL))
    world.advance(START + DAY)
    world.reporter(minutes=(15, 1)).make(Progress(run_id="parts", now=clock()))
    world.place.fleet.nodes[node(2).node_id].stopped_at = clock()
    reporter = world.reporter()
    report = reporter.make(reporter.load("parts", now=clock()) or pytest.fail("forgotten"))
    assert sum(figure.nodes for figure in report.progress.figures.values()) == 2


def test_a_node_that_moves_to_another_group_keeps_the_age_of_its_problems() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    moving = node(1)
    world.add(moving, patch(KERNEL))
    world.advance(START + DAY)
    world.report()
    moving.tags["PatchGroup"] = OTHER_GROUP
    clock.set(START + 2 * DAY)
    report = world.report(settings=with_another_ring(world))
    ((where, found),) = report.progress.figures.items()
    assert where[:2] == ("test", OTHER_GROUP)
    assert found.oldest_missing_first_seen == DAY


def test_an_older_report_that_ends_after_a_newer_one_knows_no_negative_ages() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    world.add(node(1), patch(KERNEL))
    world.advance(START + DAY)
    before = clock()
    clock.set(before + HOUR)
    world.report()
    report = world.reporter().make(Progress(run_id="older", now=before))
    (found,) = report.progress.figures.values()
    assert found.oldest_missing_first_seen == dt.timedelta()
    again = world.reporter().make(Progress(run_id="newer", now=before + 2 * HOUR))
    (found,) = again.progress.figures.values()
    assert found.oldest_missing_first_seen == 2 * HOUR, "it was there at the older moment"
