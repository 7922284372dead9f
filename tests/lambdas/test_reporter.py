"""The reporter against a fleet of the local AWS."""

import datetime as dt
import gzip
import json
from dataclasses import replace
from typing import Any

import pytest

from local_aws.errors import ApiError
from local_aws.fleet.clock import clock
from local_aws.fleet.fleet import reboot
from local_aws.fleet.systems_manager import FleetSystemsManager
from patching_constructs import OperatingSystem, PatchOperation, RebootOption
from patching_constructs.contracts.compliance_metrics import AccountMetric, ComplianceMetric
from patching_constructs.contracts.published_metrics import PublishedMetrics
from patching_constructs.contracts.reporter_settings import ReportedBaseline
from patching_constructs.lambdas.compliance_reporter.figures import Figures
from patching_constructs.lambdas.compliance_reporter.progress import Progress
from patching_constructs.model.exemption import ExemptionRecord
from patching_constructs.model.promises import Severity
from patching_constructs.model.ring_terms import RingTerms
from tests.lambdas.fleets import (
    BUCKET,
    DAY,
    GLIBC,
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

WHERE = ("prod", GROUP, "AMAZON_LINUX_2023")
RING = {"Rollout": "web", "Ring": "prod"}
IN_TWO_WEEKS = RingTerms(within={Severity.CRITICAL: 14 * DAY})


def only(figures: dict[tuple[str, str, str], Figures]) -> Figures:
    (found,) = figures.values()
    return found


def test_a_patch_is_missing_until_its_ring_installs_it() -> None:
    world = World()
    world.add(node(1), patch(KERNEL))
    world.advance(START + DAY)
    before = only(dict(world.report().progress.figures))
    assert before.missing == {Severity.CRITICAL: 1}
    world.advance(START + 3 * DAY)
    after = only(dict(world.report().progress.figures))
    assert (after.missing.total(), after.compliant_nodes) == (0, 1)


def test_ages_count_from_when_the_reporter_first_saw_the_patch() -> None:
    world = World(install="cron(0 22 1 JAN ? 2030)")
    world.add(node(1), patch(KERNEL))
    for days in (1, 4, 9):
        world.advance(START + days * DAY)
        found = only(dict(world.report().progress.figures))
        assert found.oldest_missing_first_seen == (days - 1) * DAY


def test_an_install_that_fails_does_not_renew_the_age_of_a_patch() -> None:
    world = World()
    world.add(node(1, refuses={KERNEL}), patch(KERNEL))
    for days in (1, 2, 3, 8):
        world.advance(START + days * DAY)
        world.report()
    assert only(dict(world.report().progress.figures)).oldest_missing_first_seen == 7 * DAY


def test_reboot_debt_grows_although_every_install_renews_the_time_of_aws() -> None:
    world = World(reboot_option=RebootOption.NO_REBOOT)
    world.add(node(1), patch(KERNEL), patch(GLIBC, START + 4 * DAY))
    ages = []
    for days in range(2, 16):
        world.advance(START + days * DAY)
        ages.append(only(dict(world.report().progress.figures)).oldest_reboot_debt)
    assert ages[-1] == 13 * DAY
    found = only(dict(world.report().progress.figures))
    assert (found.reboot_debt_nodes, found.reboot_overdue_nodes) == (1, 1)


def test_a_reboot_ends_the_debt_when_the_next_scan_has_seen_it() -> None:
    world = World(reboot_option=RebootOption.NO_REBOOT)
    world.add(node(1), patch(KERNEL))
    world.advance(START + 3 * DAY)
    reboot(world.place.fleet.nodes[node(1).node_id])
    assert only(dict(world.report().progress.figures)).reboot_debt_nodes == 1
    world.advance(START + 4 * DAY)
    assert only(dict(world.report().progress.figures)).reboot_debt_nodes == 0


def test_a_problem_that_comes_back_has_a_new_first_time() -> None:
    world = World(reboot_option=RebootOption.NO_REBOOT)
    there = node(1)
    world.add(there, patch(KERNEL))
    world.advance(START + 3 * DAY)
    world.report()
    there.installed[KERNEL].waits_for_reboot = False
    world.advance(START + 4 * DAY)
    world.report()
    there.installed[KERNEL].waits_for_reboot = True
    world.advance(START + 6 * DAY)
    assert only(dict(world.report().progress.figures)).oldest_reboot_debt == dt.timedelta()


def test_a_patch_that_is_not_yet_approved_is_no_problem() -> None:
    world = World(delay_days=30)
    world.add(
        node(1, operating_system=WINDOWS),
        patch("KB1", operating_system=WINDOWS, classification="SecurityUpdates"),
    )
    world.advance(START + 2 * DAY)
    found = only(dict(world.report().progress.figures))
    assert (found.missing.total(), found.compliant_nodes) == (0, 1)


def test_windows_patches_count_from_publication() -> None:
    world = World(terms=IN_TWO_WEEKS, install="cron(0 22 1 JAN ? 2030)")
    world.add(
        node(1, operating_system=WINDOWS),
        patch("KB1", START - 20 * DAY, operating_system=WINDOWS, classification="SecurityUpdates"),
    )
    world.advance(START + DAY)
    found = only(dict(world.report().progress.figures))
    assert found.oldest_missing_published == 21 * DAY
    assert found.most_over_promise == 7 * DAY


def test_a_failed_patch_is_a_failure() -> None:
    world = World()
    world.add(node(1, refuses={KERNEL}), patch(KERNEL))
    world.advance(START + 2 * DAY)
    found = only(dict(world.report().progress.figures))
    assert (found.failed_patches, found.compliant_nodes) == (1, 0)


def test_nodes_without_agent_or_with_a_dead_one_are_not_managed() -> None:
    world = World()
    world.add(node(1), node(2, has_agent=False), node(3, agent_died_at=START + HOUR))
    world.advance(START + DAY)
    figures = world.report().progress.figures
    assert sum(found.unmanaged_nodes for found in figures.values()) == 2
    assert sum(found.nodes for found in figures.values()) == 3


def test_a_node_that_has_just_started_is_not_yet_missed() -> None:
    world = World()
    clock.set(START)
    world.add(node(1, has_agent=False, launched_at=START - dt.timedelta(minutes=29)))
    assert world.report().progress.figures == {}


def test_stopped_and_terminated_nodes_leave_the_figures_although_aws_keeps_their_rows() -> None:
    world = World()
    world.add(node(1), node(2, stopped_at=START + 2 * DAY), patch(KERNEL))
    world.advance(START + DAY)
    assert only(dict(world.report().progress.figures)).nodes == 2
    world.advance(START + 3 * DAY)
    assert only(dict(world.report().progress.figures)).nodes == 1


def test_a_mistyped_group_is_a_node_that_falls_back_to_the_default_baseline() -> None:
    world = World()
    world.add(node(1), node(2, tags={"PatchGroup": "prod-wbe"}), node(3, tags={}))
    world.advance(START + DAY)
    world.report()
    assert only(dict(world.report().progress.figures)).nodes == 1
    assert world.metrics("NodesWithoutPatchGroup", {"Rollout": "web"}) == [2]


def test_a_group_that_someone_registers_elsewhere_shows_as_a_wrong_baseline() -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    other = world.ssm.create_patch_baseline(Name="other", OperatingSystem=str(LINUX))["BaselineId"]
    world.ssm.deregister_patch_baseline_for_patch_group(BaselineId=world.baselines[LINUX], PatchGroup=GROUP)
    world.ssm.register_patch_baseline_for_patch_group(BaselineId=other, PatchGroup=GROUP)
    found = only(dict(world.report().progress.figures))
    assert (found.wrong_baseline_nodes, found.compliant_nodes) == (1, 0)


def test_a_second_scanner_shows() -> None:
    world = World()
    there = node(1)
    world.add(there)
    world.advance(START + DAY)
    assert only(dict(world.report().progress.figures)).reported_by_others_nodes == 0
    world.place.fleet.run(there, PatchOperation.SCAN, now=START + DAY + 10 * HOUR)
    clock.set(START + DAY + 12 * HOUR)
    assert only(dict(world.report().progress.figures)).reported_by_others_nodes == 1


def test_an_old_scan_is_stale() -> None:
    world = World(scan="cron(0 5 1 * ? *)", install="cron(0 22 1 JAN ? 2030)")
    world.add(node(1))
    world.advance(START + 2 * DAY)
    assert only(dict(world.report().progress.figures)).stale_nodes == 0
    world.advance(START + 3 * DAY)
    assert only(dict(world.report().progress.figures)).stale_nodes == 1


def reported(system: OperatingSystem, *groups: str, **values: Any) -> ReportedBaseline:
    return ReportedBaseline(
        name=f"prod-{system}", operating_system=str(system), patch_groups=groups, **values
    )


def changed_baselines(world: World, *baselines: ReportedBaseline) -> tuple[str, ...]:
    return world.report(settings=replace(world.settings, baselines=baselines)).changed_baselines


def test_a_baseline_that_differs_from_its_definition_is_named() -> None:
    world = World()
    gone = replace(reported(LINUX), name="gone")
    found = changed_baselines(
        world,
        reported(LINUX, GROUP, definition={"OperatingSystem": str(LINUX), "RejectedPatches": []}),
        reported(WINDOWS, GROUP, definition={"RejectedPatchesAction": "BLOCK"}),
        gone,
    )
    assert found == ("prod-WINDOWS: RejectedPatchesAction", "gone: there is no such baseline")
    assert world.metrics("BaselinesUnlikeTheirDefinition", {"Rollout": "web"}) == [2]


def test_the_baseline_that_a_group_has_is_compared_and_not_another_of_its_name() -> None:
    """A failed deployment may leave a baseline of the same name behind, which no node has."""
    world = World()
    defined = reported(LINUX, GROUP, definition={"RejectedPatches": []})
    left = world.ssm.create_patch_baseline(
        Name=f"prod-{LINUX}", OperatingSystem=str(LINUX), RejectedPatches=["kernel*"]
    )["BaselineId"]
    assert changed_baselines(world, defined) == ()
    world.ssm.deregister_patch_baseline_for_patch_group(BaselineId=world.baselines[LINUX], PatchGroup=GROUP)
    assert changed_baselines(world, defined) == (
        f"prod-{LINUX}: patch group {GROUP} has another baseline or none",
    )
    world.ssm.register_patch_baseline_for_patch_group(BaselineId=left, PatchGroup=GROUP)
    assert changed_baselines(world, defined) == (f"prod-{LINUX}: RejectedPatches",)


def test_a_baseline_that_someone_renames_is_named() -> None:
    world = World()
    world.ssm.update_patch_baseline(BaselineId=world.baselines[LINUX], Name="mine")
    assert changed_baselines(world, reported(LINUX, GROUP)) == (f"prod-{LINUX}: Name",)


def test_the_default_of_the_account_is_compared_too() -> None:
    world = World()
    defined = reported(LINUX, default=True, definition={"RejectedPatches": []})
    assert changed_baselines(world, defined) == (
        f"prod-{LINUX}: the default of {LINUX} has another baseline or none",
    )
    world.ssm.register_default_patch_baseline(BaselineId=world.baselines[LINUX])
    assert changed_baselines(world, defined) == ()
    world.ssm.update_patch_baseline(BaselineId=world.baselines[LINUX], RejectedPatches=["kernel*"])
    assert changed_baselines(world, defined) == (f"prod-{LINUX}: RejectedPatches",)


def test_exemptions_and_those_that_have_expired() -> None:
    exempt = ExemptionRecord(owner="a", reason="b", ticket="c", expires=(START + DAY).date(), nodes="web-1")
    world = World(exemptions=(exempt,))
    world.add(node(1), node(2))
    world.advance(START + DAY)
    assert only(dict(world.report().progress.figures)).exempt_nodes == 1
    world.advance(START + 2 * DAY)
    assert only(dict(world.report().progress.figures)).exempt_nodes == 0
    assert world.metrics("ExpiredExemptions", {"Rollout": "web"}) == [0, 1]


# --- what is published ---


def test_a_ring_without_nodes_publishes_zeros() -> None:
    world = World()
    world.report()
    assert world.metrics("NodesInScope", RING) == [0]
    assert world.metrics("CompliantNodesPercent", RING) == [], "a share of nothing is not known"


def test_a_ring_has_the_sum_of_its_groups() -> None:
    world = World()
    world.add(node(1), node(2, operating_system=WINDOWS))
    world.advance(START + DAY)
    world.report()
    assert world.metrics("NodesInScope", RING) == [2]


def test_metrics_are_of_rings_and_of_the_account_alone() -> None:
    world = World()
    world.add(*[node(number) for number in range(30)])
    world.advance(START + DAY)
    world.report()
    metrics = world.client("cloudwatch").list_metrics(Namespace="PatchingConstructs")["Metrics"]
    names = {dimension["Name"] for metric in metrics for dimension in metric["Dimensions"]}
    assert names == {"Rollout", "Ring"}


def test_only_metrics_with_a_reader_are_published() -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    read = PublishedMetrics(
        account=frozenset({AccountMetric.REPORTS_FINISHED}),
        rings={
            "prod": frozenset({ComplianceMetric.UNREAD_NODES}),
            "test": frozenset({ComplianceMetric.NODES}),
        },
    )
    world.report(published_metrics=read)
    metrics = world.client("cloudwatch").list_metrics(Namespace="PatchingConstructs")["Metrics"]
    assert sorted(metric["MetricName"] for metric in metrics) == ["ReportsFinished", "UnreadNodes"]


def test_the_history_has_a_row_for_each_node() -> None:
    world = World()
    world.add(node(1), node(2), patch(KERNEL))
    world.advance(START + DAY)
    world.report()
    s3 = world.client("s3")
    (entry,) = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert entry["Key"] == (
        "nodes/rollout=web/account=666666666666/region=eu-central-1/day=2026-12-02/000000-run-0.json.gz"
    )
    body = s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
    rows = [json.loads(line) for line in gzip.decompress(body).splitlines()]
    assert [row["node_name"] for row in rows] == ["web-1", "web-2"]
    assert rows[0]["problems"] == [
        {
            "patch": KERNEL,
            "state": "MISSING",
            "severity": "CRITICAL",
            "first_seen": "2026-12-02 00:00:00",
            "published": None,
            "exempt": False,
        }
    ]


# --- large fleets, and what goes wrong ---


def test_a_report_goes_on_where_its_time_limit_stopped_it() -> None:
    world = World()
    world.add(*[node(number) for number in range(60)], patch(KERNEL))
    world.advance(START + DAY)
    whole = world.report().progress.figures
    first = world.reporter(minutes=(*[15] * 25, 1)).make(Progress(run_id="slow", now=clock()))
    assert (first.is_stopped, first.progress.part) == (True, 1)
    assert sum(found.nodes for found in first.progress.figures.values()) == 25
    resumed = world.reporter(minutes=(*[15] * 25, 1))
    second = resumed.make(resumed.load("slow", now=clock()) or pytest.fail("forgotten"))
    assert sum(found.nodes for found in second.progress.figures.values()) == 50
    last = world.reporter()
    third = last.make(last.load("slow", now=clock()) or pytest.fail("forgotten"))
    assert third.is_finished
    assert third.progress.figures == whole
    assert last.load("slow", now=clock()) is None
    keys = [entry["Key"] for entry in world.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert [key.rpartition("/")[2] for key in keys if "slow" in key] == [
        f"000000-slow-{part}.json.gz" for part in range(3)
    ]


def test_one_bad_node_does_not_end_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.add(node(1), node(2), patch(KERNEL))
    world.advance(START + DAY)
    world.place.fleet.nodes[node(1).node_id].report.states = {}  # type: ignore[union-attr]

    def fail(*_: object) -> None:
        raise ApiError("InternalServerError", "try again later")

    monkeypatch.setattr(FleetSystemsManager, "describe_instance_patches", fail)
    found = only(dict(world.report().progress.figures))
    assert (found.nodes, found.unread_nodes, found.compliant_nodes) == (2, 1, 1)


@pytest.mark.breaks_model("ssm:DescribeInstancePatchStatesForPatchGroup")
def test_a_group_that_cannot_be_read_is_said() -> None:
    world = World()
    world.add(node(1))
    world.advance(START + DAY)
    (ring,) = world.settings.rings
    unreadable = with_rings(
        world.settings,
        replace(ring, patch_groups=(replace(ring.patch_groups[0], name="x" * 300), *ring.patch_groups)),
    )
    report = world.report(settings=unreadable)
    assert not report.is_finished
    assert "patch group xxx" in report.progress.failures[0]
    assert world.metrics("ReportsFinished", {"Rollout": "web"}) == [0]
    assert world.metrics("NodesInScope", RING) == [], "a ring is never shown with a part of its nodes"


def test_a_finished_report_says_so() -> None:
    world = World()
    assert world.report().is_finished
    assert world.metrics("ReportsFinished", {"Rollout": "web"}) == [1]
