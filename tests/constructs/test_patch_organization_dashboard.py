"""What the dashboard of the organization shows, beside what the CDK's own widgets write."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Template

from patching_constructs import (
    ComplianceMetric,
    DashboardSource,
    InvalidInputError,
    PatchOrganizationDashboard,
)
from patching_constructs.constructs.compliance.dashboard.body import LAST_WEEK, NOW

HOME, REGION = "222222222222", "eu-central-1"
METRICS_OF_A_DASHBOARD, METRICS_OF_A_WIDGET = 2_500, 500
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"""
_HOUR = cdk.Duration.hours(1)


def _stack() -> cdk.Stack:
    environment = cdk.Environment(account=HOME, region=REGION)
    return cdk.Stack(cdk.App(analytics_reporting=False), "Patching", env=environment)


def _source(account_id: str = "111111111111", region: str = REGION, rings: Sequence[str] = ("prod",)) -> Any:
    return DashboardSource(
        account_id=account_id, account_name=f"a{account_id[-4:]}", region=region, rings=rings
    )


def _define(sources: Sequence[DashboardSource], **more: Any) -> tuple[PatchOrganizationDashboard, Any]:
    stack = _stack()
    dashboard = PatchOrganizationDashboard(
        stack, "Dashboard", rollout_name="web.shop", sources=sources, **more
    )
    (found,) = Template.from_stack(stack).find_resources("AWS::CloudWatch::Dashboard").values()
    return dashboard, found["Properties"]


def _widgets(properties: Any) -> list[dict[str, Any]]:
    widgets: list[dict[str, Any]] = json.loads(properties["DashboardBody"])["widgets"]
    return widgets


def _metrics(properties: Any) -> list[list[Any]]:
    return [metric for widget in _widgets(properties) for metric in widget["properties"].get("metrics", [])]


def _organization(accounts: int, rings: int) -> list[DashboardSource]:
    names = [f"ring{number}" for number in range(rings)]
    return [_source(f"{number:012}", rings=names) for number in range(1, accounts + 1)]


def test_full(template_snapshot: Callable[[dict[str, Any]], None]) -> None:
    _, properties = _define(
        [_source(rings=("prod", "prod-scan-only")), _source(region="us-east-1"), _source(HOME)],
        dashboard_name="patching",
    )
    template_snapshot(properties | {"DashboardBody": json.loads(properties["DashboardBody"])})


def test_each_metric_names_account_and_region_of_its_ring() -> None:
    _, properties = _define([_source(), _source(region="us-east-1"), _source(HOME)])
    for metric in NOW | LAST_WEEK:
        options = [line[-1] for line in _metrics(properties) if line[1] == metric]
        assert options == [
            {"label": "prod, a1111 eu-central-1", "region": "eu-central-1", "accountId": "111111111111"},
            {"label": "prod, a1111 us-east-1", "region": "us-east-1", "accountId": "111111111111"},
            {"label": "prod, a2222 eu-central-1", "region": "eu-central-1"},
        ]
    assert properties["DashboardName"] == "patching-web-shop"


def _of_the_cdk(widget: cloudwatch.IWidget) -> dict[str, Any]:
    stack = _stack()
    cloudwatch.Dashboard(stack, "Dashboard").add_widgets(widget)
    (found,) = Template.from_stack(stack).find_resources("AWS::CloudWatch::Dashboard").values()
    parts = found["Properties"]["DashboardBody"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else REGION for part in parts)
    properties: dict[str, Any] = json.loads(text)["widgets"][0]["properties"]
    return properties


def test_widgets_are_written_as_those_of_the_cdk() -> None:
    """https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.aws_cloudwatch/TableWidget.html."""
    metric = cloudwatch.Metric(
        namespace="PatchingConstructs",
        metric_name="OverduePatches",
        dimensions_map={"Ring": "prod", "Rollout": "web.shop"},
        label="prod, a1111 us-east-1",
        account="111111111111",
        region="us-east-1",
    )
    table = _of_the_cdk(
        cloudwatch.TableWidget(
            title="Overdue patches",
            metrics=[metric],
            layout=cloudwatch.TableLayout.VERTICAL,
            summary=cloudwatch.TableSummaryProps(
                columns=[cloudwatch.TableSummaryColumn.MAXIMUM], hide_non_summary_columns=True
            ),
            statistic="Maximum",
            period=_HOUR,
        )
    )
    course = _of_the_cdk(
        cloudwatch.GraphWidget(
            left=[metric],
            start="-P7D",
            end="P0D",
            left_y_axis=cloudwatch.YAxisProps(min=0),
            statistic="Maximum",
            period=_HOUR,
        )
    )
    _, properties = _define([_source(region="us-east-1")])
    own = {widget["properties"].get("title"): widget["properties"] for widget in _widgets(properties)}
    own_table = own["Overdue patches"]
    # The CDK writes what CloudWatch takes for granted, too.
    assert own_table["table"] | {"stickySummary": False} == table["table"]
    assert {key: own_table[key] for key in ("title", "view", "region", "stat", "period")} == {
        key: table[key] for key in ("title", "view", "region", "stat", "period")
    }
    own_course = own[LAST_WEEK[ComplianceMetric.STALE_NODES]]
    compared = ("view", "region", "stat", "period", "start", "end", "yAxis")
    assert {key: own_course[key] for key in compared} == {key: course[key] for key in compared}
    (*_, options), (*_, options_of_the_cdk) = own_table["metrics"][0], table["metrics"][0]
    assert options.items() <= options_of_the_cdk.items()


def test_widgets_fill_rows_and_do_not_overlap() -> None:
    _, properties = _define(_organization(accounts=30, rings=2))
    taken: set[tuple[int, int]] = set()
    for widget in _widgets(properties):
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not taken & cells
        taken |= cells
    assert {x for x, _ in taken} == set(range(24))


@pytest.mark.parametrize(("accounts", "rings"), [(1, 1), (100, 3), (400, 1), (300, 3), (100, 24)])
def test_limits_of_a_dashboard_are_kept_and_what_is_left_out_is_named(accounts: int, rings: int) -> None:
    dashboard, properties = _define(_organization(accounts, rings))
    metrics = _metrics(properties)
    assert dashboard.metric_count == len(metrics) <= METRICS_OF_A_DASHBOARD
    assert all(
        len(widget["properties"].get("metrics", [])) <= METRICS_OF_A_WIDGET for widget in _widgets(properties)
    )
    shown = {line[1] for line in metrics}
    text = _widgets(properties)[0]["properties"]["markdown"]
    for metric, title in (NOW | LAST_WEEK).items():
        count = sum(line[1] == metric for line in metrics)
        assert count == (accounts * rings if metric in shown else 0)
        assert (title in text) is (metric not in shown)
    assert "CompliantNodesPercent" in shown
    assert sum(line[1] == "ReportsFinished" for line in metrics) == accounts


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([], "sources: nothing would be shown"),
        ([_source(), _source()], "111111111111 eu-central-1"),
        (_organization(accounts=100, rings=25), "2500 rings in 100 accounts and Regions"),
    ],
)
def test_what_no_dashboard_can_show_is_refused(sources: list[DashboardSource], message: str) -> None:
    stack = _stack()
    with pytest.raises(InvalidInputError, match=message) as caught:
        PatchOrganizationDashboard(stack, "Dashboard", rollout_name="web", sources=sources)
    assert {finding.id for finding in caught.value.findings} == {"dashboard-source"}
    assert stack.node.children == []


def test_all_mistakes_of_a_source_are_reported_together() -> None:
    with pytest.raises(InvalidInputError) as caught:
        DashboardSource(account_id="123", account_name=" ", region="Frankfurt", rings=[])
    assert [finding.field for finding in caught.value.findings] == [
        "account_id",
        "account_name",
        "region",
        "rings",
    ]
    with pytest.raises(InvalidInputError, match="the ring is given twice"):
        _source(rings=("prod", "prod"))
