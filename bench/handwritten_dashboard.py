"""The dashboard of an account, by hand."""

from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from bench.handwritten_places import REGION

_RUNS = (
    r"filter @logStream like /\/stdout$/ "
    '| parse @logStream "*/*/*" as command, node, step '
    "| stats earliest(@timestamp) as started, latest(@timestamp) as ended, count_distinct(node) as nodes "
    "by command | sort started desc | limit 20"
)
_REPORTS = (
    "filter ispresent(report) | fields @timestamp, nodes, finished, parts, failures.0 as failure "
    "| sort @timestamp desc | limit 24"
)

Widget = dict[str, object]


def define_dashboard(
    stack: cdk.Stack,
    account_name: str,
    rings: Sequence[str],
    *,
    alarm_arns: Sequence[str],
    function_name: str,
    reporter_log_group: str,
    output_log_group: str,
) -> None:
    """Define the dashboard."""

    def of_rings(metric: str) -> list[object]:
        return [
            ["PatchingConstructs", metric, "Rollout", "patching", "Ring", ring, {"label": ring}]
            for ring in rings
        ]

    rows: list[tuple[int, list[Widget]]] = [
        (
            2,
            [
                {
                    "type": "text",
                    "height": 2,
                    "properties": {
                        "markdown": f"# Patching of {account_name}, {REGION}: rollout patching\n"
                        "Each number is one ring. Ages name the clock that they count from."
                    },
                }
            ],
        ),
        (
            3,
            [
                {
                    "type": "alarm",
                    "height": 3,
                    "properties": {"title": "Healthy rings are OK", "alarms": list(alarm_arns)},
                }
            ],
        ),
        (
            5,
            [
                _metrics(title, of_rings(metric), height=5, view="singleValue", sparkline=True)
                for title, metric in (
                    ("Compliant nodes, %", "CompliantNodesPercent"),
                    ("Overdue patches", "OverduePatches"),
                    ("Nodes that wait for a reboot", "RebootDebtNodes"),
                    ("Failed patches", "FailedPatches"),
                )
            ],
        ),
        (
            6,
            [
                _metrics(
                    title,
                    of_rings(metric),
                    height=6,
                    view="timeSeries",
                    start="-P7D",
                    end="P0D",
                    yAxis={"left": {"min": 0}},
                )
                for title, metric in (
                    (
                        "Oldest missing patch: hours since first seen",
                        "OldestMissingHoursSinceFirstSeen",
                    ),
                    (
                        "Oldest missing patch: hours since publication (Windows)",
                        "OldestMissingHoursSincePublication",
                    ),
                    (
                        "Oldest wait for a reboot: hours since first seen",
                        "OldestRebootDebtHoursSinceFirstSeen",
                    ),
                )
            ],
        ),
        (
            5,
            [
                _metrics(
                    "The reporter",
                    [
                        _of_rollout("ReportsFinished", "reports that read every group"),
                        _of_rollout("ReportsUnfinished", "reports that ended before they read every group"),
                        [
                            "AWS/Lambda",
                            "Errors",
                            "FunctionName",
                            function_name,
                            {"label": "errors of the reporter"},
                        ],
                    ],
                    height=5,
                    view="timeSeries",
                    stat="Sum",
                ),
                _metrics(
                    "Commands of the last day, patching or not",
                    [
                        ["AWS/SSM-RunCommand", "CommandsSucceeded", {"label": "succeeded"}],
                        ["AWS/SSM-RunCommand", "CommandsFailed", {"label": "failed"}],
                    ],
                    height=5,
                    view="singleValue",
                    stat="Sum",
                    setPeriodToTimeRange=True,
                ),
            ],
        ),
        (
            7,
            [
                _log("Commands of the last day", output_log_group, _RUNS),
                _log("Reports of the last day", reporter_log_group, _REPORTS),
            ],
        ),
    ]
    cloudwatch.CfnDashboard(
        stack,
        "Dashboard",
        dashboard_name=f"patching-patching-{REGION}",
        dashboard_body=stack.to_json_string(
            {"start": "-PT24H", "periodOverride": "inherit", "widgets": list(_placed(rows))}
        ),
    )


def _placed(rows: Sequence[tuple[int, list[Widget]]]) -> Iterator[Widget]:
    y = 0
    for height, row in rows:
        width = 24 // len(row)
        for position, widget in enumerate(row):
            yield {**widget, "x": position * width, "y": y, "width": width}
        y += height


def _of_rollout(metric: str, label: str) -> list[object]:
    return ["PatchingConstructs", metric, "Rollout", "patching", {"label": label}]


def _metrics(
    title: str, metrics: list[object], *, height: int, view: str, stat: str = "Maximum", **more: object
) -> Widget:
    return {
        "type": "metric",
        "height": height,
        "properties": {
            "title": title,
            "region": REGION,
            "view": view,
            "stat": stat,
            "period": 3600,
            "metrics": metrics,
            **more,
        },
    }


def _log(title: str, log_group: str, query: str) -> Widget:
    return {
        "type": "log",
        "height": 7,
        "properties": {
            "title": title,
            "region": REGION,
            "view": "table",
            "query": f"SOURCE '{log_group}' | {query}",
        },
    }
