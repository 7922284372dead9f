"""What the dashboard shows, and that all of it exists."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from local_aws import client, deploy_template
from local_aws.fleet.clock import clock
from local_aws.in_process import in_process
from patching_constructs import (
    CommandOutput,
    ComplianceAlarms,
    ComplianceReporter,
    PatchDashboard,
    PatchGroup,
    PatchWindow,
    Recipient,
    Ring,
    RingedMaintenanceWindow,
    Schedule,
)
from tests.lambdas.fleets import ACCOUNT, DAY, KERNEL, REGION, START, World, node, patch
from tests.nag import nag_findings

OF_AWS = {
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudwatch-metrics.html
    ("AWS/SSM-RunCommand", "CommandsSucceeded"),
    ("AWS/SSM-RunCommand", "CommandsFailed"),
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    ("AWS/Lambda", "Errors"),
}
FREE_METRICS = 50  # https://aws.amazon.com/cloudwatch/pricing/


def _stack() -> cdk.Stack:
    environment = cdk.Environment(account=ACCOUNT, region=REGION)
    return cdk.Stack(cdk.App(analytics_reporting=False), "Patching", env=environment)


def _dashboard(stack: cdk.Stack, *rings: str, full: bool = False, rollout: str = "web") -> PatchDashboard:
    output = CommandOutput(stack, "Output")
    windows = RingedMaintenanceWindow(
        stack,
        "Windows",
        rollout_name=rollout,
        command_output=output,
        rings=[
            Ring(
                name=name,
                patch_groups=[PatchGroup(name=f"{name}-web")],
                scan=PatchWindow(schedule=Schedule.daily(hour=5), duration_hours=2, cutoff_hours=1),
                max_concurrency="10%",
                max_errors="5%",
            )
            for name in rings
        ],
    )
    reporter = ComplianceReporter(stack, "Reporter", account_name="main", maintenance_windows=windows)
    if not full:
        return PatchDashboard(stack, "Dashboard", reporter=reporter)
    alarms = ComplianceAlarms(
        stack, "Alarms", recipients=[Recipient.email("a@example.com")], reporter=reporter
    )
    return PatchDashboard(
        stack,
        "Dashboard",
        reporter=reporter,
        alarms=alarms,
        command_output=output,
        dashboard_name="patching",
    )


def _resource(stack: cdk.Stack) -> dict[str, Any]:
    (found,) = Template.from_stack(stack).find_resources("AWS::CloudWatch::Dashboard").values()
    return dict(found)


def _body(resource: dict[str, Any]) -> dict[str, Any]:
    """Return the body, with logical ids where the deployment puts names and ARNs."""
    body = resource["Properties"]["DashboardBody"]
    parts = [body] if isinstance(body, str) else body["Fn::Join"][1]
    text = "".join(
        part if isinstance(part, str) else part.get("Ref") or part["Fn::GetAtt"][0] for part in parts
    )
    return dict(json.loads(text))


def _metrics(body: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    for widget in body["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            namespace, name, *dimensions = (part for part in metric if isinstance(part, str))
            yield namespace, name, dict(zip(dimensions[::2], dimensions[1::2], strict=True))


@pytest.fixture(scope="module")
def full() -> dict[str, Any]:
    stack = _stack()
    _dashboard(stack, "dev", "prod", full=True)
    return _resource(stack)


def test_minimal(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    stack = _stack()
    dashboard = _dashboard(stack, "prod", rollout="web.shop")
    resource = _resource(stack)
    template_snapshot({"Resources": {"Dashboard": resource}})
    assert dashboard.dashboard_name == f"patching-web-shop-{REGION}"
    types = [widget["type"] for widget in _body(resource)["widgets"]]
    assert types == ["text", *["metric"] * 9, "log"]


def test_full(full: dict[str, Any], template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    template_snapshot({"Resources": {"Dashboard": full}})
    assert full["Properties"]["DashboardName"] == "patching"


def test_the_state_of_every_ring_is_shown_first(full: dict[str, Any]) -> None:
    widgets = sorted(_body(full)["widgets"], key=lambda widget: (widget["y"], widget["x"]))
    assert [widget["type"] for widget in widgets[:2]] == ["text", "alarm"]
    assert "main" in widgets[0]["properties"]["markdown"]
    states = widgets[1]["properties"]["alarms"]
    assert [name[:-8] for name in states] == [
        "AlarmsRingdevHealth",
        "AlarmsRingprodHealth",
        "AlarmsReporterFailed",
    ]


def test_rings_stand_side_by_side_in_their_order(full: dict[str, Any]) -> None:
    titles = {}
    for widget in _body(full)["widgets"]:
        metrics = widget["properties"].get("metrics", [])
        if metrics and metrics[0][0] == "PatchingConstructs" and "Ring" in metrics[0]:
            titles[widget["properties"]["title"]] = [metric[-1]["label"] for metric in metrics]
    assert len(titles) == 7
    assert all(labels == ["dev", "prod"] for labels in titles.values())


def test_widgets_fill_the_grid_and_do_not_overlap(full: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in _body(full)["widgets"]:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not taken & cells
        taken |= cells
    assert {x for x, _ in taken} == set(range(24))
    assert len(taken) == 24 * (1 + max(y for _, y in taken))


def test_what_ran_last_night_is_asked_of_logs_that_are_there(full: dict[str, Any]) -> None:
    logs = [widget for widget in _body(full)["widgets"] if widget["type"] == "log"]
    assert [widget["properties"]["query"].split("'")[1][:-8] for widget in logs] == [
        "OutputLogGroup",
        "ReporterFunctionLogGroup",
    ]
    assert _body(full)["start"] == "-PT24H"


def test_every_metric_is_published(full: dict[str, Any]) -> None:
    with in_process():
        world = World()
        world.add(node(1), patch(KERNEL))
        world.advance(START + DAY)
        world.report()
        listed = client("cloudwatch", account=ACCOUNT, region=REGION).list_metrics()["Metrics"]
    clock.set(None)
    published = {
        (metric["MetricName"], *sorted((item["Name"], item["Value"]) for item in metric["Dimensions"]))
        for metric in listed
    }
    shown = list(_metrics(_body(full)))
    of_reporter = [metric for metric in shown if metric[0] == "PatchingConstructs"]
    of_prod = [metric for metric in of_reporter if metric[2].get("Ring") != "dev"]  # the fleet has one ring
    assert len(of_prod) == 8
    assert {(name, *sorted(dimensions.items())) for _, name, dimensions in of_prod} <= published
    assert {metric[:2] for metric in shown if metric not in of_reporter} == OF_AWS


def test_six_rings_cost_nothing_and_the_count_is_true() -> None:
    stack = _stack()
    dashboard = _dashboard(stack, "one", "two", "three", "four", "five", "six")
    metrics = list(_metrics(_body(_resource(stack))))
    assert dashboard.metric_count == len(metrics) <= FREE_METRICS


def test_it_deploys(full: dict[str, Any]) -> None:
    properties = {**full["Properties"], "DashboardBody": json.dumps(_body(full))}
    with in_process():
        deploy_template(
            {"Resources": {"Dashboard": {**full, "Properties": properties}}},
            stack_name="dashboard",
            account=ACCOUNT,
            region=REGION,
        )
        found = client("cloudwatch", account=ACCOUNT, region=REGION).get_dashboard(DashboardName="patching")
    assert json.loads(found["DashboardBody"])["widgets"] != []


def test_cdk_nag_has_nothing_against_it() -> None:
    stack = _stack()
    _dashboard(stack, "prod")
    assert {path for _, path in nag_findings(stack) if "/Dashboard" in path} == set()
