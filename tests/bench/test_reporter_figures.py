"""What `make bench` says of the reporter, on a fleet that is small."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.every_node import ask_every_node
from bench.fresh_process import FreshProcess
from bench.reporter_figures import MeasuredReport, count_calls_to_every_node, limits, measure_report
from bench.reporter_fleet import ACCOUNT, COUNTED, REGION, Kind, ReportedFleet, make_fleet
from local_aws.aws import client
from local_aws.fleet.clock import throttle
from local_aws.server import Server, serve

NODES = 200
WRONG_PERCENT = 15


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as served:
        yield served
    throttle.lift()


@pytest.fixture
def fleet(server: Server) -> ReportedFleet:  # noqa: ARG001 - asked for so that it is there
    return make_fleet(NODES, wrong_percent=WRONG_PERCENT, now=dt.datetime.now(dt.UTC))


def measured(fresh_folder: Path, server: Server, fleet: ReportedFleet, name: str = "1") -> MeasuredReport:
    return measure_report(FreshProcess(fresh_folder), fresh_folder / name, server, fleet)


def test_a_fleet_has_nodes_of_every_kind_and_figures_of_all_of_them(fleet: ReportedFleet) -> None:
    assert len(fleet.place.fleet.nodes) == NODES
    truth = fleet.truth(dt.datetime.now(dt.UTC))
    counted = {name for _, name in truth}
    never = {"UnreadNodes", "WrongBaselineNodes", "ReportedByOthersNodes"}
    assert {str(metric) for metric in COUNTED} - counted == never
    assert {ring for ring, _ in truth} == {"", "dev", "test", "stage", "prod"}
    assert len(Kind) == 11


def test_a_report_is_counted_and_true_although_calls_are_refused(
    tmp_path: Path, server: Server, fleet: ReportedFleet
) -> None:
    throttle.limit(10, burst=5)
    report = measured(tmp_path, server, fleet)
    assert report.unlike_truth == []
    assert report.invocations == 1
    assert report.refused > 0
    fleets = ("ssm.DescribeInstance", "ssm.DescribeEffective", "ec2.")
    assert throttle.calls == sum(count for name, count in report.requests.items() if name.startswith(fleets))
    details = NODES * WRONG_PERCENT // 100
    assert details <= report.requests["ssm.DescribeInstancePatches"] <= details + report.refused
    assert report.calls > throttle.calls, "the table, the history and the metrics count too"


def test_a_second_report_asks_no_node_and_is_true(
    tmp_path: Path, server: Server, fleet: ReportedFleet
) -> None:
    first, second = (measured(tmp_path, server, fleet, name) for name in ("1", "2"))
    assert first.requests["ssm.DescribeInstancePatches"] == NODES * WRONG_PERCENT // 100
    assert "ssm.DescribeInstancePatches" not in second.requests
    assert second.unlike_truth == []


def test_the_reporter_runs_with_nothing_but_its_bundle(
    tmp_path: Path, server: Server, fleet: ReportedFleet
) -> None:
    report = measured(tmp_path, server, fleet)
    assert Path(report.code).is_relative_to(tmp_path)
    assert "boto3" in report.modules
    assert not {"aws_cdk", "jsii", "moto", "pydantic", "local_aws", "bench"} & set(report.modules)


def test_a_report_that_is_not_true_is_seen(
    tmp_path: Path, server: Server, fleet: ReportedFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = next(node for node in fleet.place.fleet.nodes.values() if node.patch_group == "prod-web")
    truth = ReportedFleet.truth

    def one_node_less(self: ReportedFleet, now: dt.datetime) -> object:
        del self.place.fleet.nodes[node.node_id]
        return truth(self, now)

    monkeypatch.setattr(ReportedFleet, "truth", one_node_less)
    assert ("prod", "NodesInScope") in measured(tmp_path, server, fleet).unlike_truth


@pytest.mark.usefixtures("fleet")
def test_asking_every_node_is_a_call_for_each() -> None:
    asked = ask_every_node(client("ssm", account=ACCOUNT, region=REGION))
    assert NODES * 0.98 <= asked < NODES, "all but those without an agent"
    pages, states_of_a_page = 4, 5
    fewest = asked + pages + asked * 0.98 / states_of_a_page
    assert fewest <= count_calls_to_every_node() <= fewest + 2 * pages


KEPT = MeasuredReport(
    requests={"ssm.DescribeInstancePatches": 200},
    refused=0,
    seconds=60,
    invocations=1,
    peak_mebibytes=100,
    unlike_truth=[],
    modules=[],
    code="",
)
MANY = replace(KEPT, requests={"ssm.DescribeInstancePatches": 1_000})
SECOND = replace(KEPT, requests={"ssm.DescribeInstancePatchStatesForPatchGroup": 60})


def broken(many: MeasuredReport, second: MeasuredReport = SECOND) -> list[str]:
    return [limit.name for limit in limits({1_000: KEPT, 5_000: many}, second, 5_100) if limit.is_broken]


def test_what_keeps_its_limits_is_not_broken() -> None:
    assert broken(MANY) == []


@pytest.mark.parametrize(
    ("second", "name"),
    [
        (
            replace(SECOND, requests={"ssm.DescribeInstancePatches": 1}),
            "reporter, 5,000 nodes: nodes asked by a second report",
        ),
        (
            replace(SECOND, unlike_truth=[("prod", "NodesInScope")]),
            "reporter, 5,000 nodes: metrics unlike the truth",
        ),
    ],
    ids=["asks", "untrue"],
)
def test_a_second_report_that_asks_or_is_untrue_is_named(second: MeasuredReport, name: str) -> None:
    assert broken(MANY, second) == [name]


@pytest.mark.parametrize(
    ("many", "name"),
    [
        (replace(MANY, peak_mebibytes=245), "reporter, 5,000 nodes: MiB (256 MB)"),
        (
            replace(MANY, unlike_truth=[("prod", "NodesInScope")]),
            "reporter, 5,000 nodes: metrics unlike the truth",
        ),
        (replace(MANY, seconds=901), "reporter, 5,000 nodes: seconds (time limit of the function)"),
        (
            replace(MANY, requests={"ssm.DescribeInstancePatches": 1_001}),
            "reporter: calls for each node from 1,000 to 5,000 relative to each of those before",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_limit_that_is_broken_is_named(many: MeasuredReport, name: str) -> None:
    assert broken(many) == [name]


def test_a_reporter_that_asks_like_everybody_is_named() -> None:
    few, many = ({"ssm.DescribeInstancePatches": count} for count in (1_030, 5_148))
    reports = {1_000: replace(KEPT, requests=few), 5_000: replace(KEPT, requests=many)}
    found = limits(reports, SECOND, 5_148)
    assert [limit.name for limit in found if limit.is_broken] == [
        "reporter, 5,000 nodes: calls relative to querying every node"
    ]
