"""The simulated quarter, over a small organisation: what it tells is what happened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from PIL import Image
from rich.console import Console

import demo.__main__
from demo.quarter.deployed import read_workloads
from demo.quarter.patches import BAD_KERNEL, END, PATCH_TUESDAYS, START, bad_kernel_of
from demo.quarter.picture import draw
from demo.quarter.record import Record, read_record
from demo.quarter.run import Outcome, Quarter
from demo.quarter.story import Incident, Story
from demo.quarter.tables import print_quarter
from local_aws import in_process
from local_aws.fleet.clock import clock
from local_aws.fleet.records import Node
from local_aws.services.lambda_functions import FunctionFailedError
from patching_constructs import OperatingSystem
from patching_constructs.constructs.compliance.dashboard.body import LAST_WEEK, NOW
from patching_constructs.contracts.compliance_metrics import ComplianceMetric
from patching_constructs.contracts.ring_health import RingHealth
from tests.demo.organisation import PLACES, deploy, small_organisation

HOUR = timedelta(hours=1)
LARGEST_PICTURE = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownQuarter:
    """What a quarter tells, and what its fleets really are at the end, by the name of the ring."""

    record: Record
    outcome: Outcome
    incidents: Sequence[Incident]
    nodes: Mapping[str, list[Node]]

    def values(self, ring: str, metric: ComplianceMetric) -> list[float]:
        """Give the values of a metric that the dashboards show, without repetitions."""
        titles = {**NOW, **LAST_WEEK}
        (panel,) = (panel for panel in self.record.panels if panel.title == titles[metric])
        values = [value for _, value in panel.lines[ring]]
        return [value for number, value in enumerate(values) if number == 0 or value != values[number - 1]]

    def alarms(self, ring: str) -> list[tuple[str, datetime, datetime | None]]:
        """Give what each alarm of a ring reported, from when, and until when."""
        return [
            (fired.sentence.partition(": ")[2], fired.at, fired.until)
            for fired in self.record.alarms
            if fired.ring == ring
        ]


def a_quarter(app: cdk.App, folder: Path, **story: Any) -> ShownQuarter:
    with in_process():
        deploy(app)
        workloads = read_workloads(PLACES)
        reported = Story(workloads, **story)
        try:
            outcome = Quarter(workloads, reported, folder=folder).run()
            record = read_record(workloads, outcome, PLACES)
        finally:
            clock.set(None)
        return ShownQuarter(
            record=record,
            outcome=outcome,
            incidents=reported.incidents,
            nodes={
                ring.name: list(workload.place.fleet.nodes.values())
                for workload in workloads
                for ring in workload.settings.rings
            },
        )


@pytest.fixture(scope="module")
def app() -> cdk.App:
    return small_organisation()


@pytest.fixture(scope="module")
def reported(app: cdk.App, tmp_path_factory: pytest.TempPathFactory) -> ShownQuarter:
    return a_quarter(app, tmp_path_factory.mktemp("functions"))


# --- what happens ---


def test_the_ring_with_the_bad_kernel_fails_and_its_alarm_rings(reported: ShownQuarter) -> None:
    runs = reported.record.runs["staging"]
    bad = [run.started_at.date().isoformat() for run in runs if run.health is RingHealth.UNHEALTHY]
    assert bad == ["2027-02-08", "2027-02-15"]
    assert {run.health for run in runs} == {RingHealth.HEALTHY, RingHealth.UNHEALTHY}
    failed = [
        at for what, at, _ in reported.alarms("staging") if what == "the installation of patches has failed."
    ]
    assert failed == [run.ended_at for run in runs if run.health is RingHealth.UNHEALTHY], (
        "it rings with the report that the deployed rule makes when the window is over"
    )
    assert reported.values("staging", ComplianceMetric.FAILED_PATCHES) == [0, 2, 0, 2, 0]
    assert min(reported.values("staging", ComplianceMetric.COMPLIANT_PERCENT)) < 100


def test_the_kernel_that_fails_early_never_reaches_production(reported: ShownQuarter) -> None:
    """Its successor is out before its approval delay is over there."""
    bad = bad_kernel_of(OperatingSystem.AMAZON_LINUX_2023)
    assert any(bad in node.installed for node in reported.nodes["dev"])
    assert not any(bad in node.installed for node in reported.nodes["prod"])


def test_the_other_rings_stay_as_promised(reported: ShownQuarter) -> None:
    for ring in ("dev", "prod"):
        assert reported.values(ring, ComplianceMetric.OVERDUE_PATCHES) == [0]
        assert reported.values(ring, ComplianceMetric.FAILED_PATCHES) == [0]
        assert {run.health for run in reported.record.runs[ring]} == {RingHealth.HEALTHY}
    assert len(reported.record.runs["prod"]) == len(PATCH_TUESDAYS), "one install window after each"


def test_reboot_debt_grows_until_its_alarm_rings_and_ends_with_the_reboot(reported: ShownQuarter) -> None:
    assert reported.values("prod", ComplianceMetric.REBOOT_OVERDUE_NODES) == [0, 2, 0]
    waiting = [
        month.worst[ComplianceMetric.REBOOT_DEBT_NODES]
        for month in reported.record.months
        if month.ring == "prod"
    ]
    assert waiting == [4, 4, 0]
    ((what, at, until),) = reported.alarms("prod")
    assert what.startswith("nodes have waited too long for a reboot")
    (run, *_) = reported.record.runs["prod"]
    assert 7 * 24 * HOUR < at - run.ended_at <= 8 * 24 * HOUR, "with the first report after a week"
    (reboot,) = (incident for incident in reported.incidents if "are rebooted" in incident.what)
    assert until is not None
    assert reboot.at < until <= reboot.at + 24 * HOUR, "the next scan sees it"
    assert reported.record.unhealthy["prod"] == [(at, until)]


def test_a_mistyped_tag_rings_within_hours(reported: ShownQuarter) -> None:
    (launch,) = (incident for incident in reported.incidents if "its tag says" in incident.what)
    (fired,) = (fired for fired in reported.record.alarms if fired.is_of_account)
    assert "staging-webb for staging-web" in launch.what
    assert "managed nodes are in no patch group" in fired.sentence
    assert launch.at < fired.at <= launch.at + 4 * HOUR
    (correction,) = (incident for incident in reported.incidents if "is corrected" in incident.what)
    assert fired.until is not None
    assert correction.at < fired.until <= correction.at + HOUR


def test_a_dead_agent_is_counted_and_rings_within_hours(reported: ShownQuarter) -> None:
    (death,) = (incident for incident in reported.incidents if incident.what.endswith("dies"))
    ((what, at, until),) = reported.alarms("dev")
    assert what.startswith("nodes have the tag of a patch group but are not managed")
    assert death.at < at <= death.at + 4 * HOUR
    worst = {month.month.month: month.worst for month in reported.record.months if month.ring == "dev"}
    assert [worst[month][ComplianceMetric.UNMANAGED_NODES] for month in (1, 2, 3)] == [0, 1, 1]
    assert until is not None
    assert reported.record.at_end["dev"][ComplianceMetric.UNMANAGED_NODES] == 0


def test_every_ring_is_healthy_at_the_end(reported: ShownQuarter) -> None:
    assert all(end < END for spans in reported.record.unhealthy.values() for _, end in spans)
    for found in reported.record.at_end.values():
        assert found[ComplianceMetric.COMPLIANT_PERCENT] == 100


# --- what is reported is the truth ---


def test_the_figures_at_the_end_are_those_of_the_fleets(reported: ShownQuarter) -> None:
    for ring, nodes in reported.nodes.items():
        states = Counter(state for node in nodes if node.report for state in node.report.states.values())
        waiting = [node for node in nodes if any(found.waits_for_reboot for found in node.installed.values())]
        found = reported.record.at_end[ring]
        missing = sum(value for metric, value in found.items() if str(metric).startswith("Missing"))
        assert (
            found[ComplianceMetric.NODES],
            missing,
            found[ComplianceMetric.FAILED_PATCHES],
            found[ComplianceMetric.REBOOT_DEBT_NODES],
        ) == (len(nodes), states["Missing"], states["Failed"], len(waiting))
    assert reported.record.at_end["prod"][ComplianceMetric.MISSING_HIGH] > 0, (
        "or the comparison proves little"
    )


def test_panels_are_those_of_the_deployed_dashboards(reported: ShownQuarter) -> None:
    assert [panel.title for panel in reported.record.panels] == [*NOW.values(), *LAST_WEEK.values()]
    for panel in reported.record.panels:
        assert list(panel.lines) == ["dev", "staging", "prod"]
        for points in panel.lines.values():
            assert {at.date() for at, _ in points} == {
                (START + timedelta(days=day)).date() for day in range((END - START).days)
            }, "there is a report on every day"


def test_records_of_runs_are_complete(reported: ShownQuarter) -> None:
    assert [len(reported.record.runs[ring]) for ring in ("dev", "staging", "prod")] == [13, 13, 3]


@pytest.mark.slow
def test_the_same_story_tells_the_same_figures(app: cdk.App, reported: ShownQuarter, tmp_path: Path) -> None:
    again = a_quarter(app, tmp_path)
    assert again.record.panels == reported.record.panels
    assert again.record.months == reported.record.months
    assert again.record.alarms == reported.record.alarms
    assert again.record.unhealthy == reported.record.unhealthy


@pytest.mark.slow
def test_without_the_bad_kernel_its_ring_is_quiet(app: cdk.App, tmp_path: Path) -> None:
    quiet = a_quarter(app, tmp_path, bad_kernel=False)
    assert [
        fired for fired in quiet.record.alarms if fired.ring == "staging" and not fired.is_of_account
    ] == []
    assert {run.health for run in quiet.record.runs["staging"]} == {RingHealth.HEALTHY}
    assert quiet.values("staging", ComplianceMetric.FAILED_PATCHES) == [0]
    assert not any(BAD_KERNEL in incident.what for incident in quiet.incidents)


# --- how it is shown ---


@pytest.fixture(scope="module")
def printed(reported: ShownQuarter, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("demo") / "quarter.txt"
    with path.open("w") as file:
        print_quarter(Console(file=file, width=220), reported.record, reported.outcome, reported.incidents)
    return path.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-01 to 2027-04-01",
        "month-end closing: prod-web-1, prod-web-2 must not reboot",
        "kernel-6.12.31 is published, which staging-web-1, staging-web-2 cannot install",
        "missing critical",
        "February",
        "Ring staging of rollout web: the installation of patches has failed.",
        "account of staging",
        "UNHEALTHY: 10 of 10 nodes failed; the error budget is 1, 8 of them not reached",
    ],
)
def test_the_tables_tell_the_story(text: str, printed: str) -> None:
    assert text in printed


def test_the_picture_is_drawn(reported: ShownQuarter, tmp_path: Path) -> None:
    draw(reported.record, tmp_path / "quarter.png")
    with Image.open(tmp_path / "quarter.png") as picture:
        assert picture.format == "PNG"
        assert picture.width > 1_000
        colours = picture.convert("RGB").getcolors(1 << 24) or []
    assert (tmp_path / "quarter.png").stat().st_size < LARGEST_PICTURE
    assert max(colours)[1] == (255, 255, 255), "its ground is light"


def test_a_quarter_without_a_reporter_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    demo.__main__._let_a_quarter_go_by(Console(width=200), [], folder=tmp_path)
    assert "no compliance reporter is deployed" in capsys.readouterr().out


def test_a_failure_in_the_quarter_ends_the_demonstration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FunctionFailedError("reporter (333333333333, eu-central-1): KeyError: 'x'")

    monkeypatch.setattr(demo.__main__, "_demonstrate", fail)
    assert demo.__main__.main() == 1
    assert "reporter (333333333333, eu-central-1): KeyError: 'x'" in capsys.readouterr().out
