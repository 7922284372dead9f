"""The body of an account's dashboard: widgets in rows, as CloudWatch wants them.

See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from patching_constructs.constructs.compliance.dashboard.widgets import (
    COURSE_OF_A_WEEK,
    Line,
    metric_widget,
    placed,
    ring_line,
)
from patching_constructs.contracts.compliance_metrics import (
    METRIC_KINDS,
    NAMESPACE,
    ROLLOUT_DIMENSION,
    AccountMetric,
    ComplianceMetric,
)

_LAST_NIGHT = "-PT24H"

NOW = {
    ComplianceMetric.COMPLIANT_PERCENT: "Compliant nodes, %",
    ComplianceMetric.OVERDUE_PATCHES: "Overdue patches",
    ComplianceMetric.FAILED_PATCHES: "Failed patches",
    ComplianceMetric.REBOOT_OVERDUE_NODES: "Nodes overdue for a reboot",
}
"""Titles of the widgets with numbers.

All metrics but the share of compliant nodes have an alarm by default, so that a dashboard adds one custom
metric for each ring.
"""
LAST_WEEK = {
    ComplianceMetric.UNMANAGED_NODES: "Nodes that Systems Manager does not reach",
    ComplianceMetric.STALE_NODES: "Nodes without a recent scan",
    ComplianceMetric.WRONG_BASELINE_NODES: "Nodes on another baseline than that of their group",
}
"""Titles of the widgets with the course of a week."""
METRICS_OF_A_RING = len(NOW) + len(LAST_WEEK)
METRICS_OF_THE_ACCOUNT = 4

# Streams are named COMMAND/NODE/STEP/stdout.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-rc-setting-up-cwlogs.html
_RUNS = (
    r"filter @logStream like /\/stdout$/ "
    '| parse @logStream "*/*/*" as command, node, step '
    "| stats earliest(@timestamp) as started, latest(@timestamp) as ended, count_distinct(node) as nodes "
    "by command | sort started desc | limit 20"
)
REPORTS_QUERY = (
    "filter ispresent(summary.report) | fields @timestamp, summary.nodes as nodes, "
    "summary.finished as finished, summary.parts as parts, summary.failures.0 as failure "
    "| sort @timestamp desc | limit 24"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a dashboard shows.

    Attributes:
        rollout: Name of the rollout.
        account_name: What people call the account.
        region: Region of its metrics, alarms and logs.
        rings: Names of its rings, in their order.
        function_name: Name of the reporter's function.
        reporter_log_group: Name of its log group.
        alarm_arns: Alarms whose state is shown.
        output_log_group: Name of the log group of command output, or None.
    """

    rollout: str
    account_name: str
    region: str
    rings: Sequence[str]
    function_name: str
    reporter_log_group: str
    alarm_arns: Sequence[str]
    output_log_group: str | None


def dashboard_body(shown: Shown) -> dict[str, Any]:
    """Return the body: health first, then figures of now and of the last week, and what ran."""
    rows = [
        [_text(shown)],
        *([[_alarms(shown)]] if shown.alarm_arns else []),
        [_now(shown, metric, title) for metric, title in NOW.items()],
        [_course(shown, metric, title) for metric, title in LAST_WEEK.items()],
        [_reports(shown), _commands(shown)],
        [
            *(
                [_log(shown, shown.output_log_group, "Commands of the last day", _RUNS)]
                if shown.output_log_group is not None
                else []
            ),
            _log(shown, shown.reporter_log_group, "Reports of the last day", REPORTS_QUERY),
        ],
    ]
    return {"start": _LAST_NIGHT, "periodOverride": "inherit", "widgets": list(placed(rows))}


def _text(shown: Shown) -> dict[str, Any]:
    return {
        "type": "text",
        "height": 2,
        "properties": {
            "markdown": (
                f"# Patching of {shown.account_name}, {shown.region}: rollout {shown.rollout}\n"
                "Each number is one ring."
            )
        },
    }


def _alarms(shown: Shown) -> dict[str, Any]:
    return {
        "type": "alarm",
        "height": 3,
        "properties": {"title": "Healthy rings are OK", "alarms": list(shown.alarm_arns)},
    }


def _now(shown: Shown, metric: ComplianceMetric, title: str) -> dict[str, Any]:
    return metric_widget(
        shown.region,
        title,
        _of_rings(shown, metric),
        height=5,
        view="singleValue",
        stat="Maximum",
        sparkline=True,
    )


def _course(shown: Shown, metric: ComplianceMetric, title: str) -> dict[str, Any]:
    return metric_widget(shown.region, title, _of_rings(shown, metric), height=6, **COURSE_OF_A_WEEK)


def _reports(shown: Shown) -> dict[str, Any]:
    metrics = [
        [
            NAMESPACE,
            str(AccountMetric.REPORTS_FINISHED),
            ROLLOUT_DIMENSION,
            shown.rollout,
            {"label": METRIC_KINDS[AccountMetric.REPORTS_FINISHED].meaning},
        ],
        ["AWS/Lambda", "Errors", "FunctionName", shown.function_name, {"label": "errors of the reporter"}],
    ]
    return metric_widget(shown.region, "The reporter", metrics, height=5, view="timeSeries", stat="Sum")


def _commands(shown: Shown) -> dict[str, Any]:
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudwatch-metrics.html
    metrics = [
        ["AWS/SSM-RunCommand", "CommandsSucceeded", {"label": "succeeded"}],
        ["AWS/SSM-RunCommand", "CommandsFailed", {"label": "failed"}],
    ]
    return metric_widget(
        shown.region,
        "Commands of the last day, patching or not",
        metrics,
        height=5,
        view="singleValue",
        stat="Sum",
        setPeriodToTimeRange=True,
    )


def _of_rings(shown: Shown, metric: ComplianceMetric) -> list[Line]:
    return [ring_line(shown.rollout, ring, metric, {"label": ring}) for ring in shown.rings]


def _log(shown: Shown, log_group: str, title: str, query: str) -> dict[str, Any]:
    return {
        "type": "log",
        "height": 7,
        "properties": {
            "title": title,
            "region": shown.region,
            "view": "table",
            "query": f"SOURCE '{log_group}' | {query}",
        },
    }
