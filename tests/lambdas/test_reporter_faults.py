"""What the reporter publishes when AWS refuses a part of what it asks, and what it does not."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.fleet.clock import clock
from patching_constructs.contracts.reporter_settings import ReportedBaseline
from patching_constructs.model.exemption import ExemptionRecord
from tests.lambdas.fleets import (
    DAY,
    GROUP,
    HOUR,
    KERNEL,
    LINUX,
    START,
    WINDOWS,
    World,
    node,
    patch,
    with_rings,
)

pytestmark = pytest.mark.usefixtures("local_aws")

RING = {"Rollout": "web", "Ring": "prod"}
ACCOUNT_METRICS = {"Rollout": "web"}


@contextmanager
def refused(
    world: World, service: str, *operations: str, code: str = "AccessDeniedException"
) -> Iterator[None]:
    """Refuse operations of a service."""
    emitter = world.client(service).meta.events

    def refuse(model: Any, **_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "refused"}}, model.name)

    names = [f"before-call.{service}.{operation}" for operation in operations]
    for name in names:
        emitter.register(name, refuse, unique_id=name)
    try:
        yield
    finally:
        for name in names:
            emitter.unregister(name, unique_id=name)


# --- what could not be read is not published as zero ---


@pytest.mark.parametrize("operation", ["GetPatchBaseline", "DescribePatchBaselines"])
def test_baselines_that_could_not_be_read_are_not_published_as_unchanged(operation: str) -> None:
    world = World()
    world.add(node(1), node(2, tags={"PatchGroup": "mistyped"}))
    defined = ReportedBaseline(
        name=f"prod-{LINUX}",
        operating_system=str(LINUX),
        patch_groups=(GROUP,),
        definition={"RejectedPatchesAction": "BLOCK"},
    )
    settings = replace(world.settings, baselines=(defined,))
    world.advance(START + DAY)
    world.report(settings=settings)
    world.advance(START + DAY + HOUR)
    with refused(world, "ssm", operation, code="ThrottlingException"):
        report = world.report(settings=settings)
    assert not report.is_finished
    assert world.metrics("BaselinesUnlikeTheirDefinition", ACCOUNT_METRICS) == [1]
    assert world.metrics("NodesWithoutPatchGroup", ACCOUNT_METRICS) == [1, 1], "it was read"
    assert world.metrics("ReportsFinished", ACCOUNT_METRICS) == [1, 0]


def test_nodes_that_could_not_be_counted_are_not_published_as_none() -> None:
    world = World()
    world.add(node(1), node(2, node_id=f"mi-{2:017x}", tags={}))
    world.advance(START + DAY)
    world.report()
    world.advance(START + DAY + HOUR)

    def refuse_tags(params: Any, model: Any, **_: object) -> None:
        if "tag:" in str(params["body"]):
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "refused"}}, model.name)

    # Groups are read first, so they have to be of EC2 only for the count to be what fails.
    everyone = replace(
        world.settings.rings[0],
        patch_groups=(replace(world.settings.rings[0].patch_groups[0], tag_key="Patch Group"),),
    )
    events = world.client("ssm").meta.events
    events.register("before-call.ssm.DescribeInstanceInformation", refuse_tags, unique_id="refuse")
    try:
        report = world.report(settings=with_rings(world.settings, everyone))
    finally:
        events.unregister("before-call.ssm.DescribeInstanceInformation", unique_id="refuse")
    assert "nodes without a patch group" in report.progress.failures[-1]
    assert world.metrics("NodesWithoutPatchGroup", ACCOUNT_METRICS) == [1]
    assert world.metrics("BaselinesUnlikeTheirDefinition", ACCOUNT_METRICS) == [0, 0]


def test_a_node_that_cannot_be_read_keeps_the_problems_that_are_known() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    world.add(node(1), patch(KERNEL))
    world.advance(START + DAY)
    world.report()
    world.advance(START + 2 * DAY)
    with refused(world, "ssm", "DescribeInstancePatches"):
        world.report()
    assert world.metrics("UnreadNodes", RING) == [0, 1]
    assert world.metrics("MissingCriticalPatches", RING) == [1, 1]
    world.advance(START + 3 * DAY)
    (found,) = world.report().progress.figures.values()
    assert found.oldest_missing_first_seen == 2 * DAY, "its age goes on"


# --- publication times ---


def windows_world() -> World:
    """Make a ring whose patch of Windows was published long before a report saw it."""
    world = World(install="cron(0 22 1 JAN ? 2030)")
    world.add(
        node(1, operating_system=WINDOWS),
        patch("KB1", START - 20 * DAY, operating_system=WINDOWS, classification="SecurityUpdates"),
    )
    return world


@pytest.mark.parametrize("code", ["AccessDeniedException", "DoesNotExistException"])
def test_a_baseline_that_is_refused_makes_publication_times_unknown_and_no_ring_unreadable(code: str) -> None:
    world = windows_world()
    world.advance(START + DAY)
    with refused(world, "ssm", "DescribeEffectivePatchesForPatchBaseline", code=code):
        report = world.report()
    (found,) = report.progress.figures.values()
    assert report.is_finished
    assert (found.nodes, found.oldest_missing_published) == (1, None)
    assert [code in refusal for refusal in report.without_publication] == [True]
    assert world.metrics("NodesInScope", RING) == [1]


def test_a_baseline_that_cannot_be_read_now_leaves_its_ring_to_the_next_report() -> None:
    world = windows_world()
    world.advance(START + DAY)
    with refused(world, "ssm", "DescribeEffectivePatchesForPatchBaseline", code="ThrottlingException"):
        report = world.report()
    assert report.progress.unread_rings == {"prod"}
    assert world.metrics("NodesInScope", RING) == []


def test_a_node_on_a_baseline_of_aws_has_publication_times() -> None:
    """AWS takes the whole ARN of a baseline that it owns, and its answers about nodes have the bare id."""
    world = windows_world()
    world.ssm.deregister_patch_baseline_for_patch_group(
        BaselineId=world.baselines[WINDOWS], PatchGroup="prod-web"
    )
    world.advance(START + DAY)
    (state,) = world.ssm.describe_instance_patch_states_for_patch_group(PatchGroup="prod-web")[
        "InstancePatchStates"
    ]
    with pytest.raises(ClientError, match="DoesNotExist"):
        world.ssm.describe_effective_patches_for_patch_baseline(BaselineId=state["BaselineId"])
    report = world.report()
    (found,) = report.progress.figures.values()
    assert report.is_finished
    assert found.oldest_missing_published == 21 * DAY


# --- groups that rely on AWS's default baseline ---


@pytest.mark.parametrize(("on_aws_default", "without_group"), [(True, 0), (False, 1)])
def test_a_group_on_awss_default_baseline_is_a_known_group(
    on_aws_default: bool,
    without_group: int,
) -> None:
    world = World()
    ring = world.settings.rings[0]
    group = replace(ring.patch_groups[0], name="images", on_aws_default=on_aws_default)
    settings = with_rings(world.settings, replace(ring, patch_groups=(group,)))
    world.add(node(1, tags={"PatchGroup": "images"}))
    world.advance(START + DAY)
    world.report(settings=settings)
    assert world.metrics("NodesWithoutPatchGroup", ACCOUNT_METRICS) == [without_group]


# --- rings without nodes ---


def test_a_ring_that_lost_all_its_nodes_is_not_healthy() -> None:
    world = World()
    world.add(*[node(number) for number in range(5)], patch(KERNEL))
    world.advance(START + DAY)
    world.report()
    for number in range(5):
        world.place.fleet.nodes[node(number).node_id].tags["PatchGroup"] = "prod-wbe"
    for days in (2, 3, 100):  # for as long as it lasts
        clock.set(START + days * DAY)
        report = world.report()
        assert report.is_finished
        assert report.lost_nodes == {"prod": 5}
    assert world.metrics("LostNodes", RING) == [5, 5, 5]
    assert world.metrics("NodesInScope", RING) == [5, 0, 0, 0]
    assert world.metrics("CompliantNodesPercent", RING) == [100]
    world.place.fleet.nodes[node(1).node_id].tags["PatchGroup"] = "prod-web"
    clock.set(START + 101 * DAY)
    assert world.report().lost_nodes == {}
    clock.set(START + 102 * DAY)
    world.report()
    assert world.metrics("LostNodes", RING) == [5, 5, 5, 0], "that it is over is said once"


def test_that_nodes_are_found_is_said_again_until_it_was_published() -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    world.report()
    there = world.place.fleet.nodes[node(1).node_id]
    there.tags["PatchGroup"] = "prod-wbe"
    clock.set(START + 2 * DAY)
    world.report()
    there.tags["PatchGroup"] = "prod-web"
    clock.set(START + 3 * DAY)
    with refused(world, "cloudwatch", "PutMetricData"), pytest.raises(ClientError):
        world.report()
    clock.set(START + 4 * DAY)
    world.report()
    assert world.metrics("LostNodes", RING) == [1, 0]


def test_a_ring_that_never_had_a_node_has_lost_none() -> None:
    world = World()
    assert world.report().lost_nodes == {}
    assert world.metrics("LostNodes", RING) == []


def test_a_ring_that_could_not_be_read_has_lost_no_node() -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    world.report()
    clock.set(START + DAY + HOUR)
    with refused(world, "ssm", "DescribeInstancePatchStatesForPatchGroup"):
        report = world.report()
    assert (report.is_finished, report.lost_nodes) == (False, {})


# --- times ---


def test_a_scan_in_the_future_is_stale() -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    there = world.place.fleet.nodes[node(1).node_id]
    assert there.report is not None
    there.report.ended_at = START + 400 * DAY
    clock.set(START + 60 * DAY)
    (found,) = world.report().progress.figures.values()
    assert (found.stale_nodes, found.compliant_nodes, found.reported_by_others_nodes) == (1, 0, 0)


@pytest.mark.parametrize(("ahead", "stale"), [(dt.timedelta(hours=3), 0), (dt.timedelta(hours=5), 1)])
def test_a_scan_that_ended_while_the_report_was_made_is_not_in_the_future(
    ahead: dt.timedelta, stale: int
) -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    there = world.place.fleet.nodes[node(1).node_id]
    assert there.report is not None
    there.report.ended_at = clock() + ahead
    (found,) = world.report().progress.figures.values()
    assert found.stale_nodes == stale


# --- the history ---


def test_a_history_that_takes_nothing_does_not_hide_the_metrics_and_is_reported() -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    with refused(world, "s3", "PutObject", code="AccessDenied"):
        report = world.report()
    assert report.is_finished
    assert "bucket history" in report.progress.history_failures[0]
    assert world.metrics("NodesInScope", RING) == [1]
    assert world.metrics("ReportsFinished", ACCOUNT_METRICS) == [1]
    assert world.metrics("HistoryFailures", ACCOUNT_METRICS) == [1]


def test_a_history_that_is_written_publishes_no_metric_of_it() -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    world.report()
    assert world.metrics("HistoryFailures", ACCOUNT_METRICS) == []


def test_a_report_in_parts_remembers_that_an_earlier_part_is_not_in_the_history() -> None:
    world = World()
    world.add(*[node(number) for number in range(120)], patch(KERNEL))
    world.advance(START + DAY)
    with refused(world, "s3", "PutObject", code="AccessDenied"):
        stopped = world.reporter(minutes=(*[15] * 25, 1)).make(world.progress("slow"))
    assert stopped.is_stopped
    last = world.reporter()
    done = last.make(last.load("slow", now=clock()) or pytest.fail("forgotten"))
    assert len(done.progress.history_failures) == 1
    assert world.metrics("HistoryFailures", ACCOUNT_METRICS) == [1]


# --- versions of one package ---


def test_an_exemption_of_one_kernel_leaves_the_other_and_each_has_its_own_age() -> None:
    newer = "kernel.x86_64:0:6.1.130-139.222.amzn2023"
    exempt = ExemptionRecord(
        owner="a", reason="b", ticket="c", expires=(START + 9 * DAY).date(), patches=KERNEL
    )
    world = World(install="cron(0 22 1 JAN ? 2030)", exemptions=(exempt,))
    world.add(node(1), patch(KERNEL))
    world.advance(START + DAY)
    (found,) = world.report().progress.figures.values()
    assert found.missing.total() == 0
    world.add(patch(newer, clock()))
    world.advance(START + 2 * DAY)
    world.report()
    world.advance(START + 4 * DAY)
    (found,) = world.report().progress.figures.values()
    assert (found.missing.total(), found.oldest_missing_first_seen) == (1, 2 * DAY)
